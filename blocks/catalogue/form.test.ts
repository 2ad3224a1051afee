// The form of a service, as pure functions: pages that follow from answers, answers of any script, and hostile bodies.
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { decide } from '@ashlar/decisions'
import fc from 'fast-check'
import {
  type Country,
  type FormInput,
  formOf,
  loadCountry,
  lookUpsOf,
  type PublicService,
  pagesOf,
  priceOf,
  type Question,
  readAnswers,
  readPage,
} from './index.ts'

let country: Country
let fine: PublicService
let extract: PublicService

before(async () => {
  country = (await loadCountry(new URL('../../countries/veridia', import.meta.url))).country as Country
  fine = country.services.fine as PublicService
  extract = country.services['criminal-record-extract'] as PublicService
})

const anonymous = { id: null, kind: 'anonymous' as const, name: null }
const person = { id: 'grace', kind: 'person' as const, name: 'Grace Okoro' }
const found = {
  number: 'F-2026-00417',
  plate: 'PV-1042',
  offence: 'speed20',
  placedOn: '2026-03-31',
  amount: 200,
  serious: false,
  state: 'unpaid',
  enforcement: 'active',
}
const input = (more: Partial<FormInput> = {}): FormInput & { language: string } => ({
  answers: {},
  applicant: anonymous,
  evidence: {},
  today: '2026-04-20',
  ...more,
  language: more.language ?? 'en',
})
const ids = (state: FormInput) => pagesOf(fine, state).map(({ page }) => page.id)

test('which pages are shown follows from who applies and what was answered', () => {
  const key = { fineNumber: 'F-2026-00417', plate: 'PV-1042' }

  assert.deepEqual(ids(input()), ['find', 'intent'])
  assert.deepEqual(ids(input({ applicant: person, evidence: { myFines: [found] } })), ['which', 'intent'])
  assert.deepEqual(ids(input({ applicant: person, evidence: { myFines: [found] }, answers: { fineChosen: 'none' } })), [
    'which',
    'find',
    'intent',
  ])
  assert.deepEqual(ids(input({ answers: { ...key, intent: 'contest' }, evidence: { fine: found } })), [
    'find',
    'intent',
    'ground',
    'statement',
    'contact',
  ])
})

test('a change of mind leaves no answers behind', () => {
  const answers = { fineNumber: 'F-2026-00417', plate: 'PV-1042', intent: 'pay', ground: 'sold', receiptTo: null }
  const form = formOf(fine, input({ answers, evidence: { fine: found } }))

  assert.equal(form.isComplete, true)
  assert.deepEqual(Object.keys(form.answers), ['fineNumber', 'plate', 'intent', 'receiptTo'])
  assert.equal(form.facts.ground, null)
})

test('a register is asked as soon as its keys are known; what is not there is told on the page that asked', () => {
  const empty = formOf(fine, input())
  const answers = { fineNumber: 'F-2026-00417', plate: 'XX-1' }
  const asked = formOf(fine, input({ answers }))
  const none = formOf(fine, input({ answers, evidence: { fine: null } }))

  assert.deepEqual(lookUpsOf(fine, empty.facts), [])
  assert.deepEqual(
    lookUpsOf(fine, asked.facts).map(({ evidence, by, purpose }) => [evidence, by, purpose]),
    [['fine', { number: 'F-2026-00417', plate: 'XX-1' }, 'settle-fine']],
  )
  assert.deepEqual(none.missing, [{ evidence: 'fine', questions: ['fineNumber', 'plate'], page: 'find' }])
  assert.deepEqual([none.isComplete, none.next?.page.id], [false, 'find'])
})

test('a page that stops ends the form, and nothing after it is asked', () => {
  const young = formOf(extract, input({ applicant: person, evidence: { person: { dateOfBirth: '2012-04-21' } } }))
  const old = formOf(extract, input({ applicant: person, evidence: { person: { dateOfBirth: '2012-04-20' } } }))

  assert.deepEqual([young.stop?.id, young.pages.length, young.isComplete], ['too-young', 1, false])
  assert.deepEqual([old.stop, old.next?.page.id], [undefined, 'purpose'])
})

test('the price is that of the day, as soon as it can be known', () => {
  const answers = { fineNumber: 'F-2026-00417', plate: 'PV-1042', intent: 'pay' }
  const on = (today: string, amount = 200) => {
    const state = input({ answers, evidence: { fine: { ...found, amount } }, today })
    return priceOf(fine, formOf(fine, state, decide).facts, country.currency).map(({ amount }) => amount.value)
  }

  assert.deepEqual([on('2026-04-20'), on('2026-06-01'), on('2028-01-01')], [[13000], [15000], [20000]])
  assert.deepEqual(on('2026-04-20', 0.01), [1]) // 0.65 of a hundredth, rounded half up
  assert.deepEqual(priceOf(fine, formOf(fine, input(), decide).facts, country.currency), [])
})

test('answers are read in any script, and kept as they were meant', () => {
  const read = (body: Record<string, unknown>, language = 'en') => readPage(fine, 'find', body, input({ language }))
  const names = readPage(
    extract,
    'other-names',
    { otherNames: ['  أمينة   الحداد ', '', "O’Brien-N'Diaye", '林雪梅', 'Ὀδυσσεύς'] },
    input(),
  )

  assert.deepEqual(read({ fineNumber: 'f ٢٠٢٦ ٠٠٤١٧', plate: ' pv 1042 ' }).answers, {
    fineNumber: 'F-2026-00417',
    plate: 'pv 1042',
  })
  assert.deepEqual(names.answers.otherNames, ['أمينة الحداد', "O’Brien-N'Diaye", '林雪梅', 'Ὀδυσσεύς'])
  assert.deepEqual(names.errors, [])
})

const question = (type: Question['type'], more: Partial<Question> = {}): Question => ({
  name: 'q',
  type,
  optional: false,
  options: [],
  show: [],
  none: false,
  accept: [],
  columns: [],
  ...more,
})
/** A service that asks this one question. */
const asking = (one: Question): PublicService => ({
  ...fine,
  evidence: {},
  rules: {},
  form: [{ id: 'p', stop: false, show: [], questions: [one] }],
})
const answer = (one: Question, body: Record<string, unknown>, language = 'en') => {
  const { answers, errors } = readPage(asking(one), 'p', body, input({ language }))
  return errors[0] === undefined ? answers.q : `${errors[0].code}@${errors[0].field}`
}
const dated = (day: string, month: string, year: string) => ({ 'q-day': day, 'q-month': month, 'q-year': year })

test('each type of question reads its answers', () => {
  assert.equal(answer(question('date'), dated('٢٧', '٣', '٢٠٢٦')), '2026-03-27')
  assert.equal(answer(question('date'), dated('29', '2', '2024')), '2024-02-29')
  assert.equal(answer(question('date'), dated('29', '2', '2026')), 'notADate@q-day')
  assert.equal(answer(question('date'), dated('12', '14', '2026')), 'notADate@q-month')
  assert.equal(answer(question('date'), dated('1', '1', '26')), 'notADate@q-year')
  assert.equal(answer(question('date', { max: 'today' }), dated('21', '4', '2026')), 'tooLate@q')
  assert.equal(answer(question('number'), { q: '1,234' }), 1234)
  assert.equal(answer(question('number', { decimals: 2 }), { q: '1 234,5' }, 'fr'), 1234.5)
  assert.equal(answer(question('number', { decimals: 2 }), { q: '١٬٢٣٤٫٥٠' }, 'ar'), 1234.5)
  assert.equal(answer(question('number'), { q: '1.5' }), 'tooManyDecimals@q')
  assert.equal(answer(question('number', { min: 1, max: 12 }), { q: '13' }), 'tooLarge@q')
  assert.equal(answer(question('number'), { q: '1e9' }), 'notANumber@q')
  assert.equal(answer(question('money'), { q: 'VRD 12.50' }), 12.5)
  assert.equal(answer(question('money'), { q: '-1' }), 'tooSmall@q')
  assert.equal(answer(question('yesNo'), { q: 'no' }), false)
  assert.equal(answer(question('confirm'), {}), 'mustConfirm@q')
  assert.equal(answer(question('choice', { options: ['a', 'b'] }), { q: 'c' }), 'notAChoice@q')
  assert.deepEqual(answer(question('choices', { options: ['a', 'b', 'c'] }), { q: ['c', 'a'] }), ['a', 'c'])
  assert.equal(answer(question('email'), { q: ' joão@exämple.org ' }), 'joão@exämple.org')
  assert.equal(answer(question('email'), { q: 'a@b' }), 'notAnEmail@q')
  assert.equal(answer(question('phone'), { q: '+٩٦٨ (12) 34-56 78' }), '+96812345678')
  assert.equal(answer(question('name'), { q: 'X' }), 'X')
  assert.equal(answer(question('name'), { q: 'א'.repeat(201) }), 'tooLong@q')
  assert.equal(answer(question('text', { optional: true }), { q: '   ' }), null)
  assert.equal(answer(question('text'), { q: '   ' }), 'required@q')
  assert.equal(answer(question('text', { like: 'AA-9999' }), { q: 'pv１０４２' }), 'PV-1042')
  assert.equal(answer(question('text', { like: 'AA-9999' }), { q: 'pv104' }), 'notLike@q')
  assert.equal(answer(question('longText'), { q: 'a\r\nb\u0000c' }), 'a\nbc')
  assert.deepEqual(answer(question('list', { of: 'name', max: 2 }), { q: ['a', 'b', 'c'] }), 'tooMany@q')
  const file = { id: 'f1', name: 'صورة.png', type: 'image/png', size: 10 }
  assert.deepEqual(answer(question('file', { accept: ['image/png'] }), { q: file }), file)
  assert.equal(answer(question('file', { accept: ['image/jpeg'] }), { q: file }), 'fileType@q')
  assert.equal(
    answer(question('file', { accept: ['image/png'], max: 1 }), { q: { ...file, size: 2e6 } }),
    'fileTooLarge@q',
  )
})

test('the same answers come in through the API, typed; what is not asked is refused', () => {
  const given = { fineNumber: 'F-2026-00417', plate: 'PV-1042', intent: 'pay', receiptTo: null }
  const state = input({ evidence: { fine: found } })
  const good = readAnswers(fine, given, state)
  const bad = readAnswers(fine, { ...given, intent: 7, ground: 'sold', constructor: 1 }, state)

  assert.deepEqual(good.errors, [])
  assert.deepEqual(good.answers, given)
  assert.deepEqual(
    bad.errors.map(({ question, code, key }) => [question, code, key]),
    [
      ['intent', 'notAChoice', 'error.notAChoice'],
      ['ground', 'unreadable', 'error.notAsked'],
      ['constructor', 'unreadable', 'error.notAsked'],
    ],
  )
})

test('no body of any shape, script or size makes it throw, or gives an answer that breaks its own type', () => {
  const types: Question[] = [
    question('text'),
    question('longText'),
    question('name'),
    question('choice', { options: ['a', 'b'] }),
    question('choices', { options: ['a', 'b'] }),
    question('yesNo'),
    question('confirm'),
    question('date'),
    question('number', { decimals: 2 }),
    question('money'),
    question('email'),
    question('phone'),
    question('list', { of: 'date' }),
    question('file', { accept: ['image/png'] }),
    question('record', { of: 'none', key: 'id' }),
    question('text', { like: 'A-9*' }),
    question('bankAccount'),
  ]
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ unit: 'grapheme', maxLength: 100 }),
    fc.constantFrom(
      '\ud800',
      'NaN',
      '1e400',
      '-0',
      '٠',
      '9'.repeat(5000),
      '__proto__',
      '🏳️‍🌈'.repeat(400),
      '"><script>',
    ),
    fc.anything({ maxDepth: 2 }),
  )
  fc.assert(
    fc.property(
      fc.constantFrom(...types),
      hostile,
      hostile,
      fc.constantFrom('en', 'fr', 'ar', '', 'xx-🙂'),
      (one, q, part, language) => {
        const value = answer(one, { q, 'q-day': part, 'q-month': q, 'q-year': part }, language)
        if (one.type === 'name' && typeof value === 'string' && !value.includes('@q')) assert.ok(value.isWellFormed())
      },
    ),
    { numRuns: 1500 },
  )
  assert.equal(answer(question('text'), { q: 'x'.repeat(10_000_000) }), 'tooLong@q')
})

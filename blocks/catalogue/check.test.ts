// Plants faults in the model country and proves that `check` finds each: the file, the line, the reason and the mend.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { before, test } from 'node:test'
import { checkTable } from '@ashlar/decisions'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { parse } from 'yaml'
import {
  type CheckProblem,
  checkCountry,
  type Offers,
  publishedSchemas,
  questionTypesRead,
  readCountry,
  ready,
  toLine,
} from './index.ts'

const root = new URL('../../countries/veridia/', import.meta.url)
const contents = new Map<string, string>()
/** What these services need; a house offers more. */
const offers: Offers = {
  steps: Object.fromEntries(
    [
      'registries.lookUp',
      'registries.write',
      'decisions.decide',
      'cases.task',
      'payments.collect',
      'payments.refund',
      'documents.issue',
      'messaging.notify',
      'workflow.each',
      'workflow.parallel',
      'workflow.undo',
      'cases.askParty',
      'cases.open',
      'cases.takeBack',
      'registries.issueNumber',
      'payments.payout',
      'exchange.tell',
    ].map((step) => [step, step.split('.')[0] ?? '']),
  ),
  questions: questionTypesRead,
  parties: [
    'applicant person',
    'applicant organisation',
    'applicant either',
    'invited person',
    'informed person',
    'represented by parent',
    'represented by guardian',
    'represented by director',
    'represented by mandate',
  ],
  evidence: ['register'],
  clocks: ['alarm', 'extension'],
  triggers: ['appeal', 'event', 'time', 'offer'],
}
const extract = 'services/criminal-record-extract/'
const fine = 'services/fine/'
const permit = 'services/work-permit/'

before(() => {
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' }))
    if (/\.(yaml|typ|dmn|bpmn)$/.test(name))
      contents.set(name.replaceAll('\\', '/'), readFileSync(new URL(name, root), 'utf8'))
})

/** The drafts have faults of their own, which are no errors; without them a check is soon done. */
const withoutDrafts = () => new Map([...contents].filter(([name, source]) => !isOfDraft(name, source)))

function isOfDraft(name: string, source: string): boolean {
  if (name.startsWith('services/'))
    return ![extract, fine, permit, 'services/appeal/'].some((one) => name.startsWith(one))
  return /^status: draft$/m.test(source)
}

function check(change: Record<string, (source: string) => string | undefined>, before = withoutDrafts()) {
  const changed = new Map(before)
  // The recipe of the people is the longest file, and nothing else refers to it.
  if (before !== contents && change['population.yaml'] === undefined) changed.delete('population.yaml')
  for (const [name, edit] of Object.entries(change)) {
    const source = edit(contents.get(name) ?? '')
    assert.notEqual(source, contents.get(name), `the fault was not planted in ${name}`)
    if (source === undefined) changed.delete(name)
    else changed.set(name, source)
  }
  return checkCountry(readCountry('veridia', changed), { offers, checkTable })
}

const errorsOf = (problems: CheckProblem[]) => problems.filter(({ severity }) => severity === 'error')
const swap = (from: string, to: string) => (source: string) => source.replace(from, to)

test('the model country is in order, and everything in it was looked at', () => {
  const { problems, examined } = check({}, contents)

  assert.deepEqual(errorsOf(problems).map(toLine), [])
  assert.deepEqual(problems.filter(({ severity }) => severity === 'warning').map(toLine), [])
  assert.ok(examined.files > 130 && examined.services >= 17 && examined.expressions > 700)
  assert.ok(examined.texts > 1400 && examined.examples >= 23)
})

/** name, file, edit, what the one error must say. */
const faults: [string, string, (source: string) => string | undefined, RegExp][] = [
  [
    'a key that is misspelt',
    `${fine}service.yaml`,
    swap('sign-in:', 'sing-in:'),
    /:9:1 error: 'sing-in' is not known here; write 'sign-in'/,
  ],
  [
    'a key that is missing',
    `${fine}service.yaml`,
    swap('prefix: FN\n', ''),
    /:3:1 error: 'prefix' is missing; add 'prefix:'/,
  ],
  [
    'an item of the flow that is none',
    `${fine}service.yaml`,
    swap('- look-up: fine', '- lookup: fine'),
    /'lookup' is not one of the things that can stand here; write 'look-up'/,
  ],
  [
    'a word where a list stands',
    `${fine}service.yaml`,
    swap('audience: [anyone]', 'audience: anyone'),
    /:7:11 error: here stands a text, where a list should/,
  ],
  [
    'a value that is none of the choices',
    `${fine}service.yaml`,
    swap('sign-in: none', 'sign-in: nobody'),
    /'nobody' is not one of the words/,
  ],
  [
    'a term that is none',
    `${fine}service.yaml`,
    swap('within: 30 days', 'within: 30 dyas'),
    /'30 dyas' is not a term; write '10 working days'/,
  ],
  [
    'a fact in kebab-case',
    `${fine}service.yaml`,
    swap('fineNumber: {', 'fine-number: {'),
    /write it in camelCase: 'fineNumber'/,
  ],
  [
    'an expression that is not FEEL',
    `${fine}service.yaml`,
    swap('when: fine.enforcement = "stopped"', 'when: fine.enforcement = "stopped" and'),
    /is not FEEL/,
  ],
  [
    'a register field in a rule that there is none of',
    `${extract}service.yaml`,
    swap('convictions.bestScore', 'convictions.bestScor'),
    /:51:26 error: convictions has no bestScor .*; write 'bestScore'/,
  ],
  [
    'a fact that is not known yet',
    `${extract}service.yaml`,
    swap('  - notify: received\n', '  - notify: ready\n'),
    /There is no fact extract here/,
  ],
  [
    'a fact that there is none of',
    `${fine}service.yaml`,
    swap('price.percent / 100', 'prise.percent / 100'),
    /There is no fact prise here .*; write 'price'/,
  ],
  [
    'a comparison with a value that there is none of',
    `${fine}service.yaml`,
    swap('when: fine.state = "cancelled"', 'when: fine.state = "canceled"'),
    /canceled.*; write 'cancelled'/,
  ],
  [
    'a condition that is none',
    `${fine}service.yaml`,
    swap('when: fine.state = "cancelled"', 'when: fine.amount'),
    /'fine\.amount' does not give true or false/,
  ],
  [
    'a fee that is no number',
    `${fine}service.yaml`,
    swap('amount: fine.amount * price.percent / 100', 'amount: fine.offence'),
    /'fine\.offence' does not give a number/,
  ],
  [
    'a field that the register does not have',
    `${fine}service.yaml`,
    swap('placedOn, amount, state]', 'placedOn, amuont, state]'),
    /has no field 'amuont'; write 'amount'/,
  ],
  [
    'a personal field that everybody could see',
    'registries/population.yaml',
    swap('access:\n', 'access:\n  everybody: [fullName]\n'),
    /population\.yaml:\d+:\d+ error: 'fullName' is personal; take it out/,
  ],
  [
    'a field that no agreement lets be read',
    'agreements/police-fines.yaml',
    swap('amount, ', ''),
    /fine\/service\.yaml:\d+:\d+ error: the agreement 'police-fines' does not let 'amount' be read/,
  ],
  [
    'a field that no agreement lets be written',
    'agreements/police-fines.yaml',
    swap('writes: [state, ', 'writes: ['),
    /does not let 'state' be written/,
  ],
  [
    'a purpose that the agreement does not have',
    `${fine}service.yaml`,
    swap('purpose: settle-fine', 'purpose: settle-fines'),
    /does not serve the purpose 'settle-fines'; write 'settle-fine'/,
  ],
  [
    'an agreement with another agency',
    'agreements/police-fines.yaml',
    swap('reader: police', 'reader: tax'),
    /'police-fines' is with 'tax', not with 'police'/,
  ],
  [
    'a key by which nothing can be found',
    `${fine}service.yaml`,
    swap('by: { driver: applicant.id }', 'by: { place: applicant.id }'),
    /cannot be searched by 'place'/,
  ],
  ['a rule with a gap', `${fine}service.yaml`, swap('days: "> 365"', 'days: "> 400"'), /no row of price applies when/],
  [
    'a row that is never reached',
    `${extract}service.yaml`,
    swap('score: "< 0.75"', 'count: 0'),
    /row 3 of match is never reached/,
  ],
  [
    'a row about an input that there is none of',
    `${fine}service.yaml`,
    swap('if: { serious: true }', 'if: { seriuos: true }'),
    /there is no input 'seriuos'; write 'serious'/,
  ],
  [
    'a rule that there is none of',
    `${extract}service.yaml`,
    swap('- decide: match', '- decide: matsch'),
    /there is no rule 'matsch'; write 'match'/,
  ],
  [
    'a message that there is none of',
    `${fine}service.yaml`,
    swap('- notify: paid', '- notify: paidd'),
    /there is no message 'paidd'; write 'paid'/,
  ],
  [
    'an outcome that the law cannot suppose',
    `${fine}service.yaml`,
    swap('on-expiry: accept', 'on-expiry: accpet'),
    /there is no outcome 'accpet'; write 'accept'/,
  ],
  [
    'a role that nobody has',
    `${extract}service.yaml`,
    swap('role: records-officer', 'role: record-officer'),
    /there is no role 'record-officer'; write 'records-officer'/,
  ],
  [
    'a way that does not end',
    `${extract}service.yaml`,
    swap('  - close: granted\n', ''),
    /not every way through the flow ends/,
  ],
  [
    'what comes after the end',
    `${extract}service.yaml`,
    swap('  - close: granted\n', '  - close: granted\n  - notify: ready\n'),
    /nothing comes here/,
  ],
  [
    'a name for two things',
    `${extract}service.yaml`,
    swap('otherPurpose: {', 'match: {'),
    /'match' is also the name of a rule/,
  ],
  [
    'a step that no block offers',
    `${extract}service.yaml`,
    swap('  - issue: extract\n', '  - step: documents.isue\n  - issue: extract\n'),
    /no block offers the step 'documents\.isue' yet; write 'documents\.issue'/,
  ],
  [
    'a letter that is not there',
    `${extract}letters/extract.typ`,
    () => undefined,
    /there is no file 'letters\/extract\.typ'/,
  ],
  [
    'a text that is missing in a language',
    `${fine}texts/ar.yaml`,
    (source) => source.replace(/^ {2}refused: .*\n/m, ''),
    /fine\/texts\/ar\.yaml:\d+:\d+ error: the text 'result\.refused\.title' is missing in 'ar'/,
  ],
  [
    'a language that is missing',
    `${extract}texts/fr.yaml`,
    () => undefined,
    /the service has no texts in 'fr'; add texts\/fr\.yaml/,
  ],
  [
    'a text with a value that there is none of',
    `${fine}texts/fr.yaml`,
    swap('{receipt}', '{reciept}'),
    /'message\.paid\.body' uses \{reciept\}; write 'receipt'/,
  ],
  [
    'a text that is no ICU message',
    `${fine}texts/en.yaml`,
    swap('{receipt} is ready', '{receipt is ready'),
    /'message\.paid\.body' is not ICU MessageFormat/,
  ],
  [
    'a label that is missing in a language',
    'registries/fines.yaml',
    swap(', fr: Payée }', ' }'),
    /registries\/fines\.yaml:\d+:\d+ error: the text is missing in 'fr'/,
  ],
  [
    'a register of no agency',
    'registries/fines.yaml',
    swap('authority: police', 'authority: polcie'),
    /there is no agency 'polcie'; write 'police'/,
  ],
  [
    'a file called otherwise',
    'agencies/police.yaml',
    swap('agency: police', 'agency: pollice'),
    /this is called 'pollice', but stands in 'police'/,
  ],
  [
    'a file where none stands',
    'registers/fines.yaml',
    () => 'a: b\n',
    /no file of a country stands here; move it to 'registries'/,
  ],
  ['something that is no YAML', 'staff.yaml', swap('staff:\n', 'staff: [\n'), /mend the YAML/],
  [
    'a key that stands twice',
    'agencies/police.yaml',
    (source) => `${source}agency: police\n`,
    /Map keys must be unique/,
  ],
  [
    'an anchor',
    'life-events/driving.yaml',
    () => 'life-event: driving\ntitle: &a { en: A, ar: B, fr: C }\nsummary: *a\n',
    /anchors and aliases are not used here/,
  ],
  [
    'an example that is missing',
    `${fine}examples/pay-serious.yaml`,
    (source) => source.replace('expect:', 'expcet:'),
    /'expcet' is not known here; write 'expect'/,
  ],
  [
    'an unwritten recipe of people',
    'population.yaml',
    swap('      town: "= homeTown"', '      twon: "= homeTown"'),
    /there is no field 'twon'; write 'town'/,
  ],
]

for (const [name, file, edit, expected] of faults)
  test(`it finds ${name}`, () => {
    const errors = errorsOf(check({ [file]: edit }).problems).map(toLine)

    assert.ok(
      errors.some((line) => expected.test(line)),
      `expected ${expected}, got:\n${errors.join('\n') || '(nothing)'}`,
    )
    assert.ok(errors.length <= 25, `one fault was told ${errors.length} times:\n${errors.slice(0, 30).join('\n')}`)
  })

test('what looks like something else stays the text that it is: no, on, dates, versions', () => {
  const { country } = readCountry(
    'veridia',
    new Map([...contents, ['texts/en.yaml', 'answer: { no: no, on: off, when: 2026-01-01, how: 1.0, what: null }\n']]),
  )

  assert.deepEqual(country?.texts.en, {
    'answer.no': 'no',
    'answer.on': 'off',
    'answer.when': '2026-01-01',
    'answer.how': '1.0',
    'answer.what': 'null',
  })
  assert.match(country?.services.fine?.version ?? '', /^\d+\.\d+\.\d+$/)
})

test('a draft may want what nobody offers; it is not published until somebody does', () => {
  const loaded = readCountry('veridia', contents)
  const report = checkCountry(loaded, { offers, checkTable })
  const country = loaded.country && ready(loaded.country, report, offers)
  const wants = report.problems.filter(({ code }) => code === 'not-offered')

  const active = Object.values(country?.services ?? {})
    .filter(({ status }) => status === 'active')
    .map(({ id }) => id)
  const drafts = Object.values(loaded.country?.services ?? {}).filter(({ status }) => status === 'draft')

  assert.ok(wants.length > 20)
  for (const id of ['criminal-record-extract', 'fine', 'work-permit']) assert.ok(active.includes(id), id)
  assert.ok(drafts.length > 0 && drafts.every(({ id }) => !active.includes(id)))
  const without = loaded.country && ready(loaded.country, report, { ...offers, steps: {} })
  assert.ok(Object.values(without?.services ?? {}).every(({ status }) => status === 'draft'))
})

test('no bytes in any file make it throw', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('country.yaml', 'staff.yaml', `${fine}service.yaml`, 'registries/fines.yaml', 'population.yaml'),
      fc.nat(2000),
      fc.oneof(
        fc.string({ maxLength: 30 }),
        fc.constantFrom('\0', '&a', '*a', '- ', ': ', '{', '!!js', '__proto__: 1', '\n\t'),
      ),
      (file, at, bytes) => {
        const source = contents.get(file) ?? ''
        const changed = withoutDrafts()
        changed.set(file, source.slice(0, at) + bytes + source.slice(at))
        checkCountry(readCountry('veridia', changed), { offers, checkTable })
      },
    ),
    { numRuns: 20 },
  )
})

test('an editor that checks by the published schemas finds nothing wrong in the files either', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  const compiled = new Map(
    Object.entries(publishedSchemas()).map(([name, schema]) => [name, ajv.compile(JSON.parse(schema))]),
  )
  let examined = 0
  for (const [name, source] of contents) {
    const schema = /\$schema=.*\/schemas\/([a-z-]+\.json)\n/.exec(source)?.[1]
    if (!name.endsWith('.yaml')) continue
    assert.ok(schema !== undefined, `${name} does not say its schema in its first line`)
    const validate = compiled.get(schema)
    // As editors read YAML: 1.2 with its core schema.
    assert.ok(validate?.(parse(source)), `${name}: ${JSON.stringify(validate?.errors?.slice(0, 3))}`)
    examined++
  }
  assert.ok(examined > 130)
})

test('the published schemas are those of the code', () => {
  for (const [name, schema] of Object.entries(publishedSchemas()))
    assert.deepEqual(
      JSON.parse(readFileSync(new URL(`schemas/${name}`, import.meta.url), 'utf8')),
      JSON.parse(schema),
      `schemas/${name} differs: run npm run docs`,
    )
})

test('what a party of a record may see are fields that there are, and the party is one', () => {
  const permits = 'registries/work-permits.yaml'
  const seen = check({ [permits]: swap('employer: [number, employer,', 'employer: [numbr, employer,') })
  const who = check({ [permits]: swap('    employer: [number, employer,', '    state: [number, employer,') })

  assert.ok(errorsOf(seen.problems).some(({ file, message }) => file === permits && message.includes('numbr')))
  assert.ok(errorsOf(who.problems).some(({ file, message }) => file === permits && message.includes('names nobody')))
})

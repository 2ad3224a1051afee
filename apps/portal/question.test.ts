// Every type of question that can be read can be drawn, and what is drawn reads back as what was kept.
import assert from 'node:assert/strict'
import test from 'node:test'
import { type PublicService, type Question, questionTypesRead, readPage } from '@ashlar/catalogue'
import type { Visit } from '@ashlar/face'
import { html } from '@ashlar/ui'
import { formOn } from './fixture-test.ts'
import { keptIn, questionField } from './question.ts'
import type { Words } from './words.ts'

const records = [{ number: 'F-1', place: 'Harbour "Road"' }, { number: 'F-2' }]
const kept: Record<(typeof questionTypesRead)[number], unknown> = {
  text: "O'Brien & <Söhne>",
  longText: '\nOne\n\nڈو 好',
  name: 'محمد عبد الله',
  choice: 'second',
  choices: ['first', 'third'],
  yesNo: false,
  confirm: true,
  date: '2026-02-28',
  number: -1234.5,
  money: 1000.25,
  email: 'a@b.example',
  phone: '+96812345678',
  list: ['สมชาย', '"x"'],
  file: { id: 'f1', name: 'a.pdf', type: 'application/pdf', size: 12 },
  record: 'F-2',
  bankAccount: 'GB82WEST12345698765432',
  party: { kind: 'person', number: '02-034490-6', born: '1990-03-02' },
  table: [
    { who: { kind: 'person', number: '1', born: '1990-03-02' }, job: 'cook "x"' },
    { who: { kind: 'person', number: '2', born: '1991-12-31' }, job: null },
  ],
} as never
const words = Object.assign((key: string) => key, { maybe: () => undefined }) as Words
const visitIn = (language: string) =>
  ({
    language,
    t: (key: string) => key,
    say: (key: string) => html`${key}`,
    number: String,
    list: (items: string[]) => items.join(', '),
    of: (texts: Record<string, string>) => Object.values(texts)[0] ?? '',
  }) as unknown as Visit

function questionOf(type: Question['type']): Question {
  return {
    name: 'it',
    type,
    optional: false,
    options: type === 'choice' || type === 'choices' ? ['first', 'second', 'third'] : [],
    show: ['number'],
    none: type === 'record',
    accept: ['application/pdf'],
    columns:
      type === 'table'
        ? [
            { ...questionOf('party'), name: 'who' },
            { ...questionOf('text'), name: 'job', optional: true },
          ]
        : [],
    ...(type === 'list' ? { of: 'name' } : {}),
    ...(type === 'number' ? { decimals: 2 } : {}),
    ...(type === 'record' ? { of: 'mine', key: 'number' } : {}),
  }
}

function serviceOf(question: Question): PublicService {
  const page = { id: 'page', stop: false, show: [], questions: [question] }
  return {
    id: 'any',
    form: [page],
    parties: {},
    rules: {},
    evidence: {},
    texts: {},
    languages: ['en'],
    facts: {},
  } as never
}

for (const language of ['en', 'fr', 'ar'])
  for (const type of questionTypesRead)
    test(`${type} in ${language}: what is drawn reads back`, () => {
      const question = questionOf(type)
      const service = serviceOf(question)
      const facts = { mine: records } as never
      const shown = keptIn(question, kept[type] as never, language)

      const field = questionField({
        visit: visitIn(language),
        words,
        country: { registers: {}, currency: { code: 'VRD', decimals: 2, name: {} } } as never,
        service,
        question,
        shown,
        isHeading: false,
        facts,
      })
      const page = { text: `<form method="post" action="/x">${field.markup}</form>`, path: '/x' }
      const { fields } = formOn(page, '/x')
      const body = type === 'file' ? { it: kept.file } : fields
      const evidence = { mine: records } as never
      const read = readPage(
        { ...service, evidence: { mine: { at: 'form', many: true, by: [] } } } as never,
        'page',
        body,
        {
          answers: {},
          applicant: { id: null, kind: 'anonymous', name: null },
          evidence,
          today: '2026-01-01',
          language,
        },
      )

      assert.deepEqual(read.errors, [])
      const wanted = type === 'longText' ? String(kept.longText).trim() : kept[type]
      assert.deepEqual(read.answers.it, wanted)
      assert.ok(!/<[^>]*(O'Brien|Söhne>)/.test(field.markup))
    })

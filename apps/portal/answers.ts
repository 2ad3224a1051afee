// Answers as people read them back.
import type { Country, Facts, PublicService, Question } from '@ashlar/catalogue'
import type { Visit } from '@ashlar/face'
import { moneyOf } from '@ashlar/kernel/money'
import { type Html, html, isolate, join } from '@ashlar/ui'
import { partyText } from './party-question.ts'
import { sizeOf } from './question.ts'
import { shownRecord, type Words } from './words.ts'

type Json = Facts[string]

interface Place {
  visit: Visit
  words: Words
  country: Country
  service: PublicService
  facts: Facts
}

/** Undefined for what was left out. */
export function answerText(place: Place, question: Question, answer: Json | undefined): string | Html | undefined {
  const { visit, words, country } = place
  const { name, type } = question
  if (answer === null || answer === undefined || (Array.isArray(answer) && answer.length === 0)) return undefined
  if (answer === 'none' && question.none) return words(`question.${name}.none`)
  const option = (value: Json) => words(`question.${name}.option.${String(value)}`)
  switch (type) {
    case 'choice':
      return option(answer)
    case 'choices':
      return join((answer as Json[]).map(option), html`<br>`)
    case 'yesNo':
    case 'number':
    case 'date':
      return visit.fact(answer)
    case 'confirm':
      return visit.t('portal.check.confirmed')
    case 'money':
      return visit.money(moneyOf(Number(answer), country.currency.code, country.currency.decimals))
    case 'list':
      return join(
        (answer as Json[]).map((one) => (typeof one === 'string' ? isolate(visit.fact(one)) : visit.fact(one))),
        html`<br>`,
      )
    case 'longText':
      return join(
        String(answer)
          .split('\n')
          .map((line) => html`<bdi>${line}</bdi>`),
        html`<br>`,
      )
    case 'file': {
      const { name: file, size } = answer as { name: string; size: number }
      return html`${isolate(file)} (${sizeOf(visit, size)})`
    }
    case 'party':
      return isolate(partyText(question, answer, (day) => visit.date(day)))
    case 'table':
      return tableText(place, question, answer as Facts[])
    case 'record':
      return recordText(place, question, answer)
    default:
      return isolate(String(answer))
  }
}

/** One line a row, its cells one after the other. */
function tableText(place: Place, { name, columns }: Question, rows: Facts[]): Html {
  const { visit, words } = place
  const cell = (column: Question, value: Json | undefined) =>
    column.options.length > 0 && typeof value === 'string'
      ? words(`question.${name}.option.${value}`)
      : (answerText(place, column, value) ?? '')
  return join(
    rows.map((row, n) => {
      const cells = columns.map((column) => cell(column, row[column.name])).filter((text) => text !== '')
      return html`${visit.number(n + 1)}. ${join(cells, ' · ')}`
    }),
    html`<br>`,
  )
}

/** Which record was chosen: what names it in the list, and its key. */
function recordText(
  { visit, country, service, facts }: Place,
  { of = '', key = '', show }: Question,
  answer: Json,
): Html {
  const records = Array.isArray(facts[of]) ? (facts[of] as Record<string, Json>[]) : []
  const record = records.find((one) => one[key] === answer)
  const register = country.registers[service.evidence[of]?.register ?? '']
  const [title] = shownRecord(visit, country, register, show, record ?? null)
  return title === undefined ? isolate(String(answer)) : html`${title.text} (${isolate(String(answer))})`
}

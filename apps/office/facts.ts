// Facts of a case as rows of a summary list: labels and values in the officer's language, lists and records unfolded.
import { moneyOf } from '@ashlar/kernel/money'
import { type Html, html, isolate } from '@ashlar/ui'
import type { OpenCase } from './open-case.ts'
import { isHandedIn } from './papers.ts'

export type Row = { key: { text: string | Html }; value: { text: string | Html } }
/** Where a value stands: a field of a register, or a question of the form. */
type Place = { register?: string | undefined; name?: string }

/** The answers of the form in the order of its questions. */
export function answerRows(open: OpenCase, answers: Record<string, unknown>): Row[] {
  const { visit, words } = open
  const asked = words.service.form.flatMap(({ questions }) => questions.map(({ name }) => name))
  return asked
    .filter((name) => name in answers && !isNothing(answers[name]))
    .map((name) => ({
      key: { text: words.label(visit.language, { name }) },
      value: { text: valueText(open, { name }, answers[name]) },
    }))
}

/** A fact of the process (an evidence, an answer) as rows; nested records become rows of their own. */
export function factRows(open: OpenCase, name: string, fact: unknown): Row[] {
  const { visit, words } = open
  const register = words.service.evidence[name]?.register
  if (isNothing(fact)) return []
  if (Array.isArray(fact) && fact.some(isRecord))
    return fact.flatMap((item, at) =>
      isRecord(item) ? [numbered(open, at, item), ...recordRows(open, register, item)] : [],
    )
  if (isRecord(fact) && Array.isArray(fact.records))
    return fact.records.flatMap((record, at) => [
      numbered(open, at, record as Record<string, unknown>),
      ...recordRows(open, register, record as Record<string, unknown>),
    ])
  if (isRecord(fact) && !isHandedIn(fact) && !('currency' in fact)) return recordRows(open, register, fact)
  return [
    {
      key: { text: words.label(visit.language, { name }) },
      value: { text: valueText(open, { register, name }, fact) },
    },
  ]
}

const isRecord = (fact: unknown): fact is Record<string, unknown> =>
  typeof fact === 'object' && fact !== null && !Array.isArray(fact)

const isNothing = (fact: unknown): boolean =>
  fact === null || fact === undefined || fact === '' || (Array.isArray(fact) && fact.length === 0)

/** One of several records, and how much it is like what was looked for. */
function numbered({ visit }: OpenCase, at: number, { score }: Record<string, unknown>): Row {
  return {
    key: { text: visit.t('office.candidate', { number: at + 1 }) },
    value: {
      text: typeof score === 'number' ? visit.t('office.likeness', { percent: Math.round(score * 100) }) : '',
    },
  }
}

function recordRows(open: OpenCase, register: string | undefined, record: Record<string, unknown>): Row[] {
  return Object.entries(record)
    .filter(([name, value]) => name !== 'score' && !isNothing(value))
    .map(([name, value]) => ({
      key: { text: open.words.label(open.visit.language, { register, name }) },
      value: { text: valueText(open, { register, name }, value) },
    }))
}

/** Names keep their own direction; a file is a link. */
export function valueText(open: OpenCase, place: Place, value: unknown): string | Html {
  const { visit, words, view } = open
  const { country } = open.rooms.faces
  const field = place.register && place.name ? country.registers[place.register]?.fields[place.name] : undefined
  // Registers keep amounts in whole units of the country's currency.
  if (field?.is === 'money' && typeof value === 'number')
    return visit.money(moneyOf(value, country.currency.code, country.currency.decimals))
  if (isHandedIn(value))
    return html`<a class="govuk-link" href="/office/cases/${view.id}/files/${value.id}" download>${isolate(value.name)}</a> (${visit.t('office.file-size', { size: Math.max(1, Math.round(value.size / 1024)) })})`
  if (typeof value === 'string') {
    const option =
      place.name === undefined ? undefined : words.option(visit.language, { ...place, name: place.name }, value)
    if (option) return option
    const lines = visit.fact(value).split('\n')
    return lines.length > 1
      ? html`${lines.map((line, at) => html`${at > 0 && html`<br>`}${isolate(line)}`)}`
      : isolate(visit.fact(value))
  }
  if (Array.isArray(value))
    return html`${value.map((item, at) => html`${at > 0 && html`<br>`}${valueText(open, place, item)}`)}`
  return visit.fact(value)
}

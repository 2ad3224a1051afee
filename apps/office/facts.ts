// Facts of a case as rows of a summary list: labels and values in the officer's language, lists and records unfolded.
import type { Visit } from '@ashlar/face'
import { type Html, html, isolate } from '@ashlar/ui'
import type { Words } from './words.ts'

type Row = { key: { text: string }; value: { text: string | Html } }

/** The answers of the form; what was left out is shown as such. */
export function answerRows(visit: Visit, words: Words, answers: Record<string, unknown>): Row[] {
  const asked = words.service.form.flatMap(({ questions }) => questions.map(({ name }) => name))
  return asked
    .filter((name) => name in answers && answers[name] !== null)
    .map((name) => ({
      key: { text: words.label(visit.language, { name }) },
      value: { text: valueText(visit, words, { name }, answers[name]) },
    }))
}

/** A fact of the process (an evidence, a rule's result, an answer) as rows; nested records become rows of their own. */
export function factRows(visit: Visit, words: Words, name: string, fact: unknown): Row[] {
  const register = words.service.evidence[name]?.register
  if (Array.isArray(fact) && fact.some(isRecord))
    return fact.flatMap((item) => (isRecord(item) ? recordRows(visit, words, register, item) : []))
  if (isRecord(fact) && Array.isArray(fact.records))
    return [
      ...fact.records.flatMap((record, at) => [
        {
          key: { text: visit.t('office.candidate', { number: at + 1 }) },
          value: { text: likeness(visit, (record as { score?: number }).score) },
        },
        ...recordRows(visit, words, register, record as Record<string, unknown>),
      ]),
    ]
  if (isRecord(fact) && register) return recordRows(visit, words, register, fact)
  if (isRecord(fact) && !('value' in fact && 'currency' in fact))
    return Object.entries(fact).map(([key, value]) => ({
      key: { text: words.say(visit.language, `rule.${name}.output.${key}`, {}, key) },
      value: { text: valueText(visit, words, { name: key }, value) },
    }))
  return [
    { key: { text: words.label(visit.language, { name }) }, value: { text: valueText(visit, words, { name }, fact) } },
  ]
}

const isRecord = (fact: unknown): fact is Record<string, unknown> =>
  typeof fact === 'object' && fact !== null && !Array.isArray(fact)

function recordRows(visit: Visit, words: Words, register: string | undefined, record: Record<string, unknown>): Row[] {
  return Object.entries(record)
    .filter(
      ([name, value]) =>
        name !== 'score' && value !== null && value !== undefined && !(Array.isArray(value) && !value.length),
    )
    .map(([name, value]) => ({
      key: { text: words.label(visit.language, { register, name }) },
      value: { text: valueText(visit, words, { register, name }, value) },
    }))
}

const likeness = (visit: Visit, score: number | undefined): string =>
  score === undefined ? '' : visit.t('office.likeness', { percent: Math.round(score * 100) })

/** Names keep their own direction. */
function valueText(
  visit: Visit,
  words: Words,
  place: { register?: string | undefined; name: string },
  value: unknown,
): string | Html {
  if (typeof value === 'string') {
    const option = words.option(visit.language, place, value)
    if (option) return option
    const shown = visit.fact(value)
    return shown.includes('\n')
      ? html`${shown.split('\n').map((line, at) => html`${at > 0 && html`<br>`}${line}`)}`
      : isolate(shown)
  }
  if (Array.isArray(value))
    return html`${value.map((item, at) => html`${at > 0 && html`<br>`}${valueText(visit, words, place, item)}`)}`
  return visit.fact(value)
}

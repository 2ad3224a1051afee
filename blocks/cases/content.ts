// What is kept, sealed, of a draft and of an application: who applies, the answers, and what registers knew.
import type { Evidence, FormInput } from '@ashlar/catalogue'
import type { Representation } from '@ashlar/identity'
import type { Json } from './case.ts'

export type Facts = Record<string, Json>

export interface Content {
  /** `id` is null when nobody signed in. */
  applicant: FormInput['applicant']
  answers: Facts
  evidence: Record<string, FoundEvidence>
  /** Who sent it for the applicant, and by what right. */
  representative?: Representation
  /** Of an appeal that comes too late: why, in the applicant's words, and until when it would have been in time. */
  late?: { because: string; until: string }
}

/** What a register knew, with its source: shown beside it, in the form and to the officer. */
export interface FoundEvidence {
  fact: Json
  register: string
  /** When it was looked up, ISO 8601. */
  at: string
  /** By which keys, so that it is looked up again when they change. */
  by: string
  /** The entry in the log of data uses. */
  use: string
}

/** What the form is made from. */
export function toInput(content: Content, about: { language: string; today: string; now: string }): FormInput {
  const evidence = Object.fromEntries(Object.entries(content.evidence).map(([name, { fact }]) => [name, fact]))
  return { answers: content.answers, applicant: content.applicant, evidence, ...about }
}

/** Evidence as FEEL sees it: a record's fields or null; `many` a list; `match` the best first, with scores. */
export function toFact(
  { many, match }: Pick<Evidence, 'many' | 'match'>,
  found: { records: { values: object; score?: number }[]; count: number; bestScore: number },
): Json {
  if (match !== undefined) {
    const records = found.records.map(({ values, score }) => ({ ...(values as Facts), score: score ?? 0 }))
    return { count: found.count, bestScore: found.bestScore, records }
  }
  const records = found.records.map(({ values }) => values as Facts)
  return many ? records : (records[0] ?? null)
}

/** Evidence with its source, as it is shown. */
export type ShownEvidence = { name: string } & Pick<FoundEvidence, 'register' | 'at' | 'fact'>

export function toShown(evidence: Content['evidence']): ShownEvidence[] {
  return Object.entries(evidence).map(([name, { register, at, fact }]) => ({ name, register, at, fact }))
}

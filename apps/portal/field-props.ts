// What the field of a question is drawn from, and what stands in it.
import type { Country, Facts, PublicService, Question } from '@ashlar/catalogue'
import type { Visit } from '@ashlar/face'
import type { Html } from '@ashlar/ui'
import type { Words } from './words.ts'

export interface FieldProps {
  visit: Visit
  words: Words
  country: Country
  service: PublicService
  question: Question
  /** As it was typed or as it is kept. */
  shown: Shown
  error?: string | undefined
  /** Of a date: which part is wrong. */
  wrongPart?: string | undefined
  /** What is wrong with cells of a table, at their fields. */
  cellErrors?: { field: string; text: string }[] | undefined
  /** The question is the heading of the page. */
  isHeading: boolean
  /** Questions that belong to an option. */
  within?: ((option: string) => Html | undefined) | undefined
  facts: Facts
  /** What an option would lead to. */
  hints?: Record<string, string>
}

/** What stands in a field. */
export interface Shown {
  one: string
  many: string[]
  day: string
  month: string
  year: string
  file?: { name: string; size: number } | undefined
  /** Of a table, by column. */
  rows?: Record<string, Shown>[]
}

// What reading an answer takes and gives, whatever the type of the question.
import type { Facts, Json } from './facts.ts'
import type { PublicService, Question } from './public-service.ts'
import type { ErrorCode } from './text-keys.ts'

export interface AnswerContext {
  facts: Facts
  today: string
  /** BCP 47; says how numbers are written. */
  language: string
  /** The currency's decimals. */
  decimals: number
  /** Of the service: what a question about a party asks for. */
  parties?: PublicService['parties']
}

export type Read =
  | { value: Json }
  | { code: ErrorCode; values?: Record<string, string | number>; part?: string; cells?: CellFault[] }

/** What is wrong with one cell of a table. */
export interface CellFault {
  code: ErrorCode
  values?: Record<string, string | number>
  part: string
  /** From 1. */
  row: number
  column: string
}

/** What was sent: the fields of a form, by name. */
export type Body = Record<string, unknown>

export interface Reader {
  /** The raw value from the fields of a form; undefined if nothing was filled in. */
  fromForm(question: Question, body: Body): unknown
  /** Raw or JSON → answer. Never sees undefined or null. */
  read(raw: unknown, question: Question, context: AnswerContext): Read
  schema(question: Question): object
}

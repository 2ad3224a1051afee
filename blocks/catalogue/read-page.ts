// Reads what was sent: a page of the form, or all answers as JSON. Refuses by question, with a text key and its values.
import type { AnswerContext, Body, Read } from './answer-reader.ts'
import { readers } from './answers.ts'
import { type Decide, type Facts, holds, type Json, unanswered } from './facts.ts'
import { type FormInput, formOf } from './form.ts'
import type { PublicService, Question } from './public-service.ts'
import type { ErrorCode } from './text-keys.ts'

export interface AnswerError {
  question: string
  /** The field of the form to point at: the question's, or a part of it: 'dateOfBirth-month'. */
  field: string
  code: ErrorCode
  /** The text that says so: the service's own, or 'error.<code>' of the house. */
  key: string
  /** Values for the text, besides {question}: its label. */
  values: Record<string, string | number>
  /** In a table: the row, from 1, and the column. */
  row?: number
  column?: string
}

export interface ReadAnswers {
  /** Only of questions that are asked; null for one that may be left out and was. */
  answers: Facts
  errors: AnswerError[]
}

export interface ReadContext extends FormInput {
  language: string
  /** Decimals of the country's currency. */
  decimals?: number
  decide?: Decide
}

/** A page that is not in the form, or not shown now, has no questions: nothing is read, nothing is refused. */
export function readPage(service: PublicService, pageId: string, body: Body, context: ReadContext): ReadAnswers {
  const page = service.form.find(({ id }) => id === pageId)
  if (page === undefined) return { answers: {}, errors: [] }
  const { facts } = formOf(service, context, context.decide)
  return readQuestions(service, page.questions, facts, context, (question) =>
    readers[question.type]?.fromForm(question, body),
  )
}

/**
 * All answers at once, as the API takes them, keyed as answerSchema says. What is not asked is refused, so that nobody
 * believes to have said what was dropped.
 */
export function readAnswers(service: PublicService, given: Record<string, unknown>, context: ReadContext): ReadAnswers {
  const errors: AnswerError[] = []
  const answers: Facts = {}
  for (const page of service.form) {
    const { facts, pages } = formOf(service, { ...context, answers }, context.decide)
    const shown = pages.find((one) => one.page.id === page.id)
    if (page.stop && shown !== undefined) break
    if (!holds(service, page.when, facts)) continue
    const read = readQuestions(service, page.questions, facts, context, ({ name }) =>
      Object.hasOwn(given, name) && given[name] !== null ? given[name] : undefined,
    )
    Object.assign(answers, read.answers)
    errors.push(...read.errors)
  }
  const known = new Set([...Object.keys(answers), ...errors.map(({ question }) => question)])
  for (const name of Object.keys(given).slice(0, 100))
    if (!known.has(name) && given[name] !== null)
      errors.push({
        question: name.slice(0, 60),
        field: name.slice(0, 60),
        code: 'unreadable',
        key: 'error.notAsked',
        values: {},
      })
  return { answers, errors }
}

/** Questions of one page, from wherever their raw answers come. */
export function readQuestions(
  service: PublicService,
  questions: Question[],
  known: Facts,
  context: ReadContext,
  rawOf: (question: Question) => unknown,
): ReadAnswers {
  const answers: Facts = {}
  const errors: AnswerError[] = []
  const facts: Facts = { ...known }
  const reading: AnswerContext = {
    facts,
    today: context.today,
    language: context.language,
    decimals: context.decimals ?? 2,
    parties: service.parties,
  }
  for (const question of questions) {
    if (!holds(service, question.when, facts)) continue
    const read = readOne(question, rawOf(question), reading)
    if ('code' in read) {
      errors.push(...toErrors(service, question, read))
      facts[question.name] = unanswered(question)
    } else {
      answers[question.name] = read.value
      facts[question.name] = read.value ?? unanswered(question)
    }
  }
  return { answers, errors }
}

function readOne(question: Question, raw: unknown, context: AnswerContext): Read {
  const reader = readers[question.type]
  if (reader === undefined) return { code: 'unreadable' }
  if (raw === undefined || raw === null) {
    if (question.optional) return { value: unanswered(question) as Json }
    return { code: question.type === 'confirm' ? 'mustConfirm' : 'required' }
  }
  const read = reader.read(raw, question, context)
  // Spaces alone are no answer.
  if ('code' in read && read.code === 'required' && question.optional) return { value: unanswered(question) as Json }
  return read
}

/** Of a table, one for each cell that is wrong. */
function toErrors(service: PublicService, question: Question, read: Extract<Read, { code: string }>): AnswerError[] {
  if (read.cells === undefined) return [toError(service, question, read)]
  return read.cells.map(({ row, column, ...fault }) => ({ ...toError(service, question, fault), row, column }))
}

function toError(
  service: PublicService,
  { name }: Question,
  { code, values = {}, part }: Extract<Read, { code: string }>,
): AnswerError {
  const own = `question.${name}.error.${code}`
  const hasOwn = Object.values(service.texts).some((texts) => Object.hasOwn(texts, own))
  return {
    question: name,
    field: part === undefined ? name : `${name}-${part}`,
    code,
    key: hasOwn ? own : `error.${code}`,
    values,
  }
}

// Whom answers name: found by number and date of birth, so that the case knows who it is, and told nobody.
import type { AnswerError, PartyAnswer, PublicService, Question } from '@ashlar/catalogue'
import type { Named } from '@ashlar/identity'
import type { Context } from '@ashlar/kernel/sql'
import type { Json } from './case.ts'
import type { Facts } from './content.ts'

export interface NamedPartyNeeds {
  /** Identity.findParty: counts tries, and logs each look. Without it nobody is found. */
  findParty?: (named: Named, context: Context) => Promise<{ id: string } | undefined>
}

interface NamedParty {
  question: string
  /** The field of the form that shows it. */
  field: string
  row?: number
  column?: string
  answer: PartyAnswer
}

export type NamedParties = ReturnType<typeof createNamedParties>

export function createNamedParties({ findParty }: NamedPartyNeeds) {
  return {
    /**
     * The answers with the ids of all parties that they name. Who was found before by the same number is not looked for
     * again, and an id that somebody sent is never believed. Errors for those who are not found.
     */
    find: async (
      service: PublicService,
      answers: Facts,
      before: Facts,
      context: Context,
    ): Promise<{ answers: Facts; errors: AnswerError[] }> => {
      const questions = service.form.flatMap((page) => page.questions)
      const known = new Map(partiesIn(questions, before).map(({ answer }) => [keyOf(answer), answer.id]))
      const errors: AnswerError[] = []
      const found = structuredClone(answers)
      for (const { answer, ...place } of partiesIn(questions, found)) {
        const id = known.get(keyOf(answer)) ?? (await findParty?.(toNamed(answer), context))?.id
        known.set(keyOf(answer), id)
        if (id === undefined) errors.push(notFound(service, place))
        else answer.id = id
      }
      return { answers: found, errors }
    },

    /** After reading answers anew: who was found before is known still. */
    keep: (service: PublicService, answers: Facts, before: Facts): Facts => {
      const questions = service.form.flatMap((page) => page.questions)
      const known = new Map(partiesIn(questions, before).map(({ answer }) => [keyOf(answer), answer.id]))
      const kept = structuredClone(answers)
      for (const { answer } of partiesIn(questions, kept)) {
        const id = known.get(keyOf(answer))
        if (id !== undefined) answer.id = id
      }
      return kept
    },
  }
}

const keyOf = ({ kind, number, born }: PartyAnswer): string => `${kind} ${number} ${born ?? ''}`

const toNamed = ({ kind, number, born }: PartyAnswer): Named =>
  kind === 'organisation' ? { kind, number } : { kind, number, born: born ?? '' }

function notFound(service: PublicService, { question, field, row, column }: Omit<NamedParty, 'answer'>): AnswerError {
  const own = `question.${question}.error.notFound`
  const hasOwn = Object.values(service.texts).some((texts) => Object.hasOwn(texts, own))
  return {
    question,
    field,
    code: 'notFound',
    key: hasOwn ? own : 'error.notFound',
    values: {},
    ...(row === undefined ? {} : { row }),
    ...(column === undefined ? {} : { column }),
  }
}

/** All parties that these answers name, in questions and in the rows of tables. */
function partiesIn(questions: Question[], answers: Facts): NamedParty[] {
  return questions.flatMap((question): NamedParty[] => {
    const answer = answers[question.name]
    if (question.type === 'party' && isNamed(answer))
      return [{ question: question.name, field: `${question.name}-number`, answer }]
    if (question.type !== 'table' || !Array.isArray(answer)) return []
    return answer.flatMap((row, n) =>
      question.columns.flatMap(({ name, type }): NamedParty[] => {
        const cell = (row as Facts | null)?.[name]
        if (type !== 'party' || !isNamed(cell)) return []
        const field = `${question.name}-${n}-${name}-number`
        return [{ question: question.name, field, row: n + 1, column: name, answer: cell }]
      }),
    )
  })
}

const isNamed = (value: Json | undefined): value is Json & PartyAnswer =>
  typeof value === 'object' && value !== null && 'number' in value

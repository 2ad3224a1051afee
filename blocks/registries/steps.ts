// What processes may do with registers: look up, and write.
import { createHash } from 'node:crypto'
import { isProblem, type Problem } from '@ashlar/kernel/problem'
import type { Command, LookUpInput, Outcome, Step, WriteInput } from '@ashlar/workflow'
import type { LookUp, LookUpAnswer } from './reading.ts'
import type { Json, Values } from './register.ts'
import type { Registries } from './registries.ts'

const text = { type: 'string' }
const values = { type: ['object', 'null'] }
const reference = { type: ['string', 'null'] }

/** registries.issueNumber → { id, version, number } */
interface IssueNumberInput {
  register: string
  /** The identifier that is given. */
  field: string
  /** What it looks like: '#' is a digit, all else stands as it is. */
  like: string
  /** The other fields of the new record. */
  set: Record<string, Json>
  agreement: string
  purpose: string
  case?: string | null
}

type Names = 'registries.lookUp' | 'registries.write' | 'registries.issueNumber'

export function registrySteps(registries: Registries): Record<Names, Step> {
  const lookUp: Step<LookUpInput> = {
    name: 'registries.lookUp',
    input: {
      type: 'object',
      properties: {
        evidence: text,
        register: text,
        by: values,
        match: values,
        fields: { type: 'array', items: text },
        many: { type: 'boolean' },
        purpose: text,
        agreement: text,
        case: reference,
      },
      required: ['register', 'fields', 'many', 'purpose', 'agreement'],
    },
    run: async (commands) => {
      const asked = commands.filter(({ input }) => input.by || input.match)
      const answers = await registries.lookUpAll(asked.map(toLookUp))
      return commands.map((command) => {
        const answer = answers[asked.indexOf(command)]
        if (isProblem(answer)) return toOutcome(answer)
        return { done: toFacts(command.input, answer) }
      })
    },
  }
  const write: Step<WriteInput> = {
    name: 'registries.write',
    input: {
      type: 'object',
      properties: { register: text, key: values, set: values, agreement: text, purpose: text, case: reference },
      required: ['register', 'set', 'purpose'],
    },
    output: { type: 'object', properties: { id: text, version: { type: 'integer' } } },
    run: (commands) => Promise.all(commands.map((command) => writeOne(registries, command))),
  }
  const issueNumber: Step<IssueNumberInput> = {
    name: 'registries.issueNumber',
    input: {
      type: 'object',
      properties: {
        register: text,
        field: text,
        like: text,
        set: values,
        agreement: text,
        purpose: text,
        case: reference,
      },
      required: ['register', 'field', 'like', 'set', 'agreement', 'purpose'],
    },
    output: { type: 'object', properties: { id: text, version: { type: 'integer' }, number: text } },
    run: (commands) => Promise.all(commands.map((command) => issueOne(registries, command))),
  }
  return {
    'registries.issueNumber': issueNumber as unknown as Step,
    'registries.lookUp': lookUp as unknown as Step,
    'registries.write': write as unknown as Step,
  }
}

/** Evidence as FEEL sees it: the fields of one record or null; `many`: a list; `match`: the score, and the records with theirs. */
export function toFacts(
  { match, many }: Pick<LookUpInput, 'match' | 'many'>,
  answer: Pick<LookUpAnswer, 'records' | 'count' | 'bestScore'> | undefined,
): Json {
  if (match !== undefined) {
    const { records, count, bestScore } = answer ?? { records: [], count: 0, bestScore: 0 }
    return { count, bestScore, records: records.map(({ values, score }) => ({ ...values, score: score ?? 0 })) }
  }
  const found = answer?.records.map(({ values }) => values) ?? []
  return many ? found : (found[0] ?? null)
}

function toLookUp({ key, caseId, context, input }: Command<LookUpInput>): LookUp {
  const { register, by, match, fields, purpose, agreement } = input
  return {
    key: `look-up ${key}`,
    register,
    fields,
    ...(by ? { by: by as Values } : { match: match as Values }),
    access: { agreement, purpose, case: input.case ?? caseId },
    context,
  }
}

async function writeOne(registries: Registries, command: Command<WriteInput>): Promise<Outcome> {
  const { key, caseId, context, input } = command
  const { register, agreement, purpose } = input
  try {
    const written = await registries.write({
      key,
      register,
      by: input.key as Values,
      set: input.set as Values,
      access: { agreement, purpose, case: input.case ?? caseId },
      context,
    })
    return { done: { ...written } }
  } catch (error) {
    if (isProblem(error) && !isPassing(error)) return toOutcome(error)
    throw error
  }
}

const MOST_TRIES = 50

/** Numbers follow from the command, so that the same one again finds its record; one that is taken leads to the next. */
async function issueOne(registries: Registries, command: Command<IssueNumberInput>): Promise<Outcome> {
  const { key, caseId, context, input } = command
  const { register, field, like, set, agreement, purpose } = input
  for (let tried = 0; tried < MOST_TRIES; tried++) {
    const number = numberOf(like, `${key} ${tried}`)
    const access = { agreement, purpose, case: input.case ?? caseId }
    try {
      const written = await registries.write({
        key: `${key} ${tried}`,
        register,
        set: { ...set, [field]: number },
        access,
        context,
      })
      return { done: { ...written, number } }
    } catch (error) {
      if (!isProblem(error) || isPassing(error)) throw error
      if (error.code !== 'identifier-taken') return toOutcome(error)
    }
  }
  throw new Error(`${register}: no number like ${like} is free`)
}

function numberOf(like: string, seed: string): string {
  const digits = BigInt(`0x${createHash('sha256').update(seed).digest('hex')}`).toString()
  let next = 0
  return like.replace(/#/g, () => digits[next++] ?? '0')
}

/** What may be otherwise in a moment is tried again. */
function isPassing({ status }: Problem): boolean {
  return status >= 500
}

function toOutcome(problem: Problem): Outcome {
  if (isPassing(problem)) throw problem
  const { code, title, detail } = problem
  return { failed: { code, title, ...(detail === undefined ? {} : { detail }) } }
}

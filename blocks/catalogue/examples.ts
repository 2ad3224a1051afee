// Runs the examples of a service: a person fills in the form, the flow is played in memory, and all that must come of it is compared.
import { moneyOf } from '@ashlar/kernel/money'
import type { Country, Example } from './country.ts'
import { type ExampleRegisters, exampleRegisters } from './example-registers.ts'
import { type Decide, evaluateJson, type Facts, type Json } from './facts.ts'
import { type Form, formOf, lookUpsOf, priceOf, type WantedEvidence } from './form.ts'
import type { PublicService } from './public-service.ts'
import { type AnswerError, readQuestions } from './read-page.ts'

/** A command that the flow gives to a block, as workflow rehearses it. */
interface PlayedCommand {
  node: string
  step: string
  input: Record<string, Json>
}

interface PlayedRules {
  now: Date
  evaluate(source: string, facts: Facts): Json
  decide(rule: string, facts: Facts): { output: Json; trace: Json }
  deadline(from: Date, term: string): Date
  money(amount: number): { value: number; currency: string }
}

type PlayedOutcome = { done: Json } | { expire: true } | { wait: true } | { failed: string }

interface Played {
  facts: Facts
  result?: string
  decisions: { rule: string; output: Json }[]
  waits: { node: string; stuck?: string }[]
}

/** What examples run on: the same compiler, engine, rules and calendar as the house. */
export interface ExampleEngine {
  /** `rehearse` of workflow over its `compileFlow`. */
  play(
    service: PublicService,
    facts: Facts,
    rules: PlayedRules,
    answer: (command: PlayedCommand) => PlayedOutcome,
  ): Played
  /** `evaluate` of decisions. */
  decide: (table: PublicService['rules'][string], facts: Facts) => { output: unknown; trace?: unknown }
  /** Of the country's calendar. */
  deadline(from: Date, term: string): Date
}

export interface ExampleResult {
  service: string
  file: string
  example: string
  /** Where what came is not what must; empty if it passed. */
  failures: { what: string; expected: unknown; got: unknown }[]
}

/** What came of an example, in the words of `expect`. */
interface Outcome {
  pages: string[]
  stop?: string
  errors: Record<string, string>
  price: Record<string, number>
  decisions: Record<string, Json>
  tasks: string[]
  paid: Record<string, number>
  refunds: string[]
  writes: { register: string; set: Facts }[]
  outputs: Record<string, Facts>
  messages: string[]
  result?: string
  waits: string[]
}

export function runExamples(
  service: PublicService,
  examples: Example[],
  country: Pick<Country, 'currency' | 'languages'>,
  engine: ExampleEngine,
): ExampleResult[] {
  return examples.map((example) => {
    const result = { service: service.id, file: example.file, example: example.example }
    try {
      return { ...result, failures: compare(example, run(service, example, country, engine)) }
    } catch (error) {
      const got = error instanceof Error ? error.message : String(error)
      return { ...result, failures: [{ what: 'the run', expected: 'no fault', got }] }
    }
  })
}

function run(
  service: PublicService,
  example: Example,
  country: Pick<Country, 'currency' | 'languages'>,
  engine: ExampleEngine,
): Outcome {
  const registers = exampleRegisters(
    (example.registers ?? {}) as Record<string, Facts[]>,
    (example.found ?? {}) as Record<string, Json>,
  )
  const filled = fillIn(service, example, country, registers, engine.decide)
  const outcome: Outcome = {
    pages: filled.pages,
    errors: Object.fromEntries(filled.errors.map(({ question, code }) => [question, code])),
    price: Object.fromEntries(
      priceOf(service, filled.form.facts, country.currency).map(({ fee, amount }) => [
        fee,
        amount.value / 10 ** country.currency.decimals,
      ]),
    ),
    decisions: {},
    tasks: [],
    paid: {},
    refunds: [],
    writes: [],
    outputs: {},
    messages: [],
    waits: [],
    ...(filled.form.stop === undefined ? {} : { stop: filled.form.stop.id }),
  }
  if (filled.form.isComplete) playFlow(service, example, country, registers, engine, filled.form, outcome)
  return outcome
}

/** Answers page by page as a person would, with the look-ups between. */
function fillIn(
  service: PublicService,
  example: Example,
  country: Pick<Country, 'currency' | 'languages'>,
  registers: ExampleRegisters,
  decide: Decide,
): { form: Form; pages: string[]; errors: AnswerError[] } {
  const { applicant = {}, today } = example
  const language = example.language ?? country.languages[0]?.code ?? 'en'
  const id = applicant.id ?? null
  const input = {
    answers: {} as Facts,
    applicant: {
      id,
      kind: applicant.kind ?? (id === null ? ('anonymous' as const) : ('person' as const)),
      name: applicant.name ?? id,
    },
    evidence: {} as Facts,
    today,
    now: `${today}T09:00:00Z`,
    language,
  }
  const pages: string[] = []
  const seen = new Set<string>()
  for (;;) {
    let form = formOf(service, input, decide)
    const keyOf = ({ evidence, by, match }: WantedEvidence) => `${evidence} ${JSON.stringify(by ?? match)}`
    // What one register knows may be what another is asked by.
    for (;;) {
      const wanted = lookUpsOf(service, form.facts).find((one) => !seen.has(keyOf(one)))
      if (wanted === undefined) break
      seen.add(keyOf(wanted))
      const evidence = service.evidence[wanted.evidence]
      if (evidence !== undefined)
        input.evidence[wanted.evidence] = registers.lookUp(wanted.evidence, evidence, wanted.by ?? null)
      form = formOf(service, input, decide)
    }
    const lost = form.missing.map(({ evidence, questions }) => missingError(evidence, questions))
    const next = form.next
    if (lost.length > 0 || next === undefined || pages.includes(next.page.id)) return { form, pages, errors: lost }
    pages.push(next.page.id)
    const given = (example.answers ?? {}) as Record<string, unknown>
    const context = { ...input, language, decimals: country.currency.decimals, decide }
    const { answers, errors } = readQuestions(service, next.page.questions, form.facts, context, ({ name }) =>
      given[name] === null ? undefined : given[name],
    )
    if (errors.length > 0) return { form, pages, errors }
    Object.assign(input.answers, withParties(answers))
  }
}

/** In an example the number of a party is its id, too. */
function withParties(answers: Facts): Facts {
  const known = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(known)
    if (typeof value !== 'object' || value === null) return value
    if ('kind' in value && 'number' in value) return { ...value, id: value.number as Json }
    return withParties(value)
  }
  return Object.fromEntries(Object.entries(answers).map(([name, value]) => [name, known(value)]))
}

const missingError = (evidence: string, questions: string[]): AnswerError => ({
  question: questions.at(-1) ?? evidence,
  field: questions.at(-1) ?? evidence,
  code: 'notFound',
  key: `evidence.${evidence}.notFound`,
  values: {},
})

function playFlow(
  service: PublicService,
  example: Example,
  { currency }: Pick<Country, 'currency'>,
  registers: ExampleRegisters,
  engine: ExampleEngine,
  form: Form,
  outcome: Outcome,
): void {
  const now = new Date(`${example.today}T09:00:00Z`)
  const unit = 10 ** currency.decimals
  const money = (amount: number) => moneyOf(amount, currency.code, currency.decimals)
  const submittedAt = now.toISOString()
  const facts: Facts = {
    ...form.facts,
    answers: form.answers,
    submittedAt,
    case: { id: 'example', reference: `${service.prefix}-EXAMPLE`, submittedAt },
    ...(service.contests === undefined ? {} : { contested: (example.contested ?? null) as Json }),
  }
  const outcomes = outcomesOf(example)
  const issued = { count: 0 }

  const played = engine.play(
    service,
    facts,
    {
      now,
      evaluate: (source, known) => evaluateJson(service, source, known),
      decide: (rule, known) => {
        const table = service.rules[rule]
        if (table === undefined) throw new Error(`there is no rule '${rule}'`)
        const { output, trace } = engine.decide(table, known)
        return { output: output as Json, trace: (trace ?? null) as Json }
      },
      deadline: engine.deadline,
      money,
    },
    (command) => answer(command),
  )
  for (const { rule, output } of played.decisions) outcome.decisions[rule] = output
  if (played.result !== undefined) outcome.result = played.result
  outcome.waits = played.waits.map(({ node, stuck }) => (stuck === undefined ? node : `${node}: ${stuck}`))

  function answer({ step, input }: PlayedCommand): PlayedOutcome {
    switch (step) {
      case 'registries.lookUp': {
        const name = String(input.evidence)
        const evidence = service.evidence[name]
        if (evidence === undefined) return { failed: `there is no evidence '${name}'` }
        return { done: registers.lookUp(name, evidence, (input.by ?? null) as Facts | null) }
      }
      case 'registries.write': {
        const set = input.set as Facts
        outcome.writes.push({ register: String(input.register), set })
        return { done: registers.write(String(input.register), (input.key ?? {}) as Facts, set) }
      }
      case 'cases.task':
      case 'cases.ask':
        if (step === 'cases.task') outcome.tasks.push(String(input.name))
        return toOutcome(outcomes(String(input.name)), submittedAt)
      case 'payments.collect': {
        const state = String(outcomes('pay')?.outcome ?? 'settled')
        const amount = input.amount as { value: number; currency: string }
        if (state === 'expired') return { expire: true }
        if (state === 'settled') outcome.paid[String(input.fee)] = amount.value / unit
        return { done: { state, reference: input.reference ?? null, amount: { ...amount }, paidAt: submittedAt } }
      }
      case 'payments.refund':
        outcome.refunds.push(String(input.reference))
        return { done: { state: 'settled', reference: input.reference ?? null, amount: input.amount ?? null } }
      case 'documents.issue': {
        const name = String(input.output)
        outcome.outputs[name] = (input.facts ?? {}) as Facts
        const validUntil = input.validFor
          ? engine.deadline(now, String(input.validFor)).toISOString().slice(0, 10)
          : null
        const reference = `DOC-${++issued.count}`
        return {
          done: { id: reference, reference, verifyUrl: `/verify/${reference}`, issuedAt: submittedAt, validUntil },
        }
      }
      case 'messaging.notify':
        outcome.messages.push(String(input.message))
        return { done: {} }
      default: {
        const given = outcomes(step.replace('.', '-'))
        return given === undefined ? { done: {} } : toOutcome(given, submittedAt)
      }
    }
  }
}

interface GivenOutcome {
  outcome: string
  reason?: string
  note?: string
  answers?: Facts
}

/** What officers and parties do, in order, by task; undefined when nothing more is said of it. */
function outcomesOf(example: Example): (name: string) => GivenOutcome | undefined {
  const left = new Map(
    Object.entries(example.outcomes ?? {}).map(([name, given]) => [
      name,
      (Array.isArray(given) ? given : [given]).map(
        (one): GivenOutcome => (typeof one === 'string' ? { outcome: one } : (one as GivenOutcome)),
      ),
    ]),
  )
  return (name) => left.get(name)?.shift()
}

function toOutcome(given: GivenOutcome | undefined, at: string): PlayedOutcome {
  if (given === undefined) return { wait: true }
  if (given.outcome === 'expired') return { expire: true }
  const { outcome, reason = null, note = null, answers = {} } = given
  return { done: { outcome, reason, note, answers, by: 'example', at, expired: false } }
}

function compare({ expect }: Example, got: Outcome): ExampleResult['failures'] {
  const failures: ExampleResult['failures'] = []
  const see = (what: string, expected: unknown, actual: unknown) => {
    if (expected !== undefined && !agrees(expected, actual)) failures.push({ what, expected, got: actual })
  }
  const numbers = (amounts: Record<string, string> | undefined) =>
    amounts && Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, Number(amount)]))

  see('pages', expect.pages, got.pages)
  see('stop', expect.stop, got.stop)
  see('errors', expect.errors ?? {}, got.errors)
  see('price', numbers(expect.price), got.price)
  see('decisions', expect.decisions, got.decisions)
  see('tasks', expect.tasks, got.tasks)
  see('paid', numbers(expect.paid), got.paid)
  see('refunds', expect.refunds, got.refunds)
  see('writes', expect.writes, got.writes)
  for (const [name, facts] of Object.entries(expect.outputs ?? {})) see(`outputs.${name}`, facts, got.outputs[name])
  if (expect.outputs !== undefined) see('outputs', Object.keys(expect.outputs), Object.keys(got.outputs))
  see('messages', expect.messages, got.messages)
  see('result', expect.result, got.result ?? (got.waits.length === 0 ? undefined : `waits at ${got.waits.join(', ')}`))
  const stuck = got.waits.filter((wait) => wait.includes(': '))
  if (stuck.length > 0) failures.push({ what: 'the flow', expected: 'nothing stuck', got: stuck })
  // An answer that nobody expected to be refused is a failure, too.
  if (expect.errors === undefined && Object.keys(got.errors).length > 0)
    failures.push({ what: 'errors', expected: {}, got: got.errors })
  return failures.filter(({ what }, n) => failures.findIndex((one) => one.what === what) === n)
}

/** Lists in full and in order; of maps, what is expected. */
function agrees(expected: unknown, actual: unknown): boolean {
  if (Array.isArray(expected))
    return (
      Array.isArray(actual) && expected.length === actual.length && expected.every((one, n) => agrees(one, actual[n]))
    )
  if (typeof expected === 'object' && expected !== null)
    return (
      typeof actual === 'object' &&
      actual !== null &&
      Object.entries(expected).every(([key, one]) => agrees(one, (actual as Record<string, unknown>)[key]))
    )
  return expected === actual || (expected === null && actual === undefined)
}

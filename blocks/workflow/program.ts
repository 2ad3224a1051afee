// A version of a public service made ready to run: its process compiled once, its expressions and rules at hand.
import type { PublicService, RuleTable } from '@ashlar/catalogue'
import { isTerm } from '@ashlar/kernel/calendar'
import { addDuration, isDuration } from '@ashlar/kernel/clock'
import { type CompiledFeel, compileFeel, toJson } from '@ashlar/kernel/feel'
import { compileProcess } from './compile-process.ts'
import { isCron, nextCron } from './cron.ts'
import type { Graph, Json, Start, TimerTrigger } from './graph.ts'
import type { Facts, Rules } from './state.ts'
import { timeOf } from './timer.ts'

export interface ProgramNeeds {
  /** A version of a public service as it was published. */
  definition(service: string, version: string): Promise<PublicService>
  /** Applies a rule table of the definition: Decisions.evaluate. Pure. */
  decide(table: RuleTable, facts: Facts, definition: PublicService): { output: unknown; trace: unknown }
  calendar: { deadline(from: Date, term: string): Date }
  clock: { today(): string; zone: string }
  /** Money of the country from a number in the currency's own unit. */
  money(amount: number): { value: number; currency: string }
}

export interface Program {
  graph: Graph
  rulesAt(now: Date): Rules
  /** When a start event comes next. */
  timeOf(trigger: TimerTrigger, rules: Rules): Date
  /** What a start event makes of what came with it. */
  learned(start: Start, content: Json, rules: Rules): Facts
}

/** Each version is loaded and compiled once; one that could not be is tried again next time. */
export function createPrograms(needs: ProgramNeeds): (service: string, version: string) => Promise<Program> {
  const programs = new Map<string, Promise<Program>>()

  return (service, version) => {
    const name = `${service}@${version}`
    let program = programs.get(name)
    if (program === undefined) {
      program = needs.definition(service, version).then((definition) => toProgram(definition, needs))
      program.catch(() => programs.delete(name))
      programs.set(name, program)
    }
    return program
  }
}

function toProgram(definition: PublicService, needs: ProgramNeeds): Program {
  const expressions = new Map<string, CompiledFeel>()
  const compile = (source: string): CompiledFeel => {
    const expression = expressions.get(source) ?? compileFeel(source, { shape: definition.facts })
    expressions.set(source, expression)
    return expression
  }

  /** Terms of the law by the calendar; other durations of ISO 8601 by the clock on the wall. */
  const deadline = (from: Date, term: string) =>
    isTerm(term) || !isDuration(term) ? needs.calendar.deadline(from, term) : addDuration(from, term, needs.clock.zone)

  return {
    graph: compileProcess(definition),
    timeOf: (trigger, rules) => timeOf(trigger, rules, {}),
    learned: ({ saveAs, saves }, content, rules) => {
      const members = typeof content === 'object' && content !== null && !Array.isArray(content) ? content : {}
      const made = Object.entries(saves ?? {}).map(([to, source]) => [
        to,
        rules.evaluate(source, { ...members, result: content }),
      ])
      return { ...(saveAs === undefined ? {} : { [saveAs]: content }), ...Object.fromEntries(made) }
    },
    rulesAt: (now) => {
      const time = { today: needs.clock.today(), now: now.toISOString() }
      const scopes = new WeakMap<Facts, Facts>()
      const scopeOf = (facts: Facts): Facts => {
        const scope = scopes.get(facts) ?? { ...facts, ...time }
        scopes.set(facts, scope)
        return scope
      }
      return {
        now,
        evaluate: (source, facts) => toJson(compile(source).evaluate(scopeOf(facts))) as Json,
        decide: (rule, facts) => {
          const table = definition.rules[rule]
          if (table === undefined) throw new Error(`there is no rule '${rule}'`)
          return needs.decide(table, scopeOf(facts), definition) as { output: Json; trace: Json }
        },
        deadline,
        nextTime: (from, every) => (isCron(every) ? nextCron(every, from, needs.clock.zone) : deadline(from, every)),
        money: needs.money,
      }
    },
  }
}

// Facts and the FEEL that reads them: expressions of a service are compiled once, and facts are plain JSON.
import { type CompiledFeel, compileFeel, type FeelValue, type Json, toJson } from '@ashlar/kernel/feel'
import type { PublicService, Question, RuleTable } from './public-service.ts'

export type { Json }

/** Facts by name, as PublicService describes them. */
export type Facts = Record<string, Json>

/** Applies a rule table to facts: `evaluate` of the decisions block. */
export type Decide = (table: RuleTable, facts: Facts) => { output: unknown }

const compiled = new WeakMap<PublicService, Map<string, CompiledFeel>>()

export function compiledFeel(service: PublicService, source: string): CompiledFeel {
  let ofService = compiled.get(service)
  if (ofService === undefined) {
    ofService = new Map()
    compiled.set(service, ofService)
  }
  let expression = ofService.get(source)
  if (expression === undefined) {
    expression = compileFeel(source, { shape: service.facts })
    ofService.set(source, expression)
  }
  return expression
}

function evaluate(service: PublicService, source: string, facts: Facts): FeelValue {
  return compiledFeel(service, source).evaluate(facts)
}

export function evaluateJson(service: PublicService, source: string, facts: Facts): Json {
  return toJson(evaluate(service, source, facts)) as Json
}

/** Absent holds; what is not true does not. */
export function holds(service: PublicService, source: string | undefined, facts: Facts): boolean {
  return source === undefined || evaluate(service, source, facts) === true
}

/** What is known of an answer that was not given. */
export function unanswered({ type }: Pick<Question, 'type'>): Json {
  return type === 'list' || type === 'choices' || type === 'table' ? [] : null
}

/** The facts that an expression reads all have a value. */
export function isKnown(service: PublicService, source: string, facts: Facts): boolean {
  return compiledFeel(service, source).reads.every((path) => {
    const name = path.split('.')[0] ?? ''
    return !Object.hasOwn(service.facts, name) || (facts[name] !== undefined && facts[name] !== null)
  })
}

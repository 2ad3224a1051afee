// The few expressions of a definition that a page needs by itself: which facts one reads, and whether it holds.
import type { Facts, PublicService } from '@ashlar/catalogue'
import { type CompiledFeel, compileFeel, type Json, toJson } from '@ashlar/kernel/feel'

const compiled = new WeakMap<PublicService, Map<string, CompiledFeel>>()

function expressionOf(service: PublicService, source: string): CompiledFeel {
  const ofService = compiled.get(service) ?? new Map<string, CompiledFeel>()
  compiled.set(service, ofService)
  const expression = ofService.get(source) ?? compileFeel(source, { shape: service.facts })
  ofService.set(source, expression)
  return expression
}

/** Names of the facts that it reads, without what is in them. */
export function readsOf(service: PublicService, source: string): string[] {
  return [...new Set(expressionOf(service, source).reads.map((path) => path.split('.')[0] ?? ''))]
}

function evaluate(service: PublicService, source: string, facts: Facts): Json {
  return toJson(expressionOf(service, source).evaluate(facts)) as Json
}

export function holds(service: PublicService, source: string | undefined, facts: Facts): boolean {
  return source === undefined || evaluate(service, source, facts) === true
}

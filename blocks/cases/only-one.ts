// What only one running case may be about, as `one-per` of the service has it; kept as a keyed hash. Pure.
import type { PublicService } from '@ashlar/catalogue'
import { type CompiledFeel, compileFeel, toJson } from '@ashlar/kernel/feel'
import { type Pairwise, uuidOf } from '@ashlar/kernel/identifiers'

const compiled = new WeakMap<object, CompiledFeel>()

/** Undefined if any number of cases may be about it: the service says nothing, or its expression gives null. */
export function onlyOneOf(
  service: Pick<PublicService, 'id' | 'onePer' | 'facts'>,
  facts: Record<string, unknown>,
  pairwise: Pairwise,
  contested?: string,
): string | undefined {
  // One appeal at a time against a decision.
  if (contested !== undefined) return pairwise.of('cases only one', uuidOf(`only one appeal ${contested}`))
  if (service.onePer === undefined) return undefined
  let expression = compiled.get(service)
  if (expression === undefined) {
    expression = compileFeel(service.onePer, { shape: service.facts })
    compiled.set(service, expression)
  }
  const value = toJson(expression.evaluate(facts))
  if (value === null || value === undefined) return undefined
  return pairwise.of('cases only one', uuidOf(`only one ${service.id} ${JSON.stringify(value)}`))
}

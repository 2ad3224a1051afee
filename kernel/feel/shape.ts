// The shape of facts: which names there are, and of which type, so that expressions can be checked before they run.

export type TypeName =
  | 'any'
  | 'string'
  | 'number'
  | 'boolean'
  | 'date'
  | 'time'
  | 'date and time'
  | 'days and time duration'
  | 'years and months duration'
  | 'function'

/**
 * A type, a list of one shape, a text out of a few, or what each name holds:
 * `{ fine: { amount: 'number', paidAt: 'date and time' }, purpose: ['one of', 'visa', 'other'], names: ['string'] }`.
 */
export type Shape = TypeName | readonly [Shape] | readonly ['one of', ...string[]] | { readonly [name: string]: Shape }

export function isChoice(shape: Shape | undefined): shape is readonly ['one of', ...string[]] {
  return Array.isArray(shape) && shape[0] === 'one of'
}

export function isListShape(shape: Shape | undefined): shape is readonly [Shape] {
  return Array.isArray(shape) && shape[0] !== 'one of'
}

export function isContextShape(shape: Shape | undefined): shape is { readonly [name: string]: Shape } {
  return typeof shape === 'object' && !Array.isArray(shape)
}

export function shapeOfItems(shape: Shape | undefined): Shape | undefined {
  return isListShape(shape) ? shape[0] : undefined
}

/** The shape behind a name, if it is known. */
export function shapeAt(shape: Shape | undefined, name: string): Shape | undefined {
  return isContextShape(shape) && Object.hasOwn(shape, name) ? shape[name] : undefined
}

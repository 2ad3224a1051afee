// How a built-in function is declared: its parameters as the standard writes them, and what it does with values of those types.
import type { FeelNumber } from '../number.ts'
import { isNumber, toInteger } from '../number.ts'
import { FeelDate, FeelDateTime, FeelTime } from '../temporal.ts'
import {
  type FeelContext,
  FeelFunction,
  type FeelList,
  FeelRange,
  type FeelValue,
  isContext,
  type Parameter,
} from '../values.ts'

interface Types {
  any: FeelValue
  string: string
  number: FeelNumber
  /** A number without its fraction. */
  integer: number
  boolean: boolean
  list: FeelList
  context: FeelContext
  function: FeelFunction
  range: FeelRange
  /** A date, or the date of a date and time. */
  day: FeelDate
  time: FeelTime
  'date or date and time': FeelDate | FeelDateTime
}
type TypeName = keyof Types

/** The arguments that a signature such as "string: string, length?: integer" or "...list: any" stands for. */
type ArgumentOf<P> = P extends `...${string}: ${infer T extends TypeName}`
  ? Types[T][]
  : P extends `${string}?: ${infer T extends TypeName}`
    ? Types[T] | undefined
    : P extends `${string}: ${infer T extends TypeName}`
      ? Types[T]
      : never
type ArgumentsOf<S extends string> = S extends ''
  ? []
  : S extends `${infer First}, ${infer Others}`
    ? [ArgumentOf<First>, ...ArgumentsOf<Others>]
    : [ArgumentOf<S>]

interface TypedParameter extends Parameter {
  type: TypeName
}

/** One way to call a function. `apply` gets values of the declared types only; anything else makes the result null. */
export interface Overload {
  parameters: TypedParameter[]
  apply: (...values: never[]) => FeelValue
}

export function on<S extends string>(signature: S, apply: (...values: ArgumentsOf<S>) => FeelValue): Overload {
  const parameters = signature === '' ? [] : signature.split(', ').map(toParameter)
  return { parameters, apply: apply as Overload['apply'] }
}

function toParameter(text: string): TypedParameter {
  const [name, type] = text.split(': ') as [string, TypeName]
  return {
    name: name.replace(/^\.\.\./, '').replace(/\?$/, ''),
    type,
    optional: name.endsWith('?'),
    rest: name.startsWith('...'),
  }
}

/** Functions from their names and the ways to call them. */
export function define(functions: Record<string, Overload | Overload[]>): FeelFunction[] {
  return Object.entries(functions).map(([name, overloads]) => {
    const list = Array.isArray(overloads) ? overloads : [overloads]
    return new FeelFunction(
      name,
      list.map(({ parameters }) => parameters),
      (values, signature) => apply(list[signature]!, values),
    )
  })
}

const misfit = Symbol('misfit')

function apply({ parameters, apply }: Overload, given: (FeelValue | undefined)[]): FeelValue {
  const values: (FeelValue | FeelValue[] | undefined)[] = []
  for (let i = 0; i < parameters.length; i++) {
    const parameter = parameters[i]!
    if (parameter.rest) {
      values.push(given.slice(i).map((value) => value ?? null))
      break
    }
    const value = given[i] ?? null
    if (value === null && parameter.optional) {
      values.push(undefined)
      continue
    }
    const fitting = fit(value, parameter.type)
    if (fitting === misfit) return null
    values.push(fitting)
  }
  return apply(...(values as never[]))
}

// Implicit conversions (DMN 1.5, 10.3.2.9.4): a list of one stands for its item, an item for a list of one.
function fit(value: FeelValue, type: TypeName): FeelValue | typeof misfit {
  if (type === 'any') return value
  if (type === 'list') return value === null ? misfit : Array.isArray(value) ? value : [value]
  if (Array.isArray(value)) return value.length === 1 ? fit(value[0]!, type) : misfit
  switch (type) {
    case 'string':
      return typeof value === 'string' ? value : misfit
    case 'number':
      return isNumber(value) ? value : misfit
    case 'integer':
      return isNumber(value) ? (toInteger(Math.trunc(Number(value))) ?? misfit) : misfit
    case 'boolean':
      return typeof value === 'boolean' ? value : misfit
    case 'context':
      return isContext(value) ? value : misfit
    case 'function':
      return value instanceof FeelFunction ? value : misfit
    case 'range':
      return value instanceof FeelRange ? value : misfit
    case 'day':
      return value instanceof FeelDateTime ? value.date : value instanceof FeelDate ? value : misfit
    case 'time':
      return value instanceof FeelTime ? value : misfit
    case 'date or date and time':
      return value instanceof FeelDate || value instanceof FeelDateTime ? value : misfit
  }
}

/** The signature that so many positional arguments fit, or -1. */
export function signatureFor(callee: FeelFunction, count: number): number {
  return callee.signatures.findIndex((parameters) => {
    const required = parameters.filter(({ optional, rest }) => !optional && !rest).length
    const rest = parameters.at(-1)?.rest === true
    return count >= (rest ? Math.max(1, required) : required) && (rest || count <= parameters.length)
  })
}

/**
 * The signature that has all these parameter names, or -1; those it misses are null. Of two that have them, the one in
 * whose order they are written: before(range: …, point: …) is not before(point: …, range: …).
 */
export function signatureNaming(callee: FeelFunction, names: string[]): number {
  const unique = new Set(names)
  if (unique.size !== names.length) return -1
  const fits = callee.signatures.map((parameters) =>
    names.every((name) => parameters.some((one) => one.name === name && !one.rest)),
  )
  const first = fits.indexOf(true)
  const inOrder = callee.signatures.findIndex(
    (parameters, n) => fits[n] && names.every((name, i) => parameters[i]?.name === name),
  )
  return inOrder < 0 ? first : inOrder
}

/** Calls a function with positional arguments: null where it takes no such number of them. */
export function call(callee: FeelFunction, values: FeelValue[]): FeelValue {
  const signature = signatureFor(callee, values.length)
  return signature < 0 ? null : callee.apply(values, signature)
}

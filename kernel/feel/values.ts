// What FEEL calculates with, and how the kinds of values are told apart.
import { allocate } from './budget.ts'
import { Exact, type FeelNumber } from './number.ts'
import { DaysTimeDuration, FeelDate, FeelDateTime, FeelTime, YearsMonthsDuration } from './temporal.ts'

export type FeelValue =
  | null
  | boolean
  | string
  | FeelNumber
  | FeelDate
  | FeelTime
  | FeelDateTime
  | YearsMonthsDuration
  | DaysTimeDuration
  | FeelRange
  | FeelFunction
  | FeelList
  | FeelContext

export type FeelList = FeelValue[]

/** A context: only its own keys count, so a plain object of facts will do; those that FEEL makes have no prototype. */
export interface FeelContext {
  [name: string]: FeelValue
}

/** A range, as `[1..10)`, or a unary test as a value: `(< 10)`. */
export class FeelRange {
  readonly start: FeelValue
  readonly end: FeelValue
  readonly startIncluded: boolean
  readonly endIncluded: boolean
  /** The operator if it was written as a test: then a missing end is "no bound", not null. */
  readonly operator?: '<' | '<=' | '>' | '>=' | '=' | '!='

  constructor(
    start: FeelValue,
    startIncluded: boolean,
    end: FeelValue,
    endIncluded: boolean,
    operator?: FeelRange['operator'],
  ) {
    this.start = start
    this.end = end
    this.startIncluded = startIncluded
    this.endIncluded = endIncluded
    this.operator = operator
  }
}

export interface Parameter {
  name: string
  /** May be left out at the end. */
  optional?: boolean
  /** Takes all further arguments. */
  rest?: boolean
}

/** A function: built in, defined in FEEL, or handed in by the caller (a knowledge model, say). */
export class FeelFunction {
  readonly name: string
  /** One list of parameters, or several where the standard overloads. */
  readonly signatures: readonly (readonly Parameter[])[]
  /** Arguments in the order of the signature chosen; `undefined` was left out. */
  readonly apply: (values: (FeelValue | undefined)[], signature: number) => FeelValue

  constructor(
    name: string,
    signatures: readonly (readonly Parameter[])[],
    apply: (values: (FeelValue | undefined)[], signature: number) => FeelValue,
  ) {
    this.name = name
    this.signatures = signatures
    this.apply = apply
  }
}

export type Kind =
  | 'null'
  | 'boolean'
  | 'string'
  | 'number'
  | 'date'
  | 'time'
  | 'date and time'
  | 'years and months duration'
  | 'days and time duration'
  | 'range'
  | 'function'
  | 'list'
  | 'context'

export function kindOf(value: FeelValue): Kind {
  switch (typeof value) {
    case 'number':
      return 'number'
    case 'string':
      return 'string'
    case 'boolean':
      return 'boolean'
    case 'object':
      break
    default:
      return 'null'
  }
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'list'
  const prototype = Object.getPrototypeOf(value)
  if (prototype === null || prototype === Object.prototype) return 'context'
  if (value instanceof FeelDate) return 'date'
  if (value instanceof Exact) return 'number'
  if (value instanceof FeelDateTime) return 'date and time'
  if (value instanceof FeelTime) return 'time'
  if (value instanceof DaysTimeDuration) return 'days and time duration'
  if (value instanceof YearsMonthsDuration) return 'years and months duration'
  if (value instanceof FeelRange) return 'range'
  if (value instanceof FeelFunction) return 'function'
  return 'context'
}

export const isContext = (value: FeelValue): value is FeelContext =>
  typeof value === 'object' && value !== null && kindOf(value) === 'context'

/** The entry of a context, or undefined: never something inherited. */
export function entryOf(context: FeelContext, name: string): FeelValue | undefined {
  return Object.hasOwn(context, name) ? context[name] : undefined
}

export function newContext(): FeelContext {
  return Object.create(null)
}

// An entry takes some four times as much as an item of a list.
export function setEntry(context: FeelContext, name: string, value: FeelValue): void {
  allocate(4)
  context[name] = value
}

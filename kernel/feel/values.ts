// What FEEL calculates with, and how values are told apart, compared and written down.
import { allocate, spend } from './budget.ts'
import { compareNumbers, Exact, type FeelNumber, formatNumber } from './number.ts'
import {
  DaysTimeDuration,
  dayNumber,
  epochSeconds,
  FeelDate,
  FeelDateTime,
  FeelTime,
  isLocal,
  localStartOfDay,
  offsetOfTime,
  secondOfDay,
  startOfDay,
  YearsMonthsDuration,
} from './temporal.ts'

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

export function setEntry(context: FeelContext, name: string, value: FeelValue): void {
  allocate(1)
  context[name] = value
}

/**
 * -1, 0 or 1, or null where the two cannot be ordered (other kinds, a local time beside one with an offset).
 * Times are compared to the second, as the conformance kit has it.
 */
export function compare(a: FeelValue, b: FeelValue): number | null {
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : a > b ? 1 : 0
  const kind = kindOf(a)
  const other = kindOf(b)

  if (kind !== other) {
    if (kind === 'date' && other === 'date and time') return compareDateTimes(startOfDayBeside(a as FeelDate, b), b)
    if (kind === 'date and time' && other === 'date') return compareDateTimes(a, startOfDayBeside(b as FeelDate, a))
    return null
  }
  switch (kind) {
    case 'number':
      return compareNumbers(a as FeelNumber, b as FeelNumber)
    case 'string':
      return compareStrings(a as string, b as string)
    case 'date':
      return Math.sign(dayNumber(a as FeelDate) - dayNumber(b as FeelDate))
    case 'date and time':
      return compareDateTimes(a, b)
    case 'time':
      return compareTimes(a as FeelTime, b as FeelTime)
    case 'years and months duration':
      return Math.sign((a as YearsMonthsDuration).months - (b as YearsMonthsDuration).months)
    case 'days and time duration': {
      const difference = (a as DaysTimeDuration).nanos - (b as DaysTimeDuration).nanos
      return difference < 0n ? -1 : difference > 0n ? 1 : 0
    }
    default:
      return null
  }
}

function startOfDayBeside(date: FeelDate, other: FeelValue): FeelDateTime {
  return isLocal((other as FeelDateTime).time) ? localStartOfDay(date) : startOfDay(date)
}

function compareDateTimes(a: FeelValue, b: FeelValue): number | null {
  const left = a as FeelDateTime
  const right = b as FeelDateTime
  if (isLocal(left.time) !== isLocal(right.time)) return null
  return Math.sign(epochSeconds(left) - epochSeconds(right))
}

function compareTimes(a: FeelTime, b: FeelTime): number | null {
  if (isLocal(a) !== isLocal(b)) return null
  return Math.sign(secondOfDay(a) - (offsetOfTime(a) ?? 0) - secondOfDay(b) + (offsetOfTime(b) ?? 0))
}

// By code point: JavaScript's own order of strings goes by UTF-16 unit and puts 😀 before ﬀ.
function compareStrings(a: string, b: string): number {
  if (a === b) return 0
  spend(Math.min(a.length, b.length) / 64)
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i)
    const right = b.charCodeAt(i)
    if (left !== right) {
      const leftIsHigh = left >= 0xd800 && left <= 0xdfff
      const rightIsHigh = right >= 0xd800 && right <= 0xdfff
      return leftIsHigh === rightIsHigh ? Math.sign(left - right) : leftIsHigh ? 1 : -1
    }
  }
  return Math.sign(a.length - b.length)
}

/** True or false, or null where the two are of kinds that are never equal to each other (DMN 1.5 table 42). */
export function equal(a: FeelValue, b: FeelValue): boolean | null {
  if (typeof a === 'string' && typeof b === 'string') return a === b
  if (a === null || b === null) return a === b
  const kind = kindOf(a)
  if (kind !== kindOf(b)) return null

  switch (kind) {
    case 'boolean':
      return a === b
    case 'list':
      return equalLists(a as FeelList, b as FeelList)
    case 'context':
      return equalContexts(a as FeelContext, b as FeelContext)
    case 'range':
      return equalRanges(a as FeelRange, b as FeelRange)
    case 'function':
      return a === b
    case 'date and time':
    case 'time':
      return compare(a, b) === 0
    default: {
      const order = compare(a, b)
      return order === null ? null : order === 0
    }
  }
}

function equalLists(a: FeelList, b: FeelList): boolean | null {
  if (a.length !== b.length) return false
  spend(a.length)
  for (let i = 0; i < a.length; i++) {
    const same = equal(a[i]!, b[i]!)
    if (same !== true) return same
  }
  return true
}

function equalContexts(a: FeelContext, b: FeelContext): boolean | null {
  const keys = Object.keys(a)
  spend(keys.length)
  if (keys.length !== Object.keys(b).length) return false
  for (const key of keys) {
    const other = entryOf(b, key)
    if (other === undefined) return false
    const same = equal(a[key]!, other)
    if (same !== true) return same
  }
  return true
}

function equalRanges(a: FeelRange, b: FeelRange): boolean {
  return (
    a.operator === b.operator &&
    a.startIncluded === b.startIncluded &&
    a.endIncluded === b.endIncluded &&
    equal(a.start, b.start) === true &&
    equal(a.end, b.end) === true
  )
}

/** The same value and the same kind, down to the offset of a time: what `is(…)` asks. */
export function identical(a: FeelValue, b: FeelValue): boolean {
  if (a instanceof FeelTime && b instanceof FeelTime) {
    return equal(a, b) === true && a.nanos === b.nanos && a.offset === b.offset && a.zone === b.zone
  }
  if (a instanceof FeelDateTime && b instanceof FeelDateTime) {
    return identical(a.time, b.time) && equal(a.date, b.date) === true
  }
  return equal(a, b) === true
}

/** Whether a value lies in a range; null where it cannot be compared with its ends. */
export function isInRange(value: FeelValue, range: FeelRange): boolean | null {
  if (range.operator === '=') return equal(value, range.start)
  if (range.operator === '!=') {
    const same = equal(value, range.start)
    return same === null ? null : !same
  }
  const hasStart = range.operator === undefined || range.operator === '>' || range.operator === '>='
  const hasEnd = range.operator === undefined || range.operator === '<' || range.operator === '<='
  const fromStart = hasStart ? compare(value, range.start) : 1
  const toEnd = hasEnd ? compare(value, range.end) : -1
  if (fromStart === null || toEnd === null) return null
  return (
    (fromStart > 0 || (range.startIncluded && fromStart === 0)) && (toEnd < 0 || (range.endIncluded && toEnd === 0))
  )
}

/** The text of a value, as `string(…)` gives it: a string bare, and quoted inside a list or context. */
export function format(value: FeelValue, inside = false): string {
  spend(1)
  switch (kindOf(value)) {
    case 'null':
      return 'null'
    case 'boolean':
      return String(value)
    case 'string':
      allocate((value as string).length)
      return inside ? quote(value as string) : (value as string)
    case 'number':
      return formatNumber(value as FeelNumber)
    case 'list':
      return `[${(value as FeelList).map((item) => format(item, true)).join(', ')}]`
    case 'context': {
      const entries = Object.entries(value as FeelContext)
      return `{${entries.map(([name, entry]) => `${formatKey(name)}: ${format(entry, true)}`).join(', ')}}`
    }
    case 'range':
      return formatRange(value as FeelRange)
    case 'function':
      return `function ${(value as FeelFunction).name}`
    default:
      return inside ? `@"${value}"` : String(value)
  }
}

const quote = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`

const formatKey = (name: string): string => (/^[\p{L}_][\p{L}\p{N}_ ]*$/u.test(name) ? name : quote(name))

function formatRange(range: FeelRange): string {
  if (range.operator) {
    return `${range.operator} ${format(range.operator.startsWith('<') ? range.end : range.start, true)}`
  }
  const ends = `${format(range.start, true)}..${format(range.end, true)}`
  return `${range.startIncluded ? '[' : '('}${ends}${range.endIncluded ? ']' : ')'}`
}

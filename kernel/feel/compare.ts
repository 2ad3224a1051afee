// How values are compared: order, equality, identity, and lying in a range (DMN 1.5, tables 42 and 45).
import { spend } from './budget.ts'
import { compareNumbers, type FeelNumber } from './number.ts'
import {
  type DaysTimeDuration,
  dayNumber,
  epochSeconds,
  type FeelDate,
  FeelDateTime,
  FeelTime,
  isLocal,
  localStartOfDay,
  offsetOfTime,
  secondOfDay,
  startOfDay,
  type YearsMonthsDuration,
} from './temporal.ts'
import { entryOf, type FeelContext, type FeelList, type FeelRange, type FeelValue, kindOf } from './values.ts'

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

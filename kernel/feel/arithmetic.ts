// + - * / ** on every kind of value that has them (DMN 1.5 tables 50 to 53); null where it makes no sense.
import { allocate, spend } from './budget.ts'
import { add, divide, exact, type FeelNumber, isNumber, multiply, negate, power, subtract } from './number.ts'
import type { ArithmeticOperator } from './syntax.ts'
import {
  addMonths,
  addNanos,
  DaysTimeDuration,
  epochSeconds,
  FeelDate,
  FeelDateTime,
  FeelTime,
  floorDivide,
  isLocal,
  localStartOfDay,
  makeMonths,
  makeNanos,
  nanosOfSecond,
  offsetOfTime,
  secondOfDay,
  secondsOfDay,
  startOfDay,
  timeOfSecond,
  YearsMonthsDuration,
} from './temporal.ts'
import type { FeelValue } from './values.ts'

export function addValues(a: FeelValue, b: FeelValue): FeelValue {
  if (isNumber(a)) return isNumber(b) ? add(a, b) : null
  if (typeof a === 'string') return typeof b === 'string' ? join(a, b) : null
  if (isDuration(a)) return isDuration(b) ? addDurations(a, b) : isMoment(b) ? move(b, a) : null
  return isMoment(a) && isDuration(b) ? move(a, b) : null
}

function subtractValues(a: FeelValue, b: FeelValue): FeelValue {
  if (isNumber(a)) return isNumber(b) ? subtract(a, b) : null
  if (isDuration(b)) {
    const opposite = negateDuration(b)
    return isDuration(a) ? addDurations(a, opposite) : isMoment(a) ? move(a, opposite) : null
  }
  return isMoment(a) && isMoment(b) ? between(a, b) : null
}

function multiplyValues(a: FeelValue, b: FeelValue): FeelValue {
  if (isNumber(a)) return isNumber(b) ? multiply(a, b) : isDuration(b) ? scale(b, a) : null
  return isDuration(a) && isNumber(b) ? scale(a, b) : null
}

function divideValues(a: FeelValue, b: FeelValue): FeelValue {
  if (isNumber(a)) return isNumber(b) ? divide(a, b) : null
  if (!isDuration(a)) return null
  if (isNumber(b)) return unscale(a, b)
  if (a instanceof YearsMonthsDuration) return b instanceof YearsMonthsDuration ? divide(a.months, b.months) : null
  return b instanceof DaysTimeDuration && b.nanos !== 0n ? divide(toExact(a.nanos), toExact(b.nanos)) : null
}

function powerValues(a: FeelValue, b: FeelValue): FeelValue {
  return isNumber(a) && isNumber(b) ? power(a, b) : null
}

export function negateValue(value: FeelValue): FeelValue {
  if (isNumber(value)) return negate(value)
  return isDuration(value) ? negateDuration(value) : null
}

export const operations: Record<ArithmeticOperator, (a: FeelValue, b: FeelValue) => FeelValue> = {
  '+': addValues,
  '-': subtractValues,
  '*': multiplyValues,
  '/': divideValues,
  '**': powerValues,
}

type Duration = YearsMonthsDuration | DaysTimeDuration
type Moment = FeelDate | FeelDateTime | FeelTime

export function isDuration(value: FeelValue): value is Duration {
  return value instanceof YearsMonthsDuration || value instanceof DaysTimeDuration
}

function isMoment(value: FeelValue): value is Moment {
  return value instanceof FeelDate || value instanceof FeelDateTime || value instanceof FeelTime
}

function join(a: string, b: string): string {
  allocate(a.length + b.length)
  return a + b
}

function addDurations(a: Duration, b: Duration): FeelValue {
  if (a instanceof YearsMonthsDuration) return b instanceof YearsMonthsDuration ? makeMonths(a.months + b.months) : null
  return b instanceof DaysTimeDuration ? makeNanos(a.nanos + b.nanos) : null
}

function negateDuration(duration: Duration): Duration {
  if (duration instanceof YearsMonthsDuration) return new YearsMonthsDuration(0 - duration.months)
  return new DaysTimeDuration(-duration.nanos)
}

/** Moves a moment by a duration. A date stays a date: the whole days that midnight moves by. */
function move(moment: Moment, duration: Duration): FeelValue {
  if (moment instanceof FeelTime) return duration instanceof DaysTimeDuration ? moveTime(moment, duration) : null
  if (duration instanceof YearsMonthsDuration) {
    const date = addMonths(moment instanceof FeelDate ? moment : moment.date, duration.months)
    return date && moment instanceof FeelDateTime ? new FeelDateTime(date, moment.time) : date
  }
  if (moment instanceof FeelDate) return addNanos(localStartOfDay(moment), duration.nanos)?.date ?? null
  return addNanos(moment, duration.nanos)
}

function moveTime(time: FeelTime, duration: DaysTimeDuration): FeelTime {
  const nanosOfDay = nanosOfSecond * BigInt(secondsOfDay)
  const total = BigInt(secondOfDay(time)) * nanosOfSecond + BigInt(time.nanos) + duration.nanos
  const rest = total - floorDivide(total, nanosOfDay) * nanosOfDay
  return timeOfSecond(Number(rest / nanosOfSecond), Number(rest % nanosOfSecond), time)
}

/** The days and time from b to a; null between a local moment and one that has an offset. */
function between(a: Moment, b: Moment): FeelValue {
  if (a instanceof FeelTime || b instanceof FeelTime) {
    if (!(a instanceof FeelTime) || !(b instanceof FeelTime) || isLocal(a) !== isLocal(b)) return null
    const seconds = secondOfDay(a) - (offsetOfTime(a) ?? 0) - secondOfDay(b) + (offsetOfTime(b) ?? 0)
    return fromSeconds(seconds, a.nanos - b.nanos)
  }
  const left = a instanceof FeelDate ? startOfDay(a) : a
  const right = b instanceof FeelDate ? startOfDay(b) : b
  if (isLocal(left.time) !== isLocal(right.time)) return null
  return fromSeconds(epochSeconds(left) - epochSeconds(right), left.time.nanos - right.time.nanos)
}

function fromSeconds(seconds: number, nanos: number): FeelValue {
  return makeNanos(BigInt(seconds) * nanosOfSecond + BigInt(nanos))
}

// Nanoseconds are big integers, which go through decimals and back.
const bigSteps = 20

const toExact = (nanos: bigint): FeelNumber => exact(0).plus(nanos.toString())

function scale(duration: Duration, factor: FeelNumber): FeelValue {
  spend(bigSteps)
  return duration instanceof YearsMonthsDuration
    ? toMonths(multiply(duration.months, factor))
    : toNanos(multiply(toExact(duration.nanos), factor))
}

function unscale(duration: Duration, divisor: FeelNumber): FeelValue {
  spend(bigSteps)
  return duration instanceof YearsMonthsDuration
    ? toMonths(divide(duration.months, divisor))
    : toNanos(divide(toExact(duration.nanos), divisor))
}

// A part of a month or of a nanosecond is dropped.
function toMonths(months: FeelNumber | null): FeelValue {
  return months === null ? null : makeMonths(exact(months).trunc().toNumber())
}

function toNanos(nanos: FeelNumber | null): FeelValue {
  if (nanos === null || exact(nanos).e > 40) return null
  return makeNanos(BigInt(exact(nanos).trunc().toFixed()))
}

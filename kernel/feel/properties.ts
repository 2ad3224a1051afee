// What stands behind a dot: entries of contexts, and the properties of dates, times, durations and ranges.
import { allocate } from './budget.ts'
import { add, type FeelNumber } from './number.ts'
import {
  DaysTimeDuration,
  FeelDate,
  FeelDateTime,
  FeelTime,
  makeNanos,
  nanosOfSecond,
  offsetOf,
  offsetOfTime,
  partsOf,
  weekday,
  YearsMonthsDuration,
} from './temporal.ts'
import { entryOf, FeelRange, type FeelValue, isContext } from './values.ts'

export function propertyOf(value: FeelValue, name: string): FeelValue {
  if (typeof value !== 'object' || value === null) return null
  if (isContext(value)) return entryOf(value, name) ?? null
  if (Array.isArray(value)) {
    allocate(value.length)
    return value.map((item) => propertyOf(item, name))
  }
  if (value instanceof FeelDate) return dateProperty(value, name)
  if (value instanceof FeelDateTime)
    return dateProperty(value.date, name) ?? timeProperty(value.time, name, offsetOf(value))
  if (value instanceof FeelTime) return timeProperty(value, name, offsetOfTime(value))
  if (value instanceof YearsMonthsDuration) return monthsProperty(value, name)
  if (value instanceof DaysTimeDuration) return daysProperty(value, name)
  return value instanceof FeelRange ? rangeProperty(value, name) : null
}

function dateProperty(date: FeelDate, name: string): FeelValue {
  switch (name) {
    case 'year':
      return date.year
    case 'month':
      return date.month
    case 'day':
      return date.day
    case 'weekday':
      return weekday(date)
    default:
      return null
  }
}

function timeProperty(time: FeelTime, name: string, offset: number | undefined): FeelValue {
  switch (name) {
    case 'hour':
      return time.hour
    case 'minute':
      return time.minute
    case 'second':
      return withNanos(time.second, time.nanos)
    case 'time offset':
      return offset === undefined ? null : makeNanos(BigInt(offset) * nanosOfSecond)
    case 'timezone':
      return time.zone ?? null
    default:
      return null
  }
}

const withNanos = (seconds: number, nanos: number): FeelNumber | null => (nanos ? add(seconds, nanos / 1e9) : seconds)

// Parts of a negative duration are negative.
function monthsProperty({ months }: YearsMonthsDuration, name: string): FeelValue {
  if (name === 'years') return Math.trunc(months / 12) + 0
  return name === 'months' ? (months % 12) + 0 : null
}

function daysProperty(duration: DaysTimeDuration, name: string): FeelValue {
  const sign = duration.nanos < 0n ? -1 : 1
  const parts = partsOf(duration)
  switch (name) {
    case 'days':
      return sign * parts.days + 0
    case 'hours':
      return sign * parts.hours + 0
    case 'minutes':
      return sign * parts.minutes + 0
    case 'seconds':
      return withNanos(sign * parts.seconds + 0, sign * parts.nanos)
    default:
      return null
  }
}

function rangeProperty(range: FeelRange, name: string): FeelValue {
  switch (name) {
    case 'start':
      return range.start
    case 'end':
      return range.end
    case 'start included':
      return range.startIncluded
    case 'end included':
      return range.endIncluded
    default:
      return null
  }
}

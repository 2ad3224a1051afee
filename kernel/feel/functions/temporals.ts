// Date and time functions (DMN 1.5, tables 72 and 79), and the conversions to and from texts.
import { exact, type FeelNumber } from '../number.ts'
import {
  DaysTimeDuration,
  dayOfYear,
  FeelDate,
  FeelDateTime,
  FeelTime,
  makeDate,
  makeMonths,
  makeTime,
  nanosOfSecond,
  parseDate,
  parseDateTime,
  parseDuration,
  parseTime,
  weekday,
  weekOfYear,
  YearsMonthsDuration,
} from '../temporal.ts'
import type { FeelValue } from '../values.ts'
import { define, on } from './define.ts'

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
const months = 'January February March April May June July August September October November December'.split(' ')

export const temporalFunctions = define({
  date: [
    on('from: any', (from) => {
      const value = single(from)
      if (typeof value === 'string') return parseDate(value)
      return value instanceof FeelDateTime ? value.date : value instanceof FeelDate ? value : null
    }),
    on('year: integer, month: integer, day: integer', makeDate),
  ],
  'date and time': [
    on('from: any', (from) => {
      const value = single(from)
      if (typeof value === 'string') return parseDateTime(value)
      if (value instanceof FeelDate) return new FeelDateTime(value, new FeelTime(0, 0, 0))
      return value instanceof FeelDateTime ? value : null
    }),
    on('date: day, time: time', (date, time) => new FeelDateTime(date, time)),
    on('year: integer, month: integer, day: integer, hour: integer, minute: integer, second: number', moment),
    on(
      'year: integer, month: integer, day: integer, hour: integer, minute: integer, second: number, offset: any',
      moment,
    ),
    on(
      'year: integer, month: integer, day: integer, hour: integer, minute: integer, second: number, timezone: any',
      moment,
    ),
  ],
  time: [
    on('from: any', (from) => {
      const value = single(from)
      if (typeof value === 'string') return parseTime(value)
      if (value instanceof FeelDateTime) return value.time
      if (value instanceof FeelDate) return new FeelTime(0, 0, 0, 0, { offset: 0 })
      return value instanceof FeelTime ? value : null
    }),
    on('hour: integer, minute: integer, second: number, offset?: any', (hour, minute, second, offset) =>
      clock(hour, minute, second, offset ?? null),
    ),
  ],
  duration: on('from: any', (from) => {
    const value = single(from)
    return typeof value === 'string' ? parseDuration(value) : isDuration(value) ? value : null
  }),
  'years and months duration': on('from: day, to: day', monthsBetween),
  'day of year': on('date: day', dayOfYear),
  'day of week': on('date: day', (date) => weekdays[weekday(date) - 1]!),
  'month of year': on('date: day', (date) => months[date.month - 1]!),
  'week of year': on('date: day', weekOfYear),
})

const single = (value: FeelValue): FeelValue => (Array.isArray(value) && value.length === 1 ? value[0]! : value)

const isDuration = (value: FeelValue): boolean =>
  value instanceof DaysTimeDuration || value instanceof YearsMonthsDuration

function moment(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: FeelNumber,
  place?: FeelValue,
): FeelValue {
  const date = makeDate(year, month, day)
  const time = clock(hour, minute, second, place ?? null)
  return date && time && new FeelDateTime(date, time)
}

// The place is nothing, an offset as a duration, or the name of a zone.
function clock(hour: number, minute: number, second: FeelNumber, place: FeelValue): FeelTime | null {
  const seconds = exact(second)
  const whole = seconds.trunc()
  const nanos = seconds.minus(whole).times(1e9).trunc().toNumber()
  if (nanos < 0) return null
  if (place === null) return makeTime(hour, minute, whole.toNumber(), nanos, {})
  if (typeof place === 'string') {
    const zoned = parseTime(`00:00:00@${place}`)
    return zoned && makeTime(hour, minute, whole.toNumber(), nanos, { zone: place })
  }
  if (!(place instanceof DaysTimeDuration)) return null
  return makeTime(hour, minute, whole.toNumber(), nanos, { offset: Number(place.nanos / nanosOfSecond) })
}

/** Whole months from one date to another, towards zero. */
function monthsBetween(from: FeelDate, to: FeelDate): FeelValue {
  const total = (to.year - from.year) * 12 + to.month - from.month
  if (total > 0 && to.day < from.day) return makeMonths(total - 1)
  if (total < 0 && to.day > from.day) return makeMonths(total + 1)
  return makeMonths(total)
}

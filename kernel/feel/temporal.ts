// Dates, times and durations of FEEL: ISO 8601 in, ISO 8601 out, proleptic Gregorian calendar, years -999999999..999999999.
import { offsetAt, offsetOfInstant } from './zones.ts'

/** Where a time stands: nowhere in particular (local), at a fixed offset in seconds, or in an IANA zone. */
export interface Place {
  offset?: number
  zone?: string
}

export class FeelDate {
  readonly year: number
  readonly month: number
  readonly day: number

  constructor(year: number, month: number, day: number) {
    this.year = year
    this.month = month
    this.day = day
  }

  toString(): string {
    return `${formatYear(this.year)}-${two(this.month)}-${two(this.day)}`
  }
}

export class FeelTime implements Place {
  readonly hour: number
  readonly minute: number
  readonly second: number
  /** Nanoseconds of the second. */
  readonly nanos: number
  readonly offset?: number
  readonly zone?: string

  constructor(hour: number, minute: number, second: number, nanos = 0, place: Place = {}) {
    this.hour = hour
    this.minute = minute
    this.second = second
    this.nanos = nanos
    this.offset = place.offset
    this.zone = place.zone
  }

  toString(): string {
    const clock = `${two(this.hour)}:${two(this.minute)}:${two(this.second)}${formatFraction(this.nanos)}`
    return clock + (this.zone !== undefined ? `@${this.zone}` : formatOffset(this.offset))
  }
}

export class FeelDateTime {
  readonly date: FeelDate
  readonly time: FeelTime

  constructor(date: FeelDate, time: FeelTime) {
    this.date = date
    this.time = time
  }

  toString(): string {
    return `${this.date}T${this.time}`
  }
}

export class YearsMonthsDuration {
  readonly months: number

  constructor(months: number) {
    this.months = months
  }

  toString(): string {
    const total = Math.abs(this.months)
    const years = Math.trunc(total / 12)
    const months = total % 12
    const text = `${years ? `${years}Y` : ''}${months || !years ? `${months}M` : ''}`
    return `${this.months < 0 ? '-' : ''}P${text}`
  }
}

export class DaysTimeDuration {
  readonly nanos: bigint

  constructor(nanos: bigint) {
    this.nanos = nanos
  }

  toString(): string {
    const { days, hours, minutes, seconds, nanos } = partsOf(this)
    const time = `${hours ? `${hours}H` : ''}${minutes ? `${minutes}M` : ''}${
      seconds || nanos ? `${seconds}${formatFraction(nanos)}S` : ''
    }`
    const text = `${days ? `${days}D` : ''}${time ? `T${time}` : ''}`
    return `${this.nanos < 0n ? '-' : ''}P${text || 'T0S'}`
  }
}

export const nanosOfSecond = 1_000_000_000n
export const secondsOfDay = 86_400
const nanosOfDay = nanosOfSecond * 86_400n
const lastYear = 999_999_999
// A duration beyond this cannot move any date to another that exists.
const longestDuration = nanosOfDay * 366n * 2_000_000_000n

/** Days, hours, minutes, seconds and nanoseconds of a duration, each without sign. */
export function partsOf(duration: DaysTimeDuration) {
  const total = duration.nanos < 0n ? -duration.nanos : duration.nanos
  const seconds = total / nanosOfSecond
  return {
    days: Number(seconds / 86_400n),
    hours: Number((seconds / 3600n) % 24n),
    minutes: Number((seconds / 60n) % 60n),
    seconds: Number(seconds % 60n),
    nanos: Number(total % nanosOfSecond),
  }
}

const two = (value: number): string => (value < 10 ? `0${value}` : String(value))

function formatYear(year: number): string {
  return (year < 0 ? '-' : '') + String(Math.abs(year)).padStart(4, '0')
}

function formatFraction(nanos: number): string {
  return nanos ? `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}` : ''
}

function formatOffset(offset: number | undefined): string {
  if (offset === undefined) return ''
  if (offset === 0) return 'Z'
  const total = Math.abs(offset)
  const seconds = total % 60
  const clock = `${two(Math.trunc(total / 3600))}:${two(Math.trunc(total / 60) % 60)}${seconds ? `:${two(seconds)}` : ''}`
  return (offset < 0 ? '-' : '+') + clock
}

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)

function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

export function makeDate(year: number, month: number, day: number): FeelDate | null {
  if (Math.abs(year) > lastYear || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null
  return new FeelDate(year, month, day)
}

export function makeTime(hour: number, minute: number, second: number, nanos: number, place: Place): FeelTime | null {
  const fits = hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60
  if (!fits || (place.offset !== undefined && Math.abs(place.offset) > 18 * 3600)) return null
  return new FeelTime(hour, minute, second, nanos, place)
}

const dateText = /^(-?)(\d{4}|[1-9]\d{4,8})-(\d\d)-(\d\d)$/
const timeText =
  /^(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d)(?::(\d\d))?|@([A-Za-z][\w+-]*(?:\/[\w+-]+)*))?$/

export function parseDate(text: string): FeelDate | null {
  const match = dateText.exec(text)
  if (!match) return null
  const year = Number(match[2]) * (match[1] ? -1 : 1)
  return makeDate(year, Number(match[3]), Number(match[4]))
}

export function parseTime(text: string): FeelTime | null {
  const match = timeText.exec(text)
  if (!match) return null

  const [, hour, minute, second, fraction, sign, offsetHours, offsetMinutes, offsetSeconds, zone] = match
  const place: Place = {}
  if (zone !== undefined) {
    if (offsetAt(zone, 0) === undefined) return null
    place.zone = zone
  } else if (sign) {
    if (Number(offsetMinutes) > 59 || Number(offsetSeconds ?? 0) > 59) return null
    const seconds = Number(offsetHours) * 3600 + Number(offsetMinutes) * 60 + Number(offsetSeconds ?? 0)
    place.offset = sign === '-' ? 0 - seconds : seconds
  } else if (text.endsWith('Z')) {
    place.offset = 0
  }
  const nanos = fraction ? Number(fraction.slice(0, 9).padEnd(9, '0')) : 0
  return makeTime(Number(hour), Number(minute), Number(second), nanos, place)
}

/** Reads a date and time; a date alone is its midnight. */
export function parseDateTime(text: string): FeelDateTime | null {
  const at = text.indexOf('T')
  const date = parseDate(at < 0 ? text : text.slice(0, at))
  const time = at < 0 ? new FeelTime(0, 0, 0) : parseTime(text.slice(at + 1))
  return date && time && new FeelDateTime(date, time)
}

const yearsMonthsText = /^(-?)P(?:(\d+)Y)?(?:(\d+)M)?$/
const daysTimeText = /^(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d*))?S)?)?$/

export function parseDuration(text: string): YearsMonthsDuration | DaysTimeDuration | null {
  if (text.length > 100 || !/\d[A-Z]$/.test(text.replace('.S', 'S'))) return null

  const months = yearsMonthsText.exec(text)
  if (months) {
    const total = Number(months[2] ?? 0) * 12 + Number(months[3] ?? 0)
    return makeMonths(months[1] ? -total : total)
  }
  const match = daysTimeText.exec(text)
  if (!match) return null
  const [, sign, days, hours, minutes, seconds, fraction] = match
  const whole =
    BigInt(days ?? 0) * 86_400n + BigInt(hours ?? 0) * 3600n + BigInt(minutes ?? 0) * 60n + BigInt(seconds ?? 0)
  const nanos = whole * nanosOfSecond + BigInt((fraction ?? '').slice(0, 9).padEnd(9, '0'))
  return makeNanos(sign ? -nanos : nanos)
}

export function makeMonths(months: number): YearsMonthsDuration | null {
  return Number.isSafeInteger(months) ? new YearsMonthsDuration(months === 0 ? 0 : months) : null
}

export function makeNanos(nanos: bigint): DaysTimeDuration | null {
  return nanos > longestDuration || nanos < -longestDuration ? null : new DaysTimeDuration(nanos)
}

/** Days since 1970-01-01 (Howard Hinnant's days_from_civil). */
export function dayNumber({ year, month, day }: FeelDate): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/** The date that is so many days after 1970-01-01, or null beyond the last year. */
export function dateOfDay(days: number): FeelDate | null {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  return makeDate(yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
}

export const secondOfDay = (time: FeelTime): number => time.hour * 3600 + time.minute * 60 + time.second

export const isLocal = (place: Place): boolean => place.offset === undefined && place.zone === undefined

const midnight = new FeelTime(0, 0, 0)
const midnightUtc = new FeelTime(0, 0, 0, 0, { offset: 0 })

/** A date as the date and time that it begins with, as FEEL compares and subtracts them: midnight UTC (DMN 1.5 10.3.2.7). */
export const startOfDay = (date: FeelDate): FeelDateTime => new FeelDateTime(date, midnightUtc)
export const localStartOfDay = (date: FeelDate): FeelDateTime => new FeelDateTime(date, midnight)

/** Offset of a date and time in seconds; undefined if it is local. */
export function offsetOf({ date, time }: FeelDateTime): number | undefined {
  if (time.zone === undefined) return time.offset
  return offsetAt(time.zone, dayNumber(date) * secondsOfDay + secondOfDay(time))
}

/** Offset of a time alone; a zone's is the one it had in the winter of 1970, for want of a date. */
export function offsetOfTime(time: FeelTime): number | undefined {
  return time.zone === undefined ? time.offset : offsetAt(time.zone, secondOfDay(time))
}

/** Seconds since 1970-01-01T00:00:00 in its own place, less its offset. */
export function epochSeconds(value: FeelDateTime): number {
  return dayNumber(value.date) * secondsOfDay + secondOfDay(value.time) - (offsetOf(value) ?? 0)
}

/** Moves a date by months; a day that the month does not have becomes its last. */
export function addMonths(date: FeelDate, months: number): FeelDate | null {
  const total = date.year * 12 + (date.month - 1) + months
  const year = Math.floor(total / 12)
  const month = total - year * 12 + 1
  return makeDate(year, month, Math.min(date.day, daysInMonth(year, month)))
}

/** Moves a date and time by a duration: elapsed time, so the clock of a zone may show another hour across its change. */
export function addNanos(value: FeelDateTime, nanos: bigint): FeelDateTime | null {
  const { date, time } = value
  const shift = floorDivide(BigInt(time.nanos) + nanos, nanosOfSecond)
  const restNanos = Number(BigInt(time.nanos) + nanos - shift * nanosOfSecond)

  if (time.zone === undefined) return fromSeconds(date, secondOfDay(time), shift, restNanos, time)
  const before = offsetOf(value) ?? 0
  const utc = fromSeconds(date, secondOfDay(time) - before, shift, restNanos, { offset: 0 })
  if (!utc) return null
  const offset = offsetOfInstant(time.zone, epochSeconds(utc)) ?? before
  return fromSeconds(utc.date, secondOfDay(utc.time) + offset, 0n, restNanos, time)
}

function fromSeconds(date: FeelDate, second: number, shift: bigint, nanos: number, place: Place): FeelDateTime | null {
  const total = BigInt(second) + shift
  const days = floorDivide(total, 86_400n)
  const rest = Number(total - days * 86_400n)
  const moved = dateOfDay(dayNumber(date) + Number(days))
  return moved && new FeelDateTime(moved, timeOfSecond(rest, nanos, place))
}

export function timeOfSecond(second: number, nanos: number, place: Place): FeelTime {
  const { offset, zone } = place
  return new FeelTime(Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60, nanos, { offset, zone })
}

export function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b
  return a % b < 0n ? quotient - 1n : quotient
}

/** Monday is 1. */
export const weekday = (date: FeelDate): number => ((((dayNumber(date) + 3) % 7) + 7) % 7) + 1

export const dayOfYear = (date: FeelDate): number => dayNumber(date) - dayNumber(new FeelDate(date.year, 1, 1)) + 1

/** ISO 8601 week: that of the year which holds the week's Thursday. */
export function weekOfYear(date: FeelDate): number {
  const thursday = dateOfDay(dayNumber(date) - weekday(date) + 4)
  return thursday ? Math.ceil(dayOfYear(thursday) / 7) : 1
}

/** A moment of JavaScript as a date and time at the offset of a zone. */
export function fromInstant(at: Date, zone = 'UTC'): FeelDateTime | null {
  const millis = at.getTime()
  if (Number.isNaN(millis)) return null
  const second = Math.floor(millis / 1000)
  const offset = offsetOfInstant(zone, second) ?? 0
  const epoch = new FeelDateTime(new FeelDate(1970, 1, 1), new FeelTime(0, 0, 0, 0, { offset }))
  return addNanos(epoch, BigInt(second + offset) * nanosOfSecond + BigInt(millis - second * 1000) * 1_000_000n)
}

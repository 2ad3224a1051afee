// Working days of a country or an office, and when a term ends. Rules in the docstring of `deadline`.
import { addDays, addDuration, dayOf, endOfDay, isDay, startOfDay } from '../clock/index.ts'
import { readTerm, type Term } from './term.ts'

export interface CalendarRules {
  /** Days of the week that are never worked: 0 (or 7) Sunday … 6 Saturday. */
  weekend: number[]
  /** yyyy-mm-dd; holidays that depend on the moon are added when they are known. */
  holidays: string[]
  zone: string
  /**
   * Whether a term of days, weeks, months or years that ends on a day nobody works ends on the next working day
   * instead (as Regulation 1182/71 has it in the EU). Off unless the country's law says so.
   */
  endsOnWorkingDay?: boolean
}

/** Days are written yyyy-mm-dd. */
export interface Calendar {
  zone: string
  isWorkingDay(day: string): boolean
  /** The nth working day after (before, if negative) the day; the day itself does not count. 0 gives the day itself. */
  addWorkingDays(day: string, n: number): string
  /** How many working days lie after `from`, up to and including `to`; 0 if `to` is not later. */
  workingDaysBetween(from: string, to: string): number
  /**
   * The last instant of a term that an event at `from` starts.
   *
   * - The day of the event does not count; the term ends at the end of its last day (23:59:59.999 in the zone).
   * - Working days: the nth working day after the event's day.
   * - Months and years end on the day of the same number, or the month's last day if there is none.
   * - A term in days to years that ends on a day nobody works ends on the next working day if `endsOnWorkingDay`.
   * - Hours and minutes are elapsed time from the event; working days do not matter.
   *
   * Throws NotATerm (422).
   */
  deadline(from: Date, term: Term): Date
  /**
   * The moment so long before the end of a term, for reminders: the beginning of the day that many days, weeks, months or
   * working days earlier; hours and minutes are elapsed time. Throws NotATerm (422).
   */
  before(end: Date, term: Term): Date
}

/** Two years without one working day is a mistake in the calendar, not a long holiday. */
const LONGEST_REST = 731

export function createCalendar({ weekend, holidays, zone, endsOnWorkingDay = false }: CalendarRules): Calendar {
  const rest = new Set(weekend.map((day) => day % 7))
  if (weekend.some((day) => !Number.isInteger(day) || day < 0 || day > 7)) throw new RangeError('weekend: use 0–7')
  if (rest.size === 7) throw new RangeError('weekend: some day of the week must be worked')
  const wrong = holidays.find((day) => !isDay(day))
  if (wrong !== undefined) throw new RangeError(`holidays: '${wrong}' is not a day written yyyy-mm-dd`)
  const closed = new Set(holidays)
  dayOf(new Date(0), zone) // a zone that does not exist fails here, at start

  const isWorkingDay = (day: string) => !closed.has(day) && !rest.has(new Date(`${day}T00:00:00Z`).getUTCDay())

  const nextWorkingDay = (day: string, step: 1 | -1): string => {
    for (let passed = 1, at = addDays(day, step); passed <= LONGEST_REST; passed++, at = addDays(at, step))
      if (isWorkingDay(at)) return at
    throw new RangeError(`no working day within two years of ${day}`)
  }

  const addWorkingDays = (day: string, n: number): string => {
    if (!Number.isInteger(n)) throw new RangeError(`${n} is not a whole number of days`)
    let at = addDays(day, 0)
    for (let left = Math.abs(n); left > 0; left--) at = nextWorkingDay(at, n > 0 ? 1 : -1)
    return at
  }

  const lastDay = (day: string): string => (endsOnWorkingDay && !isWorkingDay(day) ? nextWorkingDay(day, 1) : day)

  return {
    zone,
    isWorkingDay: (day) => isWorkingDay(addDays(day, 0)),
    addWorkingDays,

    workingDaysBetween: (from, to) => {
      let count = 0
      for (let day = addDays(from, 1); day <= to; day = addDays(day, 1)) if (isWorkingDay(day)) count++
      return count
    },

    deadline: (from, term) => {
      const { n, unit } = readTerm(term)
      const day = dayOf(from, zone)
      switch (unit) {
        case 'hour':
          return new Date(from.getTime() + n * 3_600_000)
        case 'minute':
          return new Date(from.getTime() + n * 60_000)
        case 'working day':
          return endOfDay(addWorkingDays(day, n), zone)
        case 'day':
        case 'week':
          return endOfDay(lastDay(addDays(day, unit === 'week' ? 7 * n : n)), zone)
        case 'month':
        case 'year': {
          // Counted on the calendar alone, so in UTC: the zone's summer time has no say in which day it is.
          const months = addDuration(new Date(`${day}T00:00:00Z`), `P${unit === 'year' ? 12 * n : n}M`, 'UTC')
          return endOfDay(lastDay(dayOf(months, 'UTC')), zone)
        }
      }
    },

    before: (end, term) => {
      const { n, unit } = readTerm(term)
      const day = dayOf(end, zone)
      switch (unit) {
        case 'hour':
          return new Date(end.getTime() - n * 3_600_000)
        case 'minute':
          return new Date(end.getTime() - n * 60_000)
        case 'working day':
          return startOfDay(addWorkingDays(day, -n), zone)
        case 'day':
        case 'week':
          return startOfDay(addDays(day, unit === 'week' ? -7 * n : -n), zone)
        case 'month':
        case 'year': {
          const months = addDuration(new Date(`${day}T00:00:00Z`), `-P${unit === 'year' ? 12 * n : n}M`, 'UTC')
          return startOfDay(dayOf(months, 'UTC'), zone)
        }
      }
    },
  }
}

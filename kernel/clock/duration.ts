// Durations as people and standards write them: ISO 8601 ('P1M', 'PT90M', '-P2W') and short ('+7d', '-3h').
import { problem } from '../problem/index.ts'
import { fromWallTime, toWallTime } from './zone.ts'

/** ISO 8601 or short form; years, months, weeks and days count on the calendar, the rest is elapsed time. */
export type Duration = string

export const NotADuration = problem(
  'not-a-duration',
  422,
  'That is not a duration',
  (text: string) => `'${text}' is not a duration; write +7d, +3h, +30min, +1mo, or ISO 8601 such as P30D.`,
)

interface Parts {
  months: number
  days: number
  milliseconds: number
}

const iso =
  /^([+-])?P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d{1,3})?)S)?)?$/
const short = /^([+-])?(\d+)\s*(y|mo|w|d|h|min|s)$/
const units: Record<string, Partial<Parts>> = {
  y: { months: 12 },
  mo: { months: 1 },
  w: { days: 7 },
  d: { days: 1 },
  h: { milliseconds: 3_600_000 },
  min: { milliseconds: 60_000 },
  s: { milliseconds: 1000 },
}

/** Longer than three thousand years is a slip of the pen, and leaves the range of dates. */
const LONGEST: Parts = { months: 36_000, days: 1_100_000, milliseconds: 9.5e13 }

function parse(text: string): Parts | undefined {
  const parts = read(text)
  const units = Object.keys(LONGEST) as (keyof Parts)[]
  return parts !== undefined && units.every((unit) => Math.abs(parts[unit]) <= LONGEST[unit]) ? parts : undefined
}

function read(text: string): Parts | undefined {
  const brief = short.exec(text)
  if (brief) {
    const n = Number(brief[2]) * (brief[1] === '-' ? -1 : 1)
    const unit = units[brief[3]!]!
    return { months: n * (unit.months ?? 0), days: n * (unit.days ?? 0), milliseconds: n * (unit.milliseconds ?? 0) }
  }
  const long = iso.exec(text)
  if (!long || /[PT]$/.test(text)) return undefined
  const sign = long[1] === '-' ? -1 : 1
  const [years, months, weeks, days, hours, minutes, seconds] = long
    .slice(2)
    .map((part) => sign * Number((part ?? '0').replace(',', '.'))) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  return {
    months: years * 12 + months,
    days: weeks * 7 + days,
    milliseconds: hours * 3_600_000 + minutes * 60_000 + Math.round(seconds * 1000),
  }
}

export function isDuration(text: string): boolean {
  return parse(text) !== undefined
}

/**
 * The instant a duration later (or earlier). Days keep the time on the wall across summer time; a month later than
 * 31 January is the last day of February. Throws NotADuration (422).
 */
export function addDuration(at: Date, duration: Duration, zone: string): Date {
  const parts = parse(duration)
  if (parts === undefined) throw NotADuration(duration)
  let moved = at
  if (parts.months !== 0 || parts.days !== 0) {
    const wall = toWallTime(at, zone)
    const month = wall.month - 1 + parts.months
    const lastDay = new Date(Date.UTC(wall.year, month + 1, 0)).getUTCDate()
    const day = parts.months === 0 ? wall.day : Math.min(wall.day, lastDay)
    moved = fromWallTime({ ...wall, month: month + 1, day: day + parts.days }, zone)
  }
  return new Date(moved.getTime() + parts.milliseconds)
}

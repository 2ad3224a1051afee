// Days and wall-clock times of a time zone, by the zone data that Node brings along (Intl).

/** What a clock on the wall shows; `month` is 1–12. */
export interface WallTime {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
  millisecond: number
}

const DAY = 86_400_000
const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'iso8601',
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formats.set(zone, format)
  }
  return format
}

/** What the wall clock of the zone shows at this instant. Throws RangeError for a zone that does not exist. */
export function toWallTime(at: Date, zone: string): WallTime {
  const wall = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0, millisecond: 0 }
  let beforeChrist = false
  for (const { type, value } of formatOf(zone).formatToParts(at)) {
    if (type === 'era') beforeChrist = value.startsWith('B')
    else if (type in wall) wall[type as keyof WallTime] = Number(value)
  }
  if (beforeChrist) wall.year = 1 - wall.year
  wall.millisecond = ((at.getTime() % 1000) + 1000) % 1000
  return wall
}

function utcOf(wall: WallTime): number {
  const date = new Date(0)
  date.setUTCFullYear(wall.year, wall.month - 1, wall.day)
  date.setUTCHours(wall.hour, wall.minute, wall.second, wall.millisecond)
  return date.getTime()
}

/**
 * The instant at which the wall clock of the zone shows this. A time that summer time skips is moved forward by the
 * skipped hour; of a time that happens twice, the first is meant (the rule of RFC 5545). Fields may overflow
 * (day 32 is the 1st of the next month).
 */
export function fromWallTime(wall: WallTime, zone: string): Date {
  const wanted = utcOf(wall)
  const offsetAt = (instant: number) => utcOf(toWallTime(new Date(instant), zone)) - instant
  const before = offsetAt(wanted - DAY)
  const after = offsetAt(wanted + DAY)
  const fitting = [wanted - before, wanted - after].filter((instant) => instant + offsetAt(instant) === wanted)
  // In a gap neither fits: the offset from before the change lands just as far behind it.
  return new Date(fitting.length === 0 ? wanted - before : Math.min(...fitting))
}

/** The day ('2026-03-29') that it is in the zone at this instant. */
export function dayOf(at: Date, zone: string): string {
  const { year, month, day } = toWallTime(at, zone)
  return writeDay(Date.UTC(year, month - 1, day))
}

/** A day of the Gregorian calendar written yyyy-mm-dd, years 0001–9999. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const at = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text) && !text.startsWith('0000')
}

function readDay(day: string): number {
  if (!isDay(day)) throw new RangeError(`'${day}' is not a day written yyyy-mm-dd`)
  return Date.parse(`${day}T00:00:00Z`)
}

function writeDay(utc: number): string {
  return new Date(utc).toISOString().slice(0, 10)
}

/** Counts days on the calendar, not hours: summer time does not matter. */
export function addDays(day: string, n: number): string {
  return writeDay(readDay(day) + n * DAY)
}

/** The first instant of the day in the zone (not always midnight: some zones change to summer time then). */
export function startOfDay(day: string, zone: string): Date {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number]
  readDay(day)
  return fromWallTime({ year, month, day: date, hour: 0, minute: 0, second: 0, millisecond: 0 }, zone)
}

/** The last millisecond of the day in the zone. */
export function endOfDay(day: string, zone: string): Date {
  return new Date(startOfDay(addDays(day, 1), zone).getTime() - 1)
}

// Offsets of IANA time zones, asked of the machine's time zone database and remembered.
import { spend } from './budget.ts'

const formats = new Map<string, Intl.DateTimeFormat | undefined>()
const offsets = new Map<string, number>()
const remembered = 5000
// Dates of JavaScript end here; beyond, a zone keeps the offset it has at the end.
const lastSecond = 8_640_000_000_000

function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  const known = formats.get(zone)
  if (known || formats.has(zone)) return known

  if (formats.size > 1000) formats.clear()
  let format: Intl.DateTimeFormat | undefined
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  } catch {
    format = undefined
  }
  formats.set(zone, format)
  return format
}

/** Seconds that a zone is ahead of UTC at a moment; undefined for an unknown zone. */
export function offsetOfInstant(zone: string, epochSecond: number): number | undefined {
  const key = `${zone} ${epochSecond}`
  const known = offsets.get(key)
  if (known !== undefined) return known

  spend(200)
  const format = formatOf(zone)
  if (!format) return undefined
  const second = Math.max(-lastSecond, Math.min(lastSecond, epochSecond))
  const name = format.formatToParts(new Date(second * 1000)).find((part) => part.type === 'timeZoneName')?.value ?? ''
  const match = /([+-−])(\d\d):(\d\d)(?::(\d\d))?/.exec(name)
  const seconds = match ? Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0) : 0
  const offset = match && match[1] !== '+' ? 0 - seconds : seconds

  if (offsets.size > remembered) offsets.clear()
  offsets.set(key, offset)
  return offset
}

/** The offset at a local time of the zone; in the hour that is skipped or doubled, the one before the change. */
export function offsetAt(zone: string, localSecond: number): number | undefined {
  const guess = offsetOfInstant(zone, localSecond)
  if (guess === undefined) return undefined
  const before = offsetOfInstant(zone, localSecond - guess - 3 * 3600) ?? guess
  const after = offsetOfInstant(zone, localSecond - before) ?? guess
  if (after === before) return before
  return offsetOfInstant(zone, localSecond - after) === after ? after : before
}

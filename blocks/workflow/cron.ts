// Cron of six fields (second minute hour day month weekday), as Spring and Camunda 8 write it, in the country's zone.
import { fromWallTime, toWallTime } from '@ashlar/kernel/clock'

interface Cron {
  second: Set<number>
  minute: Set<number>
  hour: Set<number>
  day: Set<number>
  month: Set<number>
  weekday: Set<number>
}

const named: Record<string, string> = {
  '@yearly': '0 0 0 1 1 *',
  '@annually': '0 0 0 1 1 *',
  '@monthly': '0 0 0 1 * *',
  '@weekly': '0 0 0 * * 0',
  '@daily': '0 0 0 * * *',
  '@midnight': '0 0 0 * * *',
  '@hourly': '0 0 * * * *',
}
const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']
/** No date of a calendar recurs more rarely: 29 February over the turn of a century. */
const MOST_DAYS = 366 * 9

export function isCron(text: string): boolean {
  return readCron(text) !== undefined
}

/** The first time after `from`. Throws a fault if the text is no cron, or never comes. */
export function nextCron(text: string, from: Date, zone: string): Date {
  const cron = readCron(text)
  if (cron === undefined) throw new Error(`'${text}' is no cron of six fields`)
  const start = toWallTime(from, zone)
  for (let offset = 0; offset <= MOST_DAYS; offset++) {
    const date = new Date(Date.UTC(start.year, start.month - 1, start.day + offset))
    const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()]
    if (!cron.month.has(month) || !cron.day.has(day) || !cron.weekday.has(date.getUTCDay())) continue
    for (const hour of sorted(cron.hour))
      for (const minute of sorted(cron.minute)) {
        if (offset === 0 && (hour < start.hour || (hour === start.hour && minute < start.minute))) continue
        for (const second of sorted(cron.second)) {
          const at = fromWallTime({ year, month, day, hour, minute, second, millisecond: 0 }, zone)
          if (at > from) return at
        }
      }
  }
  throw new Error(`'${text}' never comes`)
}

function readCron(text: string): Cron | undefined {
  const fields = (named[text] ?? text).trim().split(/\s+/)
  if (fields.length !== 6) return undefined
  const [second, minute, hour, day, month, weekday] = [
    readField(fields[0]!, 0, 59),
    readField(fields[1]!, 0, 59),
    readField(fields[2]!, 0, 23),
    readField(fields[3]!, 1, 31),
    readField(byNumber(fields[4]!, months, 1), 1, 12),
    readField(byNumber(fields[5]!, weekdays, 0), 0, 7),
  ]
  if (!second || !minute || !hour || !day || !month || !weekday) return undefined
  if (weekday.has(7)) weekday.add(0)
  return { second, minute, hour, day, month, weekday }
}

function byNumber(field: string, names: string[], first: number): string {
  return field.replace(/[A-Za-z]{3}/g, (name) => {
    const at = names.indexOf(name.toUpperCase())
    return at < 0 ? name : String(at + first)
  })
}

/** '*', '?', '5', '1-5', '*' + '/15', '10-30/5', and lists of them. */
function readField(field: string, least: number, most: number): Set<number> | undefined {
  const values = new Set<number>()
  for (const part of field.split(',')) {
    const read = /^(?:(\*|\?)|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part)
    if (read === null) return undefined
    const from = read[2] === undefined ? least : Number(read[2])
    const by = Number(read[4] ?? 1)
    const to = read[3] !== undefined ? Number(read[3]) : read[2] === undefined || read[4] !== undefined ? most : from
    if (from < least || to > most || from > to || by < 1) return undefined
    for (let value = from; value <= to; value += by) values.add(value)
  }
  return values
}

function sorted(values: Set<number>): number[] {
  return [...values].sort((a, b) => a - b)
}

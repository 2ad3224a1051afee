// Writes facts out as people read them. A day has no zone and stands as it is; an instant is told in the country's zone.
import { formatMoney, isMoney, type Money } from '../money/index.ts'

export interface Writer {
  /** A day ('2026-03-29') or an instant (ISO 8601): "29 March 2026". */
  date(value: string | Date): string
  /** "29 March 2026 at 14:05" in the zone. */
  time(value: string | Date): string
  money(value: Money): string
  number(value: number): string
  list(items: string[]): string
  /** A fact that is a day, an instant or money; undefined for any other. */
  telling(fact: unknown): string | undefined
}

const day = /^\d{4}-\d{2}-\d{2}$/
const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/

const writers = new Map<string, Writer>()

/** The one for a locale and zone; its formats are made once. */
export function writerOf(locale: string, zone: string): Writer {
  const key = `${locale} ${zone}`
  let writer = writers.get(key)
  if (writer === undefined) {
    writer = createWriter(locale, zone)
    writers.set(key, writer)
  }
  return writer
}

function createWriter(locale: string, zone: string): Writer {
  const days = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' })
  const daysOfInstants = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: zone })
  const times = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: zone })
  const numbers = new Intl.NumberFormat(locale)
  const lists = new Intl.ListFormat(locale, { type: 'conjunction' })

  const writer: Writer = {
    date: (value) =>
      typeof value === 'string' && day.test(value)
        ? days.format(new Date(`${value}T00:00:00Z`))
        : daysOfInstants.format(new Date(value)),
    time: (value) => times.format(new Date(value)),
    money: (value) => formatMoney(value, locale),
    number: (value) => numbers.format(value),
    list: (items) => lists.format(items),
    telling: (fact) => {
      if (isMoney(fact)) return writer.money(fact)
      if (typeof fact !== 'string') return undefined
      if (day.test(fact)) return writer.date(fact)
      return instant.test(fact) ? writer.time(fact) : undefined
    },
  }
  return writer
}

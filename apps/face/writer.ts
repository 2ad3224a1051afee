// Writes dates, times, money and names of a country as a language does.
import type { InLanguages } from '@ashlar/catalogue'
import { formatMoney, isMoney, type Money } from '@ashlar/kernel/money'

export interface Writer {
  /** A day ('2026-03-29') or an instant (ISO 8601): "29 March 2026". */
  date(value: string | Date): string
  /** "29 March 2026, 14:05" in the country's zone. */
  time(value: string | Date): string
  money(value: Money): string
  number(value: number): string
  list(items: string[]): string
  /** A text of the country's data in this language, or its first. */
  of(texts: InLanguages | undefined): string
  /** Any fact as people read it; '' for nothing. */
  fact(value: unknown): string
}

const dayOnly = /^\d{4}-\d{2}-\d{2}$/
const instant = /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/

/** Formats are made once for a language and zone; `locale` says whose numbers and dates, if not the language's own. */
export function createWriter(
  language: string,
  zone: string,
  words: { yes: string; no: string },
  locale = language,
): Writer {
  const days = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' })
  const datesOfInstants = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: zone })
  const times = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: zone })
  const numbers = new Intl.NumberFormat(locale)
  const lists = new Intl.ListFormat(locale, { type: 'conjunction' })

  const writer: Writer = {
    date: (value) =>
      typeof value === 'string' && dayOnly.test(value)
        ? days.format(new Date(`${value}T00:00:00Z`))
        : datesOfInstants.format(new Date(value)),
    time: (value) => times.format(new Date(value)),
    money: (value) => formatMoney(value, locale),
    number: (value) => numbers.format(value),
    list: (items) => lists.format(items),
    of: (texts) => texts?.[language] ?? Object.values(texts ?? {})[0] ?? '',
    fact: (value) => {
      if (value === null || value === undefined) return ''
      if (typeof value === 'boolean') return value ? words.yes : words.no
      if (typeof value === 'number') return numbers.format(value)
      if (isMoney(value)) return writer.money(value)
      if (Array.isArray(value)) return lists.format(value.map((item) => writer.fact(item)))
      if (typeof value === 'string') {
        if (dayOnly.test(value)) return writer.date(value)
        return instant.test(value) ? writer.time(value) : value
      }
      return ''
    },
  }
  return writer
}

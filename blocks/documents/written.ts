// Writes facts out as people read them: days, times, money and lists in their language.
import { formatMoney, isMoney } from '@ashlar/kernel/money'
import type { Json } from '@ashlar/workflow'

const day = /^\d{4}-\d{2}-\d{2}$/
const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/

type Written = string | number | boolean | null | WrittenTree | WrittenTree[]
interface WrittenTree {
  [name: string]: Written
}

/** Days have no zone and stand as they are; instants are written in the country's zone. Absent things stay null. */
function written(fact: Json | undefined, language: string, zone: string): Written {
  if (fact === null || fact === undefined) return null
  if (typeof fact === 'string' && day.test(fact)) return toDay(new Date(`${fact}T12:00:00Z`), language, 'UTC')
  if (typeof fact === 'string' && time.test(fact)) return formatOf(language, zone, 'short').format(new Date(fact))
  if (isMoney(fact)) return formatMoney(fact, language)
  if (typeof fact !== 'object') return fact
  if (!Array.isArray(fact)) return writtenAll(fact, language, zone)
  if (fact.length === 0) return null
  const items = fact.map((item) => written(item, language, zone))
  if (items.every((item) => typeof item === 'object' && item !== null)) return items as WrittenTree[]
  return new Intl.ListFormat(language, { type: 'conjunction' }).format(items.map((item) => String(item ?? '')))
}

export function writtenAll(facts: Record<string, Json | undefined>, language: string, zone: string): WrittenTree {
  return Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, written(fact, language, zone)]))
}

export const toDay = (at: Date, language: string, zone: string): string => formatOf(language, zone).format(at)

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(language: string, zone: string, timeStyle?: 'short'): Intl.DateTimeFormat {
  const key = `${language} ${zone} ${timeStyle}`
  let format = formats.get(key)
  if (!format) {
    format = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: zone, ...(timeStyle && { timeStyle }) })
    formats.set(key, format)
  }
  return format
}

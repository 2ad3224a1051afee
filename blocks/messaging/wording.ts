// How facts become values of texts: days, times and money as the language writes them.
import { formatMoney, isMoney } from '@ashlar/kernel/money'
import type { Json } from '@ashlar/workflow'

const day = /^\d{4}-\d{2}-\d{2}$/
const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/

const formats = new Map<string, Intl.DateTimeFormat>()
function formatOf(language: string, zone: string, withTime: boolean): Intl.DateTimeFormat {
  const key = `${language} ${zone} ${withTime}`
  let format = formats.get(key)
  if (!format) {
    format = new Intl.DateTimeFormat(language, {
      dateStyle: 'long',
      ...(withTime ? { timeStyle: 'short' } : {}),
      timeZone: zone,
    })
    formats.set(key, format)
  }
  return format
}

/** A fact as people read it; lists are joined as the language does. Days have no zone and are written as they stand. */
export function written(fact: Json, language: string, zone: string): string | number | boolean | null {
  if (typeof fact === 'string' && day.test(fact))
    return formatOf(language, 'UTC', false).format(new Date(`${fact}T00:00:00Z`))
  if (typeof fact === 'string' && time.test(fact)) return formatOf(language, zone, true).format(new Date(fact))
  if (isMoney(fact)) return formatMoney(fact, language)
  if (Array.isArray(fact))
    return new Intl.ListFormat(language, { type: 'conjunction' }).format(
      fact.map((item) => String(written(item, language, zone) ?? '')),
    )
  if (typeof fact === 'object' && fact !== null) return ''
  return fact
}

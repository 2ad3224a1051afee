// What a face writes beyond the kernel's writer: names of a country's data, and any fact.
import type { InLanguages } from '@ashlar/catalogue'
import { type Writer as PlainWriter, writerOf } from '@ashlar/kernel/writer'

export interface Writer extends Omit<PlainWriter, 'telling'> {
  /** A text of the country's data in this language, or its first. */
  of(texts: InLanguages | undefined): string
  /** Any fact as people read it; '' for nothing. */
  fact(value: unknown): string
}

/** `locale` says whose numbers and dates, if not the language's own. */
export function createWriter(
  language: string,
  zone: string,
  words: { yes: string; no: string },
  locale = language,
): Writer {
  const { telling, ...plain } = writerOf(locale, zone)

  const fact = (value: unknown): string => {
    if (typeof value === 'boolean') return value ? words.yes : words.no
    if (typeof value === 'number') return plain.number(value)
    if (Array.isArray(value)) return plain.list(value.map(fact))
    return telling(value) ?? (typeof value === 'string' ? value : '')
  }
  return {
    ...plain,
    of: (texts) => texts?.[language] ?? Object.values(texts ?? {})[0] ?? '',
    fact,
  }
}

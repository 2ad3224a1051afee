// Facts of a notice as values of its texts.
import type { Writer } from '@ashlar/kernel/writer'
import type { Json } from '@ashlar/workflow'

/** Numbers and yes-or-no stay what they are, for texts that choose by them. */
export function toValue(fact: Json, writer: Writer): string | number | boolean | null {
  const told = writer.telling(fact)
  if (told !== undefined) return told
  if (Array.isArray(fact)) return writer.list(fact.map((item) => String(toValue(item, writer) ?? '')))
  return typeof fact === 'object' && fact !== null ? '' : fact
}

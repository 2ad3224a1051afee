// Facts of a document as its letter shows them: the tree stays, its leaves are written out.
import type { Writer } from '@ashlar/kernel/writer'
import type { Json } from '@ashlar/workflow'

type Written = string | number | boolean | null | WrittenTree | WrittenTree[]
interface WrittenTree {
  [name: string]: Written
}

/** Absent things and empty lists are null. */
function written(fact: Json | undefined, writer: Writer): Written {
  if (fact === null || fact === undefined) return null
  const told = writer.telling(fact)
  if (told !== undefined) return told
  if (typeof fact !== 'object') return fact
  if (!Array.isArray(fact)) return writtenAll(fact, writer)
  if (fact.length === 0) return null
  const items = fact.map((item) => written(item, writer))
  if (items.every((item) => typeof item === 'object' && item !== null)) return items as WrittenTree[]
  return writer.list(items.map((item) => String(item ?? '')))
}

export function writtenAll(facts: Record<string, Json | undefined>, writer: Writer): WrittenTree {
  return Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, written(fact, writer)]))
}

// Finds who waits for a message without keeping what the message is about: a keyed hash of its name and key.
import { createHash } from 'node:crypto'
import type { Pairwise } from '@ashlar/kernel/identifiers'
import type { Json } from './graph.ts'

/** Numbers and texts are different keys; members of an object are taken in the order of their names. */
export function correlationOf(pairwise: Pairwise, message: string, key: Json): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([message, ordered(key)]))
    .digest('hex')
  const uuid = `${hash.slice(0, 8)}-${hash.slice(8, 12)}-${hash.slice(12, 16)}-${hash.slice(16, 20)}-${hash.slice(20, 32)}`
  return pairwise.of('workflow-messages', uuid)
}

function ordered(key: Json): Json {
  if (Array.isArray(key)) return key.map(ordered)
  if (typeof key !== 'object' || key === null) return key
  const members = Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(members.map(([name, value]) => [name, ordered(value)]))
}

// UUIDv7 (RFC 9562): keys that sort by the time they were made, strictly so within one process.
import { createHash, randomFillSync } from 'node:crypto'

const POOL = 4096
const pool = Buffer.alloc(POOL)
let used = POOL

/** 16 fresh random bytes, taken from a pool: one call to the system for 256 identifiers. */
function randomBytes16(): Buffer {
  if (used === POOL) {
    randomFillSync(pool)
    used = 0
  }
  used += 16
  return pool.subarray(used - 16, used)
}

/** One for each clock: legal time may lie years ahead of machine time, and each counts within its own millisecond. */
interface Sequence {
  at: number
  /** The 12 bits of rand_a, as the counter of RFC 9562 method 1; starts low so that it rarely overflows. */
  counter: number
}
const machine: Sequence = { at: -1, counter: 0 }
const legal: Sequence = { at: -1, counter: 0 }

function step(sequence: Sequence, at: number, random: number): void {
  if (at > sequence.at) {
    sequence.at = at
    sequence.counter = random & 0x3ff
  } else if (++sequence.counter > 0xfff) {
    sequence.at++ // more than 3,000 in one millisecond: borrow from the next, as the RFC allows
    sequence.counter = random & 0x3ff
  }
}

/**
 * A key that sorts after all made before it in this process, also within a millisecond and when the machine's clock
 * steps back. With `at` (legal time) it sorts after those made with an `at` not later; a clock that was reset by more
 * than a second starts anew. 62 bits are random, so a key is no secret but cannot be guessed from its neighbour.
 */
export function uuidv7(at?: Date): string {
  const bytes = randomBytes16()
  const sequence = at === undefined ? machine : legal
  const now = at === undefined ? Date.now() : at.getTime()
  if (at !== undefined && now < sequence.at - 1000) sequence.at = -1
  step(sequence, now, bytes.readUInt16BE(6))

  bytes.writeUIntBE(sequence.at, 0, 6)
  bytes.writeUInt16BE(0x7000 | sequence.counter, 6)
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** UUIDv8: the same text, the same id; the text does not follow from it. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** Any UUID in the usual spelling, whatever its version (pairwise identifiers have none). */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)
}

// A job, and how long it rests after it failed.
import type { Clock } from '@ashlar/kernel/clock'
import type { Database } from '@ashlar/kernel/sql'

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json | undefined }

export interface Job<Payload = Json> {
  id: number
  queue: string
  key: string
  share: string
  payload: Payload
  /** 1 the first time; more after it failed. */
  attempt: number
  /** How often the process that did it has ended meanwhile. */
  deaths: number
}

export interface Rest {
  firstMs: number
  maxMs: number
}

/** Doubling, with jitter between half and one and a half, so that what failed together does not come back together. */
export function restAfter(attempt: number, rest: Rest, random = Math.random()): number {
  return Math.min(rest.firstMs * 2 ** (attempt - 1), rest.maxMs) * (0.5 + random)
}

/** What a dead letter says of its cause. */
export function describeError(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return text.replaceAll('\0', '').slice(0, 1000)
}

export interface Handling {
  /** How many jobs at a call; 10. */
  batch?: number
  /** How many calls at a time in this process; 2. */
  concurrency?: number
  /** How many attempts before a job becomes a dead letter; 10. */
  attempts?: number
  /** A call has jobs of one share only, and a share at most so many calls at a time: what hangs holds up only itself. */
  perShare?: number
}

export interface JobNeeds {
  /** As role ashlar_kernel. */
  sql: Database
  clock: Clock
  rest?: Rest
  /** Seconds after which a process that gave no sign counts as dead, and its jobs are done by others; 30. */
  lease?: number
  log?: { warn(facts: object, text: string): void; error(facts: object, text: string): void }
}

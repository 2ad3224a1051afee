// A job, and how long it rests after it failed.

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json | undefined }

export interface Job<Payload = Json> {
  id: number
  queue: string
  key: string
  share: string
  payload: Payload
  /** 1 the first time. */
  attempt: number
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

// Ends requests whose body takes too long; Node's own limit must be as long as the longest upload may take.
import type { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'

export interface SlowBodies {
  /** From now on this body has `within` milliseconds to arrive. */
  watch(raw: IncomingMessage, within: number): void
  stop(): void
}

const ANSWER = 'HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n'

export function createSlowBodies(every: number): SlowBodies {
  const watched = new Map<IncomingMessage, number>()
  // One sweep for all: a timer for each request would cost more than the requests.
  const timer = setInterval(() => {
    const now = performance.now()
    for (const [raw, until] of watched) {
      if (raw.complete || raw.destroyed) watched.delete(raw)
      else if (until < now) {
        watched.delete(raw)
        raw.socket.end(ANSWER, () => raw.socket.destroy())
      }
    }
  }, every).unref()

  return {
    watch(raw, within) {
      // An injected request has none, and is never told to be complete.
      if (!(raw.socket instanceof Socket)) return
      watched.set(raw, performance.now() + within)
      raw.once('close', () => watched.delete(raw))
    },
    stop: () => clearInterval(timer),
  }
}

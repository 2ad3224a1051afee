// Admission: refuses at once what could not be answered in time, so that the rest is.
import type { Limits } from './limits.ts'

export interface Admission {
  /** Whether there is room; takes a place if so. */
  enter(): boolean
  leave(): void
  /** Requests in work. */
  inFlight(): number
  /** How late the event loop was when last looked at, milliseconds. */
  lag(): number
  /** Seconds to wait, spread so that the refused do not all come back at once. */
  retryAfter(): number
  stop(): void
}

const LOOK = 100

export function createAdmission({ inFlight: most, lag: tooLate }: Pick<Limits, 'inFlight' | 'lag'>): Admission {
  let count = 0
  let late = 0
  let before = performance.now()
  // A timer that fires late shows how long work waits for its turn; only twice in a row is it more than one long task.
  let previous = 0
  const timer = setInterval(() => {
    const now = performance.now()
    const drift = Math.max(0, now - before - LOOK)
    late = Math.min(drift, previous)
    previous = drift
    before = now
  }, LOOK).unref()

  return {
    enter() {
      if (count >= most || late > tooLate) return false
      count++
      return true
    },
    leave: () => void count--,
    inFlight: () => count,
    lag: () => late,
    retryAfter: () => 1 + Math.floor(Math.random() * 3),
    stop: () => clearInterval(timer),
  }
}

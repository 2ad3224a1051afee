// Legal time is the country's and may be moved in a demo; machine time is for leases, sessions and TLS.
import { addDuration, type Duration } from './duration.ts'
import { dayOf } from './zone.ts'

/** Legal time: what deadlines, fees and letters go by. Never now() in SQL. */
export interface Clock {
  now(): Date
  /** The day in the country's zone, yyyy-mm-dd. */
  today(): string
  zone: string
}

export interface MovableClock extends Clock {
  /** Forward only: by a duration ('P30D', '+7d') or to an instant. */
  move(by: Duration | Date): Promise<void>
  /** Back to the real time. */
  reset(): Promise<void>
}

/** A clock for tests: stands still until moved; a move has happened when the call returns, awaited or not. */
export interface TestClock extends MovableClock {
  move(by: Duration | Date): Promise<void>
}

export const machineTime: { now(): Date } = { now: () => new Date() }

/** A clock over any source of time. `today` is remembered within a minute, for zones change on whole minutes. */
export function clockOver(now: () => Date, zone: string): Clock {
  let minute = Number.NaN
  let day = ''
  dayOf(now(), zone) // a zone that does not exist fails here, at start

  return {
    now,
    zone,
    today: () => {
      const at = now()
      const current = Math.floor(at.getTime() / 60_000)
      if (current !== minute) {
        day = dayOf(at, zone)
        minute = current
      }
      return day
    },
  }
}

/** The real time, as production has it. */
export function legalClock(zone: string): Clock {
  return clockOver(machineTime.now, zone)
}

/** Stands still at an instant ('2026-03-02T09:00:00Z'). */
export function stoppedClock(at: string, zone = 'UTC'): TestClock {
  const start = new Date(at)
  if (Number.isNaN(start.getTime())) throw new RangeError(`'${at}' is not an instant`)
  let now = start

  return {
    ...clockOver(() => new Date(now), zone),
    move: async (by) => {
      now = laterBy(now, by, zone)
    },
    reset: async () => {
      now = start
    },
  }
}

/** Where a move leads; refuses to go back, since what was decided at a later time cannot be unmade. */
export function laterBy(now: Date, by: Duration | Date, zone: string): Date {
  const target = by instanceof Date ? new Date(by) : addDuration(now, by, zone)
  if (Number.isNaN(target.getTime())) throw new RangeError('not an instant')
  if (target < now) throw new RangeError('the clock moves forward only; reset it to return to the real time')
  return target
}

// Legal time for a demo: as far ahead of the machine as kernel.clock says, the same in every process.
import type { Sql } from '../sql/index.ts'
import { clockOver, laterBy, type MovableClock, machineTime } from './clock.ts'

export interface SharedClock extends MovableClock {
  /** Called after the time has jumped, here or in another process; gives the function that ends it. */
  onMove(listener: () => void): () => void
  /** How far legal time is ahead, in milliseconds. */
  ahead(): number
  close(): void
}

interface MovableClockNeeds {
  /** As role ashlar_kernel. */
  sql: Sql
  zone: string
  /** How often other processes' moves are looked for, milliseconds. */
  every?: number
  onError?: (error: unknown) => void
}

/**
 * Reads the stored offset first, so the first `now()` is right. A move is seen here when it returns, and in other
 * processes within a second: two processes may be that far apart right after a move, as two machines' clocks may be.
 */
export async function createMovableClock(needs: MovableClockNeeds): Promise<SharedClock> {
  const { sql, zone, every = 1000, onError = () => {} } = needs
  const listeners = new Set<() => void>()
  let offset = await readOffset(sql)

  const see = (found: number) => {
    if (found === offset) return
    offset = found
    for (const listener of listeners) listener()
  }
  let changes = 0 // a look that began before a move of our own knows less than we do
  const look = async () => {
    const seen = changes
    const found = await readOffset(sql)
    if (seen === changes) see(found)
  }
  const timer = setInterval(() => void look().catch(onError), every).unref()
  const now = () => new Date(machineTime.now().getTime() + offset)
  const clock = clockOver(now, zone)

  return {
    ...clock,
    ahead: () => offset,
    onMove: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: () => clearInterval(timer),

    async move(by) {
      // Again from the start if another process moved it meanwhile: two moves of a week are two weeks.
      for (;;) {
        const from = await readOffset(sql)
        const machine = machineTime.now().getTime()
        const target = laterBy(new Date(machine + from), by, zone).getTime() - machine
        const rows = await sql`
          insert into kernel.clock (offset_ms, moved_at) values (${target}, ${machineTime.now()})
          on conflict (id) do update set offset_ms = excluded.offset_ms, moved_at = excluded.moved_at
          where clock.offset_ms = ${from}
          returning offset_ms`
        if (rows.length === 0) continue
        changes++
        see(target)
        return
      }
    },

    async reset() {
      await sql`update kernel.clock set offset_ms = 0, moved_at = ${machineTime.now()}`
      changes++
      see(0)
    },
  }
}

async function readOffset(sql: Sql): Promise<number> {
  const [row] = await sql<{ offset: number }>`select offset_ms as "offset" from kernel.clock`
  return row?.offset ?? 0
}

// Glimpses of what was committed, for live pages: reads the outbox when told that there is something new.
import type { Json, Wake } from '@ashlar/kernel/jobs'
import type { Database } from '@ashlar/kernel/sql'

export interface Glimpse {
  type: string
  key: string
  data: Json
}

type Listener = (glimpse: Glimpse) => void

interface Seen {
  horizon: string
  id: string | null
  type: string
  key: string
  data: Glimpse['data']
  tx: string
}

const TOPIC = 'outbox'
const LOOK_MS = 2_000

/**
 * Transactions do not end in the order in which they began. So we read again from the oldest one that was still open
 * at our last look (the horizon of its snapshot) and skip what we have shown.
 */
export function createWatch(sql: Database, wake: Wake): (type: string, listener: Listener) => () => void {
  const listeners = new Map<string, Set<Listener>>()
  const shown = new Map<string, bigint>()
  let horizon: string | undefined
  let timer: NodeJS.Timeout | undefined
  let isReading = false
  let again = false

  async function read(): Promise<void> {
    const from: string | undefined = horizon
    const rows: Seen[] = await sql<Seen>`
      with now as (select pg_snapshot_xmin(pg_current_snapshot()) as horizon)
      select now.horizon::text, o.id, o.type, o.key, o.data, o.tx::text
      from now left join kernel.outbox o on o.tx >= coalesce(${from ?? null}::text::xid8, now.horizon)
      order by o.tx, o.id`
    horizon = rows[0]?.horizon
    for (const row of rows) {
      if (row.id === null || shown.has(row.id)) continue
      shown.set(row.id, BigInt(row.tx))
      // The first look only finds out where we stand.
      if (from !== undefined) show(row)
    }
    for (const [id, tx] of shown) if (tx < BigInt(horizon ?? 0)) shown.delete(id)
  }

  function show({ type, key, data }: Glimpse): void {
    for (const name of [type, '*']) {
      for (const listener of listeners.get(name) ?? []) {
        try {
          listener({ type, key, data })
        } catch {
          // A page that went away must not blind the others.
        }
      }
    }
  }

  function look(): void {
    again = true
    if (isReading) return
    isReading = true
    readAll()
      .catch(() => {}) // The next look tries again.
      .finally(() => {
        isReading = false
      })
  }

  async function readAll(): Promise<void> {
    while (again) {
      again = false
      await read()
    }
  }

  let deaf: (() => void) | undefined
  return (type, listener) => {
    const set = listeners.get(type) ?? new Set()
    listeners.set(type, set.add(listener))
    if (!deaf) {
      deaf = wake.hear((topic) => topic === TOPIC && look())
      timer = setInterval(look, LOOK_MS).unref()
      wake.start().catch(() => {}) // Without it, what other processes do is seen a little later.
      look()
    }
    return () => {
      set.delete(listener)
      if ([...listeners.values()].some((each) => each.size > 0)) return
      deaf?.()
      deaf = undefined
      clearInterval(timer)
      horizon = undefined
    }
  }
}

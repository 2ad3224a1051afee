// Glimpses of what was committed, for live pages: reads the outbox when told that there is something new.
import type { Json, Wake } from '@ashlar/kernel/jobs'
import type { Database } from '@ashlar/kernel/sql'

export interface Glimpse {
  type: string
  key: string
  data: Json
}

export interface Watch {
  watch(type: string, listener: (glimpse: Glimpse) => void): () => void
  moment(): Promise<string>
  hasHappened(since: string, types: string[], matches: (glimpse: Glimpse) => boolean): Promise<boolean>
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

/** What the outbox has new is told by type, so that nobody looks for what nobody watches. */
export const OUTBOX_TOPIC = 'outbox:'
const LOOK_MS = 2_000
/** A page that was open while more than that happened is drawn anew in any case. */
const MOST_MISSED = 1_000
/** As Postgres writes a snapshot: xmin:xmax:those still open between them. */
const MOMENT = /^\d{1,19}:\d{1,19}:(\d{1,19}(,\d{1,19})*)?$/
const UNREADABLE = '22P02'

/**
 * Transactions do not end in the order in which they began. So we read again from the oldest one that was still open
 * at our last look (the horizon of its snapshot) and skip what we have shown.
 */
export function createWatch(sql: Database, wake: Wake): Watch {
  const listeners = new Map<string, Set<Listener>>()
  const shown = new Map<string, bigint>()
  let horizon: string | undefined
  let timer: NodeJS.Timeout | undefined
  let isReading = false
  /** How often a type was added to those that are watched. */
  let widened = 0
  let again = false
  let standing = Promise.withResolvers<void>()

  async function read(): Promise<void> {
    const from: string | undefined = horizon
    const types = listeners.has('*') ? null : [...listeners.keys()]
    const width = widened
    const rows: Seen[] = await sql<Seen>`
      with now as (select pg_snapshot_xmin(pg_current_snapshot()) as horizon)
      select now.horizon::text, o.id, o.type, o.key, o.data, o.tx::text
      from now left join kernel.outbox o on o.tx >= coalesce(${from ?? null}::text::xid8, now.horizon)
        and (${types}::text[] is null or o.type = any(${types}))
      order by o.tx, o.id`
    // What began to be watched while this was read is read from where this began.
    if (width === widened || from === undefined) horizon = rows[0]?.horizon
    else again = true
    for (const row of rows) {
      if (row.id === null || shown.has(row.id)) continue
      shown.set(row.id, BigInt(row.tx))
      // The first look only finds out where we stand.
      if (from !== undefined) show(row)
    }
    for (const [id, tx] of shown) if (tx < BigInt(horizon ?? 0)) shown.delete(id)
    if (deaf) standing.resolve()
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

  const isWatched = (topic: string) =>
    topic.startsWith(OUTBOX_TOPIC) && (listeners.has('*') || listeners.has(topic.slice(OUTBOX_TOPIC.length)))

  const watch: Watch['watch'] = (type, listener) => {
    const set = listeners.get(type) ?? new Set()
    if (set.size === 0) widened += 1
    listeners.set(type, set.add(listener))
    if (!deaf) {
      deaf = wake.hear((topic) => isWatched(topic) && look())
      timer = setInterval(look, LOOK_MS).unref()
      wake.start().catch(() => {}) // Without it, what other processes do is seen a little later.
      look()
    }
    return () => {
      set.delete(listener)
      if (set.size === 0 && listeners.get(type) === set) listeners.delete(type)
      if (listeners.size > 0) return
      deaf?.()
      deaf = undefined
      clearInterval(timer)
      horizon = undefined
      standing.resolve()
      standing = Promise.withResolvers()
    }
  }

  return {
    watch,

    async moment() {
      const [now] = await sql<{ moment: string }>`select pg_current_snapshot()::text as moment`
      return now!.moment
    },

    async hasHappened(since, types, matches) {
      if (!MOMENT.test(since)) return true
      // What is committed after this look, the watchers see; what before, it finds.
      if (deaf) await standing.promise
      try {
        const missed = await sql<Glimpse>`
          select type, key, data from kernel.outbox
          where tx >= pg_snapshot_xmin(${since}::pg_snapshot) and not pg_visible_in_snapshot(tx, ${since}::pg_snapshot)
            and type = any(${types})
          limit ${MOST_MISSED + 1}`
        return missed.length > MOST_MISSED || missed.some(matches)
      } catch (error) {
        if ((error as { code?: string }).code === UNREADABLE) return true
        throw error
      }
    },
  }
}

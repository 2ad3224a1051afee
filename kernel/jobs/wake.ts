// Tells all processes that there is something to do: at once within this one, a moment later (NOTIFY) in the others.
import { randomUUID } from 'node:crypto'
import type { Database } from '@ashlar/kernel/sql'
import { Client } from 'pg'

export interface Wake {
  /** To be called after commit. */
  tell(topic: string): void
  /** Topics from here and from other processes; gives a function that ends it. */
  hear(listener: (topic: string) => void): () => void
  start(): Promise<void>
  stop(): Promise<void>
  /** The connection that is kept as long as this process lives, as the database numbers it; undefined while it has none. */
  backend(): number | undefined
}

const CHANNEL = 'ashlar_wake'
/** NOTIFY within each transaction would make all commits queue for one lock; so one message for all of a moment. */
const GATHER_MS = 20
const RETRY_MS = 500
const MESSAGE_LIMIT = 7_000

export function createWake(sql: Database): Wake {
  const me = randomUUID().slice(0, 8)
  const listeners = new Set<(topic: string) => void>()
  const gathered = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let client: Client | undefined
  let backend: number | undefined
  let stopped = true

  const spread = (topic: string) => {
    for (const listener of listeners) listener(topic)
  }

  function send(): void {
    timer = undefined
    const topics = [...gathered]
    gathered.clear()
    const text = `${me} ${topics.join(' ')}`
    // A lost message costs a moment: the others also look by themselves.
    sql`select pg_notify(${CHANNEL}, ${text.length > MESSAGE_LIMIT ? me : text})
      from set_config('synchronous_commit', 'off', true)`.catch(() => {})
  }

  async function listen(): Promise<void> {
    const next = new Client({ connectionString: sql.url, application_name: 'ashlar wake', keepAlive: true })
    const onGone = () => {
      if (client !== next) return
      client = undefined
      backend = undefined
      again()
    }
    next.on('error', onGone)
    next.on('end', onGone)
    next.on('notification', ({ payload = '' }) => {
      const [from, ...topics] = payload.split(' ')
      if (from !== me) for (const topic of topics) spread(topic)
    })
    client = next
    try {
      await next.connect()
      await next.query(`listen ${CHANNEL}`)
      const { rows } = await next.query<{ pid: number }>('select pg_backend_pid() as pid')
      if (client === next) backend = rows[0]?.pid
      if (stopped) await next.end()
    } catch {
      onGone()
    }
  }

  function again(): void {
    if (!stopped) setTimeout(() => void (stopped || listen()), RETRY_MS).unref()
  }

  return {
    tell(topic) {
      spread(topic)
      gathered.add(topic)
      timer ??= setTimeout(send, GATHER_MS).unref()
    },
    hear(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async start() {
      if (!stopped) return
      stopped = false
      await listen()
    },
    async stop() {
      stopped = true
      clearTimeout(timer)
      timer = undefined
      const last = client
      client = undefined
      backend = undefined
      await last?.end().catch(() => {})
    },
    backend: () => backend,
  }
}

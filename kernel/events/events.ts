// Events: an outbox row and one job for each subscription, in the publisher's transaction; and glimpses for live pages.
import type { Clock } from '@ashlar/kernel/clock'
import { uuidv7 } from '@ashlar/kernel/identifiers'
import type { Handling, Job, Jobs, Json } from '@ashlar/kernel/jobs'
import type { Database, Sql } from '@ashlar/kernel/sql'
import { afterCommit, alongside } from '@ashlar/kernel/sql'
import { createWatch, type Glimpse, OUTBOX_TOPIC } from './watch.ts'

/** Carries references (a case's id), never a person's id or data. */
export interface Event<Data = Json> {
  id: string
  /** The publishing block and what happened: 'cases.submitted'. */
  type: string
  key: string
  data: Data
  /** Legal time, ISO 8601. */
  occurredAt: string
}

export interface Events {
  /** In the caller's transaction. The same type and key again is once. */
  publish(sql: Sql, event: { type: string; key: string; data: Json; share?: string }): Promise<void>
  /** Many in one statement. */
  publishAll(sql: Sql, events: { type: string; key: string; data: Json; share?: string }[]): Promise<void>
  /** Each event at least once from now on; tell doubles by its id. Before jobs.start(). */
  subscribe(type: string, name: string, handler: (event: Event) => Promise<void>, handling?: Handling): void
  /** The same for a handler that takes many events at a call; if it throws, they come again one by one. */
  subscribeAll(type: string, name: string, handler: (events: Event[]) => Promise<void>, handling?: Handling): void
  /** A subscription that no program handles any more. */
  unsubscribe(type: string, name: string): Promise<void>
  /** Forgets what was told before that (legal) time, and gives how many; doubles of it are no longer recognised. */
  prune(before: Date): Promise<number>
  /** What happens from now on, of one type or '*', from all processes; not kept, not repeated. */
  watch(type: string, listener: (glimpse: Glimpse) => void): () => void
  /** This moment of the database, in a short text: whoever reads after it sees all that was committed before it. */
  moment(): Promise<string>
  /**
   * Whether an event of these types that `matches` was committed since that moment. Who begins to watch first and asks then
   * misses nothing. True as well when that cannot be told: too much has happened, or the text is no moment.
   */
  hasHappened(since: string, types: string[], matches: (glimpse: Glimpse) => boolean): Promise<boolean>
}

export interface EventNeeds {
  /** As role ashlar_kernel. */
  sql: Database
  jobs: Jobs
  clock: Clock
}

const PRUNED_AT_ONCE = 5_000
const TYPE = /^[a-z][a-z0-9-]*\.[a-z][a-z0-9.-]*$/

export function createEvents({ sql: kernel, jobs, clock }: EventNeeds): Events {
  const unwritten: { type: string; name: string; queue: string }[] = []
  const watching = createWatch(kernel, jobs.wake)
  let writing: Promise<void> = Promise.resolve()
  let written = false

  /** Subscriptions must be known to the database before the first event that they want. */
  function writeSubscriptions(): Promise<void> {
    const rows = unwritten.splice(0)
    if (rows.length > 0) {
      written = false
      const before = writing
      writing = (async () => {
        await before
        await kernel`
          insert into kernel.subscription (type, name, queue)
          select type, name, queue from ${kernel.unnest({ type: 'text', name: 'text', queue: 'text' }, rows)}
          on conflict (type, name) do update set queue = excluded.queue`
      })()
      writing.then(
        () => {
          written = unwritten.length === 0
        },
        () => unwritten.push(...rows),
      )
    }
    return writing
  }
  jobs.beforeStart(writeSubscriptions)

  function subscribe(
    type: string,
    name: string,
    handling: Handling,
    handler: (events: Event[]) => Promise<void>,
  ): void {
    if (!TYPE.test(type)) throw new Error(`Not a type of event (block.happened): ${type}`)
    const queue = `${type}>${name}`
    jobs.handle(queue, handling, (batch) => handler(batch.map(toEvent)))
    unwritten.push({ type, name, queue })
    written = false
  }

  function tell(sql: Sql, queues: { queue: string }[], types: string[]): void {
    afterCommit(sql, () => {
      for (const { queue } of queues) jobs.wake.tell(queue)
      for (const type of types) jobs.wake.tell(OUTBOX_TOPIC + type)
    })
  }

  return {
    async publish(sql, event) {
      if (!TYPE.test(event.type)) throw new Error(`Not a type of event (block.happened): ${event.type}`)
      if (!written) await writeSubscriptions()
      const queues = sql<{ queue: string }>`select kernel.publish(${uuidv7()}, ${event.type}, ${event.key},
        ${sql.json(event.data)}, ${event.share ?? ''}, ${clock.now()}) as queue`
      await alongside(sql, queues, (queues) => tell(sql, queues, [event.type]))
    },

    async publishAll(sql, events) {
      if (events.length === 0) return
      const wrong = events.find(({ type }) => !TYPE.test(type))
      if (wrong) throw new Error(`Not a type of event (block.happened): ${wrong.type}`)
      if (!written) await writeSubscriptions()
      const rows = events.map((event) => ({ ...event, id: uuidv7(), share: event.share ?? '' }))
      const columns = { id: 'uuid', type: 'text', key: 'text', data: 'jsonb', share: 'text' }
      const queues = sql<{ queue: string }>`
        select distinct kernel.publish(id, type, key, data, share, ${clock.now()}) as queue
        from ${sql.unnest(columns, rows)}`
      const types = [...new Set(events.map(({ type }) => type))]
      await alongside(sql, queues, (queues) => tell(sql, queues, types))
    },

    subscribe(type, name, handler, handling = {}) {
      subscribe(type, name, handling, async (events) => {
        for (const event of events) await handler(event)
      })
    },

    subscribeAll: (type, name, handler, handling = { batch: 100 }) => subscribe(type, name, handling, handler),

    async unsubscribe(type, name) {
      await kernel`delete from kernel.subscription where type = ${type} and name = ${name}`
    },

    async prune(before) {
      for (let count = 0; ; ) {
        const rows = await kernel`
          delete from kernel.outbox where id in (
            select id from kernel.outbox where occurred_at < ${before} order by occurred_at limit ${PRUNED_AT_ONCE})
          returning 1`
        count += rows.length
        if (rows.length < PRUNED_AT_ONCE) return count
      }
    },

    ...watching,
  }
}

function toEvent(job: Job): Event {
  const event = job.payload as unknown as Event
  return { ...event, occurredAt: new Date(event.occurredAt).toISOString() }
}

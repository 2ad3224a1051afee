// Messages and signals: brings them to the instances that wait for them, and starts processes that begin with them.
import type { Jobs } from '@ashlar/kernel/jobs'
import type { Database, Sql } from '@ashlar/kernel/sql'
import type { AtPoint } from './crash-points.ts'
import type { Json } from './graph.ts'
import { readKey } from './key.ts'
import type { Mover, Occurrence, Seals } from './mover.ts'
import { asWorker } from './runner.ts'
import type { Starts } from './starts.ts'
import { type AwaitedRow, type MessageRow, workflowStore } from './store.ts'

export interface MessageNeeds {
  sql: Database
  jobs: Jobs
  clock: { now(): Date }
  keys: Seals
  mover: Mover
  starts: Starts
  batch: number
  at: AtPoint
}

/**
 * A message may be written while the one who waits for it is being written, and neither sees the other. So a message that
 * nobody took is looked at again, later than any transaction lasts. Milliseconds.
 */
const looksAgain = [2_000, 15_000, 60_000]

export function handleMessages({ sql, jobs, clock, keys, mover, starts, batch, at }: MessageNeeds): void {
  const options = { batch, concurrency: 1 }

  jobs.handle('workflow.message', options, async (batchOfJobs) => {
    const times = new Map(
      batchOfJobs.map(({ payload }) => {
        const { id, times } = payload as { id: string; times: number }
        return [id, times] as const
      }),
    )
    await sql.begin(asWorker, async (sql) => {
      await at('message.stored')
      const now = clock.now()
      const open = await workflowStore(sql).openMessages([...times.keys()], now)
      const taken = new Set<string>()
      for (const round of rounds(open)) for (const id of await bring(sql, round)) taken.add(id)
      await workflowStore(sql).takeMessages([...taken], now)
      await jobs.addAll(
        sql,
        open
          .filter(({ id }) => !taken.has(id) && times.get(id)! < looksAgain.length)
          .map(({ id }) => {
            const n = times.get(id)!
            const runAt = new Date(now.getTime() + looksAgain[n]!)
            return { queue: 'workflow.message', key: `${id}#${n + 1}`, payload: { id, times: n + 1 }, runAt }
          }),
      )
      await at('message.moved')
    })
  })

  jobs.beforeStart(() =>
    sql.begin(asWorker, (sql) => jobs.add(sql, { queue: 'workflow.forget', key: 'now', payload: null })),
  )

  /** Gives the ids of those that somebody took. */
  async function bring(sql: Sql, messages: MessageRow[]): Promise<string[]> {
    const waiting = await workflowStore(sql).awaitedBy(messages)
    const contents = new Map(
      await Promise.all(
        messages.map(async ({ id, content }) => [id, JSON.parse((await keys.open(id, content)).toString())] as const),
      ),
    )
    const occurrences = messages.flatMap((message) =>
      waiting
        .filter(({ name, correlation }) => name === message.name && correlation === message.correlation)
        .map((row) => ({ id: message.id, occurrence: toOccurrence(row, contents.get(message.id) as Json) })),
    )
    const moved = await mover.move(
      sql,
      occurrences.map(({ occurrence }) => occurrence),
    )
    const taken = occurrences.filter(({ occurrence }) => moved.has(occurrence)).map(({ id }) => id)
    const begun = await starts.byMessages(
      sql,
      messages.map(({ id, name, sentAs, tenant }) => ({ id, name, sentAs, tenant, content: contents.get(id) as Json })),
    )
    return [...taken, ...begun]
  }

  jobs.handle('workflow.signal', options, async (batchOfJobs) => {
    for (const { payload, key } of batchOfJobs) {
      const { signal, tenant, after } = payload as { signal: string; tenant: string; after: string }
      await sql.begin(asWorker, async (sql) => {
        if (after === '') await starts.bySignal(sql, { signal, tenant, key })
        const rows = await workflowStore(sql).signalled(signal, tenant, after, batch)
        await mover.move(
          sql,
          rows.map((row) => toOccurrence(row, {})),
        )
        await at('signal.moved')
        const last = rows.at(-1)
        if (last === undefined || rows.length < batch) return
        const next = { signal, tenant, after: last.key }
        await jobs.add(sql, { queue: 'workflow.signal', key: `${key.split('>')[0]}>${last.key}`, payload: next })
      })
    }
  })

  jobs.handle('workflow.forget', { batch: 1, concurrency: 1 }, async () => {
    const now = clock.now()
    const gone = await sql.begin(asWorker, (sql) => workflowStore(sql).expireMessages(now, 1_000))
    for (const { id } of gone) await keys.erase?.(id)
    const runAt = new Date(now.getTime() + (gone.length === 1_000 ? 0 : 3_600_000))
    await sql.begin(asWorker, (sql) =>
      jobs.add(sql, { queue: 'workflow.forget', key: runAt.toISOString(), payload: null, runAt }),
    )
  })
}

function toOccurrence({ key, instance }: Pick<AwaitedRow, 'key' | 'instance'>, content: Json): Occurrence {
  const { node, visit } = readKey(key)
  return { instance, happening: { kind: 'event', node, visit, content } }
}

/** Those of the same name and key one after the other: the second finds what the first left. */
function rounds(messages: MessageRow[]): MessageRow[][] {
  const groups = Map.groupBy(messages, ({ name, correlation }) => `${name} ${correlation}`)
  const most = Math.max(0, ...[...groups.values()].map(({ length }) => length))
  return Array.from({ length: most }, (_, n) => [...groups.values()].flatMap((group) => group[n] ?? []))
}

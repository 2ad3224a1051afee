// Processes that begin by themselves: at a time or every so often, with a message, with a signal; without a case at first.
import { createHash } from 'node:crypto'
import type { Jobs } from '@ashlar/kernel/jobs'
import type { Database, Sql } from '@ashlar/kernel/sql'
import type { AtPoint } from './crash-points.ts'
import type { Json, Start, TimerTrigger } from './graph.ts'
import type { Mover } from './mover.ts'
import type { Program } from './program.ts'
import { asWorker } from './runner.ts'

/** A version of a public service in which people can apply now. */
export interface PublishedProcess {
  id: string
  version: string
  authority: string
}

export interface StartNeeds {
  sql: Database
  jobs: Jobs
  clock: { now(): Date }
  mover: Mover
  program(service: string, version: string): Promise<Program>
  current(): Promise<PublishedProcess[]>
  at: AtPoint
}

export interface Starts {
  /** Gives the ids of the messages that a process began with. The same message begins one of each service. */
  byMessages(
    sql: Sql,
    messages: { id: string; name: string; sentAs: string; tenant: string; content: Json }[],
  ): Promise<string[]>
  bySignal(sql: Sql, signal: { signal: string; tenant: string; key: string }): Promise<void>
  /** Sets the clocks of what is published now; what has been set stays. */
  arrange(): Promise<void>
}

interface Due {
  service: string
  version: string
  start: string
  at: string
  /** From 1: the how manieth time. */
  round: number
}

type Begins = PublishedProcess & { start: string; how: Start }

export function createStarts({ sql, jobs, clock, mover, program, current, at }: StartNeeds): Starts {
  async function all(): Promise<Begins[]> {
    const services = await current()
    const found = await Promise.all(
      services.map(async (service) => {
        const { graph } = await program(service.id, service.version)
        return Object.entries(graph.starts ?? {}).map(([start, how]) => ({ ...service, start, how }))
      }),
    )
    return found.flat()
  }

  const request = ({ id, version, authority, start }: Begins, key: string, facts: Record<string, Json>) => ({
    key: `${id}/${start}/${key}`,
    service: { id, version },
    tenant: authority,
    subject: nobodyOf(id),
    at: start,
    facts,
  })

  jobs.handle('workflow.start', { batch: 20, concurrency: 1 }, async (due) => {
    const begins = await all()
    await sql.begin(asWorker, async (sql) => {
      for (const { payload } of due) {
        const { service, version, start, at: time, round } = payload as unknown as Due
        const one = begins.find((one) => one.id === service && one.version === version && one.start === start)
        if (one === undefined || one.how.trigger.on !== 'timer') continue
        const facts = { startedBy: { event: start, at: time } }
        await mover.start(sql, [request(one, time, facts)])
        await at('clock.started')
        await set(sql, one, one.how.trigger, round + 1)
      }
    })
  })

  async function set(sql: Sql, one: Begins, trigger: TimerTrigger, round: number): Promise<void> {
    const isRepeated = (trigger.every ?? trigger.everyFeel) !== undefined
    if (round > 1 && (!isRepeated || round > (trigger.times ?? Number.POSITIVE_INFINITY))) return
    const { rulesAt, timeOf } = await program(one.id, one.version)
    const runAt = timeOf(trigger, rulesAt(clock.now()))
    // Once a time has come, it does not come again when the process starts anew.
    if (!isRepeated && runAt < clock.now()) return
    const key = `${one.id}@${one.version}/${one.start}`
    const payload = { service: one.id, version: one.version, start: one.start, at: runAt.toISOString(), round }
    await jobs.add(sql, { queue: 'workflow.start', key, payload, runAt, share: one.id })
  }

  return {
    async byMessages(sql, messages) {
      const begins = messages.length === 0 ? [] : await all()
      const wanted = messages.flatMap((message) =>
        begins
          .filter(({ how, authority }) => {
            const isMeant = message.tenant === '*' || message.tenant === authority
            return isMeant && how.trigger.on === 'message' && how.trigger.message === message.name
          })
          .map((one) => ({ one, message })),
      )
      const requests = await Promise.all(
        wanted.map(async ({ one, message }) => {
          const { rulesAt, learned } = await program(one.id, one.version)
          const facts = { startedBy: { event: one.start }, ...learned(one.how, message.content, rulesAt(clock.now())) }
          return request(one, beginningOf(message.sentAs), facts)
        }),
      )
      if (requests.length > 0) await mover.start(sql, requests)
      return wanted.map(({ message }) => message.id)
    },

    async bySignal(sql, { signal, tenant, key }) {
      const begins = (await all()).filter(
        ({ how, authority }) =>
          how.trigger.on === 'signal' && how.trigger.signal === signal && (tenant === '*' || tenant === authority),
      )
      if (begins.length > 0)
        await mover.start(
          sql,
          begins.map((one) => request(one, key, { startedBy: { event: one.start } })),
        )
    },

    async arrange() {
      const begins = await all()
      await sql.begin(asWorker, async (sql) => {
        for (const one of begins) if (one.how.trigger.on === 'timer') await set(sql, one, one.how.trigger, 1)
      })
    },
  }
}

/** An event is told once for each value that it carries; it begins a process once. */
function beginningOf(sentAs: string): string {
  return sentAs.startsWith('event:') ? sentAs.slice(0, sentAs.lastIndexOf(' ')) : sentAs
}

/** Facts of what began by itself are sealed for the service: they are nobody's. */
export function nobodyOf(service: string): string {
  const hash = createHash('sha256').update(`workflow.start:${service}`).digest('hex')
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`
}

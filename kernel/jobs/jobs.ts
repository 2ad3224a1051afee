// Jobs: added in the caller's transaction, leased in batches, done at least once, shared out fairly.

import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '@ashlar/kernel/clock'
import type { Database, Sql } from '@ashlar/kernel/sql'
import { afterCommit } from '@ashlar/kernel/sql'
import type { Job, Json, Rest } from './job.ts'
import type { Queue } from './queue.ts'
import { createQueue } from './queue.ts'
import type { DeadLetter, QueueFigures } from './store.ts'
import { addJob, addJobs, jobStore } from './store.ts'
import type { Wake } from './wake.ts'
import { createWake } from './wake.ts'

export interface JobRequest {
  /** 'workflow.advance' */
  queue: string
  /** While a job of this key waits, it is not added again; the earlier time holds. */
  key: string
  payload: Json
  /** Legal time; left out, at once. */
  runAt?: Date
  /** Shares are served in turn, so that a flood in one does not hold up another: a public service's id. */
  share?: string
}

export interface Handling {
  /** How many jobs at a call; 10. */
  batch?: number
  /** How many calls at a time in this process; 2. */
  concurrency?: number
  /** Seconds after which a process that gave no sign counts as dead; 60. */
  lease?: number
  /** Attempts before a job becomes a dead letter; 10. */
  attempts?: number
  /** A call has jobs of one share only, and a share at most so many calls at a time: what hangs holds up only itself. */
  perShare?: number
}

export interface Jobs {
  add(sql: Sql, job: JobRequest): Promise<void>
  /** Many in one statement. */
  addAll(sql: Sql, jobs: JobRequest[]): Promise<void>
  /**
   * Work resolves: the jobs are done. It throws: each is tried again by itself, then rests, then becomes a dead letter.
   * A job may be done more than once, so the work must bear that.
   */
  handle(queue: string, options: Handling, work: (jobs: Job[]) => Promise<void>): void
  /** Runs before the first job does, at every start(). */
  beforeStart(work: () => Promise<void>): void
  start(): Promise<void>
  /** Takes no more, and waits for what runs. */
  stop(): Promise<void>
  /** Resolves when nothing of the handled queues is due, runs or rests. For tests, and after the clock moved. */
  idle(): Promise<void>
  figures(): Promise<QueueFigures[]>
  deadLetters(queue?: string, limit?: number): Promise<DeadLetter[]>
  /** Another chance for a dead letter, with all its attempts. */
  retry(id: number): Promise<void>
  wake: Wake
}

export interface JobNeeds {
  /** As role ashlar_kernel. */
  sql: Database
  clock: Clock
  rest?: Rest
  log?: { warn(facts: object, text: string): void; error(facts: object, text: string): void }
}

const LOOK_MS = 1_000
const IDLE_LIMIT_MS = 60_000
const QUIET = { warn() {}, error() {} }

export function createJobs({ sql, clock, log = QUIET, rest = { firstMs: 1_000, maxMs: 600_000 } }: JobNeeds): Jobs {
  const store = jobStore(sql)
  const wake = createWake(sql)
  const queues = new Map<string, Queue>()
  const before: (() => Promise<void>)[] = []
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined
  let started = false

  wake.hear((topic) => queues.get(topic)?.pump())

  /** The slow look: frees what rested or was left behind, and finds what no one told us of. */
  async function look(): Promise<void> {
    await store.sweep(new Date())
    for (const name of await store.due([...queues.keys()], clock.now())) queues.get(name)?.pump()
  }

  function lookAgain(): void {
    timer = setTimeout(() => {
      looking = look()
        .catch((error) => log.warn({ err: error }, 'jobs: the database does not answer'))
        .finally(() => started && lookAgain())
    }, LOOK_MS).unref()
  }

  return {
    wake,

    async add(sql, job) {
      if (job.runAt && Number.isNaN(job.runAt.getTime())) throw new RangeError(`${job.queue}: runAt is not a time`)
      await addJob(sql, { ...job, share: job.share ?? '' })
      if (!job.runAt || job.runAt <= clock.now()) afterCommit(sql, () => wake.tell(job.queue))
    },

    async addAll(sql, requests) {
      if (requests.length === 0) return
      for (const { queue, runAt } of requests)
        if (runAt && Number.isNaN(runAt.getTime())) throw new RangeError(`${queue}: runAt is not a time`)
      await addJobs(
        sql,
        requests.map((job) => ({ ...job, share: job.share ?? '', runAt: job.runAt ?? '-infinity' })),
      )
      const now = clock.now()
      const due = new Set(requests.filter(({ runAt }) => !runAt || runAt <= now).map(({ queue }) => queue))
      afterCommit(sql, () => {
        for (const queue of due) wake.tell(queue)
      })
    },

    handle(name, options, work) {
      if (queues.has(name)) throw new Error(`Two handlers for the queue ${name}`)
      queues.set(name, createQueue({ name, options, work, store, clock, rest, log }))
    },

    beforeStart: (work) => void before.push(work),

    async start() {
      if (started) return
      for (const work of before) await work()
      await wake.start()
      started = true
      for (const queue of queues.values()) queue.open()
      await look()
      lookAgain()
    },

    async stop() {
      if (!started) return
      started = false
      clearTimeout(timer)
      await looking
      await Promise.all([...queues.values()].map((queue) => queue.close()))
      await wake.stop()
    },

    async idle() {
      if (!started) throw new Error('jobs.idle() before jobs.start(): nothing would ever run')
      const names = [...queues.keys()]
      for (const until = Date.now() + IDLE_LIMIT_MS; ; await delay(3)) {
        await look()
        await Promise.all([...queues.values()].map((queue) => queue.settled()))
        const [due, busy] = [await store.due(names, clock.now()), await store.busy(names)]
        if (due.length === 0 && !busy) return
        if (Date.now() > until) throw new Error(`jobs.idle(): still at work after a minute: ${due}`)
      }
    },

    figures: () => store.figures(clock.now()),
    deadLetters: (queue, limit = 100) => store.deadLetters(queue, limit),

    async retry(id) {
      const queue = await store.revive(id)
      if (queue) wake.tell(queue)
    },
  }
}

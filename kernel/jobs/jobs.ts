// Jobs: added in the caller's transaction, leased in batches, done at least once, shared out fairly.

import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Sql } from '@ashlar/kernel/sql'
import { afterCommit, alongside } from '@ashlar/kernel/sql'
import type { Handling, Job, JobNeeds, Json } from './job.ts'
import type { Queue } from './queue.ts'
import { createQueue } from './queue.ts'
import type { DeadLetter, NewJob, QueueFigures } from './store.ts'
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

const LOOK_MS = 1_000
const IDLE_LIMIT_MS = 60_000
const QUIET = { warn() {}, error() {} }

export function createJobs(needs: JobNeeds): Jobs {
  const { sql, clock, log = QUIET, rest = { firstMs: 1_000, maxMs: 600_000 }, lease = 30 } = needs
  const store = jobStore(sql)
  const wake = createWake(sql)
  const queues = new Map<string, Queue>()
  const before: (() => Promise<void>)[] = []
  let worker: string | undefined
  let signed = 0
  let signedBy: number | undefined
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined

  wake.hear((topic) => queues.get(topic)?.pump())

  /** The slow look: frees what rested or was left behind, and finds what no one told us of. */
  async function look(): Promise<void> {
    const now = Date.now()
    const isKnown = await store.inherit(new Date(now), worker)
    if (worker && (!isKnown || now - signed > (lease * 1000) / 3 || wake.backend() !== signedBy)) {
      signedBy = wake.backend()
      await store.signIn(worker, new Date(now + lease * 1000), signedBy)
      signed = now
    }
    await store.wakeRested(new Date(now))
    for (const name of await store.due([...queues.keys()], clock.now())) queues.get(name)?.pump()
  }

  function lookAgain(): void {
    timer = setTimeout(() => {
      looking = look()
        .catch((error) => log.warn({ err: error }, 'jobs: the database does not answer'))
        .finally(() => {
          if (worker) lookAgain()
        })
    }, LOOK_MS).unref()
  }

  /** As stored: without a share it is the share '', without a time at once. */
  function toNew(job: JobRequest): NewJob {
    if (job.runAt && Number.isNaN(job.runAt.getTime())) throw new RangeError(`${job.queue}: runAt is not a time`)
    return { ...job, share: job.share ?? '', runAt: job.runAt ?? '-infinity' }
  }

  function tell(tx: Sql, jobs: JobRequest[]): void {
    const now = clock.now()
    const due = new Set(jobs.filter(({ runAt }) => !runAt || runAt <= now).map(({ queue }) => queue))
    afterCommit(tx, () => {
      for (const queue of due) wake.tell(queue)
    })
  }

  return {
    wake,

    async add(tx, job) {
      await alongside(tx, addJob(tx, toNew(job)), () => tell(tx, [job]))
    },

    async addAll(tx, jobs) {
      if (jobs.length === 0) return
      await alongside(tx, addJobs(tx, jobs.map(toNew)), () => tell(tx, jobs))
    },

    handle(name, options, work) {
      if (queues.has(name)) throw new Error(`Two handlers for the queue ${name}`)
      if (worker) throw new Error(`A handler for ${name} after jobs.start()`)
      queues.set(name, createQueue({ name, options, work, store, clock, rest, log }))
    },

    beforeStart: (work) => void before.push(work),

    async start() {
      if (worker) return
      for (const work of before) await work()
      await wake.start()
      worker = randomUUID()
      signed = 0
      for (const queue of queues.values()) queue.open(worker)
      await look()
      lookAgain()
    },

    async stop() {
      const leaving = worker
      if (!leaving) return wake.stop()
      worker = undefined
      clearTimeout(timer)
      await looking
      await Promise.all([...queues.values()].map((queue) => queue.close()))
      await wake.stop()
      // What could not be finished is done by others as soon as our sign of life runs out.
      await store.signOut(leaving).catch(() => {})
    },

    async idle() {
      if (!worker) throw new Error('jobs.idle() before jobs.start(): nothing would ever run')
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

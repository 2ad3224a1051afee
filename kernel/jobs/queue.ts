// One queue within this process: in each turn it keeps what was done and takes as much as it has hands for.
import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '@ashlar/kernel/clock'
import type { Handling, Job, JobNeeds, Rest } from './job.ts'
import { describeError, restAfter } from './job.ts'
import type { JobStore } from './store.ts'

export interface Queue {
  open(worker: string): void
  /** There may be something to take. */
  pump(): void
  /** Resolves when nothing of this queue runs here, and what was done is kept. */
  settled(): Promise<void>
  close(): Promise<void>
}

interface QueueNeeds {
  name: string
  options: Handling
  work: (jobs: Job[]) => Promise<void>
  store: JobStore
  clock: Clock
  rest: Rest
  log: NonNullable<JobNeeds['log']>
}

const RETRY_MS = 300
/** A server that is killed again and again takes what it was doing with it; what ends it itself must not do so for ever. */
const MOST_DEATHS = 30
/** How long to go on trying to keep what was done, when the database does not answer. */
const SETTLE_MS = 5_000

export function createQueue({ name, options, work, store, clock, rest, log }: QueueNeeds): Queue {
  const { batch = 10, concurrency = 2, attempts = 10, perShare } = options
  const running = new Set<Promise<void>>()
  /** Calls that run, by share; kept only where shares have a limit. */
  const calls = new Map<string, number>()
  /** What calls hold at this moment. */
  const held = new Set<number>()
  let done: number[] = []
  /** The database did not answer: it may count jobs as ours that we never heard of, or have let go of. */
  let unsure = false
  let worker = ''
  let isOpen = false
  let turning: Promise<void> | undefined
  let wanted = false
  let after = ''

  /** One turn at a time; what is asked for or done meanwhile goes into the next. */
  function pump(): void {
    wanted = true
    if (!isOpen && done.length === 0) return
    turning ??= turns().finally(() => {
      turning = undefined
      if (done.length > 0 || (wanted && isOpen && running.size < concurrency)) setImmediate(pump)
    })
  }

  async function turns(): Promise<void> {
    while (done.length > 0 || (wanted && isOpen && running.size < concurrency)) {
      const settling = done
      done = []
      try {
        if (unsure) await store.letGo(name, worker, [...held, ...settling])
        unsure = false
        await turn(settling)
      } catch (error) {
        log.warn({ err: error, queue: name }, 'jobs: the database does not answer')
        unsure = true
        done.push(...settling)
        wanted = true
        await delay(RETRY_MS, undefined, { ref: false })
        if (!isOpen) return
      }
    }
  }

  async function turn(settling: number[]): Promise<void> {
    wanted = false
    const hands = isOpen ? concurrency - running.size : 0
    const { finished, taken } = await store.turn({
      queue: name,
      worker,
      done: settling,
      take: hands * batch,
      perShare: perShare === undefined ? undefined : batch,
      shares: perShare === undefined ? hands * batch : hands,
      full: [...calls].filter(([, count]) => count >= (perShare ?? 0)).map(([share]) => share),
      after,
      due: clock.now(),
    })
    if (taken.length > 0) {
      after = lastServed(taken, after)
      wanted = true
      for (const jobs of divide(taken, batch, perShare !== undefined)) begin(jobs)
    }
    if (finished.length < settling.length) await finishRest(settling, finished)
  }

  async function finishRest(settling: number[], finished: number[]): Promise<void> {
    const kept = new Set(finished)
    for (const id of settling) if (!kept.has(id)) await store.finish(id, worker)
  }

  function begin(jobs: Job[]): void {
    const share = perShare === undefined ? undefined : jobs[0]?.share
    if (share !== undefined) calls.set(share, (calls.get(share) ?? 0) + 1)
    for (const { id } of jobs) held.add(id)
    const run = runCall(jobs).finally(() => {
      running.delete(run)
      for (const { id } of jobs) held.delete(id)
      if (share !== undefined) leave(share)
      pump()
    })
    running.add(run)
  }

  function leave(share: string): void {
    const left = (calls.get(share) ?? 1) - 1
    if (left > 0) calls.set(share, left)
    else calls.delete(share)
  }

  async function runCall(jobs: Job[]): Promise<void> {
    try {
      const fresh = jobs.filter((job) => job.attempt === 1 && job.deaths === 0)
      const before = jobs.filter((job) => job.attempt > 1 || job.deaths > 0)
      const alone = fresh.length > 1 ? await runTogether(fresh) : fresh
      for (const job of [...alone, ...before]) await runAlone(job)
    } catch (error) {
      // The outcome could not be kept, so it is done again.
      log.warn({ err: error, queue: name }, 'jobs: the outcome could not be kept')
      unsure = true
    }
  }

  /** Gives those that must be tried one by one, because one of them spoilt the batch. */
  async function runTogether(jobs: Job[]): Promise<Job[]> {
    try {
      await work(jobs)
    } catch {
      return jobs
    }
    done.push(...jobs.map((job) => job.id))
    return []
  }

  async function runAlone(job: Job): Promise<void> {
    if (job.deaths >= MOST_DEATHS) {
      return store.bury(job.id, worker, 'its process ended while it ran, again and again', new Date())
    }
    const failure = await work([job]).then(
      () => undefined,
      (error) => ({ error }),
    )
    if (failure) return fail(job, failure.error)
    done.push(job.id)
    pump()
  }

  async function fail(job: Job, error: unknown): Promise<void> {
    const facts = { err: error, queue: name, key: job.key, attempt: job.attempt }
    if (job.attempt >= attempts) {
      log.error(facts, 'jobs: gave up; it is a dead letter now')
      await store.bury(job.id, worker, describeError(error), new Date())
    } else {
      log.warn(facts, 'jobs: failed; it will be tried again')
      await store.rest(job.id, worker, new Date(Date.now() + restAfter(job.attempt, rest)), describeError(error))
    }
  }

  async function settled(): Promise<void> {
    while (turning || running.size > 0) await Promise.all([turning, ...running])
  }

  return {
    pump,
    settled,
    open: (as) => {
      worker = as
      isOpen = true
    },
    close: async () => {
      isOpen = false
      await settled()
      for (const until = Date.now() + SETTLE_MS; done.length > 0 && Date.now() < until; await settled()) {
        await delay(20)
        pump()
      }
      done = []
    },
  }
}

/** Into calls of at most `size`; where shares have a limit, each call holds one share. */
function divide(jobs: Job[], size: number, byShare: boolean): Job[][] {
  const groups = byShare ? Object.values(Object.groupBy(jobs, (job) => job.share)) : [jobs]
  return groups.flatMap((group = []) =>
    Array.from({ length: Math.ceil(group.length / size) }, (_, index) => group.slice(index * size, (index + 1) * size)),
  )
}

/** Shares are served in turn, from the one after the last: past the end they begin anew. */
function lastServed(jobs: Job[], after: string): string {
  const shares = jobs.map((job) => job.share).sort()
  return shares.findLast((share) => share <= after) ?? shares.at(-1) ?? ''
}

// One queue within this process: takes batches while there are any, keeps their leases alive, settles how they ended.
import { randomUUID } from 'node:crypto'
import type { Clock } from '@ashlar/kernel/clock'
import type { Job, Rest } from './job.ts'
import { describeError, restAfter } from './job.ts'
import type { Handling, JobNeeds } from './jobs.ts'
import type { JobStore } from './store.ts'

export interface Queue {
  open(): void
  /** There may be something to take. */
  pump(): void
  /** Resolves when nothing of this queue runs here. */
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

export function createQueue({ name, options, work, store, clock, rest, log }: QueueNeeds): Queue {
  const { batch = 10, concurrency = 2, lease: leaseSeconds = 60, attempts = 10, perShare } = options
  const running = new Set<Promise<void>>()
  /** Calls that run, by share; kept only where shares have a limit. */
  const calls = new Map<string, number>()
  let isOpen = false
  let taking: Promise<void> | undefined
  let again = false
  let after = ''

  const leaseEnd = () => new Date(Date.now() + leaseSeconds * 1000)

  /** One taker at a time; a call that comes while it takes makes it look once more. */
  function pump(): void {
    if (!isOpen) return
    again = true
    taking ??= take()
      .catch((error) => log.warn({ err: error, queue: name }, 'jobs: could not take any'))
      .finally(() => {
        taking = undefined
        if (again && running.size < concurrency) setImmediate(pump)
      })
  }

  async function take(): Promise<void> {
    while (again && isOpen && running.size < concurrency) {
      again = false
      const lease = randomUUID()
      const full = [...calls].filter(([, count]) => count >= (perShare ?? Infinity)).map(([share]) => share)
      const shares = perShare === undefined ? batch : 1
      const jobs = await store.claim({
        queue: name,
        batch,
        lease,
        until: leaseEnd(),
        due: clock.now(),
        after,
        shares,
        full,
      })
      if (jobs.length === 0) return
      after = lastServed(jobs, after)
      again = true
      const share = perShare === undefined ? undefined : jobs[0]!.share
      if (share !== undefined) calls.set(share, (calls.get(share) ?? 0) + 1)
      const run = runBatch(jobs, lease).finally(() => {
        running.delete(run)
        if (share !== undefined) leave(share)
        pump()
      })
      running.add(run)
    }
  }

  function leave(share: string): void {
    const left = (calls.get(share) ?? 1) - 1
    if (left > 0) calls.set(share, left)
    else calls.delete(share)
  }

  async function runBatch(jobs: Job[], lease: string): Promise<void> {
    const left = new Set(jobs.map((job) => job.id))
    const heartbeat = setInterval(
      () => {
        store.extend([...left], lease, leaseEnd()).catch(() => {})
      },
      (leaseSeconds * 1000) / 3,
    )
    try {
      const fresh = jobs.filter((job) => job.attempt === 1)
      const alone = jobs.filter((job) => job.attempt > 1)
      if (fresh.length === 1) alone.unshift(...fresh)
      else if (fresh.length > 1) alone.unshift(...(await tryTogether(fresh, lease, left)))
      for (const job of alone) await runAlone(job, lease, left)
    } catch (error) {
      // The database did not take the outcome: the lease runs out and the jobs are done again.
      log.warn({ err: error, queue: name }, 'jobs: the outcome could not be kept')
    } finally {
      clearInterval(heartbeat)
    }
  }

  /** Gives those that must be tried one by one, because one of them spoilt the batch. */
  async function tryTogether(jobs: Job[], lease: string, left: Set<number>): Promise<Job[]> {
    try {
      await work(jobs)
    } catch {
      return jobs
    }
    const ids = jobs.map((job) => job.id)
    await store.finish(ids, lease)
    for (const id of ids) left.delete(id)
    return []
  }

  async function runAlone(job: Job, lease: string, left: Set<number>): Promise<void> {
    if (job.attempt > attempts) {
      await store.bury(job.id, lease, 'its process ended while it ran, again and again', new Date())
    } else {
      const failure = await work([job]).then(
        () => undefined,
        (error) => ({ error }),
      )
      if (!failure) await store.finish([job.id], lease)
      else await fail(job, lease, failure.error)
    }
    left.delete(job.id)
  }

  async function fail(job: Job, lease: string, error: unknown): Promise<void> {
    const facts = { err: error, queue: name, key: job.key, attempt: job.attempt }
    if (job.attempt >= attempts) {
      log.error(facts, 'jobs: gave up; it is a dead letter now')
      await store.bury(job.id, lease, describeError(error), new Date())
    } else {
      log.warn(facts, 'jobs: failed; it will be tried again')
      await store.rest(job.id, lease, new Date(Date.now() + restAfter(job.attempt, rest)), describeError(error))
    }
  }

  async function settled(): Promise<void> {
    while (taking || running.size > 0) await Promise.all([taking, ...running])
  }

  return {
    pump,
    settled,
    open: () => {
      isOpen = true
    },
    close: async () => {
      isOpen = false
      await settled()
    },
  }
}

/** Shares are served in turn, from the one after the last: past the end they begin anew. */
function lastServed(jobs: Job[], after: string): string {
  const shares = jobs.map((job) => job.share).sort()
  return shares.findLast((share) => share <= after) ?? shares.at(-1) ?? ''
}

// SQL of the jobs; no other file knows the tables.
import type { Database, Sql } from '@ashlar/kernel/sql'
import type { Job } from './job.ts'

export interface DeadLetter {
  id: number
  queue: string
  key: string
  share: string
  payload: unknown
  attempt: number
  error: string
  diedAt: Date
}

export interface QueueFigures {
  queue: string
  /** Due by legal time and not begun. */
  ready: number
  waiting: number
  running: number
  resting: number
  dead: number
}

export interface Claim {
  queue: string
  batch: number
  lease: string
  until: Date
  /** Legal time. */
  due: Date
  /** The share served last: the next ones come first. */
  after: string
  /** How many shares to take from. */
  shares: number
  /** Shares that run at their limit already. */
  full: string[]
}

export async function addJob(
  sql: Sql,
  job: { queue: string; key: string; share: string; payload: unknown; runAt?: Date },
): Promise<void> {
  await sql`select kernel.add_job(
    ${job.queue}, ${job.key}, ${job.share}, ${sql.json(job.payload)}, ${job.runAt ?? '-infinity'})`
}

export async function addJobs(
  sql: Sql,
  jobs: { queue: string; key: string; share: string; payload: unknown; runAt: Date | '-infinity' }[],
): Promise<void> {
  const columns = { queue: 'text', key: 'text', share: 'text', payload: 'jsonb', run_at: 'timestamptz' }
  await sql`select kernel.add_job(queue, key, share, payload, run_at) from ${sql.unnest(columns, jobs)}`
}

export function jobStore(sql: Database) {
  return {
    /**
     * Takes up to a batch, shared out evenly among the shares that have something due. The same key never runs twice
     * at a time.
     */
    claim: (claim: Claim): Promise<Job[]> => sql<Job>`
      with recursive present(share) as (
        (select share from kernel.job where queue = ${claim.queue} and state = 0 order by share limit 1)
        union all
        select (select j.share from kernel.job j
          where j.queue = ${claim.queue} and j.state = 0 and j.share > p.share order by j.share limit 1)
        from present p where p.share is not null
      ), due as (
        select share from present p
        where share is not null and share <> all(${claim.full}::text[]) and exists (select 1 from kernel.job j
          where j.queue = ${claim.queue} and j.state = 0 and j.share = p.share and j.run_at <= ${claim.due})
        order by share <= ${claim.after}, share
        limit ${claim.shares}
      ), picked as materialized (
        select j.id from due cross join lateral (
          select id from kernel.job w
          where w.queue = ${claim.queue} and w.state = 0 and w.share = due.share and w.run_at <= ${claim.due}
            and not exists (select 1 from kernel.job r where r.queue = w.queue and r.key = w.key and r.state = 1)
          order by w.run_at, w.id
          limit (select ceil(${claim.batch}::int / count(*)::numeric) from due)
          for update skip locked
        ) j
        limit ${claim.batch}
      )
      update kernel.job j set state = 1, lease = ${claim.lease}, until = ${claim.until}, attempt = attempt + 1
      from picked where j.id = picked.id
      returning j.id, j.queue, j.key, j.share, j.payload, j.attempt`,

    async finish(ids: number[], lease: string): Promise<void> {
      await sql`delete from kernel.job where id = any(${ids}::bigint[]) and lease = ${lease}`
    },

    async extend(ids: number[], lease: string, until: Date): Promise<void> {
      await sql`update kernel.job set until = ${until} where id = any(${ids}::bigint[]) and lease = ${lease}`
    },

    /** Back to wait for another attempt; when the same key has been added anew meanwhile, that one stands for both. */
    async rest(id: number, lease: string, until: Date, error: string): Promise<void> {
      await onceMore(async () => {
        await sql`
          with renewed as (
            delete from kernel.job j where j.id = ${id} and j.lease = ${lease}
              and exists (select 1 from kernel.job o where o.queue = j.queue and o.key = j.key and o.state <> 1)
            returning j.id
          )
          update kernel.job set state = 2, lease = null, until = ${until}, error = ${error}
          where id = ${id} and lease = ${lease} and id not in (select id from renewed)`
      })
    },

    async bury(id: number, lease: string, error: string, at: Date): Promise<void> {
      await sql`
        with dead as (
          delete from kernel.job where id = ${id} and lease = ${lease}
          returning id, queue, key, share, payload, attempt
        )
        insert into kernel.dead_letter (id, queue, key, share, payload, attempt, error, died_at)
        select id, queue, key, share, payload, attempt, ${error}, ${at} from dead`
    },

    /** Rests that are over, and leases of processes that died; gives the queues that have work again. */
    async sweep(machineNow: Date): Promise<string[]> {
      const rows = await onceMore(
        () => sql<{ queue: string }>`
        with over as materialized (
          select id, queue, key, state from kernel.job where state <> 0 and until <= ${machineNow}
          for update skip locked
        ), renewed as (
          delete from kernel.job j using over where j.id = over.id and over.state = 1
            and exists (select 1 from kernel.job o where o.queue = j.queue and o.key = j.key and o.state <> 1)
          returning j.id
        ), freed as (
          update kernel.job j set state = 0, lease = null, until = null
          from over where j.id = over.id and j.id not in (select id from renewed)
          returning j.queue
        )
        select distinct queue from freed`,
      )
      return rows.map((row) => row.queue)
    },

    /** Which of these queues have something due. */
    async due(queues: string[], due: Date): Promise<string[]> {
      const rows = await sql<{ queue: string }>`
        select q.queue from unnest(${queues}::text[]) as q(queue)
        where exists (
          with recursive present(share) as (
            (select share from kernel.job where queue = q.queue and state = 0 order by share limit 1)
            union all
            select (select j.share from kernel.job j
              where j.queue = q.queue and j.state = 0 and j.share > p.share order by j.share limit 1)
            from present p where p.share is not null
          )
          select 1 from present p where p.share is not null and exists (select 1 from kernel.job j
            where j.queue = q.queue and j.state = 0 and j.share = p.share and j.run_at <= ${due}))`
      return rows.map((row) => row.queue)
    },

    /** Whether anything of these queues runs or rests. */
    async busy(queues: string[]): Promise<boolean> {
      const rows = await sql`select 1 from kernel.job where state <> 0 and queue = any(${queues}::text[]) limit 1`
      return rows.length > 0
    },

    figures: (due: Date): Promise<QueueFigures[]> => sql<QueueFigures>`
      select queue, sum(ready)::int as ready, sum(waiting)::int as waiting, sum(running)::int as running,
        sum(resting)::int as resting, sum(dead)::int as dead
      from (
        select queue, (state = 0 and run_at <= ${due})::int as ready, (state = 0 and run_at > ${due})::int as waiting,
          (state = 1)::int as running, (state = 2)::int as resting, 0 as dead
        from kernel.job
        union all select queue, 0, 0, 0, 0, 1 from kernel.dead_letter
      ) as each group by queue order by queue`,

    deadLetters: (queue: string | undefined, limit: number): Promise<DeadLetter[]> => sql<DeadLetter>`
      select id, queue, key, share, payload, attempt, error, died_at as "diedAt" from kernel.dead_letter
      where ${queue ?? null}::text is null or queue = ${queue ?? null} order by id desc limit ${limit}`,

    /** Gives its queue, or undefined when there is no such dead letter (any more). */
    async revive(id: number): Promise<string | undefined> {
      const [row] = await sql<{ queue: string }>`
        with dead as (delete from kernel.dead_letter where id = ${id} returning queue, key, share, payload)
        select queue, kernel.add_job(queue, key, share, payload, '-infinity') from dead`
      return row?.queue
    },
  }
}

export type JobStore = ReturnType<typeof jobStore>

/** The same key may be added between the look and the write: then the unique index says so, and we look again. */
async function onceMore<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if ((error as { code?: string }).code !== '23505' || attempt >= 5) throw error
    }
  }
}

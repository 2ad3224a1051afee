// SQL of the jobs; no other file knows the tables.
import type { Context, Database, Sql } from '@ashlar/kernel/sql'
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
  /** For a later time. */
  waiting: number
  running: number
  /** After a failure. */
  resting: number
  dead: number
}

/** What a queue has done, and what it takes next, in one statement and one commit. */
export interface Turn {
  queue: string
  worker: string
  done: number[]
  /** How many jobs to take. */
  take: number
  /** At most so many of one share; left out, shares get equal parts. */
  perShare?: number
  /** From at most so many shares. */
  shares: number
  /** Not from these shares. */
  full: string[]
  /** The share served last: the next ones come first. */
  after: string
  /** Legal time. */
  due: Date
}

export interface NewJob {
  queue: string
  key: string
  share: string
  payload: unknown
  runAt: Date | '-infinity'
}

export function addJob(sql: Sql, { queue, key, share, payload, runAt }: NewJob): Promise<object[]> {
  return sql`select kernel.add_job(${queue}, ${key}, ${share}, ${sql.json(payload)}, ${runAt})`
}

export function addJobs(sql: Sql, jobs: NewJob[]): Promise<object[]> {
  const columns = { queue: 'text', key: 'text', share: 'text', payload: 'jsonb', run_at: 'timestamptz' }
  // Always in the same order, so that two who add the same keys do not wait for each other in a circle.
  const sorted = jobs.toSorted((a, b) => compare(a.queue, b.queue) || compare(a.key, b.key))
  return sql`select kernel.add_job(queue, key, share, payload, run_at) from ${sql.unnest(columns, sorted)}`
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

const AS_JOBS: Context = {
  tenant: null,
  actor: { kind: 'system', id: 'jobs' },
  purpose: 'jobs',
  channel: 'system',
  trace: 'jobs',
}

type TurnRow = Job & { taken: boolean }

export function jobStore(sql: Database) {
  return {
    /**
     * Only who is signed in may take: its row is held while it does, so that whoever declares it dead meanwhile (and
     * waits for that row) also finds what was just taken. Gives the ids that were finished (one that is
     * being added anew this moment is left out), and the jobs taken.
     *
     * Its commit is not waited for: if the database dies before it is written, what was taken is free again and what was
     * finished is done again, as after any other death. What a job commits itself is written with all that came before.
     */
    async turn(turn: Turn): Promise<{ finished: number[]; taken: Job[] }> {
      const rows = await sql<TurnRow>`
        with recursive mine as materialized (
          select id, next_at, next_payload from kernel.job
          where id = any(${turn.done}::bigint[]) and lease = ${turn.worker} for update skip locked
        ), gone as (
          delete from kernel.job j using mine where j.id = mine.id and mine.next_at is null
        ), renewed as (
          update kernel.job j
          set state = 0, lease = null, attempt = 0, deaths = 0, error = null, run_at = mine.next_at, next_at = null,
            payload = coalesce(mine.next_payload, j.payload), next_payload = null
          from mine where j.id = mine.id and mine.next_at is not null
        ), alive as materialized (
          select from kernel.worker
          where id = ${turn.worker} and set_config('synchronous_commit', 'off', true) is not null for key share
        ), present(share) as (
          (select share from kernel.job
            where queue = ${turn.queue} and ${turn.take}::int > 0 and exists (select from alive) order by share limit 1)
          union all
          select (select j.share from kernel.job j
            where j.queue = ${turn.queue} and j.share > p.share order by j.share limit 1)
          from present p where p.share is not null
        ), due as materialized (
          select share from present p
          where share <> all(${turn.full}::text[]) and exists (select 1 from kernel.job j
            where j.queue = ${turn.queue} and j.share = p.share and j.run_at <= ${turn.due} and j.state = 0)
          order by share <= ${turn.after}, share
          limit ${turn.shares}
        ), picked as materialized (
          select j.id from due cross join lateral (
            select id from kernel.job w
            where w.queue = ${turn.queue} and w.share = due.share and w.run_at <= ${turn.due} and w.state = 0
            order by w.run_at, w.id
            limit (select coalesce(${turn.perShare ?? null}::int, ceil(${turn.take}::int / count(*)::numeric)) from due)
            for update skip locked
          ) j
          limit ${turn.take}
        ), taken as (
          update kernel.job j set state = 1, lease = ${turn.worker}, attempt = attempt + 1
          where j.id = any(array(select id from picked))
          returning j.id, j.queue, j.key, j.share, j.payload, j.attempt, j.deaths
        )
        select false as taken, id, null as queue, null as key, null as share, null as payload, 0 as attempt,
          0 as deaths from mine
        union all
        select true, id, queue, key, share, payload, attempt, deaths from taken`
      const taken = rows.filter((row) => row.taken).map(({ taken: _, ...job }) => job)
      return {
        finished: rows.filter((row) => !row.taken).map((row) => row.id),
        taken: taken.sort((a, b) => a.id - b.id),
      }
    },

    /** Frees what this worker holds of the queue, except what it knows that it holds. */
    async letGo(queue: string, worker: string, known: number[]): Promise<void> {
      await sql`
        update kernel.job set state = 0, lease = null, run_at = '-infinity', attempt = attempt - 1
        where queue = ${queue} and state = 1 and lease = ${worker} and id <> all(${known}::bigint[])`
    },

    /** Waits for whoever adds it anew. */
    async finish(id: number, worker: string): Promise<void> {
      await sql`
        with mine as materialized (
          select id, next_at, next_payload from kernel.job where id = ${id} and lease = ${worker} for update
        ), gone as (
          delete from kernel.job j using mine where j.id = mine.id and mine.next_at is null
        )
        update kernel.job j set state = 0, lease = null, attempt = 0, deaths = 0, error = null, run_at = mine.next_at, next_at = null,
            payload = coalesce(mine.next_payload, j.payload), next_payload = null
        from mine where j.id = mine.id and mine.next_at is not null`
    },

    async rest(id: number, worker: string, until: Date, error: string): Promise<void> {
      await sql`
        update kernel.job set state = 2, lease = null, until = ${until}, run_at = 'infinity', error = ${error}
        where id = ${id} and lease = ${worker}`
    },

    /** If it was added anew while it ran, the new one begins afresh. */
    async bury(id: number, worker: string, error: string, at: Date): Promise<void> {
      await sql`
        with dead as materialized (
          select id, queue, key, share, payload, attempt, next_at, next_payload from kernel.job
          where id = ${id} and lease = ${worker} for update
        ), letter as (
          insert into kernel.dead_letter (queue, key, share, payload, attempt, error, died_at)
          select queue, key, share, payload, attempt, ${error}, ${at} from dead
        ), gone as (
          delete from kernel.job j using dead where j.id = dead.id and dead.next_at is null
        )
        update kernel.job j set state = 0, lease = null, attempt = 0, deaths = 0, error = null, run_at = dead.next_at, next_at = null,
          payload = coalesce(dead.next_payload, j.payload), next_payload = null
        from dead where j.id = dead.id and dead.next_at is not null`
    },

    /** A sign of life; `backend` is the connection that the process keeps as long as it lives. */
    async signIn(worker: string, until: Date, backend: number | undefined): Promise<void> {
      await sql`
        insert into kernel.worker (id, until, backend) values (${worker}, ${until}, ${backend})
        on conflict (id) do update set until = excluded.until, backend = excluded.backend`
    },

    /** What it has not finished is for others to do. */
    async signOut(worker: string): Promise<void> {
      await sql.begin(AS_JOBS, async (sql) => {
        await sql`delete from kernel.worker where id = ${worker}`
        await free(sql, [worker])
      })
    },

    /** Frees jobs that have rested enough. */
    async wakeRested(machineNow: Date): Promise<void> {
      await sql`
        with over as materialized (
          select id from kernel.job where until <= ${machineNow} for update skip locked
        )
        update kernel.job j set state = 0, until = null, run_at = '-infinity' from over where j.id = over.id`
    },

    /**
     * Frees jobs that ran in other processes, which gave no sign for long or whose connection has ended. Gives whether
     * we are still signed in ourselves.
     */
    async inherit(machineNow: Date, self: string | undefined): Promise<boolean> {
      const dead = sql.part`(w.until <= ${machineNow} or (w.backend is not null
        and not exists (select from pg_stat_activity a where a.pid = w.backend)))`
      const workers = await sql<{ id: string; dead: boolean }>`select w.id, ${dead} as dead from kernel.worker w`
      const others = workers.filter((worker) => worker.dead && worker.id !== self).map((worker) => worker.id)
      if (others.length > 0) {
        await sql.begin(AS_JOBS, async (sql) => {
          const gone = await sql<{ id: string }>`
            delete from kernel.worker w where w.id = any(${others}::uuid[]) and ${dead} returning w.id`
          await free(
            sql,
            gone.map((worker) => worker.id),
          )
        })
      }
      return workers.some((worker) => worker.id === self)
    },

    /** Which of these queues have something due. */
    async due(queues: string[], due: Date): Promise<string[]> {
      const rows = await sql<{ queue: string }>`
        select q.queue from unnest(${queues}::text[]) as q(queue)
        where exists (
          with recursive present(share) as (
            (select share from kernel.job where queue = q.queue order by share limit 1)
            union all
            select (select j.share from kernel.job j where j.queue = q.queue and j.share > p.share order by j.share limit 1)
            from present p where p.share is not null
          )
          select 1 from present p where exists (select 1 from kernel.job j
            where j.queue = q.queue and j.share = p.share and j.run_at <= ${due} and j.state = 0))`
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

/** In the transaction that took away their rows in kernel.worker, so that no job is left to a worker nobody knows. */
async function free(sql: Sql, workers: string[]): Promise<void> {
  await sql`
    update kernel.job set state = 0, lease = null, run_at = '-infinity', attempt = attempt - 1, deaths = deaths + 1
    where state = 1 and lease = any(${workers}::uuid[])`
}

export type JobStore = ReturnType<typeof jobStore>

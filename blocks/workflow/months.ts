// Keeps a partition of the history ready for each month to come.
import type { Jobs } from '@ashlar/kernel/jobs'
import type { Database } from '@ashlar/kernel/sql'
import { asWorker } from './runner.ts'
import { workflowStore } from './store.ts'

/** Months ahead; what is later still is kept in the rest until its month is made. */
const AHEAD = 13
const DAYS_20 = 20 * 86_400_000

export function keepMonths({ sql, jobs, clock }: { sql: Database; jobs: Jobs; clock: { now(): Date } }): void {
  const keep = () =>
    sql.begin(asWorker, async (sql) => {
      const now = clock.now()
      await workflowStore(sql).keepHistoryMonths(now, AHEAD)
      const runAt = new Date(now.getTime() + DAYS_20)
      await jobs.add(sql, { queue: 'workflow.months', key: 'next', payload: null, runAt })
    })

  jobs.handle('workflow.months', { batch: 1, concurrency: 1 }, keep)
  jobs.beforeStart(keep)
}

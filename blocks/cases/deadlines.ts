// The clock of the law: notices once, and in order, that the term of a case has passed undecided.
import type { Clock } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import type { Jobs } from '@ashlar/kernel/jobs'
import type { Database } from '@ashlar/kernel/sql'
import { announce, changed, lineOf } from './change.ts'
import { caseStore } from './store.ts'
import { asWorker } from './work.ts'

export interface DeadlineNeeds {
  sql: Database
  clock: Clock
  events: Events
  jobs: Jobs
}

/** Cases of one transaction. */
const BATCH = 500

export function watchDeadlines({ sql, clock, events, jobs }: DeadlineNeeds): void {
  jobs.handle('cases.deadline', { batch: 20, concurrency: 1 }, async () => {
    while ((await alarm()) === BATCH);
  })

  async function alarm(): Promise<number> {
    const at = clock.now()
    return sql.begin(asWorker, async (sql) => {
      const store = caseStore(sql)
      const rows = await store.overdue(at, BATCH)
      const late = rows.map((row) => changed(row, { breachedAt: at }))
      await store.updateCases(late)
      await store.insertTimeline(
        late.map((row) =>
          lineOf(row, { kind: 'overdue', audience: 'all', data: { deadline: row.deadline!.toISOString() } }, 'law', at),
        ),
      )
      await announce(sql, events, late)
      await events.publishAll(
        sql,
        late.map(({ id, service, tenant }) => ({
          type: 'cases.overdue',
          key: id,
          data: { case: id, service, authority: tenant },
          share: service,
        })),
      )
      return rows.length
    })
  }
}

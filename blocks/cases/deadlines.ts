// The clock of the law: notices once, and in order, that the term of a case has passed undecided; and lets old drafts go.
import { type Calendar, readTerm } from '@ashlar/kernel/calendar'
import { type Clock, dayOf, endOfDay } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import type { Jobs } from '@ashlar/kernel/jobs'
import { afterCommit, type Database, type Sql } from '@ashlar/kernel/sql'
import { announce, asWorker, changed, lineOf } from './change.ts'
import { draftStore } from './draft-store.ts'
import { caseStore } from './store.ts'

export interface DeadlineNeeds {
  sql: Database
  clock: Clock
  events: Events
  jobs: Jobs
  calendar: Calendar
}

/** Cases of one transaction. */
const BATCH = 500
/** All cases whose term ends at the same moment share one job; so long, in machine time, it is not asked for again. */
const SURE_FOR = 5_000
const MOST_KNOWN = 10_000

export type Deadlines = ReturnType<typeof watchDeadlines>

export function watchDeadlines({ sql, clock, events, jobs, calendar }: DeadlineNeeds) {
  const sureUntil = new Map<string, number>()
  const ends = new Map<string, Date>()

  jobs.handle('cases.deadline', { batch: 20, concurrency: 1 }, async () => {
    sureUntil.clear()
    while ((await alarm()) === BATCH);
  })

  jobs.handle('cases.draft-expiry', { batch: 20, concurrency: 1 }, async () => {
    while ((await expireDrafts()) === BATCH);
  })

  /** Drafts that nobody came back to: what they hold is let go. */
  function expireDrafts(): Promise<number> {
    return sql.begin(asWorker, (sql) => draftStore(sql).expire(clock.now(), BATCH))
  }

  async function alarm(): Promise<number> {
    const at = clock.now()
    return sql.begin(asWorker, async (sql) => {
      const store = caseStore(sql)
      const rows = await store.overdue(at, BATCH)
      if (rows.length === 0) return 0
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

  /**
   * Sees to it that somebody looks when this moment has come. Adding the job anew for each case would make all
   * submissions of a day wait for each other at its row.
   */
  async function lookAt(sql: Sql, queue: string, moment: Date): Promise<void> {
    const at = moment.toISOString()
    const key = `${queue} ${at}`
    if ((sureUntil.get(key) ?? 0) > Date.now()) return
    await jobs.add(sql, { queue, key: at, payload: { at }, runAt: moment })
    afterCommit(sql, () => {
      if (sureUntil.size >= MOST_KNOWN) sureUntil.clear()
      sureUntil.set(key, Date.now() + SURE_FOR)
    })
  }

  /** Terms of days or more end alike for all cases of a day, and a calendar is dear to ask a thousand times a second. */
  function endOf(term: string, at: Date): Date {
    const { unit } = readTerm(term)
    if (unit === 'hour' || unit === 'minute') return calendar.deadline(at, term)
    const key = `${clock.today()} ${term}`
    const end = ends.get(key) ?? calendar.deadline(at, term)
    if (ends.size >= MOST_KNOWN) ends.clear()
    ends.set(key, end)
    return end
  }

  return {
    /** When the term of a case that begins now (`at`) ends. */
    endOf,
    expect: (sql: Sql, deadline: Date) => lookAt(sql, 'cases.deadline', deadline),
    /** At the end of the day on which it expires. */
    expectDraft: (sql: Sql, expiresAt: Date) =>
      lookAt(sql, 'cases.draft-expiry', endOfDay(dayOf(expiresAt, clock.zone), clock.zone)),
    expireDrafts,
  }
}

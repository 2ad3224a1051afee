// How a case ends, by its process, by the applicant or by the law: what is still open of it is withdrawn with it.
import type { Events } from '@ashlar/kernel/events'
import type { Sql } from '@ashlar/kernel/sql'
import { caseLifecycle } from './case.ts'
import { announce, changed, lineOf } from './change.ts'
import { clockStore } from './clock-store.ts'
import { type CaseRow, caseStore } from './store.ts'

export interface Ending {
  row: CaseRow
  result: string
}

/** To be called with the cases locked; those that are closed already are left as they are. Gives them as they are now. */
export async function closeCases(
  sql: Sql,
  events: Events,
  endings: Ending[],
  { at, by }: { at: Date; by: string },
): Promise<CaseRow[]> {
  const store = caseStore(sql)
  const ending = endings.filter(({ row }) => row.status !== 'closed')
  if (ending.length === 0) return []
  const closed = ending.map(({ row, result }) =>
    changed(row, {
      status: caseLifecycle.next(row.status, 'close'),
      waitsFor: null,
      stuckSince: null,
      pausedAt: null,
      result,
      closedAt: at,
    }),
  )
  await store.updateCases(closed)
  // A clean case has none of these, and most are clean.
  const open = ending.filter(({ row }) => row.status !== 'received').map(({ row }) => row.id)
  if (open.length > 0) {
    const tasks = (await store.tasksOf(open)).filter(({ endedAt }) => endedAt === null)
    await store.updateTasks(tasks.map((task) => ({ ...task, state: 'cancelled', endedAt: at })))
    const requests = (await store.requestsOf(open)).filter(({ state }) => state === 'open')
    await store.endRequests(
      requests.map(({ id }) => ({ id, state: 'withdrawn', answer: null, outcome: null, endedAt: at })),
    )
    await clockStore(sql).endExtensions(open, 'lapsed', at)
  }
  await store.insertTimeline(
    closed.map((row) => lineOf(row, { kind: 'closed', audience: 'all', data: { result: row.result } }, by, at)),
  )
  await announce(sql, events, closed)
  await events.publishAll(
    sql,
    closed.map(({ id, service, result }) => ({
      type: 'cases.closed',
      key: id,
      data: { case: id, service, result },
      share: service,
    })),
  )
  return closed
}

/** Ended otherwise than by its process: the process ends, too, as soon as it hears of it. */
export function endProcesses(sql: Sql, events: Events, rows: CaseRow[]): Promise<void> {
  return events.publishAll(
    sql,
    rows.map(({ id, service, result }) => ({
      type: 'cases.ended',
      key: id,
      data: { case: id, result },
      share: service,
    })),
  )
}

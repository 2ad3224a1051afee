// How a case changes: one version further each time, its legal clock stopped and set going again, and told to who watches.
import type { Calendar } from '@ashlar/kernel/calendar'
import type { Events } from '@ashlar/kernel/events'
import { type Pairwise, uuidv7 } from '@ashlar/kernel/identifiers'
import type { Context, Sql } from '@ashlar/kernel/sql'
import { caseLifecycle, extendedBy, type Json } from './case.ts'
import { representativeOf } from './representation.ts'
import type { CaseRow, DecisionRow, TaskRow, TimelineRow } from './store.ts'

/** The platform's own workers see every tenant. */
export const asWorker: Context = {
  tenant: '*',
  actor: { kind: 'system', id: 'cases' },
  purpose: 'process',
  channel: 'system',
  trace: 'cases',
}

/** Events of one call share transactions on both sides. */
export const MANY = { batch: 200, concurrency: 1 }

/** The case that an event is about. */
export function caseOf({ data }: { data: unknown }): string {
  return (data as { case: string }).case
}

export function changed(row: CaseRow, changes: Partial<CaseRow>): CaseRow {
  return { ...row, ...changes, version: row.version + 1 }
}

/** The applicant is asked: the clock of the law stands still. Asked again meanwhile, it goes on standing. */
export function suspended(row: CaseRow, at: Date): CaseRow {
  return changed(row, {
    status: caseLifecycle.next(row.status, 'ask'),
    waitsFor: 'applicant',
    pausedAt: row.pausedAt ?? at,
  })
}

export function resumed(row: CaseRow, at: Date, calendar: Calendar): CaseRow {
  if (row.status !== 'suspended') return changed(row, {})
  const { deadline, term, pausedAt } = row
  const later = deadline && term && pausedAt ? extendedBy(deadline, term, pausedAt, at, calendar) : deadline
  return changed(row, {
    status: caseLifecycle.next(row.status, 'resume'),
    waitsFor: null,
    pausedAt: null,
    deadline: later,
  })
}

/** The task's own term stood still with the case's. */
export function dueAfterPause(task: TaskRow, pausedAt: Date | null, at: Date, calendar: Calendar): Date | null {
  if (task.due === null || task.term === null || pausedAt === null) return task.due
  const from = pausedAt > task.openedAt ? pausedAt : task.openedAt
  return extendedBy(task.due, task.term, from, at, calendar)
}

export interface Line {
  kind: string
  /** 'office' unless the applicant is to see it. */
  audience?: 'all' | 'office'
  data?: Json
  note?: Buffer
}

/** A line of a case's timeline. */
export function lineOf(
  row: Pick<CaseRow, 'id' | 'tenant' | 'person'>,
  line: Line,
  actor: string,
  at: Date,
): TimelineRow {
  return {
    id: uuidv7(),
    caseId: row.id,
    tenant: row.tenant,
    person: row.person,
    at,
    kind: line.kind,
    audience: line.audience ?? 'office',
    actor,
    data: line.data ?? {},
    note: line.note ?? null,
  }
}

/** Who acts, as timelines and decisions keep it. Staff by their id; an applicant only as one; who acts for another by name. */
export function actorOf(context: Context, pairwise: Pairwise): string {
  const { actor } = context
  if (context.represented !== undefined) return representativeOf(context, pairwise)
  return actor.kind === 'staff' || actor.kind === 'client' ? `${actor.kind}:${actor.id}` : actor.kind
}

/**
 * To live pages and to other blocks: only which case, and its version. What leaves the version as it was (who is at it, a
 * note) names its `occasion`, or it would pass for what was told before.
 */
export function announce(sql: Sql, events: Events, rows: CaseRow[], occasion = ''): Promise<void> {
  return events.publishAll(
    sql,
    rows.map(({ id, version, service, tenant }) => ({
      type: 'cases.changed',
      key: `${id}:${version}${occasion}`,
      data: { case: id, version, authority: tenant },
      share: service,
    })),
  )
}

/** What the law supposes where nobody decided in time. */
export function deemed(task: TaskRow, outcome: string, at: Date): DecisionRow {
  return {
    id: uuidv7(),
    task: task.id,
    caseId: task.caseId,
    tenant: task.tenant,
    person: task.person,
    outcome,
    reason: null,
    deemed: true,
    note: null,
    decidedBy: 'law',
    decidedAt: at,
    confirmedBy: null,
  }
}

// What the law has happen when a moment of a clock has come: a reminder to the office, or the end with its consequence.
import type { Calendar } from '@ashlar/kernel/calendar'
import type { Events } from '@ashlar/kernel/events'
import { uuidv7 } from '@ashlar/kernel/identifiers'
import type { Jobs } from '@ashlar/kernel/jobs'
import type { Sql } from '@ashlar/kernel/sql'
import { announce, changed, deemed, lineOf } from './change.ts'
import { type CaseClock, remindersOf } from './clock.ts'
import { clockStore, type NoticeRow } from './clock-store.ts'
import { closeCases, endProcesses } from './closing.ts'
import { type CaseRow, caseStore, type TaskRow, type TimelineRow } from './store.ts'

/** A case with the rules of its clock. */
export interface RuledCase {
  row: CaseRow
  rules: CaseClock
  nextAt: Date
  reminded: number
  extended: number
  deadline: Date
}

interface PassingNeeds {
  events: Events
  jobs: Jobs
  calendar: Calendar
  leads: string[]
  expect(moment: Date): Promise<void>
}

interface Moment {
  of: RuledCase
  at: Date
  kind: 'reminder' | 'end'
}

/**
 * Passes all moments of these cases that are not after `until`, in the order of the law's time. To be called with the
 * cases locked. `at`: now, of legal time.
 */
export async function passMoments(
  sql: Sql,
  needs: PassingNeeds,
  ruled: RuledCase[],
  until: Date,
  at: Date,
): Promise<void> {
  const { events, jobs, calendar, leads } = needs
  const store = caseStore(sql)
  const moments = ruled
    .flatMap((one) => momentsOf(one, until, calendar))
    .sort((a, b) => a.at.getTime() - b.at.getTime() || (a.of.row.id < b.of.row.id ? -1 : 1))
  if (moments.length === 0) return
  const tasks = (await store.tasksOf(ruled.map(({ row }) => row.id))).filter(({ endedAt }) => endedAt === null)
  const tasksOf = Map.groupBy(tasks, ({ caseId }) => caseId)
  const lines: TimelineRow[] = []
  const notices: NoticeRow[] = []
  const ended: RuledCase[] = []
  const next: { id: string; nextAt: Date | null; reminded: number; extended: number }[] = []

  for (const { of, kind } of moments) {
    const { row, rules, deadline } = of
    const open = tasksOf.get(row.id) ?? []
    const data = { deadline: deadline.toISOString() }
    if (kind === 'reminder') {
      lines.push(lineOf(row, { kind: 'reminded', data }, 'law', at))
      notices.push(...open.map((task) => noticeOf(of, task, task.role, 'reminder', at)))
    } else {
      const told = {
        ...data,
        ...(rules.law === undefined ? {} : { law: rules.law }),
        ...(rules.onBreach === 'alarm' ? {} : { consequence: rules.onBreach }),
      }
      lines.push(lineOf(row, { kind: 'overdue', audience: 'all', data: told }, 'law', at))
      notices.push(...open.flatMap((task) => leads.map((role) => noticeOf(of, task, role, 'escalation', at))))
      ended.push(of)
    }
  }
  for (const one of ruled) {
    const passed = moments.filter(({ of }) => of === one)
    if (passed.length === 0) continue
    const reminded = one.reminded + passed.filter(({ kind }) => kind === 'reminder').length
    const isOver = passed.some(({ kind }) => kind === 'end')
    const nextAt = isOver ? null : (remindersOf(one.rules, one.deadline, calendar)[reminded] ?? one.deadline)
    next.push({ id: one.row.id, nextAt, reminded, extended: one.extended })
    if (nextAt !== null) await needs.expect(nextAt)
  }
  await clockStore(sql).setClocks(next)
  await clockStore(sql).insertNotices(notices)
  await clockStore(sql).endExtensions(
    ended.map(({ row }) => row.id),
    'lapsed',
    at,
  )
  // Timelines are read by id, and ids of one moment have no order of their own.
  const ids = lines.map(({ id }) => id).sort()
  await store.insertTimeline(lines.map((line, n) => ({ ...line, id: ids[n]! })))
  const late = ended.map(({ row }) => changed(row, { breachedAt: at }))
  await store.updateCases(late)
  await events.publishAll(
    sql,
    late.map(({ id, service, tenant }) => ({
      type: 'cases.overdue',
      key: id,
      data: { case: id, service, authority: tenant },
      share: service,
    })),
  )
  const reminded = ruled.filter(({ row }) => !late.some(({ id }) => id === row.id))
  await announce(sql, events, late)
  await announce(
    sql,
    events,
    reminded.map(({ row }) => row),
    `:reminded:${at.toISOString()}`,
  )
  for (const { row, rules } of ended)
    if (rules.onBreach === 'refund')
      await jobs.add(sql, {
        queue: 'cases.remedy',
        key: row.id,
        payload: { case: row.id, percent: rules.refund ?? 100, reason: 'late' },
        share: row.service,
      })
  await decideByLaw(sql, events, ended, late, tasksOf, at)
}

function momentsOf(of: RuledCase, until: Date, calendar: Calendar): Moment[] {
  const reminders = remindersOf(of.rules, of.deadline, calendar)
    .slice(of.reminded)
    .filter((at) => at < of.deadline)
    .map((at): Moment => ({ of, at, kind: 'reminder' }))
  return [...reminders, { of, at: of.deadline, kind: 'end' as const }].filter(({ at }) => at <= until)
}

/**
 * Silence that grants or refuses: the task that waits is decided as the law supposes, and the process goes on from there;
 * a case in which no such task waits ends with that result.
 */
async function decideByLaw(
  sql: Sql,
  events: Events,
  ended: RuledCase[],
  late: CaseRow[],
  tasksOf: Map<string, TaskRow[]>,
  at: Date,
): Promise<void> {
  const store = caseStore(sql)
  const now = new Map(late.map((row) => [row.id, row]))
  const supposed: { task: TaskRow; outcome: string; row: CaseRow; law: string | null }[] = []
  const over: { row: CaseRow; result: string }[] = []
  for (const { row, rules } of ended) {
    if (rules.onBreach !== 'granted' && rules.onBreach !== 'refused') continue
    const waits = (tasksOf.get(row.id) ?? []).filter(({ name }) => rules.supposes?.[name] !== undefined)
    const current = now.get(row.id)!
    if (waits.length === 0) over.push({ row: current, result: rules.onBreach })
    for (const task of waits)
      supposed.push({ task, outcome: rules.supposes![task.name]!, row: current, law: rules.law ?? null })
  }
  await store.updateTasks(supposed.map(({ task }) => ({ ...task, state: 'expired', endedAt: at })))
  await store.insertDecisions(supposed.map(({ task, outcome }) => deemed(task, outcome, at)))
  await store.insertTimeline([
    ...supposed.map(({ task, outcome, row, law }) =>
      lineOf(row, { kind: 'deemed', audience: 'all', data: { task: task.name, outcome, law } }, 'law', at),
    ),
    ...over.map(({ row, result }) =>
      lineOf(row, { kind: 'deemed', audience: 'all', data: { task: null, result } }, 'law', at),
    ),
  ])
  await events.publishAll(
    sql,
    supposed.map(({ task, row }) => ({
      type: 'cases.step-done',
      key: task.key,
      data: { step: task.key },
      share: row.service,
    })),
  )
  const closed = await closeCases(sql, events, over, { at, by: 'law' })
  await endProcesses(sql, events, closed)
}

function noticeOf(of: RuledCase, task: TaskRow, role: string, kind: NoticeRow['kind'], at: Date): NoticeRow {
  const { row, deadline } = of
  return {
    id: uuidv7(),
    caseId: row.id,
    tenant: row.tenant,
    reference: row.reference,
    service: row.service,
    kind,
    role,
    unit: task.unit,
    deadline,
    at,
  }
}

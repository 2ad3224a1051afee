// The clocks of the law on legal time: reminders, the end of a term with its consequence, once and in order; and old drafts.
import type { PublicService } from '@ashlar/catalogue'
import { type Calendar, readTerm } from '@ashlar/kernel/calendar'
import { type Clock, dayOf, endOfDay } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import type { Jobs } from '@ashlar/kernel/jobs'
import { afterCommit, type Database, type Sql } from '@ashlar/kernel/sql'
import { asWorker } from './change.ts'
import { clockRules, missedAt, nextOf, variantOf } from './clock.ts'
import { clockStore } from './clock-store.ts'
import { draftStore } from './draft-store.ts'
import { passMoments, type RuledCase } from './passing.ts'
import { type CaseRow, caseStore } from './store.ts'

export interface DeadlineNeeds {
  sql: Database
  clock: Clock
  events: Events
  jobs: Jobs
  calendar: Calendar
  /** Roles of those who lead: they are told when a term has passed. */
  leads: string[]
  definition(service: string, version?: string): Promise<PublicService>
}

/** Cases of one transaction. */
const BATCH = 500
/** All cases whose term ends at the same moment share one job; so long, in machine time, it is not asked for again. */
const SURE_FOR = 5_000
const MOST_KNOWN = 10_000

/** When the clock of a new case ends, and when it matters first. */
export interface Started {
  term: string
  deadline: Date
  variant: number | null
  nextAt: Date
  reminded: number
}

export type Deadlines = ReturnType<typeof watchDeadlines>

export function watchDeadlines({ sql, clock, events, jobs, calendar, leads, definition }: DeadlineNeeds) {
  const sureUntil = new Map<string, number>()
  const ends = new Map<string, Date>()

  jobs.handle('cases.deadline', { batch: 20, concurrency: 1 }, async () => {
    sureUntil.clear()
    while ((await pass()) > 0);
  })

  jobs.handle('cases.draft-expiry', { batch: 20, concurrency: 1 }, async () => {
    while ((await expireDrafts()) === BATCH);
  })

  /** Drafts that nobody came back to: what they hold is let go. */
  function expireDrafts(): Promise<number> {
    return sql.begin(asWorker, (sql) => draftStore(sql).expire(clock.now(), BATCH))
  }

  /** The earliest moments that have come, of many cases; those of the others are later than all of these. */
  async function pass(): Promise<number> {
    const at = clock.now()
    const due = await sql.read(asWorker, (sql) => clockStore(sql).due(at, BATCH))
    if (due.length === 0) return 0
    const services = new Map<string, PublicService>()
    for (const { service, serviceVersion } of due) {
      const key = `${service}@${serviceVersion}`
      if (!services.has(key)) services.set(key, await definition(service, serviceVersion))
    }
    const until = due.length === BATCH ? due.at(-1)!.nextAt : at
    return sql.begin(asWorker, async (sql) => {
      const ids = due.map(({ id }) => id)
      const rows = await caseStore(sql).lockCases(ids)
      const clocks = new Map((await clockStore(sql).clocksOf(ids)).map((row) => [row.id, row]))
      const ruled = rows.flatMap((row): RuledCase[] => {
        const { nextAt, reminded, variant, extended } = clocks.get(row.id)!
        const rules = clockRules(services.get(`${row.service}@${row.serviceVersion}`)!, variant)
        // Somebody may have decided, asked or extended between the reading and the lock.
        const isDue = nextAt !== null && nextAt <= until && row.status !== 'closed' && row.pausedAt === null
        return isDue && rules !== undefined && row.deadline !== null
          ? [{ row, rules, nextAt, reminded, extended, deadline: row.deadline }]
          : []
      })
      await passMoments(
        sql,
        { events, jobs, calendar, leads, expect: (moment) => expect(sql, moment) },
        ruled,
        until,
        at,
      )
      return due.length
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

  const expect = (sql: Sql, moment: Date) => lookAt(sql, 'cases.deadline', moment)

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

  /** The clock of a case that begins now, by the facts of its application; undefined if it has none. */
  function begin(service: PublicService, facts: Record<string, unknown>, at: Date): Started | undefined {
    const variant = service.clock === undefined ? null : variantOf(service, facts)
    const rules = clockRules(service, variant)
    if (rules === undefined) return undefined
    const deadline = endOf(rules.term, at)
    const reminded = missedAt(rules, deadline, at, calendar)
    return { term: rules.term, deadline, variant, nextAt: nextOf(rules, deadline, reminded, calendar), reminded }
  }

  return {
    begin,
    /** The end of a clock has moved: when it matters next. To be called with the case locked. */
    moved: async (sql: Sql, rows: CaseRow[]): Promise<void> => {
      const going = rows.filter(({ deadline, status, breachedAt }) => deadline && status !== 'closed' && !breachedAt)
      if (going.length === 0) return
      const clocks = new Map((await clockStore(sql).clocksOf(going.map(({ id }) => id))).map((row) => [row.id, row]))
      const next: { id: string; nextAt: Date; reminded: number; extended: number }[] = []
      for (const { id, service, serviceVersion, deadline } of going) {
        const { variant, reminded, extended } = clocks.get(id)!
        const rules = clockRules(await definition(service, serviceVersion), variant)
        if (rules === undefined) continue
        next.push({ id, nextAt: nextOf(rules, deadline!, reminded, calendar), reminded, extended })
      }
      await clockStore(sql).setClocks(next)
      for (const { nextAt } of next) await expect(sql, nextAt)
    },
    expect,
    /** At the end of the day on which it expires. */
    expectDraft: (sql: Sql, expiresAt: Date) =>
      lookAt(sql, 'cases.draft-expiry', endOfDay(dayOf(expiresAt, clock.zone), clock.zone)),
    expireDrafts,
  }
}

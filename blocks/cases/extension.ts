// A legal term made longer before it ends: by an officer for one of the law's reasons, or with the applicant's consent.
import type { PublicService } from '@ashlar/catalogue'
import type { Calendar } from '@ashlar/kernel/calendar'
import type { Clock } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import { isUuid, type Pairwise, uuidv7 } from '@ashlar/kernel/identifiers'
import type { Context, Database, Sql } from '@ashlar/kernel/sql'
import { actorOf, announce, changed, lineOf } from './change.ts'
import { type CaseClock, clockRules } from './clock.ts'
import { clockStore, type ExtensionRow } from './clock-store.ts'
import type { Deadlines } from './deadlines.ts'
import {
  CaseClosed,
  CaseMovedOn,
  CaseNeedsReason,
  CaseNotFound,
  ExtensionEnded,
  ExtensionNotFound,
  ExtensionReasonNeeded,
  TermCannotBeExtended,
  TermHasPassed,
} from './problems.ts'
import { rightsOf } from './rights.ts'
import { type CaseRow, caseStore } from './store.ts'

export interface Extensions {
  /**
   * Makes the legal term of a case longer, once as often as the law has it, for one of its reasons, before it ends; where
   * the law wants the applicant's consent, asks for it. Throws TermCannotBeExtended, TermHasPassed, ExtensionReasonNeeded,
   * CaseMovedOn, CaseClosed.
   */
  extendTerm(
    extension: { case: string; reason: string; version: number },
    context: Context,
  ): Promise<{ version: number; state: 'proposed' | 'granted'; deadline: string }>
  /** The applicant agrees to a longer term, or does not. The same again changes nothing. Throws ExtensionEnded. */
  answerExtension(answer: { extension: string; agrees: boolean }, context: Context): Promise<void>
  /** Reminders and passed terms of the officer's roles and units, the latest first. No personal data. */
  clockNotices(context: Context): Promise<ClockNotice[]>
}

export interface ClockNotice {
  id: string
  caseId: string
  reference: string
  service: string
  /** 'reminder' before the end; 'escalation', to those who lead, when it has passed. */
  kind: 'reminder' | 'escalation'
  deadline: string
  at: string
}

export interface ExtensionNeeds {
  sql: Database
  clock: Clock
  events: Events
  pairwise: Pairwise
  calendar: Calendar
  deadlines: Deadlines
  definition(service: string, version?: string): Promise<PublicService>
}

const MOST_NOTICES = 50

export function createExtensions(needs: ExtensionNeeds): Extensions {
  const { sql, clock, events, pairwise, calendar, deadlines, definition } = needs

  const rulesOf = async (sql: Sql, row: CaseRow): Promise<{ rules: CaseClock; extended: number }> => {
    const [own] = await clockStore(sql).clocksOf([row.id])
    const rules = clockRules(await definition(row.service, row.serviceVersion), own!.variant)
    if (rules?.extend === undefined || row.deadline === null) throw TermCannotBeExtended('its law knows no extension')
    return { rules, extended: own!.extended }
  }

  /** To be called with the case locked. */
  async function prolong(sql: Sql, row: CaseRow, extension: ExtensionRow, by: string, at: Date): Promise<CaseRow> {
    const { extended } = await rulesOf(sql, row)
    const deadline = calendar.deadline(row.deadline!, extension.term)
    const next = changed(row, { deadline })
    const [own] = await clockStore(sql).clocksOf([row.id])
    await clockStore(sql).setClocks([{ ...own!, extended: extended + 1 }])
    await clockStore(sql).follow(row.id, deadline)
    await caseStore(sql).updateCases([next])
    await deadlines.moved(sql, [next])
    const { term, reason, law } = extension
    const data = { term, reason, law, deadline: deadline.toISOString() }
    await caseStore(sql).insertTimeline([lineOf(row, { kind: 'clock-extended', audience: 'all', data }, by, at)])
    await announce(sql, events, [next])
    await events.publish(sql, {
      type: 'cases.term-extended',
      key: extension.id,
      data: { case: row.id },
      share: row.service,
    })
    return next
  }

  return {
    extendTerm: ({ case: id, reason, version }, context) =>
      sql.begin(context, async (sql) => {
        const [row] = isUuid(id) ? await caseStore(sql).lockCases([id]) : []
        if (row === undefined || row.tenant !== context.tenant) throw CaseNotFound()
        if (!(await rightsOf(sql, row, context)).isOwn) throw CaseNeedsReason()
        if (row.status === 'closed') throw CaseClosed()
        const { rules, extended } = await rulesOf(sql, row)
        const { by: term, times, needs: wants, reasons = [], law } = rules.extend!
        const at = clock.now()
        if (row.breachedAt !== null || (row.pausedAt === null && row.deadline! <= at))
          throw TermHasPassed(row.deadline!.toISOString())
        if (extended >= times) throw TermCannotBeExtended('it was extended as often as the law allows')
        if (row.version !== version) throw CaseMovedOn(row.version)
        if (reasons.length > 0 && !reasons.includes(reason)) throw ExtensionReasonNeeded(reasons)
        if (reason.trim() === '') throw ExtensionReasonNeeded(reasons)
        if ((await clockStore(sql).extensionsOf(id)).some(({ state }) => state === 'proposed'))
          throw TermCannotBeExtended('the applicant is being asked')
        const isGranted = wants !== 'consent'
        const by = actorOf(context, pairwise)
        const extension: ExtensionRow = {
          id: uuidv7(),
          caseId: row.id,
          tenant: row.tenant,
          person: row.person,
          term,
          reason,
          law: law ?? rules.law ?? null,
          state: isGranted ? 'granted' : 'proposed',
          askedBy: by,
          askedAt: at,
          endedAt: isGranted ? at : null,
        }
        await clockStore(sql).insertExtension(extension)
        if (isGranted) {
          const next = await prolong(sql, row, extension, by, at)
          return { version: next.version, state: 'granted' as const, deadline: next.deadline!.toISOString() }
        }
        const next = changed(row, {})
        const data = { term, reason, law: extension.law }
        await caseStore(sql).updateCases([next])
        await caseStore(sql).insertTimeline([
          lineOf(row, { kind: 'extension-proposed', audience: 'all', data }, by, at),
        ])
        await announce(sql, events, [next])
        return { version: next.version, state: 'proposed' as const, deadline: row.deadline!.toISOString() }
      }),

    answerExtension: ({ extension: id, agrees }, context) =>
      sql.begin(context, async (sql) => {
        const known = isUuid(id) ? await clockStore(sql).findExtension(id) : undefined
        const own = context.subject !== undefined && isUuid(context.subject) && pairwise.of('cases', context.subject)
        if (known === undefined || known.person !== own) throw ExtensionNotFound()
        const [row] = await caseStore(sql).lockCases([known.caseId])
        const extension = (await clockStore(sql).findExtension(id))!
        const state = agrees ? ('granted' as const) : ('refused' as const)
        if (extension.state === state) return
        const at = clock.now()
        const isOver = row!.breachedAt !== null || (row!.pausedAt === null && row!.deadline! <= at)
        if (extension.state !== 'proposed' || isOver || row!.status === 'closed') throw ExtensionEnded(extension.state)
        await clockStore(sql).endExtensions([row!.id], state, at)
        if (agrees) {
          await prolong(sql, row!, extension, actorOf(context, pairwise), at)
          return
        }
        const next = changed(row!, {})
        await caseStore(sql).updateCases([next])
        await caseStore(sql).insertTimeline([
          lineOf(row!, { kind: 'extension-refused', audience: 'all' }, actorOf(context, pairwise), at),
        ])
        await announce(sql, events, [next])
      }),

    clockNotices: async (context) => {
      const { tenant, roles = [], unit } = context
      if (tenant === null || tenant === '*' || roles.length === 0) return []
      const units = unit === undefined ? [''] : ['', unit]
      const rows = await sql.read(context, (sql) => clockStore(sql).noticesOf(tenant, roles, units, MOST_NOTICES))
      return rows.map(({ id, caseId, reference, service, kind, deadline, at }) => ({
        id,
        caseId,
        reference,
        service,
        kind,
        deadline: deadline.toISOString(),
        at: at.toISOString(),
      }))
    },
  }
}

// What becomes of a case after its end: kept as long as its law says, held back where somebody must look, then destroyed.
import type { Archive, PublicService } from '@ashlar/catalogue'
import type { Calendar } from '@ashlar/kernel/calendar'
import type { Clock } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import { isUuid, type Pairwise } from '@ashlar/kernel/identifiers'
import type { Jobs } from '@ashlar/kernel/jobs'
import type { Keys } from '@ashlar/kernel/keys'
import type { Context, Database, Sql } from '@ashlar/kernel/sql'
import { actorOf, asWorker, caseOf, lineOf, MANY } from './change.ts'
import { lifeStore } from './life-store.ts'
import { CaseNotFound, NotALead, ReasonForHoldNeeded } from './problems.ts'
import { caseStore } from './store.ts'

export interface Archives {
  /** Keeps a case from being destroyed, for a reason; for those who lead. Again changes nothing. */
  holdCase(hold: { case: string; reason: string }, context: Context): Promise<void>
  /** From now on the law's term holds again. */
  releaseCase(caseId: string, context: Context): Promise<void>
  /** What was destroyed of the authority's cases, the latest first. No personal data. */
  destructions(context: Context): Promise<Destruction[]>
}

export interface Destruction {
  reference: string
  service: { id: string; version: string }
  result?: string
  law?: string
  closedAt: string
  /** When the law wanted it, and when it was done. */
  dueAt: string
  destroyedAt: string
}

export interface ArchiveNeeds {
  sql: Database
  clock: Clock
  events: Events
  jobs: Jobs
  keys: Pick<Keys, 'seal' | 'open' | 'erase'>
  pairwise: Pairwise
  calendar: Calendar
  leads: string[]
  definition(service: string, version?: string): Promise<PublicService>
  /** Whether another block holds something that is sealed for this person; then their key is kept. */
  holdsMore?(person: string): Promise<boolean>
}

const BATCH = 200
const MOST_SHOWN = 200

/** What holds for a result: its own rule, or that of the service. */
function archiveOf({ archive }: Pick<PublicService, 'archive'>, result: string): Archive | undefined {
  if (archive === undefined) return undefined
  const { results = {}, ...usual } = archive
  return { ...usual, ...results[result] }
}

export function createArchives(needs: ArchiveNeeds): Archives {
  const { sql, clock, events, jobs, keys, pairwise, calendar, leads, definition, holdsMore } = needs

  events.subscribeAll(
    'cases.closed',
    'cases.archive',
    async (closed) => {
      const rows = await sql.read(asWorker, (sql) => caseStore(sql).casesIn(closed.map(caseOf)))
      const ends = await Promise.all(
        rows.map(async ({ id, service, serviceVersion, result, closedAt }) => {
          const rule = archiveOf(await definition(service, serviceVersion), result ?? '')
          if (closedAt === null || rule?.after === undefined || rule.keep === true) return []
          return [{ id, on: calendar.deadline(closedAt, rule.after) }]
        }),
      )
      const due = ends.flat()
      if (due.length === 0) return
      await sql.begin(asWorker, async (sql) => {
        await lifeStore(sql).setDestructions(due)
        for (const on of new Map(due.map(({ on }) => [on.getTime(), on])).values()) await expect(sql, on)
      })
    },
    MANY,
  )

  jobs.handle('cases.destruction', { batch: 20, concurrency: 1 }, async () => {
    while ((await destroyDue()) > 0);
  })

  // In a job of its own, so that it also happens if the process was killed after the destruction.
  jobs.handle('cases.forget', { attempts: 12 }, async (batch) => {
    for (const { payload } of batch) await forget((payload as { person: string }).person)
  })

  const expect = (sql: Sql, on: Date) =>
    jobs.add(sql, { queue: 'cases.destruction', key: on.toISOString(), payload: { on: on.toISOString() }, runAt: on })

  async function destroyDue(): Promise<number> {
    const at = clock.now()
    const due = await sql.read(asWorker, (sql) => lifeStore(sql).dueForDestruction(at, BATCH))
    if (due.length === 0) return 0
    const laws = new Map<string, string | null>()
    for (const { caseId, service, serviceVersion, result } of due) {
      const { law = null } = archiveOf(await definition(service, serviceVersion), result ?? '') ?? {}
      laws.set(caseId, law)
    }
    return sql.begin(asWorker, async (sql) => {
      const ids = due.map(({ caseId }) => caseId)
      await caseStore(sql).lockCases(ids)
      // What was held back a moment ago is left.
      const gone = new Set(await lifeStore(sql).destroy(ids, at))
      const rows = due.filter(({ caseId }) => gone.has(caseId))
      await lifeStore(sql).insertDestructions(
        rows.map(({ person: _person, ...row }) => ({ ...row, law: laws.get(row.caseId) ?? null, destroyedAt: at })),
      )
      for (const person of new Set(rows.map(({ person }) => person)))
        await jobs.add(sql, { queue: 'cases.forget', key: person, payload: { person } })
      await events.publishAll(
        sql,
        rows.map(({ caseId, service }) => ({
          type: 'cases.destroyed',
          key: caseId,
          data: { case: caseId },
          share: service,
        })),
      )
      return gone.size
    })
  }

  /** The key of somebody of whom nothing is left: what any copy still has of theirs is unreadable from then on. */
  async function forget(person: string): Promise<void> {
    const subject = pairwise.back('cases', person)
    const isHere = await sql.read(asWorker, (sql) => lifeStore(sql).holdsSomethingOf(person))
    if (isHere || holdsMore === undefined || (await holdsMore(subject))) return
    await keys.erase(subject)
  }

  const refuseOthers = (context: Context): void => {
    if (!leads.some((role) => context.roles?.includes(role))) throw NotALead()
  }

  async function setHeld(id: string, reason: string | undefined, context: Context): Promise<void> {
    refuseOthers(context)
    await sql.begin(context, async (sql) => {
      const [row] = isUuid(id) ? await caseStore(sql).lockCases([id]) : []
      if (row === undefined || row.tenant !== context.tenant) throw CaseNotFound()
      const life = (await lifeStore(sql).lifeOf(id))!
      if ((life.heldSince !== null) === (reason !== undefined)) return
      const at = clock.now()
      await lifeStore(sql).setHeld(id, reason === undefined ? null : at)
      const kind = reason === undefined ? 'hold-lifted' : 'held'
      const text = reason && JSON.stringify({ text: reason })
      const note = text ? await keys.seal(pairwise.back('cases', row.person), text) : undefined
      const line = lineOf(row, { kind, ...(note ? { note } : {}) }, actorOf(context, pairwise), at)
      await caseStore(sql).insertTimeline([line])
      if (reason === undefined && life.destroyOn !== null) await expect(sql, life.destroyOn)
    })
  }

  return {
    holdCase: async ({ case: id, reason }, context) => {
      if (reason.trim() === '') throw ReasonForHoldNeeded()
      await setHeld(id, reason.trim(), context)
    },
    releaseCase: (id, context) => setHeld(id, undefined, context),
    destructions: async (context) => {
      refuseOthers(context)
      const rows = await sql.read(context, (sql) => lifeStore(sql).destructionsOf(context.tenant ?? '', MOST_SHOWN))
      return rows.map(({ reference, service, serviceVersion, result, law, closedAt, dueAt, destroyedAt }) => ({
        reference,
        service: { id: service, version: serviceVersion },
        ...(result === null ? {} : { result }),
        ...(law === null ? {} : { law }),
        closedAt: closedAt.toISOString(),
        dueAt: dueAt.toISOString(),
        destroyedAt: destroyedAt.toISOString(),
      }))
    },
  }
}

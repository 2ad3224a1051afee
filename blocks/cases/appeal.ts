// Appeals: who may contest which decision until when, what the appeal's process knows of it, and what its result does to it.
import type { PublicService } from '@ashlar/catalogue'
import type { Calendar } from '@ashlar/kernel/calendar'
import type { Clock } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import { type Pairwise, publicReference, uuidOf, uuidv7 } from '@ashlar/kernel/identifiers'
import type { Keys } from '@ashlar/kernel/keys'
import type { Context, Database, Sql } from '@ashlar/kernel/sql'
import type { Json } from './case.ts'
import { actorOf, announce, asWorker, caseOf, changed, lineOf, MANY } from './change.ts'
import type { Content, Facts } from './content.ts'
import type { Deadlines } from './deadlines.ts'
import type { Forms } from './forms.ts'
import { appealOf } from './life.ts'
import { lifeStore, type RelationKind, type RelationRow } from './life-store.ts'
import { AppealTooLate, CaseNotFound, NotAppealable } from './problems.ts'
import { type CaseRow, caseStore } from './store.ts'

export interface AppealNeeds {
  sql: Database
  clock: Clock
  events: Events
  keys: Pick<Keys, 'seal' | 'open'>
  pairwise: Pairwise
  calendar: Calendar
  forms: Forms
  deadlines: Deadlines
  definition(service: string, version?: string): Promise<PublicService>
}

/** The decision that is contested, and the rules by which it may be. */
export interface Contested {
  row: CaseRow
  suspends: boolean
  /** Until when it could be contested, if that is over. */
  missed?: string
}

export type Appeals = ReturnType<typeof createAppeals>

export function createAppeals(needs: AppealNeeds) {
  const { sql, clock, events, keys, pairwise, calendar, forms, deadlines, definition } = needs
  const open = async (row: { person: string }, sealed: Buffer | null): Promise<Json> =>
    sealed === null ? null : JSON.parse((await keys.open(pairwise.back('cases', row.person), sealed)).toString())

  /**
   * The decision on a case of the applicant's that they want to contest by this service. Throws CaseNotFound,
   * NotAppealable, and AppealTooLate if it is too late and nothing is said of why (`lateBecause`).
   */
  async function admit(
    about: string,
    by: PublicService,
    person: string,
    lateBecause: string | undefined,
    context: Context,
  ): Promise<Contested | undefined> {
    if (by.contests === undefined) return undefined
    const [row, life] = await sql.read(context, (sql) =>
      Promise.all([caseStore(sql).findCase(about), lifeStore(sql).lifeOf(about)]),
    )
    if (row === undefined || life === undefined || row.person !== person) throw CaseNotFound()
    const { appeal } = appealOf(row, await definition(row.service, row.serviceVersion), calendar, clock.now())
    if (row.status !== 'closed') throw NotAppealable('it is not decided yet')
    if (appeal === undefined || appeal.by !== by.id) throw NotAppealable('its law knows no such appeal')
    if (life.appealed !== null) throw NotAppealable('an appeal against it was decided already')
    if (!appeal.isOpen && !lateBecause?.trim()) throw AppealTooLate(appeal.until)
    return { row, suspends: appeal.suspends, ...(appeal.isOpen ? {} : { missed: appeal.until }) }
  }

  /** In the transaction of the submission: both cases know each other, and the effects wait where the law says so. */
  async function lodged(
    sql: Sql,
    { row, suspends, missed }: Contested,
    made: { caseId: string; reference: string; service: PublicService },
    context: Context,
  ): Promise<void> {
    const at = clock.now()
    const by = actorOf(context, pairwise)
    const [first] = await caseStore(sql).lockCases([row.id])
    const appeal = {
      id: made.caseId,
      reference: made.reference,
      service: made.service.id,
      tenant: made.service.authority,
    }
    const relations = relate({ ...appeal, person: row.person }, row, ['appeal-against', 'appealed-by'], by, at)
    await lifeStore(sql).insertRelations(relations)
    // Too late, it stops nothing before it is admitted.
    if (suspends && missed === undefined) {
      await lifeStore(sql).setSuspended(row.id, made.caseId)
      const data = { reference: made.reference }
      await caseStore(sql).insertTimeline([
        lineOf(row, { kind: 'effects-suspended', audience: 'all', data }, 'law', at),
      ])
    }
    const next = changed(first!, {})
    await caseStore(sql).updateCases([next])
    await announce(sql, events, [next])
    await events.publish(sql, {
      type: 'cases.contested',
      key: made.caseId,
      data: { case: row.id, appeal: made.caseId, suspends: suspends && missed === undefined },
      share: row.service,
    })
  }

  /** The fact `contested` of a process by which one appeals: the decision, its version, and why it comes late. */
  async function contestedFact({ about }: CaseRow, content: Content): Promise<Facts> {
    if (about === null) return {}
    const [first, [application], tasks] = await sql.read(asWorker, (sql) => {
      const store = caseStore(sql)
      return Promise.all([store.findCase(about), store.applicationsOf([about]), store.tasksOf([about])])
    })
    if (first === undefined || application === undefined) return { contested: null }
    const sent = (await open(application, application.content)) as unknown as Content
    const names = new Map(tasks.map(({ id, name }) => [id, name]))
    const decisions = await sql.read(asWorker, (sql) => caseStore(sql).decisionsOn([...names.keys()]))
    return {
      contested: {
        reference: first.reference,
        service: first.service,
        version: first.serviceVersion,
        authority: first.tenant,
        result: first.result,
        submittedAt: first.submittedAt.toISOString(),
        decidedAt: first.closedAt?.toISOString() ?? null,
        answers: sent.answers,
        evidence: Object.fromEntries(Object.entries(sent.evidence).map(([name, { fact }]) => [name, fact])),
        decisions: decisions.map(({ task, outcome, reason, deemed, decidedAt }) => ({
          task: names.get(task) ?? '',
          outcome,
          reason,
          deemed,
          at: decidedAt.toISOString(),
        })),
        late: content.late !== undefined,
        lateBecause: content.late?.because ?? null,
      },
    }
  }

  /** The appeal is decided: the contested decision is confirmed, replaced, or made anew by somebody else. Twice is once. */
  async function decided(caseId: string): Promise<void> {
    const appeal = await sql.read(asWorker, (sql) => caseStore(sql).findCase(caseId))
    if (appeal?.about == null || appeal.result === null) return
    const by = await definition(appeal.service, appeal.serviceVersion)
    if (by.contests === undefined) return
    const effect = by.contests[appeal.result] ?? 'leaves'
    const again = effect === 'sends-back' ? await prepareAgain(appeal.about) : undefined

    await sql.begin(asWorker, async (sql) => {
      const store = caseStore(sql)
      const [first] = await store.lockCases([appeal.about!])
      const life = first && (await lifeStore(sql).lifeOf(first.id))
      if (first === undefined || life === undefined || life.appealed !== null) return
      const at = clock.now()
      // Withdrawn or not admitted, it leaves the decision as it was, and another one may come in time.
      if (effect === 'leaves') {
        if (life.suspendedBy !== appeal.id) return
        await lifeStore(sql).setSuspended(first.id, null)
      } else await lifeStore(sql).setAppealed(first.id, effect)
      const data = { effect, reference: appeal.reference }
      await store.insertTimeline([lineOf(first, { kind: 'appeal-decided', audience: 'all', data }, 'system', at)])
      const next = changed(first, {})
      await store.updateCases([next])
      await announce(sql, events, [next])
      await events.publish(sql, {
        type: 'cases.appeal-decided',
        key: appeal.id,
        data: { case: first.id, appeal: appeal.id, effect },
        share: first.service,
      })
      if (again !== undefined) await makeAgain(sql, first, appeal, again, at)
    })
  }

  /** The facts of the first application, for the clock of the one that is made from it. */
  async function prepareAgain(about: string) {
    const [row, [application]] = await sql.read(asWorker, (sql) =>
      Promise.all([caseStore(sql).findCase(about), caseStore(sql).applicationsOf([about])]),
    )
    if (row === undefined || application === undefined) return undefined
    const service = await definition(row.service, row.serviceVersion)
    const content = (await open(application, application.content)) as unknown as Content
    return { service, facts: forms.filled(service, content, application.language).facts }
  }

  /** The same application under the version that was in force, as a case of its own, for other officers. */
  async function makeAgain(
    sql: Sql,
    first: CaseRow,
    appeal: CaseRow,
    { service, facts }: NonNullable<Awaited<ReturnType<typeof prepareAgain>>>,
    at: Date,
  ): Promise<void> {
    const caseId = uuidOf(`again ${appeal.id}`)
    const started = service.clock?.from === 'complete' ? undefined : deadlines.begin(service, facts, at)
    const reference = publicReference(service.prefix, at)
    const isNew = await lifeStore(sql).insertAgain({
      from: first.id,
      caseId,
      application: uuidv7(),
      reference,
      term: started?.term ?? service.clock?.term ?? null,
      deadline: started?.deadline ?? null,
      nextAt: started?.nextAt ?? null,
      reminded: started?.reminded ?? 0,
      variant: started?.variant ?? null,
      at,
      timeline: uuidv7(),
      data: {
        channel: 'system',
        again: first.reference,
        ...(started === undefined ? {} : { deadline: started.deadline.toISOString() }),
      },
    })
    if (!isNew) return
    const one = { id: caseId, reference, service: first.service, tenant: first.tenant, person: first.person }
    await lifeStore(sql).insertRelations(relate(one, first, ['follows', 'followed-by'], 'system', at))
    await events.publish(sql, {
      type: 'cases.submitted',
      key: caseId,
      data: { case: caseId, service: first.service, version: first.serviceVersion },
      share: first.service,
    })
    if (started !== undefined) await deadlines.expect(sql, started.nextAt)
  }

  events.subscribeAll(
    'cases.closed',
    'cases.appeals',
    async (closed) => {
      const rows = await sql.read(asWorker, (sql) => caseStore(sql).casesIn(closed.map(caseOf)))
      for (const { id, about } of rows) if (about !== null) await decided(id)
    },
    MANY,
  )

  return { admit, lodged, contestedFact }
}

type Side = Pick<CaseRow, 'id' | 'reference' | 'service' | 'tenant' | 'person'>

/** Both sides of how two cases hang together. */
function relate(a: Side, b: Side, [ofA, ofB]: [RelationKind, RelationKind], by: string, at: Date): RelationRow[] {
  const row = (one: Side, other: Side, kind: RelationKind): RelationRow => ({
    caseId: one.id,
    other: other.id,
    kind,
    tenant: one.tenant,
    person: one.person,
    otherReference: other.reference,
    otherService: other.service,
    otherTenant: other.tenant,
    madeBy: by,
    madeAt: at,
  })
  return [row(a, b, ofA), row(b, a, ofB)]
}

// Cases that have to do with each other: joining two so that they are decided together, undoing that, and all of a person.
import type { PublicService } from '@ashlar/catalogue'
import type { Consent } from '@ashlar/consent'
import type { Clock } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import { isUuid, type Pairwise, readPublicReference, uuidv7 } from '@ashlar/kernel/identifiers'
import type { Keys } from '@ashlar/kernel/keys'
import type { Context, Database } from '@ashlar/kernel/sql'
import { isYours } from './assignment.ts'
import type { CaseStatus } from './case.ts'
import { actorOf, announce, changed, lineOf } from './change.ts'
import type { Content } from './content.ts'
import { linkStore, type RelatedRow } from './link-store.ts'
import { CaseNeedsReason, CaseNotFound, JoinNotPossible, LinkNotFound } from './problems.ts'
import { caseStore } from './store.ts'

export interface Related {
  /**
   * Decides `other` together with `leading`: its open tasks leave the queue and are decided as those of the same name.
   * Both keep their own applicant, clock and letter. Throws JoinNotPossible, CaseNotFound.
   */
  joinCases(joining: { leading: string; other: string }, context: Context): Promise<string>
  /** Takes that back, as long as the two are not decided: the tasks return into the queue. Throws LinkNotFound. */
  separateCases(link: string, context: Context): Promise<void>
  /**
   * All that this agency has of the person of a case. The use is in the person's log before. Throws CaseNeedsReason for a
   * case outside the officer's own work.
   */
  personOf(request: { case: string; reason?: string }, context: Context): Promise<PersonView>
  /** The case with this reference at the officer's agency, as people write it; undefined if there is none. */
  findCase(reference: string, context: Context): Promise<{ id: string } | undefined>
}

/** A case that looks like another, or is joined to it, and why it is shown. */
export interface RelatedCase {
  id: string
  reference: string
  service: { id: string; version: string }
  status: CaseStatus
  result?: string
  submittedAt: string
  why: ('same-person' | 'same-answers' | 'same-object' | 'joined' | 'joined-to')[]
  link?: string
}

export interface PersonView {
  name: string | null
  kind: string
  language: string
  cases: {
    id: string
    reference: string
    service: { id: string; version: string }
    status: CaseStatus
    waitsFor?: string
    result?: string
    submittedAt: string
    closedAt?: string
  }[]
  /** Whether the case from which one comes is of one's own work. */
  isOwn: boolean
}

export interface RelatedNeeds {
  sql: Database
  clock: Clock
  events: Events
  keys: Pick<Keys, 'open'>
  pairwise: Pairwise
  consent: Pick<Consent, 'record'>
  definition(service: string, version?: string): Promise<PublicService>
}

const MOST_CASES = 100

export function createRelated({ sql, clock, events, keys, pairwise, consent, definition }: RelatedNeeds): Related {
  return {
    joinCases: ({ leading, other }, context) =>
      sql.begin(context, async (sql) => {
        if (!isUuid(leading) || !isUuid(other)) throw CaseNotFound()
        if (leading === other) throw JoinNotPossible('It is one case.')
        const store = caseStore(sql)
        const rows = new Map((await store.lockCases([leading, other])).map((row) => [row.id, row]))
        const [first, second] = [rows.get(leading), rows.get(other)]
        if (first === undefined || second === undefined || first.tenant !== context.tenant) throw CaseNotFound()
        const tasks = await store.tasksOf([leading, other])
        for (const id of [leading, other])
          if (!tasks.some((task) => task.caseId === id && isYours(task, context))) throw CaseNeedsReason()
        if (first.service !== second.service) throw JoinNotPossible('They are of different public services.')
        if (first.status === 'closed' || second.status === 'closed') throw JoinNotPossible('One of them is closed.')
        if (await linkStore(sql).isJoined([leading, other])) throw JoinNotPossible('One of them is joined already.')
        const isOpen = ({ endedAt, state }: (typeof tasks)[number]) => endedAt === null && state !== 'proposed'
        const led = new Map(
          tasks.filter((task) => task.caseId === leading && isOpen(task)).map((one) => [one.name, one]),
        )
        const followers = tasks.filter((task) => task.caseId === other && isOpen(task))
        if (followers.length === 0 || followers.some(({ name }) => !led.has(name)))
          throw JoinNotPossible('They do not wait for the same decision.')

        const at = clock.now()
        const by = actorOf(context, pairwise)
        const id = uuidv7()
        const { tenant, person } = second
        await linkStore(sql).insert({
          id,
          tenant,
          person,
          caseId: leading,
          other,
          kind: 'joined',
          madeBy: by,
          madeAt: at,
        })
        await store.updateTasks(
          followers.map((task) => ({
            ...task,
            state: 'open' as const,
            claimedBy: null,
            claimedAt: null,
            assignedBy: null,
            joinedTo: led.get(task.name)!.id,
          })),
        )
        const lines = [
          lineOf(first, { kind: 'joined', data: { reference: second.reference } }, by, at),
          lineOf(second, { kind: 'joined-to', data: { reference: first.reference } }, by, at),
        ]
        await store.insertTimeline(lines)
        const moved = [changed(first, {}), changed(second, {})]
        await store.updateCases(moved)
        await announce(sql, events, moved)
        return id
      }),

    separateCases: (link, context) =>
      sql.begin(context, async (sql) => {
        const known = isUuid(link) ? await linkStore(sql).find(link) : undefined
        if (known === undefined || known.tenant !== context.tenant) throw LinkNotFound()
        const store = caseStore(sql)
        const rows = await store.lockCases([known.caseId, known.other])
        const tasks = await store.tasksOf([known.caseId, known.other])
        if (!tasks.some((task) => isYours(task, context))) throw CaseNeedsReason()
        const followers = tasks.filter(({ caseId, joinedTo, endedAt }) => {
          return caseId === known.other && joinedTo !== null && endedAt === null
        })
        const at = clock.now()
        const by = actorOf(context, pairwise)
        await store.updateTasks(followers.map((task) => ({ ...task, joinedTo: null })))
        await linkStore(sql).undo(link, by, at)
        await store.insertTimeline(
          rows.map((row) => {
            const reference = rows.find(({ id }) => id !== row.id)?.reference ?? null
            return lineOf(row, { kind: 'separated', data: { reference } }, by, at)
          }),
        )
        const moved = rows.map((row) => changed(row, {}))
        await store.updateCases(moved)
        await announce(sql, events, moved)
      }),

    personOf: async ({ case: id, reason }, context) => {
      if (!isUuid(id)) throw CaseNotFound()
      const [row, tasks, [application]] = await sql.read(context, (sql) =>
        Promise.all([caseStore(sql).findCase(id), caseStore(sql).tasksOf([id]), caseStore(sql).applicationsOf([id])]),
      )
      if (row === undefined || row.tenant !== context.tenant || application === undefined) throw CaseNotFound()
      const isOwn = tasks.some((task) => isYours(task, context))
      if (!isOwn && !reason?.trim()) throw CaseNeedsReason()
      const subject = pairwise.back('cases', row.person)
      const { law } = await definition(row.service, row.serviceVersion)
      if (!row.anonymous)
        await consent.record({
          outcome: 'read',
          reader: row.tenant,
          register: 'cases',
          fields: ['applications'],
          persons: [subject],
          shown: 1,
          basis: 'role',
          purpose: 'case-work',
          law: law[0] ?? '',
          case: row.reference,
          ...(isOwn ? {} : { reason: reason!.trim() }),
          context,
        })
      const cases = await sql.read(context, (sql) => linkStore(sql).ofPerson(row.tenant, row.person, MOST_CASES))
      const content = JSON.parse((await keys.open(subject, application.content)).toString()) as Content
      return {
        name: content.applicant.name,
        kind: content.applicant.kind,
        language: application.language,
        isOwn,
        cases: cases.map((one) => ({
          id: one.id,
          reference: one.reference,
          service: { id: one.service, version: one.serviceVersion },
          status: one.status,
          ...(one.waitsFor === null ? {} : { waitsFor: one.waitsFor }),
          ...(one.result === null ? {} : { result: one.result }),
          submittedAt: one.submittedAt.toISOString(),
          ...(one.closedAt === null ? {} : { closedAt: one.closedAt.toISOString() }),
        })),
      }
    },

    findCase: async (text, context) => {
      const reference = readPublicReference(text)
      if (reference === undefined) return undefined
      const row = await sql.begin(context, (sql) => caseStore(sql).findCaseByReference(reference))
      return row === undefined || row.tenant !== context.tenant ? undefined : { id: row.id }
    },
  }
}

export function toRelated(row: RelatedRow): RelatedCase {
  return {
    id: row.id,
    reference: row.reference,
    service: { id: row.service, version: row.serviceVersion },
    status: row.status,
    ...(row.result === null ? {} : { result: row.result }),
    submittedAt: row.submittedAt.toISOString(),
    why: [
      ...(row.link === null ? [] : [row.follows ? ('joined-to' as const) : ('joined' as const)]),
      ...(row.samePerson ? ['same-person' as const] : []),
      ...(row.sameAnswers && row.samePerson ? ['same-answers' as const] : []),
      ...(row.sameObject ? ['same-object' as const] : []),
    ],
    ...(row.link === null ? {} : { link: row.link }),
  }
}

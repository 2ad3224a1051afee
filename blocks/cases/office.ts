// What officers do with a case: open it with a reason that is kept, ask the applicant, note something for colleagues.
import type { PublicService } from '@ashlar/catalogue'
import type { Consent } from '@ashlar/consent'
import type { Representation } from '@ashlar/identity'
import type { Calendar } from '@ashlar/kernel/calendar'
import type { Clock } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import { isUuid, type Pairwise, uuidv7 } from '@ashlar/kernel/identifiers'
import type { Keys } from '@ashlar/kernel/keys'
import type { Context, Database, Sql } from '@ashlar/kernel/sql'
import { askReasons } from './asks.ts'
import { type Assigning, isYours, mayDo } from './assignment.ts'
import { assignmentStore } from './assignment-store.ts'
import { type CaseStatus, type Json, requestLifecycle, type TaskState } from './case.ts'
import { actorOf, announce, lineOf, suspended } from './change.ts'
import { type Content, type ShownEvidence, toShown } from './content.ts'
import { type LifeView, lifeRows, toLife } from './life.ts'
import { linkStore } from './link-store.ts'
import {
  AskReasonNotKnown,
  CaseClosed,
  CaseMovedOn,
  CaseNeedsReason,
  CaseNotFound,
  RequestEnded,
  RequestNotFound,
} from './problems.ts'
import { type ProposalRow, proposalStore } from './proposal-store.ts'
import { type RelatedCase, toRelated } from './related.ts'
import type { Representing } from './representation.ts'
import { type CaseRow, caseStore, type DecisionRow, type RequestRow, type TaskRow } from './store.ts'
import { type TimelineEntry, toTimeline } from './timeline.ts'
import type { Work } from './work.ts'

export interface Office {
  /**
   * Opens a case. The use is in the log of the person concerned before any data leaves. Throws CaseNotFound, and
   * CaseNeedsReason for a case outside the officer's own queue.
   */
  getCase(request: { id: string; reason?: string }, context: Context): Promise<CaseView>
  /** The case, if it is of the officer's own work: then what belongs to it, such as its documents, is theirs to open. */
  ownWork(caseId: string, context: Context): Promise<Pick<CaseView, 'reference' | 'service'> | undefined>
  /** Asks the applicant for information; the clock of the law stops until they answer. Throws CaseMovedOn, CaseClosed. */
  ask(
    request: { case: string; text: string; reason?: string; version: number },
    context: Context,
  ): Promise<{ request: string; version: number }>
  /** Takes a request back; the clock goes on. */
  withdrawRequest(request: string, context: Context): Promise<void>
  /** A note for colleagues; sealed, and never shown to the applicant by the platform. */
  addNote(note: { case: string; text: string }, context: Context): Promise<void>
}

export interface CaseView {
  id: string
  reference: string
  service: { id: string; version: string }
  authority: string
  status: CaseStatus
  waitsFor?: string
  stuck: boolean
  result?: string
  version: number
  submittedAt: string
  closedAt?: string
  clock?: { term: string; deadline?: string; pausedAt?: string; overdue: boolean }
  applicant: { id: string | null; kind: string; name: string | null }
  /** Who sent it for the applicant, and by what right. */
  representative?: Representation
  channel: string
  language: string
  submittedBy: string
  answers: Record<string, Json>
  evidence: ShownEvidence[]
  tasks: TaskView[]
  requests: RequestView[]
  /** The case that it contests, and cases that contest it. */
  about?: string
  contestedBy: { id: string; reference: string; status: CaseStatus }[]
  /** Open cases that look like it, and those that are joined to it. */
  related: RelatedCase[]
  /** Whether the officer has declared an interest in it, or decided before what it contests: then no task is theirs. */
  excluded: boolean
  timeline: TimelineEntry[]
  /** Its clock and why, messages, related cases, appeal, roles and archive. */
  life: LifeView
  /** The entry in the log of data uses. */
  use?: string
}

export interface TaskView {
  id: string
  name: string
  role: string
  unit?: string
  state: TaskState
  outcomes: string[]
  reasons: Record<string, string[]>
  facts: Record<string, Json>
  due?: string
  onExpiry?: string
  claimedBy?: string
  /** Given to them by somebody else, and not looked at since. */
  assigned: boolean
  /** Whether the one who looks may claim and decide it. */
  yours: boolean
  /** Whether they may give it back: it is taken, by them or in a team that they lead. */
  releasable: boolean
  /** Whether they may give it to a colleague. */
  assignable: boolean
  /** Decided together with a task of another case. */
  joined: boolean
  /** Decisions that had, or have, to be confirmed by a second person; the last is the latest. */
  proposals: ProposalView[]
  decision?: {
    outcome: string
    reason?: string
    note?: string
    answers: Json
    by: string
    confirmedBy?: string
    at: string
    deemed: boolean
  }
}

export interface ProposalView {
  outcome: string
  reason?: string
  note?: string
  /** Whether chance chose it. */
  sampled: boolean
  state: 'waiting' | 'confirmed' | 'returned'
  by: string
  at: string
  reviewedBy?: string
  reviewedAt?: string
  review?: string
}

export interface RequestView {
  id: string
  name?: string
  text?: string
  /** One of the reasons for which an officer asks: see `askReasons`. */
  reason?: string
  state: string
  askedAt: string
  due?: string
  answeredAt?: string
  answer?: Json
}

export interface OfficeNeeds {
  sql: Database
  clock: Clock
  events: Events
  keys: Pick<Keys, 'seal' | 'open'>
  pairwise: Pairwise
  calendar: Calendar
  consent: Pick<Consent, 'record'>
  assigning: Assigning
  definition(service: string, version?: string): Promise<PublicService>
  endRequests: Work['endRequests']
  representing: Representing
}

export function createOffice(needs: OfficeNeeds): Office {
  const { sql, clock, events, keys, pairwise, calendar, consent, assigning, representing, definition, endRequests } =
    needs
  const subjectOf = (row: { person: string }) => pairwise.back('cases', row.person)
  const open = async (row: { person: string }, sealed: Buffer | null): Promise<Json> =>
    sealed === null ? null : JSON.parse((await keys.open(subjectOf(row), sealed)).toString())
  const seal = (row: { person: string }, value: Json) => keys.seal(subjectOf(row), JSON.stringify(value))

  const rightsTo = (task: TaskRow, context: Context, excluded: Set<string> | undefined) => {
    const isOpen = task.endedAt === null && task.joinedTo === null
    const isKept = excluded?.has(context.actor.id) || task.proposedBy === context.actor.id
    const mine = task.claimedBy === null || task.claimedBy === context.actor.id
    const yours = mayDo(task, context) && !isKept
    const leads = assigning.mayLead(task, context)
    return {
      yours,
      releasable: isOpen && task.claimedBy !== null && ((yours && mine) || leads),
      assignable: isOpen && ((yours && mine) || leads),
    }
  }

  const lockCase = async (sql: Sql, id: string): Promise<CaseRow> => {
    const [row] = isUuid(id) ? await caseStore(sql).lockCases([id]) : []
    if (row === undefined) throw CaseNotFound()
    return row
  }

  /** Only tasks of the officer's own work make a case theirs to see, and let them ask and note. */
  const refuseOthers = async (sql: Sql, row: CaseRow, context: Context): Promise<void> => {
    const tasks = await caseStore(sql).tasksOf([row.id])
    if (!tasks.some((task) => isYours(task, context))) throw CaseNeedsReason()
  }

  const keep = async (sql: Sql, row: CaseRow): Promise<void> => {
    await caseStore(sql).updateCases([row])
    await announce(sql, events, [row])
  }

  return {
    getCase: async ({ id, reason }, context) => {
      if (!isUuid(id)) throw CaseNotFound()
      const [row, tasks, [application], requests, contestedBy, lines, life, related, proposals, excluded] =
        await sql.read(context, (sql) => {
          const store = caseStore(sql)
          return Promise.all([
            store.findCase(id),
            store.tasksOf([id]),
            store.applicationsOf([id]),
            store.requestsOf([id]),
            store.contestations(id),
            store.timelineOf(id, ['all', 'office']),
            lifeRows(sql, id),
            linkStore(sql).relatedTo(id),
            proposalStore(sql).ofCase(id),
            assignmentStore(sql).excluded([id]),
          ])
        })
      if (row === undefined || row.tenant !== context.tenant || application === undefined) throw CaseNotFound()
      const yours = tasks.some((task) => isYours(task, context))
      if (!yours && !reason?.trim()) throw CaseNeedsReason()
      const ids = tasks.map(({ id }) => id)
      const decisions = await sql.read(context, (sql) => caseStore(sql).decisionsOn(ids))
      const service = await definition(row.service, row.serviceVersion)

      // The use is committed before anything is opened, so that there is no reading without its entry.
      const use = row.anonymous
        ? undefined
        : await consent.record({
            outcome: 'read',
            reader: row.tenant,
            register: 'cases',
            fields: ['application', ...Object.keys(service.evidence)],
            persons: [subjectOf(row)],
            shown: 1,
            basis: 'role',
            purpose: 'case-work',
            law: service.law[0] ?? '',
            case: row.reference,
            ...(yours ? {} : { reason: reason!.trim() }),
            context,
          })

      const content = (await open(application, application.content)) as unknown as Content
      const decided = new Map(decisions.map((decision) => [decision.task, decision]))
      return {
        id: row.id,
        reference: row.reference,
        service: { id: row.service, version: row.serviceVersion },
        authority: row.tenant,
        status: row.status,
        ...(row.waitsFor === null ? {} : { waitsFor: row.waitsFor }),
        stuck: row.stuckSince !== null,
        ...(row.result === null ? {} : { result: row.result }),
        version: row.version,
        submittedAt: row.submittedAt.toISOString(),
        ...(row.closedAt === null ? {} : { closedAt: row.closedAt.toISOString() }),
        ...clockOf(row),
        applicant: { ...content.applicant },
        channel: application.channel,
        language: application.language,
        submittedBy: application.submittedBy.replace(/^(representative):.*/, '$1'),
        answers: content.answers,
        evidence: toShown(content.evidence),
        tasks: await Promise.all(
          tasks.map(async (task) => {
            const decision = decided.get(task.id)
            const note = decision === undefined ? null : await open(decision, decision.note)
            const rights = rightsTo(task, context, excluded.get(id))
            const proposed = await Promise.all(
              proposals.filter((one) => one.task === task.id).map((one) => toProposalView(one, open)),
            )
            return toTaskView(task, await open(task, task.facts), decision, note, { ...rights, proposals: proposed })
          }),
        ),
        requests: await Promise.all(requests.map((request) => toRequestView(request, open))),
        ...(row.about === null ? {} : { about: row.about }),
        related: related.map(toRelated),
        excluded: excluded.get(id)?.has(context.actor.id) ?? false,
        contestedBy: contestedBy.map(({ id, reference, status }) => ({ id, reference, status })),
        life: await toLife({ ...life, row, service, lines, open }, calendar, clock.now(), 'office'),
        timeline: await Promise.all(
          lines.map(async (line) => toTimeline(line, open, await representing.nameIn(line.actor))),
        ),
        ...(content.representative === undefined ? {} : { representative: content.representative }),
        ...(use === undefined ? {} : { use }),
      }
    },

    ownWork: async (id, context) => {
      if (!isUuid(id)) return undefined
      return sql.begin(context, async (sql) => {
        const row = await caseStore(sql).findCase(id)
        if (row === undefined || row.tenant !== context.tenant) return undefined
        const isOwn = (await caseStore(sql).tasksOf([id])).some((task) => isYours(task, context))
        return isOwn
          ? { reference: row.reference, service: { id: row.service, version: row.serviceVersion } }
          : undefined
      })
    },

    ask: ({ case: id, text, reason, version }, context) =>
      sql.begin(context, async (sql) => {
        const row = await lockCase(sql, id)
        await refuseOthers(sql, row, context)
        if (row.version !== version) throw CaseMovedOn(row.version)
        if (row.status === 'closed') throw CaseClosed()
        const reasons = askReasons(await definition(row.service, row.serviceVersion))
        if (reason !== undefined && !Object.hasOwn(reasons, reason)) throw AskReasonNotKnown(Object.keys(reasons))
        const why: Record<string, string> = reason === undefined ? {} : { reason }
        const at = clock.now()
        const request: RequestRow = {
          id: uuidv7(),
          key: `ask:${row.id}:${row.version}`,
          caseId: row.id,
          tenant: row.tenant,
          person: row.person,
          name: null,
          state: 'open',
          question: await seal(row, { text, ...why }),
          answer: null,
          outcome: null,
          due: null,
          party: null,
          facts: null,
          askedBy: actorOf(context, pairwise),
          askedAt: at,
          endedAt: null,
        }
        await caseStore(sql).insertRequests([request])
        await caseStore(sql).insertTimeline([
          lineOf(
            row,
            { kind: 'asked', audience: 'all', data: { request: null, ...why } },
            actorOf(context, pairwise),
            at,
          ),
        ])
        const next = suspended(row, at)
        await keep(sql, next)
        const data = { case: row.id, request: request.id }
        await events.publish(sql, { type: 'cases.asked', key: request.id, data, share: row.service })
        return { request: request.id, version: next.version }
      }),

    withdrawRequest: (id, context) =>
      sql.begin(context, async (sql) => {
        const known = isUuid(id) ? await caseStore(sql).findRequest(id) : undefined
        if (known === undefined) throw RequestNotFound()
        const row = await lockCase(sql, known.caseId)
        await refuseOthers(sql, row, context)
        const request = (await caseStore(sql).findRequest(id))!
        if (!requestLifecycle.can(request.state, 'withdraw')) throw RequestEnded(request.state)
        // What the flow asks, only the flow takes back.
        if (request.name !== null) throw RequestEnded('asked by the process')
        const end = { request, state: 'withdrawn' as const, answer: null, outcome: null }
        await endRequests(sql, [end], actorOf(context, pairwise), clock.now())
      }),

    addNote: ({ case: id, text }, context) =>
      sql.begin(context, async (sql) => {
        const row = await lockCase(sql, id)
        await refuseOthers(sql, row, context)
        await caseStore(sql).insertTimeline([
          lineOf(row, { kind: 'note', note: await seal(row, { text }) }, actorOf(context, pairwise), clock.now()),
        ])
        await announce(sql, events, [row], `:${uuidv7()}`)
      }),
  }
}

function clockOf(row: CaseRow): Pick<CaseView, 'clock'> {
  if (row.term === null) return {}
  return {
    clock: {
      term: row.term,
      ...(row.deadline === null ? {} : { deadline: row.deadline.toISOString() }),
      ...(row.pausedAt === null ? {} : { pausedAt: row.pausedAt.toISOString() }),
      overdue: row.breachedAt !== null,
    },
  }
}

function toTaskView(
  task: TaskRow,
  facts: Json,
  decision: DecisionRow | undefined,
  note: Json,
  rights: Pick<TaskView, 'yours' | 'releasable' | 'assignable' | 'proposals'>,
): TaskView {
  const written = note as { text: string | null; answers: Json } | null
  return {
    id: task.id,
    name: task.name,
    role: task.role,
    ...(task.unit === '' ? {} : { unit: task.unit }),
    state: task.state,
    outcomes: task.outcomes,
    reasons: task.reasons,
    facts: facts as Record<string, Json>,
    ...(task.due === null ? {} : { due: task.due.toISOString() }),
    ...(task.onExpiry === null ? {} : { onExpiry: task.onExpiry }),
    ...(task.claimedBy === null ? {} : { claimedBy: task.claimedBy }),
    assigned: task.assignedBy !== null && task.claimedAt === null,
    joined: task.joinedTo !== null,
    ...rights,
    ...(decision === undefined
      ? {}
      : {
          decision: {
            outcome: decision.outcome,
            ...(decision.reason === null ? {} : { reason: decision.reason }),
            ...(written?.text ? { note: written.text } : {}),
            answers: written?.answers ?? {},
            by: decision.decidedBy,
            ...(decision.confirmedBy === null ? {} : { confirmedBy: decision.confirmedBy }),
            at: decision.decidedAt.toISOString(),
            deemed: decision.deemed,
          },
        }),
  }
}

async function toProposalView(
  proposal: ProposalRow,
  open: (row: ProposalRow, sealed: Buffer | null) => Promise<Json>,
): Promise<ProposalView> {
  const note = (await open(proposal, proposal.note)) as { text: string | null } | null
  const review = (await open(proposal, proposal.review)) as { text: string } | null
  return {
    outcome: proposal.outcome,
    ...(proposal.reason === null ? {} : { reason: proposal.reason }),
    ...(note?.text ? { note: note.text } : {}),
    sampled: proposal.sampled,
    state: proposal.state,
    by: proposal.proposedBy,
    at: proposal.proposedAt.toISOString(),
    ...(proposal.reviewedBy === null ? {} : { reviewedBy: proposal.reviewedBy }),
    ...(proposal.reviewedAt === null ? {} : { reviewedAt: proposal.reviewedAt.toISOString() }),
    ...(review === null ? {} : { review: review.text }),
  }
}

export async function toRequestView(
  request: RequestRow,
  open: (row: RequestRow, sealed: Buffer | null) => Promise<Json>,
): Promise<RequestView> {
  const question = (await open(request, request.question)) as { text?: string; reason?: string } | null
  const answer = await open(request, request.answer)
  return {
    id: request.id,
    ...(request.name === null ? {} : { name: request.name }),
    ...(question?.text === undefined ? {} : { text: question.text }),
    ...(question?.reason === undefined ? {} : { reason: question.reason }),
    state: request.state,
    askedAt: request.askedAt.toISOString(),
    ...(request.due === null ? {} : { due: request.due.toISOString() }),
    ...(request.endedAt === null ? {} : { answeredAt: request.endedAt.toISOString() }),
    ...(answer === null ? {} : { answer }),
  }
}

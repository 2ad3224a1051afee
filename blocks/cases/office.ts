// What officers do: see their queue, open a case with a reason that is kept, take tasks, decide, ask, note.
import type { PublicService } from '@ashlar/catalogue'
import type { Consent } from '@ashlar/consent'
import type { Representation } from '@ashlar/identity'
import type { Calendar } from '@ashlar/kernel/calendar'
import { type Clock, endOfDay } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import { decodeCursor, encodeCursor } from '@ashlar/kernel/http'
import { isUuid, type Pairwise, uuidv7 } from '@ashlar/kernel/identifiers'
import type { Keys } from '@ashlar/kernel/keys'
import type { Context, Database, Sql } from '@ashlar/kernel/sql'
import { Type } from 'typebox'
import { askReasons } from './asks.ts'
import { type CaseStatus, type Json, requestLifecycle, type TaskState, taskLifecycle } from './case.ts'
import { actorOf, announce, changed, lineOf, suspended } from './change.ts'
import { type Content, type Facts, type ShownEvidence, toShown } from './content.ts'
import { findInFlow } from './flow.ts'
import type { Forms } from './forms.ts'
import { type LifeView, lifeRows, toLife } from './life.ts'
import {
  AnswersNotValid,
  AskReasonNotKnown,
  CaseClosed,
  CaseMovedOn,
  CaseNeedsReason,
  CaseNotFound,
  OutcomeNotOffered,
  ReasonNeeded,
  RequestEnded,
  RequestNotFound,
  TaskEnded,
  TaskNotFound,
  TaskNotYours,
  TaskTaken,
} from './problems.ts'
import { type QueueFilter, type QueueRights, type QueueRow, queueStore } from './queue-store.ts'
import type { Representing } from './representation.ts'
import { refuseOwnDecision } from './rights.ts'
import { type CaseRow, caseStore, type DecisionRow, type RequestRow, type TaskRow } from './store.ts'
import { type TimelineEntry, toTimeline } from './timeline.ts'
import type { Work } from './work.ts'

export interface Office {
  /** Tasks of the officer's roles and unit (`context`), the legally most urgent first. No personal data. */
  queue(request: QueueRequest, context: Context): Promise<QueuePage>
  /** How many, each no further than 1,000. */
  counts(filter: { service?: string }, context: Context): Promise<QueueCounts>
  /**
   * Opens a case. The use is in the log of the person concerned before any data leaves. Throws CaseNotFound, and
   * CaseNeedsReason for a case outside the officer's own queue.
   */
  getCase(request: { id: string; reason?: string }, context: Context): Promise<CaseView>
  /** The case, if it is of the officer's own work: then what belongs to it, such as its documents, is theirs to open. */
  ownWork(caseId: string, context: Context): Promise<Pick<CaseView, 'reference' | 'service'> | undefined>
  /** Takes a task. One's own again changes nothing. Throws TaskTaken, TaskEnded, TaskNotYours. */
  claim(task: string, context: Context): Promise<void>
  release(task: string, context: Context): Promise<void>
  /**
   * Decides a task, if the case is still as it was read (`version`). Throws CaseMovedOn, TaskEnded, TaskTaken,
   * OutcomeNotOffered, ReasonNeeded.
   */
  decide(decision: Decide, context: Context): Promise<{ version: number }>
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

export interface QueueRequest extends Pick<QueueFilter, 'service' | 'unclaimed'> {
  mine?: boolean
  /** ISO 8601; due by then. */
  dueBy?: string
  after?: string
  limit?: number
}

export interface QueuePage {
  tasks: QueuedTask[]
  next?: string
}

export interface QueuedTask {
  task: string
  caseId: string
  reference: string
  service: string
  name: string
  role: string
  unit?: string
  state: TaskState
  claimedBy?: string
  due?: string
  openedAt: string
  status: CaseStatus
  waitsFor?: string
  stuck: boolean
  version: number
}

export interface QueueCounts {
  open: number
  late: number
  today: number
  mine: number
  /** Nobody's yet. */
  unclaimed: number
  /** Where the count stops: a figure of `most` says "at least". */
  most: number
}

export interface Decide {
  task: string
  outcome: string
  /** One of the reasons of the outcome, where it has some. */
  reason?: string
  note?: string
  answers?: Record<string, Json>
  /** Of the case, as the officer read it. */
  version: number
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
  /** Whether the one who looks may claim and decide it. */
  yours: boolean
  /** Whether they may give it back: it is taken, by them or in a team that they lead. */
  releasable: boolean
  decision?: { outcome: string; reason?: string; note?: string; answers: Json; by: string; at: string; deemed: boolean }
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
  forms: Forms
  definition(service: string, version?: string): Promise<PublicService>
  endRequests: Work['endRequests']
  representing: Representing
  /** Roles that may give back a task which a colleague has taken. */
  leads: string[]
}

const MOST_COUNTED = 1000
const PAGE = 25
const MOST_PAGE = 100

export function createOffice(needs: OfficeNeeds): Office {
  const { sql, clock, events, keys, pairwise, calendar, consent, forms, representing, definition, endRequests, leads } =
    needs
  const subjectOf = (row: { person: string }) => pairwise.back('cases', row.person)
  const open = async (row: { person: string }, sealed: Buffer | null): Promise<Json> =>
    sealed === null ? null : JSON.parse((await keys.open(subjectOf(row), sealed)).toString())
  const seal = (row: { person: string }, value: Json) => keys.seal(subjectOf(row), JSON.stringify(value))

  /** The task and its case, locked in the order in which everybody locks them. */
  const lockTask = async (sql: Sql, id: string, context: Context): Promise<{ task: TaskRow; row: CaseRow }> => {
    if (!isUuid(id)) throw TaskNotFound()
    const row = await caseStore(sql).lockCaseOf(id)
    const task = row && (await caseStore(sql).findTask(id))
    if (row === undefined || task === undefined) throw TaskNotFound()
    if (!isYours(task, context)) throw TaskNotYours(task.role)
    if (task.endedAt !== null) throw TaskEnded(task.state)
    await refuseOwnDecision(sql, row, context, pairwise)
    return { task, row }
  }

  const mayRelease = (task: TaskRow, context: Context): boolean =>
    task.claimedBy === context.actor.id || leads.some((role) => context.roles?.includes(role))

  const rightsTo = (task: TaskRow, context: Context) => {
    const yours = isYours(task, context)
    return { yours, releasable: yours && task.state === 'claimed' && mayRelease(task, context) }
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

  /** Answers to the questions that the definition puts to the officer. */
  const readAnswers = async (
    id: string,
    given: Record<string, Json> = {},
    context: Context,
  ): Promise<Facts | undefined> => {
    if (!isUuid(id)) throw TaskNotFound()
    const read = await sql.begin(context, async (sql) => {
      const task = await caseStore(sql).findTask(id)
      return task && { task, row: await caseStore(sql).findCase(task.caseId) }
    })
    if (read?.row === undefined) throw TaskNotFound()
    const { task, row } = read
    const service = await definition(row.service, row.serviceVersion)
    const questions = findInFlow(service.flow, 'task', task.name)?.questions ?? []
    if (questions.length === 0) return undefined
    const [application] = await sql.read(context, (sql) => caseStore(sql).applicationsOf([row.id]))
    const content = (await open(row, application!.content)) as unknown as Content
    const { answers, errors } = forms.readQuestions(
      service,
      task.name,
      questions,
      given,
      content,
      application!.language,
    )
    if (errors.length > 0) throw AnswersNotValid(errors)
    return answers
  }

  return {
    queue: async ({ service, unclaimed, mine, dueBy, after, limit = PAGE }, context) => {
      const rights = rightsOf(context)
      if (rights === undefined) return { tasks: [] }
      const filter: QueueFilter = {
        ...(service === undefined ? {} : { service }),
        ...(unclaimed ? { unclaimed } : {}),
        ...(mine ? { claimedBy: context.actor.id } : {}),
        ...(dueBy === undefined ? {} : { dueBy: new Date(dueBy) }),
      }
      const size = Math.max(1, Math.min(limit, MOST_PAGE))
      const rows = await sql.read(context, (sql) => queueStore(sql).page(rights, filter, readCursor(after), size + 1))
      const shown = rows.slice(0, size)
      const last = shown.at(-1)
      return {
        tasks: shown.map(toQueued),
        ...(rows.length > size && last !== undefined ? { next: writeCursor(last) } : {}),
      }
    },

    counts: async ({ service }, context) => {
      const rights = rightsOf(context)
      if (rights === undefined) return { open: 0, late: 0, today: 0, mine: 0, unclaimed: 0, most: MOST_COUNTED }
      const filter = service === undefined ? {} : { service }
      const now = clock.now()
      const tonight = endOfDay(clock.today(), clock.zone)
      return sql.read(context, async (sql) => {
        const count = (more: QueueFilter) => queueStore(sql).count(rights, { ...filter, ...more }, MOST_COUNTED)
        const [open, late, byTonight, mine, unclaimed] = await Promise.all([
          count({}),
          count({ dueBy: now }),
          count({ dueBy: tonight }),
          count({ claimedBy: context.actor.id }),
          count({ unclaimed: true }),
        ])
        return { open, late, today: Math.max(0, byTonight - late), mine, unclaimed, most: MOST_COUNTED }
      })
    },

    getCase: async ({ id, reason }, context) => {
      if (!isUuid(id)) throw CaseNotFound()
      const [row, tasks, [application], requests, contestedBy, lines, life] = await sql.read(context, (sql) => {
        const store = caseStore(sql)
        return Promise.all([
          store.findCase(id),
          store.tasksOf([id]),
          store.applicationsOf([id]),
          store.requestsOf([id]),
          store.contestations(id),
          store.timelineOf(id, ['all', 'office']),
          lifeRows(sql, id),
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
            return toTaskView(task, await open(task, task.facts), decision, note, rightsTo(task, context))
          }),
        ),
        requests: await Promise.all(requests.map((request) => toRequestView(request, open))),
        ...(row.about === null ? {} : { about: row.about }),
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

    claim: (id, context) =>
      sql.begin(context, async (sql) => {
        const { task, row } = await lockTask(sql, id, context)
        const me = context.actor.id
        if (task.claimedBy === me) return
        if (task.claimedBy !== null) throw TaskTaken()
        const state = taskLifecycle.next(task.state, 'claim')
        await caseStore(sql).updateTasks([{ ...task, state, claimedBy: me, claimedAt: clock.now() }])
        await caseStore(sql).insertTimeline([
          lineOf(row, { kind: 'task-claimed', data: { task: task.name } }, actorOf(context, pairwise), clock.now()),
        ])
        await announce(sql, events, [row], `:${uuidv7()}`)
      }),

    release: (id, context) =>
      sql.begin(context, async (sql) => {
        const { task, row } = await lockTask(sql, id, context)
        if (task.claimedBy === null) return
        if (!mayRelease(task, context)) throw TaskTaken()
        const state = taskLifecycle.next(task.state, 'release')
        await caseStore(sql).updateTasks([{ ...task, state, claimedBy: null, claimedAt: null }])
        await caseStore(sql).insertTimeline([
          lineOf(row, { kind: 'task-released', data: { task: task.name } }, actorOf(context, pairwise), clock.now()),
        ])
        await announce(sql, events, [row], `:${uuidv7()}`)
      }),

    decide: async ({ task: id, outcome, reason, note, answers: given, version }, context) => {
      const answers = await readAnswers(id, given, context)
      return sql.begin(context, async (sql) => {
        const { task, row } = await lockTask(sql, id, context)
        if (row.version !== version) throw CaseMovedOn(row.version)
        if (task.claimedBy !== null && task.claimedBy !== context.actor.id) throw TaskTaken()
        if (!task.outcomes.includes(outcome)) throw OutcomeNotOffered(task.outcomes)
        const reasons = task.reasons[outcome] ?? []
        if (reasons.length > 0 && !reasons.includes(reason ?? '')) throw ReasonNeeded(reasons)

        const at = clock.now()
        // From that moment the law's outcome holds, even if nobody has written it down yet.
        const isOver = task.due !== null && task.due <= at && row.pausedAt === null
        if (isOver && task.onExpiry !== null) throw TaskEnded('expired')
        const store = caseStore(sql)
        const by = actorOf(context, pairwise)
        const text = note?.trim() || null
        await store.updateTasks([{ ...task, state: taskLifecycle.next(task.state, 'decide'), endedAt: at }])
        await store.insertDecisions([
          {
            id: uuidv7(),
            task: task.id,
            caseId: row.id,
            tenant: row.tenant,
            person: row.person,
            outcome,
            reason: reasons.length === 0 ? null : reason!,
            deemed: false,
            note: text === null && answers === undefined ? null : await seal(row, { text, answers: answers ?? {} }),
            decidedBy: by,
            decidedAt: at,
          },
        ])
        await store.insertTimeline([
          lineOf(
            row,
            { kind: 'decided', audience: 'all', data: { task: task.name, outcome, reason: reason ?? null } },
            by,
            at,
          ),
        ])
        const others = (await store.tasksOf([row.id])).some(({ endedAt }) => endedAt === null)
        const waitsFor = row.status === 'suspended' ? row.waitsFor : others ? 'officer' : null
        const next = changed(row, { waitsFor })
        await keep(sql, next)
        await events.publish(sql, {
          type: 'cases.step-done',
          key: task.key,
          data: { step: task.key },
          share: row.service,
        })
        return { version: next.version }
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

/** Rights come from who acts, never from what was asked for. */
function rightsOf({ tenant, roles, unit }: Context): QueueRights | undefined {
  if (tenant === null || tenant === '*' || roles === undefined || roles.length === 0) return undefined
  return { tenant, roles, units: unit === undefined ? [''] : ['', unit] }
}

function isYours({ role, unit, tenant }: TaskRow, context: Context): boolean {
  return tenant === context.tenant && (context.roles ?? []).includes(role) && (unit === '' || unit === context.unit)
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

function toQueued(row: QueueRow): QueuedTask {
  return {
    task: row.id,
    caseId: row.caseId,
    reference: row.reference,
    service: row.service,
    name: row.name,
    role: row.role,
    ...(row.unit === '' ? {} : { unit: row.unit }),
    state: row.state,
    ...(row.claimedBy === null ? {} : { claimedBy: row.claimedBy }),
    ...(row.due === null ? {} : { due: row.due.toISOString() }),
    openedAt: row.openedAt.toISOString(),
    status: row.status,
    ...(row.waitsFor === null ? {} : { waitsFor: row.waitsFor }),
    stuck: row.stuckSince !== null,
    version: row.version,
  }
}

function toTaskView(
  task: TaskRow,
  facts: Json,
  decision: DecisionRow | undefined,
  note: Json,
  rights: Pick<TaskView, 'yours' | 'releasable'>,
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
            at: decision.decidedAt.toISOString(),
            deemed: decision.deemed,
          },
        }),
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

/** `due` as the database writes it, so that nothing of its microseconds is lost. */
const Cursor = Type.Tuple([
  Type.String({ pattern: '^(infinity|\\d{4,6}-\\d\\d-\\d\\d [0-9:.+-]{8,30})$' }),
  Type.String({ format: 'uuid', pattern: '^[0-9a-f-]{36}$' }),
])

function writeCursor({ sortDue, id }: QueueRow): string {
  return encodeCursor([sortDue, id])
}

/** Throws CursorNotValid (400). */
function readCursor(cursor: string | undefined): { due: string; id: string } | undefined {
  if (cursor === undefined) return undefined
  const [due, id] = decodeCursor(cursor, Cursor)
  return { due, id }
}

// What applicants see of their cases, and how they answer when they are asked.
import type { PublicService, Question } from '@ashlar/catalogue'
import type { Representation } from '@ashlar/identity'
import type { Calendar } from '@ashlar/kernel/calendar'
import type { Clock } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import { decodeCursor, encodeCursor } from '@ashlar/kernel/http'
import { isUuid, type Pairwise, readPublicReference } from '@ashlar/kernel/identifiers'
import type { Keys } from '@ashlar/kernel/keys'
import type { Context, Database } from '@ashlar/kernel/sql'
import { Type } from 'typebox'
import { type CaseStatus, type Json, requestLifecycle } from './case.ts'
import { actorOf, asWorker } from './change.ts'
import { type Content, type Facts, type ShownEvidence, toShown } from './content.ts'
import type { Files } from './files.ts'
import { findInFlow } from './flow.ts'
import type { Forms } from './forms.ts'
import { type LifeView, lifeRows, toLife } from './life.ts'
import { type RequestView, toRequestView } from './office.ts'
import { AnswersNotValid, ApplicationNotFound, OutcomeNotOffered, RequestEnded, RequestNotFound } from './problems.ts'
import type { Representing } from './representation.ts'
import { type CaseRow, caseStore, type RequestRow } from './store.ts'
import { type TimelineEntry, toApplicantTimeline } from './timeline.ts'
import type { Work } from './work.ts'

export interface Applicants {
  /** Cases of `context.subject`, the newest first. */
  applicationsOf(paging: { after?: string; limit?: number }, context: Context): Promise<ApplicationPage>
  /** By id or by the reference that people quote. Throws ApplicationNotFound. */
  getApplication(id: string, context: Context): Promise<ApplicationView>
  /** Open requests for information to `context.subject`, the oldest first. */
  requestsOf(context: Context): Promise<AskedRequest[]>
  /** A request to another party of a case, as that party sees it: what concerns it, and no more. Throws RequestNotFound. */
  getRequest(id: string, context: Context): Promise<PartyRequest>
  /** Answers a request; the clock of the law goes on. The same answer again changes nothing. Throws RequestEnded. */
  answer(answer: Answer, context: Context): Promise<void>
}

/** Something that one is asked. `party`: as which party of somebody else's case. */
export type AskedRequest = RequestView & { caseId: string; reference: string; service: string; party?: string }

export interface PartyRequest extends AskedRequest {
  version: string
  /** Who applies, by name. */
  applicant: string | null
  facts: Facts
  outcome?: string
}

export interface ApplicationPage {
  applications: ApplicationSummary[]
  next?: string
}

/** The one state of a case, as applicant and officer both see it. */
export interface ApplicationSummary {
  caseId: string
  reference: string
  service: { id: string; version: string }
  authority: string
  status: CaseStatus
  waitsFor?: string
  stuck: boolean
  result?: string
  submittedAt: string
  deadline?: string
  paused: boolean
  overdue: boolean
  closedAt?: string
  about?: string
  version: number
}

export interface ApplicationView extends ApplicationSummary {
  language: string
  channel: string
  answers: Facts
  evidence: ShownEvidence[]
  requests: RequestView[]
  /** Who sent it for the applicant, and by what right. */
  representative?: Representation
  contestedBy: { caseId: string; reference: string; status: CaseStatus; result?: string }[]
  timeline: TimelineEntry[]
  /** Its clock and why, messages, related cases, and how it can be contested or withdrawn. */
  life: LifeView
}

export interface Answer {
  request: string
  /** To a question in an officer's own words. */
  text?: string
  /** To an `ask` of the flow: its questions, and its outcome where it has several. */
  body?: Record<string, unknown>
  outcome?: string
}

export interface ApplicantNeeds {
  sql: Database
  clock: Clock
  events: Events
  keys: Pick<Keys, 'seal' | 'open'>
  pairwise: Pairwise
  forms: Forms
  files: Files
  representing: Representing
  calendar: Calendar
  definition(service: string, version?: string): Promise<PublicService>
  endRequests: Work['endRequests']
}

const PAGE = 20
const MOST = 100

export function createApplicants(needs: ApplicantNeeds): Applicants {
  const { sql, clock, events, keys, pairwise, calendar, forms, files, representing, definition, endRequests } = needs
  const open = async (row: { person: string }, sealed: Buffer | null): Promise<Json> =>
    sealed === null ? null : JSON.parse((await keys.open(pairwise.back('cases', row.person), sealed)).toString())
  const personOf = ({ subject }: Context) => {
    if (subject === undefined || !isUuid(subject)) throw ApplicationNotFound()
    return pairwise.of('cases', subject)
  }

  return {
    applicationsOf: async ({ after, limit = PAGE }, context) => {
      await representing.toFollow(context)
      const size = Math.max(1, Math.min(limit, MOST))
      const rows = await sql.read(context, (sql) =>
        caseStore(sql).casesOf(personOf(context), readCursor(after), size + 1),
      )
      const shown = rows.slice(0, size)
      const last = shown.at(-1)
      return {
        applications: (await representing.followable(shown, context)).map(toSummary),
        ...(rows.length > size && last !== undefined ? { next: writeCursor(last) } : {}),
      }
    },

    getApplication: async (id, context) => {
      const person = personOf(context)
      const reference = isUuid(id) ? undefined : readPublicReference(id)
      if (reference === undefined && !isUuid(id)) throw ApplicationNotFound()
      const caseId =
        reference === undefined
          ? id
          : (await sql.read(context, (sql) => caseStore(sql).findCaseByReference(reference)))?.id
      if (caseId === undefined) throw ApplicationNotFound()
      const [row, [application], requests, contestedBy, lines, life] = await sql.read(context, (sql) => {
        const store = caseStore(sql)
        return Promise.all([
          store.findCase(caseId),
          store.applicationsOf([caseId]),
          store.requestsOf([caseId]),
          store.contestations(caseId),
          store.timelineOf(caseId, ['all']),
          lifeRows(sql, caseId),
        ])
      })
      if (row === undefined || row.person !== person || application === undefined) throw ApplicationNotFound()
      await representing.toFollow(context, row.service)
      const service = await definition(row.service, row.serviceVersion)
      const content = (await open(application, application.content)) as unknown as Content
      return {
        ...toSummary(row),
        language: application.language,
        channel: application.channel,
        answers: content.answers,
        evidence: toShown(content.evidence),
        requests: await Promise.all(requests.map((request) => toRequestView(request, open))),
        contestedBy: contestedBy.map(({ id, reference, status, result }) => ({
          caseId: id,
          reference,
          status,
          ...(result === null ? {} : { result }),
        })),
        life: await toLife({ ...life, row, service, lines, open }, calendar, clock.now(), 'applicant'),
        timeline: await Promise.all(
          lines.map(async (line) => toApplicantTimeline(line, await representing.nameIn(line.actor))),
        ),
        ...(content.representative === undefined ? {} : { representative: content.representative }),
      }
    },

    requestsOf: async (context) => {
      const person = personOf(context)
      await representing.toFollow(context)
      const asked = await sql.begin(context, (sql) => caseStore(sql).openRequestsOfPerson(person, MOST))
      // The case of another's request is not the party's to see; what it is called is.
      const all = await sql.read(asWorker, (sql) => caseStore(sql).casesIn(asked.map(({ caseId }) => caseId)))
      const byId = new Map((await representing.followable(all, context)).map((row) => [row.id, row]))
      const requests = asked.filter(({ caseId }) => byId.has(caseId))
      return Promise.all(requests.map((request) => toAsked(request, byId.get(request.caseId)!)))
    },

    getRequest: async (id, context) => {
      const person = personOf(context)
      const { request, row, application } = await findAsked(id, person, context)
      if (request.party === null) throw RequestNotFound()
      await representing.toFollow(context, row.service)
      const content = (await open(row, application.content)) as unknown as Content
      return {
        ...(await toAsked(request, row)),
        version: row.serviceVersion,
        applicant: content.applicant.name,
        facts: ((await open(request, request.facts)) ?? {}) as Facts,
        ...(request.outcome === null ? {} : { outcome: request.outcome }),
      }
    },

    answer: async (given, context) => {
      const person = personOf(context)
      const { request, row, application } = await findAsked(given.request, person, context)
      const service = await definition(row.service, row.serviceVersion)
      await representing.forService(service, context, undefined, request.party ?? undefined)
      const { answer, outcome, questions } = await readAnswer(given, request.name, row, application)
      const sealed = await keys.seal(pairwise.back('cases', request.person), JSON.stringify(answer))

      // A party that is not the applicant moves a case that it does not see.
      const as = request.party === null ? context : { ...asWorker, actor: context.actor, trace: context.trace }
      const by = request.party === null ? actorOf(context, pairwise) : `party:${request.party}`
      await sql.begin(as, async (sql) => {
        const store = caseStore(sql)
        await store.lockCases([row.id])
        const current = (await store.findRequest(request.id))!
        if (current.state === 'answered' && same(await open(current, current.answer), answer)) return
        if (!requestLifecycle.can(current.state, 'answer')) throw RequestEnded(current.state)
        const end = { request: current, state: 'answered' as const, answer: sealed, outcome }
        await endRequests(sql, [end], by, clock.now())
        await files.attach(sql, row.id, questions, answer as Facts)
        if (current.name === null) return
        const data = { step: current.key }
        await events.publish(sql, { type: 'cases.step-done', key: current.key, data, share: row.service })
      })
    },
  }

  async function toAsked(request: RequestRow, { reference, service }: CaseRow): Promise<AskedRequest> {
    const view = await toRequestView(request, open)
    const { caseId, party } = request
    return { ...view, caseId, reference, service, ...(party === null ? {} : { party }) }
  }

  /** The request, if it is to this person, with its case, which another party would not see. */
  async function findAsked(id: string, person: string, context: Context) {
    const request = isUuid(id) ? await sql.begin(context, (sql) => caseStore(sql).findRequest(id)) : undefined
    if (request === undefined || request.person !== person) throw RequestNotFound()
    return sql.read(request.party === null ? context : asWorker, async (sql) => {
      const [row, [application]] = await Promise.all([
        caseStore(sql).findCase(request.caseId),
        caseStore(sql).applicationsOf([request.caseId]),
      ])
      return { request, row: row!, application: application! }
    })
  }

  async function readAnswer(
    given: Answer,
    name: string | null,
    row: CaseRow,
    application: { person?: string; content: Buffer; language: string },
  ): Promise<{ answer: Json; outcome: string | null; questions: Question[] }> {
    if (name === null) {
      const text = given.text?.trim() ?? ''
      if (text === '') throw AnswersNotValid([textNeeded])
      return { answer: { text }, outcome: null, questions: [] }
    }
    const service = await definition(row.service, row.serviceVersion)
    const asked = findInFlow(service.flow, 'ask', name)
    if (asked === undefined) throw RequestNotFound()
    const outcome = given.outcome ?? (asked.outcomes.length === 1 ? asked.outcomes[0]! : null)
    if (asked.outcomes.length > 0 && !asked.outcomes.includes(outcome ?? '')) throw OutcomeNotOffered(asked.outcomes)
    const content = (await open(row, application.content)) as unknown as Content
    const { answers, errors } = forms.readQuestions(
      service,
      name,
      asked.questions,
      given.body ?? {},
      content,
      application.language,
    )
    if (errors.length > 0) throw AnswersNotValid(errors)
    return { answer: answers, outcome, questions: asked.questions }
  }
}

const textNeeded = { question: 'text', field: 'text', code: 'required' as const, key: 'error.required', values: {} }

const same = (a: Json, b: Json): boolean => JSON.stringify(a) === JSON.stringify(b)

function toSummary(row: CaseRow): ApplicationSummary {
  return {
    caseId: row.id,
    reference: row.reference,
    service: { id: row.service, version: row.serviceVersion },
    authority: row.tenant,
    status: row.status,
    ...(row.waitsFor === null ? {} : { waitsFor: row.waitsFor }),
    stuck: row.stuckSince !== null,
    ...(row.result === null ? {} : { result: row.result }),
    submittedAt: row.submittedAt.toISOString(),
    ...(row.deadline === null ? {} : { deadline: row.deadline.toISOString() }),
    paused: row.pausedAt !== null,
    overdue: row.breachedAt !== null,
    ...(row.closedAt === null ? {} : { closedAt: row.closedAt.toISOString() }),
    ...(row.about === null ? {} : { about: row.about }),
    version: row.version,
  }
}

const Cursor = Type.Tuple([
  Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT[0-9:.]{8,12}Z$' }),
  Type.String({ pattern: '^[0-9a-f-]{36}$' }),
])

function writeCursor({ submittedAt, id }: CaseRow): string {
  return encodeCursor([submittedAt.toISOString(), id])
}

/** Throws CursorNotValid (400). */
function readCursor(cursor: string | undefined): { at: Date; id: string } | null {
  if (cursor === undefined) return null
  const [at, id] = decodeCursor(cursor, Cursor)
  return { at: new Date(at), id }
}

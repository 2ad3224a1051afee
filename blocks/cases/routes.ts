// HTTP of cases: applying, following one's applications, and the work of an office.
import { etag, type Http, isKnown, linkNext, PageQuery, requireCaller, requireIfMatch } from '@ashlar/kernel/http'
import { type Static, Type } from 'typebox'
import type { Cases } from './cases.ts'
import { LifeBody, lifeRoutes } from './life-routes.ts'
import type { QueueRequest } from './queue.ts'
import { ChoiceQuery, teamRoutes } from './team-routes.ts'

const Text = Type.String()
const Words = Type.String({ minLength: 1, maxLength: 4000 })
const Name = Type.String({ minLength: 1, maxLength: 100 })
const Moment = Type.String({ format: 'date-time' })
const Values = Type.Record(Type.String(), Type.Unknown())
const PublicServiceVersion = Type.Object({ id: Text, version: Text })
const ById = Type.Object({ id: Type.String({ format: 'uuid' }) })

const DraftSummaryBody = Type.Object({
  id: Text,
  service: PublicServiceVersion,
  version: Type.Integer({ description: 'For If-Match' }),
  language: Text,
  about: Type.Optional(Text),
  startedAt: Moment,
  savedAt: Moment,
  expiresAt: Moment,
})
const EvidenceBody = Type.Object({ name: Text, register: Text, at: Moment, fact: Type.Unknown() })
const DraftBody = Type.Object({
  ...DraftSummaryBody.properties,
  pages: Type.Array(Type.Object({ id: Text, questions: Type.Array(Text), isComplete: Type.Boolean() })),
  next: Type.Optional(Type.String({ description: 'The page to do next; absent if it can be sent, or has ended' })),
  stop: Type.Optional(Type.String({ description: 'The page that says why one cannot go on' })),
  isComplete: Type.Boolean(),
  answers: Values,
  evidence: Type.Array(EvidenceBody),
})
const ReceiptBody = Type.Object({
  caseId: Text,
  application: Text,
  reference: Text,
  service: PublicServiceVersion,
  authority: Text,
  submittedAt: Moment,
  deadline: Type.Optional(Moment),
})
const ApplicationBody = Type.Object({
  caseId: Text,
  reference: Text,
  service: PublicServiceVersion,
  authority: Text,
  status: Type.String({ description: 'received, in-progress, suspended or closed' }),
  waitsFor: Type.Optional(Type.String({ description: 'officer, applicant, or the step of another block' })),
  stuck: Type.Boolean(),
  result: Type.Optional(Text),
  submittedAt: Moment,
  deadline: Type.Optional(Moment),
  paused: Type.Boolean(),
  overdue: Type.Boolean(),
  closedAt: Type.Optional(Moment),
  about: Type.Optional(Text),
  version: Type.Integer(),
})
const OfferBody = Type.Object({
  id: Text,
  service: Text,
  name: Type.String({ description: 'The texts offer.<name>.title and .why of the service say what it is' }),
  authority: Text,
  madeAt: Moment,
  lapsesAt: Type.Optional(Moment),
  draft: Type.Optional(Text),
})
const RequestBody = Type.Object({
  id: Text,
  name: Type.Optional(Text),
  text: Type.Optional(Text),
  reason: Type.Optional(Text),
  state: Text,
  askedAt: Moment,
  due: Type.Optional(Moment),
  answeredAt: Type.Optional(Moment),
  answer: Type.Optional(Type.Unknown()),
})
const AskedBody = Type.Object({
  ...RequestBody.properties,
  caseId: Text,
  reference: Text,
  service: Text,
  party: Type.Optional(Type.String({ description: 'As which party of the case of another you are asked' })),
})
const TimelineBody = Type.Array(
  Type.Object({
    at: Moment,
    kind: Text,
    by: Text,
    name: Type.Optional(Type.String({ description: 'Of a representative' })),
    data: Type.Unknown(),
    text: Type.Optional(Text),
  }),
)
const RepresentativeBody = Type.Object({
  basis: Type.String({ description: 'parent, guardian, director or mandate' }),
  actor: Text,
  represented: Text,
  mandate: Type.Optional(Text),
  via: Type.Optional(Text),
})
const ApplicationDetailBody = Type.Object({
  ...ApplicationBody.properties,
  language: Text,
  channel: Text,
  answers: Values,
  evidence: Type.Array(EvidenceBody),
  requests: Type.Array(RequestBody),
  representative: Type.Optional(RepresentativeBody),
  contestedBy: Type.Array(Type.Object({ caseId: Text, reference: Text, status: Text, result: Type.Optional(Text) })),
  life: LifeBody,
  timeline: TimelineBody,
})
const QueuedTaskBody = Type.Object({
  task: Text,
  caseId: Text,
  reference: Text,
  service: Text,
  name: Text,
  role: Text,
  unit: Type.Optional(Text),
  state: Text,
  claimedBy: Type.Optional(Text),
  due: Type.Optional(Moment),
  openedAt: Moment,
  status: Text,
  waitsFor: Type.Optional(Text),
  stuck: Type.Boolean(),
  assigned: Type.Boolean({ description: 'Given to them, and not looked at since' }),
  proposedBy: Type.Optional(Text),
  applicant: Type.Optional(Text),
  bulk: Type.Boolean(),
  version: Type.Integer(),
})
const TaskBody = Type.Object({
  id: Text,
  name: Text,
  role: Text,
  unit: Type.Optional(Text),
  state: Text,
  outcomes: Type.Array(Text),
  reasons: Type.Record(Type.String(), Type.Array(Text)),
  facts: Values,
  due: Type.Optional(Moment),
  onExpiry: Type.Optional(Text),
  claimedBy: Type.Optional(Text),
  yours: Type.Boolean(),
  releasable: Type.Boolean(),
  decision: Type.Optional(
    Type.Object({
      outcome: Text,
      reason: Type.Optional(Text),
      note: Type.Optional(Text),
      answers: Type.Unknown(),
      by: Text,
      at: Moment,
      deemed: Type.Boolean(),
    }),
  ),
})
const CaseBody = Type.Object({
  id: Text,
  reference: Text,
  service: PublicServiceVersion,
  authority: Text,
  status: Text,
  waitsFor: Type.Optional(Text),
  stuck: Type.Boolean(),
  result: Type.Optional(Text),
  version: Type.Integer({ description: 'For If-Match' }),
  submittedAt: Moment,
  closedAt: Type.Optional(Moment),
  clock: Type.Optional(
    Type.Object({
      term: Text,
      deadline: Type.Optional(Moment),
      pausedAt: Type.Optional(Moment),
      overdue: Type.Boolean(),
    }),
  ),
  applicant: Type.Object({
    id: Type.Union([Text, Type.Null()]),
    kind: Text,
    name: Type.Union([Text, Type.Null()]),
  }),
  representative: Type.Optional(RepresentativeBody),
  channel: Text,
  language: Text,
  submittedBy: Text,
  answers: Values,
  evidence: Type.Array(EvidenceBody),
  tasks: Type.Array(TaskBody),
  requests: Type.Array(RequestBody),
  about: Type.Optional(Text),
  contestedBy: Type.Array(Type.Object({ id: Text, reference: Text, status: Text })),
  life: LifeBody,
  timeline: TimelineBody,
  use: Type.Optional(Type.String({ description: 'The entry in the log of data uses' })),
})
const VersionBody = Type.Object({ version: Type.Integer() })
const AnswerBody = Type.Object({
  text: Type.Optional(Words),
  body: Type.Optional(Values),
  outcome: Type.Optional(Name),
})
const DecisionBody = Type.Object({
  outcome: Name,
  reason: Type.Optional(Name),
  note: Type.Optional(Words),
  answers: Type.Optional(Values),
})

const base = '/api/cases/v1'

export function caseRoutes(cases: Cases, http: Http): void {
  applyingRoutes(cases, http)
  offerRoutes(cases, http)
  applicationRoutes(cases, http)
  officeRoutes(cases, http)
  teamRoutes(cases, http)
  lifeRoutes(cases, http)
}

function applyingRoutes(cases: Cases, http: Http): void {
  http.post(`${base}/drafts`, {
    config: {
      scope: 'cases.apply',
      problems: ['public-service-not-open', 'case-not-found', 'not-appealable', 'appeal-too-late'],
    },
    schema: {
      summary: 'Begin an application',
      body: Type.Object({
        service: Name,
        language: Name,
        about: Type.Optional(Type.String({ format: 'uuid' })),
        lateBecause: Type.Optional(Words),
      }),
      response: { 201: DraftBody },
    },
    handler: async (request, reply) => {
      const { context, name } = requireCaller(request)
      const draft = await cases.startDraft({ ...request.body, ...(name === undefined ? {} : { name }) }, context)
      return reply.code(201).header('etag', etag(draft.version)).send(toDraftBody(draft))
    },
  })

  http.get(`${base}/drafts`, {
    config: { scope: 'cases.apply' },
    schema: { summary: 'Your open drafts', response: { 200: Type.Array(DraftSummaryBody) } },
    handler: (request) => cases.draftsOf(requireCaller(request).context),
  })

  http.get(`${base}/drafts/:id`, {
    config: { scope: 'cases.apply', problems: ['draft-not-found'] },
    schema: { summary: 'A draft as it stands', params: ById, response: { 200: DraftBody } },
    handler: async (request, reply) => {
      const draft = await cases.getDraft(request.params.id, requireCaller(request).context)
      return reply.header('etag', etag(draft.version)).send(toDraftBody(draft))
    },
  })

  http.put(`${base}/drafts/:id/pages/:page`, {
    config: {
      scope: 'cases.apply',
      problems: ['draft-not-found', 'draft-moved-on', 'page-not-found', 'answers-not-valid'],
    },
    schema: {
      summary: 'Keep the answers of one page',
      params: Type.Object({ ...ById.properties, page: Name }),
      body: Values,
      response: { 200: DraftBody },
    },
    handler: async (request, reply) => {
      const { id, page } = request.params
      const save = { draft: id, page, body: request.body, version: requireIfMatch(request) }
      const draft = await cases.saveDraft(save, requireCaller(request).context)
      return reply.header('etag', etag(draft.version)).send(toDraftBody(draft))
    },
  })

  http.delete(`${base}/drafts/:id`, {
    config: { scope: 'cases.apply' },
    schema: { summary: 'Discard a draft', params: ById, response: { 204: Type.Null() } },
    handler: async (request, reply) => {
      await cases.discardDraft(request.params.id, requireCaller(request).context)
      return reply.code(204).send(null)
    },
  })

  http.post(`${base}/drafts/:id/resume-code`, {
    config: { scope: 'cases.apply', problems: ['draft-not-found'] },
    schema: {
      summary: 'A code that opens the draft on another device, once and within a day',
      params: ById,
      response: { 201: Type.Object({ code: Text, until: Moment }) },
    },
    handler: async (request, reply) =>
      reply.code(201).send(await cases.resumeCode(request.params.id, requireCaller(request).context)),
  })

  http.post(`${base}/resumed-drafts`, {
    config: { scope: 'cases.apply', problems: ['resume-code-not-found', 'too-many-codes'] },
    schema: {
      summary: 'Open a draft by its code',
      body: Type.Object({ code: Type.String({ maxLength: 40 }) }),
      response: { 201: DraftBody },
    },
    handler: async (request, reply) =>
      reply.code(201).send(toDraftBody(await cases.resumeDraft(request.body.code, requireCaller(request).context))),
  })

  http.post(`${base}/drafts/:id/submission`, {
    config: {
      scope: 'cases.apply',
      problems: ['draft-not-found', 'draft-not-complete', 'draft-stopped', 'draft-moved-on', 'public-service-not-open'],
    },
    schema: { summary: 'Send a draft; again gives the same receipt', params: ById, response: { 201: ReceiptBody } },
    handler: async (request, reply) =>
      reply.code(201).send(await cases.submit(request.params.id, requireCaller(request).context)),
  })

  http.post(`${base}/applications`, {
    config: {
      scope: 'cases.apply',
      problems: ['answers-not-valid', 'draft-not-complete', 'draft-stopped', 'public-service-not-open'],
    },
    schema: {
      summary: 'Apply in one piece; the same Idempotency-Key gives the same receipt',
      body: Type.Object({
        service: Name,
        language: Name,
        about: Type.Optional(Type.String({ format: 'uuid' })),
        answers: Values,
      }),
      response: { 201: ReceiptBody },
    },
    handler: async (request, reply) => {
      const { context, name } = requireCaller(request)
      const key = String(request.headers['idempotency-key'])
      const application = { ...request.body, key, ...(name === undefined ? {} : { name }) }
      return reply.code(201).send(await cases.apply(application, context))
    },
  })
}

function offerRoutes(cases: Cases, http: Http): void {
  http.get(`${base}/offers`, {
    config: { scope: 'cases.apply' },
    schema: {
      summary: 'What you are offered before you asked for it',
      response: { 200: Type.Object({ offers: Type.Array(OfferBody) }) },
    },
    handler: async (request) => ({ offers: await cases.offersOf(requireCaller(request).context) }),
  })

  http.post(`${base}/offers/:id/draft`, {
    config: {
      scope: 'cases.apply',
      problems: ['offer-not-found', 'public-service-not-open'],
    },
    schema: {
      summary: 'Take up an offer: the form with what is known already; again gives the same draft',
      params: ById,
      body: Type.Object({ language: Name }),
      response: { 201: DraftBody },
    },
    handler: async (request, reply) => {
      const { context, name } = requireCaller(request)
      const start = { ...request.body, ...(name === undefined ? {} : { name }) }
      const draft = await cases.takeOffer(request.params.id, start, context)
      return reply.code(201).header('etag', etag(draft.version)).send(toDraftBody(draft))
    },
  })

  http.post(`${base}/offers/:id/refusal`, {
    config: { scope: 'cases.apply', problems: ['offer-not-found'] },
    schema: { summary: 'Decline an offer', params: ById, response: { 204: Type.Null() } },
    handler: async (request, reply) => {
      await cases.declineOffer(request.params.id, requireCaller(request).context)
      return reply.code(204).send(null)
    },
  })
}

function applicationRoutes(cases: Cases, http: Http): void {
  http.get(`${base}/applications`, {
    config: { scope: 'cases.follow' },
    schema: {
      summary: 'Your applications, the newest first',
      querystring: Type.Object(PageQuery),
      response: { 200: Type.Object({ applications: Type.Array(ApplicationBody), next: Type.Optional(Text) }) },
    },
    handler: async (request, reply) => {
      const { cursor, limit } = request.query
      const paging = { limit, ...(cursor === undefined ? {} : { after: cursor }) }
      const page = await cases.applicationsOf(paging, requireCaller(request).context)
      linkNext(request, reply, page.next)
      return page
    },
  })

  http.get(`${base}/applications/:id`, {
    config: { scope: 'cases.follow', problems: ['application-not-found'] },
    schema: {
      summary: 'One of your applications, by id or reference',
      params: Type.Object({ id: Name }),
      response: { 200: ApplicationDetailBody, 304: Type.Null() },
    },
    handler: async (request, reply) => {
      const application = await cases.getApplication(request.params.id, requireCaller(request).context)
      // A message leaves the version as it is, so that it is in no officer's way.
      const { length: written } = application.life.messages
      if (written === 0 && isKnown(request, reply, application.version)) return reply.code(304).send(null)
      return application
    },
  })

  http.get(`${base}/requests`, {
    config: { scope: 'cases.follow' },
    schema: {
      summary: 'What you are asked for',
      response: {
        200: Type.Array(AskedBody),
      },
    },
    handler: (request) => cases.requestsOf(requireCaller(request).context),
  })

  http.get(`${base}/requests/:id`, {
    config: { scope: 'cases.follow', problems: ['request-not-found', 'acting-ended', 'mandate-too-narrow'] },
    schema: {
      summary: 'What you are asked in the case of another, with what concerns you',
      params: ById,
      response: {
        200: Type.Object({
          ...AskedBody.properties,
          version: Text,
          applicant: Type.Union([Text, Type.Null()]),
          facts: Values,
          outcome: Type.Optional(Text),
        }),
      },
    },
    handler: (request) => cases.getRequest(request.params.id, requireCaller(request).context),
  })

  http.post(`${base}/requests/:id/answer`, {
    config: {
      scope: 'cases.apply',
      problems: ['request-not-found', 'request-ended', 'answers-not-valid', 'outcome-not-offered'],
    },
    schema: { summary: 'Answer what you are asked', params: ById, body: AnswerBody, response: { 204: Type.Null() } },
    handler: async (request, reply) => {
      await cases.answer({ request: request.params.id, ...request.body }, requireCaller(request).context)
      return reply.code(204).send(null)
    },
  })
}

function officeRoutes(cases: Cases, http: Http): void {
  http.get(`${base}/queue`, {
    config: { scope: 'cases.work' },
    schema: {
      summary: 'Tasks of your roles and unit, by legal deadline',
      querystring: Type.Object({
        ...PageQuery,
        ...ChoiceQuery,
        dueBy: Type.Optional(Moment),
      }),
      response: { 200: Type.Object({ tasks: Type.Array(QueuedTaskBody), next: Type.Optional(Text) }) },
    },
    handler: async (request, reply) => {
      const { cursor, ...filter } = request.query
      const wanted = { ...filter, ...(cursor === undefined ? {} : { after: cursor }) } as QueueRequest
      const page = await cases.queue(wanted, requireCaller(request).context)
      linkNext(request, reply, page.next)
      return page
    },
  })

  http.get(`${base}/queue/counts`, {
    config: { scope: 'cases.work' },
    schema: {
      summary: 'How many tasks wait, each counted up to `most`',
      querystring: Type.Object({ service: Type.Optional(Name) }),
      response: {
        200: Type.Object({
          open: Type.Integer(),
          late: Type.Integer(),
          today: Type.Integer(),
          mine: Type.Integer(),
          unclaimed: Type.Integer(),
          most: Type.Integer(),
        }),
      },
    },
    handler: (request) => cases.counts(request.query, requireCaller(request).context),
  })

  http.get(`${base}/cases/:id`, {
    config: { scope: 'cases.work', problems: ['case-not-found', 'case-needs-reason'] },
    schema: {
      summary: 'Open a case of your queue; the person sees that you did',
      params: ById,
      response: { 200: CaseBody },
    },
    handler: async (request, reply) => {
      const view = await cases.getCase(request.params, requireCaller(request).context)
      return reply.header('etag', etag(view.version)).send(view)
    },
  })

  http.post(`${base}/cases/:id/openings`, {
    config: { scope: 'cases.work', problems: ['case-not-found', 'case-needs-reason'] },
    schema: {
      summary: 'Open a case outside your queue, with a reason that the person sees',
      params: ById,
      body: Type.Object({ reason: Words }),
      response: { 200: CaseBody },
    },
    handler: async (request, reply) => {
      const view = await cases.getCase({ ...request.params, ...request.body }, requireCaller(request).context)
      return reply.header('etag', etag(view.version)).send(view)
    },
  })

  http.post(`${base}/tasks/:id/claim`, {
    config: { scope: 'cases.work', problems: ['task-not-found', 'task-not-yours', 'task-taken', 'task-ended'] },
    schema: { summary: 'Take a task', params: ById, response: { 204: Type.Null() } },
    handler: async (request, reply) => {
      await cases.claim(request.params.id, requireCaller(request).context)
      return reply.code(204).send(null)
    },
  })

  http.delete(`${base}/tasks/:id/claim`, {
    config: { scope: 'cases.work', problems: ['task-not-found', 'task-not-yours', 'task-taken', 'task-ended'] },
    schema: { summary: 'Give a task back', params: ById, response: { 204: Type.Null() } },
    handler: async (request, reply) => {
      await cases.release(request.params.id, requireCaller(request).context)
      return reply.code(204).send(null)
    },
  })

  http.post(`${base}/tasks/:id/decision`, {
    config: {
      scope: 'cases.decide',
      problems: [
        'task-not-found',
        'task-not-yours',
        'task-taken',
        'task-ended',
        'case-moved-on',
        'outcome-not-offered',
        'decision-reason-needed',
      ],
    },
    schema: {
      summary: 'Decide a task; If-Match is the version of the case that you read',
      params: ById,
      body: DecisionBody,
      response: {
        201: Type.Object({ ...VersionBody.properties, waits: Type.Boolean({ description: 'For a second person' }) }),
      },
    },
    handler: async (request, reply) => {
      const { answers, ...decision } = request.body
      const decided = await cases.decide(
        {
          ...decision,
          task: request.params.id,
          version: requireIfMatch(request),
          ...(answers === undefined ? {} : { answers: answers as Parameters<Cases['decide']>[0]['answers'] & object }),
        },
        requireCaller(request).context,
      )
      return reply.code(201).header('etag', etag(decided.version)).send(decided)
    },
  })

  http.post(`${base}/cases/:id/requests`, {
    config: {
      scope: 'cases.work',
      problems: ['case-not-found', 'case-needs-reason', 'case-moved-on', 'case-closed', 'ask-reason-not-known'],
    },
    schema: {
      summary: 'Ask the applicant; the clock of the law stops until they answer',
      params: ById,
      body: Type.Object({ text: Words, reason: Type.Optional(Name) }),
      response: { 201: Type.Object({ request: Text, version: Type.Integer() }) },
    },
    handler: async (request, reply) => {
      const ask = { case: request.params.id, ...request.body, version: requireIfMatch(request) }
      const asked = await cases.ask(ask, requireCaller(request).context)
      return reply.code(201).header('etag', etag(asked.version)).send(asked)
    },
  })

  http.delete(`${base}/requests/:id`, {
    config: { scope: 'cases.work', problems: ['request-not-found', 'request-ended', 'case-needs-reason'] },
    schema: { summary: 'Take a request back; the clock goes on', params: ById, response: { 204: Type.Null() } },
    handler: async (request, reply) => {
      await cases.withdrawRequest(request.params.id, requireCaller(request).context)
      return reply.code(204).send(null)
    },
  })

  http.post(`${base}/cases/:id/notes`, {
    config: { scope: 'cases.work', problems: ['case-not-found', 'case-needs-reason'] },
    schema: {
      summary: 'Note something for colleagues',
      params: ById,
      body: Type.Object({ text: Words }),
      response: { 204: Type.Null() },
    },
    handler: async (request, reply) => {
      await cases.addNote({ case: request.params.id, text: request.body.text }, requireCaller(request).context)
      return reply.code(204).send(null)
    },
  })
}

type Draft = Awaited<ReturnType<Cases['getDraft']>>

function toDraftBody({ form, evidence, ...summary }: Draft): Static<typeof DraftBody> {
  return {
    ...summary,
    pages: form.pages
      .filter(({ page }) => !page.stop)
      .map(({ page, questions, isComplete }) => ({
        id: page.id,
        questions: questions.map(({ name }) => name),
        isComplete,
      })),
    ...(form.next === undefined ? {} : { next: form.next.page.id }),
    ...(form.stop === undefined ? {} : { stop: form.stop.id }),
    isComplete: form.isComplete,
    answers: form.answers,
    evidence,
  }
}

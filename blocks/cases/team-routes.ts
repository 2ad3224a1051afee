// HTTP of officers' work together: the next case, giving work on, confirming each other, and work on many at once.
import { type Http, requireCaller, requireIfMatch } from '@ashlar/kernel/http'
import { Type } from 'typebox'
import type { BulkWanted } from './bulk.ts'
import type { Cases } from './cases.ts'

const base = '/api/cases/v1'
const Text = Type.String()
const Name = Type.String({ minLength: 1, maxLength: 100 })
const Moment = Type.String({ format: 'date-time' })
const ById = Type.Object({ id: Type.String({ format: 'uuid' }) })

export const ChoiceQuery = {
  service: Type.Optional(Name),
  mine: Type.Optional(Type.Boolean()),
  unclaimed: Type.Optional(Type.Boolean()),
  assignee: Type.Optional(Name),
  status: Type.Optional(
    Type.Union(['to-decide', 'second-look', 'waits-applicant', 'stuck'].map((one) => Type.Literal(one))),
  ),
  due: Type.Optional(Type.Union(['late', 'today', 'week'].map((one) => Type.Literal(one)))),
  applicant: Type.Optional(Name),
  unit: Type.Optional(Name),
  search: Type.Optional(Name),
  sort: Type.Optional(Type.Union(['due', 'oldest', 'newest'].map((one) => Type.Literal(one)))),
}

const BulkBody = Type.Object({
  id: Text,
  act: Text,
  state: Type.String({ description: 'prepared, running, done or undone' }),
  input: Type.Record(Type.String(), Type.Unknown()),
  note: Type.Optional(Text),
  preparedAt: Moment,
  undoUntil: Type.Optional(Moment),
  rows: Type.Array(
    Type.Object({
      task: Text,
      caseId: Text,
      reference: Text,
      state: Type.String({ description: 'waiting, held, done, refused or undone' }),
      problem: Type.Optional(Text),
    }),
  ),
})

export function teamRoutes(cases: Cases, http: Http): void {
  http.post(`${base}/queue/next`, {
    config: { scope: 'cases.work' },
    schema: {
      summary: 'Take the most urgent task that you are able and free to do; no two officers get the same',
      response: { 200: Type.Object({ task: Type.Optional(Text), caseId: Type.Optional(Text) }) },
    },
    handler: async (request) => (await cases.takeNext(requireCaller(request).context)) ?? {},
  })

  http.post(`${base}/tasks/:id/assignment`, {
    config: {
      scope: 'cases.work',
      problems: ['task-not-found', 'task-not-yours', 'task-taken', 'task-ended', 'officer-not-fit', 'officer-excluded'],
    },
    schema: {
      summary: 'Give a task to a colleague who may do it',
      params: ById,
      body: Type.Object({ to: Name }),
      response: { 204: Type.Null() },
    },
    handler: async (request, reply) => {
      await cases.handOver({ task: request.params.id, to: request.body.to }, requireCaller(request).context)
      return reply.code(204).send(null)
    },
  })

  http.post(`${base}/tasks/:id/review`, {
    config: {
      scope: 'cases.decide',
      problems: [
        'task-not-found',
        'task-not-yours',
        'task-taken',
        'task-ended',
        'case-moved-on',
        'nothing-proposed',
        'officer-excluded',
        'review-needs-note',
      ],
    },
    schema: {
      summary:
        'Confirm the decision of a colleague, or send it back; If-Match is the version of the case that you read',
      params: ById,
      body: Type.Object({ agree: Type.Boolean(), note: Type.Optional(Type.String({ maxLength: 4000 })) }),
      response: { 200: Type.Object({ version: Type.Integer() }) },
    },
    handler: (request) =>
      cases.review(
        { ...request.body, task: request.params.id, version: requireIfMatch(request) },
        requireCaller(request).context,
      ),
  })

  http.post(`${base}/cases/:id/conflicts`, {
    config: { scope: 'cases.work', problems: ['case-not-found'] },
    schema: { summary: 'Say that a case concerns you; for good', params: ById, response: { 204: Type.Null() } },
    handler: async (request, reply) => {
      await cases.declareConflict(request.params.id, requireCaller(request).context)
      return reply.code(204).send(null)
    },
  })

  http.post(`${base}/bulks`, {
    config: { scope: 'cases.work', problems: ['bulk-not-valid'] },
    schema: {
      summary: 'Work out what would happen to many tasks; nothing is done yet',
      body: Type.Object({
        act: Type.Union(['assign', 'release', 'note', 'decide'].map((one) => Type.Literal(one))),
        to: Type.Optional(Name),
        text: Type.Optional(Type.String({ maxLength: 4000 })),
        outcome: Type.Optional(Name),
        reason: Type.Optional(Name),
        note: Type.Optional(Type.String({ maxLength: 4000 })),
        tasks: Type.Optional(Type.Array(Type.String({ format: 'uuid' }), { maxItems: 1000 })),
        choice: Type.Optional(Type.Object(ChoiceQuery)),
      }),
      response: { 201: BulkBody },
    },
    handler: async (request, reply) => {
      const { act, to = '', text = '', outcome = '', ...rest } = request.body
      const wanted = { act, to, text, outcome, ...rest } as BulkWanted
      return reply.code(201).send(await cases.prepareBulk(wanted, requireCaller(request).context))
    },
  })

  http.get(`${base}/bulks/:id`, {
    config: { scope: 'cases.work', problems: ['bulk-not-found'] },
    schema: { summary: 'What became of each', params: ById, response: { 200: BulkBody } },
    handler: (request) => cases.getBulk(request.params.id, requireCaller(request).context),
  })

  http.post(`${base}/bulks/:id/start`, {
    config: { scope: 'cases.work', problems: ['bulk-not-found', 'bulk-started'] },
    schema: { summary: 'Do it; ten minutes to undo', params: ById, response: { 200: BulkBody } },
    handler: (request) => cases.startBulk(request.params.id, requireCaller(request).context),
  })

  http.delete(`${base}/bulks/:id`, {
    config: { scope: 'cases.work', problems: ['bulk-not-found', 'undo-too-late'] },
    schema: { summary: 'Undo it', params: ById, response: { 200: BulkBody } },
    handler: (request) => cases.undoBulk(request.params.id, requireCaller(request).context),
  })
}

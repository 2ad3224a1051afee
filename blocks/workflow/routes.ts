// HTTP of workflow: where a process stands, and what cannot go on without a person.
import { type Http, linkNext, PageQuery, requireCaller } from '@ashlar/kernel/http'
import { Type } from 'typebox'
import { govstackRoutes } from './govstack-routes.ts'
import { operationRoutes } from './operation-routes.ts'
import type { Workflow } from './workflow.ts'

const Text = Type.String()
const Moment = Type.String({ format: 'date-time' })
const ById = Type.Object({ id: Type.String({ format: 'uuid' }) })
const ProcessBody = Type.Object({
  id: Text,
  key: Text,
  caseId: Text,
  service: Type.Object({ id: Text, version: Text }),
  status: Type.String({ description: 'running, suspended, ended or cancelled' }),
  result: Type.Optional(Text),
  at: Type.Array(Type.Object({ node: Text, stuck: Type.Optional(Text) })),
  startedAt: Moment,
  movedAt: Moment,
  endedAt: Type.Optional(Moment),
  history: Type.Array(Type.Object({ at: Moment, happened: Type.Unknown(), path: Type.Array(Text) })),
})
const IncidentBody = Type.Object({
  id: Text,
  instance: Text,
  caseId: Text,
  service: Text,
  node: Text,
  step: Type.Optional(Text),
  code: Text,
  detail: Text,
  raisedAt: Moment,
})

const base = '/api/workflow/v1'

export function workflowRoutes(workflow: Workflow, http: Http): void {
  operationRoutes(workflow, http)
  govstackRoutes(workflow, http)

  http.get(`${base}/processes/:id`, {
    config: { scope: 'workflow.read', problems: ['process-not-found'] },
    schema: { summary: 'A process and its history', params: ById, response: { 200: ProcessBody } },
    handler: (request) => workflow.get(request.params.id, requireCaller(request).context),
  })

  http.get(`${base}/incidents`, {
    config: { scope: 'workflow.mend' },
    schema: {
      summary: 'What cannot go on without a person, the oldest first',
      querystring: Type.Object(PageQuery),
      response: { 200: Type.Object({ incidents: Type.Array(IncidentBody), next: Type.Optional(Text) }) },
    },
    handler: async (request, reply) => {
      const { cursor, limit } = request.query
      const paging = { limit, ...(cursor === undefined ? {} : { after: cursor }) }
      const incidents = await workflow.incidents(requireCaller(request).context, paging)
      const next = incidents.length === limit ? incidents.at(-1)?.id : undefined
      linkNext(request, reply, next)
      return { incidents, ...(next === undefined ? {} : { next }) }
    },
  })

  http.post(`${base}/incidents/:id/retry`, {
    config: { scope: 'workflow.mend', problems: ['incident-not-found'] },
    schema: { summary: 'Try again what failed', params: ById, response: { 204: Type.Null() } },
    handler: async (request, reply) => {
      await workflow.retry(request.params.id, requireCaller(request).context)
      return reply.code(204).send(null)
    },
  })
}

// HTTP of what is done by hand and told from outside: repair, cancel, suspend, resume, migrate, messages and signals.
import { type Http, linkNext, PageQuery, requireCaller } from '@ashlar/kernel/http'
import { Type } from 'typebox'
import type { Json } from './graph.ts'
import type { Workflow } from './workflow.ts'

const Text = Type.String({ minLength: 1, maxLength: 200 })
const Reason = Type.String({ minLength: 3, maxLength: 1000, description: 'Why; it stands in the history.' })
const Moment = Type.String({ format: 'date-time' })
const ById = Type.Object({ id: Type.String({ format: 'uuid' }) })
const Visit = Type.Optional(Type.Integer({ minimum: 1, description: 'Which token, if several stand at the node.' }))
const AnyJson = Type.Unknown({ description: 'Any JSON.' })
const Facts = Type.Record(Text, AnyJson, { maxProperties: 100 })

const RepairBody = Type.Object(
  {
    reason: Reason,
    repair: Type.Union([
      Type.Object({ kind: Type.Literal('facts'), facts: Facts }, { additionalProperties: false }),
      Type.Object(
        { kind: Type.Literal('skip'), node: Text, visit: Visit, output: AnyJson },
        { additionalProperties: false },
      ),
      Type.Object({ kind: Type.Literal('move'), node: Text, visit: Visit, to: Text }, { additionalProperties: false }),
    ]),
  },
  { additionalProperties: false },
)

const Finding = Type.Object({ node: Type.String(), what: Type.String(), mend: Type.String() })
const MigrationBody = Type.Object(
  {
    service: Text,
    from: Text,
    to: Text,
    map: Type.Record(Text, Text, { maxProperties: 500, description: 'Old node → new node, where their names differ.' }),
    dryRun: Type.Boolean({ description: 'Says what would come of it, and changes nothing.' }),
    instance: Type.Optional(Type.String({ format: 'uuid' })),
    after: Type.Optional(Type.String({ format: 'uuid', description: '`next` of the answer before.' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    reason: Reason,
  },
  { additionalProperties: false },
)
const MigrationAnswer = Type.Object({
  plan: Type.Array(Finding),
  instances: Type.Array(
    Type.Object({
      id: Type.String(),
      moves: Type.Array(Type.Object({ from: Type.String(), to: Type.String() })),
      problems: Type.Array(Finding),
      migrated: Type.Boolean(),
    }),
  ),
  next: Type.Optional(Type.String()),
})

const MessageBody = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 200, description: 'The sender’s own; the same one counts once.' }),
    message: Text,
    key: Type.Union([Type.String({ maxLength: 500 }), Type.Number()], {
      description: 'What its receiver waits for: the reference of a case, the id of a record.',
    }),
    content: Type.Optional(Facts),
    timeToLive: Type.Optional(
      Type.String({ pattern: '^P[0-9A-Z]{2,20}$', description: 'ISO 8601; how long it is kept. PT1H.' }),
    ),
  },
  { additionalProperties: false },
)

const Listed = Type.Object({
  id: Type.String(),
  caseId: Type.String(),
  service: Type.Object({ id: Type.String(), version: Type.String() }),
  status: Type.String({ description: 'running, suspended, ended or cancelled' }),
  at: Type.Array(Type.Object({ node: Type.String(), stuck: Type.Optional(Type.String()) })),
  startedAt: Moment,
  movedAt: Moment,
})

const base = '/api/workflow/v1'
const found = ['process-not-found', 'process-not-repairable'] as const

export function operationRoutes(workflow: Workflow, http: Http): void {
  http.get(`${base}/processes`, {
    config: { scope: 'workflow.read' },
    schema: {
      summary: 'Processes of a public service, the oldest first',
      querystring: Type.Object({
        ...PageQuery,
        service: Text,
        version: Type.Optional(Text),
        status: Type.Optional(
          Type.Union(['running', 'suspended', 'ended', 'cancelled'].map((one) => Type.Literal(one))),
        ),
      }),
      response: { 200: Type.Object({ processes: Type.Array(Listed), next: Type.Optional(Type.String()) }) },
    },
    handler: async (request, reply) => {
      const { cursor, limit, ...where } = request.query
      const processes = await workflow.list(
        { ...where, limit, ...(cursor === undefined ? {} : { after: cursor }) },
        requireCaller(request).context,
      )
      const next = processes.length === limit ? processes.at(-1)?.id : undefined
      linkNext(request, reply, next)
      return {
        processes: processes.map(({ id, caseId, service, status, at, startedAt, movedAt }) => ({
          id,
          caseId,
          service,
          status,
          at,
          startedAt,
          movedAt,
        })),
        ...(next === undefined ? {} : { next }),
      }
    },
  })

  http.post(`${base}/processes/:id/repair`, {
    config: { scope: 'workflow.mend', problems: [...found, 'process-not-there'] },
    schema: {
      summary: 'Put right by hand: facts, the outcome of a step, or where a token stands',
      params: ById,
      body: RepairBody,
      response: { 204: Type.Null() },
    },
    handler: async (request, reply) => {
      const { repair, reason } = request.body
      await workflow.repair(request.params.id, repair as never, reason, requireCaller(request).context)
      return reply.code(204).send(null)
    },
  })

  for (const [act, summary] of [
    ['cancel', 'Stop a process for good; what waits is withdrawn'],
    ['suspend', 'Hold a process; what happens meanwhile is kept'],
    ['resume', 'Let a suspended process go on'],
  ] as const)
    http.post(`${base}/processes/:id/${act}`, {
      config: { scope: 'workflow.mend', problems: [...found] },
      schema: {
        summary,
        params: ById,
        body: Type.Object({ reason: Reason }, { additionalProperties: false }),
        response: { 204: Type.Null() },
      },
      handler: async (request, reply) => {
        await workflow[act](request.params.id, request.body.reason, requireCaller(request).context)
        return reply.code(204).send(null)
      },
    })

  http.post(`${base}/migrations`, {
    config: { scope: 'workflow.mend', problems: ['migration-not-possible', 'process-not-found'] },
    schema: {
      summary: 'Carry running processes over to another version, or say what would come of it',
      body: MigrationBody,
      response: { 200: MigrationAnswer },
    },
    handler: (request) => {
      const { service, from, to, map, ...how } = request.body
      return workflow.migrate({ service, from, to, map }, how, requireCaller(request).context)
    },
  })

  http.post(`${base}/messages`, {
    config: { scope: 'workflow.tell' },
    schema: {
      summary: 'A message to the process of one’s own agency that waits for it',
      body: MessageBody,
      response: { 202: Type.Null() },
    },
    handler: async (request, reply) => {
      const { id, content = {}, ...message } = request.body
      const { actor, tenant } = requireCaller(request).context
      const sentAs = `${tenant} ${actor.kind}:${actor.id}:${id}`
      await workflow.tell({ ...message, content: content as Json, sentAs, tenant: tenant ?? '' })
      return reply.code(202).send(null)
    },
  })

  http.post(`${base}/signals`, {
    config: { scope: 'workflow.tell' },
    schema: {
      summary: 'A signal to all processes of one’s own agency that wait for it',
      body: Type.Object({ id: Text, signal: Text }, { additionalProperties: false }),
      response: { 202: Type.Null() },
    },
    handler: async (request, reply) => {
      const { id, signal } = request.body
      const { actor, tenant } = requireCaller(request).context
      await workflow.signal({ signal, tenant: tenant ?? '', sentAs: `${tenant} ${actor.kind}:${actor.id}:${id}` })
      return reply.code(202).send(null)
    },
  })
}

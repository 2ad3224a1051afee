// The GovStack Workflow contract (v1 endpoints): processes are the public services that are published now.
import { type Http, requireCaller } from '@ashlar/kernel/http'
import { Type } from 'typebox'
import type { Json } from './graph.ts'
import { ProcessNotPublished } from './problems.ts'
import type { ProcessView, Workflow } from './workflow.ts'

const Text = Type.String()
const ProcessBody = Type.Object({
  id: Type.String({ description: '<service>:<version>' }),
  processDefinition: Type.Object({
    name: Text,
    type: Type.Literal('Public'),
    version: Text,
    isExecutable: Type.Boolean(),
    isClosed: Type.Boolean(),
  }),
})
const InstanceBody = Type.Object({
  id: Text,
  processRef: Text,
  initTime: Text,
  state: Type.String({ description: 'running, suspended, completed or stopped' }),
  lastChangeTime: Text,
})
const StateBody = Type.Object({
  id: Text,
  processRef: Text,
  suspended: Type.Boolean(),
  ended: Type.Boolean(),
  state: Text,
})
const StartBody = Type.Object({
  processStartedBy: Type.String({ minLength: 1, maxLength: 200 }),
  InstanceValues: Type.Optional(
    Type.Array(
      Type.Object({
        code: Type.String({ pattern: '^[A-Za-z][A-Za-z0-9]*$', maxLength: 100 }),
        value: Type.String({ maxLength: 10_000 }),
      }),
      { maxItems: 200 },
    ),
  ),
})
const ByProcess = Type.Object({ processId: Type.String({ maxLength: 200 }) })
const ByInstance = Type.Object({ instanceId: Type.String({ format: 'uuid' }) })

const base = '/govstack/workflow'

export function govstackRoutes(workflow: Workflow, http: Http): void {
  http.get(`${base}/processes`, {
    config: { scope: 'workflow.read' },
    schema: { summary: 'GovStack: the processes that are published', response: { 200: Type.Array(ProcessBody) } },
    handler: async () => (await workflow.published()).map(toProcess),
  })

  http.get(`${base}/processes/:processId`, {
    config: { scope: 'workflow.read', problems: ['process-not-published'] },
    schema: { summary: 'GovStack: a process', params: ByProcess, response: { 200: ProcessBody } },
    handler: async (request) => toProcess(await publishedAs(request.params.processId)),
  })

  http.post(`${base}/processes/:processId/start`, {
    config: { scope: 'workflow.tell', problems: ['process-not-published', 'process-needs-a-case'] },
    schema: {
      summary: 'GovStack: start a process that needs no application',
      params: ByProcess,
      body: StartBody,
      response: { 201: StateBody },
    },
    handler: async (request, reply) => {
      const { processStartedBy, InstanceValues = [] } = request.body
      const facts: Record<string, Json> = Object.fromEntries(InstanceValues.map(({ code, value }) => [code, value]))
      const { id, version } = await publishedAs(request.params.processId)
      const { context } = requireCaller(request)
      const started = { ...facts, startedBy: { event: 'govstack', by: processStartedBy } }
      const key = request.headers['idempotency-key']
      const given = typeof key === 'string' ? { key } : {}
      const instance = await workflow.begin({ service: id, version, facts: started, ...given }, context)
      return reply.code(201).send(toState(await workflow.get(instance, context)))
    },
  })

  http.get(`${base}/instances/`, {
    config: { scope: 'workflow.read' },
    schema: {
      summary: 'GovStack: instances, of one process if it is named; at most a hundred, the newest first',
      querystring: Type.Object({ processId: Type.Optional(Type.String({ maxLength: 200 })) }),
      response: { 200: Type.Array(InstanceBody) },
    },
    handler: async (request) => {
      const { processId } = request.query
      const [service, version] = processId?.split(':') ?? []
      const where = {
        ...(service === undefined ? {} : { service }),
        ...(version === undefined ? {} : { version }),
        newest: true,
        limit: 100,
      }
      return (await workflow.list(where, requireCaller(request).context)).map(toInstance)
    },
  })

  http.get(`${base}/instances/:instanceId`, {
    config: { scope: 'workflow.read', problems: ['process-not-found'] },
    schema: { summary: 'GovStack: where an instance stands', params: ByInstance, response: { 200: InstanceBody } },
    handler: async (request) =>
      toInstance(await workflow.get(request.params.instanceId, requireCaller(request).context)),
  })

  http.post(`${base}/instances/:instanceId/stop`, {
    config: { scope: 'workflow.mend', problems: ['process-not-found'] },
    schema: { summary: 'GovStack: stop an instance', params: ByInstance, response: { 201: StateBody } },
    handler: async (request, reply) => {
      const { context } = requireCaller(request)
      await workflow.cancel(request.params.instanceId, 'stopped by the GovStack interface', context)
      return reply.code(201).send(toState(await workflow.get(request.params.instanceId, context)))
    },
  })

  async function publishedAs(processId: string) {
    const found = (await workflow.published()).find((one) => [one.id, `${one.id}:${one.version}`].includes(processId))
    if (found === undefined) throw ProcessNotPublished(processId)
    return found
  }
}

function toProcess({ id, version }: { id: string; version: string }) {
  return {
    id: `${id}:${version}`,
    processDefinition: { name: id, type: 'Public' as const, version, isExecutable: true, isClosed: false },
  }
}

function stateOf(status: ProcessView['status']): string {
  return { running: 'running', suspended: 'suspended', ended: 'completed', cancelled: 'stopped' }[status]
}

function toInstance({ id, service, status, startedAt, movedAt }: Omit<ProcessView, 'history'>) {
  const processRef = `${service.id}:${service.version}`
  return { id, processRef, initTime: startedAt, state: stateOf(status), lastChangeTime: movedAt }
}

function toState({ id, service, status }: ProcessView) {
  const isOver = status === 'ended' || status === 'cancelled'
  const processRef = `${service.id}:${service.version}`
  return { id, processRef, suspended: status === 'suspended', ended: isOver, state: stateOf(status) }
}

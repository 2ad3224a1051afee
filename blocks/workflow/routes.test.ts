// Proves the HTTP of workflow: what is done by hand, messages from outside, the GovStack contract, and who may.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test, { beforeEach } from 'node:test'
import { type Caller, createHttp, type Http } from '@ashlar/kernel/http'
import { createLog } from '@ashlar/kernel/log'
import { createMetrics } from '@ashlar/kernel/metrics'
import { workflowRoutes } from './routes.ts'
import { close, effects, home, officer, stand, step, task, waiting } from './stand-test.ts'
import type { Workflow } from './workflow.ts'

const caller = (tenant: string, scopes: string[]): Caller => ({ context: { ...officer, tenant }, scopes, name: 'Sana' })
const callers: Record<string, Caller> = {
  operator: caller('justice', ['workflow.read', 'workflow.mend', 'workflow.tell']),
  other: caller('labour', ['workflow.read', 'workflow.mend', 'workflow.tell']),
  officer: caller('justice', ['cases.work']),
}

let workflow: Workflow
let start: (service: string, facts?: object) => Promise<string>
let http: Http

beforeEach(async () => {
  const work = effects('x.work', waiting)
  const flow = [
    step('x.work'),
    { kind: 'on' as const, branches: [{ message: 'ready', key: 'number', do: [] }] },
    close('done'),
  ]
  const services = [
    { id: 'plain', version: '1.0.0', authority: 'justice' },
    { id: 'cased', version: '1.0.0', authority: 'justice' },
  ]
  const made = await stand({ plain: flow, cased: [task('check')] }, [work.step], {}, { current: async () => services })
  workflow = made.workflow
  start = made.start as typeof start
  http = createHttp({
    log: createLog({ level: 'silent' as never }),
    metrics: createMetrics(),
    authenticate: async ({ headers }) => callers[headers.authorization ?? ''],
    baseUrl: 'http://localhost:8080',
    sql: home.kernel,
  })
  workflowRoutes(workflow, http)
  await http.ready()
})

function call(method: 'GET' | 'POST', url: string, body?: object, by = 'operator') {
  const headers = { authorization: by, ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}) }
  return http.inject({ method, url, headers, ...(body === undefined ? {} : { payload: body }) })
}

const api = '/api/workflow/v1'

test('a process is put right, suspended, resumed and stopped by hand, by its own agency only', async () => {
  const id = await start('plain', { number: 'A' })
  await home.jobs.idle()
  const reason = 'done on paper'
  const skip = { reason, repair: { kind: 'skip', node: 'x-work', output: null } }

  assert.equal((await call('POST', `${api}/processes/${id}/repair`, skip, 'officer')).statusCode, 403)
  assert.equal((await call('POST', `${api}/processes/${id}/repair`, skip, 'other')).statusCode, 404)
  assert.equal((await call('POST', `${api}/processes/${id}/repair`, { ...skip, reason: '' })).statusCode, 400)
  assert.equal((await call('POST', `${api}/processes/${id}/repair`, skip)).statusCode, 204)
  assert.equal((await call('POST', `${api}/processes/${id}/repair`, skip)).json().code, 'process-not-there')
  assert.equal((await call('POST', `${api}/processes/${id}/suspend`, { reason })).statusCode, 204)
  const listed = (await call('GET', `${api}/processes?service=plain&status=suspended`)).json()
  assert.deepEqual(
    listed.processes.map((one: { id: string; at: object }) => [one.id, one.at]),
    [[id, [{ node: 'on' }]]],
  )
  assert.deepEqual((await call('GET', `${api}/processes?service=plain`, undefined, 'other')).json().processes, [])
  assert.equal((await call('POST', `${api}/processes/${id}/resume`, { reason })).statusCode, 204)
  assert.equal((await call('POST', `${api}/processes/${id}/cancel`, { reason })).statusCode, 204)

  const process = (await call('GET', `${api}/processes/${id}`)).json()
  assert.equal(process.status, 'cancelled')
  assert.deepEqual(
    process.history.map(({ happened }: { happened: { kind: string } }) => happened.kind),
    ['start', 'skipped', 'suspended', 'resumed', 'ended'],
  )
  await http.close()
})

test('a message from outside reaches processes of the sender’s own agency', async () => {
  const id = await start('plain', { number: 'A' })
  await workflow.repair(id, { kind: 'skip', node: 'x-work', output: null }, 'test', officer)
  const message = { id: 'm-1', message: 'ready', key: 'A', content: { pages: 2 } }

  assert.equal((await call('POST', `${api}/messages`, message, 'other')).statusCode, 202)
  await home.jobs.idle()
  assert.equal((await workflow.get(id, officer)).status, 'running')
  assert.equal((await call('POST', `${api}/messages`, message)).statusCode, 202)
  await home.jobs.idle()

  assert.equal((await workflow.get(id, officer)).result, 'done')
  await http.close()
})

test('the GovStack contract: processes are listed and started, instances shown and stopped', async () => {
  const base = '/govstack/workflow'
  const processes = (await call('GET', `${base}/processes`)).json()
  assert.deepEqual(
    processes.map(({ id }: { id: string }) => id),
    ['plain:1.0.0', 'cased:1.0.0'],
  )
  assert.equal((await call('GET', `${base}/processes/plain:1.0.0`)).json().processDefinition.version, '1.0.0')
  assert.equal((await call('GET', `${base}/processes/none`)).statusCode, 404)
  const body = { processStartedBy: 'nightly', InstanceValues: [{ code: 'number', value: 'B' }] }
  assert.equal((await call('POST', `${base}/processes/cased:1.0.0/start`, body)).json().code, 'process-needs-a-case')
  assert.equal((await call('POST', `${base}/processes/plain:1.0.0/start`, body, 'other')).statusCode, 404)
  const started = await call('POST', `${base}/processes/plain:1.0.0/start`, body)
  assert.equal(started.statusCode, 201)
  const { id } = started.json()

  assert.deepEqual(
    (await call('GET', `${base}/instances/?processId=plain:1.0.0`)).json().map((one: { id: string }) => one.id),
    [id],
  )
  assert.equal((await call('GET', `${base}/instances/${id}`)).json().state, 'running')
  const stopped = (await call('POST', `${base}/instances/${id}/stop`)).json()

  assert.deepEqual([stopped.state, stopped.ended], ['stopped', true])
  await http.close()
})

test('a migration is tried before it is done', async () => {
  const plan = { service: 'plain', from: '1.0.0', to: '2.0.0', map: { nothing: 'x-work' }, reason: 'a new Act' }

  const dry = (await call('POST', `${api}/migrations`, { ...plan, dryRun: true })).json()
  assert.equal(dry.plan[0].node, 'nothing')
  assert.equal(
    (await call('POST', `${api}/migrations`, { ...plan, dryRun: false })).json().code,
    'migration-not-possible',
  )
  await http.close()
})

// Proves the HTTP of cases: scopes, versions by If-Match, keys that are used twice, and what must not leak.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test, { after, before } from 'node:test'
import * as catalogue from '@ashlar/catalogue'
import { decide } from '@ashlar/decisions'
import { createCalendar } from '@ashlar/kernel/calendar'
import { type Caller, createHttp, type Http } from '@ashlar/kernel/http'
import { createLog } from '@ashlar/kernel/log'
import { createMetrics } from '@ashlar/kernel/metrics'
import { house, type TestHouse } from '@ashlar/kernel/testing'
import { createWorkflow, workflowRoutes } from '@ashlar/workflow'
import { createCases } from './cases.ts'
import { caseRoutes } from './routes.ts'

const files = new Map([
  [
    'country.yaml',
    `country: lowland
version: 1.0.0
name: { en: Lowland }
languages: [{ code: en, name: English, direction: ltr }]
currency: { code: LWD, decimals: 2, name: { en: Dollar } }
zone: UTC
weekend: [0, 6]
holidays: []
people: population
`,
  ],
  [
    'services/permit/service.yaml',
    `service: permit
version: 1.0.0
authority: labour
law: [Permit Act s.1]
audience: [person]
channels: [web, api]
sign-in: low
prefix: PM
parties: { applicant: { is: person } }
form:
  - page: purpose
    questions:
      purpose: { type: choice, options: [work, other] }
flow:
  - task: decide-permit
    role: permit-officer
    facts: [purpose]
    outcomes: [grant, refuse]
    within: 10 working days
  - close: granted
clock: { term: 30 days, from: submitted, on-breach: alarm }
`,
  ],
])
const { country, problems } = catalogue.readCountry('lowland', files)
assert.deepEqual(problems, [])

const amina = randomUUID()
const callers: Record<string, Caller> = {
  amina: {
    context: {
      tenant: null,
      actor: { kind: 'person', id: amina },
      subject: amina,
      assurance: 'low',
      purpose: 'apply',
      channel: 'api',
      trace: 't',
    },
    scopes: ['cases.apply', 'cases.follow'],
    name: 'Amina',
  },
  sana: {
    context: {
      tenant: 'labour',
      actor: { kind: 'staff', id: 'sana' },
      roles: ['permit-officer'],
      unit: 'permits',
      purpose: 'case-work',
      channel: 'api',
      trace: 't',
    },
    scopes: ['cases.work', 'cases.decide', 'workflow.mend', 'workflow.read'],
  },
}

let home: TestHouse<'cases' | 'workflow'>
let http: Http
before(async () => {
  home = await house({ blocks: ['cases', 'workflow'] })
  const definition = async (id: string) => country!.services[id]!
  const calendar = createCalendar({ weekend: [6, 0], holidays: [], zone: 'UTC' })
  const cases = createCases({
    ...home.cases,
    calendar,
    form: catalogue,
    decide,
    decimals: 2,
    leads: [],
    definition,
    lookUp: async () => assert.fail('nothing is looked up'),
    consent: { record: async () => randomUUID() },
  })
  const workflow = createWorkflow({
    ...home.workflow,
    steps: cases.steps,
    definition,
    decide,
    calendar,
    money: (value) => ({ value, currency: 'LWD' }),
  })
  cases.followProcesses(workflow)
  http = createHttp({
    log: createLog({ level: 'silent' as never }),
    metrics: createMetrics(),
    authenticate: async ({ headers }) => callers[headers.authorization ?? ''],
    baseUrl: 'http://localhost:8080',
    sql: home.kernel,
  })
  caseRoutes(cases, http)
  workflowRoutes(workflow, http)
  await http.ready()
  await home.jobs.start()
})
after(async () => {
  await http?.close()
  await home?.stop()
})

type Sent = { by?: string; key?: string; version?: number; body?: object }

function call(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, { by, key, version, body }: Sent = {}) {
  return http.inject({
    method,
    url: `/api/cases/v1${path}`,
    headers: {
      ...(by === undefined ? {} : { authorization: by }),
      ...(method === 'GET' ? {} : { 'idempotency-key': key ?? randomUUID() }),
      ...(version === undefined ? {} : { 'if-match': `"${version}"` }),
    },
    ...(body === undefined ? {} : { payload: body }),
  })
}

test('a draft is begun, filled in page by page under its version, and sent once', async () => {
  const begun = await call('POST', '/drafts', { by: 'amina', body: { service: 'permit', language: 'en' } })
  const { id, version } = begun.json()
  const page = `/drafts/${id}/pages/purpose`

  assert.equal(begun.statusCode, 201)
  assert.equal(begun.headers.etag, '"1"')
  assert.equal((await call('PUT', page, { by: 'amina', body: { purpose: 'work' } })).statusCode, 428)
  const wrong = await call('PUT', page, { by: 'amina', version, body: { purpose: 'dance' } })
  assert.equal(wrong.statusCode, 422)
  assert.equal(wrong.json().errors[0].pointer, '/answers/purpose')
  const saved = await call('PUT', page, { by: 'amina', version, body: { purpose: 'work' } })
  assert.deepEqual([saved.statusCode, saved.json().isComplete, saved.json().version], [200, true, 2])
  const stale = await call('PUT', page, { by: 'amina', version, body: { purpose: 'other' } })
  assert.deepEqual([stale.statusCode, stale.json().version], [412, 2])
  const sent = await Promise.all([1, 2, 3].map(() => call('POST', `/drafts/${id}/submission`, { by: 'amina' })))
  assert.deepEqual(new Set(sent.map(({ statusCode }) => statusCode)), new Set([201]))
  assert.equal(new Set(sent.map((answer) => answer.json().reference)).size, 1)
  assert.equal((await call('GET', `/drafts/${id}`, { by: 'amina' })).statusCode, 404)
})

test('an application in one piece is one application, whatever is repeated', async () => {
  const key = randomUUID()
  const body = { service: 'permit', language: 'en', answers: { purpose: 'work' } }

  const first = await call('POST', '/applications', { by: 'amina', key, body })
  const again = await call('POST', '/applications', { by: 'amina', key, body })
  await home.kernel`delete from kernel.idempotency`
  const afterACrash = await call('POST', '/applications', { by: 'amina', key, body })

  assert.equal(first.statusCode, 201)
  assert.equal(again.json().reference, first.json().reference)
  assert.equal(afterACrash.json().reference, first.json().reference)
  const seen = await call('GET', `/applications/${first.json().reference}`, { by: 'amina' })
  assert.equal(seen.json().answers.purpose, 'work')
  const known = await http.inject({
    url: `/api/cases/v1/applications/${first.json().caseId}`,
    headers: { authorization: 'amina', 'if-none-match': String(seen.headers.etag) },
  })
  assert.ok([200, 304].includes(known.statusCode))
})

test('an officer works the queue; a decision needs the version that was read', async () => {
  await home.jobs.idle()
  const { tasks } = (await call('GET', '/queue?limit=1', { by: 'sana' })).json()
  const counts = (await call('GET', '/queue/counts', { by: 'sana' })).json()
  const opened = await call('GET', `/cases/${tasks[0].caseId}`, { by: 'sana' })
  const decision = `/tasks/${tasks[0].task}/decision`
  const { version, tasks: shown } = opened.json()

  assert.equal(counts.open, 2)
  assert.equal(shown[0].facts.purpose, 'work')
  assert.equal((await call('POST', decision, { by: 'sana', body: { outcome: 'grant' } })).statusCode, 428)
  assert.equal(
    (await call('POST', decision, { by: 'sana', version: version - 1, body: { outcome: 'grant' } })).statusCode,
    412,
  )
  assert.equal((await call('POST', decision, { by: 'sana', version, body: { outcome: 'grant' } })).statusCode, 201)
  await home.jobs.idle()
  assert.equal((await call('GET', `/cases/${tasks[0].caseId}`, { by: 'sana' })).json().status, 'closed')
})

test('nobody without the scope, nobody to another’s record, and no fault by strange input', async () => {
  const { tasks } = (await call('GET', '/queue', { by: 'sana' })).json()

  assert.equal((await call('GET', '/queue')).statusCode, 401)
  assert.equal((await call('GET', '/queue', { by: 'amina' })).statusCode, 403)
  assert.equal((await call('GET', '/applications', { by: 'sana' })).statusCode, 403)
  assert.equal(
    (await call('POST', `/tasks/${tasks[0].task}/decision`, { by: 'amina', version: 1, body: { outcome: 'grant' } }))
      .statusCode,
    403,
  )
  for (const [path, status] of [
    ['/cases/nonsense', 400],
    [`/cases/${randomUUID()}`, 404],
    ['/queue?cursor=nonsense', 400],
    ['/queue?limit=100000', 400],
  ] as const)
    assert.equal((await call('GET', path, { by: 'sana' })).statusCode, status, path)
  for (const body of [
    { service: 'x'.repeat(101), language: 'en' },
    { service: 'permit', language: 'en', foo: 1 },
    { language: 'en' },
  ])
    assert.equal((await call('POST', '/drafts', { by: 'amina', body })).statusCode, 400)
  const odd = await call('POST', '/applications', {
    by: 'amina',
    body: { service: 'permit', language: 'en', answers: { purpose: { a: ['\u202e'] } } },
  })
  assert.equal(odd.statusCode, 422)
})

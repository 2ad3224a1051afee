// Tests of registries over HTTP: scopes, closed bodies, and refusals as problems.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createConsent } from '@ashlar/consent'
import { createHttp, type Http } from '@ashlar/kernel/http'
import { createLog } from '@ashlar/kernel/log'
import { createMetrics } from '@ashlar/kernel/metrics'
import type { Context } from '@ashlar/kernel/sql'
import { house } from '@ashlar/kernel/testing'
import { certificate, type Fixture, fixture, GRACE, officer, person } from './fixture.ts'
import { registryRoutes } from './index.ts'

let it: Fixture
let http: Http
const callers: Record<string, { context: Context; scopes: string[] }> = {
  grace: { context: person(GRACE), scopes: ['registries.own'] },
  sana: { context: officer('justice', 'records-officer'), scopes: ['registries.look-up'] },
}

before(async () => {
  it = await fixture(await house({ blocks: ['registries', 'consent'] }), createConsent)
  http = createHttp({
    log: createLog({ level: 'silent' as never }),
    metrics: createMetrics(),
    authenticate: async (request) => callers[request.headers.authorization ?? ''],
    baseUrl: 'http://localhost:8080',
    sql: it.home.kernel,
  })
  registryRoutes(it.registries, http)
  await http.ready()
})
after(async () => {
  await http.close()
  await it.stop()
})

const ask = async (who: string, method: 'GET' | 'POST', url: string, body?: object) => {
  const answer = await http.inject({
    method,
    url: `/api/registries/v1${url}`,
    headers: { authorization: who, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { payload: JSON.stringify(body) } : {}),
  })
  return { status: answer.statusCode, body: answer.json() }
}
const lookUp = { by: { id: GRACE }, fields: ['fullName'], access: certificate }

test('anyone may know which registers there are', async () => {
  const { status, body } = await ask('', 'GET', '/registers')

  assert.equal(status, 200)
  assert.deepEqual(
    body.registers.map(({ id }: { id: string }) => id),
    ['fines', 'population'],
  )
})

test('an officer looks up under an agreement; a citizen has no such scope, nobody is asked to sign in', async () => {
  const sana = await ask('sana', 'POST', '/registers/population/look-ups', lookUp)
  const grace = await ask('grace', 'POST', '/registers/population/look-ups', lookUp)
  const nobody = await ask('', 'POST', '/registers/population/look-ups', lookUp)

  assert.equal(sana.status, 200)
  assert.deepEqual(sana.body.records[0].values, { fullName: 'Grace Okoro' })
  assert.deepEqual([grace.status, nobody.status], [403, 401])
})

test('refusals are problems, and bodies are closed', async () => {
  const other = await ask('sana', 'POST', '/registers/population/look-ups', { ...lookUp, fields: ['mother'] })
  const extra = await ask('sana', 'POST', '/registers/population/look-ups', { ...lookUp, context: { tenant: '*' } })
  const nothing = await ask('sana', 'POST', '/registers/population/look-ups', {
    fields: ['fullName'],
    access: certificate,
  })

  assert.deepEqual([other.status, other.body.code], [403, 'access-refused'])
  assert.equal(extra.status, 400)
  assert.deepEqual([nothing.status, nothing.body.count], [200, 0])
})

test('a citizen sees the own records, an officer has none', async () => {
  const mine = await ask('grace', 'GET', '/mine')

  assert.equal(mine.status, 200)
  assert.equal(mine.body.registers.length, 2)
  assert.equal((await ask('sana', 'GET', '/mine')).status, 403)
})

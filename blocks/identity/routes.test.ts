// Tests of identity over HTTP: cookies change at sign-in, sign-out ends them, other sites cannot act.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createHttp, type Http } from '@ashlar/kernel/http'
import { createLog } from '@ashlar/kernel/log'
import { createMetrics } from '@ashlar/kernel/metrics'
import { house, type TestHouse } from '@ashlar/kernel/testing'
import { type Carrier, createIdentity, type Identity, identityRoutes } from './index.ts'
import { testAuthenticator } from './test-authenticator.ts'

const GRACE = '01900000-0000-7000-8000-000000000001'
const site = { name: 'Veridia', origin: 'http://localhost:8080' }
const carrier: Carrier = {
  tokenOf: (request) => request.cookies.session,
  keep: (reply, { token }) => void reply.setCookie('session', token, { httpOnly: true, path: '/' }),
  drop: (reply) => void reply.clearCookie('session', { path: '/' }),
}

let home: TestHouse<'identity'>
let identity: Identity
let http: Http
let code = ''

before(async () => {
  home = await house({ blocks: ['identity'] })
  identity = createIdentity({
    ...home.identity,
    secret: Buffer.alloc(32, 7),
    site,
    scopes: { person: ['identity.read', 'identity.manage', 'identity.act'], staff: [], roles: {} },
    sendCode: async (_, sent) => {
      code = sent
    },
    demo: true,
  })
  http = createHttp({
    log: createLog({ level: 'silent' as never }),
    metrics: createMetrics(),
    baseUrl: site.origin,
    sql: home.kernel,
    authenticate: async (request) => {
      const session = await identity.authenticate(carrier.tokenOf(request))
      return session && { context: { ...session.context, trace: request.id }, scopes: session.scopes, session }
    },
  })
  identityRoutes(identity, http, carrier)
  await http.ready()
  await home.jobs.start()
  await identity.openAccounts([
    { person: GRACE, name: 'Grace Okoro', address: 'grace@example.org', level: 'high', door: 'grace' },
  ])
})
after(async () => {
  await http.close()
  await home.stop()
})

const ask = async (method: 'GET' | 'POST' | 'DELETE', url: string, body?: object, session?: string, headers = {}) => {
  const answer = await http.inject({
    method,
    url: `/api/identity/v1${url}`,
    cookies: session ? { session } : {},
    headers: { ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
    ...(body ? { payload: JSON.stringify(body) } : {}),
  })
  const cookie = answer.cookies.find(({ name }) => name === 'session')?.value
  return { status: answer.statusCode, body: answer.body ? answer.json() : undefined, cookie }
}

test('signing in by code gives a new cookie, and kills the one that the browser came with', async () => {
  const planted = (await identity.openDoor('grace', { ip: '198.51.100.1' })).token
  const asked = await ask('POST', '/codes', { address: 'grace@example.org', language: 'en' })
  await home.jobs.idle()

  const signedIn = await ask('POST', '/codes/verify', { challenge: asked.body.challenge, code }, planted)

  assert.deepEqual([asked.status, signedIn.status], [202, 201])
  assert.ok(signedIn.cookie && signedIn.cookie !== planted)
  assert.ok(!JSON.stringify(signedIn.body).includes(signedIn.cookie))
  assert.equal((await ask('GET', '/session', undefined, planted)).status, 401)
  const who = await ask('GET', '/session', undefined, signedIn.cookie)
  assert.deepEqual([who.status, who.body.name, who.body.level], [200, 'Grace Okoro', 'substantial'])
})

test('signing out ends the session and takes the cookie away', async () => {
  const { token } = await identity.openDoor('grace', { ip: '198.51.100.1' })

  const out = await ask('DELETE', '/session', undefined, token)

  assert.deepEqual([out.status, out.cookie], [204, ''])
  assert.equal((await ask('GET', '/session', undefined, token)).status, 401)
  assert.equal((await ask('DELETE', '/session')).status, 204)
})

test('a passkey is made and used over HTTP', async () => {
  const { token } = await identity.openDoor('grace', { ip: '198.51.100.1' })
  const key = testAuthenticator(site)

  const making = await ask('POST', '/passkeys/options', undefined, token)
  const response = key.register(making.body.options)
  const made = await ask('POST', '/passkeys', { challenge: making.body.challenge, response }, token)
  const asking = await ask('POST', '/passkeys/sign-in-options')
  const signIn = { challenge: asking.body.challenge, response: key.signIn(asking.body.options) }
  const signedIn = await ask('POST', '/passkeys/sign-in', signIn)

  assert.deepEqual([made.status, signedIn.status], [201, 201])
  assert.deepEqual([signedIn.body.method, signedIn.body.level], ['passkey', 'high'])
  assert.equal((await ask('POST', '/passkeys/sign-in', signIn)).status, 422)
})

test('another site can neither sign in nor sign out, nor act for anybody', async () => {
  const { token } = await identity.openDoor('grace', { ip: '198.51.100.1' })
  const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }

  for (const [method, url, body] of [
    ['DELETE', '/session', undefined],
    ['POST', '/session/acting-for', { represented: null }],
    ['POST', '/codes', { address: 'grace@example.org', language: 'en' }],
  ] as const)
    assert.equal((await ask(method, url, body, token, foreign)).status, 403, url)
  assert.equal((await ask('GET', '/session', undefined, token)).status, 200)
})

test('acting for somebody else needs a mandate', async () => {
  const { token } = await identity.openDoor('grace', { ip: '198.51.100.1' })

  const refused = await ask(
    'POST',
    '/session/acting-for',
    { represented: '01900000-0000-7000-8000-000000000002' },
    token,
  )
  const back = await ask('POST', '/session/acting-for', { represented: null }, token)

  assert.deepEqual([refused.status, refused.body.code], [403, 'may-not-act-for'])
  assert.equal(back.status, 201)
  assert.equal((await ask('GET', '/mandates', undefined, back.cookie)).body.mandates.length, 0)
})

test('guessing is answered with 429 and when to come again', async () => {
  const verify = () => ask('POST', '/codes/verify', { challenge: GRACE, code: '000000' })

  const answers = await Promise.all(Array.from({ length: 80 }, verify))

  const statuses = new Set(answers.map(({ status }) => status))
  assert.deepEqual([...statuses].sort(), [422, 429])
})

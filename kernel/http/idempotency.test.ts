// Proves that a write sent twice, at once, or by somebody else under the same key is done as often as it should be.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test, { after, before } from 'node:test'
import { Type } from 'typebox'
import { createLog } from '../log/index.ts'
import { createMetrics } from '../metrics/index.ts'
import { problem } from '../problem/index.ts'
import { house, type TestHouse } from '../testing/index.ts'
import { createHttp, type Http } from './index.ts'

const TooSoon = problem('too-soon', 409, 'Too soon')

let home: TestHouse<never>
let http: Http
let other: Http
let done = 0
let fail: Error | undefined
let gate: Promise<void> | undefined
before(async () => {
  home = await house({ blocks: [] })
  http = make()
  other = make()
})
after(async () => {
  await http?.close()
  await other?.close()
  await home?.stop()
})

const secret = Buffer.alloc(32, 3)

function make(): Http {
  const server = createHttp({
    log: createLog({ level: 'silent' }),
    metrics: createMetrics(),
    baseUrl: 'http://localhost',
    sql: home.kernel,
    secret,
    authenticate: async (request) =>
      request.headers.authorization === undefined
        ? undefined
        : {
            context: {
              tenant: null,
              actor: { kind: 'person', id: request.headers.authorization },
              purpose: 'test',
              channel: 'api',
              trace: request.id,
            },
            scopes: ['kettles.boil'],
          },
  })
  server.post('/api/kettles/v1/boilings', {
    config: { scope: 'kettles.boil' },
    schema: {
      body: Type.Object({ water: Type.Integer() }),
      response: { 201: Type.Object({ boiled: Type.Integer() }) },
    },
    handler: async (_request, reply) => {
      await gate
      if (fail) throw fail
      return reply.code(201).header('location', `/boilings/${++done}`).send({ boiled: done })
    },
  })
  server.post('/api/kettles/v1/photos', {
    config: { public: 'For the test', upload: { bytes: 1000 } },
    handler: async (_request, reply) => reply.send({}),
  })
  server.delete('/api/kettles/v1/boilings/:id', {
    config: { scope: 'kettles.boil' },
    handler: async (_request, reply) => {
      done++
      return reply.code(204).send()
    },
  })
  return server
}

const boil = (key: string | undefined, { by = 'anna', water = 1, at = http } = {}) =>
  at.inject({
    method: 'POST',
    url: '/api/kettles/v1/boilings',
    headers: { authorization: by, ...(key === undefined ? {} : { 'idempotency-key': key }) },
    payload: { water },
  })

test('a write names itself', async () => {
  assert.equal((await boil(undefined)).json().code, 'idempotency-key-missing')
  assert.equal((await boil('')).statusCode, 400)
  assert.equal((await boil('with space')).statusCode, 400)
  assert.equal((await boil('x'.repeat(201))).statusCode, 400)
})

test('the same again gives the first answer, from any process, and is not done again', async () => {
  const key = randomUUID()
  const first = await boil(key)
  const before = done

  const again = await boil(key)
  const quoted = await boil(`"${key}"`, { at: other })

  assert.deepEqual([first.statusCode, again.statusCode, quoted.statusCode, done], [201, 201, 201, before])
  assert.equal(again.body, first.body)
  assert.equal(again.headers.location, first.headers.location)
  assert.equal(again.headers['content-type'], first.headers['content-type'])
  assert.deepEqual([first.headers['idempotency-replayed'], quoted.headers['idempotency-replayed']], [undefined, 'true'])
})

test('an answer without a body is kept too', async () => {
  const headers = { authorization: 'anna', 'idempotency-key': randomUUID() }
  const remove = () => http.inject({ method: 'DELETE', url: '/api/kettles/v1/boilings/7', headers })
  await remove()
  const before = done

  const again = await remove()

  assert.deepEqual(
    [again.statusCode, again.body, again.headers['idempotency-replayed'], done],
    [204, '', 'true', before],
  )
})

test('another request under the same key is refused, and another caller has keys of their own', async () => {
  const key = randomUUID()
  await boil(key)

  assert.equal((await boil(key, { water: 2 })).json().code, 'idempotency-key-reused')
  const before = done
  assert.equal((await boil(key, { by: 'ben' })).statusCode, 201)
  assert.equal(done, before + 1)
})

test('of many at the same time one is done, and the others are asked to wait', async () => {
  let open = () => {}
  gate = new Promise((resolve) => {
    open = resolve
  })
  const key = randomUUID()
  const before = done
  let answered = 0
  const all = Array.from({ length: 10 }, (_, n) => boil(key, { at: n % 2 ? http : other }).finally(() => answered++))
  while (answered < 9) await new Promise((resolve) => setTimeout(resolve, 5))
  open()
  gate = undefined

  const answers = await Promise.all(all)

  assert.equal(done, before + 1)
  assert.equal(answers.filter((answer) => answer.statusCode === 201).length, 1)
  const waiting = answers.filter((answer) => answer.statusCode === 409)
  assert.equal(waiting.length, 9)
  assert.equal(waiting[0]!.headers['retry-after'], '1')
})

test('a refusal and a fault are not kept: the same key may try again', async () => {
  const key = randomUUID()
  fail = TooSoon()
  assert.equal((await boil(key)).json().code, 'too-soon')
  fail = new Error('broken')
  assert.equal((await boil(key)).statusCode, 500)
  fail = undefined

  assert.equal((await boil(key)).statusCode, 201)
})

test('a claim whose process died is taken over after its minute, by the same request only', async () => {
  const key = randomUUID()
  await boil(key)
  await home.kernel`update kernel.idempotency set status = null, answered_at = null where key = ${key}`
  const before = done

  assert.equal((await boil(key)).statusCode, 409)
  await home.kernel`update kernel.idempotency set started_at = started_at - interval '2 minutes' where key = ${key}`
  assert.equal((await boil(key, { water: 2 })).statusCode, 422)
  const again = await Promise.all([boil(key), boil(key)])

  assert.equal(again.filter((answer) => answer.statusCode === 201).length >= 1, true)
  assert.equal(done, before + 1)
})

test('a claim falls at once when the connection that made it has ended', async () => {
  const key = randomUUID()
  await boil(key)
  await home.kernel`update kernel.idempotency set status = null, answered_at = null where key = ${key}`
  assert.equal((await boil(key)).statusCode, 409)
  await home.kernel`update kernel.idempotency set backend = 2147483647 where key = ${key}`

  assert.equal((await boil(key, { water: 2 })).statusCode, 422)
  assert.equal((await boil(key)).statusCode, 201)
})

test('neither the answer nor the caller stands in the table in the clear', async () => {
  const key = randomUUID()
  await boil(key, { by: 'the-canary' })
  const rows =
    await home.kernel`select t::text, encode(body, 'escape') as body from kernel.idempotency t where key = ${key}`

  assert.equal(rows.length, 1)
  assert.equal(/canary|boiled/.test(JSON.stringify(rows)), false)
})

test('an answer is kept for a caller who did not wait for it', async () => {
  const url = await http.listen({ port: 0, host: '127.0.0.1' })
  const headers = { authorization: 'anna', 'idempotency-key': randomUUID(), 'content-type': 'application/json' }
  const request = { method: 'POST', headers, body: '{"water":1}' }
  const leaving = new AbortController()
  let open = () => {}
  gate = new Promise((resolve) => {
    open = resolve
  })
  const gone = fetch(`${url}/api/kettles/v1/boilings`, { ...request, signal: leaving.signal }).catch(() => 'gone')
  await new Promise((resolve) => setTimeout(resolve, 50))
  leaving.abort()
  await gone
  await new Promise((resolve) => setTimeout(resolve, 50))
  const before = done
  open()
  gate = undefined
  await new Promise((resolve) => setTimeout(resolve, 50))

  const again = await fetch(`${url}/api/kettles/v1/boilings`, request)

  assert.deepEqual([again.status, again.headers.get('idempotency-replayed'), done], [201, 'true', before + 1])
  await again.text()
})

test('an upload is the same again by its fields and bytes, not by its boundary', async () => {
  const key = randomUUID()
  const send = (boundary: string, bytes: string) =>
    http.inject({
      method: 'POST',
      url: '/api/kettles/v1/photos',
      headers: { 'idempotency-key': key, 'content-type': `multipart/form-data; boundary=${boundary}` },
      payload: `--${boundary}\r\ncontent-disposition: form-data; name="photo"; filename="a.png"\r\n\r\n${bytes}\r\n--${boundary}--\r\n`,
    })

  const codes = [await send('a', 'x'), await send('b', 'x'), await send('a', 'y')].map((answer) => answer.statusCode)

  assert.deepEqual(codes, [200, 200, 422])
})

test('whoever may not write uses up no key', async () => {
  const [before] = await home.kernel`select count(*) from kernel.idempotency`
  const answer = await http.inject({
    method: 'POST',
    url: '/api/kettles/v1/boilings',
    headers: { 'idempotency-key': randomUUID() },
    payload: { water: 1 },
  })
  const wrong = await http.inject({
    method: 'POST',
    url: '/api/kettles/v1/boilings',
    headers: { authorization: 'anna', 'idempotency-key': randomUUID() },
    payload: { water: 'one' },
  })

  assert.deepEqual([answer.statusCode, wrong.statusCode], [401, 400])
  assert.deepEqual(await home.kernel`select count(*) from kernel.idempotency`, [before])
})

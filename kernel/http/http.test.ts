// Proves what holds for every route: guard, strict bodies, problems, pages, versions, paging, description.
import assert from 'node:assert/strict'
import test, { after, before } from 'node:test'
import fc from 'fast-check'
import { Type } from 'typebox'
import { createLog } from '../log/index.ts'
import { createMetrics } from '../metrics/index.ts'
import { problem } from '../problem/index.ts'
import { house, type TestHouse } from '../testing/index.ts'
import {
  type Caller,
  createHttp,
  decodeCursor,
  encodeCursor,
  etag,
  type Http,
  type HttpNeeds,
  isKnown,
  linkNext,
  PageQuery,
  requireCaller,
  requireIfMatch,
} from './index.ts'

const KettleMissing = problem('kettle-missing', 404, 'There is no such kettle', (id: string) => `No kettle ${id}.`)

let home: TestHouse<never>
before(async () => {
  home = await house({ blocks: [] })
})
after(() => home?.stop())

const lines: string[] = []
const anna = (trace: string): Caller => ({
  context: { tenant: null, actor: { kind: 'person', id: 'anna' }, purpose: 'test', channel: 'api', trace },
  scopes: ['kettles.read', 'kettles.boil'],
  session: { id: 's1' },
})
let asked = 0

function make(more: Partial<HttpNeeds> = {}): Http {
  const http = createHttp({
    log: createLog({ level: 'debug', destination: { write: (line: string) => void lines.push(line) } }),
    metrics: createMetrics(),
    baseUrl: 'http://localhost:8080',
    sql: home.kernel,
    authenticate: async (request) => {
      asked++
      const token = request.headers.authorization ?? request.cookies.session
      if (token === 'Bearer nobody') return { ...anna(request.id), scopes: [] }
      return token === undefined ? undefined : anna(request.id)
    },
    ...more,
  })
  http.get('/api/kettles/v1/kettles/:id', {
    config: { scope: 'kettles.read', problems: ['kettle-missing'] },
    schema: {
      summary: 'Look at a kettle',
      params: Type.Object({ id: Type.String({ maxLength: 10 }) }),
      querystring: Type.Object({ warm: Type.Optional(Type.Boolean()) }),
      response: { 200: Type.Object({ id: Type.String(), by: Type.String(), warm: Type.Boolean() }), 304: Type.Null() },
    },
    handler: async (request, reply) => {
      if (request.params.id === 'none') throw KettleMissing('none')
      if (isKnown(request, reply, 3)) return reply.code(304).send(null)
      const by = requireCaller(request).context.actor.id
      return { id: request.params.id, by, warm: request.query.warm ?? false, secret: 'leak' }
    },
  })
  http.put('/api/kettles/v1/kettles/:id', {
    config: { scope: 'kettles.boil', idempotent: 'Setting it twice is the same' },
    schema: {
      params: Type.Object({ id: Type.String() }),
      body: Type.Object({
        water: Type.Integer({ maximum: 100 }),
        of: Type.Optional(Type.Object({ spring: Type.String() })),
      }),
    },
    handler: async (request, reply) => reply.header('etag', etag(requireIfMatch(request) + 1)).send(request.body),
  })
  http.get('/api/kettles/v1/kettles', {
    config: { scope: 'kettles.read' },
    schema: { querystring: Type.Object(PageQuery) },
    handler: async (request, reply) => {
      const { cursor, limit } = request.query
      const from = cursor === undefined ? 0 : decodeCursor(cursor, Type.Tuple([Type.Integer()]))[0]
      const next = from + limit < 50 ? encodeCursor([from + limit]) : undefined
      linkNext(request, reply, next)
      return { from, next }
    },
  })
  http.get('/broken', {
    config: { public: 'For the test' },
    handler: async () => {
      throw new Error('the canary sings to canary@example.org')
    },
  })
  http.get('/down', {
    config: { public: 'For the test' },
    handler: async () => {
      throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
    },
  })
  http.get('/page', {
    config: { public: 'For the test' },
    handler: async (request, reply) =>
      reply.html(`<form method="post"><input type="hidden" name="_token" value="${request.formToken}"></form>`),
  })
  http.post('/form', {
    config: { public: 'For the test' },
    schema: { body: Type.Object({ name: Type.String() }) },
    handler: async (request, reply) => reply.send(request.body),
  })
  http.post('/photo', {
    config: { public: 'For the test', upload: { bytes: 1000, files: 2 } },
    handler: async (request, reply) => {
      const body = request.body as Record<string, { name: string; bytes: Buffer } | string>
      return reply.send(
        Object.fromEntries(
          Object.entries(body).map(([k, v]) => [k, typeof v === 'string' ? v : `${v.name} ${v.bytes?.length}`]),
        ),
      )
    },
  })
  return http
}

const token = { authorization: 'Bearer anna' }
const html = { accept: 'text/html,*/*' }

test('a route that names no scope and no reason to be public does not start', () => {
  const http = make()

  assert.throws(() => http.get('/open', async () => 'x'), /GET \/open: name the scope/)
  assert.throws(() => http.get('/odd', { config: { scope: 'everything' }, handler: async () => 'x' }), /not a scope/)
})

test('nobody is asked to sign in, somebody else is refused, and a caller is served; unlisted fields stay inside', async () => {
  const http = make()
  const url = '/api/kettles/v1/kettles/k1'

  const nobody = await http.inject({ url })
  const other = await http.inject({ url, headers: { authorization: 'Bearer nobody' } })
  const served = await http.inject({ url, headers: token })

  assert.equal(nobody.statusCode, 401)
  assert.equal(nobody.headers['www-authenticate'], 'Bearer')
  assert.equal(nobody.headers['content-type'], 'application/problem+json; charset=utf-8')
  assert.deepEqual([other.statusCode, other.json().code], [403, 'scope-missing'])
  assert.deepEqual(served.json(), { id: 'k1', by: 'anna', warm: false })
  assert.equal(served.headers['cache-control'], 'no-store')
  assert.equal(served.headers['x-content-type-options'], 'nosniff')
  assert.match(String(served.headers['content-security-policy']), /default-src 'none'/)
})

test('the caller is asked for once a request, HEAD too, and not at all for health', async () => {
  const http = make()
  await http.ready()
  asked = 0

  await http.inject({ url: '/api/kettles/v1/kettles/k1', headers: token })
  assert.equal(asked, 1)
  await http.inject({ method: 'HEAD', url: '/api/kettles/v1/kettles/k1', headers: token })
  assert.equal(asked, 2)
  await http.inject('/livez')
  assert.equal(asked, 2)
})

test('a problem is told with its code, its page and the trace of the request', async () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c'
  const answer = await make().inject({
    url: '/api/kettles/v1/kettles/none?warm=true',
    headers: { ...token, traceparent: `00-${traceId}-b7ad6b7169203331-01` },
  })

  assert.deepEqual(answer.json(), {
    type: 'http://localhost:8080/problems/kettle-missing',
    title: 'There is no such kettle',
    status: 404,
    code: 'kettle-missing',
    detail: 'No kettle none.',
    instance: '/api/kettles/v1/kettles/none',
    traceId,
  })
})

test('a fault tells nothing but a reference, and is logged once with it and without personal data', async () => {
  const http = make()
  lines.length = 0

  const answer = await http.inject('/broken')

  const { reference, detail } = answer.json()
  assert.equal(answer.statusCode, 500)
  assert.match(reference, /^E-/)
  assert.equal(answer.body.includes('canary'), false)
  assert.ok(detail.includes(reference))
  const faults = lines.filter((line) => line.includes(reference))
  assert.equal(faults.length, 1)
  assert.equal(JSON.parse(faults[0]!).err.message, 'the canary sings to [address]')
})

test('a database that cannot be reached is 503, not 500', async () => {
  const answer = await make().inject('/down')

  assert.deepEqual([answer.statusCode, answer.headers['retry-after']], [503, '3'])
})

test('people see a page, in the style of the face if there is one, or are sent to sign in', async () => {
  const http = make()
  const plain = await http.inject({ url: '/nowhere', headers: html })
  http.setPages({
    problem: (problem, request) =>
      problem.status === 401 ? { redirect: '/sign-in' } : `<h1 nonce="${request.nonce}">${problem.code}</h1>`,
  })
  const styled = await http.inject({ url: '/nowhere', headers: html })
  const program = await http.inject({ url: '/nowhere' })

  assert.equal(plain.statusCode, 404)
  assert.match(plain.body, /<h1>There is nothing here<\/h1>/)
  const nonce = /nonce="([\w-]{22})"/.exec(styled.body)?.[1]
  assert.ok(String(styled.headers['content-security-policy']).includes(`style-src 'nonce-${nonce}'`))
  assert.equal(program.json().code, 'not-found')
})

test('a sign-in page is where people go who need to be known', async () => {
  const http = make()
  http.get('/mine', { config: { scope: 'kettles.read' }, handler: async () => 'mine' })
  http.setPages({ problem: () => ({ redirect: '/sign-in' }) })

  const answer = await http.inject({ url: '/mine', headers: html })

  assert.deepEqual([answer.statusCode, answer.headers.location], [303, '/sign-in'])
})

test('a wrong method is told from a wrong address', async () => {
  const answer = await make().inject({ method: 'DELETE', url: '/api/kettles/v1/kettles/k1', headers: token })

  assert.deepEqual([answer.statusCode, answer.headers.allow], [405, 'GET, HEAD, PUT'])
})

test('what does not fit the schema is refused, all of it at once, without repeating what was sent', async () => {
  const http = make()
  const put = (payload: object) =>
    http.inject({ method: 'PUT', url: '/api/kettles/v1/kettles/k1', headers: { ...token, 'if-match': '"1"' }, payload })

  const wrong = await put({ wtaer: 5, of: { spring: 'x', canary: 1 } })
  const text = await put({ water: '5' })
  const right = await put({ water: 5 })

  assert.equal(wrong.statusCode, 400)
  assert.deepEqual(
    wrong.json().errors.toSorted((a: { pointer: string }, b: { pointer: string }) => (a.pointer < b.pointer ? -1 : 1)),
    [
      { pointer: '/of/canary', code: 'additionalProperties', message: 'is not known here' },
      { pointer: '/water', code: 'required', message: 'is missing' },
      { pointer: '/wtaer', code: 'additionalProperties', message: 'is not known here; did you mean water?' },
    ],
  )
  assert.deepEqual(text.json().errors, [{ pointer: '/water', code: 'type', message: 'must be integer' }])
  assert.deepEqual([right.statusCode, right.headers.etag], [200, '"2"'])
})

test('queries are text and become what the schema says; unknown ones are refused on /api', async () => {
  const http = make()
  const get = (query: string) => http.inject({ url: `/api/kettles/v1/kettles/k1${query}`, headers: token })

  assert.equal((await get('?warm=true')).json().warm, true)
  assert.equal((await get('?warm=hot')).json().errors[0].pointer, 'query:/warm')
  assert.equal((await get('?wram=true')).statusCode, 400)
  assert.equal((await http.inject({ url: '/page?utm_source=x' })).statusCode, 200)
})

test('bodies that are no JSON, too deep, poisoned or cannot be stored are 400', async () => {
  const http = make()
  const put = (payload: string | Buffer, type = 'application/json') =>
    http.inject({
      method: 'PUT',
      url: '/api/kettles/v1/kettles/k1',
      headers: { ...token, 'content-type': type, 'if-match': '"1"' },
      payload,
    })
  const code = async (payload: string | Buffer) => {
    const { statusCode, body } = await put(payload)
    return [statusCode, JSON.parse(body).code]
  }

  assert.deepEqual(await code('{'), [400, 'body-not-json'])
  assert.deepEqual(await code(''), [400, 'body-not-json'])
  assert.deepEqual(await code('['.repeat(100_000)), [400, 'body-too-deep'])
  assert.deepEqual(await code(`{"a":`.repeat(40_000)), [400, 'body-too-deep'])
  assert.deepEqual(await code('{"water":1,"__proto__":{"admin":true}}'), [400, 'body-not-json'])
  assert.deepEqual(await code('{"constructor":{"prototype":{"admin":true}}}'), [400, 'body-not-json'])
  assert.deepEqual(await code('{"water":"\\u0000"}'), [400, 'text-not-allowed'])
  assert.deepEqual(await code('{"water":"\\ud800"}'), [400, 'text-not-allowed'])
  assert.deepEqual(await code(Buffer.from([0x7b, 0xff, 0xfe, 0x7d])), [400, 'text-not-allowed'])
  assert.deepEqual(await code('{"water":5,"of":{"spring":"\\ud83d\\ude00 [[[[[ \\" {{{{"}}'), [200, undefined])
  assert.equal((await http.inject({ url: '/page?x=%00' })).json().code, 'url-not-valid')
  assert.equal((await http.inject({ url: '/api/kettles/v1/kettles/%ff', headers: token })).statusCode, 400)
  const page = await http.inject({ url: '/page/%E0%A4%A', headers: { accept: 'text/html' } })
  assert.equal(page.statusCode, 400)
  assert.match(page.body, /<h1>The address is not well-formed<\/h1>/)
})

test('content of another kind is 415: text/plain, none, forms on /api, and multipart where none is expected', async () => {
  const http = make()
  const post = (url: string, type: string, payload = 'x') =>
    http.inject({ method: 'POST', url, headers: { 'content-type': type }, payload })
  const put = (type: string) =>
    http.inject({
      method: 'PUT',
      url: '/api/kettles/v1/kettles/k1',
      headers: { ...token, 'content-type': type },
      payload: 'a=b',
    })

  assert.equal((await post('/form', 'text/plain')).statusCode, 415)
  assert.equal((await post('/form', 'multipart/form-data; boundary=x')).statusCode, 415)
  assert.equal((await put('application/x-www-form-urlencoded')).statusCode, 415)
  assert.equal((await put('application/xml')).statusCode, 415)
})

test('writes that come from another website are refused, however they come', async () => {
  const http = make()
  const post = async (headers: Record<string, string>) =>
    (await http.inject({ method: 'POST', url: '/form', headers, payload: { name: 'x' } })).statusCode

  assert.equal(await post({ origin: 'https://evil.example' }), 403)
  assert.equal(await post({ origin: 'null' }), 403)
  assert.equal(await post({ 'sec-fetch-site': 'cross-site', origin: 'http://localhost:8080' }), 403)
  assert.equal(await post({ 'sec-fetch-site': 'same-site' }), 403)
  assert.equal(await post({ origin: 'http://localhost:8080' }), 200)
  assert.equal(await post({ origin: 'http://192.168.1.5:8080', host: '192.168.1.5:8080' }), 200)
  assert.equal(await post({ 'sec-fetch-site': 'same-origin' }), 200)
  assert.equal(await post({}), 200)
})

test('a form of a session needs its token, which is another text each time and goes no further', async () => {
  const http = make()
  const cookie = { cookie: 'session=1' }
  const tokenOf = async () => /value="([^"]+)"/.exec((await http.inject({ url: '/page', headers: cookie })).body)![1]!
  const post = (payload: string, headers: object = cookie) =>
    http.inject({
      method: 'POST',
      url: '/form',
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      payload,
    })
  const [one, two] = [await tokenOf(), await tokenOf()]

  assert.notEqual(one, two)
  assert.deepEqual((await post(`name=%D8%A2%D9%85%D9%86%D8%A9&_token=${one}`)).json(), { name: 'آمنة' })
  assert.equal((await post(`name=x&_token=${two}`)).statusCode, 200)
  assert.equal((await post('name=x')).json().code, 'form-expired')
  assert.equal((await post(`name=x&_token=${one.slice(0, -2)}AA`)).statusCode, 403)
  assert.equal((await post('name=x', {})).statusCode, 200)
  assert.equal((await post('name=x%00')).statusCode, 400)
  assert.equal((await post('__proto__=x', {})).statusCode, 400)
})

test('a page has a policy with its nonce and may lead only to our own origin and declared ones', async () => {
  const http = make()
  http.allowFormTarget('https://pay.example/path')

  const answer = await http.inject({ url: '/page' })

  const policy = String(answer.headers['content-security-policy'])
  assert.match(policy, /form-action 'self' https:\/\/pay\.example;/)
  assert.match(policy, /script-src 'nonce-[\w-]{22}';/)
  assert.equal(policy.includes('unsafe'), false)
})

test('large pages are compressed for those who can read it', async () => {
  const http = make()
  const page = '<p>الصفحة</p>'.repeat(500)
  http.get('/large', { config: { public: 'For the test' }, handler: async (_request, reply) => reply.html(page) })

  const zipped = await http.inject({ url: '/large', headers: { 'accept-encoding': 'gzip, br' } })
  const plain = await http.inject({ url: '/large' })

  assert.equal(zipped.headers['content-encoding'], 'br')
  assert.ok(zipped.rawPayload.length < 500)
  assert.equal(plain.body, page)
})

test('uploads are bounded, and become the body', async () => {
  const http = make()
  const part = (name: string, value: string, file = '') =>
    `--b\r\ncontent-disposition: form-data; name="${name}"${file && `; filename="${file}"`}\r\n\r\n${value}\r\n`
  const post = (payload: string) =>
    http.inject({
      method: 'POST',
      url: '/photo',
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
      payload: `${payload}--b--\r\n`,
    })

  const fine = await post(part('note', 'héllo') + part('photo', 'x'.repeat(900), 'صورة.png'))
  assert.deepEqual(fine.json(), { note: 'héllo', photo: 'صورة.png 900' })
  assert.equal((await post(part('photo', 'x'.repeat(1001), 'a.png'))).statusCode, 413)
  assert.equal((await post(part('photo', 'x'.repeat(100_000), 'a.png'))).statusCode, 413)
  assert.equal((await post(['a', 'b', 'c'].map((name) => part(name, 'x', name)).join(''))).statusCode, 400)
  assert.equal((await post(part('__proto__', 'x'))).statusCode, 400)
  assert.equal((await post('nonsense')).statusCode, 400)
})

test('versions: known is 304, writing without one is 428, with nonsense 412', async () => {
  const http = make()
  const url = '/api/kettles/v1/kettles/k1'
  const put = async (headers: object) =>
    (await http.inject({ method: 'PUT', url, headers: { ...token, ...headers }, payload: { water: 1 } })).statusCode

  assert.equal((await http.inject({ url, headers: { ...token, 'if-none-match': '"2", W/"3"' } })).statusCode, 304)
  assert.equal(await put({}), 428)
  assert.equal(await put({ 'if-match': '*' }), 428)
  assert.equal(await put({ 'if-match': 'W/"1"' }), 412)
  assert.equal(await put({ 'if-match': '"1"' }), 200)
})

test('pages are followed by their links to the end; a cursor of ours or none', async () => {
  const http = make()
  const get = (url: string) => http.inject({ url, headers: token })
  let url: string | undefined = '/api/kettles/v1/kettles?limit=20'
  const from: number[] = []
  while (url !== undefined) {
    const answer = await get(url)
    from.push(answer.json().from)
    url = /<([^>]+)>; rel="next"/.exec(String(answer.headers.link))?.[1]
  }

  assert.deepEqual(from, [0, 20, 40])
  for (const wrong of ['x', encodeCursor(['a']), encodeCursor([1, 2]), encodeCursor({ length: 1 })])
    assert.equal((await get(`/api/kettles/v1/kettles?cursor=${wrong}`)).json().code, 'cursor-not-valid')
  assert.equal((await get('/api/kettles/v1/kettles?limit=1000')).statusCode, 400)
})

test('the interfaces are described as OpenAPI 3.1 with scopes and problems, faces left out', async () => {
  const http = make()
  await http.ready()
  const described = (await http.inject('/openapi.json')).json()
  const kettle = described.paths['/api/kettles/v1/kettles/{id}']

  assert.equal(described.openapi, '3.1.0')
  assert.deepEqual(Object.keys(described.paths).toSorted(), ['/api/kettles/v1/kettles', '/api/kettles/v1/kettles/{id}'])
  assert.deepEqual(kettle.get.security, [{ token: ['kettles.read'] }])
  assert.match(kettle.get.responses['404'].description, /kettle-missing/)
  assert.ok(kettle.get.responses['404'].content['application/problem+json'])
  assert.equal(described.components.schemas.Problem.type, 'object')
})

test('the pages for developers load everything from here, under the policy', async () => {
  const http = make()
  const page = await http.inject({ url: '/developers', headers: html })
  const script = /src="(\/developers\/[^"]+)"/.exec(page.body)![1]!
  const file = await http.inject({ url: script, headers: { 'accept-encoding': 'gzip' } })

  assert.equal(file.statusCode, 200)
  assert.match(String(file.headers['cache-control']), /immutable/)
  assert.equal(/https?:\/\//.test(page.body), false)
  assert.match(String(page.headers['content-security-policy']), /script-src 'nonce-[\w-]+';/)
})

test('every problem has a page, for people and for programs', async () => {
  const http = make()

  assert.match((await http.inject({ url: '/problems', headers: html })).body, /href="\/problems\/kettle-missing"/)
  assert.match((await http.inject({ url: '/problems/overloaded', headers: html })).body, /refuses early/)
  assert.equal((await http.inject('/problems/kettle-missing')).json().status, 404)
  assert.equal((await http.inject('/problems/unheard-of')).statusCode, 404)
})

test('health: alive, ready by its checks, version, and metrics for this machine or with a token only', async () => {
  const http = make({ version: { name: 'Veridia', version: '1.2.3' }, metricsToken: 'm' })
  let healthy = true
  http.readyWhen('database', () => healthy)
  http.readyWhen('mail', async () => {
    if (!healthy) throw new Error('no')
  })

  assert.equal((await http.inject('/livez')).body, 'ok')
  assert.equal((await http.inject('/readyz')).statusCode, 200)
  healthy = false
  await new Promise((resolve) => setTimeout(resolve, 1050))
  const verbose = await http.inject('/readyz?verbose=1')
  assert.deepEqual([verbose.statusCode, verbose.json().checks], [503, { database: 'failed', mail: 'failed' }])
  assert.equal((await http.inject('/version')).json().version, '1.2.3')
  assert.match(
    (await http.inject('/metrics')).body,
    /ashlar_http_request_seconds_count\{method="GET",route="\/livez",status="200"\} 1/,
  )
  assert.equal((await http.inject({ url: '/metrics', headers: { 'x-forwarded-for': '1.2.3.4' } })).statusCode, 404)
  assert.equal((await http.inject({ url: '/metrics', remoteAddress: '8.8.8.8' })).statusCode, 404)
  const allowed = { url: '/metrics', remoteAddress: '8.8.8.8', headers: { authorization: 'Bearer m' } }
  assert.equal((await http.inject(allowed)).statusCode, 200)
})

test('no canary of a request reaches the log', async () => {
  const http = make()
  lines.length = 0
  const canary = 'canary-in-the-coal-mine'

  await http.inject({
    url: `/api/kettles/v1/kettles/${canary}?warm=${canary}`,
    headers: { authorization: canary, cookie: canary },
  })
  await http.inject({
    method: 'POST',
    url: '/form',
    payload: { name: canary, [canary]: canary },
    headers: { 'user-agent': canary },
  })
  await http.inject({ url: `/${canary}` })
  await http.inject({ url: `/broken?${canary}` })

  assert.ok(lines.length >= 3)
  assert.equal(lines.join('').includes(canary), false)
})

test('whatever arrives, in any script and form, is answered and never a fault', async () => {
  const http = make()
  const types = fc.constantFrom(
    'application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=b',
    'x',
    '',
  )
  const texts = fc.oneof(fc.json(), fc.string({ unit: 'binary' }), fc.base64String())
  const paths = fc.oneof(fc.constantFrom('/form', '/photo', '/api/kettles/v1/kettles/k', '/problems/'), fc.webPath())
  const methods = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD')
  const inputs = fc.tuple(methods, paths, fc.webQueryParameters(), types, texts, fc.boolean())

  await fc.assert(
    fc.asyncProperty(inputs, async ([method, path, query, type, payload, page]) => {
      const body = method === 'GET' || method === 'HEAD' ? {} : { payload }
      const headers = { ...token, 'if-match': '"1"', ...(type && { 'content-type': type }), ...(page && html) }

      const answer = await http.inject({ method: method as 'GET', url: `${path || '/'}?${query}`, headers, ...body })

      assert.notEqual(answer.statusCode, 500, `${method} ${path} ${type} ${payload}`)
    }),
    { numRuns: 200 },
  )
})

// Proves on real sockets what injected requests cannot: slow and broken clients, streams, overload, closing.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import test, { after, before, type TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { Type } from 'typebox'
import { createLog } from '../log/index.ts'
import { createMetrics } from '../metrics/index.ts'
import { house, type TestHouse } from '../testing/index.ts'
import { createHttp, type EventStream, type Http, type Limits } from './index.ts'

let home: TestHouse<never>
before(async () => {
  home = await house({ blocks: [] })
})
after(() => home?.stop())

interface Running {
  http: Http
  url: string
  port: number
  streams: EventStream[]
  ended: number
  open: () => void
}

async function run(t: TestContext, limits: Partial<Limits> = {}): Promise<Running> {
  const http = createHttp({
    log: createLog({ level: 'silent' }),
    metrics: createMetrics(),
    baseUrl: 'http://localhost',
    sql: home.kernel,
    authenticate: async () => undefined,
    limits: { headersTimeout: 300, requestTimeout: 300, uploadTimeout: 2_000, checkingInterval: 50, ...limits },
  })
  const config = { public: 'For the test' }
  let open = () => {}
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const running = { http, streams: [] as EventStream[], ended: 0, open } as Running
  http.get('/quick', { config, handler: async () => 'quick' })
  http.get('/slow', { config, handler: () => gate.then(() => 'slow') })
  http.post('/echo', {
    config,
    schema: { body: Type.Object({ a: Type.String() }) },
    handler: async (request) => request.body,
  })
  http.post('/photo', {
    config: { ...config, upload: { bytes: 1000 } },
    handler: async (_request, reply) => reply.send({}),
  })
  http.get('/events', {
    config,
    handler: (_request, reply) =>
      reply.sse((stream) => {
        running.streams.push(stream)
        return () => void running.ended++
      }),
  })
  t.after(() => http.close())
  await http.listen({ port: 0, host: '127.0.0.1' })
  running.port = (http.server.address() as AddressInfo).port
  running.url = `http://127.0.0.1:${running.port}`
  return running
}

async function say(port: number, text: string): Promise<Socket & { heard: () => string }> {
  const socket = connect(port, '127.0.0.1')
  let heard = ''
  socket.setEncoding('utf8').on('data', (part: string) => {
    heard += part
  })
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(text)
  return Object.assign(socket, { heard: () => heard })
}

const closedWithin = (socket: Socket, ms: number) =>
  socket.closed || Promise.race([once(socket, 'close').then(() => true), delay(ms, false)])

test('clients that send headers or bodies too slowly are closed, with or without a right to be there', async (t) => {
  const { port } = await run(t)
  const json = 'content-type: application/json\r\ncontent-length: 100\r\n'
  const slow = await Promise.all([
    say(port, 'GET /quick HTTP/1.1\r\nhost: x\r\nx-slow:'),
    say(port, `POST /echo HTTP/1.1\r\nhost: x\r\n${json}\r\n{"a":`),
    say(port, `POST /nowhere HTTP/1.1\r\nhost: x\r\n${json}\r\n{"a":`),
    say(port, `POST /echo HTTP/1.1\r\nhost: x\r\norigin: http://evil\r\n${json}\r\n{"a":`),
    say(
      port,
      'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"a":\r\n',
    ),
    say(port, ''),
  ])

  const closed = await Promise.all(slow.slice(0, 5).map((socket) => closedWithin(socket, 1500)))

  assert.deepEqual(closed, [true, true, true, true, true])
  assert.match(slow[0]!.heard(), /^HTTP\/1\.1 408 /)
  assert.match(slow[1]!.heard(), /^HTTP\/1\.1 408 /)
  assert.match(slow[3]!.heard(), /^HTTP\/1\.1 403 /)
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/quick`)).text(), 'quick')
  slow[5]!.destroy()
})

test('an upload may take longer than a form', async (t) => {
  const { port } = await run(t)
  const body = '--b\r\ncontent-disposition: form-data; name="a"\r\n\r\nx\r\n--b--\r\n'
  const head = `POST /photo HTTP/1.1\r\nhost: x\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n`
  const socket = await say(port, head + body.slice(0, 20))

  await delay(700)
  socket.write(body.slice(20))

  assert.equal(await closedWithin(socket, 1000), true)
  assert.match(socket.heard(), /^HTTP\/1\.1 200 /)
})

test('ten megabytes are refused, announced or not, and the server goes on', async (t) => {
  const { url, port } = await run(t, { requestTimeout: 5_000 })
  const large = `{"a":"${'x'.repeat(10_000_000)}"}`
  const announced = await say(
    port,
    `POST /echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${large.length}\r\n\r\n`,
  )
  assert.equal(await closedWithin(announced, 1000), true)
  assert.match(announced.heard(), /^HTTP\/1\.1 413 [\s\S]*"code":"body-too-large"/)

  const chunked = await say(
    port,
    'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
  )
  for (let sent = 0; sent < 40 && !chunked.destroyed; sent++) {
    chunked.write(`10000\r\n${'x'.repeat(65536)}\r\n`)
    await delay(1)
  }
  assert.equal(await closedWithin(chunked, 1000), true)
  assert.match(chunked.heard(), /^HTTP\/1\.1 413 /)

  const exactly = JSON.stringify({ a: 'x'.repeat(256 * 1024 - 8) })
  const headers = { 'content-type': 'application/json' }
  assert.equal((await fetch(`${url}/echo`, { method: 'POST', headers, body: exactly })).status, 200)
  assert.equal((await fetch(`${url}/echo`, { method: 'POST', headers, body: `${exactly} ` })).status, 413)
})

test('who goes on writing ten megabytes still reads that they are refused', async (t) => {
  const { port } = await run(t, { requestTimeout: 5_000 })
  const head = 'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 10000000\r\n\r\n'
  for (let round = 0; round < 15; round++) {
    const socket = await say(port, head + 'x'.repeat(10_000_000))

    assert.equal(await closedWithin(socket, 20_000), true)
    assert.match(socket.heard(), /^HTTP\/1\.1 413 /)
  }
})

test('a refused body that never ends is cut off', async (t) => {
  const { port } = await run(t, { requestTimeout: 60_000 })
  const head = 'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 10000000000\r\n\r\n'
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  socket.on('error', () => {}).on('data', () => {})
  const closed = new Promise((resolve) => socket.on('close', () => resolve(true)))
  socket.write(head)
  const timer = setInterval(() => socket.write('x'.repeat(1000)), 20)

  assert.equal(await Promise.race([closed, delay(20_000, false)]), true)
  clearInterval(timer)
})

test('what is no HTTP, has too large headers or an impossible address is refused in a few words', async (t) => {
  const { port } = await run(t)
  const heard = async (text: string) => {
    const socket = await say(port, text)
    await closedWithin(socket, 1500)
    socket.destroy()
    return socket.heard()
  }

  assert.match(await heard('hello\r\n\r\n'), /^HTTP\/1\.1 400 [\s\S]*"code":"url-not-valid"/)
  assert.match(await heard(`GET / HTTP/1.1\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`), /^HTTP\/1\.1 431 /)
  assert.match(
    await heard('GET /%ff HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'),
    /^HTTP\/1\.1 40[04] [\s\S]*problem\+json/,
  )
  assert.match(
    await heard('POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcde'),
    /^HTTP\/1\.1 400 /,
  )
})

test('when too much is in work, one more is refused at once, but health answers; then there is room again', async (t) => {
  const { url, open } = await run(t, { inFlight: 3 })
  const working = [1, 2, 3].map(() => fetch(`${url}/slow`))
  await delay(50)

  const refused = await fetch(`${url}/quick`)
  const alive = await fetch(`${url}/livez`)
  open()
  await Promise.all(working)
  const served = await fetch(`${url}/quick`)

  assert.deepEqual([refused.status, alive.status, served.status], [503, 200, 200])
  assert.match(refused.headers.get('retry-after') ?? '', /^[123]$/)
  assert.equal(((await refused.json()) as { code: string }).code, 'overloaded')
})

test('a caller who leaves gives their place back', async (t) => {
  const { url, open } = await run(t, { inFlight: 1 })
  const leaving = new AbortController()
  const gone = fetch(`${url}/slow`, { signal: leaving.signal }).catch(() => 'gone')
  await delay(50)
  leaving.abort()
  await gone
  await delay(50)
  open()

  assert.equal((await fetch(`${url}/quick`)).status, 200)
})

test('events are streamed, end when the browser leaves, and take no place of a request', async (t) => {
  const running = await run(t, { inFlight: 1 })
  const leaving = new AbortController()
  const answer = await fetch(`${running.url}/events`, { signal: leaving.signal })
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
  await reader.read()

  running.streams[0]!.send({ event: 'case\nchanged', data: { id: 7 }, id: '1' })
  running.streams[0]!.send({ data: 'two\nlines' })
  let text = ''
  while (!text.includes('lines')) text += (await reader.read()).value

  assert.equal(answer.headers.get('content-type'), 'text/event-stream; charset=utf-8')
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
  assert.equal(text, 'id: 1\nevent: case changed\ndata: {"id":7}\n\ndata: two\ndata: lines\n\n')
  assert.equal((await fetch(`${running.url}/quick`)).status, 200)
  leaving.abort()
  await delay(50)
  assert.deepEqual([running.ended, running.streams[0]!.closed], [1, true])
  running.streams[0]!.send({ data: 'to nobody' })
})

test('a reader who falls behind is let go, and too many streams are refused', async (t) => {
  const running = await run(t, { streams: 1, silence: 5_000 })
  const socket = await say(running.port, 'GET /events HTTP/1.1\r\nhost: x\r\n\r\n')
  await delay(50)
  socket.pause()

  assert.equal((await fetch(`${running.url}/events`)).status, 503)
  for (let n = 0; n < 400 && running.ended === 0; n++) {
    running.streams[0]!.send({ data: 'x'.repeat(64 * 1024) })
    await delay(1)
  }

  assert.equal(running.ended, 1)
  socket.destroy()
})

test('closing: not ready first, what is in work is finished, streams end, and then it is gone', async (t) => {
  const running = await run(t)
  const { http, url, open } = running
  const working = fetch(`${url}/slow`)
  const stream = await fetch(`${url}/events`)
  await delay(50)

  const gone = http.drain(100)
  await delay(30)
  assert.equal((await fetch(`${url}/readyz`)).status, 503)
  assert.equal((await fetch(`${url}/livez`)).status, 200)
  await delay(120)
  await assert.rejects(fetch(`${url}/livez`))
  assert.match(await stream.text(), /^retry: 2000/)
  open()

  assert.equal(await (await working).text(), 'slow')
  await gone
  assert.equal(running.ended, 1)
})

test('what does not finish in time is cut off when closing', async (t) => {
  const { http, url } = await run(t, { closing: 100 })
  const working = fetch(`${url}/slow`).then(
    () => 'answered',
    () => 'cut off',
  )
  await delay(50)
  const start = performance.now()

  await http.close()

  assert.equal(await working, 'cut off')
  assert.ok(performance.now() - start < 1000)
})

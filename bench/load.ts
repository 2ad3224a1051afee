// An open-loop load generator: requests leave at their time whether or not earlier ones were answered, so that a server that
// stalls cannot hide it (wrk, autocannon and hey wait for answers). A process of its own: node bench/load.ts < load.json.
import { connect, type Socket } from 'node:net'
import { json } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

export interface Load {
  port: number
  /** Raw requests, used in turn. */
  requests: { method: string; path: string; headers?: Record<string, string>; body?: string }[]
  /** Requests a second; `flat` keeps every connection busy instead and finds the most there is. */
  rate: number | 'flat'
  seconds: number
  connections: number
  /** Seconds at the start that are not counted. */
  warmup?: number
}

export interface LoadReport {
  sent: number
  answered: number
  /** Answers by status. */
  statuses: Record<number, number>
  perSecond: number
  /** Milliseconds from the time a request should have left to its last byte. */
  p50: number
  p95: number
  p99: number
  max: number
  errors: number
}

interface Pending {
  due: number
}

/** One keep-alive connection that has at most one request under way. */
class Connection {
  #socket: Socket
  #buffer: Buffer = Buffer.alloc(0)
  #pending: Pending | undefined
  #done: (status: number, due: number) => void
  #lost: () => void
  ready: Promise<void>

  constructor(
    port: number,
    done: (connection: Connection, status: number, due: number) => void,
    lost: (connection: Connection) => void,
  ) {
    this.#done = (status, due) => done(this, status, due)
    this.#lost = () => lost(this)
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.ready = new Promise((resolve, reject) => {
      this.#socket.once('connect', resolve)
      this.#socket.once('error', reject)
    })
    this.#socket.on('data', (chunk) => this.#read(chunk))
    this.#socket.on('error', () => undefined)
    this.#socket.on('close', () => this.#lost())
  }

  send(bytes: Buffer, due: number): void {
    this.#pending = { due }
    this.#socket.write(bytes)
  }

  end(): void {
    this.#socket.destroy()
  }

  #read(chunk: Buffer): void {
    this.#buffer = this.#buffer.length ? Buffer.concat([this.#buffer, chunk]) : chunk
    const head = this.#buffer.indexOf('\r\n\r\n')
    if (head < 0) return
    const headers = this.#buffer.toString('latin1', 0, head)
    const status = Number(headers.slice(9, 12))
    const length = /\r\ncontent-length: (\d+)/i.exec(headers)?.[1]
    const whole =
      length === undefined
        ? /\r\ntransfer-encoding: chunked/i.test(headers)
          ? this.#buffer.subarray(-5).toString('latin1') === '0\r\n\r\n'
          : true
        : this.#buffer.length >= head + 4 + Number(length)
    if (!whole || !this.#pending) return
    const { due } = this.#pending
    this.#pending = undefined
    this.#buffer = Buffer.alloc(0)
    this.#done(status, due)
  }
}

const bytesOf = (request: Load['requests'][number], port: number): Buffer => {
  const body = request.body ?? ''
  const headers = {
    host: `localhost:${port}`,
    ...(body ? { 'content-length': String(Buffer.byteLength(body)) } : {}),
    ...request.headers,
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return Buffer.from(`${request.method} ${request.path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`)
}

export async function generate(load: Load): Promise<LoadReport> {
  const requests = load.requests.map((request) => bytesOf(request, load.port))
  const idle: Connection[] = []
  const waiting: number[] = []
  const latencies: number[] = []
  const statuses: Record<number, number> = {}
  const warm = performance.now() + (load.warmup ?? 0) * 1000
  const end = warm + load.seconds * 1000
  let sent = 0
  let errors = 0
  let turn = 0

  const next = (connection: Connection, due: number) => {
    sent += 1
    connection.send(requests[turn++ % requests.length]!, due)
  }
  const done = (connection: Connection, status: number, due: number) => {
    const now = performance.now()
    if (now >= warm && now < end) {
      latencies.push(now - due)
      statuses[status] = (statuses[status] ?? 0) + 1
    }
    if (now >= end) return
    const overdue = waiting.shift()
    if (load.rate === 'flat') next(connection, now)
    else if (overdue !== undefined) next(connection, overdue)
    else idle.push(connection)
  }
  const connections = Array.from(
    { length: load.connections },
    () => new Connection(load.port, done, () => (errors += performance.now() < end ? 1 : 0)),
  )
  await Promise.all(connections.map(({ ready }) => ready))

  if (load.rate === 'flat') for (const connection of connections) next(connection, performance.now())
  else {
    idle.push(...connections)
    const gap = 1000 / load.rate
    let due = performance.now()
    while (performance.now() < end) {
      for (; due <= performance.now(); due += gap) {
        const connection = idle.pop()
        if (connection) next(connection, due)
        else waiting.push(due)
      }
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, Math.min(due, end) - performance.now())))
    }
  }
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, end - performance.now()) + 200))
  for (const connection of connections) connection.end()

  latencies.sort((a, b) => a - b)
  const at = (share: number) =>
    Number((latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0).toFixed(2))
  return {
    sent,
    answered: latencies.length,
    statuses,
    perSecond: Number((latencies.length / load.seconds).toFixed(1)),
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    max: at(1),
    errors,
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const report = await generate((await json(process.stdin)) as Load)
  process.stdout.write(JSON.stringify(report))
}

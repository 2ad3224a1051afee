// The sandbox of agencies' systems: a real HTTP server apart from ours, which takes messages and signs receipts, is up,
// slow or down as it is told, and tells what happened. What it knows is appended to a file, so that it survives being killed.
import { randomUUID, sign } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { digestOf, type Envelope, isEnvelope, sealEnvelope, toCompact } from '@ashlar/exchange'
import Fastify from 'fastify'
import { request } from 'undici'
import { sandboxKeyOf } from './sandbox-key.ts'

export interface SandboxOptions {
  port: number
  host?: string
  /** Base64; the systems' keys come from it, and it proves who may give orders. */
  secret: string
  /** Where the house listens, and how it is called by those who sign for it. */
  house: { url: string; audience: string }
  /** Milliseconds that "slow" means. */
  slowness?: number
  /** The file that keeps its state; in memory only if omitted. */
  file?: string
}

type SandboxMode = 'up' | 'slow' | 'down'
const modes: string[] = ['up', 'slow', 'down'] satisfies SandboxMode[]

export interface SandboxAgencies {
  url: string
  close(): Promise<void>
}

type Line = { taken: { id: string; receipt: Envelope } } | { mode: { system: string; mode: SandboxMode } }

/** Starts the systems of all agencies, each under /<agency>/<system>; `port: 0` takes a free one. */
export async function startSandboxAgencies(options: SandboxOptions): Promise<SandboxAgencies> {
  const taken = new Map<string, Envelope>()
  const now = new Map<string, SandboxMode>()

  function keep(line: Line): void {
    if ('taken' in line) taken.set(line.taken.id, line.taken.receipt)
    else now.set(line.mode.system, line.mode.mode)
  }
  function write(line: Line): void {
    if (options.file) appendFileSync(options.file, `${JSON.stringify(line)}\n`)
    keep(line)
  }
  if (options.file) {
    mkdirSync(dirname(options.file), { recursive: true })
    if (existsSync(options.file))
      for (const line of readFileSync(options.file, 'utf8').split('\n'))
        if (line.endsWith('}')) keep(JSON.parse(line) as Line)
  }

  const signer = (system: string) => async (bytes: Buffer) => ({
    kid: system,
    signature: sign(null, bytes, sandboxKeyOf(options.secret, system).key),
  })

  const http = Fastify({ bodyLimit: 256 * 1024, requestTimeout: 10_000, forceCloseConnections: true })

  http.post<{ Params: { agency: string; system: string } }>('/:agency/:system/messages', async (request, reply) => {
    const system = `${request.params.agency}/${request.params.system}`
    const mode = now.get(system) ?? 'up'
    if (mode === 'down') return reply.code(503).send({ error: 'under maintenance' })
    if (mode === 'slow') await delay(options.slowness ?? 6_000)
    const id = request.headers['idempotency-key']
    const envelope = request.body
    if (typeof id !== 'string' || !isEnvelope(envelope)) return reply.code(400).send({ error: 'not an envelope' })
    const known = taken.get(`${system} ${id}`)
    if (known) return known
    const content = { id, digest: digestOf(envelope), state: 'accepted', receivedAt: new Date().toISOString() }
    const receipt = await sealEnvelope('receipt', content, signer(system))
    write({ taken: { id: `${system} ${id}`, receipt } })
    return receipt
  })

  // Orders of the demonstration's operator.
  http.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/orders') && request.headers.authorization !== `Bearer ${options.secret}`)
      return reply.code(401).send({ error: 'wrong key' })
  })
  http.get('/orders/modes', () => Object.fromEntries(now))

  http.post<{ Body: { system?: string; mode?: string } }>('/orders/mode', async (request, reply) => {
    const { system, mode } = request.body ?? {}
    if (!system || !mode || !modes.includes(mode)) return reply.code(422).send({ error: 'system and mode are needed' })
    write({ mode: { system, mode: mode as SandboxMode } })
    return { system, mode }
  })

  http.post<{ Body: { system?: string; event?: string; data?: object } }>('/orders/notice', async (order, reply) => {
    const { system, event, data } = order.body ?? {}
    if (!system || !event || !data) return reply.code(422).send({ error: 'system, event and data are needed' })
    const content = { id: randomUUID(), from: system, event, issuedAt: new Date().toISOString(), data }
    const notice = await sealEnvelope('notice', content, signer(system))
    const seconds = Math.floor(Date.now() / 1000)
    const call = { iss: system, aud: options.house.audience, iat: seconds, exp: seconds + 120 }
    const answer = await request(`${options.house.url}/api/exchange/v1/notices`, {
      method: 'POST',
      headersTimeout: 10_000,
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${toCompact(await sealEnvelope('call', call, signer(system)))}`,
      },
      body: JSON.stringify(notice),
    })
    return reply.code(answer.statusCode).send(await answer.body.json())
  })

  await http.listen({ port: options.port, host: options.host ?? '127.0.0.1' })
  const { port } = http.server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, close: () => http.close() }
}

/** How the operator of the demonstration gives it orders. */
export interface SandboxControl {
  modes(): Promise<Record<string, SandboxMode>>
  setMode(system: string, mode: SandboxMode): Promise<void>
  /** Has a system tell the house what happened; gives the status of the answer. */
  notify(system: string, event: string, data: object): Promise<number>
}

export function sandboxControl({ url, secret }: { url: string; secret: string }): SandboxControl {
  const order = async (method: 'GET' | 'POST', path: string, body?: object) => {
    const answer = await request(`${url}/orders/${path}`, {
      method,
      headersTimeout: 15_000,
      headers: { authorization: `Bearer ${secret}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    return { status: answer.statusCode, body: await answer.body.json() }
  }
  return {
    modes: async () => (await order('GET', 'modes')).body as Record<string, SandboxMode>,
    setMode: async (system, mode) => void (await order('POST', 'mode', { system, mode })),
    notify: async (system, event, data) => (await order('POST', 'notice', { system, event, data })).status,
  }
}

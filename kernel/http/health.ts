// For those who run the program: is it alive, is it ready, which version is it, what does it count.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Metrics } from '../metrics/index.ts'
import type { Http } from './fastify.ts'
import { NotFound } from './problems.ts'

export interface Version {
  name: string
  version: string
}

export interface Readiness {
  add(name: string, check: () => Promise<unknown> | unknown): void
  /** Not ready from now on. */
  close(): void
  look(): Promise<{ ready: boolean; checks: Record<string, 'ok' | 'failed' | 'draining'> }>
}

const CHECK_TIMEOUT = 2_000
/** Anyone may ask, so asking often must not become load on the database. */
const REMEMBERED = 1_000

export function createReadiness(): Readiness {
  const checks = new Map<string, () => Promise<unknown> | unknown>()
  let draining = false
  let last: { at: number; result: ReturnType<Readiness['look']> } | undefined

  const pass = async (check: () => Promise<unknown> | unknown): Promise<'ok' | 'failed'> => {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, CHECK_TIMEOUT, false)
    })
    try {
      return (await Promise.race([check(), late])) === false ? 'failed' : 'ok'
    } catch {
      return 'failed'
    } finally {
      clearTimeout(timer)
    }
  }
  const lookNow: Readiness['look'] = async () => {
    const found = await Promise.all([...checks].map(async ([name, check]) => [name, await pass(check)] as const))
    return { ready: found.every(([, state]) => state === 'ok'), checks: Object.fromEntries(found) }
  }

  return {
    add: (name, check) => void checks.set(name, check),
    close: () => {
      draining = true
    },
    look() {
      if (draining) return Promise.resolve({ ready: false, checks: { server: 'draining' } })
      const now = performance.now()
      if (last === undefined || now - last.at > REMEMBERED) last = { at: now, result: lookNow() }
      return last.result
    },
  }
}

interface HealthNeeds {
  metrics: Metrics
  readiness: Readiness
  version: Version
  metricsToken: string | undefined
}

/** /metrics answers to this machine itself, or to whoever has the token; to all others it is not there. */
export function healthRoutes(http: Http, { metrics, readiness, version, metricsToken }: HealthNeeds): void {
  const config = (why: string) => ({ public: why, plain: true as const })

  http.get('/livez', { config: config('Says only that the process answers'), handler: async () => 'ok' })

  http.get('/readyz', {
    config: config('Load balancers ask whether to send requests here'),
    handler: async (request, reply) => {
      const { ready, checks } = await readiness.look()
      reply.code(ready ? 200 : 503)
      return new URLSearchParams(request.url.split('?', 2)[1]).has('verbose')
        ? { ready, checks }
        : ready
          ? 'ready'
          : 'not ready'
    },
  })

  http.get('/version', {
    config: config('Names the running version'),
    handler: async () => ({ ...version, node: process.versions.node }),
  })

  http.get('/metrics', {
    config: config('Answers only to this machine or with a token'),
    handler: async (request, reply) => {
      const byToken =
        metricsToken !== undefined && isSame(request.headers.authorization ?? '', `Bearer ${metricsToken}`)
      if (!byToken && !isLocal(request)) throw NotFound()
      return reply.header('content-type', metrics.contentType).send(await metrics.text())
    },
  })
}

/** In a time that tells nothing of how much was right. */
function isSame(given: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(right))
}

/** Straight from this machine; a proxy on it would say for whom it asks. */
function isLocal({ raw, headers }: FastifyRequest): boolean {
  const address = raw.socket.remoteAddress ?? ''
  return (
    /^(127\.|::1$|::ffff:127\.)/.test(address) &&
    headers['x-forwarded-for'] === undefined &&
    headers.forwarded === undefined
  )
}

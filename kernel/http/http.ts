// The HTTP server of the house: Fastify with strict limits, typed schemas, problems, and a guard before every route.
import { hkdfSync, randomBytes } from 'node:crypto'
import cookie from '@fastify/cookie'
import multipart from '@fastify/multipart'
import fastify, { type FastifyPluginAsync, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Log } from '../log/index.ts'
import type { Metrics } from '../metrics/index.ts'
import type { Sql } from '../sql/index.ts'
import { type Admission, createAdmission } from './admission.ts'
import { createAnswers } from './answers.ts'
import { hasBody, readBodies } from './bodies.ts'
import { refuseBrokenRequest } from './broken.ts'
import { type Authenticate, guard } from './caller.ts'
import { watchConnections } from './closing.ts'
import { createFormTokens, type FormTokens } from './cross-site.ts'
import type { Http } from './fastify.ts'
import { createReadiness, healthRoutes, type Version } from './health.ts'
import { createIdempotency } from './idempotency.ts'
import { defaultLimits, type Limits } from './limits.ts'
import { countRequests } from './measuring.ts'
import { describeRoutes, developersPage, problemPages } from './openapi.ts'
import { plainPages, sendPage } from './pages.ts'
import { createPaths } from './paths.ts'
import { MethodNotAllowed, NotFound, Overloaded, UrlNotValid } from './problems.ts'
import { secureRoutes } from './routes.ts'
import { createValidators } from './schemas.ts'
import { randomPooled, safeHeaders } from './security.ts'
import { createSlowBodies } from './slow-bodies.ts'
import { createStreams, type Streams } from './sse.ts'
import { traceOf } from './trace.ts'

export interface HttpNeeds {
  log: Log
  metrics: Metrics
  authenticate: Authenticate
  /** Where people reach us, without a slash at the end: 'https://veridia.example'. */
  baseUrl: string
  /** As role ashlar_kernel, for the answers kept by Idempotency-Key. */
  sql: Sql
  /** 32 bytes or more, the same in every process: form tokens and kept answers. Left out: good until the process ends. */
  secret?: Buffer
  /** Whose X-Forwarded-… headers are believed: addresses or networks of our own proxies. Nobody's if left out. */
  trustProxy?: string[] | string | boolean
  version?: Version
  /** Who has it may read /metrics from elsewhere. */
  metricsToken?: string
  limits?: Partial<Limits>
}

const plugCookies = cookie as unknown as FastifyPluginAsync
// It loads its parser at first use, asynchronously; this way it is there before any server is made.
await plugCookies(fastify() as never, {})

const CLEANING = 10 * 60_000

/**
 * Routes are declared on what this returns, and nothing else is needed to be safe. A route without `config.scope` or
 * `config.public` does not start. What holds for every route:
 *
 * - `request.caller` is who calls, or undefined; the scope is checked (401, 403).
 * - Bodies are JSON (or forms, off /api), strictly checked against the schema; unknown fields are refused.
 * - Writes from other websites are refused; forms of callers with a session carry `request.formToken` as `_token`.
 * - Writes under /api carry an Idempotency-Key.
 * - Thrown problems are told as they are, anything else as "something went wrong" with a reference.
 */
export function createHttp(needs: HttpNeeds): Http {
  const { log, metrics, authenticate, baseUrl } = needs
  const limits = { ...defaultLimits, ...needs.limits }
  const version = needs.version ?? { name: 'ashlar', version: '0.0.0' }
  const secret = needs.secret ?? randomBytes(32)
  if (secret.length < 32) throw new RangeError('the secret of http needs at least 32 bytes')
  const headers = safeHeaders(baseUrl)
  const pages = { ...plainPages }
  const tokens = createFormTokens(Buffer.from(hkdfSync('sha256', secret, 'ashlar http', 'form tokens', 32)))
  const idempotency = createIdempotency({ sql: needs.sql, secret })
  const admission = createAdmission(limits)
  const slowBodies = createSlowBodies(Math.min(1000, limits.checkingInterval))
  const streams = createStreams(limits.streams)
  const readiness = createReadiness()
  const paths = createPaths()
  const answer = createAnswers({ log, baseUrl, pages, bodyLimit: limits.body })
  const requestTimeout = Math.max(limits.requestTimeout, limits.uploadTimeout) // slowBodies knows the shorter one

  const http = fastify({
    logger: false,
    genReqId: (raw) => traceOf(raw.headers.traceparent),
    trustProxy: needs.trustProxy ?? false,
    bodyLimit: limits.body,
    requestTimeout,
    connectionTimeout: limits.silence,
    routerOptions: { maxParamLength: 300 },
    http: {
      headersTimeout: limits.headersTimeout,
      connectionsCheckingInterval: limits.checkingInterval,
      requestTimeout,
    },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => void answer(error, request as FastifyRequest, reply as FastifyReply),
    clientErrorHandler: refuseBrokenRequest,
  }) as unknown as Http

  const closing = watchConnections(http.server)
  decorateRequests(http, tokens)
  decorateReplies(http, { streams, admission })
  http.decorate('readyWhen', readiness.add)
  http.decorate('setPages', (own) => void Object.assign(pages, own))
  http.decorate('drain', async (delay = 0) => {
    readiness.close()
    await new Promise((resolve) => setTimeout(resolve, delay))
    await http.close()
  })
  readBodies(http, limits.depth)
  // Called, not registered: a plugin would be loaded after the first routes are there.
  void plugCookies(http as never, {})
  multipart(http as never, {}, () => {})
  http.setValidatorCompiler(createValidators() as never)
  http.setErrorHandler(answer)
  http.addHook('onRequest', enter)
  secureRoutes(http, { authenticate, tokens, idempotency, paths, log, ownOrigin: new URL(baseUrl).origin })
  countRequests(http, { log, metrics, admission, streams })
  http.setNotFoundHandler({ preHandler: guard(authenticate, undefined) }, (request) => {
    const methods = paths.methodsOf(request.url.split('?', 1)[0]!)
    throw methods.length === 0 || methods.includes(request.method) ? NotFound() : MethodNotAllowed(methods)
  })
  describeRoutes(http, { baseUrl, version })
  developersPage(http, { baseUrl, version })
  problemPages(http, (title, content, request) => pages.document(title, content, request))
  healthRoutes(http, { metrics, readiness, version, metricsToken: needs.metricsToken })

  const cleaning = setInterval(
    () => void idempotency.clean().catch((err) => log.warn({ err }, 'kept answers could not be cleaned')),
    CLEANING,
  ).unref()
  http.addHook('preClose', async () => {
    readiness.close()
    streams.closeAll()
    closing.begin(limits.closing)
  })
  http.addHook('onClose', async () => {
    clearInterval(cleaning)
    admission.stop()
    slowBodies.stop()
  })
  return http

  /** The first thing that happens to a request, before it is known who calls. */
  function enter(request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void {
    reply.headers(headers)
    const { plain = false, upload } = request.routeOptions.config ?? {}
    request.counted = !plain && admission.enter()
    // Not onResponse: it is not called for a caller who has left.
    if (request.counted) reply.raw.once('close', () => leave(request, admission))
    if (hasBody(request.raw))
      slowBodies.watch(request.raw, upload === undefined ? limits.requestTimeout : limits.uploadTimeout)
    // Postgres cannot keep a NUL, and no name or word has one.
    if (request.raw.url!.includes('%00')) done(UrlNotValid())
    else if (plain || request.counted) done()
    else done(Overloaded(admission.retryAfter()))
  }
}

function leave(request: FastifyRequest, admission: Admission): void {
  if (request.counted) admission.leave()
  request.counted = false
}

function decorateRequests(http: Http, tokens: FormTokens): void {
  http.decorateRequest('caller', undefined)
  http.decorateRequest('bodyText', '')
  http.decorateRequest('claim', null)
  http.decorateRequest('counted', false)
  http.decorateRequest('nonceMade', '')
  http.decorateRequest('nonce', {
    getter(this: FastifyRequest) {
      if (this.nonceMade === '') this.nonceMade = randomPooled(16).toString('base64url')
      return this.nonceMade
    },
  })
  http.decorateRequest('formToken', {
    getter(this: FastifyRequest) {
      return this.caller?.session === undefined ? '' : tokens.of(this.caller.session.id)
    },
  })
}

function decorateReplies(http: Http, { streams, admission }: { streams: Streams; admission: Admission }): void {
  const formTargets = new Set<string>()
  http.decorate('allowFormTarget', (origin) => void formTargets.add(new URL(origin).origin))
  http.decorateReply('html', function html(this: FastifyReply, markup, policy) {
    return sendPage(this, markup, [...formTargets].join(' '), policy)
  } as FastifyReply['html'])
  http.decorateReply('sse', function sse(this: FastifyReply, subscribe) {
    if (this.request.method === 'HEAD') return this.header('content-type', 'text/event-stream; charset=utf-8').send()
    if (streams.full()) throw Overloaded(admission.retryAfter())
    leave(this.request, admission) // a stream is open for hours and costs next to nothing
    streams.open(this, subscribe)
    return this
  } as FastifyReply['sse'])
}

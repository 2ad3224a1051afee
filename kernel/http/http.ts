// The HTTP server of the house: Fastify with strict limits, typed schemas, problems, and a guard before every route.
import { hkdfSync, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import cookie from '@fastify/cookie'
import multipart from '@fastify/multipart'
import fastify, { type FastifyReply, type FastifyRequest, type RouteOptions } from 'fastify'
import type { Log } from '../log/index.ts'
import type { Metrics } from '../metrics/index.ts'
import type { Sql } from '../sql/index.ts'
import { createAdmission } from './admission.ts'
import { createAnswers, hasBody } from './answers.ts'
import { brotliAt, encodingFor } from './assets.ts'
import { readBodies } from './bodies.ts'
import { type Authenticate, guard } from './caller.ts'
import { watchConnections } from './closing.ts'
import { checkFormToken, createFormTokens, refuseOtherSites } from './cross-site.ts'
import type { Http } from './fastify.ts'
import { createReadiness, healthRoutes, type Version } from './health.ts'
import { createIdempotency } from './idempotency.ts'
import { defaultLimits, type Limits } from './limits.ts'
import { countRequests } from './measuring.ts'
import { describeRoutes, developersPage, problemPages } from './openapi.ts'
import { plainPages } from './pages.ts'
import { createPaths } from './paths.ts'
import { HeadersTooLarge, MethodNotAllowed, NotFound, Overloaded, RequestTooSlow, UrlNotValid } from './problems.ts'
import { createValidators } from './schemas.ts'
import { pagePolicy, randomPooled, safeHeaders } from './security.ts'
import { createSlowBodies } from './slow-bodies.ts'
import { createStreams } from './sse.ts'
import { traceOf } from './trace.ts'
import { readUpload, refuseLargeUpload, refuseMultipart } from './uploads.ts'

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
  trustProxy?: string[] | string | number | boolean
  version?: Version
  /** Who has it may read /metrics from elsewhere. */
  metricsToken?: string
  limits?: Partial<Limits>
}

const READS = new Set(['GET', 'HEAD', 'OPTIONS'])
const zip = { br: promisify(brotliCompress), gzip: promisify(gzip) }
/** Below this a page is one packet anyway. */
const WORTH_ZIPPING = 1400
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
  const ownOrigin = new URL(baseUrl).origin
  const headers = safeHeaders(baseUrl)
  const pages = { ...plainPages }
  const formTargets = new Set<string>()
  const tokens = createFormTokens(Buffer.from(hkdfSync('sha256', secret, 'ashlar http', 'form tokens', 32)))
  const idempotency = createIdempotency({ sql: needs.sql, secret })
  const admission = createAdmission(limits)
  const slowBodies = createSlowBodies(Math.min(1000, limits.checkingInterval))
  const streams = createStreams(limits.streams)
  const readiness = createReadiness()
  const paths = createPaths()
  const answer = createAnswers({ log, baseUrl, pages, bodyLimit: limits.body })

  const http = fastify({
    logger: false,
    genReqId: (raw) => traceOf(raw.headers.traceparent),
    trustProxy: needs.trustProxy ?? false,
    bodyLimit: limits.body,
    requestTimeout: Math.max(limits.requestTimeout, limits.uploadTimeout),
    connectionTimeout: limits.silence,
    routerOptions: { maxParamLength: 300 },
    http: {
      headersTimeout: limits.headersTimeout,
      connectionsCheckingInterval: limits.checkingInterval,
      requestTimeout: Math.max(limits.requestTimeout, limits.uploadTimeout),
    },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => void answer(error, request as FastifyRequest, reply as FastifyReply),
    clientErrorHandler: refuseBrokenRequest,
  }) as unknown as Http

  const closing = watchConnections(http.server)
  decorate()
  readBodies(http, limits.depth)
  // Called, not registered: a plugin would be loaded after the first routes are there.
  cookie(http as never, {}, () => {})
  multipart(http as never, {}, () => {})
  http.setValidatorCompiler(createValidators())
  http.setErrorHandler(answer)
  http.addHook('onRequest', enter)
  http.addHook('onRoute', secure)
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
    if (request.counted) reply.raw.once('close', () => leave(request))
    if (hasBody(request.raw))
      slowBodies.watch(request.raw, upload === undefined ? limits.requestTimeout : limits.uploadTimeout)
    // Postgres cannot keep a NUL, and no name or word has one.
    if (request.raw.url!.includes('%00')) done(UrlNotValid())
    else if (plain || request.counted) done()
    else done(Overloaded(admission.retryAfter()))
  }

  function leave(request: FastifyRequest): void {
    if (request.counted) admission.leave()
    request.counted = false
  }

  /** Puts before each route what its declaration asks for, once, so that a request asks nothing twice. */
  function secure(route: RouteOptions): void {
    const config = route.config ?? {}
    const place = `${String(route.method)} ${route.url}`
    if (!config.scope && !config.public)
      throw new Error(`${place}: name the scope it needs (config.scope), or say why it is public (config.public)`)
    if (config.scope !== undefined && !/^[a-z][a-z-]*\.[a-z][a-z-]*$/.test(config.scope))
      throw new Error(`${place}: '${config.scope}' is not a scope; write '<block>.<verb>'`)
    paths.add(route.method, route.url)
    const before = (hook: 'onRequest' | 'preValidation' | 'preHandler' | 'onSend', work: unknown) => {
      route[hook] = [work, ...[route[hook] ?? []].flat()] as never
    }
    if (!config.plain) before('onRequest', guard(authenticate, config.scope))
    if ([route.method].flat().every((method) => READS.has(method))) return

    const { upload } = config
    before('preValidation', async (request: FastifyRequest) => {
      if (upload !== undefined) await readUpload(request, upload)
      checkFormToken(request, tokens)
    })
    before('onRequest', (request: FastifyRequest, _reply: FastifyReply, done: () => void) => {
      if (config.anyOrigin === undefined) refuseOtherSites(request, ownOrigin)
      if (upload === undefined) refuseMultipart(request)
      else refuseLargeUpload(request, upload)
      done()
    })
    if (!route.url.startsWith('/api/') || config.idempotent !== undefined) return
    before('preHandler', (request: FastifyRequest, reply: FastifyReply) => idempotency.begin(request, reply))
    before('onSend', async (request: FastifyRequest, reply: FastifyReply, payload: unknown) => {
      try {
        await idempotency.end(request, reply, payload)
      } catch (err) {
        // The write is done; its answer must not be lost because it could not be kept.
        log.error({ traceId: request.id, err }, 'an answer could not be kept')
      }
      return payload
    })
  }

  function decorate(): void {
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
    http.decorateReply('html', sendPage)
    http.decorateReply('sse', function sse(this: FastifyReply, subscribe) {
      if (streams.full()) throw Overloaded(admission.retryAfter())
      leave(this.request)
      streams.open(this, subscribe)
      return this
    } as FastifyReply['sse'])
    http.decorate('readyWhen', readiness.add)
    http.decorate('setPages', (own) => void Object.assign(pages, own))
    http.decorate('allowFormTarget', (origin) => void formTargets.add(new URL(origin).origin))
    http.decorate('drain', async (delay = 0) => {
      readiness.close()
      await new Promise((resolve) => setTimeout(resolve, delay))
      await http.close()
    })
  }

  function sendPage(this: FastifyReply, markup: string, policy?: Record<string, string>): FastifyReply {
    this.headers({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': pagePolicy(this.request.nonce, [...formTargets].join(' '), policy),
    })
    const encoding = markup.length < WORTH_ZIPPING ? undefined : encodingFor(this.request.headers['accept-encoding'])
    if (encoding === undefined) return this.send(markup)
    const bytes = Buffer.from(markup, 'utf8')
    const zipped = encoding === 'br' ? zip.br(bytes, brotliAt(bytes, 4)) : zip.gzip(bytes, { level: 5 })
    zipped.then(
      (form) => this.headers({ 'content-encoding': encoding, vary: 'accept-encoding' }).send(form),
      () => this.send(markup),
    )
    return this
  }
}

/** What never became a request: told in the same words, on the bare socket. */
function refuseBrokenRequest(
  error: { code?: string },
  socket: { writable: boolean; end(text: string): void; destroy(): void },
): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const told =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? HeadersTooLarge()
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? RequestTooSlow()
        : UrlNotValid()
  const body = JSON.stringify({
    type: `/problems/${told.code}`,
    title: told.title,
    status: told.status,
    code: told.code,
  })
  socket.end(
    `HTTP/1.1 ${told.status} ${told.title}\r\ncontent-type: application/problem+json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}

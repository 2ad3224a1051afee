// Puts before each route what its declaration asks for, once at the start, so that requests ask nothing twice.
import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import type { Log } from '../log/index.ts'
import { type Authenticate, guard } from './caller.ts'
import { checkFormToken, type FormTokens, refuseOtherSites } from './cross-site.ts'
import type { Http } from './fastify.ts'
import type { Idempotency } from './idempotency.ts'
import type { Paths } from './paths.ts'
import { readUpload, refuseMultipart, refuseOtherUploads } from './uploads.ts'

interface RouteNeeds {
  authenticate: Authenticate
  tokens: FormTokens
  idempotency: Idempotency
  paths: Paths
  log: Log
  ownOrigin: string
}

const READS = new Set(['GET', 'HEAD', 'OPTIONS'])

export function secureRoutes(http: Http, needs: RouteNeeds): void {
  http.addHook('onRoute', (route) => {
    checkDeclaration(route)
    needs.paths.add(route.method, route.url)
    const { scope, plain, idempotent } = route.config ?? {}
    const reads = [route.method].flat().every((method) => READS.has(method))
    const known = plain ? [] : [guard(needs.authenticate, scope)]
    put(route, 'onRequest', reads ? known : [refuseForeign(route, needs.ownOrigin), ...known])
    if (reads) return
    put(route, 'preValidation', [readForm(route, needs.tokens)])
    if (!route.url.startsWith('/api/') || idempotent !== undefined) return
    put(route, 'preHandler', [
      (request: FastifyRequest, reply: FastifyReply) => needs.idempotency.begin(request, reply),
    ])
    put(route, 'onSend', [keepAnswer(needs)])
  })
}

/** Before the hooks that the route brings itself. */
function put(
  route: RouteOptions,
  hook: 'onRequest' | 'preValidation' | 'preHandler' | 'onSend',
  first: object[],
): void {
  route[hook] = [...first, ...[route[hook] ?? []].flat()] as never
}

function checkDeclaration({ method, url, config = {} }: RouteOptions): void {
  if (!config.scope && !config.public)
    throw new Error(`${method} ${url}: name the scope it needs (config.scope), or say why it is public (config.public)`)
  if (config.scope !== undefined && !/^[a-z][a-z-]*\.[a-z][a-z-]*$/.test(config.scope))
    throw new Error(`${method} ${url}: '${config.scope}' is not a scope; write '<block>.<verb>'`)
}

function refuseForeign({ config = {} }: RouteOptions, ownOrigin: string) {
  const { upload, anyOrigin } = config
  return (request: FastifyRequest, _reply: FastifyReply, done: () => void) => {
    if (anyOrigin === undefined) refuseOtherSites(request, ownOrigin)
    if (upload === undefined) refuseMultipart(request)
    else refuseOtherUploads(request, upload)
    done()
  }
}

function readForm({ config = {} }: RouteOptions, tokens: FormTokens) {
  const { upload } = config
  return async (request: FastifyRequest) => {
    if (upload !== undefined) await readUpload(request, upload)
    checkFormToken(request, tokens)
  }
}

function keepAnswer({ idempotency, log }: RouteNeeds) {
  return async (request: FastifyRequest, reply: FastifyReply, payload: unknown) => {
    try {
      await idempotency.end(request, reply, payload)
    } catch (err) {
      // The write is done; its answer must not be lost because it could not be kept.
      log.error({ traceId: request.id, err }, 'an answer could not be kept')
    }
    return payload
  }
}

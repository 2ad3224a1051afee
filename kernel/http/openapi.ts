// The description of all routes of /api as OpenAPI 3.1, and the page that shows it (Scalar, from our own files).
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import swagger from '@fastify/swagger'
import type { RouteOptions } from 'fastify'
import { declaredProblems, findProblem } from '../problem/index.ts'
import { assetRoute } from './assets.ts'
import type { Http } from './fastify.ts'
import type { Version } from './health.ts'
import { escapeHtml } from './pages.ts'

interface OpenapiNeeds {
  baseUrl: string
  version: Version
}

const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'code'],
  description: 'A refusal, as RFC 9457 describes it',
  properties: {
    type: { type: 'string', format: 'uri', description: 'Opens a page that explains it' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'The last part of `type`; what programs compare' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    traceId: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'code', 'message'],
        properties: { pointer: { type: 'string' }, code: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
}
const problemContent = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }

/** Called before any route is declared, since it learns of routes as they are. */
export function describeRoutes(http: Http, { baseUrl, version }: OpenapiNeeds): void {
  // Called, not registered: a plugin would be loaded after the first routes are there, and miss them.
  swagger(
    http as never,
    {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: version.name,
          version: version.version,
          description:
            'Errors are RFC 9457 problems. Writes carry an Idempotency-Key: the same key with the same body gives the first answer again, for 24 hours. Lists are paged by `cursor`, see the Link header. Times are RFC 3339 in UTC; money is in minor units of ISO 4217 currencies.',
        },
        servers: [{ url: baseUrl }],
        components: {
          schemas: { Problem: problemSchema as never },
          securitySchemes: {
            token: {
              type: 'http',
              scheme: 'bearer',
              description: 'An access token with the scopes that a route names',
            },
          },
        },
      },
      convertConstToEnum: false,
      hideUntagged: false,
      transform: ({ schema, url, route }) => ({ schema: described(schema as RouteSchema, url, route) as never, url }),
    },
    () => {},
  )

  let text: string | undefined
  http.get('/openapi.json', {
    config: { public: 'The interfaces are described to everybody', plain: true },
    handler: async (_request, reply) => {
      text ??= JSON.stringify(http.swagger())
      return reply
        .headers({ 'content-type': 'application/json; charset=utf-8', 'cache-control': 'public, max-age=60' })
        .send(text)
    },
  })
}

interface RouteSchema {
  tags?: string[]
  hide?: boolean
  headers?: { properties?: object; required?: string[]; type?: string }
  response?: Record<string, unknown>
  description?: string
}

function described(schema: RouteSchema | undefined, url: string, route: RouteOptions): RouteSchema {
  const config = route.config ?? {}
  if (!(config.documented ?? url.startsWith('/api/'))) return { hide: true }
  const methods = [route.method].flat()
  const writes = methods.some((method) => !['GET', 'HEAD'].includes(method))
  const scope = config.scope === undefined ? `Public: ${config.public}.` : `Scope: \`${config.scope}\`.`
  const needsKey = writes && url.startsWith('/api/') && config.idempotent === undefined
  const common = [
    ...(config.scope === undefined ? [] : ['not-signed-in', 'scope-missing']),
    ...(writes || schema !== undefined ? ['request-not-valid'] : []),
    ...(needsKey ? ['idempotency-key-missing', 'idempotency-key-in-use', 'idempotency-key-reused'] : []),
    'overloaded',
  ]
  const headers = needsKey
    ? {
        ...schema?.headers,
        type: 'object',
        properties: {
          ...schema?.headers?.properties,
          'idempotency-key': {
            type: 'string',
            minLength: 1,
            maxLength: 200,
            description: 'Names this write; repeat it when you retry',
          },
        },
        required: [...(schema?.headers?.required ?? []), 'idempotency-key'],
      }
    : schema?.headers
  return {
    ...schema,
    tags: schema?.tags ?? [url.split('/')[2] ?? 'other'],
    description: [schema?.description, scope].filter((part) => part !== undefined).join('\n\n'),
    ...(headers === undefined ? {} : { headers }),
    ...(config.scope === undefined ? {} : { security: [{ token: [config.scope] }] }),
    response: { ...schema?.response, ...problemResponses([...(config.problems ?? []), ...common], schema?.response) },
  }
}

/** One response a status, naming the codes it may have; statuses that the route describes itself stay its own. */
function problemResponses(codes: string[], own: Record<string, unknown> = {}): Record<string, unknown> {
  const byStatus = new Map<string, string[]>()
  for (const code of codes) {
    const kind = findProblem(code)
    if (kind === undefined) throw new Error(`config.problems names '${code}', which is declared nowhere`)
    const status = String(kind.status)
    byStatus.set(status, [...(byStatus.get(status) ?? []), `[${code}](/problems/${code}): ${kind.title}`])
  }
  return Object.fromEntries(
    [...byStatus]
      .filter(([status]) => !(status in own))
      .map(([status, lines]) => [status, { description: lines.join('  \n'), content: problemContent }]),
  )
}

/** /developers: Scalar from its own package; nothing is fetched from elsewhere. */
export function developersPage(http: Http, { version }: OpenapiNeeds): void {
  const file = createRequire(import.meta.url).resolve('@scalar/api-reference')
  const script = `${file.slice(0, file.lastIndexOf('/dist/'))}/dist/browser/standalone.js`
  const address = `/developers/reference-${version.version}.js`
  assetRoute(http, address, () => ({ bytes: readFileSync(script), type: 'text/javascript; charset=utf-8' }))

  http.get('/developers', {
    config: { public: 'The interfaces are described to everybody' },
    handler: async (request, reply) => {
      const { nonce } = request
      const settings = JSON.stringify({
        url: '/openapi.json',
        withDefaultFonts: false,
        telemetry: false,
        // No assistant, no share button, nothing that would ask another server.
        agent: { disabled: true },
        mcp: { disabled: true },
        showDeveloperTools: 'never',
        hideClientButton: true,
        documentDownloadType: 'direct',
        proxyUrl: '',
      })
      return reply.html(
        `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
          `<title>${escapeHtml(version.name)} API</title></head><body><div id="reference"></div>` +
          `<noscript><p><a href="/openapi.json">openapi.json</a> · <a href="/problems">problems</a></p></noscript>` +
          // The page makes its styles by script; each gets the nonce, so that the policy stays as strict as elsewhere.
          `<script nonce="${nonce}">{const make=document.createElement.bind(document);document.createElement=(...a)=>{` +
          `const e=make(...a);if(/^(style|script)$/i.test(a[0]))e.nonce="${nonce}";return e}}</script>` +
          `<script nonce="${nonce}" src="${address}"></script>` +
          `<script nonce="${nonce}">Scalar.createApiReference("#reference",${settings})</script></body></html>`,
        // Its components set style attributes; this page shows nothing that anybody sent.
        { 'style-src-attr': "'unsafe-inline'" },
      )
    },
  })
}

/** /problems and /problems/<code>: what stands behind the `type` of each problem. */
export function problemPages(http: Http, document: (title: string, content: string, request: never) => unknown): void {
  const config = { public: 'Refusals are explained to everybody' }

  http.get('/problems', {
    config,
    handler: async (request, reply) => {
      if (!request.headers.accept?.includes('text/html')) return reply.send({ problems: declaredProblems() })
      const rows = declaredProblems().map(
        ({ code, status, title }) =>
          `<tr><td><a href="/problems/${code}">${code}</a></td><td>${status}</td><td>${escapeHtml(title)}</td></tr>`,
      )
      const head =
        '<thead><tr><th scope="col">Code</th><th scope="col">Status</th><th scope="col">Title</th></tr></thead>'
      const content = `<table class="problems">${head}<tbody>${rows.join('')}</tbody></table>`
      return reply.html((await document('Problems', content, request as never)) as string)
    },
  })

  http.get<{ Params: { code: string } }>('/problems/:code', {
    config,
    handler: async (request, reply) => {
      const kind = findProblem(request.params.code)
      if (kind === undefined) return reply.callNotFound()
      if (!request.headers.accept?.includes('text/html')) return reply.send(kind)
      const about = kind.about === undefined ? '' : `<p>${escapeHtml(kind.about)}</p>`
      const content = `<p><code>${kind.code}</code>, status ${kind.status}</p>${about}<p><a href="/problems">All problems</a></p>`
      return reply.html((await document(kind.title, content, request as never)) as string)
    },
  })
}

// The house wired without a database, only to be read: its routes, their scopes, its steps and the description of its interfaces.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createHttp, type Http } from '@ashlar/kernel/http'
import { createLog } from '@ashlar/kernel/log'
import { createMetrics } from '@ashlar/kernel/metrics'
import { version } from '@ashlar/server'
import { offers } from '@ashlar/server/offers'

export interface WiredRoute {
  method: string
  path: string
  scope?: string
  /** Why anyone may come here. */
  public?: string
  summary: string
  problems: string[]
}

export interface WiredStep {
  name: string
  input?: object
  output?: object
  waits: boolean
}

export interface Wired {
  routes: WiredRoute[]
  steps: WiredStep[]
  openapi: object
}

type Door = Record<string, unknown>

/**
 * Every block's door is asked for its routes (`…Routes`, `…Route`) and steps (`…Steps`), so that no list of blocks can
 * be out of date here. They are handed `nothing`, since declaring calls nobody.
 */
export async function wireHouse(root: string): Promise<Wired> {
  const http = createHttp({
    log: createLog({ level: 'fatal' }),
    metrics: createMetrics(),
    authenticate: async () => undefined,
    baseUrl: 'http://localhost:8080',
    sql: nothing as never,
    version: { name: 'Ashlar', version },
  })
  const routes: WiredRoute[] = []
  http.addHook('onRoute', ({ method, url, config = {}, schema }) => {
    for (const verb of [method].flat())
      if (!['HEAD', 'OPTIONS'].includes(verb))
        routes.push({
          method: verb,
          path: url,
          ...(config.scope ? { scope: config.scope } : {}),
          ...(config.public ? { public: config.public } : {}),
          summary: (schema as { summary?: string } | undefined)?.summary ?? '',
          problems: config.problems ?? [],
        })
  })

  const steps: WiredStep[] = []
  for (const block of (await readdir(join(root, 'blocks'))).sort()) {
    const door = (await import(`@ashlar/${block}`)) as Door
    declareRoutes(door, http)
    steps.push(
      ...stepsOf(block, door).map(({ input, output, name, expire }) => ({
        name,
        input,
        output,
        waits: Boolean(expire),
      })),
    )
  }
  await http.ready()
  const openapi = http.swagger()
  await http.close()
  return { routes: routes.sort(byPath), steps: steps.sort((a, b) => (a.name < b.name ? -1 : 1)), openapi }
}

function declareRoutes(door: Door, http: Http): void {
  for (const [name, make] of Object.entries(door))
    if (/Routes?$/.test(name) && typeof make === 'function') make(nothing, http, nothing)
}

interface OfferedStep {
  name: string
  input?: object
  output?: object
  expire?: unknown
}

/** From `paymentSteps(payments)` and the like, or from `createCases(…).steps` where the block carries them itself. */
function stepsOf(block: string, door: Door): OfferedStep[] {
  const makers = Object.entries(door).filter(([name, make]) => /Steps$/.test(name) && typeof make === 'function')
  if (makers.length) return makers.flatMap(([, make]) => Object.values(call(make) as OfferedStep[]))
  const carried = Object.entries(offers.steps).some(([name, of]) => of === block && !inEngine.test(name))
  const create = door[`create${block.charAt(0).toUpperCase()}${block.slice(1)}`]
  return carried ? (call(create) as { steps: OfferedStep[] }).steps : []
}

const inEngine = /^(workflow|decisions)\./
const call = (make: unknown): unknown => (make as (...given: unknown[]) => unknown)(nothing, nothing)

/** What blocks hand on to their own parts with `...needs`. */
const needs = ['sql', 'clock', 'calendar', 'jobs', 'events', 'keys', 'pairwise', 'consent', 'registries']

/** Whatever is asked of it is again nothing; in a text it is empty. */
const nothing: unknown = new Proxy(() => {}, {
  get: (_, key) => {
    if (key === Symbol.toPrimitive) return () => ''
    if (key === Symbol.iterator) return () => [][Symbol.iterator]()
    return key === 'then' ? undefined : nothing
  },
  apply: () => nothing,
  ownKeys: () => needs,
  getOwnPropertyDescriptor: (_, key) =>
    needs.includes(String(key)) ? { value: nothing, enumerable: true, configurable: true } : undefined,
})

const byPath = (a: WiredRoute, b: WiredRoute): number =>
  a.path < b.path ? -1 : a.path > b.path ? 1 : a.method < b.method ? -1 : 1

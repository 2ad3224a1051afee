// Puts the house behind HTTP: who calls, the blocks' routes, the faces; and publishes and seeds the country.
import { randomInt, timingSafeEqual } from 'node:crypto'
import { sandboxControl } from '@ashlar/agency-system'
import { caseRoutes } from '@ashlar/cases'
import { type Country, catalogueRoutes } from '@ashlar/catalogue'
import { consentRoutes } from '@ashlar/consent'
import { decisionRoutes } from '@ashlar/decisions'
import { demoPages, type Occasion } from '@ashlar/demo'
import { documentRoutes, uploadRoutes } from '@ashlar/documents'
import { exchangeRoutes } from '@ashlar/exchange'
import { createFaces, readFaceTexts } from '@ashlar/face'
import { identityRoutes } from '@ashlar/identity'
import type { Clock } from '@ashlar/kernel/clock'
import { type Caller, createHttp, type Http } from '@ashlar/kernel/http'
import type { Log } from '@ashlar/kernel/log'
import { createMetrics, type Metrics } from '@ashlar/kernel/metrics'
import { messagingRoutes } from '@ashlar/messaging'
import { officePages } from '@ashlar/office'
import { noticeRoute, paymentRoutes } from '@ashlar/payments'
import { portalPages } from '@ashlar/portal'
import { registryRoutes } from '@ashlar/registries'
import { createTheme } from '@ashlar/ui'
import { workflowRoutes } from '@ashlar/workflow'
import type { FastifyRequest } from 'fastify'
import { createCarrier } from './carrier.ts'
import { createHouse, type House, type HouseNeeds } from './house.ts'
import type { ReadyMessage } from './messages.ts'
import { populate } from './populate.ts'
import { version } from './version.ts'

export interface Running {
  ready: ReadyMessage
  http: Http
  close(): Promise<void>
}

const folder = (app: string) => new URL(`../${app}/texts/`, import.meta.url)

export async function serve(needs: Omit<HouseNeeds, 'texts'>): Promise<Running> {
  const { settings, country, baseUrl, log, secrets } = needs
  const metrics = createMetrics({ process: true })
  const blockTexts = ['catalogue', 'decisions', 'cases'].map(
    (block) => new URL(`../../blocks/${block}/texts/`, import.meta.url),
  )
  const texts = await readFaceTexts(
    country,
    [...blockTexts, folder('portal'), folder('office'), folder('demo')],
    (language, key) => log.warn({ language, key }, 'a text is missing'),
  )
  const house = await createHouse({ ...needs, texts })
  const { identity } = house
  const carrier = createCarrier(baseUrl)
  const authenticate = async (request: FastifyRequest): Promise<Caller | undefined> => {
    const token = carrier.tokenOf(request)
    if (!token) return undefined
    if (isSecret(token, secrets.operator)) return ownerOf(request)
    const session = await identity.authenticate(token)
    if (!session) return systemOf(house.exchange.authenticate(token), request.id)
    const byCookie = carrier.isByCookie(request)
    return {
      context: {
        ...session.context,
        channel: byCookie ? 'web' : 'api',
        trace: request.id,
        purpose: session.kind === 'staff' ? 'case-work' : 'apply',
      },
      scopes: session.scopes,
      ...(byCookie ? { session: { id: session.id } } : {}),
      name: session.represented?.name ?? session.name,
      ...(session.represented ? { actorName: session.name } : {}),
      ...(session.isLimited ? { isLimited: true as const } : {}),
      roles: session.roles,
    }
  }

  const http = createHttp({
    log,
    metrics,
    authenticate,
    baseUrl,
    sql: house.kernel,
    secret: Buffer.from(secrets.forms, 'base64'),
    ...(settings.http.trustProxy.length ? { trustProxy: settings.http.trustProxy } : {}),
    ...(settings.http.metricsToken ? { metricsToken: settings.http.metricsToken } : {}),
    version: { name: 'ashlar', version },
    limits: { inFlight: settings.http.inFlight },
  })
  http.readyWhen('database', () => house.kernel`select 1`)
  watchJobs(house, metrics)
  const forgetting = forgetOldEvents(house, log)

  // The blocks' own interfaces.
  catalogueRoutes(house.catalogue, http, { baseUrl })
  registryRoutes(house.registries, http)
  consentRoutes(house.consent, http)
  identityRoutes(identity, http, carrier)
  caseRoutes(house.cases, http)
  workflowRoutes(house.workflow, http)
  decisionRoutes(house.decisions, http)
  paymentRoutes(house.payments, http)
  if (house.localPayments) noticeRoute(house.localPayments, http)
  messagingRoutes(house.messaging, http)
  exchangeRoutes(house.exchange, http)
  documentRoutes(house.documents, http)
  uploadRoutes(house.documents, http)

  // The faces.
  const faces = createFaces({
    http,
    texts,
    country,
    theme: createTheme(country.theme, 'citizen'),
    staffTheme: createTheme(country.theme, 'office'),
    baseUrl,
    demo: settings.demo.enabled,
  })
  portalPages({
    ...house,
    http,
    faces,
    carrier,
    baseUrl,
    secret: Buffer.from(secrets.forms, 'base64'),
    paymentOrigin: new URL(needs.provider.url || baseUrl).origin,
  })
  officePages({ ...house, http, faces, secret: Buffer.from(secrets.forms, 'base64'), baseUrl })
  const population = await populate(house, country, settings.demo)
  if (settings.demo.enabled && house.mailbox && house.movable) {
    const movable = house.movable
    demoPages({
      http,
      faces,
      people: population.doors,
      openDoor: async (id, request, reply) => {
        const visitor = { ip: request.ip, token: carrier.tokenOf(request) }
        carrier.keep(reply, await identity.openDoor(id, visitor))
      },
      mailbox: house.mailbox,
      clock: movable,
      idle: () => house.jobs.idle(),
      agencies: {
        control: sandboxControl(needs.agencies ?? { url: '', secret: '' }),
        state: house.exchange.state,
        tryNow: house.exchange.tryNow,
        occasions: occasionsOf(country, house.clock),
      },
      seed: async () => population,
      operatorKey: secrets.operator,
    })
  }

  await house.jobs.start()
  await http.listen({ host: settings.http.host, port: settings.http.port })

  return {
    http,
    ready: {
      ready: true,
      url: baseUrl,
      country: country.name[country.languages[0]?.code ?? ''] ?? country.id,
      version,
      people: population.people,
      services: population.services,
      doors: [
        ...population.doors
          .filter((door, at, all) => all.findIndex(({ kind }) => kind === door.kind) === at)
          .map(({ id, kind, name }) => ({
            path: `/as/${id}`,
            about: kind === 'person' ? 'Be a citizen' : 'Be an officer',
            note: name,
          })),
        { path: '/demo', about: 'All doors', note: `${population.doors.length} people to be` },
        { path: '/developers', about: 'Call the API', note: 'OpenAPI 3.1' },
        { path: '/verify', about: 'Check a document', note: 'by its QR code' },
        { path: '/mailbox', about: 'Mailbox and SMS', note: 'what people would receive' },
      ].filter(({ path }) => settings.demo.enabled || !['/demo', '/mailbox'].includes(path)),
    },
    close: async () => {
      clearInterval(forgetting)
      await http.close()
      await house.close()
    },
  }
}

/** The owner of the installation, at the command line: may try rules on what every agency decided, and no more. */
function ownerOf(request: FastifyRequest): Caller {
  return {
    context: {
      tenant: '*',
      actor: { kind: 'system', id: 'owner' },
      purpose: 'replay-rule',
      channel: 'api',
      trace: request.id,
    },
    scopes: ['decisions.replay'],
    name: 'owner',
    roles: [],
  }
}

function isSecret(token: string, secret: string): boolean {
  const [given, wanted] = [Buffer.from(token), Buffer.from(secret)]
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

/** What the country lets happen in the demo: with today's date, and new numbers each time. */
function occasionsOf({ population }: Country, clock: Pick<Clock, 'today'>): Occasion[] {
  const value = (given: unknown): unknown => {
    if (given === '= today') return clock.today()
    const { pattern } = (given ?? {}) as { pattern?: string }
    return pattern === undefined ? given : pattern.replace(/#/g, () => String(randomInt(10)))
  }
  return Object.entries(population?.occasions ?? {}).map(([id, { data, ...rest }]) => ({
    id,
    ...rest,
    data: () => Object.fromEntries(Object.entries(data).map(([name, given]) => [name, value(given)])),
  }))
}

/** A system of an agency acts for itself, and may do one thing: tell what it may tell. */
function systemOf(known: ReturnType<House['exchange']['authenticate']>, trace: string): Caller | undefined {
  if (known === undefined) return undefined
  const actor = { kind: 'client' as const, id: `${known.agency}/${known.system}` }
  return {
    context: { tenant: known.agency, actor, purpose: 'notice', channel: 'api', trace },
    scopes: ['exchange.notify'],
  }
}

function watchJobs({ jobs }: Pick<House, 'jobs'>, metrics: Metrics): void {
  metrics.gauge(
    'ashlar_jobs',
    'Jobs of a queue: ready, waiting for their time, running, resting after a failure, dead',
    async () =>
      (await jobs.figures()).flatMap(({ queue, ...states }) =>
        Object.entries(states).map(([state, value]) => ({ labels: { queue, state }, value })),
      ),
    ['queue', 'state'],
  )
}

/** What happened more than ninety days ago has been heard by everybody; the blocks' own tables remember it. */
function forgetOldEvents({ events, clock }: Pick<House, 'events' | 'clock'>, log: Log): NodeJS.Timeout {
  const day = 86_400_000
  return setInterval(() => {
    events
      .prune(new Date(clock.now().getTime() - 90 * day))
      .catch((err: unknown) => log.warn({ err }, 'old events could not be forgotten'))
  }, day).unref()
}

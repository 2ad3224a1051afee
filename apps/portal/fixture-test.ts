// For tests: the portal on a real database, with the blocks of the house and the model country's invented people; what is
// outside (card provider, mail, typesetter, disk) is a fake. And a browser without a script.
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { createCases } from '@ashlar/cases'
import {
  type Country,
  createCatalogue,
  formOf,
  holidaysOf,
  loadCountry,
  lookUpsOf,
  priceOf,
  readAnswers,
  readPage,
} from '@ashlar/catalogue'
import { createConsent } from '@ashlar/consent'
import { createDecisions, decide, decisionSteps } from '@ashlar/decisions'
import { createDocuments, documentSteps, type FileStore } from '@ashlar/documents'
import { createFaces, readFaceTexts } from '@ashlar/face'
import { createIdentity, type Mandate, type Named, type Party } from '@ashlar/identity'
import { createCalendar } from '@ashlar/kernel/calendar'
import { createHttp, type Http } from '@ashlar/kernel/http'
import { createTexts } from '@ashlar/kernel/language'
import { createLog } from '@ashlar/kernel/log'
import { createMetrics } from '@ashlar/kernel/metrics'
import { declareCurrency, sumOf } from '@ashlar/kernel/money'
import { house } from '@ashlar/kernel/testing'
import { createMessaging, messagingSteps } from '@ashlar/messaging'
import { createPayments, type PaymentProvider, type ProviderEvent, paymentSteps, toReceipt } from '@ashlar/payments'
import { createRegistries, inventPopulation, personaId, registrySteps } from '@ashlar/registries'
import { createTheme } from '@ashlar/ui'
import { createWorkflow, type Step } from '@ashlar/workflow'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { portalPages } from './index.ts'

const BLOCKS = [
  'catalogue',
  'consent',
  'registries',
  'identity',
  'decisions',
  'workflow',
  'cases',
  'payments',
  'messaging',
  'documents',
] as const
const COOKIE = 'ashlar_session'
const BASE = 'http://localhost:8080'
export const PROVIDER = 'https://pay.example'

export interface Besides {
  /** Folders of more texts. */
  texts: URL[]
  /** Scopes of officers. */
  staff: string[]
  /** Public services that are open besides the two. */
  services: string[]
  /** Another face on the same house. */
  open(rooms: FaceRooms): void
}

type FaceRooms = Omit<
  Parameters<typeof portalPages>[0],
  'cases' | 'catalogue' | 'consent' | 'decisions' | 'documents'
> & {
  cases: ReturnType<typeof createCases>
  catalogue: ReturnType<typeof createCatalogue>
  consent: ReturnType<typeof createConsent>
  decisions: ReturnType<typeof createDecisions>
  documents: ReturnType<typeof createDocuments>
  workflow: ReturnType<typeof createWorkflow>
}

export async function portalHouse(besides: Partial<Besides> = {}) {
  const home = await house({ blocks: BLOCKS, at: '2026-11-25T06:00:00Z', zone: 'Asia/Muscat' })
  const { clock, jobs, events } = home
  const { country } = await loadCountry(fileURLToPath(new URL('../../countries/veridia', import.meta.url)))
  if (country === undefined) throw new Error('the model country does not load')
  for (const service of Object.values(country.services))
    service.status = ['fine', 'criminal-record-extract', 'appeal', ...(besides.services ?? [])].includes(service.id)
      ? 'active'
      : 'draft'
  declareCurrency({ code: country.currency.code, digits: country.currency.decimals })
  const calendar = createCalendar({
    zone: country.zone,
    weekend: country.weekend,
    holidays: holidaysOf(country, 2025, 2030),
  })
  const missing: string[] = []
  const blockTexts = new URL('../../blocks/catalogue/texts/', import.meta.url)
  const texts = await readFaceTexts(
    country,
    [
      blockTexts,
      new URL('../../blocks/cases/texts/', import.meta.url),
      new URL('./texts/', import.meta.url),
      ...(besides.texts ?? []),
    ],
    (language, key) => missing.push(`${language} ${key}`),
  )

  const mails: { to: string; text: string }[] = []
  const catalogue = createCatalogue(home.catalogue)
  const consent = createConsent(home.consent)
  const registries = createRegistries({ ...home.registries, consent })
  const identity = createIdentity({
    ...home.identity,
    secret: Buffer.alloc(32, 7),
    demo: true,
    legal: (person) => legalOf(country, person),
    findParty: async (named) => partyOf(country, named),
    site: { name: 'Veridia', origin: BASE },
    scopes: { person: ['cases.apply'], staff: besides.staff ?? [], roles: {} },
    sendCode: async (to, code) => void mails.push({ to, text: code }),
  })
  const definition = (service: string, version?: string) => catalogue.get(service, version)
  const textsOf = async ({ id, version }: { id: string; version: string }) => {
    const service = await catalogue.get(id, version)
    return createTexts({ languages: country.languages, texts: service.texts, zone: country.zone })
  }
  const messaging = createMessaging({
    ...home.messaging,
    mail: { send: async ({ to, text }) => void mails.push({ to, text }) },
    sms: { send: async () => {} },
    contactsOf: async () => new Map(),
    wordingOf: textsOf,
  })
  const decisions = createDecisions({
    ...home.decisions,
    ruleOf: async ({ id, version }, rule) => {
      const { rules, facts } = await catalogue.get(id, version)
      return { table: rules[rule]!, facts }
    },
  })
  const checkouts: Parameters<PaymentProvider['checkout']>[0][] = []
  const provider: PaymentProvider = {
    name: 'fake',
    checkout: async (order) => {
      checkouts.push(order)
      return { providerId: order.key, url: `${PROVIDER}/${order.key}` }
    },
    refund: async ({ key }) => ({ providerId: key }),
    inquire: async () => undefined,
    readNotice: (_, body) => JSON.parse(body) as ProviderEvent,
  }
  const payments = createPayments({ ...home.payments, provider })
  const documents = createDocuments({
    ...home.documents,
    calendar,
    fileStore: memoryStore(),
    printer: { print: async () => ({ pdf: Buffer.from('%PDF-1.7 a letter'), missing: [] }) },
    baseUrl: BASE,
    serviceOf: ({ id, version }) => catalogue.get(id, version),
    textsOf,
    issuerOf: async (authority) => ({ country: 'Veridia', name: authority }),
    noteReading: async () => {},
  })
  const cases = createCases({
    ...home.cases,
    calendar,
    consent,
    attachFiles: documents.uploads.attach,
    lookUp: registries.lookUp,
    form: { formOf, lookUpsOf, readAnswers, readPage },
    decide: (table, facts) => decide(table, facts as never),
    decimals: country.currency.decimals,
    leads: country.leads,
    representation: identity.representation,
    nameOf: identity.nameOf,
    findParty: identity.findParty,
    costOf: (service, facts) =>
      sumOf(
        priceOf(service, facts, country.currency).map(({ amount }) => amount),
        country.currency.code,
      ),
    roster: {
      officers: Object.values(country.staff).map(({ agency, ...officer }) => ({ ...officer, tenant: agency })),
      teams: country.teams.map(({ agency, ...team }) => ({ ...team, tenant: agency })),
    },
    definition,
  })
  const steps = [
    ...Object.values(registrySteps(registries)),
    ...decisionSteps(decisions),
    ...cases.steps,
    ...paymentSteps(payments),
    ...documentSteps(documents, { zone: country.zone }),
    ...messagingSteps(messaging),
    // Other agencies hear what they are told at once.
    { name: 'exchange.tell', run: async (told: unknown[]) => told.map(() => ({ done: { state: 'acknowledged' } })) },
  ] as Step[]
  const workflow = createWorkflow({
    ...home.workflow,
    calendar,
    steps,
    definition,
    decide,
    money: (amount) => ({ value: Math.round(amount * 100), currency: country.currency.code }),
  })
  cases.followProcesses(workflow)
  events.subscribe('payments.settled', 'complete-payment', async ({ data }) => {
    const bill = await payments.get((data as { bill: string }).bill)
    for (const order of await payments.ordersOf(bill.id)) await workflow.complete(order, toReceipt(bill))
  })

  const faults: string[] = []
  const seen: Page[] = []
  const tokenOf = (request: FastifyRequest) => request.cookies[COOKIE]
  const http = createHttp({
    log: createLog({ level: 'error', destination: { write: (line: string) => void faults.push(line) } }),
    metrics: createMetrics(),
    baseUrl: BASE,
    sql: home.kernel,
    secret: Buffer.alloc(32, 9),
    authenticate: async (request) => {
      const session = await identity.authenticate(tokenOf(request))
      return (
        session && {
          context: { ...session.context, trace: request.id },
          scopes: session.scopes,
          session: { id: session.id },
          name: session.represented?.name ?? session.name,
          ...(session.represented ? { actorName: session.name } : {}),
          ...(session.isLimited ? { isLimited: true as const } : {}),
          roles: session.roles,
        }
      )
    },
  })
  const faces = createFaces({
    http,
    texts,
    country,
    theme: createTheme(country.theme, 'citizen'),
    staffTheme: createTheme(country.theme, 'office'),
    baseUrl: BASE,
    demo: false,
  })
  const rooms: FaceRooms = {
    http,
    faces,
    clock,
    events,
    catalogue,
    cases,
    payments,
    exchange: { messagesOf: async () => [] },
    messaging,
    consent,
    registries,
    documents,
    decisions,
    workflow,
    identity,
    carrier: {
      tokenOf,
      keep: (reply: FastifyReply, { token }) => void reply.setCookie(COOKIE, token, { path: '/' }),
      drop: (reply: FastifyReply) => void reply.clearCookie(COOKIE, { path: '/' }),
    },
    secret: Buffer.alloc(32, 11),
    baseUrl: BASE,
    paymentOrigin: PROVIDER,
  }
  portalPages(rooms)
  besides.open?.(rooms)

  await catalogue.publish(country)
  await registries.publish(Object.values(country.registers).filter(({ status }) => status === 'active'))
  await consent.publishAgreements(Object.values(country.agreements).filter(({ status }) => status === 'active'))
  await identity.publishStaff(Object.values(country.staff).map((officer) => ({ ...officer, door: true })))
  const recipe = country.population!
  const personas = recipe.personas ?? {}
  const only = recipe.make
    .filter(({ register }) => personas[register] !== undefined)
    .map((one) => ({ ...one, count: Object.keys(personas[one.register] ?? {}).length }))
  const seeded = await registries.seed({ ...recipe, make: only })
  const people = inventPopulation(
    { ...recipe, make: only.filter(({ register }) => register === country.people) },
    seeded.day,
  )
  const nameOf = new Map(Object.keys(personas[country.people] ?? {}).map((name) => [personaId(recipe, name), name]))
  await identity.openAccounts(
    people.map(({ id, values }) => ({
      person: id,
      name: String(values.fullName),
      address: `${nameOf.get(id)}@people.example`,
      level: 'high' as const,
      door: nameOf.get(id) ?? '',
    })),
  )
  await jobs.start()
  await http.ready()

  return {
    ...home,
    country,
    http,
    faces,
    texts,
    cases,
    catalogue,
    payments,
    documents,
    identity,
    consent,
    checkouts,
    mails,
    faults,
    missing,
    /** The provider's notice that a bill was paid. */
    pay: async (bill: string) => {
      const { amount } = await payments.get(bill)
      const event = { id: `paid-${bill}`, kind: 'payment-settled', reference: bill, providerId: bill, amount }
      await payments.receive({}, JSON.stringify(event))
      await jobs.idle()
    },
    fail: async (bill: string) => {
      const { amount } = await payments.get(bill)
      const event = { id: `failed-${bill}`, kind: 'payment-failed', reference: bill, providerId: bill, amount }
      await payments.receive({}, JSON.stringify(event))
    },
    /** Every page that any browser has been shown. */
    seen,
    browser: () => createBrowser(http, seen),
    /** Somebody who is signed in. */
    visitor: async (door: string) => {
      const { token } = await identity.openDoor(door, { ip: '127.0.0.1' })
      const browser = createBrowser(http, seen)
      browser.cookies.set(COOKIE, token)
      return browser
    },
    personId: (name: string) => personaId(recipe, name),
    stop: async () => {
      await http.close()
      await home.stop()
    },
  }
}

/** What the registers would say of parents and directors, from the recipe. */
async function legalOf({ population, people, organisations = '' }: Country, person: string): Promise<Mandate[]> {
  const recipe = population!
  const is = (value: unknown) =>
    personaId(recipe, String((value as { persona?: string } | undefined)?.persona)) === person
  const rows = (register: string) => Object.entries(recipe.personas?.[register] ?? {})
  return [
    ...rows(organisations).flatMap(([id, { name, director }]) =>
      is(director)
        ? [{ kind: 'organisation' as const, id: personaId(recipe, id), name: String(name), basis: 'director' as const }]
        : [],
    ),
    ...rows(people).flatMap(([id, { fullName, mother, father }]) =>
      is(mother) || is(father)
        ? [{ kind: 'person' as const, id: personaId(recipe, id), name: String(fullName), basis: 'parent' as const }]
        : [],
    ),
  ].map(({ basis, ...represented }) => ({ holder: person, represented, basis, validFrom: '2000-01-01' }))
}

function partyOf({ population, people, organisations = '' }: Country, named: Named): Party | undefined {
  const recipe = population!
  const register = named.kind === 'person' ? people : organisations
  const found = Object.entries(recipe.personas?.[register] ?? {}).find(([, row]) =>
    named.kind === 'person'
      ? row.personNumber === named.number && row.dateOfBirth === named.born
      : row.companyNumber === named.number,
  )
  return (
    found && { kind: named.kind, id: personaId(recipe, found[0]), name: String(found[1].fullName ?? found[1].name) }
  )
}

function memoryStore(): FileStore {
  const files = new Map<string, Buffer>()
  return {
    put: async (bytes) => {
      const name = createHash('sha256').update(bytes).digest('hex')
      files.set(name, bytes)
      return name
    },
    find: async (name) => files.get(name),
    remove: async (name) => void files.delete(name),
  }
}

export interface Page {
  status: number
  path: string
  text: string
  title: string
  headers: Record<string, unknown>
  bytes: Buffer
}

export type Browser = ReturnType<typeof createBrowser>

/** Keeps cookies, follows redirects, fills forms in: what any browser does without a script. */
function createBrowser(http: Http, seen: Page[] = []) {
  const cookies = new Map<string, string>()

  async function ask(
    method: 'GET' | 'POST',
    path: string,
    body?: { type: string; payload: string | Buffer },
    more: Record<string, string> = {},
  ): Promise<Page> {
    const answer = await http.inject({
      method,
      url: path,
      headers: {
        accept: 'text/html',
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(body ? { 'content-type': body.type, origin: BASE } : {}),
        ...more,
      },
      ...(body ? { payload: body.payload } : {}),
    })
    for (const { name, value, maxAge, expires } of answer.cookies)
      if (maxAge === 0 || (expires && expires.getTime() <= 0)) cookies.delete(name)
      else cookies.set(name, value)
    const to = answer.headers.location
    if ([302, 303].includes(answer.statusCode) && typeof to === 'string' && to.startsWith('/')) return ask('GET', to)
    const page = {
      status: answer.statusCode,
      path: typeof to === 'string' ? to : path,
      // Styles say nothing, and blanks that do not break are blanks to a reader.
      text: answer.body.replace(/<style[\s\S]*?<\/style>/, '').replaceAll('\u00a0', ' '),
      title: (/<title>([^<]*)/.exec(answer.body)?.[1] ?? '').replaceAll('\u00a0', ' '),
      headers: answer.headers,
      bytes: answer.rawPayload,
    }
    if (String(answer.headers['content-type']).startsWith('text/html')) seen.push(page)
    return page
  }

  const post = (path: string, fields: Record<string, string | string[]>, more?: Record<string, string>) => {
    const pairs = Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one) => [name, one]))
    const payload = new URLSearchParams(pairs).toString()
    return ask('POST', path, { type: 'application/x-www-form-urlencoded', payload }, more)
  }

  return {
    cookies,
    ask,
    post,
    open: (path: string) => ask('GET', path),
    /** Sends the form of a page whose action holds `action`, with these fields changed. */
    send: (page: Page, fields: Record<string, string | string[]> = {}, action = '') => {
      const form = formOn(page, action)
      return post(form.action, { ...form.fields, ...fields })
    },
    /** The same as multipart, with a file. */
    sendFile: (page: Page, name: string, file: { name: string; type: string; bytes: Buffer }, fields = {}) => {
      const form = formOn(page, '')
      const boundary = 'a-boundary-of-a-test'
      const parts = Object.entries({ ...form.fields, ...fields }).map(
        ([key, value]) => `--${boundary}\r\ncontent-disposition: form-data; name="${key}"\r\n\r\n${value}\r\n`,
      )
      const head = `--${boundary}\r\ncontent-disposition: form-data; name="${name}"; filename="${file.name}"\r\ncontent-type: ${file.type}\r\n\r\n`
      const payload = Buffer.concat([
        Buffer.from(parts.join('') + head),
        file.bytes,
        Buffer.from(`\r\n--${boundary}--\r\n`),
      ])
      return ask('POST', form.action, { type: `multipart/form-data; boundary=${boundary}`, payload })
    },
  }
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
const decoded = (text: string): string => text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name]!)
const attribute = (tag: string, name: string): string | undefined => {
  const found = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]
  return found === undefined ? undefined : decoded(found)
}

/** The fields of a form as they stand on the page; only forms that write. */
export function formOn(
  { text, path }: Pick<Page, 'text' | 'path'>,
  action: string,
): { action: string; fields: Record<string, string | string[]> } {
  const forms = text.match(/<form [\s\S]*?<\/form>/g) ?? []
  const form = forms.find((one) => {
    const to = attribute(one, 'action') ?? ''
    return /^<form [^>]*method="post"/.test(one) && !to.startsWith('/sign-out') && to.includes(action)
  })
  if (form === undefined) throw new Error(`no form to '${action}' on ${path}`)
  const fields: Record<string, string | string[]> = {}
  const add = (name: string | undefined, value: string) => {
    if (name === undefined) return
    const before = fields[name]
    fields[name] = before === undefined ? value : [before, value].flat()
  }
  for (const tag of form.match(/<input [^>]*>/g) ?? []) {
    const type = attribute(tag, 'type') ?? 'text'
    if (type === 'file' || (/radio|checkbox/.test(type) && !/\schecked/.test(tag))) continue
    add(attribute(tag, 'name'), attribute(tag, 'value') ?? '')
  }
  // A browser drops one line break at the beginning.
  for (const tag of form.match(/<textarea [\s\S]*?<\/textarea>/g) ?? [])
    add(attribute(tag, 'name'), decoded(/>\n?([\s\S]*)<\/textarea>/.exec(tag)?.[1] ?? ''))
  return { action: attribute(form, 'action') ?? path, fields }
}

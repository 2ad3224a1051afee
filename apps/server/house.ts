// The whole house, wired by hand: reading it tells what runs.
import { join } from 'node:path'
import { createAgencyClient, sandboxKeyOf } from '@ashlar/agency-system'
import { createCardProvider } from '@ashlar/card-provider'
import { CaseNeedsReason, type Cases, createCases, type Roster } from '@ashlar/cases'
import {
  type Catalogue,
  type Country,
  createCatalogue,
  formOf,
  holidaysOf,
  lookUpsOf,
  priceOf,
  readAnswers,
  readPage,
} from '@ashlar/catalogue'
import { type Consent, createConsent } from '@ashlar/consent'
import { createDecisions, type Decisions, decide, decisionJobs, decisionSteps } from '@ashlar/decisions'
import { createDocuments, createFolderStore, type Documents, documentSteps } from '@ashlar/documents'
import { type AgencySystem, createExchange, type Exchange, exchangeSteps } from '@ashlar/exchange'
import { createIdentity, type Identity } from '@ashlar/identity'
import { createCalendar } from '@ashlar/kernel/calendar'
import { type Clock, createMovableClock, legalClock, type SharedClock } from '@ashlar/kernel/clock'
import { createEvents, type Events } from '@ashlar/kernel/events'
import { createPairwise } from '@ashlar/kernel/identifiers'
import { createJobs, type Jobs } from '@ashlar/kernel/jobs'
import { createKeys } from '@ashlar/kernel/keys'
import { createTexts, type Texts } from '@ashlar/kernel/language'
import type { Log } from '@ashlar/kernel/log'
import { declareCurrency, moneyOf, sumOf } from '@ashlar/kernel/money'
import { isProblem } from '@ashlar/kernel/problem'
import { connect, type Database } from '@ashlar/kernel/sql'
import { createMessaging, type Messaging, messagingSteps } from '@ashlar/messaging'
import {
  createPayments,
  createRemotePayments,
  type LocalPayments,
  type Payments,
  paymentSteps,
  toPaidOut,
  toReceipt,
} from '@ashlar/payments'
import { createRegistries, type Registries, registrySteps } from '@ashlar/registries'
import { createMailRelay, type Mailbox, startMailbox } from '@ashlar/smtp'
import { createTypst } from '@ashlar/typst'
import { createWorkflow, type Step, type Workflow } from '@ashlar/workflow'
import { giveBackFees, holdsMoreOf, tellApplicants, wordingOfCases } from './case-life.ts'
import type { StartMessage } from './messages.ts'
import { legalRepresentatives, partyFinder } from './representation.ts'
import { scopes } from './scopes.ts'

export interface House {
  clock: Clock
  /** The demo's clock; undefined outside of it. */
  movable: SharedClock | undefined
  events: Events
  jobs: Jobs
  kernel: Database
  catalogue: Catalogue
  consent: Consent
  registries: Registries
  identity: Identity
  decisions: Decisions
  workflow: Workflow
  cases: Cases
  payments: Payments
  /** undefined when payments runs elsewhere. */
  localPayments: LocalPayments | undefined
  messaging: Messaging
  exchange: Exchange
  documents: Documents
  mailbox: Mailbox | undefined
  /** Names of the steps that blocks offer. */
  steps: string[]
  close(): Promise<void>
}

export interface HouseNeeds extends StartMessage {
  /** Texts of the faces: sign-in codes and refusals of answers. */
  texts: Texts
  log: Log
}

export async function createHouse(needs: HouseNeeds): Promise<House> {
  const { settings, secrets, country, texts, log, baseUrl } = needs
  const open: Database[] = []
  const pairwise = createPairwise(Buffer.from(secrets.pairwise, 'base64'))
  const database = (block: string): Database => {
    const role = `ashlar_${block}`
    const sql = connect({
      url: needs.database.url,
      role,
      password: needs.database.passwords[role] ?? '',
      sector: block,
      pairwise,
      max: settings.database.connections,
      onError: (error) => log.warn({ err: error }, 'a connection to the database was lost'),
    })
    open.push(sql)
    return sql
  }

  // The ground.
  declareCurrency({ code: country.currency.code, digits: country.currency.decimals })
  const kernel = database('kernel')
  const movable = settings.demo.enabled ? await createMovableClock({ sql: kernel, zone: country.zone }) : undefined
  const clock = movable ?? legalClock(country.zone)
  const year = clock.now().getUTCFullYear()
  const calendar = createCalendar({
    zone: country.zone,
    weekend: country.weekend,
    holidays: holidaysOf(country, year - 1, year + 5),
  })
  const jobs = createJobs({ sql: kernel, clock, log })
  const events = createEvents({ sql: kernel, jobs, clock })
  const keys = createKeys({ sql: database('keys'), master: Buffer.from(secrets.master, 'base64'), clock })
  const ground = (block: string) => ({ sql: database(block), clock, events, jobs, keys, pairwise, calendar })

  // What is known: the catalogue of services, and the registers behind their one door.
  const catalogue = createCatalogue(ground('catalogue'))
  const consent = createConsent(ground('consent'))
  const registries = createRegistries({ ...ground('registries'), consent })
  const definition = (service: string, version?: string) => catalogue.get(service, version)
  const wordings = new Map<string, Texts>()
  const textsOf = async ({ id, version }: { id: string; version: string }): Promise<Texts> => {
    const key = `${id}@${version}`
    const known = wordings.get(key)
    if (known) return known
    const service = await catalogue.get(id, version)
    const languages = country.languages.filter(({ code }) => service.languages.includes(code))
    const made = createTexts({ languages, texts: service.texts, zone: country.zone })
    wordings.set(key, made)
    return made
  }

  // Who acts, and how they are told.
  const mailbox = settings.demo.enabled
    ? await startMailbox({ file: join(settings.data.folder, 'sandbox', 'mailbox.jsonl') })
    : undefined
  const mail = createMailRelay({
    url: settings.mail.relay ?? mailbox?.url ?? 'smtp://127.0.0.1:25',
    from: settings.mail.from ?? `no-reply@${new URL(baseUrl).hostname}`,
  })
  const identity = createIdentity({
    ...ground('identity'),
    secret: Buffer.from(secrets.pairwise, 'base64'),
    demo: settings.demo.enabled,
    legal: legalRepresentatives(country, registries),
    findParty: partyFinder(country, registries),
    site: { name: country.name[country.languages[0]?.code ?? ''] ?? country.id, origin: baseUrl },
    scopes,
    sendCode: (address, code, language) =>
      messaging.sendCode({
        id: crypto.randomUUID(),
        address,
        language,
        subject: texts.text(language, 'face.code-subject', { code }),
        text: texts.text(language, 'face.code-body', { code }),
      }),
  })
  const messaging: Messaging = createMessaging({
    ...ground('messaging'),
    mail,
    sms: mailbox?.sms ?? { send: () => Promise.reject(new Error('no relay for text messages is set')) },
    contactsOf: (persons) => identity.contactsOf(persons),
    wordingOf: async (service) => wordingOfCases(service, texts) ?? textsOf(service),
  })

  // What is decided, paid and issued.
  const decisions = createDecisions({
    ...ground('decisions'),
    ruleOf: async ({ id, version }, rule) => {
      const service = await catalogue.get(id, version)
      const table = service.rules[rule]
      if (!table) throw new Error(`${id} ${version} has no rule ${rule}`)
      return { table, facts: service.facts }
    },
  })
  decisionJobs(decisions, jobs)
  const localPayments = settings.blocks.paymentsUrl
    ? undefined
    : createPayments({ ...ground('payments'), provider: createCardProvider(needs.provider) })
  const payments: Payments =
    localPayments ??
    createRemotePayments({ url: settings.blocks.paymentsUrl ?? '', token: settings.blocks.paymentsToken ?? '' })
  const printer = createTypst({ socket: needs.typesetter })
  const documents = createDocuments({
    ...ground('documents'),
    fileStore: createFolderStore(join(settings.data.folder, 'files')),
    printer,
    printAhead: settings.documents.printAhead,
    baseUrl,
    serviceOf: ({ id, version }) => catalogue.get(id, version),
    textsOf,
    issuerOf: async (authority, language) => ({
      country: country.name[language] ?? '',
      name: country.agencies[authority]?.name[language] ?? authority,
      ...(country.theme.colours.brand ? { colour: country.theme.colours.brand } : {}),
      ...(country.theme.colours.accent ? { accent: country.theme.colours.accent } : {}),
      ...(country.theme.emblem.includes('<svg') ? { emblem: country.theme.emblem } : {}),
    }),
    noteReading: async ({ what, authority, caseId, person, context }) => {
      const own = caseId === undefined ? undefined : await cases.ownWork(caseId, context)
      if (own === undefined) throw CaseNeedsReason()
      const { law } = await catalogue.get(own.service.id, own.service.version)
      await consent.record({
        context,
        reader: context.tenant ?? authority,
        register: 'documents',
        fields: [what],
        persons: [person],
        shown: 1,
        outcome: 'read',
        basis: 'role',
        purpose: context.purpose,
        law: law[0] ?? '',
        case: own.reference,
      })
    },
  })

  // The case work itself.
  const cases: Cases = createCases({
    ...ground('cases'),
    consent,
    giveBack: giveBackFees(payments),
    holdsMore: holdsMoreOf(documents, messaging),
    attachFiles: documents.uploads.attach,
    lookUp: registries.lookUp,
    triggers: {
      services: async () => Promise.all((await catalogue.list()).map(({ id }) => catalogue.get(id))),
      notify: messaging.notify,
      dated: registries.dated,
    },
    form: { formOf, lookUpsOf, readAnswers, readPage },
    decide: (table, facts) => decide(table, facts as never),
    decimals: country.currency.decimals,
    representation: identity.representation,
    findParty: identity.findParty,
    nameOf: identity.nameOf,
    costOf: (service, facts) =>
      sumOf(
        priceOf(service, facts, country.currency).map(({ amount }) => amount),
        country.currency.code,
      ),
    leads: country.leads,
    roster: rosterOf(country),
    definition,
  })
  const exchange = createExchange({
    ...ground('exchange'),
    consent,
    registries,
    systems: () => systemsOf(country, needs.agencies),
    instance: country.id.toUpperCase(),
    post: createAgencyClient({ instance: country.id.toUpperCase() }),
    audience: baseUrl,
    happened: async (happening) => {
      await cases.happened(happening)
      await workflow.happened(happening)
    },
  })
  const steps: Step[] = [
    ...Object.values(registrySteps(registries)),
    ...decisionSteps(decisions),
    ...cases.steps,
    ...paymentSteps(payments, { money: (amount) => moneyOf(amount, country.currency.code) }),
    ...documentSteps(documents, { zone: country.zone }),
    ...messagingSteps(messaging),
    ...exchangeSteps(exchange),
  ] as Step[]
  const workflow = createWorkflow({
    ...ground('workflow'),
    current: () => catalogue.list().catch(noneYet),
    steps,
    definition,
    decide,
    money: (amount) => moneyOf(amount, country.currency.code),
  })
  cases.followProcesses(workflow)
  tellApplicants(events, cases, messaging)
  events.subscribe('catalogue.published', 'workflow.clocks', () => workflow.arrange())
  // A director who left the register may act no more from that moment.
  events.subscribe('registries.changed', 'identity.recheck', async ({ data }) => {
    const { register, record } = data as { register: string; record: string }
    if (Object.hasOwn(country.representation, register))
      await identity.recheckRepresentatives(pairwise.back('registries', record))
  })
  events.subscribe('payments.settled', 'workflow.complete-payment', async ({ data }) => {
    const bill = await payments.get((data as { bill: string }).bill)
    for (const order of await payments.ordersOf(bill.id)) await completePayment(order, bill)
  })

  events.subscribe('payments.paid-out', 'workflow.complete-payout', async ({ data }) => {
    const { key } = data as { key: string }
    await completeStep(key, toPaidOut(await payments.getPayout(key)))
  })
  for (const end of ['acknowledged', 'refused'])
    events.subscribe(`exchange.${end}`, 'workflow.complete-telling', async ({ data }) => {
      const { key } = data as { key: string }
      const told = await exchange.outcomeOf(key)
      if (told !== undefined) await completeStep(key, { ...told })
    })

  async function completePayment(order: string, bill: Awaited<ReturnType<Payments['get']>>): Promise<void> {
    await completeStep(order, toReceipt(bill))
  }

  async function completeStep(key: string, output: Parameters<Workflow['complete']>[1]): Promise<void> {
    await workflow.complete(key, output).catch((error: unknown) => {
      // No process waits for it: somebody asked for the money by the API, or it was given up meanwhile.
      if (!(isProblem(error) && error.code === 'process-step-not-found')) throw error
    })
  }

  return {
    clock,
    movable,
    events,
    jobs,
    kernel,
    catalogue,
    consent,
    registries,
    identity,
    decisions,
    workflow,
    cases,
    payments,
    localPayments,
    messaging,
    exchange,
    documents,
    mailbox,
    steps: steps.map(({ name }) => name),
    close: async () => {
      await jobs.stop()
      await printer.close()
      mail.close()
      await mailbox?.close()
      movable?.close()
      await Promise.all(open.map((sql) => sql.close()))
    },
  }
}

/** What the country declares. In the demo, a system that has no address yet is its sandbox. */
function systemsOf({ agencies }: Country, sandbox: StartMessage['agencies']): AgencySystem[] {
  return Object.values(agencies).flatMap(({ id: agency, systems }) =>
    Object.entries(systems).map(([system, { address, key, hears, tells }]): AgencySystem => {
      const isOurs = address === undefined && key === undefined
      const place =
        isOurs && sandbox
          ? {
              address: `${sandbox.url}/${agency}/${system}`,
              key: sandboxKeyOf(sandbox.secret, `${agency}/${system}`).x,
            }
          : { ...(address === undefined ? {} : { address }), ...(key === undefined ? {} : { key }) }
      const told = tells.map(({ event, persons, ...rest }) => [event, { ...rest, persons: persons ?? {} }] as const)
      return { agency, system, ...place, hears, tells: Object.fromEntries(told) }
    }),
  )
}

/** Who works where, as the work is shared out. */
function rosterOf({ staff, teams }: Pick<Country, 'staff' | 'teams'>): Roster {
  return {
    officers: Object.values(staff).map(({ id, agency, unit, roles, skills, share, absences }) => ({
      id,
      tenant: agency,
      ...(unit === undefined ? {} : { unit }),
      roles,
      skills,
      share,
      absences,
    })),
    teams: teams.map(({ agency, ...team }) => ({ tenant: agency, ...team })),
  }
}

/** Nothing has been published. */
function noneYet(error: unknown): never[] {
  if (isProblem(error)) return []
  throw error
}

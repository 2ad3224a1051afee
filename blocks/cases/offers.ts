// Offers and starts: what happened elsewhere, or a date in a register, tells a person of a service or begins their case.
import type { PublicService } from '@ashlar/catalogue'
import type { Calendar } from '@ashlar/kernel/calendar'
import type { Clock } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import { isUuid, type Pairwise, uuidOf, uuidv7 } from '@ashlar/kernel/identifiers'
import type { Jobs } from '@ashlar/kernel/jobs'
import type { Keys } from '@ashlar/kernel/keys'
import { isProblem } from '@ashlar/kernel/problem'
import type { Context, Database } from '@ashlar/kernel/sql'
import type { Notice } from '@ashlar/messaging'
import type { Registries } from '@ashlar/registries'
import { asWorker, caseOf, MANY } from './change.ts'
import type { Content, Facts } from './content.ts'
import type { DraftView, StartDraft } from './drafts.ts'
import { type OfferView, offerLifecycle } from './offer.ts'
import { type OfferRow, offerStore } from './offer-store.ts'
import { OfferNotFound } from './problems.ts'
import { caseStore } from './store.ts'
import type { Apply } from './submission.ts'
import { daysUntil, evaluate, evaluateAll, type Happening, holds, spanOf, type Trigger, triggersOf } from './trigger.ts'

export interface Offers {
  /**
   * Something happened: whoever is entitled to a service by it gets an offer, and cases begin that nobody has to apply for.
   * The same key again changes nothing. Throws what a case refuses to begin with.
   */
  happened(happening: Happening): Promise<void>
  /** Offers that stand, the newest first, to who signed in. */
  offersOf(context: Context): Promise<OfferView[]>
  /** The form with what is known already; the same one again. Throws OfferNotFound. */
  takeOffer(id: string, start: Pick<StartDraft, 'language' | 'name'>, context: Context): Promise<DraftView>
  /** Declined twice is declined. Throws OfferNotFound. */
  declineOffer(id: string, context: Context): Promise<void>
}

export interface OfferNeeds {
  sql: Database
  clock: Clock
  calendar: Calendar
  events: Events
  jobs: Jobs
  keys: Pick<Keys, 'seal' | 'open'>
  pairwise: Pairwise
  lookUp: Registries['lookUp']
  /** Without it nothing is offered and nothing begins by itself. */
  triggers?: {
    /** The services that are active now. */
    services(): Promise<PublicService[]>
    notify(notice: Notice): Promise<unknown>
    dated: Registries['dated']
  }
}

/** What of the block itself offers and starts need. */
interface Applying {
  startDraft(start: StartDraft, context: Context, id?: string): Promise<DraftView>
  getDraft(id: string, context: Context): Promise<DraftView>
  apply(application: Apply, context: Context): Promise<unknown>
}

const MOST_OFFERS = 50
const PAGE = 500
/** Who applied for the same so lately is not told of it. */
const LATELY = 90 * 86_400_000
const MOST_LATELY = 20

export function createOffers(needs: OfferNeeds, { startDraft, getDraft, apply }: Applying): Offers {
  const { sql, clock, calendar, events, jobs, keys, pairwise, lookUp, triggers } = needs
  const hashOf = (...parts: string[]) => pairwise.of('cases', uuidOf(JSON.stringify(parts)))

  const asAuthority = ({ authority }: PublicService, subject?: string): Context => ({
    tenant: authority,
    actor: { kind: 'system', id: 'cases' },
    ...(subject === undefined ? {} : { subject }),
    purpose: 'apply',
    channel: 'event',
    trace: 'cases',
  })

  async function happened({ type, key, data }: Happening): Promise<void> {
    for (const service of (await triggers?.services()) ?? [])
      for (const trigger of triggersOf(service))
        if (trigger.does.event === type) await pull(service, trigger, `${type} ${key}`, data)
  }

  /** One trigger, for one happening. */
  async function pull(service: PublicService, trigger: Trigger, key: string, event: Facts): Promise<void> {
    const scope = { event, today: clock.today() }
    const { does, name } = trigger
    if (!holds(does.when, scope)) return
    const person = does.person === undefined ? null : evaluate(does.person, scope)
    if (typeof person !== 'string' || !isUuid(person)) return
    if (trigger.kind === 'offer') return makeOffer(service, trigger.does, hashOf(service.id, name, key), person, event)
    await apply(
      {
        service: service.id,
        language: service.languages[0] ?? '',
        key: `${service.id} ${name} ${key}`,
        answers: evaluateAll(trigger.does.set, scope),
      },
      asAuthority(service, person),
    )
  }

  async function makeOffer(
    service: PublicService,
    offer: PublicService['offers'][number],
    key: string,
    subject: string,
    event: Facts,
  ): Promise<void> {
    const person = pairwise.of('cases', subject)
    const at = clock.now()
    const known = evaluateAll(offer.prefill, { event, today: clock.today() })
    const made = await sql.read(asWorker, (sql) => offerStore(sql).byKey(key))
    const row: OfferRow = made ?? {
      id: uuidv7(),
      key,
      tenant: service.authority,
      person,
      service: service.id,
      name: offer.name,
      // Who has applied already is told nothing, and the same news again changes nothing.
      state: (await hasApplied(service.id, person, known)) ? 'taken' : 'open',
      prefill: await keys.seal(subject, JSON.stringify(known)),
      draft: null,
      madeAt: at,
      lapsesAt: offer.lapses === undefined ? null : calendar.deadline(at, offer.lapses),
      endedAt: null,
    }
    const isMine =
      made !== undefined ||
      (await sql.begin(asWorker, async (sql) => {
        const isNew = await offerStore(sql).insertOnce(row)
        if (isNew && row.state === 'open' && row.lapsesAt !== null)
          await jobs.add(sql, {
            queue: 'cases.offer-lapse',
            key: row.id,
            payload: { offer: row.id },
            runAt: row.lapsesAt,
            share: service.id,
          })
        return isNew
      }))
    // Killed before it was told: the same happening comes again, and the message has the key of the offer.
    if (isMine && row.state === 'open') await tell(service, offer, row.id, subject, event, known)
  }

  async function tell(
    service: PublicService,
    offer: PublicService['offers'][number],
    id: string,
    person: string,
    event: Facts,
    known: Facts,
  ): Promise<void> {
    const message = service.messages[offer.message]
    if (message === undefined) throw new Error(`${service.id} has no message ${offer.message}`)
    await triggers?.notify({
      key: `offer ${id}`,
      tenant: service.authority,
      to: { person },
      service: { id: service.id, version: service.version },
      message: message.name,
      channels: message.channels,
      facts: evaluateAll(message.facts, { event, today: clock.today(), known }),
    })
  }

  /** Whether the person has applied lately for what is offered. */
  async function hasApplied(service: string, person: string, known: Facts): Promise<boolean> {
    const sent = await sql.begin(asWorker, async (sql) => {
      const since = new Date(clock.now().getTime() - LATELY)
      const cases = (await caseStore(sql).casesOf(person, null, 100)).filter(
        (row) => row.service === service && row.submittedAt > since,
      )
      return caseStore(sql).applicationsOf(cases.slice(0, MOST_LATELY).map(({ id }) => id))
    })
    for (const { content } of sent) if (isAnswered(known, (await opened<Content>(person, content)).answers)) return true
    return false
  }

  const opened = async <T>(person: string, sealed: Buffer): Promise<T> =>
    JSON.parse((await keys.open(pairwise.back('cases', person), sealed)).toString('utf8')) as T

  jobs.handle('cases.offer-lapse', { batch: 10, concurrency: 1 }, async (batch) => {
    for (const { payload } of batch) await lapse((payload as { offer: string }).offer)
  })

  /** Nobody took it: that is something that happened, and a service may begin a case by it. */
  async function lapse(id: string): Promise<void> {
    const row = await sql.begin(asWorker, async (sql) => {
      const store = offerStore(sql)
      const row = await store.lock(id)
      if (row?.state !== 'open') return row
      await store.move(id, offerLifecycle.next(row.state, 'lapse'), clock.now())
      return { ...row, state: 'lapsed' as const }
    })
    if (row?.state !== 'lapsed') return
    const known = await opened<Facts>(row.person, row.prefill)
    const person = pairwise.back('cases', row.person)
    await happened({
      type: 'offers.lapsed',
      key: id,
      data: { ...known, offer: row.name, service: row.service, person },
    })
  }

  // Dates in registers: once a day, or as often as the service says, the records whose date has come near.
  jobs.handle('cases.look-around', { batch: 1, concurrency: 1, perShare: 1 }, async (batch) => {
    for (const { payload } of batch) await lookAround(payload as { service: string; trigger: string })
  })
  const arrange = async () => {
    const services = (await triggers?.services().catch(noneYet)) ?? []
    const now = services.flatMap((service) =>
      triggersOf(service)
        .filter(({ does }) => does.every !== undefined && does.records !== undefined)
        .map(({ name }) => ({
          queue: 'cases.look-around',
          key: `${service.id} ${name}`,
          payload: { service: service.id, trigger: name },
          share: service.id,
        })),
    )
    if (now.length > 0) await sql.begin(asWorker, (sql) => jobs.addAll(sql, now))
  }
  jobs.beforeStart(arrange)
  events.subscribe('catalogue.published', 'cases.triggers', arrange)

  async function lookAround(job: { service: string; trigger: string }): Promise<void> {
    const service = (await triggers?.services())?.find(({ id }) => id === job.service)
    const trigger = service && triggersOf(service).find(({ name }) => name === job.trigger)
    const { records, every } = trigger?.does ?? {}
    if (triggers === undefined || !service || !trigger || !records || every === undefined) return
    const span = spanOf(records, clock.today(), calendar)
    const { register, date: field, agreement, purpose } = records
    const access = { agreement, purpose }
    const asked = { register, field, ...span, access, context: asAuthority(service), limit: PAGE }
    for (let after: string | undefined; ; ) {
      const page = await triggers.dated({ ...asked, ...(after === undefined ? {} : { after }) })
      await lookAt(service, trigger, page)
      after = page.at(-1)?.id
      if (page.length < PAGE) break
    }
    const runAt = calendar.deadline(clock.now(), every)
    await sql.begin(asWorker, (sql) =>
      jobs.add(sql, {
        queue: 'cases.look-around',
        key: `${job.service} ${job.trigger}`,
        payload: job,
        runAt,
        share: job.service,
      }),
    )
  }

  async function lookAt(service: PublicService, trigger: Trigger, page: { id: string; date: string }[]): Promise<void> {
    const { register, fields, agreement, purpose } = trigger.does.records!
    const keyed = page.map((record) => ({
      ...record,
      key: hashOf(service.id, trigger.name, register, record.id, record.date),
    }))
    const done = await sql.read(asWorker, (sql) => offerStore(sql).lookedAt(keyed.map(({ key }) => key)))
    for (const { id, date, key } of keyed) {
      if (done.has(key)) continue
      const { records } = await lookUp({
        key: `trigger ${key}`,
        register,
        by: { id },
        fields,
        access: { agreement, purpose },
        context: asAuthority(service),
      })
      const event = { ...(records[0]?.values as Facts | undefined), daysLeft: daysUntil(date, clock.today()) }
      if (records.length > 0) await pull(service, trigger, key, event)
      await sql.begin(asWorker, (sql) => offerStore(sql).markLookedAt(key, clock.now()))
    }
  }

  // Who applied by another way has taken what was offered.
  events.subscribeAll(
    'cases.submitted',
    'cases.offers',
    async (submitted) => {
      const applications = await sql.read(asWorker, (sql) => caseStore(sql).applicationsOf(submitted.map(caseOf)))
      const persons = [...new Set(applications.map(({ person }) => person))]
      const offered = new Set(await sql.read(asWorker, (sql) => offerStore(sql).offered(persons)))
      const serviceOf = new Map(submitted.map((event) => [caseOf(event), (event.data as { service: string }).service]))
      for (const application of applications)
        if (offered.has(application.person)) await take(application, serviceOf.get(application.caseId)!)
    },
    MANY,
  )

  async function take({ person, content }: { person: string; content: Buffer }, service: string): Promise<void> {
    await sql.begin(asWorker, async (sql) => {
      const offers = await offerStore(sql).openOf(person, MOST_OFFERS)
      const open = offers.filter((offer) => offer.service === service)
      if (open.length === 0) return
      const { answers } = await opened<Content>(person, content)
      for (const offer of open)
        if (isAnswered(await opened<Facts>(person, offer.prefill), answers))
          await offerStore(sql).move(offer.id, offerLifecycle.next(offer.state, 'take'), clock.now())
    })
  }

  /** An offer is to a person, for whomever they act just now, or to whom they act for; `as` is as whom it is seen. */
  const mine = async (id: string, context: Context): Promise<OfferRow & { as: Context }> => {
    for (const as of isUuid(id) ? asEither(context) : []) {
      const row = await sql.read(as, (sql) => offerStore(sql).find(id))
      if (row?.person === personOf(as) && row?.state !== 'lapsed' && row?.state !== 'taken' && row)
        return { ...row, as }
    }
    throw OfferNotFound()
  }
  const personOf = ({ subject }: Context): string | undefined =>
    subject === undefined ? undefined : pairwise.of('cases', subject)

  return {
    happened,

    offersOf: async (context) => {
      const now = clock.now()
      const lists = await Promise.all(
        asEither(context).map((as) => {
          const person = personOf(as)
          return person === undefined ? [] : sql.read(as, (sql) => offerStore(sql).openOf(person, MOST_OFFERS))
        }),
      )
      const rows = lists.flat().sort((a, b) => b.madeAt.getTime() - a.madeAt.getTime())
      return rows.filter(({ lapsesAt }) => lapsesAt === null || lapsesAt > now).map(toView)
    },

    takeOffer: async (id, start, context) => {
      const row = await mine(id, context)
      if (row.state !== 'open' || (row.lapsesAt !== null && row.lapsesAt <= clock.now())) throw OfferNotFound()
      if (row.draft !== null) {
        const begun = await getDraft(row.draft, context).catch((error: unknown) => {
          if (isProblem(error) && error.code === 'draft-not-found') return undefined
          throw error
        })
        if (begun !== undefined) return begun
      }
      // Pressed twice at once: both begin the same one.
      const draft = uuidOf(`offer ${id} ${row.draft ?? ''} ${context.subject}`)
      const answers = await opened<Facts>(row.person, row.prefill)
      await startDraft({ ...start, service: row.service, answers }, context, draft)
      await sql.begin(row.as, (sql) => offerStore(sql).setDraft(id, draft))
      return getDraft(draft, context)
    },

    declineOffer: async (id, context) => {
      const row = await mine(id, context)
      if (row.state !== 'open') return
      await sql.begin(row.as, (sql) => offerStore(sql).move(id, offerLifecycle.next(row.state, 'decline'), clock.now()))
    },
  }
}

/** As oneself, and as whom one acts for. */
function asEither(context: Context): Context[] {
  return context.represented === undefined ? [asOneself(context)] : [asOneself(context), context]
}

function asOneself(context: Context): Context {
  return { ...context, subject: context.actor.kind === 'person' ? context.actor.id : undefined, represented: undefined }
}

/** Before the country is published nothing begins by itself. */
function noneYet(error: unknown): PublicService[] {
  if (isProblem(error)) return []
  throw error
}

/** Whether all that was known beforehand was answered so. */
function isAnswered(known: Facts, answers: Facts): boolean {
  return Object.entries(known).every(([name, value]) => JSON.stringify(answers[name]) === JSON.stringify(value))
}

function toView({ id, service, name, tenant, madeAt, lapsesAt, draft }: OfferRow): OfferView {
  return {
    id,
    service,
    name,
    authority: tenant,
    madeAt: madeAt.toISOString(),
    ...(lapsesAt === null ? {} : { lapsesAt: lapsesAt.toISOString() }),
    ...(draft === null ? {} : { draft }),
  }
}

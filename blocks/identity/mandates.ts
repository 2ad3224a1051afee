// Mandates: given, accepted, given on, revoked; what registers say of parents, guardians and directors; and acting for others.
import type { Clock } from '@ashlar/kernel/clock'
import { isUuid, type Pairwise, uuidv7 } from '@ashlar/kernel/identifiers'
import type { Keys } from '@ashlar/kernel/keys'
import type { Money } from '@ashlar/kernel/money'
import type { Context, Database } from '@ashlar/kernel/sql'
import {
  type Authority,
  type Basis,
  chained,
  type Deed,
  type GivenMandate,
  isWithin,
  type MandateState,
  mandateLifecycle,
  type Party,
  type PartyKind,
  refusalOf,
  type Scope,
} from './mandate.ts'
import { type MandateRow, mandateStore } from './mandate-store.ts'
import {
  ActingEnded,
  HolderNotFound,
  MandateMovedOn,
  MandateNotFound,
  MandateNotValid,
  MandateTooNarrow,
  MayNotActFor,
  MayNotDelegate,
} from './problems.ts'
import { SECTOR, type Session, type Sessions, type SignedIn, worker } from './sessions.ts'
import type { Throttle } from './throttle.ts'

/** What a register says of somebody, or what an office enters: the law gives it, and nobody need accept. */
export interface Mandate extends Scope {
  /** The person who may act. */
  holder: string
  /** The person who gave it, where it does not follow from the law. */
  givenBy?: string
  represented: Party
  basis: Basis
  /** Days; `validUntil` is the first on which it no longer holds: a child's coming of age. */
  validFrom: string
  validUntil?: string
}

/** How somebody is named who is to be found: only who knows both of a person's may find them. */
export type Named = { kind: 'person'; number: string; born: string } | { kind: 'organisation'; number: string }

export interface Gift extends Scope {
  to: Named
  validFrom?: string
  validUntil?: string
  mayDelegate?: boolean
}

/** That somebody may do what they do for another, with both names. */
export interface Representation {
  basis: Basis
  actor: string
  represented: string
  mandate?: string
  via?: string
}

export interface Mandates {
  /** What the law gives. Those that are there already stay as they are; gives how many are new. */
  grant(mandates: Mandate[]): Promise<number>
  /** Sessions in which the holder acts for them end, too. */
  end(mandate: Pick<Mandate, 'holder' | 'basis'> & { represented: string }): Promise<void>
  /** For whom the person may act today, and how far: by law, by mandate, and by the mandates of their organisations. */
  of(person: string): Promise<Authority[]>
  /** Whether the person may act for the other today; everybody may act for themself. */
  mayAct(person: string, represented: string): Promise<boolean>
  /** Whether they may act for the other in all matters, in some services or acts only, or not at all. */
  reachOf(person: string, represented: string): Promise<'all' | 'some' | 'none'>
  /**
   * Whether who acts in this context may do this for whom they represent, asked anew each time: a revocation counts at
   * once. `by` are the bases that the public service takes. Undefined if nobody is represented. Throws ActingEnded, MandateTooNarrow
   * (403).
   */
  representation(context: Context, deed: Deed, by?: string[]): Promise<Representation | undefined>
  /** The session goes on for somebody else (or, with null, for oneself) under a new token. Throws MayNotActFor (403). */
  actFor(token: string, session: Session, represented: string | null): Promise<SignedIn>
  /** Undefined if there is no such party. `context` is who asks: tries are counted for them. Throws TooManyAttempts (429). */
  findParty(named: Named, context: Context): Promise<Party | undefined>
  /** Gives a mandate in the name of whom the session acts for, or in one's own. Throws HolderNotFound, MayNotDelegate, MandateTooNarrow. */
  give(gift: Gift, session: Session): Promise<GivenMandate>
  /** Given by whom the session acts for. */
  given(session: Session): Promise<GivenMandate[]>
  /** Held by whom the session acts for. */
  held(session: Session): Promise<GivenMandate[]>
  accept(id: string, session: Session): Promise<void>
  decline(id: string, session: Session): Promise<void>
  /** By the represented party, by who gave it on, or given back by the holder; those given on under it end, too. */
  revoke(id: string, session: Session): Promise<void>
  /** The register's record of this party changed: who represents it is looked up anew. */
  recheck(represented: string): Promise<void>
}

export interface MandateNeeds {
  sql: Database
  clock: Clock
  keys: Keys
  pairwise: Pairwise
  sessions: Sessions
  throttle: Throttle
  /** The name of an account's person; undefined if there is none. */
  nameOf(person: string): Promise<string | undefined>
  /** Parents, guardians and directors as registers know them; absent where no register is asked. */
  legal?: (person: string) => Promise<Mandate[]>
  /** Undefined if there is no such party. */
  findParty?: (named: Named, context: Context) => Promise<Party | undefined>
}

const BATCH = 2000
/** Registers are asked again after so long, or when they say that something changed; milliseconds of legal time. */
const FRESH = 3_600_000
const MOST_REMEMBERED = 10_000
const MOST_YEARS = 10

export function createMandates(needs: MandateNeeds): Mandates {
  const { sql, clock, keys, pairwise, sessions, throttle, nameOf, legal, findParty } = needs
  const of = (id: string) => pairwise.of(SECTOR, id)
  const back = (id: string) => pairwise.back(SECTOR, id)
  const within = <T>(work: (store: ReturnType<typeof mandateStore>) => Promise<T>) =>
    sql.begin(worker, (sql) => work(mandateStore(sql)))
  const seal = (row: Pick<MandateRow, 'represented'>, name: string) => keys.seal(row.represented, name)
  const open = async (row: Pick<MandateRow, 'represented'>, sealed: Buffer) =>
    (await keys.open(row.represented, sealed)).toString('utf8')

  /** When registers were asked about a person, in this process. */
  const asked = new Map<string, number>()

  async function refresh(person: string, isUrgent: boolean): Promise<void> {
    if (legal === undefined) return
    const now = clock.now()
    const last = asked.get(person)
    if (!isUrgent && last !== undefined && Math.abs(now.getTime() - last) < FRESH) return
    const found = await legal(person)
    await within(async (store) => {
      const known = await store.byRegister(of(person))
      const keyOf = (represented: string, basis: string) => `${represented} ${basis}`
      const current = new Map(found.map((one) => [keyOf(of(one.represented.id), one.basis), one] as const))
      const gone = known.filter((row) => {
        const now = current.get(keyOf(row.represented, row.basis))
        return now === undefined || (now.validUntil ?? null) !== row.valid_until
      })
      await store.end(
        gone.map(({ id }) => id),
        now,
      )
      const kept = known.filter((row) => !gone.includes(row))
      await store.checked(
        kept.map(({ id }) => id),
        now,
      )
      const has = new Set(kept.map((row) => keyOf(row.represented, row.basis)))
      const fresh = [...current].filter(([key]) => !has.has(key)).map(([, one]) => one)
      await store.insert(await Promise.all(fresh.map((one) => legalRow(one, now, now))))
      for (const row of gone)
        if (current.get(keyOf(row.represented, row.basis)) === undefined)
          await store.endSessionsFor([row.holder], row.represented)
    })
    if (asked.size >= MOST_REMEMBERED) asked.clear()
    asked.set(person, now.getTime())
  }

  async function legalRow(mandate: Mandate, at: Date, checkedAt: Date | null): Promise<MandateRow> {
    const represented = of(mandate.represented.id)
    return {
      ...unlimited,
      id: uuidv7(),
      holder_kind: 'person',
      holder: of(mandate.holder),
      represented_kind: mandate.represented.kind,
      represented,
      represented_name: await seal({ represented }, mandate.represented.name),
      basis: mandate.basis,
      services: mandate.services ?? null,
      acts: mandate.acts ?? null,
      limit_value: mandate.limit?.value ?? null,
      limit_currency: mandate.limit?.currency ?? null,
      given_by: mandate.givenBy === undefined ? null : of(mandate.givenBy),
      valid_from: mandate.validFrom,
      valid_until: mandate.validUntil ?? null,
      granted_at: at,
      accepted_at: at,
      checked_at: checkedAt,
    }
  }

  async function toParty(kind: PartyKind, id: string, name: string): Promise<Party> {
    return { kind, id: back(id), name }
  }

  async function toGiven(row: MandateRow): Promise<GivenMandate> {
    const holder = back(row.holder)
    const known = row.holder_name === null ? ((await nameOf(holder)) ?? '') : await open(row, row.holder_name)
    // Until the holder accepts, whoever knows a number learns no name.
    const name = row.accepted_at === null && row.holder_kind === 'person' ? initialsOf(known) : known
    return {
      id: row.id,
      holder: await toParty(row.holder_kind, row.holder, name),
      represented: await toParty(row.represented_kind, row.represented, await open(row, row.represented_name)),
      state: stateOf(row, clock.today()),
      validFrom: row.valid_from,
      ...(row.valid_until === null ? {} : { validUntil: row.valid_until }),
      mayDelegate: row.may_delegate,
      givenAt: row.granted_at.toISOString(),
      ...(row.accepted_at === null ? {} : { acceptedAt: row.accepted_at.toISOString() }),
      ...scopeOf(row),
    }
  }

  async function toAuthority(row: MandateRow): Promise<Authority> {
    const { represented, validUntil, ...given } = await toGiven(row)
    const isGiven = row.given_by !== null
    return {
      represented,
      basis: row.basis,
      mayDelegate: isGiven ? given.mayDelegate : row.basis !== 'mandate',
      ...(validUntil === undefined ? {} : { validUntil }),
      ...(isGiven ? { mandate: row.id } : {}),
      ...scopeOf(row),
    }
  }

  /** Of a person, or of an organisation in its own name; of one represented in the end, where it is named. */
  async function authorities(person: string, represented?: string): Promise<Authority[]> {
    const wanted = represented === undefined ? undefined : of(represented)
    const { first, second } = await within(async (store) => {
      const day = clock.today()
      const first = await store.inForce([of(person)], day)
      const organisations = first.filter((row) => row.represented_kind === 'organisation')
      const second =
        organisations.length === 0
          ? []
          : await store.inForce([...new Set(organisations.map((row) => row.represented))], day, wanted)
      return { first, second }
    })
    const direct = await Promise.all(first.map(toAuthority))
    const further = await Promise.all(
      second.map(async (row) => {
        const given = await toGiven(row)
        return direct
          .filter((authority) => authority.represented.id === given.holder.id)
          .flatMap((authority) => chained(authority, given) ?? [])
      }),
    )
    return [...direct, ...further.flat()].filter(
      ({ represented: party }) => party.id !== person && (represented === undefined || party.id === represented),
    )
  }

  /** In whose name the session manages mandates. */
  function principalOf({ context, represented }: Session): { kind: PartyKind; id: string } {
    if (context.actor.kind !== 'person') throw MayNotActFor()
    return represented ?? { kind: 'person', id: context.actor.id }
  }

  async function principalName(session: Session): Promise<string> {
    return session.represented?.name ?? session.name
  }

  /** Oneself, or one's organ: who only holds a mandate does not decide on mandates. */
  async function refuseHolders(session: Session): Promise<void> {
    const { represented, context } = session
    if (represented === undefined) return
    const own = await authorities(context.actor.id, represented.id)
    if (own.length === 0) throw ActingEnded()
    if (!own.some(({ basis }) => basis !== 'mandate')) throw MayNotDelegate()
  }

  async function own(id: string, session: Session, side: 'holder' | 'represented'): Promise<MandateRow[]> {
    const principal = of(principalOf(session).id)
    const rows = isUuid(id) ? await within((store) => store.lock(id)) : []
    const row = rows.find((one) => one.id === id)
    if (row === undefined || row[side] !== principal) throw MandateNotFound()
    return rows
  }

  async function findNamed(named: Named, context: Context): Promise<Party | undefined> {
    await throttle.take({ partiesByPerson: `${context.actor.kind} ${context.actor.id}` })
    return findParty?.(named, context)
  }

  return {
    findParty: findNamed,

    async grant(mandates) {
      const now = clock.now()
      let added = 0
      for (let i = 0; i < mandates.length; i += BATCH) {
        const rows = await Promise.all(mandates.slice(i, i + BATCH).map((one) => legalRow(one, now, null)))
        added += await within((store) => store.insert(rows))
      }
      return added
    },

    end: async ({ holder, represented, basis }) => {
      await within(async (store) => {
        await store.endOf(of(holder), of(represented), basis, clock.now())
        await store.endSessionsFor([of(holder)], of(represented))
      })
      sessions.forget()
    },

    of: async (person) => {
      await refresh(person, false)
      return authorities(person)
    },

    mayAct: async (person, represented) => {
      if (!isUuid(person) || !isUuid(represented)) return false
      return person === represented || (await authorities(person, represented)).length > 0
    },

    reachOf: async (person, represented) => {
      const all = await authorities(person, represented)
      if (all.length === 0) return 'none'
      return all.some(({ services, acts }) => services === undefined && acts === undefined) ? 'all' : 'some'
    },

    async representation({ actor, represented }, deed, by) {
      if (represented === undefined) return undefined
      if (actor.kind !== 'person') throw MayNotActFor()
      await refresh(actor.id, false)
      const all = await authorities(actor.id, represented.id)
      if (all.length === 0) throw ActingEnded()
      const fitting = all.filter(({ basis }) => by === undefined || by.includes(basis))
      if (fitting.length === 0) throw MayNotActFor()
      const given = fitting.find((authority) => refusalOf(authority, deed) === undefined)
      if (given === undefined) throw MandateTooNarrow(refusalOf(fitting[0]!, deed)!)
      return {
        basis: given.basis,
        actor: (await nameOf(actor.id)) ?? '',
        represented: given.represented.name,
        ...(given.mandate === undefined ? {} : { mandate: given.mandate }),
        ...(given.via === undefined ? {} : { via: given.via.name }),
      }
    },

    async actFor(token, session, represented) {
      if (session.context.actor.kind !== 'person') throw MayNotActFor()
      const holder = session.context.actor.id
      if (represented === null || represented === holder) return sessions.exchange(token, undefined)
      await refresh(holder, true)
      const [authority] = isUuid(represented) ? await authorities(holder, represented) : []
      if (!authority) throw MayNotActFor()
      const { kind, id, name } = authority.represented
      return sessions.exchange(token, { kind, represented: of(id), name })
    },

    async give(gift, session) {
      const principal = principalOf(session)
      const scope = readScope(gift)
      const until = gift.validUntil
      const from = gift.validFrom ?? clock.today()
      if (from < clock.today() || (until !== undefined && until <= from)) throw MandateNotValid('validUntil')
      if (until !== undefined && until > yearsAfter(from, MOST_YEARS)) throw MandateNotValid('validUntil')
      const holder = await findNamed(gift.to, session.context)
      if (holder === undefined) throw HolderNotFound()
      if (holder.id === principal.id || holder.id === session.context.actor.id) throw MandateNotValid('to')

      const source = await sourceOf(session, scope, until)
      const represented = of(principal.id)
      const row: MandateRow = {
        ...unlimited,
        id: uuidv7(),
        holder_kind: holder.kind,
        holder: of(holder.id),
        holder_name: await seal({ represented }, holder.name),
        represented_kind: principal.kind,
        represented,
        represented_name: await seal({ represented }, await principalName(session)),
        basis: 'mandate',
        services: scope.services ?? null,
        acts: scope.acts ?? null,
        limit_value: scope.limit?.value ?? null,
        limit_currency: scope.limit?.currency ?? null,
        may_delegate: (gift.mayDelegate ?? false) && (source?.mayDelegate ?? true),
        from_mandate: source?.mandate ?? null,
        given_by: of(session.context.actor.id),
        valid_from: from,
        valid_until: until ?? source?.validUntil ?? null,
        granted_at: clock.now(),
      }
      await within((store) => store.insert([row]))
      return toGiven(row)
    },

    given: async (session) => {
      const actor = of(session.context.actor.id)
      const isOwn = await refuseHolders(session).then(
        () => true,
        () => false,
      )
      const rows = await within((store) => store.givenBy(of(principalOf(session).id)))
      return Promise.all(rows.filter((row) => isOwn || row.given_by === actor).map(toGiven))
    },

    held: async (session) => {
      const rows = await within((store) => store.heldBy(of(principalOf(session).id)))
      return Promise.all(rows.map(toGiven))
    },

    accept: async (id, session) => {
      await refuseHolders(session)
      const row = (await own(id, session, 'holder')).find((one) => one.id === id)!
      const state = stateOf(row, clock.today())
      if (state === 'active') return
      if (!mandateLifecycle.can(state, 'accept')) throw MandateMovedOn(state)
      await within(async (store) => {
        const now = (await store.lock(id)).find((one) => one.id === id)!
        const state = stateOf(now, clock.today())
        if (state === 'active') return
        if (!mandateLifecycle.can(state, 'accept')) throw MandateMovedOn(state)
        await store.accept(id, clock.now())
      })
    },

    decline: async (id, session) => {
      await refuseHolders(session)
      await own(id, session, 'holder')
      await within(async (store) => {
        const now = (await store.lock(id)).find((one) => one.id === id)!
        const state = stateOf(now, clock.today())
        if (state === 'declined') return
        if (!mandateLifecycle.can(state, 'decline')) throw MandateMovedOn(state)
        await store.decline(id, clock.now())
      })
    },

    revoke: async (id, session) => {
      const principal = of(principalOf(session).id)
      const actor = of(session.context.actor.id)
      await within(async (store) => {
        const rows = isUuid(id) ? await store.lock(id) : []
        const row = rows.find((one) => one.id === id)
        const concerns = row?.represented === principal || row?.holder === principal
        if (row === undefined || row.given_by === null || !concerns) throw MandateNotFound()
        // Who acts for the represented party by a mandate ends only what they gave on themselves.
        if (row.represented === principal && row.given_by !== actor) await refuseHolders(session)
        await store.end(
          rows.map(({ id }) => id),
          clock.now(),
        )
        for (const ended of rows) await store.endSessionsFor([ended.holder], ended.represented)
      })
      sessions.forget()
    },

    recheck: async (represented) => {
      const holders = await within((store) => store.holdersOf(of(represented)))
      for (const holder of holders) {
        asked.delete(back(holder))
        await refresh(back(holder), true)
      }
      sessions.forget()
    },
  }

  /** By what right the session gives a mandate; undefined for one's own matters and those of one's organisation or child. */
  async function sourceOf(session: Session, scope: Scope, until: string | undefined): Promise<Authority | undefined> {
    const { represented, context } = session
    if (represented === undefined) return undefined
    const all = await authorities(context.actor.id, represented.id)
    if (all.length === 0) throw ActingEnded()
    if (all.some(({ basis }) => basis !== 'mandate')) return undefined
    const source = all.find(({ mayDelegate, via }) => mayDelegate && via === undefined)
    if (source === undefined) throw MayNotDelegate()
    if (!isWithin(scope, source)) throw MandateTooNarrow('given-on')
    if (source.validUntil !== undefined && (until === undefined || until > source.validUntil))
      throw MandateTooNarrow('given-on')
    return source
  }
}

const unlimited = {
  holder_name: null,
  services: null,
  acts: null,
  limit_value: null,
  limit_currency: null,
  may_delegate: false,
  from_mandate: null,
  given_by: null,
  accepted_at: null,
  declined_at: null,
  ended_at: null,
  checked_at: null,
} satisfies Partial<MandateRow>

function stateOf(row: MandateRow, today: string): MandateState {
  if (row.declined_at !== null) return 'declined'
  if (row.ended_at !== null) return 'ended'
  if (row.valid_until !== null && row.valid_until <= today) return 'expired'
  return row.accepted_at === null ? 'offered' : 'active'
}

function scopeOf({ services, acts, limit_value: value, limit_currency: currency }: MandateRow): Scope {
  return {
    ...(services === null ? {} : { services }),
    ...(acts === null ? {} : { acts }),
    ...(value === null || currency === null ? {} : { limit: { value: Number(value), currency } }),
  }
}

/** An empty list would be a mandate for nothing. */
function readScope({ services, acts, limit }: Scope): Scope {
  if (services?.length === 0) throw MandateNotValid('services')
  if (acts?.length === 0) throw MandateNotValid('acts')
  const isAmount = ({ value }: Money) => Number.isSafeInteger(value) && value >= 0
  if (limit !== undefined && !isAmount(limit)) throw MandateNotValid('limit')
  return {
    ...(services === undefined ? {} : { services: [...new Set(services)] }),
    ...(acts === undefined ? {} : { acts: [...new Set(acts)] }),
    ...(limit === undefined ? {} : { limit }),
  }
}

/** Of each word the first sign, in any script: 'L. P.' */
function initialsOf(name: string): string {
  return name
    .split(/\s+/u)
    .map((word) => `${[...new Intl.Segmenter().segment(word)][0]?.segment ?? ''}.`)
    .join(' ')
}

function yearsAfter(day: string, years: number): string {
  return `${String(Number(day.slice(0, 4)) + years).padStart(4, '0')}${day.slice(4)}`
}

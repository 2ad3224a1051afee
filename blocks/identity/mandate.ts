// A mandate: who may act for whom, in what, up to how much and until when; and how two of them make a chain. Pure.
import { lifecycle, type StateOf } from '@ashlar/kernel/lifecycle'
import type { Money } from '@ashlar/kernel/money'

export type PartyKind = 'person' | 'organisation'

/** A person by the population register's id, or an organisation by its own register's. */
export interface Party {
  kind: PartyKind
  id: string
  name: string
}

/** parent, guardian and director stand in a register; a mandate is given by the represented party. */
export type Basis = 'parent' | 'guardian' | 'director' | 'mandate'

/** apply: fill in, send, answer, pay. follow: see how matters stand, and read letters and messages. */
export type Act = 'apply' | 'follow'
export const acts: Act[] = ['apply', 'follow']

/** What is left out is not limited. */
export interface Scope {
  /** Ids of public services. */
  services?: string[]
  acts?: Act[]
  /** The most that one act may cost the represented party. */
  limit?: Money
}

export const mandateLifecycle = lifecycle({
  offered: { accept: 'active', decline: 'declined', revoke: 'ended', expire: 'expired' },
  active: { revoke: 'ended', expire: 'expired' },
  declined: {},
  ended: {},
  expired: {},
})
export type MandateState = StateOf<typeof mandateLifecycle>

/** A mandate as the two parties see it. */
export interface GivenMandate extends Scope {
  id: string
  holder: Party
  represented: Party
  state: MandateState
  /** Days; `validUntil` is the first on which it no longer holds. */
  validFrom: string
  validUntil?: string
  /** Whether the holder may give it on, in whole or in part. */
  mayDelegate: boolean
  givenAt: string
  acceptedAt?: string
}

/** For whom somebody may act today, and how far. */
export interface Authority extends Scope {
  represented: Party
  basis: Basis
  /** The organisation whose own mandate it is, when one acts as its director or on its behalf. */
  via?: Party
  /** The first day on which it no longer holds. */
  validUntil?: string
  /** Absent for what the law gives. */
  mandate?: string
  /** Whether it may be given on; what the law gives may always be. */
  mayDelegate: boolean
}

/** The narrower of both, limit by limit; of two currencies nothing is left. */
function narrower(a: Scope, b: Scope): Scope {
  const services = both(a.services, b.services)
  const allowed = both(a.acts, b.acts)
  const limit = smaller(a.limit, b.limit)
  return {
    ...(services === undefined ? {} : { services }),
    ...(allowed === undefined ? {} : { acts: allowed }),
    ...(limit === undefined ? {} : { limit }),
  }
}

export function isWithin(inner: Scope, outer: Scope): boolean {
  const isPart = <T>(a: T[] | undefined, b: T[] | undefined) =>
    b === undefined || (a?.every((one) => b.includes(one)) ?? false)
  if (!isPart(inner.services, outer.services) || !isPart(inner.acts, outer.acts)) return false
  if (outer.limit === undefined) return true
  return inner.limit?.currency === outer.limit.currency && inner.limit.value <= outer.limit.value
}

/** What somebody wants to do for another. */
export interface Deed {
  act: Act
  service?: string
  /** What it may cost the represented party. */
  amount?: Money
}

/** Why the scope does not cover it; undefined if it does. */
export function refusalOf(scope: Scope, { act, service, amount }: Deed): 'act' | 'service' | 'limit' | undefined {
  if (scope.acts !== undefined && !scope.acts.includes(act)) return 'act'
  if (service !== undefined && scope.services !== undefined && !scope.services.includes(service)) return 'service'
  if (amount === undefined || amount.value === 0 || scope.limit === undefined) return undefined
  return amount.currency === scope.limit.currency && amount.value <= scope.limit.value ? undefined : 'limit'
}

/** Second and last link of a chain (person, organisation, organisation): what the holder may do with a mandate of the organisation for which they act. */
export function chained(first: Authority, second: GivenMandate): Authority | undefined {
  const isOrgan = first.basis !== 'mandate'
  if (first.represented.kind !== 'organisation' || first.via !== undefined) return undefined
  // Who is not the organisation's own organ was given its matters on: only if the one represented in the end said so.
  if (!isOrgan && !second.mayDelegate) return undefined
  const until = [first.validUntil, second.validUntil].filter((day) => day !== undefined).sort()[0]
  return {
    represented: second.represented,
    basis: 'mandate',
    via: first.represented,
    mandate: second.id,
    mayDelegate: second.mayDelegate && isOrgan,
    ...(until === undefined ? {} : { validUntil: until }),
    ...narrower(first, second),
  }
}

function both<T>(a: T[] | undefined, b: T[] | undefined): T[] | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return a.filter((one) => b.includes(one))
}

function smaller(a: Money | undefined, b: Money | undefined): Money | undefined {
  if (a === undefined || b === undefined) return a ?? b
  if (a.currency !== b.currency) return { ...a, value: 0 }
  return a.value <= b.value ? a : b
}

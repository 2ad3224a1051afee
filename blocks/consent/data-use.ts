// One use of personal data: who read or wrote what about whom, why and under which law; and how it is shown to them.
import { type Pairwise, uuidOf } from '@ashlar/kernel/identifiers'
import type { Context } from '@ashlar/kernel/sql'

export type UseOutcome = 'read' | 'written' | 'nothing-found' | 'refused'

/**
 * agreement: between agencies. consent: an agreement that also needs the person's consent. role: an officer of the
 * register's own agency. own-data: the person themself.
 */
export type UseBasis = 'agreement' | 'consent' | 'role' | 'own-data'

export interface DataUse {
  /** The same key twice is one use: a step that is run again after a crash. */
  key?: string
  outcome: UseOutcome
  /** The agency that reads; for one's own data, the agency that keeps it. */
  reader: string
  register: string
  fields: string[]
  /** Those whose data it is, as ids of the population register. */
  persons: string[]
  /** How many records were shown. */
  shown: number
  /** How they were found, in words without values: 'plate, number'; 'search by fullName'. */
  filter?: string
  agreement?: string
  basis: UseBasis
  purpose: string
  law: string
  case?: string
  /** What the officer gave as a reason, where there is no case. */
  reason?: string
  context: Context
}

/** What a person sees of a use of their data. The officer is a number, which the agency can resolve and they cannot. */
export interface UseView {
  id: string
  at: string
  outcome: UseOutcome
  agency: string
  /** `person`: who acted for the one whose log it is, by the population register's id; to be shown by name only. */
  by: { kind: Context['actor']['kind']; self: boolean; officer?: string; role?: string; person?: string }
  represented: boolean
  register: string
  fields: string[]
  filter?: string
  shown: number
  agreement?: string
  basis: UseBasis
  purpose: string
  law: string
  case?: string
  reason?: string
  channel: Context['channel']
  /** 'asked' or 'answered', once the person has asked why. */
  question?: string
}

/** A use that is committed under a key has an id that follows from it, so that doing it twice writes it once. */
export function useIdOf(key: string): string {
  return uuidOf(`data use ${key}`)
}

const SECTOR = 'consent'

/** The actor as the log keeps it: persons by their pairwise id. */
export function actorOf({ actor }: Context, pairwise: Pairwise): string {
  return actor.kind === 'person' ? `person:${pairwise.of(SECTOR, actor.id)}` : `${actor.kind}:${actor.id}`
}

export function representedOf({ represented }: Context, pairwise: Pairwise): string | undefined {
  if (!represented) return undefined
  const id = represented.kind === 'person' ? pairwise.of(SECTOR, represented.id) : represented.id
  return `${represented.kind}:${id}`
}

/** Letters and digits that nobody confuses. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'

/** An officer's number: always the same, and without the secret of `pairwise` it tells nobody who it is. */
export function officerNumber({ actor, tenant }: Context, pairwise: Pairwise): string | undefined {
  if (actor.kind !== 'staff') return undefined
  const secret = pairwise.of('consent officer', useIdOf(`officer ${tenant} ${actor.id}`))
  let value = Number.parseInt(secret.replaceAll('-', '').slice(0, 10), 16)
  let number = ''
  for (let i = 0; i < 6; i++) {
    number += ALPHABET[value % ALPHABET.length]
    value = Math.floor(value / ALPHABET.length)
  }
  return `${number.slice(0, 3)}-${number.slice(3)}`
}

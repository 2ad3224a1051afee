// What the exchange is made from, and as whom it acts in the background.
import type { Consent } from '@ashlar/consent'
import type { Clock } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import type { Pairwise } from '@ashlar/kernel/identifiers'
import type { Jobs } from '@ashlar/kernel/jobs'
import type { Keys } from '@ashlar/kernel/keys'
import type { Context, Database } from '@ashlar/kernel/sql'
import type { Registries } from '@ashlar/registries'
import type { Envelope } from './envelope.ts'
import type { Json } from './message.ts'
import type { AgencySystem } from './system.ts'

/** Puts an envelope on the wire. A refusal is an answer; no answer is an error. */
export type Post = (
  system: AgencySystem,
  message: { id: string; authority: string; message: string; envelope: Envelope },
) => Promise<{ status: number; body: unknown }>

export interface ExchangeNeeds {
  sql: Database
  clock: Clock
  jobs: Jobs
  events: Events
  keys: Pick<Keys, 'sign' | 'seal' | 'open'>
  pairwise: Pairwise
  consent: Pick<Consent, 'permits' | 'recordAll'>
  registries: Pick<Registries, 'lookUp' | 'write'>
  /** The systems of agencies that are declared now. */
  systems(): AgencySystem[]
  /** The country: X-Road's instance. */
  instance: string
  post: Post
  /** Whom systems must name in their calls: the address of this house. */
  audience: string
  /** Cases.happened: what a system told becomes offers and cases. */
  happened(happening: { type: string; key: string; data: Record<string, Json> }): Promise<void>
}

export const asExchange: Context = {
  tenant: '*',
  actor: { kind: 'system', id: 'exchange' },
  purpose: 'exchange',
  channel: 'system',
  trace: 'exchange',
}

// Exchange: agencies' systems are told and tell, signed and receipted, whether they answer now or later.
import type { Context } from '@ashlar/kernel/sql'
import type { Envelope } from './envelope.ts'
import type { MessageView } from './message.ts'
import type { ExchangeNeeds } from './needs.ts'
import { createReceiving, type KnownSystem } from './receiving.ts'
import { createSending, type Telling, type Told } from './sending.ts'

/** Exchange: messages between agencies with their evidence (GovStack "Information Mediator"). */
export interface Exchange {
  /** Tells an agency; the same key is told once. Throws SystemNotFound, SharingNotAgreed (422). */
  tell(telling: Telling): Promise<MessageView>
  /** What became of it, once it is over. */
  outcomeOf(key: string): Promise<Told | undefined>
  giveUp(key: string, how: 'expire' | 'cancel'): Promise<MessageView | undefined>
  /** Messages about cases that the context may see. */
  messagesOf(cases: string[], context: Context): Promise<MessageView[]>
  /** The receipt that the agency signed. Throws MessageNotFound. */
  evidence(id: string, context: Context): Promise<{ digest: string; receipt?: Envelope; message: MessageView }>
  /** Of each system: what waits for it, and since when it does not answer. */
  state(): Promise<SystemState[]>
  /** Does not wait for the next attempt. */
  tryNow(agency: string, system: string): Promise<void>

  /** A notice of a system, which gets a signed receipt; the same again gets the same one. */
  receive(envelope: unknown, caller: KnownSystem): Promise<Envelope>
  /** Which system calls, by a bearer that it signed; undefined if none. */
  authenticate(bearer: string): KnownSystem | undefined
}

export interface SystemState {
  agency: string
  system: string
  waiting: number
  waitingSince?: string
  downSince?: string
  failure?: string
  nextAttempt?: string
}

export function createExchange(needs: ExchangeNeeds): Exchange {
  return { ...createSending(needs), ...createReceiving(needs) }
}

// A message to a person, and its deliveries by mail and text message.
import { lifecycle, type StateOf } from '@ashlar/kernel/lifecycle'
import type { Json } from '@ashlar/workflow'

export const deliveryLifecycle = lifecycle({
  queued: { send: 'sent', refuse: 'failed' },
  sent: {},
  failed: {},
})
export type DeliveryState = StateOf<typeof deliveryLifecycle>

export type Channel = 'inbox' | 'email' | 'sms'

/** What somebody is to be told. The words are the public service's own texts `message.<message>.*`. */
export interface Notice {
  /** The same key is told once. */
  key: string
  /** The authority that tells. */
  tenant: string
  to: { person?: string; name?: string; email?: string; phone?: string }
  service: { id: string; version: string }
  message: string
  /** The recipient's own if omitted and known, else the country's first. */
  language?: string
  channels: Channel[]
  /** Values of the texts: dates and money are written as the language writes them. */
  facts: Record<string, Json>
  caseId?: string
}

export interface InboxMessage {
  id: string
  /** The authority that wrote. */
  tenant: string
  service: string
  subject: string
  /** Paragraphs are separated by empty lines. */
  body: string
  language: string
  caseId?: string
  sentAt: string
  readAt?: string
}

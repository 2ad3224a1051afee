// An issued document: what was ordered, what it is, and its lifecycle.
import { lifecycle, type StateOf } from '@ashlar/kernel/lifecycle'
import type { Json } from '@ashlar/workflow'

/** 'Expired' is no state: it is read from `validUntil`. */
export const documentLifecycle = lifecycle({
  issued: { revoke: 'revoked' },
  revoked: {},
})
export type DocumentState = StateOf<typeof documentLifecycle>

/** What a public service issues to somebody: one of the `outputs:` of its definition. */
export interface IssueOrder {
  /** The same key is issued once. */
  key: string
  service: { id: string; version: string }
  output: string
  /** The agency that signs, and whose document it is. */
  authority: string
  /** The register's id of whose document it is; absent for somebody who did not sign in. */
  owner?: string
  holder?: string
  /** The service's first language if it does not speak this one. */
  language: string
  /** What the letter states; dates as ISO 8601, money as { value, currency }. */
  facts: Record<string, Json>
  /** A term of the law, or the last instant. */
  validFor?: string
  validUntil?: Date
  /** A signed code by which anyone can check it. */
  qr?: boolean
  caseId?: string
}

export interface IssuedDocument {
  id: string
  /** For people to quote, and to check it by. */
  reference: string
  /** The page where it is checked by its reference. It tells no facts. */
  verifyUrl: string
  authority: string
  service: string
  output: string
  language: string
  caseId?: string
  state: DocumentState
  issuedAt: string
  validUntil?: string
  revokedAt?: string
  revokedReason?: string
}

/** One document with what it states. */
export interface OpenedDocument extends IssuedDocument {
  facts: Record<string, Json>
  /** The text of its code: whoever has it can check it without us. Absent if the output has no code. */
  code?: string
}

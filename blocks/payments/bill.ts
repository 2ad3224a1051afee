// The bill: what somebody owes an authority, from the order until it is settled or withdrawn; and its refunds.
import { lifecycle, type StateOf } from '@ashlar/kernel/lifecycle'
import type { Money } from '@ashlar/kernel/money'

// ISO 20022 payment status of the money behind each state: pending PDNG, settled ACSC.
export const billLifecycle = lifecycle({
  requested: { checkout: 'pending', settle: 'settled', withdraw: 'withdrawn' },
  pending: { checkout: 'pending', reject: 'requested', settle: 'settled', withdraw: 'withdrawn' },
  settled: { refund: 'refunded' },
  refunded: {},
  // A payer may still be on the provider's page when a bill is withdrawn: money that arrives is surplus and is sent back.
  withdrawn: {},
})
export type BillState = StateOf<typeof billLifecycle>

export const refundLifecycle = lifecycle({
  requested: { settle: 'settled', fail: 'failed' },
  failed: { retry: 'requested' },
  settled: {},
})
export type RefundState = StateOf<typeof refundLifecycle>

/** Money asked of a payer by an authority (GovStack "bill"). */
export interface Bill {
  id: string
  /** The key of the first order that asked for it. */
  reference: string
  /** What is owed, over all orders: a debt has one live bill at a time ('fine/F-2026-00417'). */
  debt?: string
  /** What people quote: PAY-…; also printed on the receipt. */
  publicReference: string
  /** The authority that is owed. */
  tenant: string
  amount: Money
  /** The key and values of the text that says what it is for. */
  purpose: { service: string; fee: string; values?: Record<string, string | number> }
  caseId?: string
  state: BillState
  requestedAt: string
  settledAt?: string
  /** Where the payer is sent after paying. */
  returnTo?: string
}

/** Money sent back to the payer of a bill. */
export interface Refund {
  id: string
  key: string
  billReference: string
  amount: Money
  reason: string
  state: RefundState
  requestedAt: string
  settledAt?: string
}

// Every refusal of payments.
import { problem } from '@ashlar/kernel/problem'

export const BillNotFound = problem('bill-not-found', 404, 'There is no such bill', (id: string) => `No bill ${id}.`)

export const OrderDiffers = problem(
  'payment-order-differs',
  409,
  'This reference was used for another order',
  (reference: string) => `The reference ${reference} belongs to a bill with another amount, payee or payer.`,
  'An order is told once: send the same content with the same reference, or choose a new reference.',
)

export const BillNotPayable = problem(
  'bill-not-payable',
  409,
  'This bill cannot be paid now',
  (state: string) => `The bill is ${state}.`,
  'A settled or withdrawn bill is never charged again.',
)

export const RefundExceedsPayment = problem(
  'refund-exceeds-payment',
  422,
  'A refund cannot be more than was paid',
  (left: string) => `At most ${left} can be refunded.`,
)

export const WebhookRefused = problem(
  'webhook-refused',
  401,
  'The signature of this notice is wrong',
  (why: string) => why,
  'Notices of a payment provider are signed over their id, time and bytes (Standard Webhooks) and are at most five minutes old.',
)

export const ProviderUnavailable = problem(
  'payment-provider-unavailable',
  503,
  'The payment provider does not answer',
  () => ({ detail: 'Nothing was charged. Try again in a minute.', headers: { 'retry-after': '60' } }),
)

export const AmountNotPositive = problem('amount-not-positive', 422, 'An amount must be more than nothing', () => ({
  errors: [{ pointer: '/amount/value', code: 'minimum', message: 'A whole number of minor units above 0.' }],
}))

export const PayoutsNotOffered = problem(
  'payouts-not-offered',
  501,
  'This installation pays nobody',
  () => 'Its payment provider only collects money, or payments runs in a process without keys.',
)

export const PayoutNotFound = problem('payout-not-found', 404, 'There is no such payout')

// What payments needs of a payment provider; an adapter fulfils it.
import type { Money } from '@ashlar/kernel/money'

/** What a provider says about one of its payments or refunds. `id` is the notice's own, the same when it is repeated. */
export interface ProviderEvent {
  id: string
  kind: 'payment-settled' | 'payment-failed' | 'refund-settled' | 'refund-failed' | 'payout-settled' | 'payout-failed'
  /** Our bill or refund id, as we gave it at checkout or refund. */
  reference: string
  providerId: string
  amount: Money
}

export interface PaymentProvider {
  name: string
  /** Opens the provider's page for a bill. The same `key` gives the same checkout, so that two tabs cannot pay twice. */
  checkout(order: {
    key: string
    reference: string
    amount: Money
    description: string
    language: string
    returnUrl: string
  }): Promise<{ providerId: string; url: string }>
  /** Sends money back; the same `key` is done once. */
  refund(order: { key: string; reference: string; providerId: string; amount: Money }): Promise<{ providerId: string }>
  /** Pays money to an account (IBAN); the same `key` is done once. Absent: the provider only collects. */
  payout?(order: {
    key: string
    reference: string
    amount: Money
    account: string
    description: string
  }): Promise<{ providerId: string }>
  /** What the provider knows of a checkout or refund, for notices that never came; undefined while it is open. */
  inquire(reference: string): Promise<ProviderEvent | undefined>
  /** Checks a notice's signature and age; throws WebhookRefused. */
  readNotice(headers: Record<string, string | undefined>, body: string): ProviderEvent
}

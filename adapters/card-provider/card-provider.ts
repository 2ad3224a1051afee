// Our client of the card provider: fulfils the type PaymentProvider of payments over HTTP.
import { machineTime } from '@ashlar/kernel/clock'
import { minorDigits } from '@ashlar/kernel/money'
import { type PaymentProvider, type ProviderEvent, WebhookRefused } from '@ashlar/payments'
import { refusal } from './signature.ts'

export interface CardProviderNeeds {
  /** Base URL of the provider, such as https://pay.example. */
  url: string
  /** Bearer key of our merchant account. */
  key: string
  /** Base64 secret with which the provider signs its notices. */
  secret: string
}

const timeout = 5_000

/** A provider that charges cards on its own page; every call bears being made twice. Throws a plain Error if it does not answer. */
export function createCardProvider({ url, key, secret }: CardProviderNeeds): PaymentProvider {
  async function call(method: 'GET' | 'POST', path: string, body?: object, idempotencyKey?: string): Promise<unknown> {
    const { request } = await import('undici')
    const response = await request(`${url}${path}`, {
      method,
      headersTimeout: timeout,
      bodyTimeout: timeout,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const answer: unknown = await response.body.json().catch(() => undefined)
    if (response.statusCode >= 400)
      throw new Error(`the card provider answered ${response.statusCode} to ${method} ${path}`)
    return answer
  }

  return {
    name: 'card',

    checkout: async ({ key, reference, amount, description, language, returnUrl }) => {
      // A provider knows the currencies of ISO 4217 only; ours may be a country's own.
      const digits = minorDigits(amount.currency)
      const order = { reference, amount, digits, description, language, returnUrl }
      const answer = await call('POST', '/v1/checkouts', order, key)
      const { id, url } = answer as { id: string; url: string }
      return { providerId: id, url }
    },

    refund: async ({ key, reference, providerId, amount }) => {
      const answer = await call('POST', '/v1/refunds', { reference, checkout: providerId, amount }, key)
      return { providerId: (answer as { id: string }).id }
    },

    payout: async ({ key, reference, amount, account, description }) => {
      const answer = await call('POST', '/v1/payouts', { reference, amount, account, description }, key)
      return { providerId: (answer as { id: string }).id }
    },

    inquire: async (reference) => {
      const { events } = (await call('GET', `/v1/events?reference=${encodeURIComponent(reference)}`)) as {
        events: ProviderEvent[]
      }
      return events.at(-1)
    },

    readNotice: (headers, body) => {
      const why = refusal(secret, headers, body, Math.floor(machineTime.now().getTime() / 1000))
      if (why) throw WebhookRefused(why)
      try {
        return JSON.parse(body) as ProviderEvent
      } catch {
        throw WebhookRefused('The body is not JSON.')
      }
    },
  }
}

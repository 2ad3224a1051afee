// Payments in a process of its own, or an outside product that keeps the same contract: the interface over HTTP.
import { randomUUID } from 'node:crypto'
import { problemFromBody } from '@ashlar/kernel/problem'
import type { Payments } from './payments.ts'

/**
 * Speaks the contract of routes.ts. Orders carry their own keys, so asking again is safe and tells how it stands now; the
 * Idempotency-Key names one call. Problems come back as they were thrown; no answer is a plain Error.
 */
export function createRemotePayments({ url, token }: { url: string; token: string }): Payments {
  async function call<T>(method: 'GET' | 'POST', path: string, body?: object): Promise<T> {
    const text = body && JSON.stringify(body)
    const { request } = await import('undici')
    const response = await request(`${url}/api/payments/v1${path}`, {
      method,
      headersTimeout: 10_000,
      bodyTimeout: 10_000,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        ...(text ? { 'content-type': 'application/json', 'idempotency-key': randomUUID() } : {}),
      },
      ...(text ? { body: text } : {}),
    })
    const answer: unknown = await response.body.json().catch(() => undefined)
    if (response.statusCode < 300) return answer as T
    throw problemFromBody(answer) ?? new Error(`payments answered ${response.statusCode} to ${method} ${path}`)
  }

  const segment = encodeURIComponent

  return {
    request: (order) => call('POST', '/bills', order),
    get: (id) => call('GET', `/bills/${segment(id)}`),
    getByReference: (reference) => call('GET', `/bills?reference=${segment(reference)}`),
    checkout: (id, options) => call('POST', `/bills/${segment(id)}/checkout`, options),
    withdraw: (reference) => call('POST', '/withdrawals', { reference }),
    refund: (order) => call('POST', '/refunds', order),
    payout: (order) => call('POST', '/payouts', order),
    getPayout: (key) => call('GET', `/payouts?key=${segment(key)}`),
    refundsOf: (id) => call('GET', `/bills/${segment(id)}/refunds`),
    ordersOf: (id) => call('GET', `/bills/${segment(id)}/orders`),
    billsOf: (person) => call('GET', `/payers/${segment(person)}/bills`),
    billsOfCase: (caseId) => call('GET', `/cases/${segment(caseId)}/bills`),
    ledger: (tenant) => call('GET', `/ledgers/${segment(tenant)}`),
  }
}

// Payments in a process of its own, or an outside product that keeps the same contract: the interface over HTTP.
import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { problemFromBody } from '@ashlar/kernel/problem'
import { request } from 'undici'
import type { Payments } from './payments.ts'

/**
 * Speaks the contract of routes.ts. Every write carries an Idempotency-Key made of what is asked, so that a repeated call
 * is answered and not done again. Problems come back as they were thrown; no answer is a plain Error.
 */
export function createRemotePayments({ url, token }: { url: string; token: string }): Payments {
  async function call<T>(method: 'GET' | 'POST', path: string, body?: object, tries = 50): Promise<T> {
    const text = body && JSON.stringify(body)
    const response = await request(`${url}/api/payments/v1${path}`, {
      method,
      headersTimeout: 10_000,
      bodyTimeout: 10_000,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        ...(text ? { 'content-type': 'application/json', 'idempotency-key': keyOf(path, text) } : {}),
      },
      ...(text ? { body: text } : {}),
    })
    const answer: unknown = await response.body.json().catch(() => undefined)
    if (response.statusCode < 300) return answer as T
    // The same was asked a moment ago and is being done: its answer will be ours.
    if ((answer as { code?: string } | undefined)?.code === 'idempotency-key-in-use' && tries > 0) {
      await delay(100)
      return call(method, path, body, tries - 1)
    }
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
    refundsOf: (id) => call('GET', `/bills/${segment(id)}/refunds`),
    ordersOf: (id) => call('GET', `/bills/${segment(id)}/orders`),
    billsOf: (person) => call('GET', `/payers/${segment(person)}/bills`),
    billsOfCase: (caseId) => call('GET', `/cases/${segment(caseId)}/bills`),
    ledger: (tenant) => call('GET', `/ledgers/${segment(tenant)}`),
  }
}

const keyOf = (path: string, text: string): string =>
  createHash('sha256').update(`${path}\n${text}`).digest('base64url')

// The sandbox card provider: a real HTTP server apart from ours that charges no card, and sends its notices as it is told:
// at once, late, twice, or not at all. What it knows is appended to a file, so that it survives being killed.
import { randomUUID } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { dirname } from 'node:path'
import type { ProviderEvent } from '@ashlar/payments'
import formbody from '@fastify/formbody'
import Fastify from 'fastify'
import { checkoutPage, type Language, messagePage } from './page.ts'
import { sign } from './signature.ts'

export interface SandboxOptions {
  port: number
  host?: string
  /** Bearer key that the merchant must show. */
  key: string
  /** Base64 secret that signs notices. */
  secret: string
  /** Where notices are sent. */
  noticeUrl: string
  /** The file that keeps its state; in memory only if omitted. */
  file?: string
  /** Milliseconds that "late" means. */
  lateness?: number
}

/** How the notice of the next payment is sent. */
type Behaviour = 'normal' | 'late' | 'doubled' | 'missing'

export interface SandboxProvider {
  url: string
  close(): Promise<void>
}

interface Checkout {
  id: string
  key: string
  reference: string
  amount: { value: number; currency: string }
  /** Of the currency's minor unit; 2 if the order does not say. */
  digits: number
  description: string
  language: Language
  returnUrl: string
  paid: boolean
}

interface Charge {
  id: string
  checkout: string
}

type Line =
  | { checkout: Checkout }
  | { charge: Charge }
  | { refund: { id: string; key: string } }
  | { payout: { id: string; key: string } }
  | { event: ProviderEvent }

const isBehaviour = (text: unknown): text is Behaviour =>
  ['normal', 'late', 'doubled', 'missing'].includes(String(text))
const digitsOf = (text: unknown): string =>
  String(text ?? '')
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/\D/g, '')

/** Starts the provider; `port: 0` takes a free one. */
export async function startSandboxProvider(options: SandboxOptions): Promise<SandboxProvider> {
  const checkouts = new Map<string, Checkout>()
  const byKey = new Map<string, Checkout>()
  const refunds = new Map<string, string>()
  const payouts = new Map<string, string>()
  const events: ProviderEvent[] = []
  const pending = new Set<NodeJS.Timeout>()

  function keep(line: Line): void {
    if ('checkout' in line) {
      checkouts.set(line.checkout.id, line.checkout)
      byKey.set(line.checkout.key, line.checkout)
    } else if ('charge' in line) checkouts.get(line.charge.checkout)!.paid = true
    else if ('refund' in line) refunds.set(line.refund.key, line.refund.id)
    else if ('payout' in line) payouts.set(line.payout.key, line.payout.id)
    else events.push(line.event)
  }
  function write(line: Line): void {
    if (options.file) appendFileSync(options.file, `${JSON.stringify(line)}\n`)
    keep(line)
  }
  if (options.file) {
    mkdirSync(dirname(options.file), { recursive: true })
    if (existsSync(options.file))
      for (const line of readFileSync(options.file, 'utf8').split('\n'))
        if (line.endsWith('}')) keep(JSON.parse(line) as Line)
  }

  /** Sends a notice, and again while it is not taken: 1 s, 5 s, 30 s, 2 min later. */
  function notify(event: ProviderEvent, after = 0, attempt = 0): void {
    const timer = setTimeout(async () => {
      pending.delete(timer)
      const body = JSON.stringify(event)
      const timestamp = Math.floor(Date.now() / 1000)
      const { request } = await import('undici')
      const taken = await request(options.noticeUrl, {
        method: 'POST',
        headersTimeout: 5_000,
        headers: {
          'content-type': 'application/json',
          'webhook-id': event.id,
          'webhook-timestamp': String(timestamp),
          'webhook-signature': sign(options.secret, event.id, timestamp, body),
        },
        body,
      }).then(
        async ({ statusCode, body }) => {
          await body.dump()
          return statusCode < 300
        },
        () => false,
      )
      const next = [1_000, 5_000, 30_000, 120_000][attempt]
      if (!taken && next !== undefined && !closed) notify(event, next, attempt + 1)
    }, after)
    pending.add(timer)
  }
  let closed = false

  const http = Fastify({ bodyLimit: 64 * 1024, requestTimeout: 10_000 })
  await http.register(formbody)
  http.addHook('onSend', async (_request, reply) => {
    reply.header(
      'content-security-policy',
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    )
    reply.header('x-content-type-options', 'nosniff')
    reply.header('referrer-policy', 'no-referrer')
    reply.header('cache-control', 'no-store')
  })
  http.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/v1/') && request.headers.authorization !== `Bearer ${options.key}`)
      return reply.code(401).send({ error: 'wrong key' })
  })

  http.post('/v1/checkouts', async (request, reply) => {
    const key = request.headers['idempotency-key']
    const {
      reference,
      amount,
      digits = 2,
      description,
      language,
      returnUrl,
    } = request.body as Omit<Checkout, 'id' | 'key' | 'paid' | 'digits'> & { digits?: number }
    if (
      typeof key !== 'string' ||
      !reference ||
      !Number.isSafeInteger(amount?.value) ||
      amount.value <= 0 ||
      !returnUrl
    )
      return reply.code(422).send({ error: 'idempotency-key, reference, amount and returnUrl are needed' })
    const known = byKey.get(key)
    const checkout = known ?? {
      id: randomUUID(),
      key,
      reference,
      amount,
      digits: Math.min(Math.max(0, Math.trunc(digits)), 4),
      description,
      language,
      returnUrl,
      paid: false,
    }
    if (!known) write({ checkout })
    return { id: checkout.id, url: `${url}/checkout/${checkout.id}?lang=${language}` }
  })

  http.post('/v1/refunds', async (request, reply) => {
    const key = request.headers['idempotency-key']
    const {
      reference,
      checkout: id,
      amount,
    } = request.body as { reference: string; checkout: string; amount: Checkout['amount'] }
    if (typeof key !== 'string' || !checkouts.get(id)?.paid)
      return reply.code(422).send({ error: 'nothing was paid there' })
    const known = refunds.get(key)
    const refund = { id: known ?? randomUUID(), key }
    if (!known) {
      const event = { id: randomUUID(), kind: 'refund-settled' as const, reference, providerId: refund.id, amount }
      write({ refund })
      write({ event })
      notify(event)
    }
    return { id: refund.id }
  })

  http.post('/v1/payouts', async (request, reply) => {
    const key = request.headers['idempotency-key']
    const { reference, amount, account } = request.body as {
      reference: string
      amount: Checkout['amount']
      account?: string
    }
    if (typeof key !== 'string' || !reference || !Number.isSafeInteger(amount?.value) || amount.value <= 0 || !account)
      return reply.code(422).send({ error: 'idempotency-key, reference, amount and account are needed' })
    const known = payouts.get(key)
    const payout = { id: known ?? randomUUID(), key }
    if (!known) {
      // An account that ends in 99 is closed: the bank sends the money back.
      const kind = account.endsWith('99') ? ('payout-failed' as const) : ('payout-settled' as const)
      const event = { id: randomUUID(), kind, reference, providerId: payout.id, amount }
      write({ payout })
      write({ event })
      notify(event)
    }
    return { id: payout.id }
  })

  http.get('/v1/events', async (request) => {
    const { reference } = request.query as { reference?: string }
    return { events: events.filter((event) => event.reference === reference) }
  })

  const languageOf = (query: unknown, checkout?: Checkout): Language => {
    const asked = (query as { lang?: string }).lang ?? checkout?.language
    return asked === 'ar' || asked === 'fr' ? asked : 'en'
  }

  http.get('/checkout/:id', async (request, reply) => {
    const checkout = checkouts.get((request.params as { id: string }).id)
    const language = languageOf(request.query, checkout)
    reply.type('text/html; charset=utf-8')
    if (!checkout) return reply.code(404).send(messagePage({ language, text: 'unknown' }))
    if (checkout.paid) return messagePage({ language, text: 'paid', back: checkout.returnUrl })
    return checkoutPage({ ...checkout, language })
  })

  http.post('/checkout/:id', async (request, reply) => {
    const checkout = checkouts.get((request.params as { id: string }).id)
    const language = languageOf(request.query, checkout)
    const { card, behaviour } = (request.body ?? {}) as { card?: unknown; behaviour?: unknown }
    if (!checkout)
      return reply
        .code(404)
        .type('text/html; charset=utf-8')
        .send(messagePage({ language, text: 'unknown' }))
    // Charged once, however often the button is pressed.
    if (!checkout.paid) {
      if (digitsOf(card) !== '4242424242424242') {
        const event = {
          id: randomUUID(),
          kind: 'payment-failed' as const,
          reference: checkout.reference,
          providerId: checkout.id,
          amount: checkout.amount,
        }
        notify(event)
        return reply
          .code(402)
          .type('text/html; charset=utf-8')
          .send(checkoutPage({ ...checkout, language, error: 'declined' }))
      }
      const how: Behaviour = isBehaviour(behaviour) ? behaviour : 'normal'
      const event = {
        id: randomUUID(),
        kind: 'payment-settled' as const,
        reference: checkout.reference,
        providerId: checkout.id,
        amount: checkout.amount,
      }
      write({ charge: { id: randomUUID(), checkout: checkout.id } })
      write({ event })
      if (how !== 'missing') notify(event, how === 'late' ? (options.lateness ?? 10_000) : 0)
      if (how === 'doubled') notify(event, 300)
    }
    return reply.redirect(checkout.returnUrl, 303)
  })

  await http.listen({ port: options.port, host: options.host ?? '127.0.0.1' })
  const url = `http://localhost:${(http.server.address() as AddressInfo).port}`

  return {
    url,
    close: async () => {
      closed = true
      for (const timer of pending) clearTimeout(timer)
      await http.close()
    },
  }
}

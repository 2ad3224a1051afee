// HTTP of payments: the contract that a payments product outside must keep, too.
import type { Http } from '@ashlar/kernel/http'
import { type Static, Type } from 'typebox'
import type { LocalPayments, Payments } from './payments.ts'

const MoneyBody = Type.Object({
  value: Type.Integer({ minimum: 1, description: 'Minor units of the currency: 1050 is 10.50.' }),
  currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217, or the country’s own code.' }),
})
const Purpose = Type.Object({
  service: Type.String({ maxLength: 100 }),
  fee: Type.String({ maxLength: 100 }),
  values: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]))),
})
const Order = Type.Object({
  reference: Type.String({ minLength: 1, maxLength: 200 }),
  debt: Type.Optional(Type.String({ maxLength: 200 })),
  tenant: Type.String({ minLength: 1, maxLength: 100 }),
  amount: MoneyBody,
  purpose: Purpose,
  payer: Type.Optional(Type.String({ format: 'uuid' })),
  caseId: Type.Optional(Type.String({ format: 'uuid' })),
  returnTo: Type.Optional(Type.String({ maxLength: 2000 })),
})
const BillBody = Type.Object({
  id: Type.String(),
  reference: Type.String(),
  debt: Type.Optional(Type.String()),
  publicReference: Type.String(),
  tenant: Type.String(),
  amount: MoneyBody,
  purpose: Purpose,
  caseId: Type.Optional(Type.String()),
  state: Type.String(),
  requestedAt: Type.String(),
  settledAt: Type.Optional(Type.String()),
  returnTo: Type.Optional(Type.String()),
})
const RefundBody = Type.Object({
  id: Type.String(),
  key: Type.String(),
  billReference: Type.String(),
  amount: MoneyBody,
  reason: Type.String(),
  state: Type.String(),
  requestedAt: Type.String(),
  settledAt: Type.Optional(Type.String()),
})
const RefundOrderBody = Type.Object({
  key: Type.String({ minLength: 1, maxLength: 200 }),
  billReference: Type.String({ maxLength: 200 }),
  amount: Type.Optional(MoneyBody),
  reason: Type.String({ maxLength: 500 }),
})
const PayoutOrderBody = Type.Object({
  key: Type.String({ minLength: 1, maxLength: 200 }),
  tenant: Type.String({ minLength: 1, maxLength: 100 }),
  amount: MoneyBody,
  person: Type.String({ format: 'uuid' }),
  account: Type.String({ maxLength: 34, description: 'IBAN' }),
  reason: Type.String({ maxLength: 500 }),
  caseId: Type.Optional(Type.String({ format: 'uuid' })),
})
const PayoutBody = Type.Object({
  id: Type.String(),
  key: Type.String(),
  publicReference: Type.String(),
  tenant: Type.String(),
  amount: MoneyBody,
  reason: Type.String(),
  state: Type.String({ description: 'requested, settled or failed' }),
  requestedAt: Type.String(),
  endedAt: Type.Optional(Type.String()),
})
const CheckoutBody = Type.Object({
  returnUrl: Type.String({ maxLength: 2000 }),
  description: Type.String({ maxLength: 500 }),
  language: Type.String({ maxLength: 20 }),
})
const ById = Type.Object({ id: Type.String({ format: 'uuid' }) })
const ByReference = Type.Object({ reference: Type.String({ maxLength: 200 }) })
const BalanceBody = Type.Object({
  account: Type.String(),
  amount: Type.Object({ value: Type.Integer(), currency: Type.String() }),
})

const base = '/api/payments/v1'

export function paymentRoutes(payments: Payments, http: Http): void {
  http.post<{ Body: Static<typeof Order> }>(`${base}/bills`, {
    config: { scope: 'payments.request' },
    schema: { summary: 'Ask a payer for money', body: Order, response: { 201: BillBody } },
    handler: async (request, reply) => reply.code(201).send(await payments.request(request.body)),
  })

  http.get<{ Params: Static<typeof ById> }>(`${base}/bills/:id`, {
    config: { scope: 'payments.read' },
    schema: { summary: 'A bill', params: ById, response: { 200: BillBody } },
    handler: (request) => payments.get(request.params.id),
  })

  http.get<{ Querystring: Static<typeof ByReference> }>(`${base}/bills`, {
    config: { scope: 'payments.read' },
    schema: {
      summary: 'The bill of an order, or of a public reference',
      querystring: ByReference,
      response: { 200: BillBody },
    },
    handler: (request) => payments.getByReference(request.query.reference),
  })

  http.post<{ Params: Static<typeof ById>; Body: Static<typeof CheckoutBody> }>(`${base}/bills/:id/checkout`, {
    config: { scope: 'payments.request' },
    schema: {
      summary: 'Open the provider’s page; from two places it is the same checkout',
      params: ById,
      body: CheckoutBody,
      response: { 200: Type.Object({ url: Type.String() }) },
    },
    handler: (request) => payments.checkout(request.params.id, request.body),
  })

  http.post<{ Body: Static<typeof ByReference> }>(`${base}/withdrawals`, {
    config: { scope: 'payments.request' },
    schema: { summary: 'Take a bill back that nobody need pay', body: ByReference, response: { 200: BillBody } },
    handler: (request) => payments.withdraw(request.body.reference),
  })

  http.post<{ Body: Static<typeof RefundOrderBody> }>(`${base}/refunds`, {
    config: { scope: 'payments.refund' },
    schema: { summary: 'Send money back', body: RefundOrderBody, response: { 201: RefundBody } },
    handler: async (request, reply) => reply.code(201).send(await payments.refund(request.body)),
  })

  http.post<{ Body: Static<typeof PayoutOrderBody> }>(`${base}/payouts`, {
    config: {
      scope: 'payments.payout',
      problems: ['payouts-not-offered', 'amount-not-positive', 'payment-order-differs'],
    },
    schema: {
      summary: 'Pay money to an account; the same key is paid once',
      body: PayoutOrderBody,
      response: { 201: PayoutBody },
    },
    handler: async (request, reply) => reply.code(201).send(await payments.payout(request.body)),
  })

  http.get<{ Querystring: { key: string } }>(`${base}/payouts`, {
    config: { scope: 'payments.read', problems: ['payout-not-found'] },
    schema: {
      summary: 'A payout by its key',
      querystring: Type.Object({ key: Type.String({ maxLength: 200 }) }),
      response: { 200: PayoutBody },
    },
    handler: (request) => payments.getPayout(request.query.key),
  })

  http.get<{ Params: Static<typeof ById> }>(`${base}/bills/:id/refunds`, {
    config: { scope: 'payments.read' },
    schema: { summary: 'Refunds of a bill', params: ById, response: { 200: Type.Array(RefundBody) } },
    handler: (request) => payments.refundsOf(request.params.id),
  })

  http.get<{ Params: Static<typeof ById> }>(`${base}/bills/:id/orders`, {
    config: { scope: 'payments.read' },
    schema: {
      summary: 'References of the orders that a bill answers',
      params: ById,
      response: { 200: Type.Array(Type.String()) },
    },
    handler: (request) => payments.ordersOf(request.params.id),
  })

  http.get<{ Params: { person: string } }>(`${base}/payers/:person/bills`, {
    config: { scope: 'payments.read' },
    schema: {
      summary: 'Bills of a payer',
      params: Type.Object({ person: Type.String({ format: 'uuid' }) }),
      response: { 200: Type.Array(BillBody) },
    },
    handler: (request) => payments.billsOf(request.params.person),
  })

  http.get<{ Params: { case: string } }>(`${base}/cases/:case/bills`, {
    config: { scope: 'payments.read' },
    schema: {
      summary: 'Bills of a case',
      params: Type.Object({ case: Type.String({ format: 'uuid' }) }),
      response: { 200: Type.Array(BillBody) },
    },
    handler: (request) => payments.billsOfCase(request.params.case),
  })

  http.get<{ Params: { tenant: string } }>(`${base}/ledgers/:tenant`, {
    config: { scope: 'payments.ledger' },
    schema: {
      summary: 'What stands on the accounts of an authority',
      params: Type.Object({ tenant: Type.String({ maxLength: 100 }) }),
      response: { 200: Type.Array(BalanceBody) },
    },
    handler: (request) => payments.ledger(request.params.tenant),
  })
}

/** Where a provider sends its signed notices; the bytes are checked as they came. */
export function noticeRoute(payments: LocalPayments, http: Http): void {
  http.post(`${base}/notices`, {
    config: {
      public: 'A provider proves itself by its signature over the bytes.',
      idempotent: 'A notice has an id, and is taken once.',
      anyOrigin: 'No cookie counts here, only the signature.',
      problems: ['webhook-refused'],
    },
    schema: { summary: 'A payment provider’s signed notice (Standard Webhooks)' },
    handler: async (request, reply) => {
      await payments.receive(request.headers as Record<string, string | undefined>, request.bodyText)
      return reply.code(204).send()
    },
  })
}

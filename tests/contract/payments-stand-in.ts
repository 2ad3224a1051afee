// A stand-in for payments, written from its OpenAPI contract alone: in memory, a few dozen lines, no code of the block.
// It stands for a product that a country has already.
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Amount {
  value: number
  currency: string
}
interface Bill {
  id: string
  reference: string
  debt?: string
  publicReference: string
  tenant: string
  amount: Amount
  purpose: object
  state: 'requested' | 'pending' | 'settled' | 'refunded' | 'withdrawn'
  requestedAt: string
  settledAt?: string
  payer?: string
  orders: string[]
  cases: (string | undefined)[]
}
interface Refund {
  id: string
  key: string
  bill: string
  amount: Amount
  reason: string
}

class Refusal extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string) {
    super(code)
    this.status = status
    this.code = code
  }
}

export interface StandIn {
  url: string
  close(): void
}

export async function startStandIn(token: string): Promise<StandIn> {
  const bills: Bill[] = []
  const refunds: Refund[] = []
  const live = (bill: Bill) => ['requested', 'pending', 'settled'].includes(bill.state)
  const toBody = ({ payer: _, orders: __, cases: ___, ...bill }: Bill) => bill
  const toRefund = (refund: Refund) => ({
    id: refund.id,
    key: refund.key,
    billReference: bills.find(({ id }) => id === refund.bill)!.reference,
    amount: refund.amount,
    reason: refund.reason,
    state: 'settled',
    requestedAt: new Date(0).toISOString(),
  })

  const byId = (id: string) => {
    const bill = bills.find((one) => one.id === id)
    if (!bill) throw new Refusal(404, 'bill-not-found')
    return bill
  }
  const byReference = (reference: string) => {
    const bill = bills.find((one) => one.orders.includes(reference) || one.publicReference === reference)
    if (!bill) throw new Refusal(404, 'bill-not-found')
    return bill
  }

  function request(order: Bill & { caseId?: string }): object {
    const { reference, debt, amount, tenant, caseId } = order
    const known = bills.find((bill) => bill.orders.includes(reference))
    if (known) {
      if (known.amount.value !== amount.value) throw new Refusal(409, 'payment-order-differs')
      return toBody(known)
    }
    if (!(amount.value > 0)) throw new Refusal(422, 'amount-not-positive')
    const owed = debt ? bills.find((bill) => bill.debt === debt && bill.tenant === tenant && live(bill)) : undefined
    if (owed && (owed.state === 'settled' || owed.amount.value === amount.value)) {
      owed.orders.push(reference)
      owed.cases.push(caseId)
      return toBody(owed)
    }
    if (owed) owed.state = 'withdrawn'
    const bill: Bill = {
      ...order,
      id: randomUUID(),
      publicReference: `X-${randomUUID()}`,
      state: 'requested',
      requestedAt: new Date(0).toISOString(),
      orders: [reference],
      cases: [caseId],
    }
    bills.push(bill)
    return toBody(bill)
  }

  function refund(order: { key: string; billReference: string; amount?: Amount; reason: string }): object {
    const known = refunds.find(({ key }) => key === order.key)
    if (known) return toRefund(known)
    const bill = byReference(order.billReference)
    if (bill.state !== 'settled') throw new Refusal(409, 'bill-not-payable')
    const left =
      bill.amount.value - refunds.filter((one) => one.bill === bill.id).reduce((sum, one) => sum + one.amount.value, 0)
    const amount = order.amount ?? { value: left, currency: bill.amount.currency }
    if (amount.value > left) throw new Refusal(422, 'refund-exceeds-payment')
    const made = { id: randomUUID(), key: order.key, bill: bill.id, amount, reason: order.reason }
    refunds.push(made)
    if (amount.value === left) bill.state = 'refunded'
    return toRefund(made)
  }

  function answer(method: string, url: URL, body: never): [number, unknown] {
    const [place = '', id = '', more] = url.pathname.replace('/api/payments/v1/', '').split('/')
    switch (`${method} ${place}${more ? `/${more}` : ''}`) {
      case 'POST bills':
        return [201, request(body)]
      case 'GET bills':
        return [200, toBody(id ? byId(id) : byReference(url.searchParams.get('reference') ?? ''))]
      case 'POST bills/checkout': {
        const bill = byId(id)
        if (!['requested', 'pending'].includes(bill.state)) throw new Refusal(409, 'bill-not-payable')
        bill.state = 'pending'
        return [200, { url: `${origin}/pay/${bill.id}` }]
      }
      case 'GET bills/refunds':
        return [200, refunds.filter((one) => one.bill === id).map(toRefund)]
      case 'GET bills/orders':
        return [200, byId(id).orders]
      case 'POST withdrawals': {
        const bill = byReference((body as { reference: string }).reference)
        bill.state = 'withdrawn'
        return [200, toBody(bill)]
      }
      case 'POST refunds':
        return [201, refund(body)]
      case 'GET cases/bills':
        return [200, bills.filter(({ cases }) => cases.includes(id)).map(toBody)]
      case 'GET payers/bills':
        return [200, bills.filter(({ payer }) => payer === id).map(toBody)]
      case 'GET ledgers': {
        const own = bills.filter(({ tenant, state }) => tenant === id && state !== 'withdrawn')
        const owed = own.reduce((sum, { amount }) => sum + amount.value, 0)
        return [
          200,
          ['receivable', 'revenue'].map((account, at) => ({
            account,
            amount: { value: at ? -owed : owed, currency: 'VRD' },
          })),
        ]
      }
      default:
        throw new Refusal(404, 'not-found')
    }
  }

  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(message.url ?? '/', origin)
    const chunks: Buffer[] = []
    for await (const chunk of message) chunks.push(chunk as Buffer)
    const send = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (url.pathname.startsWith('/pay/')) {
      const bill = byId(url.pathname.slice(5))
      if (bill.state === 'pending') Object.assign(bill, { state: 'settled', settledAt: new Date(0).toISOString() })
      return void response.writeHead(303, { location: '/' }).end()
    }
    try {
      if (message.headers.authorization !== `Bearer ${token}`) throw new Refusal(401, 'not-signed-in')
      if (message.method === 'POST' && !message.headers['idempotency-key'])
        throw new Refusal(400, 'idempotency-key-missing')
      send(
        ...answer(message.method ?? 'GET', url, JSON.parse(Buffer.concat(chunks).toString('utf8') || 'null') as never),
      )
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      send(error.status, { type: `about:${error.code}`, title: error.code, status: error.status, code: error.code })
    }
  }

  const server: Server = createServer((message, response) => void serve(message, response)).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url: origin, close: () => server.close() }
}

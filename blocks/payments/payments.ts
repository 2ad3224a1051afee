// Payments: what the house may ask, and how the block is made.
import type { Clock } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import { isUuid, type Pairwise, publicReference, uuidv7 } from '@ashlar/kernel/identifiers'
import type { Jobs } from '@ashlar/kernel/jobs'
import type { Keys } from '@ashlar/kernel/keys'
import type { Money } from '@ashlar/kernel/money'
import type { Context, Database, Sql } from '@ashlar/kernel/sql'
import { type Bill, billLifecycle, type Refund, refundLifecycle } from './bill.ts'
import { type Balance, balances, book } from './ledger.ts'
import { createPayouts, type Payout, type PayoutOrder } from './payout.ts'
import {
  AmountNotPositive,
  BillNotPayable,
  OrderDiffers,
  ProviderUnavailable,
  RefundExceedsPayment,
} from './problems.ts'
import type { PaymentProvider, ProviderEvent } from './provider.ts'
import { billStore, noteOnce, paymentStore, refundStore, type StoredBill, withoutPayer } from './store.ts'

export interface PaymentOrder {
  /** Unique per order; a workflow's step key, for example. */
  reference: string
  /** What is owed, where several orders may ask for the same: it is charged once. */
  debt?: string
  /** The authority that is owed. */
  tenant: string
  /** In minor units, more than 0. */
  amount: Money
  purpose: Bill['purpose']
  /** The register's id of who owes it, if known. */
  payer?: string
  caseId?: string
  returnTo?: string
}

export interface RefundOrder {
  /** Unique per refund: the same key is refunded once. */
  key: string
  billReference: string
  /** All that is left if omitted. */
  amount?: Money
  reason: string
}

/** Payments: collect money from people, and give it back (GovStack "Payments"). */
export interface Payments {
  /**
   * Asks a payer for money. The same order twice gives the same bill; another order under its reference: OrderDiffers.
   * A debt that has a live bill is answered with that bill; if it is not settled and the amount changed, a new one
   * takes its place.
   */
  request(order: PaymentOrder): Promise<Bill>
  /** Throws BillNotFound. */
  get(id: string): Promise<Bill>
  /** By an order's reference or the public one. */
  getByReference(reference: string): Promise<Bill>
  /** Opens the provider's page. Twice, or from two tabs, leads to the same checkout: it is charged once. */
  checkout(id: string, options: { returnUrl: string; description: string; language: string }): Promise<{ url: string }>
  /** Takes a bill back that nobody need pay any more; money that still arrives is refunded. Twice is once. */
  withdraw(reference: string): Promise<Bill>
  /** Sends money back. The same key twice is one refund. Throws BillNotPayable if nothing was paid, RefundExceedsPayment. */
  refund(order: RefundOrder): Promise<Refund>
  /** Pays money to an account. The same key twice is one payout; another order under it: OrderDiffers. */
  payout(order: PayoutOrder): Promise<Payout>
  /** Throws PayoutNotFound. */
  getPayout(key: string): Promise<Payout>
  refundsOf(billId: string): Promise<Refund[]>
  /** The references of the orders that a bill answers. */
  ordersOf(billId: string): Promise<string[]>
  billsOf(person: string, limit?: number): Promise<Bill[]>
  /** Of a case, the latest first, for whoever may see the case. */
  billsOfCase(caseId: string): Promise<Bill[]>
  /** What stands on the accounts of an authority. */
  ledger(tenant: string): Promise<Balance[]>
}

/** The block here in this process: what a provider tells comes in through `receive`. */
export interface LocalPayments extends Payments {
  /** Takes a provider's signed notice; repeated, late or reordered ones change nothing twice. Throws WebhookRefused. */
  receive(headers: Record<string, string | undefined>, body: string): Promise<void>
}

export interface PaymentNeeds {
  sql: Database
  clock: Clock
  events: Events
  jobs: Jobs
  pairwise: Pairwise
  provider: PaymentProvider
  /** Seals accounts; without it nobody is paid. */
  keys?: Pick<Keys, 'seal' | 'open'>
}

/** A notice that has not come after this long is asked for, then again after twice as long each time, for about a month. */
const patience = 60_000
const mostPatience = 15 * 86_400_000

const platform = (purpose: string): Context => ({
  tenant: '*',
  actor: { kind: 'system', id: 'payments' },
  purpose,
  channel: 'system',
  trace: '',
})

export function createPayments(needs: PaymentNeeds): LocalPayments {
  const { sql, clock, events, jobs, pairwise, provider } = needs
  const { payout, getPayout, applyPayout } = createPayouts(needs)
  const asPlatform = platform('collect-payments')
  const announce = (bill: StoredBill) => ({
    key: bill.id,
    data: { bill: bill.id, reference: bill.reference },
    share: bill.purpose.service,
  })

  jobs.handle('payments.refund', { batch: 10, attempts: 12 }, async (batch) => {
    for (const { payload } of batch) await sendBack((payload as { refund: string }).refund)
  })
  jobs.handle('payments.inquire', { batch: 10, attempts: 12 }, async (batch) => {
    for (const { payload } of batch) await inquire(payload as { bill: string; waited?: number })
  })

  /** Applies what the provider says, once, whatever the order in which it says it. */
  async function apply(event: ProviderEvent): Promise<void> {
    await sql.begin(asPlatform, async (sql) => {
      const now = clock.now()
      if (!(await noteOnce(sql, { provider: provider.name, id: event.id, kind: event.kind }, now))) return

      if (event.kind === 'payout-settled' || event.kind === 'payout-failed') return applyPayout(sql, event, now)
      if (event.kind === 'payment-settled') {
        const bill = await billStore(sql).lock(event.reference)
        const surplus = !['requested', 'pending'].includes(bill.state) || !sameMoney(event.amount, bill.amount)
        const payment = {
          id: uuidv7(),
          bill: bill.id,
          provider: provider.name,
          providerId: event.providerId,
          value: event.amount.value,
          currency: event.amount.currency,
          surplus,
        }
        if (!(await paymentStore(sql).insert(payment, bill, now))) return
        const booking = {
          tenant: bill.tenant,
          bill: bill.id,
          at: now,
          amount: event.amount,
          debit: 'clearing' as const,
        }
        if (!surplus) {
          await book(sql, { ...booking, credit: 'receivable' })
          const settled = await billStore(sql).move(bill, billLifecycle.next(bill.state, 'settle'), now)
          await events.publish(sql, { type: 'payments.settled', ...announce(settled) })
          return
        }
        // Money that was not owed (any more) goes back by itself.
        await book(sql, { ...booking, credit: 'surplus' })
        const back = refundOf(bill.reference, `surplus:${payment.id}`, event.amount, 'surplus', now)
        await refundStore(sql).insertOnce(back, bill, payment.id)
        await book(sql, { ...booking, debit: 'surplus', credit: 'refunds-payable' })
        await jobs.add(sql, { queue: 'payments.refund', key: back.id, payload: { refund: back.id } })
      } else if (event.kind === 'payment-failed') {
        const bill = await billStore(sql).lock(event.reference)
        if (billLifecycle.can(bill.state, 'reject')) await billStore(sql).move(bill, 'requested', now)
        await events.publish(sql, { type: 'payments.failed', ...announce(bill), key: event.id })
      } else {
        const found = await refundStore(sql).lock(event.reference)
        if (!found) return
        const { refund, bill: billId } = found
        const settled = event.kind === 'refund-settled'
        if (!refundLifecycle.can(refund.state, settled ? 'settle' : 'fail')) return
        const bill = await billStore(sql).lock(billId)
        await refundStore(sql).move(refund.id, settled ? 'settled' : 'failed', now)
        if (settled) {
          await book(sql, {
            tenant: bill.tenant,
            bill: bill.id,
            at: now,
            amount: refund.amount,
            debit: 'refunds-payable',
            credit: 'clearing',
          })
          await events.publish(sql, { type: 'payments.refunded', ...announce(bill), key: refund.id })
        } else
          await jobs.add(sql, {
            queue: 'payments.refund',
            key: `${refund.id}:again`,
            payload: { refund: refund.id },
            runAt: new Date(now.getTime() + patience),
          })
      }
    })
  }

  /** Tells the provider to send money back; safe to repeat, since the refund's id is its key there. */
  async function sendBack(id: string): Promise<void> {
    const order = await sql.begin(asPlatform, async (sql) => {
      const found = await refundStore(sql).lock(id)
      if (!found || found.refund.state === 'settled') return undefined
      if (found.refund.state === 'failed') await refundStore(sql).move(id, 'requested', clock.now())
      const payment = await paymentStore(sql).get(found.payment)
      return payment && { refund: found.refund, providerId: payment.providerId }
    })
    if (!order) return
    await provider.refund({ key: id, reference: id, providerId: order.providerId, amount: order.refund.amount })
  }

  /** A payer may still be on the provider's page after a card was declined, or after the bill was withdrawn. */
  async function inquire({ bill: id, waited = patience }: { bill: string; waited?: number }): Promise<void> {
    const { state } = await sql.begin(asPlatform, (sql) => billStore(sql).get(id))
    if (state === 'settled' || state === 'refunded') return
    const event = await provider.inquire(id)
    if (event) await apply(event)
    if (event?.kind === 'payment-settled' || waited >= mostPatience) return
    const now = clock.now().getTime()
    await sql.begin(asPlatform, (sql) =>
      jobs.add(sql, {
        queue: 'payments.inquire',
        key: `${id}:${now}`,
        payload: { bill: id, waited: 2 * waited },
        runAt: new Date(now + 2 * waited),
      }),
    )
  }

  return {
    request: async (order) => {
      if (!(Number.isSafeInteger(order.amount.value) && order.amount.value > 0)) throw AmountNotPositive()
      const once = async (sql: Sql): Promise<Bill> => {
        const now = clock.now()
        const person = order.payer ? pairwise.of('payments', order.payer) : null
        const known = await billStore(sql).findByOrder(order.reference)
        if (known) {
          if (!sameMoney(known.amount, order.amount) || known.tenant !== order.tenant)
            throw OrderDiffers(order.reference)
          return withoutPayer(known)
        }

        const live = order.debt ? await billStore(sql).lockByDebt(order.tenant, order.debt) : undefined
        if (live && (live.state === 'settled' || sameMoney(live.amount, order.amount))) {
          await billStore(sql).insertOrder(order, live, now)
          return withoutPayer(live)
        }
        if (live) await takeBack(sql, live, now)

        const bill: StoredBill = {
          id: uuidv7(),
          reference: order.reference,
          ...(order.debt ? { debt: order.debt } : {}),
          publicReference: publicReference('PAY'),
          tenant: order.tenant,
          person,
          amount: order.amount,
          purpose: order.purpose,
          ...(order.caseId ? { caseId: order.caseId } : {}),
          state: 'requested',
          requestedAt: now.toISOString(),
          ...(order.returnTo ? { returnTo: order.returnTo } : {}),
        }
        await billStore(sql).insert(bill)
        await billStore(sql).insertOrder(order, bill, now)
        await book(sql, {
          tenant: bill.tenant,
          bill: bill.id,
          at: now,
          amount: bill.amount,
          debit: 'receivable',
          credit: 'revenue',
        })
        return withoutPayer(bill)
      }
      // Two orders for one debt at the same moment: the second finds the first's bill when it looks again.
      return sql.begin(asPlatform, once).catch((error: { code?: string }) => {
        if (error.code !== uniqueViolation) throw error
        return sql.begin(asPlatform, once)
      })
    },

    get: (id) => sql.begin(asPlatform, async (sql) => withoutPayer(await billStore(sql).get(id))),

    getByReference: (reference) =>
      sql.begin(asPlatform, async (sql) => withoutPayer(await billStore(sql).byReference(reference))),

    checkout: async (id, { returnUrl, description, language }) => {
      const bill = await sql.begin(asPlatform, async (sql) => {
        const bill = await billStore(sql).lock(id)
        if (!billLifecycle.can(bill.state, 'checkout')) throw BillNotPayable(bill.state)
        const now = clock.now()
        const runAt = new Date(now.getTime() + patience)
        await jobs.add(sql, { queue: 'payments.inquire', key: bill.id, payload: { bill: bill.id }, runAt })
        return billStore(sql).move(bill, 'pending', now)
      })
      const order = { key: bill.id, reference: bill.id, amount: bill.amount, description, language, returnUrl }
      const { url } = await provider.checkout(order).catch((cause: unknown) => {
        throw Object.assign(ProviderUnavailable(), { cause })
      })
      return { url }
    },

    withdraw: (reference) =>
      sql.begin(asPlatform, async (sql) => {
        const { id } = await billStore(sql).byReference(reference)
        const bill = await billStore(sql).lock(id)
        if (bill.state === 'withdrawn') return withoutPayer(bill)
        return withoutPayer(await takeBack(sql, bill, clock.now()))
      }),

    refund: (order) =>
      sql.begin(asPlatform, async (sql) => {
        const now = clock.now()
        const known = await refundStore(sql).findByKey(order.key)
        if (known) return known
        const { id } = await billStore(sql).byReference(order.billReference)
        const bill = await billStore(sql).lock(id)
        const payment = await paymentStore(sql).settling(bill.id)
        if (!payment) throw BillNotPayable(bill.state)
        const before = (await refundStore(sql).ofBill(bill.id)).filter(({ key }) => !key.startsWith('surplus:'))
        const left = bill.amount.value - before.reduce((sum, { amount }) => sum + amount.value, 0)
        const amount = order.amount ?? { value: left, currency: bill.amount.currency }
        if (amount.value > left || amount.value <= 0 || amount.currency !== bill.amount.currency)
          throw RefundExceedsPayment(`${left} minor units of ${bill.amount.currency}`)

        const wanted = refundOf(bill.reference, order.key, amount, order.reason, now)
        const { refund, isNew } = await refundStore(sql).insertOnce(wanted, bill, payment.id)
        if (!isNew) return refund
        await book(sql, {
          tenant: bill.tenant,
          bill: bill.id,
          at: now,
          amount,
          debit: 'revenue',
          credit: 'refunds-payable',
        })
        if (amount.value === left) await billStore(sql).move(bill, billLifecycle.next(bill.state, 'refund'), now)
        await jobs.add(sql, { queue: 'payments.refund', key: refund.id, payload: { refund: refund.id } })
        return refund
      }),

    payout,
    getPayout,
    ordersOf: (billId) => sql.begin(asPlatform, (sql) => billStore(sql).ordersOf(billId)),

    refundsOf: (billId) => sql.begin(asPlatform, (sql) => refundStore(sql).ofBill(billId)),

    billsOf: (person, limit = 50) =>
      sql.begin({ ...asPlatform, tenant: null, subject: person }, async (sql) =>
        (await billStore(sql).ofPerson(pairwise.of('payments', person), limit)).map(withoutPayer),
      ),

    billsOfCase: async (caseId) =>
      isUuid(caseId)
        ? sql.begin(asPlatform, async (sql) => (await billStore(sql).ofCase(caseId)).map(withoutPayer))
        : [],

    receive: async (headers, body) => apply(provider.readNotice(headers, body)),

    ledger: (tenant) => sql.begin({ ...asPlatform, tenant }, (sql) => balances(sql, tenant)),
  }
}

/** Nobody need pay the bill any more. */
async function takeBack(sql: Sql, bill: StoredBill, at: Date): Promise<StoredBill> {
  const to = billLifecycle.next(bill.state, 'withdraw')
  await book(sql, {
    tenant: bill.tenant,
    bill: bill.id,
    at,
    amount: bill.amount,
    debit: 'revenue',
    credit: 'receivable',
  })
  return billStore(sql).move(bill, to, at)
}

/** PostgreSQL's code for a row that exists already. */
const uniqueViolation = '23505'

const sameMoney = (a: Money, b: Money): boolean => a.value === b.value && a.currency === b.currency

const refundOf = (billReference: string, key: string, amount: Money, reason: string, now: Date): Refund => ({
  id: uuidv7(),
  key,
  billReference,
  amount,
  reason,
  state: 'requested',
  requestedAt: now.toISOString(),
})

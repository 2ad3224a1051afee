// The contract of payments as tests: whatever stands in its place (in process, behind HTTP, a product from outside) passes them.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, it } from 'node:test'
import { isProblem } from '@ashlar/kernel/problem'
import type { PaymentOrder, Payments } from './payments.ts'

export interface PaymentsUnderTest {
  payments: Payments
  /** Pays at the provider's page and waits until payments knows. */
  pay(checkoutUrl: string): Promise<void>
  /** Waits until everything that was set going has happened. */
  settle(): Promise<void>
}

const order = (over: Partial<PaymentOrder> = {}): PaymentOrder => ({
  reference: `order-${randomUUID()}`,
  tenant: 'police',
  amount: { value: 13_000, currency: 'VRD' },
  purpose: { service: 'fine', fee: 'due' },
  ...over,
})
const checkout = { returnUrl: 'http://localhost/back', description: 'Fine', language: 'en' }
const refused = (code: string) => (error: unknown) => isProblem(error) && error.code === code

export function paymentsContract(name: string, under: () => PaymentsUnderTest): void {
  describe(`payments (${name})`, () => {
    it('gives the same bill for the same order', async () => {
      const { payments } = under()
      const wanted = order()

      const [first, second] = [await payments.request(wanted), await payments.request(wanted)]

      assert.equal(first.id, second.id)
      assert.equal(first.state, 'requested')
      assert.deepEqual(await payments.get(first.id), first)
      assert.deepEqual(await payments.getByReference(first.publicReference), first)
    })

    it('finds the bills of a case, also where another case owes the same debt', async () => {
      const { payments } = under()
      const [one, other] = [randomUUID(), randomUUID()]
      const debt = `fine/${randomUUID()}`

      const bill = await payments.request(order({ caseId: one, debt }))
      await payments.request(order({ caseId: other, debt }))

      assert.deepEqual(await payments.billsOfCase(one), [bill])
      assert.deepEqual(await payments.billsOfCase(other), [bill])
      assert.deepEqual(await payments.billsOfCase(randomUUID()), [])
    })

    it('refuses another amount under a known reference', async () => {
      const { payments } = under()
      const wanted = order()
      await payments.request(wanted)

      await assert.rejects(
        payments.request({ ...wanted, amount: { value: 1, currency: 'VRD' } }),
        refused('payment-order-differs'),
      )
    })

    it('refuses what is not an amount, and knows no bill that is not there', async () => {
      const { payments } = under()

      await assert.rejects(payments.request(order({ amount: { value: 0, currency: 'VRD' } })), isProblem)
      await assert.rejects(payments.get(randomUUID()), refused('bill-not-found'))
    })

    it('answers two orders for one debt with one bill, also at the same moment', async () => {
      const { payments } = under()
      const debt = `fine/${randomUUID()}`

      const bills = await Promise.all(Array.from({ length: 8 }, () => payments.request(order({ debt }))))

      assert.equal(new Set(bills.map(({ id }) => id)).size, 1)
      assert.equal((await payments.ordersOf(bills[0]!.id)).length, 8)
    })

    it('replaces an unpaid bill when the price of the debt has changed', async () => {
      const { payments } = under()
      const debt = `fine/${randomUUID()}`
      const before = await payments.request(order({ debt }))

      const after = await payments.request(order({ debt, amount: { value: 15_000, currency: 'VRD' } }))

      assert.notEqual(after.id, before.id)
      assert.equal((await payments.get(before.id)).state, 'withdrawn')
      await assert.rejects(payments.checkout(before.id, checkout), refused('bill-not-payable'))
    })

    it('charges once when two tabs pay one bill', async () => {
      const { payments, pay, settle } = under()
      const bill = await payments.request(order())
      const [one, two] = await Promise.all([payments.checkout(bill.id, checkout), payments.checkout(bill.id, checkout)])
      assert.equal(one.url, two.url)

      await Promise.all([pay(one.url), pay(two.url)])
      await settle()

      assert.equal((await payments.get(bill.id)).state, 'settled')
      await assert.rejects(payments.checkout(bill.id, checkout), refused('bill-not-payable'))
    })

    it('gives money back once per key, and never more than was paid', async () => {
      const { payments, pay, settle } = under()
      const bill = await payments.request(order())
      await assert.rejects(
        payments.refund({ key: randomUUID(), billReference: bill.reference, reason: 'early' }),
        refused('bill-not-payable'),
      )
      await pay((await payments.checkout(bill.id, checkout)).url)
      await settle()
      const part = {
        key: randomUUID(),
        billReference: bill.reference,
        amount: { value: 3_000, currency: 'VRD' },
        reason: 'r',
      }

      const [first, again] = [await payments.refund(part), await payments.refund(part)]
      await assert.rejects(
        payments.refund({ ...part, key: randomUUID(), amount: { value: 10_001, currency: 'VRD' } }),
        refused('refund-exceeds-payment'),
      )
      await payments.refund({ key: randomUUID(), billReference: bill.publicReference, reason: 'rest' })
      await settle()

      assert.equal(first.id, again.id)
      const refunds = await payments.refundsOf(bill.id)
      assert.deepEqual(
        refunds.map(({ amount, state }) => [amount.value, state]),
        [
          [3_000, 'settled'],
          [10_000, 'settled'],
        ],
      )
      assert.equal((await payments.get(bill.id)).state, 'refunded')
    })

    it('takes a bill back, once or twice', async () => {
      const { payments } = under()
      const bill = await payments.request(order())

      await payments.withdraw(bill.reference)
      const again = await payments.withdraw(bill.reference)

      assert.equal(again.state, 'withdrawn')
    })

    it('lists a payer’s bills, and keeps every authority’s ledger at zero', async () => {
      const { payments } = under()
      const payer = randomUUID()
      const bill = await payments.request(order({ payer }))

      const bills = await payments.billsOf(payer)
      const balances = await payments.ledger('police')

      assert.deepEqual(
        bills.map(({ id }) => id),
        [bill.id],
      )
      assert.ok(balances.length > 0)
      assert.equal(
        balances.reduce((sum, { amount }) => sum + amount.value, 0),
        0,
      )
    })
  })
}

// SQL of bills, payments and refunds; no other file knows these tables.
import type { Sql } from '@ashlar/kernel/sql'
import type { Bill, BillState, Refund, RefundState } from './bill.ts'
import { BillNotFound } from './problems.ts'

interface BillRow {
  id: string
  reference: string
  debt: string | null
  public_reference: string
  tenant: string
  person: string | null
  amount: number
  currency: string
  purpose: Bill['purpose']
  case_id: string | null
  state: BillState
  return_to: string | null
  requested_at: Date
  settled_at: Date | null
}

interface RefundRow {
  id: string
  key: string
  bill_reference: string
  amount: number
  currency: string
  reason: string
  state: RefundState
  requested_at: Date
  settled_at: Date | null
}

/** The bill with what stays inside: its payer under the id that payments knows. */
export interface StoredBill extends Bill {
  person: string | null
}

/** A payment as refunds need it. */
export interface StoredPayment {
  id: string
  bill: string
  provider: string
  providerId: string
  value: number
  currency: string
  surplus: boolean
}

const toBill = (row: BillRow): StoredBill => ({
  id: row.id,
  reference: row.reference,
  ...(row.debt ? { debt: row.debt } : {}),
  publicReference: row.public_reference,
  tenant: row.tenant,
  person: row.person,
  amount: { value: row.amount, currency: row.currency },
  purpose: row.purpose,
  ...(row.case_id ? { caseId: row.case_id } : {}),
  state: row.state,
  requestedAt: row.requested_at.toISOString(),
  ...(row.settled_at ? { settledAt: row.settled_at.toISOString() } : {}),
  ...(row.return_to ? { returnTo: row.return_to } : {}),
})

const toRefund = (row: RefundRow): Refund => ({
  id: row.id,
  key: row.key,
  billReference: row.bill_reference,
  amount: { value: row.amount, currency: row.currency },
  reason: row.reason,
  state: row.state,
  requestedAt: row.requested_at.toISOString(),
  ...(row.settled_at ? { settledAt: row.settled_at.toISOString() } : {}),
})

/** The outward shape: without the payer. */
export const withoutPayer = ({ person: _, ...bill }: StoredBill): Bill => bill

export const billStore = (sql: Sql) => ({
  /** Keeps an order once; false if its reference is known. */
  async insertOrder(
    { reference, caseId }: { reference: string; caseId?: string },
    bill: StoredBill,
    at: Date,
  ): Promise<boolean> {
    const rows = await sql`
      insert into payments.payment_order (reference, bill, tenant, person, case_id, ordered_at)
      values (${reference}, ${bill.id}, ${bill.tenant}, ${bill.person}, ${caseId ?? null}, ${at})
      on conflict (reference) do nothing returning bill`
    return rows.length > 0
  },

  async findByOrder(reference: string): Promise<StoredBill | undefined> {
    const [row] = await sql<BillRow>`
      select b.* from payments.bill b join payments.payment_order o on o.bill = b.id where o.reference = ${reference}`
    return row && toBill(row)
  },

  /** The live bill of a debt, locked. */
  async lockByDebt(tenant: string, debt: string): Promise<StoredBill | undefined> {
    const [row] = await sql<BillRow>`
      select * from payments.bill
      where tenant = ${tenant} and debt = ${debt} and state in ('requested', 'pending', 'settled') for update`
    return row && toBill(row)
  },

  async ordersOf(id: string): Promise<string[]> {
    const rows = await sql<{ reference: string }>`
      select reference from payments.payment_order where bill = ${id} order by ordered_at, reference`
    return rows.map(({ reference }) => reference)
  },

  /** Throws the database's own unique violation if the reference or the debt has a live bill already. */
  async insert(bill: StoredBill): Promise<void> {
    await sql`
      insert into payments.bill (id, reference, debt, public_reference, tenant, person, amount, currency, purpose, case_id,
        state, return_to, requested_at, moved_at)
      values (${bill.id}, ${bill.reference}, ${bill.debt ?? null}, ${bill.publicReference}, ${bill.tenant}, ${bill.person},
        ${bill.amount.value}, ${bill.amount.currency}, ${sql.json(bill.purpose)}, ${bill.caseId ?? null},
        ${bill.state}, ${bill.returnTo ?? null}, ${new Date(bill.requestedAt)}, ${new Date(bill.requestedAt)})`
  },

  async get(id: string): Promise<StoredBill> {
    const [row] = await sql<BillRow>`select * from payments.bill where id = ${id}`
    if (!row) throw BillNotFound(id)
    return toBill(row)
  },

  /** The bill, locked until the transaction ends, so that two notices about it wait for each other. */
  async lock(id: string): Promise<StoredBill> {
    const [row] = await sql<BillRow>`select * from payments.bill where id = ${id} for update`
    if (!row) throw BillNotFound(id)
    return toBill(row)
  },

  /** By an order's reference, or by the public reference that people quote. */
  async byReference(reference: string): Promise<StoredBill> {
    const [row] = await sql<BillRow>`
      select b.* from payments.bill b
      where b.public_reference = ${reference}
        or b.id = (select o.bill from payments.payment_order o where o.reference = ${reference})`
    if (!row) throw BillNotFound(reference)
    return toBill(row)
  },

  async ofPerson(person: string, limit: number): Promise<StoredBill[]> {
    const rows = await sql<BillRow>`
      select * from payments.bill where person = ${person} order by requested_at desc limit ${limit}`
    return rows.map(toBill)
  },

  /** Bills that the orders of a case are answered with: where several cases owe one debt, the bill may be another's. */
  async ofCase(caseId: string): Promise<StoredBill[]> {
    const rows = await sql<BillRow>`
      select b.* from payments.bill b
      where b.id in (select o.bill from payments.payment_order o where o.case_id = ${caseId})
      order by b.requested_at desc limit 100`
    return rows.map(toBill)
  },

  /** Bills that wait for a notice since before `before`. */
  async pendingSince(before: Date, limit: number): Promise<StoredBill[]> {
    const rows = await sql<BillRow>`
      select * from payments.bill where state = 'pending' and moved_at < ${before} order by moved_at limit ${limit}`
    return rows.map(toBill)
  },

  async move(bill: StoredBill, to: BillState, at: Date): Promise<StoredBill> {
    const [row] = await sql<BillRow>`
      update payments.bill set state = ${to}, moved_at = ${at},
        settled_at = case when ${to} = 'settled' then ${at}::timestamptz else settled_at end
      where id = ${bill.id} returning *`
    if (!row) throw BillNotFound(bill.id)
    return toBill(row)
  },
})

export const paymentStore = (sql: Sql) => ({
  async insert(payment: StoredPayment, bill: StoredBill, at: Date): Promise<boolean> {
    const rows = await sql`
      insert into payments.payment (id, bill, tenant, person, provider, provider_id, amount, currency, surplus, settled_at)
      values (${payment.id}, ${bill.id}, ${bill.tenant}, ${bill.person}, ${payment.provider}, ${payment.providerId},
        ${payment.value}, ${payment.currency}, ${payment.surplus}, ${at})
      on conflict (provider, provider_id) do nothing returning id`
    return rows.length > 0
  },

  /** The payment that settled a bill; undefined while it is not paid. */
  async settling(bill: string): Promise<StoredPayment | undefined> {
    const [row] = await sql<PaymentRow>`
      select id, bill, provider, provider_id, amount, currency, surplus from payments.payment
      where bill = ${bill} and not surplus`
    return row && toPayment(row)
  },

  async get(id: string): Promise<StoredPayment | undefined> {
    const [row] = await sql<PaymentRow>`
      select id, bill, provider, provider_id, amount, currency, surplus from payments.payment where id = ${id}`
    return row && toPayment(row)
  },
})

interface PaymentRow {
  id: string
  bill: string
  provider: string
  provider_id: string
  amount: number
  currency: string
  surplus: boolean
}

const toPayment = (row: PaymentRow): StoredPayment => ({
  id: row.id,
  bill: row.bill,
  provider: row.provider,
  providerId: row.provider_id,
  value: row.amount,
  currency: row.currency,
  surplus: row.surplus,
})

export const refundStore = (sql: Sql) => ({
  async insertOnce(refund: Refund, bill: StoredBill, payment: string): Promise<{ refund: Refund; isNew: boolean }> {
    const rows = await sql<RefundRow>`
      insert into payments.refund (id, key, bill, payment, tenant, person, amount, currency, reason, state, requested_at)
      values (${refund.id}, ${refund.key}, ${bill.id}, ${payment}, ${bill.tenant}, ${bill.person},
        ${refund.amount.value}, ${refund.amount.currency}, ${refund.reason}, ${refund.state},
        ${new Date(refund.requestedAt)})
      on conflict (key) do nothing returning *, ${bill.reference}::text as bill_reference`
    if (rows[0]) return { refund: toRefund(rows[0]), isNew: true }
    const existing = await this.findByKey(refund.key)
    if (!existing) throw new Error(`refund ${refund.key} neither inserted nor found`)
    return { refund: existing, isNew: false }
  },

  async findByKey(key: string): Promise<Refund | undefined> {
    const [row] = await sql<RefundRow>`
      select r.*, b.reference as bill_reference from payments.refund r join payments.bill b on b.id = r.bill
      where r.key = ${key}`
    return row && toRefund(row)
  },

  async lock(id: string): Promise<{ refund: Refund; bill: string; payment: string } | undefined> {
    const [row] = await sql<RefundRow & { bill: string; payment: string }>`
      select r.*, b.reference as bill_reference from payments.refund r join payments.bill b on b.id = r.bill
      where r.id = ${id} for update of r`
    return row && { refund: toRefund(row), bill: row.bill, payment: row.payment }
  },

  async ofBill(bill: string): Promise<Refund[]> {
    const rows = await sql<RefundRow>`
      select r.*, b.reference as bill_reference from payments.refund r join payments.bill b on b.id = r.bill
      where r.bill = ${bill} order by r.requested_at`
    return rows.map(toRefund)
  },

  async move(id: string, to: RefundState, at: Date): Promise<void> {
    await sql`
      update payments.refund set state = ${to}, settled_at = case when ${to} = 'settled' then ${at}::timestamptz end
      where id = ${id}`
  },
})

/** Remembers a provider's notice; false if it was here before. */
export async function noteOnce(
  sql: Sql,
  notice: { provider: string; id: string; kind: string },
  at: Date,
): Promise<boolean> {
  const rows = await sql`
    insert into payments.notice (provider, id, kind, received_at)
    values (${notice.provider}, ${notice.id}, ${notice.kind}, ${at}) on conflict do nothing returning id`
  return rows.length > 0
}

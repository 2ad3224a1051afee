// The ledger: double entry, append only; every movement of money is a transfer that sums to zero.
import { uuidv7 } from '@ashlar/kernel/identifiers'
import type { Money } from '@ashlar/kernel/money'
import type { Sql } from '@ashlar/kernel/sql'

/**
 * receivable: what payers owe · revenue: what the authority earned · clearing: money at the provider ·
 * refunds-payable: promised back, not yet sent · surplus: arrived without being owed · benefits: what the authority
 * pays to people · payouts-payable: promised to them, not yet sent.
 */
type Account = 'receivable' | 'revenue' | 'clearing' | 'refunds-payable' | 'surplus' | 'benefits' | 'payouts-payable'

export interface Balance {
  account: Account
  amount: Money
}

interface Booking {
  tenant: string
  /** What it belongs to: a bill, or a payout. */
  bill?: string
  payout?: string
  at: Date
  amount: Money
  debit: Account
  credit: Account
}

/** Books one transfer of two entries; a debit is positive, a credit negative. */
export async function book(sql: Sql, { tenant, bill, payout, at, amount, debit, credit }: Booking): Promise<void> {
  const transfer = uuidv7()
  await sql`
    insert into payments.entry (transfer, tenant, account, amount, currency, bill, payout, booked_at)
    values (${transfer}, ${tenant}, ${debit}, ${amount.value}, ${amount.currency}, ${bill ?? null}, ${payout ?? null}, ${at}),
           (${transfer}, ${tenant}, ${credit}, ${-amount.value}, ${amount.currency}, ${bill ?? null}, ${payout ?? null}, ${at})`
}

/** What stands on each account of an authority, per currency; the sum of a currency is always 0. */
export async function balances(sql: Sql, tenant: string): Promise<Balance[]> {
  const rows = await sql<{ account: Account; amount: string; currency: string }>`
    select account, currency, sum(amount)::text as amount from payments.entry
    where tenant = ${tenant} group by account, currency order by currency, account`
  return rows.map(({ account, amount, currency }) => ({ account, amount: { value: Number(amount), currency } }))
}

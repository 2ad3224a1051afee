// The payout: money that an authority pays to somebody's account, once, whatever the provider says in which order.
import type { Clock } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import { type Pairwise, publicReference, uuidOf } from '@ashlar/kernel/identifiers'
import type { Jobs } from '@ashlar/kernel/jobs'
import type { Keys } from '@ashlar/kernel/keys'
import { lifecycle, type StateOf } from '@ashlar/kernel/lifecycle'
import type { Money } from '@ashlar/kernel/money'
import type { Context, Database, Sql } from '@ashlar/kernel/sql'
import { book } from './ledger.ts'
import { AmountNotPositive, OrderDiffers, PayoutNotFound, PayoutsNotOffered } from './problems.ts'
import type { PaymentProvider, ProviderEvent } from './provider.ts'

// ISO 20022 status of the credit transfer behind each state: requested PDNG, settled ACSC, failed RJCT.
export const payoutLifecycle = lifecycle({
  requested: { settle: 'settled', fail: 'failed' },
  settled: {},
  failed: {},
})
export type PayoutState = StateOf<typeof payoutLifecycle>

export interface PayoutOrder {
  /** Unique: the same key is paid once. */
  key: string
  /** The authority that pays. */
  tenant: string
  /** In minor units, more than 0. */
  amount: Money
  /** Who gets it, by the register's id, and an IBAN. */
  person: string
  account: string
  reason: string
  caseId?: string
}

export interface Payout {
  id: string
  key: string
  /** What people quote. */
  publicReference: string
  tenant: string
  amount: Money
  reason: string
  state: PayoutState
  requestedAt: string
  endedAt?: string
}

interface PayoutNeeds {
  sql: Database
  clock: Clock
  events: Events
  jobs: Jobs
  pairwise: Pairwise
  provider: PaymentProvider
  keys?: Pick<Keys, 'seal' | 'open'>
}

interface PayoutRow {
  id: string
  key: string
  public_reference: string
  tenant: string
  person: string
  account: Buffer
  amount: number
  currency: string
  reason: string
  case_id: string | null
  state: PayoutState
  requested_at: Date
  ended_at: Date | null
}

const asPlatform: Context = {
  tenant: '*',
  actor: { kind: 'system', id: 'payments' },
  purpose: 'pay-out',
  channel: 'system',
  trace: '',
}

export function createPayouts({ sql, clock, events, jobs, pairwise, provider, keys }: PayoutNeeds) {
  jobs.handle('payments.payout', { batch: 5, attempts: 20 }, async (batch) => {
    for (const { payload } of batch) await send((payload as { payout: string }).payout)
  })

  const byKey = async (key: string): Promise<PayoutRow | undefined> => {
    const [row] = await sql.read(asPlatform, (sql) => sql<PayoutRow>`select * from payments.payout where key = ${key}`)
    return row
  }

  /** The payout's id is its key at the provider, so that sending it again pays once. */
  async function send(id: string): Promise<void> {
    const [row] = await sql.read(asPlatform, (sql) => sql<PayoutRow>`select * from payments.payout where id = ${id}`)
    if (row?.state !== 'requested' || !keys || !provider.payout) return
    const account = (await keys.open(pairwise.back('payments', row.person), row.account)).toString('utf8')
    const amount = { value: row.amount, currency: row.currency }
    await provider.payout({ key: id, reference: id, amount, account, description: row.public_reference })
  }

  const booking = (row: PayoutRow, at: Date) => ({
    tenant: row.tenant,
    payout: row.id,
    at,
    amount: { value: row.amount, currency: row.currency },
  })

  return {
    /** Pays money to an account. The same key twice is one payout; another order under it: OrderDiffers. */
    async payout(order: PayoutOrder): Promise<Payout> {
      if (!keys || !provider.payout) throw PayoutsNotOffered()
      if (!(Number.isSafeInteger(order.amount.value) && order.amount.value > 0)) throw AmountNotPositive()
      const known = await byKey(order.key)
      if (known) {
        if (known.amount !== order.amount.value || known.tenant !== order.tenant) throw OrderDiffers(order.key)
        return toPayout(known)
      }
      const at = clock.now()
      const id = uuidOf(`payout ${order.key}`)
      const account = await keys.seal(order.person, order.account)
      const { key, tenant, amount, reason } = order
      await sql.begin(asPlatform, async (sql) => {
        const [row] = await sql<PayoutRow>`
          insert into payments.payout (id, key, public_reference, tenant, person, account, amount, currency, reason,
            case_id, state, requested_at)
          values (${id}, ${key}, ${publicReference('PO', at)}, ${tenant}, ${pairwise.of('payments', order.person)},
            ${account}, ${amount.value}, ${amount.currency}, ${reason}, ${order.caseId ?? null},
            ${payoutLifecycle.initial}, ${at})
          on conflict do nothing returning *`
        if (!row) return
        await book(sql, { ...booking(row, at), debit: 'benefits', credit: 'payouts-payable' })
        await jobs.add(sql, { queue: 'payments.payout', key: id, payload: { payout: id } })
      })
      return toPayout((await byKey(key))!)
    },

    /** Throws PayoutNotFound. */
    async getPayout(key: string): Promise<Payout> {
      const row = await byKey(key)
      if (!row) throw PayoutNotFound()
      return toPayout(row)
    },

    /** What the provider says of it, in the transaction in which its notice is kept. */
    async applyPayout(sql: Sql, event: ProviderEvent, at: Date): Promise<void> {
      const [row] = await sql<PayoutRow>`select * from payments.payout where id = ${event.reference} for update`
      const what = event.kind === 'payout-settled' ? 'settle' : 'fail'
      if (!row || !payoutLifecycle.can(row.state, what)) return
      const state = payoutLifecycle.next(row.state, what)
      await sql`update payments.payout set state = ${state}, ended_at = ${at} where id = ${row.id}`
      await book(sql, {
        ...booking(row, at),
        debit: 'payouts-payable',
        credit: what === 'settle' ? 'clearing' : 'benefits',
      })
      await events.publish(sql, {
        type: 'payments.paid-out',
        key: row.id,
        data: { key: row.key, state, case: row.case_id },
      })
    },
  }
}

function toPayout(row: PayoutRow): Payout {
  return {
    id: row.id,
    key: row.key,
    publicReference: row.public_reference,
    tenant: row.tenant,
    amount: { value: row.amount, currency: row.currency },
    reason: row.reason,
    state: row.state,
    requestedAt: row.requested_at.toISOString(),
    ...(row.ended_at ? { endedAt: row.ended_at.toISOString() } : {}),
  }
}

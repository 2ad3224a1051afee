// What stands in the database, asked by its superuser: the story checks that pages and books say the same.
import pg from 'pg'
import type { Stage } from './stage.ts'

export interface FineRecord {
  state: string
  enforcement: string
  paymentReference: string | null
}

/** The register's record of a fine. */
export const fineIn = (stage: Stage, number: string): Promise<FineRecord | undefined> =>
  ask<{ values: FineRecord }>(
    stage,
    `select values from registries.record where register = 'fines' and values->>'number' = $1`,
    [number],
  ).then(([row]) => row?.values)

export interface Books {
  /** Payments that settled a bill of the debt, and the money that came besides and went back. */
  settled: number
  surplus: number
  refunded: number
  /** The sum of the whole ledger, which is 0 if nothing was lost. */
  ledger: number
}

export async function booksOf(stage: Stage, debt: string): Promise<Books> {
  const [row] = await ask<Books>(
    stage,
    `select
       (select count(*)::int from payments.payment p join payments.bill b on b.id = p.bill where b.debt = $1 and not p.surplus) as settled,
       (select count(*)::int from payments.payment p join payments.bill b on b.id = p.bill where b.debt = $1 and p.surplus) as surplus,
       (select count(*)::int from payments.refund r join payments.bill b on b.id = r.bill where b.debt = $1 and r.state = 'settled') as refunded,
       (select coalesce(sum(amount), 0)::int from payments.entry) as ledger`,
    [debt],
  )
  return row!
}

async function ask<Row extends object>(stage: Stage, text: string, values: unknown[]): Promise<Row[]> {
  const client = new pg.Client({ connectionString: stage.product.superuser() })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query<Row>(text, values)).rows
  } finally {
    await client.end()
  }
}

/** Moves the country's clock as `ashlar clock` does, and waits until all that fell due was done. */
export async function moveClock(stage: Stage, by: string): Promise<void> {
  const answer = await fetch(new URL('/demo/clock', stage.product.url), {
    method: 'POST',
    headers: { authorization: `Bearer ${stage.product.operatorKey()}`, 'content-type': 'application/json' },
    body: JSON.stringify({ by }),
  })
  if (!answer.ok) throw new Error(`the clock did not move: ${answer.status} ${await answer.text()}`)
}

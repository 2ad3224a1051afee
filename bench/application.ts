// A whole clean criminal-record extract, from what is sent to the issued letter (not printed) and the closed case; beside
// pgbench with as many rows and commits, on the same server.
import { signInPeople } from '../tests/trust/people.ts'
import { type Product, startProduct } from '../tests/trust/product.ts'
import { runJson } from './child.ts'
import type { JourneyOrders, JourneyReport } from './journeys.ts'
import { cpuSeconds } from './machine.ts'
import type { BenchOptions, Row } from './result.ts'
import { type Counted, countWrites, playWrites } from './writes.ts'

const PEOPLE = 300
const UNDER_WAY = 64
const WARM = 300
/** A steady stream is this part of the most there is. */
const STEADY = 0.5

export async function application({ folder, seconds, say }: BenchOptions): Promise<Row[]> {
  const product = await startProduct({
    data: `${folder}/application`,
    log: `${folder}/application.log`,
    settings: { 'documents.printAhead': 'false' },
  })
  try {
    const tokens = (await signInPeople(product, PEOPLE)).map(({ token }) => token)
    const play = (rest: Pick<JourneyOrders, 'way' | 'count' | 'pace'>) =>
      runJson<JourneyReport>('journeys.ts', { url: product.url, database: product.superuser(), tokens, ...rest })
    await play({ way: 'in-one-piece', count: WARM, pace: { underWay: UNDER_WAY } })
    const rows: Row[] = []
    for (const way of ['in-one-piece', 'from-a-draft'] as const) {
      const before = await play({ way, count: WARM, pace: { underWay: UNDER_WAY } })
      const rate = before.journeys / before.untilIdle
      const count = Math.ceil(rate * seconds)
      const [counted, [flat, cost]] = await countWrites(product.superuser(), count, () =>
        costOf(product, count, () => play({ way, count, pace: { underWay: UNDER_WAY } })),
      )
      const [limit, spent] = await costOf(product, 1, () => playWrites(product.superuser(), counted, folder, seconds))
      const again = await play({ way, count, pace: { underWay: UNDER_WAY } })
      const perSecond = Math.max(flat.journeys / flat.untilIdle, again.journeys / again.untilIdle)
      const perSecondSteady = Math.max(1, Math.round(perSecond * STEADY))
      const steady = await play({
        way,
        count: Math.ceil(perSecondSteady * seconds),
        pace: { perSecond: perSecondSteady },
      })
      say(`${way}: ${JSON.stringify({ counted, flat, again, steady, cost, limit })}`)
      rows.push(
        ...rowsOf(way, {
          counted,
          flat,
          steady,
          cost,
          limit,
          perSecond,
          perSecondSteady,
          limitCost: spent.postgres / (limit * seconds),
        }),
      )
    }
    return rows
  } finally {
    await product.stop()
  }
}

interface Cost {
  server: number
  postgres: number
}

/** Seconds of CPU for each of so many, without what generates the load. */
async function costOf<T>(product: Product, count: number, work: () => Promise<T>): Promise<[T, Cost]> {
  const now = () => ({ server: cpuSeconds(product.server()!), postgres: cpuSeconds(product.postgres()!, true) })
  const before = now()
  const result = await work()
  const after = now()
  return [
    result,
    { server: (after.server - before.server) / count, postgres: (after.postgres - before.postgres) / count },
  ]
}

interface Measured {
  counted: Counted
  flat: JourneyReport
  steady: JourneyReport
  cost: Cost
  limit: number
  /** Seconds of CPU that Postgres spends on one journey as pgbench plays it. */
  limitCost: number
  perSecond: number
  perSecondSteady: number
}

function rowsOf(way: JourneyOrders['way'], measured: Measured): Row[] {
  const { counted, flat, steady, cost, limit, limitCost, perSecond, perSecondSteady } = measured
  const name = `extract ${way.replaceAll('-', ' ')}`
  const bench = 'application'
  const at = `at ${perSecondSteady}/s`
  return [
    {
      bench,
      what: `${name}, flat out`,
      value: perSecond,
      unit: '/s',
      limit: { what: 'pgbench, same writes', value: limit },
      detail: { counted, flat, steady },
    },
    {
      bench,
      what: `${name}, CPU of Postgres for each`,
      value: cost.postgres * 1000,
      unit: 'ms',
      limit: { what: 'pgbench, same writes', value: limitCost * 1000 },
    },
    { bench, what: `${name}, CPU of the server for each`, value: cost.server * 1000, unit: 'ms' },
    { bench, what: `${name}, receipt, p50 ${at}`, value: steady.acknowledged.p50, unit: 'ms' },
    { bench, what: `${name}, receipt, p95 ${at}`, value: steady.acknowledged.p95, unit: 'ms' },
    { bench, what: `${name}, closed, p50 ${at}`, value: steady.closed.p50, unit: 'ms' },
    { bench, what: `${name}, closed, p95 ${at}`, value: steady.closed.p95, unit: 'ms' },
  ]
}

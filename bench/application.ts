// A whole clean criminal-record extract, from what is sent to the issued letter (not printed) and the closed case; beside
// pgbench with as many rows and commits, on the same server.
import { signInPeople } from '../tests/trust/people.ts'
import { type Product, startProduct } from '../tests/trust/product.ts'
import { runJson } from './child.ts'
import type { JourneyOrders, JourneyReport } from './journeys.ts'
import { cpuSeconds } from './machine.ts'
import type { BenchOptions, Row } from './result.ts'
import { startSink } from './sink.ts'
import { type Counted, countWrites, playWrites } from './writes.ts'

const PEOPLE = 300
const UNDER_WAY = 64
const WARM = 300
/** Fewer would say little. */
const LEAST = 500

type Way = 'in-one-piece' | 'send-drafts'

/** A steady stream is this part of the most there is. */
const STEADY = 0.5

export async function application({ folder, seconds, say }: BenchOptions): Promise<Row[]> {
  const relay = await startSink()
  const product = await startProduct({
    data: `${folder}/application`,
    log: `${folder}/application.log`,
    settings: { 'documents.printAhead': 'false', 'mail.relay': relay.url },
  })
  try {
    const tokens = (await signInPeople(product, PEOPLE)).map(({ token }) => token)
    const run = <Report>(rest: Pick<JourneyOrders, 'way' | 'count' | 'pace' | 'drafts'>) =>
      runJson<Report>('journeys.ts', { url: product.url, database: product.superuser(), tokens, ...rest })
    /** Drafts are filled in before anything is measured. */
    const prepare = async (way: Way, count: number) => {
      const pace = { underWay: UNDER_WAY }
      if (way === 'in-one-piece') return (pace: JourneyOrders['pace']) => run<JourneyReport>({ way, count, pace })
      const drafts = await run<string[]>({ way: 'fill-in', count, pace })
      return (pace: JourneyOrders['pace']) => run<JourneyReport>({ way, count, pace, drafts })
    }
    const rows: Row[] = []
    for (const way of ['in-one-piece', 'send-drafts'] as const) {
      const before = await (await prepare(way, WARM))({ underWay: UNDER_WAY })
      const count = Math.max(LEAST, Math.ceil((before.journeys / before.untilIdle) * seconds))
      const [first, second] = [await prepare(way, count), await prepare(way, count)]
      const [counted, [flat, cost]] = await countWrites(product.superuser(), count, () =>
        costOf(product, count, () => first({ underWay: UNDER_WAY })),
      )
      const [limit, spent] = await costOf(product, 1, () =>
        playWrites(product.superuser(), counted, folder, Math.ceil(seconds)),
      )
      const again = await second({ underWay: UNDER_WAY })
      const perSecond = Math.max(flat.journeys / flat.untilIdle, again.journeys / again.untilIdle)
      const rate = Math.max(1, Math.round(perSecond * STEADY))
      const steady = await (await prepare(way, Math.ceil(rate * seconds)))({ perSecond: rate })
      say(`${way}: ${JSON.stringify(counted)}`)
      const limitCost = spent.postgres / (limit * Math.ceil(seconds))
      rows.push(...rowsOf(way, { counted, flat, again, steady, cost, limit, limitCost, perSecond, rate }))
    }
    return rows
  } finally {
    await product.stop()
    relay.stop()
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
  again: JourneyReport
  steady: JourneyReport
  cost: Cost
  limit: number
  /** Seconds of CPU that Postgres spends on one journey as pgbench plays it. */
  limitCost: number
  perSecond: number
  rate: number
}

function rowsOf(way: Way, measured: Measured): Row[] {
  const { counted, flat, again, steady, cost, limit, limitCost, perSecond, rate } = measured
  const name = way === 'in-one-piece' ? 'extract, in one piece' : 'extract, finished draft'
  const bench = 'application'
  const at = `at ${rate}/s`
  return [
    {
      bench,
      what: `${name}, flat out`,
      value: perSecond,
      unit: '/s',
      limit: { what: 'pgbench, same writes', value: limit },
      wanted: '≥ 0.5 ×',
      detail: { counted, flat, again, steady },
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

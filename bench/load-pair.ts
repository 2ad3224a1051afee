// The same requests at the product and at its limit, in turns, so that a noisy machine troubles both alike.
import { runLoad } from './child.ts'
import type { Load, LoadReport } from './load.ts'
import { cpuSeconds } from './machine.ts'
import type { LoadPair } from './result.ts'

/** Requests a second: an hour's rush of a country of ten million, as the issue asks. */
const RATE = 133

interface Target extends Pick<Load, 'port' | 'requests'> {
  /** Whose CPU is counted. */
  pid: number
}

export interface PairOrders {
  product: Target
  plain: Target
  /** Process of the database that works for both. */
  database?: number
  connections?: number
  /** Of each measuring; half of it twice, in turns. */
  seconds: number
}

type Measured = [LoadReport, cost: number]

export async function measurePair(orders: PairOrders): Promise<LoadPair> {
  const { product, plain, seconds, connections = 32, database } = orders
  const spent = (pid: number) => cpuSeconds(pid) + (database === undefined ? 0 : cpuSeconds(database, true))
  const run = async ({ pid, ...target }: Target, rate: Load['rate']): Promise<Measured> => {
    const before = spent(pid)
    const report = await runLoad({ ...target, rate, connections, seconds: seconds / 2, warmup: 1 })
    refuseErrors(report)
    return [report, ((spent(pid) - before) * 1000) / report.sent]
  }
  const turns = async (rate: Load['rate']): Promise<[Measured, Measured]> => {
    const first = [await run(product, rate), await run(plain, rate)] as const
    const second = [await run(plain, rate), await run(product, rate)] as const
    return [better(first[0], second[1]), better(first[1], second[0])]
  }
  const [[flat, cost], [plainFlat, plainCost]] = await turns('flat')
  const [[steady], [plainSteady]] = await turns(RATE)
  return { flat, steady, rate: RATE, plainFlat, plainSteady, cost, plainCost }
}

/** Of two runs the one that the rest of the machine disturbed less. */
function better(one: Measured, other: Measured): Measured {
  return one[0].p95 <= other[0].p95 ? one : other
}

function refuseErrors({ statuses, errors, answered }: LoadReport): void {
  const others = Object.entries(statuses).filter(([status]) => status !== '200')
  if (others.length > 0 || errors > 0 || answered === 0)
    throw new Error(`not all were answered: ${JSON.stringify(statuses)}, ${errors} connections lost`)
}

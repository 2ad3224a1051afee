// The same requests at the product and at its limit, in turns, so that a noisy machine troubles both alike.
import { runLoad } from './child.ts'
import type { Load, LoadReport } from './load.ts'
import type { LoadPair } from './result.ts'

/** Requests a second: an hour's rush of a country of ten million, as the issue asks. */
const RATE = 133

export interface PairOrders {
  product: Pick<Load, 'port' | 'requests'>
  plain: Pick<Load, 'port' | 'requests'>
  connections?: number
  /** Of each measuring; half of it twice, in turns. */
  seconds: number
}

export async function measurePair({ product, plain, seconds, connections = 32 }: PairOrders): Promise<LoadPair> {
  const run = (target: PairOrders['product'], rate: Load['rate']) =>
    runLoad({ ...target, rate, connections, seconds: seconds / 2, warmup: 1 })
  const turns = async (rate: Load['rate']): Promise<[LoadReport, LoadReport]> => {
    const first = [await run(product, rate), await run(plain, rate)] as const
    const second = [await run(plain, rate), await run(product, rate)] as const
    return [better(first[0], second[1]), better(first[1], second[0])]
  }
  const [flat, plainFlat] = await turns('flat')
  const [steady, plainSteady] = await turns(RATE)
  for (const report of [flat, plainFlat, steady, plainSteady]) refuseErrors(report)
  return { flat, steady, rate: RATE, plainFlat, plainSteady }
}

/** Of two runs the one that the rest of the machine disturbed less. */
function better(one: LoadReport, other: LoadReport): LoadReport {
  if (Object.keys(other.statuses).some((status) => status !== '200')) return other
  return one.p95 <= other.p95 ? one : other
}

function refuseErrors({ statuses, errors, answered }: LoadReport): void {
  const others = Object.entries(statuses).filter(([status]) => status !== '200')
  if (others.length > 0 || errors > 0 || answered === 0)
    throw new Error(`not all were answered: ${JSON.stringify(statuses)}, ${errors} connections lost`)
}

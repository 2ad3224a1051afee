// How long a start takes, the first and a later one, and how much memory the whole product needs.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Product, startProduct } from '../tests/trust/product.ts'
import { childrenOf, memoryOf } from './machine.ts'
import type { BenchOptions, Row } from './result.ts'

const LATER = 3

export async function start({ folder }: BenchOptions): Promise<Row[]> {
  const data = join(folder, 'start')
  rmSync(data, { recursive: true, force: true })
  const seconds: number[] = []
  let memory: { pss: number; rss: number } | undefined
  for (let turn = 0; turn <= LATER; turn++) {
    const product = await startProduct({ data, log: `${folder}/start.log` })
    seconds.push(product.startSeconds)
    if (turn === 0) memory = await memoryAtRest(product)
    await product.stop()
  }
  const [first, ...later] = seconds
  return [
    { bench: 'start', what: 'first start, 10,000 people', value: first!, unit: 's', wanted: '≤ 8 s' },
    {
      bench: 'start',
      what: `later start, best of ${LATER}`,
      value: Math.min(...later),
      unit: 's',
      wanted: '≤ 2 s',
      detail: later,
    },
    { bench: 'start', what: 'memory of all processes (PSS)', value: memory!.pss, unit: 'MB' },
    {
      bench: 'start',
      what: 'memory of all processes (RSS, shared pages counted in each)',
      value: memory!.rss,
      unit: 'MB',
    },
  ]
}

/** After a few pages, so that nothing is measured that has not been loaded yet. */
async function memoryAtRest(product: Product): Promise<{ pss: number; rss: number }> {
  for (const path of ['/', '/as/grace', '/services/criminal-record-extract', '/verify'])
    await (await fetch(`${product.url}${path}`)).text()
  await delay(2_000)
  const family = (pid: number): number[] => [pid, ...childrenOf(pid).flatMap(family)]
  const postgres = product.postgres()
  const pids = new Set([...family(product.pid), ...(postgres === undefined ? [] : family(postgres))])
  return [...pids].map(memoryOf).reduce((sum, one) => ({ pss: sum.pss + one.pss, rss: sum.rss + one.rss }))
}

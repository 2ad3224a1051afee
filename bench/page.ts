// Pages that citizens see: a service's own page, signed out, and the home of somebody signed in; beside the same bytes.

import { COOKIE, signInPeople } from '../tests/trust/people.ts'
import { type Product, startProduct } from '../tests/trust/product.ts'
import { startPlain } from './child.ts'
import { measurePair } from './load-pair.ts'
import { type BenchOptions, loadRows, type Row } from './result.ts'

export async function page({ folder, seconds }: BenchOptions): Promise<Row[]> {
  const product = await startProduct({ data: `${folder}/page`, log: `${folder}/page.log` })
  try {
    const people = await signInPeople(product, 50)
    const cookies = people.map(({ token }) => ({ cookie: `${COOKIE}=${token}` }))
    return [
      ...(await measure(product, 'page of a service, signed out', '/services/criminal-record-extract', [{}], seconds)),
      ...(await measure(product, 'home, signed in', '/', cookies, seconds)),
    ]
  } finally {
    await product.stop()
  }
}

async function measure(
  { url, server }: Product,
  what: string,
  path: string,
  visitors: Record<string, string>[],
  seconds: number,
): Promise<Row[]> {
  const accept = { accept: 'text/html', 'accept-encoding': 'br' }
  const first = await fetch(`${url}${path}`, { headers: { accept: 'text/html', ...visitors[0] }, redirect: 'manual' })
  if (first.status !== 200) throw new Error(`${path} answered ${first.status}`)
  const plain = await startPlain({ kind: 'page', markup: await first.text() })
  try {
    const pair = await measurePair({
      product: {
        port: Number(new URL(url).port),
        pid: server()!,
        requests: visitors.map((headers) => ({ method: 'GET', path, headers: { ...accept, ...headers } })),
      },
      plain: { pid: plain.pid, port: plain.port, requests: [{ method: 'GET', path: '/', headers: accept }] },
      seconds,
    })
    return loadRows('page', what, pair)
  } finally {
    plain.stop()
  }
}

// An officer's day at a million cases, 200 services and 1,000 units: the pages of the queue, of a search and of a case, over
// HTTP as an ordinary officer, rights, counts and the entry in the person's log included.
import { COOKIE, query, signInOfficer, signInPeople } from '../tests/trust/people.ts'
import { startProduct } from '../tests/trust/product.ts'
import { generate } from './load.ts'
import { fillMillion } from './million.ts'
import type { BenchOptions, Row } from './result.ts'

const READERS = 200
/** Pages a second: some hundred officers at work at once. */
const RATE = 20
const wanted = '≤ 200 ms'

export async function office({ folder, seconds, say }: BenchOptions): Promise<Row[]> {
  const product = await startProduct({ data: `${folder}/office`, log: `${folder}/office.log` })
  try {
    const people = await signInPeople(product, READERS)
    const token = await signInOfficer(product, 'sana')
    const filled = await fillMillion(product, people)
    // Each agency has 50 units; what an officer opens holds facts that are sealed for whom it concerns.
    await query(
      product,
      `update cases.task t set unit = case when abs(hashtext(t.id::text)) % 10 = 0 then 'records'
         else 'unit-' || abs(hashtext(t.id::text)) % 49 end where t.ended_at is null`,
    )
    const own = await query<{ id: string; reference: string }>(
      product,
      `update cases.task t set facts = a.content, unit = 'records' from cases.application a
       where a.case_id = t.case_id and t.ended_at is null and t.tenant = 'justice' and a.content <> t.facts
       returning t.case_id as id, t.reference`,
    )
    // The filled services have no definitions; those that this officer sees are of one that has.
    await query(
      product,
      `with own as (update cases.task t set service = 'criminal-record-extract'
         where t.ended_at is null and t.tenant = 'justice' and t.unit = 'records' returning t.case_id)
       update cases.case c set service = 'criminal-record-extract' from own where c.id = own.case_id`,
    )
    await query(product, 'analyze cases.task')
    const [{ open = 0 } = {}] = await query<{ open: number }>(
      product,
      `select count(*)::int as open from cases.task where ended_at is null and tenant = 'justice' and unit = 'records'`,
    )
    say(`${filled.cases} cases, ${filled.tasks} tasks in ${filled.seconds.toFixed(1)} s; ${open} open to the officer`)
    if (own.length === 0) throw new Error('no case that the officer could open')

    const port = Number(new URL(product.url).port)
    const get = (path: string) => ({
      method: 'GET',
      path,
      headers: { cookie: `${COOKIE}=${token}`, accept: 'text/html' },
    })
    const measure = async (what: string, paths: string[]): Promise<Row[]> => {
      const load = { port, requests: paths.map(get), rate: RATE, seconds, connections: 16, warmup: 1 }
      const report = await generate(load)
      if (Object.keys(report.statuses).some((status) => status !== '200'))
        throw new Error(`${what}: ${JSON.stringify(report.statuses)}`)
      const row = { bench: 'office', unit: 'ms', detail: report }
      return [
        { ...row, what: `${what}, p50 at ${RATE}/s`, value: report.p50 },
        { ...row, what: `${what}, p95 at ${RATE}/s`, value: report.p95, wanted },
      ]
    }
    return [
      ...(await measure('queue page', [
        '/office',
        '/office?view=unclaimed',
        '/office?sort=newest',
        '/office?status=to-decide',
      ])),
      ...(await measure(
        'search page',
        own.map(({ reference }) => `/office?search=${reference.slice(0, 9)}`),
      )),
      ...(await measure(
        'case page',
        own.map(({ id }) => `/office/cases/${id}`),
      )),
    ]
  } finally {
    await product.stop()
  }
}

// Reads with row rights at a million cases, as ordinary people: one's own application, one's list, an officer's queue;
// beside bare Fastify with the same SQL on the same database.

import { createPairwise } from '@ashlar/kernel/identifiers'
import type { Sql } from '@ashlar/kernel/sql'
import { lifeRows } from '../blocks/cases/life.ts'
import { queueStore } from '../blocks/cases/queue-store.ts'
import { caseStore } from '../blocks/cases/store.ts'
import { statement } from '../kernel/sql/statement.ts'
import { runner } from '../kernel/sql/transaction.ts'
import { signInOfficer, signInPeople } from '../tests/trust/people.ts'
import { startProduct } from '../tests/trust/product.ts'
import { startPlain } from './child.ts'
import { measurePair } from './load-pair.ts'
import { fillMillion } from './million.ts'
import type { PlainOrders } from './plain.ts'
import { type BenchOptions, loadRows, type Row } from './result.ts'

const READERS = 200
/** As many as each block of the product has. */
const CONNECTIONS = 6
const PAGE = 20
const wanted = { flat: '≥ 0.5 ×', p95: '≤ 50 ms' }

type Statement = Extract<PlainOrders, { kind: 'read' }>['reads'][number][number]

export async function read({ folder, seconds, say }: BenchOptions): Promise<Row[]> {
  const product = await startProduct({ data: `${folder}/read`, log: `${folder}/read.log` })
  try {
    const people = await signInPeople(product, READERS)
    const officer = await signInOfficer(product, 'sana')
    const filled = await fillMillion(product, people)
    say(`${filled.cases} cases, ${filled.tasks} tasks, ${filled.timeline} lines in ${filled.seconds.toFixed(1)} s`)

    const pairwise = createPairwise(Buffer.from(product.secrets().pairwise ?? '', 'base64'))
    const port = Number(new URL(product.url).port)
    const get = (path: string, token: string) => ({
      method: 'GET',
      path: `/api/cases/v1/${path}`,
      headers: { authorization: `Bearer ${token}` },
    })
    const measure = async (what: string, requests: ReturnType<typeof get>[], reads: Statement[][]) => {
      const plain = await startPlain({ kind: 'read', url: product.superuser(), connections: CONNECTIONS, reads })
      try {
        const pair = await measurePair({
          product: { port, requests, pid: product.server()! },
          database: product.postgres()!,
          plain: {
            pid: plain.pid,
            port: plain.port,
            requests: reads.map((_, at) => ({ method: 'GET', path: `/${at}` })),
          },
          seconds,
        })
        return loadRows('read', what, pair, wanted)
      } finally {
        plain.stop()
      }
    }

    const ids = people.map((_, at) => filled.own[at]![0]!)
    return [
      ...(await measure(
        'own application',
        people.map(({ token }, at) => get(`applications/${ids[at]}`, token)),
        await Promise.all(ids.map((id) => statementsOf((sql) => application(sql, id)))),
      )),
      ...(await measure(
        'own list',
        people.map(({ token }) => get('applications', token)),
        await Promise.all(
          people.map(({ person }) =>
            statementsOf((sql) => caseStore(sql).casesOf(pairwise.of('cases', person), null, PAGE + 1)),
          ),
        ),
      )),
      ...(await measure(
        "officer's queue",
        [get('queue', officer)],
        [
          await statementsOf((sql) =>
            queueStore(sql).page(
              { tenant: 'justice', roles: ['records-officer'], units: ['', 'records'] },
              {},
              undefined,
              PAGE + 1,
            ),
          ),
        ],
      )),
    ]
  } finally {
    await product.stop()
  }
}

/** What getApplication asks the database. */
async function application(sql: Sql, id: string): Promise<void> {
  const store = caseStore(sql)
  await store.findCase(id)
  await store.applicationsOf([id])
  await store.requestsOf([id])
  await store.contestations(id)
  await store.timelineOf(id, ['all'])
  await lifeRows(sql, id)
}

/** The very statements of the product's stores, written down instead of run. */
async function statementsOf(ask: (sql: Sql) => Promise<unknown>): Promise<Statement[]> {
  const asked: Statement[] = []
  const sql = runner(async (strings, values) => {
    const { name = '', text, values: parameters } = statement(strings, values)
    asked.push({ name, text, values: parameters })
    return []
  })
  await ask(sql)
  return asked
}

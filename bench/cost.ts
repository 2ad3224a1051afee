// What one application costs, statement by statement: node bench/cost.ts [in-one-piece|send-drafts] [journeys].
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { signInPeople } from '../tests/trust/people.ts'
import { startProduct } from '../tests/trust/product.ts'
import { runJson } from './child.ts'
import { withDatabase } from './database.ts'
import type { JourneyOrders, JourneyReport } from './journeys.ts'
import { cpuSeconds } from './machine.ts'
import { startSink } from './sink.ts'

const [way = 'in-one-piece', journeys = '1000'] = process.argv.slice(2)
const count = Number(journeys)
const WARM = 300
/** Idle connections tell what they did after ten seconds. */
const TOLD_AFTER = 11_000
const SHOWN = 70

const folder = join('/tmp', `ashlar-cost-${process.pid}`)
mkdirSync(folder, { recursive: true })
const relay = await startSink()
const start = () =>
  startProduct({
    data: join(folder, 'data'),
    log: join(folder, 'log'),
    settings: { 'documents.printAhead': 'false', 'mail.relay': relay.url },
  })

let product = await start()
try {
  await ask("alter system set shared_preload_libraries = 'pg_stat_statements'")
  await ask('alter system set pg_stat_statements.track_planning = on')
  await product.stop()
  product = await start()
  await ask('create extension if not exists pg_stat_statements schema public')
  const tokens = (await signInPeople(product, 300)).map(({ token }) => token)
  const orders = { url: product.url, database: product.superuser(), tokens, pace: { underWay: 64 } }
  const play = async (count: number) => {
    const drafts =
      way === 'send-drafts'
        ? {
            drafts: await runJson<string[]>('journeys.ts', {
              ...orders,
              count,
              way: 'fill-in',
            } satisfies JourneyOrders),
          }
        : {}
    const played = { ...orders, ...drafts, count, way: way as JourneyOrders['way'] } satisfies JourneyOrders
    return () => runJson<JourneyReport>('journeys.ts', played)
  }
  await (await play(WARM))()
  const work = await play(count)
  await delay(TOLD_AFTER)
  await ask('select pg_stat_statements_reset()')
  const before = await snapshot()
  const tablesBefore = new Map((await tables()).map((row) => [row.name as string, row]))
  const grown = (row: Figures, column: string) =>
    Number(row[column]) - Number(tablesBefore.get(String(row.name))?.[column] ?? 0)
  const report = await work()
  const spent = cpu()
  await delay(TOLD_AFTER)
  const after = await snapshot()
  const statements = await ask(`
    select query, rolname, calls, total_exec_time + total_plan_time as ms, total_plan_time as planning, rows, wal_bytes
    from pg_stat_statements s join pg_roles r on r.oid = s.userid where rolname <> current_user
    order by total_exec_time + total_plan_time desc`)
  const per = (value: unknown) => (Number(value) / count).toFixed(2)
  console.log(JSON.stringify(report))
  console.log(
    `CPU of the server ${per((spent.server - before.server) * 1000)} ms, of Postgres ${per((spent.postgres - before.postgres) * 1000)} ms`,
  )
  for (const name of [
    'statements',
    'transactions',
    'writing',
    'flushes',
    'walBytes',
    'walRecords',
    'inserted',
    'updated',
    'deleted',
  ] as const)
    console.log(
      `${name} ${per(name === 'statements' ? statements.reduce((sum, { calls }) => sum + Number(calls), 0) : after[name] - before[name])}`,
    )
  console.log('\n inserted updated    hot deleted indexes  table')
  for (const row of await tables()) {
    if (grown(row, 'inserted') + grown(row, 'updated') <= count / 20) continue
    const [inserted = '', updated = '', hot = '', deleted = ''] = ['inserted', 'updated', 'hot', 'deleted'].map(
      (column) => per(grown(row, column)),
    )
    console.log(
      `${inserted.padStart(9)} ${updated.padStart(7)} ${hot.padStart(6)} ${deleted.padStart(7)} ${String(row.indexes).padStart(7)}  ${row.name}`,
    )
  }
  console.log('\n  calls      ms planning   rows     wal  role        statement')
  for (const { query, rolname, calls, ms, planning, rows, wal_bytes } of statements.slice(0, SHOWN))
    console.log(
      `${per(calls).padStart(7)} ${per(ms).padStart(7)} ${per(planning).padStart(8)} ${per(rows).padStart(6)} ${String(Math.round(Number(wal_bytes) / count)).padStart(7)}  ${String(rolname).replace('ashlar_', '').padEnd(11)} ${String(query).replace(/\s+/g, ' ').trim().slice(0, 120)}`,
    )
} finally {
  await product.stop()
  relay.stop()
  rmSync(folder, { recursive: true, force: true })
}

type Figures = Record<string, string | number>

function tables() {
  return ask(`
    select relid::regclass::text as name, n_tup_ins::int as inserted, n_tup_upd::int as updated, n_tup_hot_upd::int as hot,
      n_tup_del::int as deleted, (select count(*) from pg_index where indrelid = relid)::int as indexes
    from pg_stat_user_tables order by n_tup_ins + n_tup_upd desc`)
}

function ask(text: string): Promise<Figures[]> {
  return withDatabase(product.superuser(), async (client) => (await client.query(text)).rows)
}

function cpu(): { server: number; postgres: number } {
  return { server: cpuSeconds(product.server()!), postgres: cpuSeconds(product.postgres()!, true) }
}

async function snapshot() {
  const spent = cpu()
  const [row] = await ask(`
    select (select sum(xact_commit + xact_rollback) from pg_stat_database) as transactions,
      pg_snapshot_xmax(pg_current_snapshot())::text as writing,
      (select sum(fsyncs) from pg_stat_io where object = 'wal') as flushes,
      (select wal_bytes from pg_stat_wal) as "walBytes", (select wal_records from pg_stat_wal) as "walRecords",
      (select sum(n_tup_ins) from pg_stat_user_tables) as inserted, (select sum(n_tup_upd) from pg_stat_user_tables) as updated,
      (select sum(n_tup_del) from pg_stat_user_tables) as deleted`)
  const figures = Object.fromEntries(Object.entries(row!).map(([name, value]) => [name, Number(value)]))
  return { ...figures, ...spent } as Record<
    | 'transactions'
    | 'writing'
    | 'flushes'
    | 'walBytes'
    | 'walRecords'
    | 'inserted'
    | 'updated'
    | 'deleted'
    | 'server'
    | 'postgres',
    number
  >
}

// What a journey writes: rows and commits as the database counts them, and the same played by pgbench, which is its limit.
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Client } from 'pg'
import { withDatabase } from './database.ts'

const PGBENCH = '/usr/lib/postgresql/15/bin/pgbench'
/** Journeys in one run of the script: what is a fraction in one is whole in so many. */
const TOGETHER = 10
const CLIENTS = 8
/** Idle connections tell what they did after ten seconds. */
const TOLD_AFTER = 11_000
const FILLED = 200_000

export interface Counted {
  inserted: number
  updated: number
  deleted: number
  /** Transactions that wrote something. */
  commits: number
  /** Indexes that an inserted row goes into, on average. */
  indexes: number
  /** Of an inserted row, on average. */
  bytes: number
}

interface Snapshot {
  inserted: number
  updated: number
  deleted: number
  transactions: number
  entries: number
  size: number
}

async function snapshot(client: Client): Promise<Snapshot> {
  const { rows } = await client.query<Record<keyof Snapshot, string>>(`
    select sum(n_tup_ins) as inserted, sum(n_tup_upd) as updated, sum(n_tup_del) as deleted,
      pg_snapshot_xmax(pg_current_snapshot())::text as transactions,
      sum(n_tup_ins * (select count(*) from pg_index i where i.indrelid = relid)) as entries,
      sum(pg_table_size(relid)) as size
    from pg_stat_user_tables`)
  return Object.fromEntries(
    Object.entries(rows[0]!).map(([name, value]) => [name, Number(value)]),
  ) as unknown as Snapshot
}

/** What some work writes, for each of `journeys`. */
export async function countWrites<T>(url: string, journeys: number, work: () => Promise<T>): Promise<[Counted, T]> {
  await delay(TOLD_AFTER)
  const before = await withDatabase(url, snapshot)
  const result = await work()
  await delay(TOLD_AFTER)
  const after = await withDatabase(url, snapshot)
  const grown = (name: keyof Snapshot) => after[name] - before[name]
  const inserted = grown('inserted')
  return [
    {
      inserted: inserted / journeys,
      updated: grown('updated') / journeys,
      deleted: grown('deleted') / journeys,
      commits: grown('transactions') / journeys,
      indexes: grown('entries') / inserted,
      bytes: Math.max(0, grown('size') / inserted),
    },
    result,
  ]
}

/** The same number of rows and commits by pgbench in a database of its own; gives journeys a second. */
export async function playWrites(url: string, counted: Counted, folder: string, seconds: number): Promise<number> {
  const superuser = new URL(url)
  const name = `bench_writes_${Date.now()}`
  const own = new URL(url)
  own.pathname = `/${name}`
  await run(url, `create database ${name}`)
  await run(own.href, tables(counted))
  const script = join(folder, 'writes.sql')
  writeFileSync(script, scriptOf(counted))
  const words = ['-n', '-M', 'prepared', '-c', `${CLIENTS}`, '-j', '1', '-T', `${seconds}`, '-f', script]
  const { stdout } = await promisify(execFile)(PGBENCH, [...words, name], {
    env: {
      ...process.env,
      PGHOST: decodeURIComponent(superuser.hostname),
      PGUSER: superuser.username,
      PGPASSWORD: decodeURIComponent(superuser.password),
    },
  })
  await run(url, `drop database ${name} with (force)`)
  const tps = Number(/tps = ([\d.]+)/.exec(stdout)?.[1])
  if (!(tps > 0)) throw new Error(`pgbench: ${stdout}`)
  return tps * TOGETHER
}

async function run(url: string, text: string): Promise<void> {
  await withDatabase(url, (client) => client.query(text))
}

/** One table with as many indexes as rows usually go into: the key, and random ones as most of ours are. */
function tables({ indexes, bytes }: Counted): string {
  const others = Array.from({ length: Math.max(0, Math.round(indexes) - 1) }, (_, at) => `k${at}`)
  const columns = others.map((column) => `${column} uuid not null default gen_random_uuid(),`).join(' ')
  return `
    create sequence row_id cache 100;
    create table written (id bigint primary key default nextval('row_id'), ${columns} state integer not null default 0,
      body text not null default repeat('x', ${Math.max(1, Math.round(bytes - 60 - 16 * others.length))})) with (fillfactor = 80);
    ${others.map((column) => `create index on written (${column});`).join('\n')}
    insert into written (state) select 0 from generate_series(1, ${FILLED});
    analyze written;`
}

function scriptOf({ inserted, updated, deleted, commits }: Counted): string {
  const transactions = Math.max(1, Math.round(commits * TOGETHER))
  const share = (all: number, at: number) => {
    const each = (all * TOGETHER) / transactions
    return Math.round(each * (at + 1)) - Math.round(each * at)
  }
  return Array.from({ length: transactions }, (_, at) => {
    const [inserts, updates, deletes] = [share(inserted, at), share(updated, at), share(deleted, at)]
    return [
      'begin;',
      inserts > 0 &&
        `with new as (insert into written (state) select 1 from generate_series(1, ${inserts}) returning id) select min(id) as first from new \\gset`,
      updates > 0 &&
        `\\set at random(1, ${FILLED - 100})\nupdate written set state = state + 1 where id >= :at and id < :at + ${updates};`,
      deletes > 0 && `delete from written where id >= :first and id < :first + ${deletes};`,
      'commit;',
    ]
      .filter(Boolean)
      .join('\n')
  }).join('\n')
}

// Tests of migrations and of the check of the walls, on databases of their own.
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { startPostgres } from '@ashlar/kernel/postgres'
import type { TestHouse, TestServer } from '@ashlar/kernel/testing'
import { house, testServer } from '@ashlar/kernel/testing'
import { Client } from 'pg'
import { checkWalls, connect, databaseUrl, migrate } from './index.ts'

let server: TestServer
let at: TestHouse
let folder: string

before(async () => {
  server = await testServer()
})
beforeEach(async () => {
  await at?.stop()
  at = await house({ blocks: [] })
  if (folder) await rm(folder, { recursive: true })
  folder = await mkdtemp('/tmp/ashlar-migrate-')
})
after(async () => {
  await at.stop()
  await rm(folder, { recursive: true })
})

const write = (file: string, text: string) => writeFile(join(folder, file), text)
const run = () =>
  migrate({
    url: at.url,
    blocks: [{ name: 'shop', folder: pathToFileURL(`${folder}/`) }],
    password: server.password,
    clock: at.clock,
  })
const admin = async (text: string) => {
  const client = new Client({ connectionString: at.url })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

describe('migrations', () => {
  test('run once each, in order, and are written down with the time of the clock', async () => {
    await write('0002-more.sql', 'alter table shop.item add column name text')
    await write('0001-first.sql', 'create table shop.item (id int)')

    const first = await run()
    const second = await run()

    assert.deepEqual(
      first.applied.map(({ file }) => file),
      ['0001-first.sql', '0002-more.sql'],
    )
    assert.deepEqual(second.applied, [])
    const [row] = await admin("select applied_at from kernel.migration where block = 'shop' limit 1")
    assert.deepEqual(row, { applied_at: at.clock.now() })
  })

  test('are refused when a file was changed, is gone, or was slipped in before another', async () => {
    await write('0001-first.sql', 'create table shop.item (id int)')
    await write('0003-third.sql', 'create table shop.third (id int)')
    await run()

    await write('0002-late.sql', 'select 1')
    await assert.rejects(run, /0002-late.sql comes before 0003-third.sql/)
    await rm(join(folder, '0002-late.sql'))
    await write('0001-first.sql', 'create table shop.item (id bigint)')
    await assert.rejects(run, /0001-first.sql was changed after it had run/)
    await rm(join(folder, '0001-first.sql'))
    await assert.rejects(run, /0001-first.sql has run in this database but is gone/)
  })

  test('leave nothing behind of a file that fails, and say where it does', async () => {
    await write('0001-first.sql', 'create table shop.item (id int);\nselect nonsense from shop.item;')

    await assert.rejects(run, /shop\/0001-first\.sql: column "nonsense" does not exist \(line 2: /)

    assert.deepEqual(await admin("select to_regclass('shop.item') as item"), [{ item: null }])
  })

  test('of a block can touch no other schema', async () => {
    await write('0001-first.sql', "insert into kernel.clock (moved_at) values ('2026-01-01')")

    await assert.rejects(run, /permission denied for table clock/)
  })

  test('give the login role its own tables and nothing else, and no way to change them', async () => {
    await write('0001-first.sql', 'create table shop.item (id bigint generated always as identity, name text)')
    await run()
    const sql = connect({ url: at.url, role: 'ashlar_shop', password: server.password('ashlar_shop') })

    await sql`insert into shop.item (name) values ('a')`

    await assert.rejects(sql`alter table shop.item add column b int`, /must be owner/)
    await assert.rejects(sql`create table shop.other (id int)`, /permission denied/)
    await assert.rejects(sql`create table public.other (id int)`, /permission denied/)
    await assert.rejects(sql`select * from kernel.job`, /permission denied/)
    await assert.rejects(sql`insert into kernel.outbox (id) values (null)`, /permission denied/)
    await assert.rejects(sql`select * from keys.data_key`, /permission denied/)
    await sql.close()
  })

  test('of several databases of one server run at the same time', async () => {
    const names = ['one', 'two', 'three'].map((name) => `house_${process.pid}_${name}`)
    for (const name of names) await server.admin((client) => client.query(`create database ${name}`))
    const blocks = ['race_a', 'race_b', 'race_c'].map((name) => ({ name }))

    const reports = await Promise.all(
      names.map((database) =>
        migrate({ url: databaseUrl({ url: server.url, database }), blocks, password: server.password }),
      ),
    )

    assert.deepEqual(
      reports.map((report) => report.applied.every(({ block }) => block === 'kernel') && report.applied.length > 0),
      [true, true, true],
    )
    for (const name of names) await server.admin((client) => client.query(`drop database ${name}`))
    await server.admin((client) =>
      client.query(blocks.map(({ name }) => `drop role ashlar_${name}, ashlar_${name}_owner`).join(';')),
    )
  })
})

describe("on an operator's server", () => {
  test('a role that may make roles and owns the database is enough', async () => {
    const own = await startPostgres({ folder: join(folder, 'operator'), test: 'forgetful' })
    const superuser = new Client({ connectionString: own.url })
    await superuser.connect()
    await superuser.query("create role operator login createrole password 'operator'")
    await superuser.query('create database government owner operator')
    const url = databaseUrl({ url: own.url, role: 'operator', password: 'operator', database: 'government' })
    const blocks = [{ name: 'library', folder: new URL('fixtures/library/', import.meta.url) }]

    const first = await migrate({ url, blocks, password: own.password })
    const again = await migrate({ url, blocks, password: own.password })

    const sql = connect({ url, role: 'ashlar_library', password: own.password('ashlar_library') })
    assert.deepEqual(await sql`select * from library.loan`, [])
    assert.deepEqual(again, { applied: [], known: first.applied.length })
    await sql.close()
    await superuser.end()
    await own.stop()
  })
})

describe('the check of the walls', () => {
  test('finds nothing in the kernel, and says how much it examined', async () => {
    const { examined, faults } = await checkWalls(at.url)

    assert.deepEqual(faults, [])
    assert.ok(examined >= 10)
  })

  test('finds every planted fault', async () => {
    await write(
      '0001-first.sql',
      `create table shop.open_to_all (id int);
       create table shop.walled_but_no_policy (id int);
       alter table shop.walled_but_no_policy enable row level security, force row level security;
       create table shop.not_forced (id int);
       alter table shop.not_forced enable row level security;
       create policy seen on shop.not_forced using (true);
       create function shop.almighty() returns int language sql security definer return 1;`,
    )
    await run()
    await admin(`create table public.stray (id int); comment on table public.stray is 'platform: no';
      grant select on keys.data_key to ashlar_shop`)

    const { faults } = await checkWalls(at.url)

    assert.deepEqual(
      faults.map((fault) => fault.what),
      [
        'public.stray belongs to ashlar',
        'shop.not_forced has no row-level security',
        'shop.open_to_all has no row-level security',
        'shop.walled_but_no_policy has no row-level security',
        "ashlar_shop can reach keys.data_key, which is another block's",
        "shop.almighty runs with its owner's rights (security definer)",
      ],
    )
    assert.ok(faults.every((fault) => fault.mend.length > 10))
  })
})

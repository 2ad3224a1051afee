// Tests of statements, transactions and row-level security, on a small library.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { TestHouse } from '@ashlar/kernel/testing'
import { house } from '@ashlar/kernel/testing'
import type { Context, Database } from './index.ts'
import { afterCommit, connect } from './index.ts'

let at: TestHouse<'library'>
let sql: Database

before(async () => {
  const migrations = { library: new URL('fixtures/library/', import.meta.url) }
  at = await house({ blocks: ['library'], migrations })
  sql = at.library.sql
})
after(() => at.stop())

const clerk = (tenant: string | null): Context => ({
  tenant,
  actor: { kind: 'staff', id: 'clerk' },
  purpose: 'lend',
  channel: 'counter',
  trace: 'test',
})
const reader = (id: string): Context => ({ ...clerk(null), actor: { kind: 'person', id }, subject: id })

describe('a statement', () => {
  test('takes values of every kind as parameters and gives them back as JavaScript has them', async () => {
    const when = new Date('2026-03-02T09:00:00.123Z')

    const [row] = await sql`
      select ${'x'}::text as text, ${9007199254740991n}::int8 as int8, ${when}::timestamptz as at, ${'2026-02-28'}::date as day,
        ${'1.50'}::numeric as amount, ${null}::text as nothing, ${undefined}::text as missing, ${['a,"b"', 'c']}::text[] as list,
        ${sql.json([1, 'two', { three: 3 }])}::jsonb as json, ${Buffer.from([0, 255])}::bytea as bytes, ${true}::bool as yes,
        array[1, 2]::int8[] as numbers, array['2026-02-28']::date[] as days`

    assert.deepEqual(row, {
      text: 'x',
      int8: 9007199254740991,
      at: when,
      day: '2026-02-28',
      amount: '1.50',
      nothing: null,
      missing: null,
      list: ['a,"b"', 'c'],
      json: [1, 'two', { three: 3 }],
      bytes: Buffer.from([0, 255]),
      yes: true,
      numbers: [1, 2],
      days: ['2026-02-28'],
    })
  })

  test('keeps hostile text a value', async () => {
    const hostile = `'; drop table library.book; -- \\ "$1" \u202e 漢字`

    const [row] = await sql<{ text: string }>`select ${hostile}::text as text`

    assert.equal(row?.text, hostile)
  })

  test('refuses a number that JavaScript cannot hold, instead of rounding it', async () => {
    await assert.rejects(sql`select 9007199254740993::int8 as id`, /too large/)
  })

  test('is put together from parts, whose values stay parameters', async () => {
    const condition = (text: string) => sql.part`title like ${text}`
    const both = sql.part`${condition('A%')} and ${condition('%b')}`

    const rows = await sql`select n from (values (1, 'A b'), (2, 'A c')) as t (n, title) where ${both} and n < ${9}`

    assert.deepEqual(rows, [{ n: 1 }])
  })

  test('takes many rows at once', async () => {
    const books = [
      { id: randomUUID(), title: 'كليلة ودمنة', facts: ['a'], movedAt: null },
      { id: randomUUID(), title: `O'Hara, "quoted", {braced}`, facts: { b: 1 } },
    ]

    await sql`insert into library.book (id, title, facts)
      select id, title, facts from ${sql.unnest({ id: 'uuid', title: 'text', facts: 'jsonb', moved_at: 'timestamptz' }, books)}`

    const ids = books.map((book) => book.id)
    const rows = await sql`select title, facts from library.book where id = any(${ids}) order by facts::text`
    assert.deepEqual(
      rows,
      books.map(({ title, facts }) => ({ title, facts })),
    )
  })

  test('is prepared once a connection and text', async () => {
    for (let turn = 0; turn < 3; turn++) await sql`select ${turn}::int as turn`

    const kept =
      await sql`select count(*)::int as n from pg_prepared_statements where statement like 'select $1::int as turn%'`

    assert.deepEqual(kept, [{ n: 1 }])
  })

  test('cannot be called with a plain string', async () => {
    const call = sql as unknown as (text: string) => Promise<unknown>

    await assert.rejects(call('select 1'), /tagged template/)
  })
})

describe('a transaction', () => {
  test('commits when its work resolves, and then calls those who wait', async () => {
    const id = randomUUID()
    const heard: string[] = []

    await sql.begin(clerk(null), async (sql) => {
      afterCommit(sql, () => heard.push('committed'))
      await sql`insert into library.book (id, title) values (${id}, 'one')`
      heard.push('worked')
    })

    assert.equal((await sql`select 1 from library.book where id = ${id}`).length, 1)
    assert.deepEqual(heard, ['worked', 'committed'])
  })

  test('rolls back when its work throws, and calls nobody', async () => {
    const id = randomUUID()
    const heard: string[] = []

    const work = sql.begin(clerk(null), async (sql) => {
      afterCommit(sql, () => heard.push('committed'))
      await sql`insert into library.book (id, title) values (${id}, 'one')`
      throw new Error('no')
    })

    await assert.rejects(work, /^Error: no$/)
    assert.equal((await sql`select 1 from library.book where id = ${id}`).length, 0)
    assert.deepEqual(heard, [])
  })

  test('never passes for committed when a statement failed and its error was ignored', async () => {
    const id = randomUUID()
    const heard: string[] = []

    const work = sql.begin(clerk(null), async (sql) => {
      afterCommit(sql, () => heard.push('committed'))
      await sql`insert into library.book (id, title) values (${id}, 'one')`
      await sql`select 1 / 0`.catch(() => undefined)
    })

    await assert.rejects(work, /Nothing was committed/)
    assert.equal((await sql`select 1 from library.book where id = ${id}`).length, 0)
    assert.deepEqual(heard, [])
  })

  test('does not nest', async () => {
    const inside = () => sql.begin(clerk(null), (inner) => inner.begin(clerk(null), async () => 1))
    const around = () => sql.begin(clerk(null), () => sql.begin(clerk(null), async () => 1))

    await assert.rejects(inside, /does not nest/)
    await assert.rejects(around, /inside a transaction/)
  })

  test('refuses a statement that would run beside it, or after it', async () => {
    const beside = () => sql.begin(clerk(null), () => sql`select 1`)
    const kept = await sql.begin(clerk(null), async (inner) => ({ inner }))

    await assert.rejects(beside, /inside a transaction/)
    await assert.rejects(kept.inner`select 1`, /has ended/)
  })

  test('tells the database who acts, why and how, whatever characters that holds', async () => {
    const context: Context = { ...clerk('justice'), actor: { kind: 'client', id: `o'\\; commit; --` } }

    const [row] = await sql.begin(
      context,
      (sql) => sql`select current_setting('ashlar.actor') as actor, current_setting('ashlar.purpose') as purpose,
        current_setting('ashlar.channel') as channel, current_setting('ashlar.trace') as trace`,
    )

    assert.deepEqual(row, { actor: `client:o'\\; commit; --`, purpose: 'lend', channel: 'counter', trace: 'test' })
  })

  test('that loses its connection fails alone: the process lives and the pool goes on', async () => {
    const work = sql.begin(clerk(null), async (sql) => {
      const [me] = await sql<{ pid: number }>`select pg_backend_pid() as pid`
      await at.database('ashlar_library')`select pg_terminate_backend(${me!.pid})`
      await sql`select 1`
    })

    await assert.rejects(work)
    assert.deepEqual(await sql`select 1 as one`, [{ one: 1 }])
  })
})

describe('a look', () => {
  test('asks everything at once, at one moment, on behalf of somebody', async () => {
    const [tenant, books] = await sql.read(clerk('north'), (sql) =>
      Promise.all([
        sql<{ tenant: string }>`select current_setting('ashlar.tenant') as tenant`,
        sql`select count(*) from library.book`,
      ]),
    )
    const [after] = await sql<{ tenant: string }>`select current_setting('ashlar.tenant', true) as tenant`
    assert.deepEqual([tenant[0]?.tenant, books.length, after?.tenant], ['north', 1, ''])
  })

  test('cannot write, nor ask on when it has begun to wait', async () => {
    const write = sql.read(
      clerk(null),
      (sql) => sql`insert into library.book (id, title) values (${randomUUID()}, 'x')`,
    )
    const late = sql.read(clerk(null), async (sql) => {
      await sql`select 1`
      return sql`select 2`
    })
    await assert.rejects(write, /read-only/)
    await assert.rejects(late, /ask all at once/)
    await assert.rejects(
      sql.begin(clerk(null), () => sql.read(clerk(null), (sql) => sql`select 1`)),
      /inside a transaction/,
    )
  })

  test('that fails leaves its connection to others as it was', async () => {
    const one = connect({ url: sql.url, role: 'ashlar_library', password: passwordOf(sql.url), max: 1 })
    const failing = one.read(clerk('*'), (sql) => Promise.all([sql`select 1 / 0`, sql`select 1 as one`]))
    const throwing = one.read(clerk('*'), () => {
      throw new Error('no')
    })
    await assert.rejects(failing, /division by zero/)
    await assert.rejects(throwing, /^Error: no$/)
    assert.deepEqual(await one.read(clerk('*'), (sql) => sql`select 1 as one`), [{ one: 1 }])
    assert.deepEqual(await one`select id from library.loan`, [])
    await one.close()
  })
})

describe('a write', () => {
  const count = (title: string) => sql<{ count: number }>`select count(*)::int from library.book where title = ${title}`

  test('is one transaction on behalf of somebody, and tells who waits for its commit', async () => {
    const title = randomUUID()
    let told = false
    const [tenant] = await sql.write(clerk('north'), (sql) => {
      afterCommit(sql, () => {
        told = true
      })
      return Promise.all([
        sql<{ tenant: string }>`select current_setting('ashlar.tenant', true) as tenant`,
        sql`insert into library.book (id, title) values (${randomUUID()}, ${title})`,
        sql`insert into library.book (id, title) values (${randomUUID()}, ${title})`,
      ])
    })
    assert.deepEqual([tenant[0]?.tenant, (await count(title))[0]?.count, told], ['north', 2, true])
  })

  test('of which one statement fails has written nothing, also when nobody cares', async () => {
    const title = randomUUID()
    let told = false
    const write = (ignore: (error: unknown) => unknown) =>
      sql.write(clerk('north'), (sql) => {
        afterCommit(sql, () => {
          told = true
        })
        return Promise.all([
          sql`insert into library.book (id, title) values (${randomUUID()}, ${title})`,
          sql`select 1 / 0`.catch(ignore),
        ])
      })
    await assert.rejects(
      write((error) => Promise.reject(error)),
      /division by zero/,
    )
    await assert.rejects(
      write(() => []),
      /Nothing was committed/,
    )
    assert.deepEqual([(await count(title))[0]?.count, told], [0, false])
  })
})

describe('a statement that nobody waits for', () => {
  test('is committed with the others', async () => {
    const title = randomUUID()
    await sql.begin(clerk('north'), async (sql) => {
      await sql`select 1`
      void sql`insert into library.book (id, title) values (${randomUUID()}, ${title})`
    })
    assert.equal((await sql`select from library.book where title = ${title}`).length, 1)
  })

  test('and fails takes all with it, and says why', async () => {
    const title = randomUUID()
    const failing = sql.begin(clerk('north'), async (sql) => {
      await sql`insert into library.book (id, title) values (${randomUUID()}, ${title})`
      sql`select 1 / 0`.catch(() => undefined)
    })
    await assert.rejects(failing, /division by zero/)
    assert.equal((await sql`select from library.book where title = ${title}`).length, 0)
  })
})

describe('row-level security', () => {
  const book = randomUUID()
  const anna = randomUUID()
  const [north, south] = [randomUUID(), randomUUID()]

  before(() => sql`insert into library.book (id, title) values (${book}, 'lent')`)
  beforeEach(async () => {
    await sql.begin({ ...clerk('*') }, async (sql) => {
      await sql`delete from library.loan`
      await sql`insert into library.loan (id, tenant, person, book) values
        (${north}, 'north', ${at.pairwise.of('library', anna)}, ${book}), (${south}, 'south', ${randomUUID()}, ${book})`
    })
  })
  const seenBy = (context: Context) =>
    sql.begin(context, (sql) => sql<{ id: string }>`select id from library.loan order by tenant`).then(ids)
  const ids = (rows: { id: string }[]) => rows.map((row) => row.id)

  test('shows nothing to a statement without a context, nor to nobody', async () => {
    assert.deepEqual(await sql`select id from library.loan`, [])
    assert.deepEqual(await seenBy(clerk(null)), [])
    assert.deepEqual(await seenBy(clerk('')), [])
  })

  test('shows a tenant its rows, a person their own, and the platform all', async () => {
    assert.deepEqual(await seenBy(clerk('north')), [north])
    assert.deepEqual(await seenBy(reader(anna)), [north])
    assert.deepEqual(await seenBy(clerk('*')), [north, south])
  })

  test('lets nobody write a row that they would not see', async () => {
    const write = sql.begin(
      clerk('north'),
      (sql) => sql`insert into library.loan (id, tenant, book) values (${randomUUID()}, 'south', ${book})`,
    )

    await assert.rejects(write, /row-level security/)
  })

  test('never carries one context over to the next user of a connection', async () => {
    const one = connect({ url: sql.url, role: 'ashlar_library', password: passwordOf(sql.url), max: 1 })
    const loans = (sql: (text: TemplateStringsArray) => Promise<object[]>) => sql`select id from library.loan`

    const committed = await one.begin(clerk('*'), loans)
    const after = await one`select id from library.loan`
    await one
      .begin(clerk('*'), async (sql) => {
        await loans(sql)
        throw new Error('no')
      })
      .catch(() => {})
    const afterFailure = await one`select current_setting('ashlar.tenant', true) as tenant`

    assert.equal(committed.length, 2)
    assert.deepEqual(after, [])
    assert.deepEqual(afterFailure, [{ tenant: '' }])
    await one.close()
  })

  test('is part of the plan, not a call for each row', async () => {
    const plan = await sql.begin(
      clerk('north'),
      (sql) => sql<{ 'QUERY PLAN': string }>`explain (verbose) select id from library.loan`,
    )

    assert.doesNotMatch(plan.map((row) => row['QUERY PLAN']).join(), /sees\(/)
  })
})

const passwordOf = (url: string) => decodeURIComponent(new URL(url).password)

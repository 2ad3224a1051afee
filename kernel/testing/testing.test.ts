// Tests of the test room itself: houses apart from each other, and a check of statements that finds what is wrong.
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { house, prepareAll, statementsOf, testServer } from './index.ts'

const MIGRATIONS = { library: new URL('../sql/fixtures/library/', import.meta.url) }
let folder: string

before(async () => {
  folder = await mkdtemp('/tmp/ashlar-testing-')
})
after(() => rm(folder, { recursive: true }))

describe('a house', () => {
  test('is a fresh database each time, soon there, and gone when it stops', async () => {
    const first = await house({ blocks: ['library'], migrations: MIGRATIONS })
    await first.library.sql`insert into library.book (id, title) values (gen_random_uuid(), 'only here')`
    const started = performance.now()

    const second = await house({ blocks: ['library'], migrations: MIGRATIONS })

    const took = performance.now() - started
    assert.deepEqual(await second.library.sql`select * from library.book`, [])
    assert.ok(took < 5_000, `${took} ms`)
    const name = new URL(second.url).pathname.slice(1)
    await Promise.all([first.stop(), second.stop()])
    const server = await testServer()
    const left = await server.admin((client) => client.query('select 1 from pg_database where datname = $1', [name]))
    assert.equal(left.rowCount, 0)
  })

  test('gives each block its role, and all of them the same clock, keys and jobs', async () => {
    const at = await house({ blocks: ['library', 'empty'], migrations: MIGRATIONS, at: '2026-05-01T00:00:00Z' })

    const roles = await Promise.all([at.library, at.empty].map(({ sql }) => sql`select current_user::text as role`))
    const sealed = await at.keys.seal('somebody', 'a secret')

    assert.deepEqual(roles.flat(), [{ role: 'ashlar_library' }, { role: 'ashlar_empty' }])
    assert.equal(at.library.clock.now().toISOString(), '2026-05-01T00:00:00.000Z')
    assert.equal(String(await at.empty.keys.open('somebody', sealed)), 'a secret')
    await at.stop()
  })
})

describe('the check of statements', () => {
  const good = `
    import { order } from './order.ts'
    const COLUMNS = { id: 'uuid', title: 'text' }
    const byPrice = (least: number) => sql.part\`price >= \${least}\`
    export const store = (sql) => ({
      list: (sort, cheap) => sql<Row>\`select id, title from library.book \${cheap ? sql.part\`where \${byPrice(3)}\` : sql.part\`\`} \${order[sort]}\`,
      add: (rows) => sql\`insert into library.book (id, title) select id, title from \${sql.unnest(COLUMNS, rows)}\`,
      some: (ids) => sql\`select facts from library.book where \${ids.reduce((all, id) => sql.part\`\${all} or id = \${id}\`, sql.part\`false\`)}\`,
    })
    const page = html\`select this, not a statement\``
  const order = 'export const order = { title: sql.part`order by title`, price: sql.part`order by price desc` }'

  test('reads statements with all their fragments, and prepares each as the block', async () => {
    await writeFile(join(folder, 'store.ts'), good)
    await writeFile(join(folder, 'order.ts'), order)
    const at = await house({ blocks: ['library'], migrations: MIGRATIONS })

    const found = statementsOf(folder)
    const report = await prepareAll(at, 'library', folder)

    assert.equal(found.length, 3)
    assert.deepEqual(report, { examined: 7, faults: [] })
    await at.stop()
  })

  test('finds a planted wrong column, a wrong type, a fragment gone wrong, and a table of another block', async () => {
    await writeFile(
      join(folder, 'store.ts'),
      `${good}
       sql\`select titel from library.book\`
       sql\`update library.book set price = \${1} || 'x'\`
       sql\`select 1 from library.book \${sql.part\`wehre id = \${1}\`}\`
       sql\`select id from keys.data_key\``,
    )
    await writeFile(join(folder, 'order.ts'), order)
    const at = await house({ blocks: ['library'], migrations: MIGRATIONS })

    const { examined, faults } = await prepareAll(at, 'library', folder)

    const first = good.split('\n').length + 1
    assert.equal(examined, 11)
    assert.deepEqual(
      faults.map((fault) => [fault.line - first, fault.message.replace(/".*/, '')]),
      [
        [0, 'column '],
        [1, 'column '],
        [2, 'syntax error at or near '],
        [3, 'permission denied for schema keys'],
      ],
    )
    await at.stop()
  })

  test('finds nothing wrong in the rooms of the kernel', async () => {
    const at = await house({ blocks: [] })

    const jobs = await prepareAll(at, 'kernel', new URL('../jobs/', import.meta.url))
    const events = await prepareAll(at, 'kernel', new URL('../events/', import.meta.url))

    assert.deepEqual([jobs.faults, events.faults], [[], []])
    assert.ok(jobs.examined >= 14 && events.examined >= 3)
    await at.stop()
  })
})

// Tests of the launcher on real servers, in folders of their own.
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, chown, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { connect } from '@ashlar/kernel/sql'
import { Client } from 'pg'
import type { RunningPostgres } from './index.ts'
import { isAlive, PostgresRefusal, resolveDatabase, startPostgres } from './index.ts'

const DOOR = new URL('index.ts', import.meta.url).href
let scratch: string
let folder: string

before(async () => {
  scratch = await mkdtemp('/tmp/ashlar-postgres-test-')
  // As from a clone in somebody's home: others may not enter.
  folder = join(scratch, 'closed', 'data')
  await mkdir(join(scratch, 'closed'), { mode: 0o700 })
})
after(() => rm(scratch, { recursive: true, force: true }))

describe('the embedded database', () => {
  test('starts in a folder that others may not enter, and keeps what it was told', async () => {
    const first = await startPostgres({ folder })
    await ask(first, 'create table kept (id int)')
    await ask(first, 'insert into kept values (7)')
    await first.stop()
    const second = await startPostgres({ folder })

    const rows = await ask(second, 'select id from kept')

    assert.deepEqual(rows, [{ id: 7 }])
    assert.deepEqual([first.adopted, second.adopted], [false, false])
    await second.stop()
    assert.equal(isAlive(second.pid()), false)
  })

  test('listens to its socket only, sorts by code point, checks its pages, and keeps its secret to itself', async () => {
    const server = await startPostgres({ folder })

    const [settings] = await ask(
      server,
      `select current_setting('listen_addresses') as addresses, current_setting('data_checksums') as checksums,
        datlocprovider::text as provider, datlocale as locale from pg_database where datname = 'postgres'`,
    )

    assert.deepEqual(settings, { addresses: '', checksums: 'on', provider: 'b', locale: 'C.UTF-8' })
    assert.ok(server.socketFolder.length < 80)
    assert.equal((await stat(join(folder, 'secret'))).mode & 0o777, 0o600)
    assert.equal((await stat(server.socketFolder)).mode & 0o777, 0o700)
    await server.stop()
  })

  test('has one owner at a time: a second start says who holds it, and since when', async () => {
    const holder = await startHolder(folder)

    const refusal = await startPostgres({ folder }).catch((error) => error)

    assert.ok(refusal instanceof PostgresRefusal)
    assert.equal(refusal.code, 'held')
    assert.match(refusal.message, new RegExp(`process ${holder.pid} at http://localhost:8080, since 20\\d\\d-`))
    await end(holder, 'SIGKILL')
  })

  test('is adopted when its owner was killed, with the sessions of others unharmed', async () => {
    // The test before has left it behind.
    const server = await startPostgres({ folder })

    assert.equal(server.adopted, true)
    await server.stop()
  })

  test('of two starts at the same time one wins', async () => {
    const results = await Promise.all(
      [startHolder(folder), startHolder(folder)].map((start) => start.catch(() => null)),
    )

    const winners = results.filter((holder) => holder !== null)
    assert.equal(winners.length, 1)
    await end(winners[0]!, 'SIGTERM')
    await (await startPostgres({ folder })).stop()
  })

  test('starts although a stranger has got the pid of its last run', async () => {
    const first = await startPostgres({ folder })
    const note = join(folder, 'cluster/postmaster.pid')
    const left = await readFile(note, 'utf8')
    await first.stop()
    await writeFile(note, left.replace(/^\d+/, String(process.pid)))

    const second = await startPostgres({ folder })

    assert.equal(second.adopted, false)
    await second.stop()
  })

  test('is started anew when its socket was swept away', async () => {
    const holder = await startHolder(folder)
    await end(holder, 'SIGKILL')
    const [, , , , socketFolder = ''] = (await readFile(join(folder, 'cluster/postmaster.pid'), 'utf8')).split('\n')
    await rm(socketFolder, { recursive: true })

    const server = await startPostgres({ folder })

    assert.deepEqual(await ask(server, 'select 1 as one'), [{ one: 1 }])
    await server.stop()
  })

  for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes']) {
    test(`does not start while ${setting} is off`, async () => {
      const conf = join(folder, 'cluster/postgresql.auto.conf')
      const before = await readFile(conf, 'utf8')
      await appendFile(conf, `\n${setting} = off\n`)

      const refusal = await startPostgres({ folder }).catch((error) => error)

      assert.equal(refusal.code, 'not-durable')
      assert.match(refusal.message, new RegExp(setting))
      await writeFile(conf, before)
    })
  }

  test('does not start on what a test wrote without durability', async () => {
    const forgetful = join(scratch, 'forgetful')
    const server = await startPostgres({ folder: forgetful, test: 'forgetful' })
    await server.stop()

    const refusal = await startPostgres({ folder: forgetful }).catch((error) => error)

    assert.equal(refusal.code, 'not-durable')
  })

  test('comes back after kill -9 in the middle of transactions: nothing acknowledged is lost, and the pool recovers', async () => {
    const server = await startPostgres({ folder })
    await ask(server, 'create table counted (id int primary key)')
    const sql = connect({ url: server.url, role: 'ashlar', password: server.password('ashlar'), max: 4 })
    const acknowledged: number[] = []
    let refused = 0
    let writing = true
    const writers = [0, 1, 2, 3].map(async (writer) => {
      for (let id = writer; writing; id += 4) {
        await sql`insert into counted (id) values (${id})`.then(
          () => acknowledged.push(id),
          () => delay(5).then(() => refused++),
        )
      }
    })
    await delay(150)
    const before = server.pid()

    process.kill(before, 'SIGKILL')

    while (server.pid() === before) await delay(10)
    const atReturn = acknowledged.length
    while (acknowledged.length < atReturn + 20) await delay(10)
    writing = false
    await Promise.all(writers)
    const kept = new Set((await sql<{ id: number }>`select id from counted`).map((row) => row.id))
    assert.ok(refused > 0)
    assert.deepEqual(
      acknowledged.filter((id) => !kept.has(id)),
      [],
    )
    await sql.close()
    await server.stop()
  })

  test("uses the operator's database when one is named, unless that one forgets", async () => {
    const operators = await startPostgres({ folder })
    const forgetful = await startPostgres({ folder: join(scratch, 'forgetful'), test: 'forgetful' })

    const choice = await resolveDatabase({ databaseUrl: operators.url, folder: join(scratch, 'elsewhere') })
    const refusal = await resolveDatabase({ databaseUrl: forgetful.url, folder: join(scratch, 'elsewhere') }).catch(
      (error) => error,
    )

    assert.deepEqual([choice.kind, choice.url], ['operator', operators.url])
    assert.equal(choice.password('ashlar_cases'), choice.password('ashlar_cases'))
    assert.equal(refusal.code, 'not-durable')
    await forgetful.stop()
    await operators.stop()
  })

  test('runs as an ordinary user too', {
    skip: process.getuid?.() !== 0 && 'only root can become another',
  }, async () => {
    const theirs = join(scratch, 'theirs')
    await mkdir(theirs, { mode: 0o700 })
    await chown(scratch, 65534, 65534)
    await chown(theirs, 65534, 65534)

    const holder = await startHolder(join(theirs, 'data'), { uid: 65534, gid: 65534 })

    assert.equal((await stat(join(theirs, 'data/cluster'))).uid, 65534)
    await end(holder, 'SIGTERM')
  })
})

async function ask(server: RunningPostgres, text: string): Promise<object[]> {
  const client = new Client({ connectionString: server.url })
  await client.connect()
  const { rows } = await client.query(text)
  await client.end()
  return rows
}

/** Another process that owns a folder until it is told to end. */
async function startHolder(held: string, as: { uid?: number; gid?: number } = {}): Promise<ChildProcess> {
  const program = `
    const { startPostgres } = await import(${JSON.stringify(DOOR)})
    const server = await startPostgres({ folder: ${JSON.stringify(held)}, label: 'http://localhost:8080' })
    process.on('SIGTERM', () => server.stop().then(() => process.exit()))
    console.log('held')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    cwd: '/',
    env: { PATH: process.env.PATH, XDG_CACHE_HOME: join(scratch, 'cache') },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...as,
  })
  let said = ''
  child.stderr.on('data', (text) => (said += text))
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => {
      throw new Error(said)
    }),
  ])
  return child
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal)
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

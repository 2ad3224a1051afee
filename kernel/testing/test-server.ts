// One forgetful PostgreSQL for all test processes of a user: started by the first, stopped by the last.
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive, startPostgres } from '@ashlar/kernel/postgres'
import { Client } from 'pg'

export interface TestServer {
  /** Of the superuser, for the database `postgres`. */
  url: string
  password(role: string): string
  /** A short-lived superuser session. */
  admin<T>(work: (client: Client) => Promise<T>): Promise<T>
  /** A dropped database waits for every session of the server: what takes too long is left to a later run. */
  drop(database: string): Promise<void>
}

let server: Promise<TestServer> | undefined

export function testServer(): Promise<TestServer> {
  server ??= start()
  return server
}

async function start(): Promise<TestServer> {
  const folder = `/tmp/ashlar-test-${process.getuid?.() ?? 0}`
  makeOwn(folder)
  signIn(folder)
  const running = await startOrRenew(folder)
  const admin = async <T>(work: (client: Client) => Promise<T>) => {
    const client = new Client({ connectionString: running.url, application_name: 'ashlar test' })
    client.on('error', () => {})
    await client.connect()
    try {
      return await work(client)
    } finally {
      await client.end()
    }
  }
  await admin(clearLeftovers)
  const drop = (database: string) =>
    admin(async (client) => {
      await client.query(`set statement_timeout = ${DROP_LIMIT_MS}`)
      await client.query(`drop database if exists ${database} with (force)`).catch(() => {})
    })
  return { url: running.url, password: running.password, admin, drop }
}

function makeOwn(folder: string): void {
  mkdirSync(join(folder, 'users'), { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  if (lstatSync(folder).uid !== (process.getuid?.() ?? 0)) throw new Error(`${folder} belongs to somebody else`)
}

/** A file a process, and the last one to leave puts the light out. A killed process leaves that to the next run. */
function signIn(folder: string): void {
  const users = join(folder, 'users')
  writeFileSync(join(users, String(process.pid)), '')
  process.on('exit', () => {
    rmSync(join(users, String(process.pid)), { force: true })
    if (readdirSync(users).some((pid) => isAlive(Number(pid)))) return
    try {
      const [pid] = readFileSync(join(folder, 'postgres/cluster/postmaster.pid'), 'utf8').split('\n')
      if (pid) process.kill(Number(pid), 'SIGINT')
    } catch {
      // Nothing runs.
    }
  })
  for (const pid of readdirSync(users)) if (!isAlive(Number(pid))) rmSync(join(users, pid), { force: true })
}

/** What was written without fsync may be torn after the machine went down; tests simply begin anew. */
async function startOrRenew(folder: string) {
  const options = { folder: join(folder, 'postgres'), test: 'shared' as const }
  try {
    return await startPostgres(options)
  } catch (error) {
    if ((error as { code?: string }).code !== 'did-not-start') throw error
    await rm(join(options.folder, 'cluster'), { recursive: true, force: true })
    return startPostgres(options)
  }
}

const KEPT_TEMPLATES = 24
const DROP_LIMIT_MS = 10_000

/** Databases of processes that died before they could drop them, and templates of migrations long changed. */
async function clearLeftovers(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    "select datname as name from pg_database where datname ~ '^(house|draft)_' order by oid",
  )
  const { rows: templates } = await client.query<{ name: string }>(
    "select datname as name from pg_database where datname ~ '^template_' order by oid desc",
  )
  const orphans = rows.filter(({ name }) => !isAlive(Number(name.split('_')[1])))
  for (const { name } of [...orphans, ...templates.slice(KEPT_TEMPLATES)]) {
    // Another process may be dropping it, or copying it, at this moment.
    await client.query(`drop database if exists ${name}`).catch(() => {})
  }
}

// Starts the embedded PostgreSQL of a folder, or adopts the one that an earlier owner left running, and keeps it up.

import type { ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chownSync, existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'pg'
import type { Binaries } from './binaries.ts'
import { findBinaries } from './binaries.ts'
import type { Cluster } from './cluster.ts'
import { openCluster, passwordOf, SUPERUSER } from './cluster.ts'
import { checkDurability } from './durability.ts'
import { identityFor } from './identity.ts'
import { becomeOwner } from './owner.ts'
import type { Postmaster } from './process.ts'
import { findPostmaster, isAlive, lastWords, spawnPostmaster } from './process.ts'
import { PostgresRefusal } from './refusal.ts'
import { FORGETFUL, serverSettings } from './settings.ts'

export interface PostgresOptions {
  folder: string
  /** Told to a second start that asks who holds the folder: 'http://localhost:8080'. */
  label?: string
  log?: (message: string) => void
  /** For tests only. 'forgetful': no durability. 'shared': as that, and several processes may use it at once. */
  test?: 'forgetful' | 'shared'
  /** For tests only: further server settings. */
  settings?: Record<string, string>
}

export interface RunningPostgres {
  /** Of the superuser; holds a secret, never print it. */
  url: string
  socketFolder: string
  /** True when the server was already running. */
  adopted: boolean
  /** Of the server's main process; another one after a crash. */
  pid(): number
  password(role: string): string
  stop(): Promise<void>
}

const START_LIMIT_MS = 60_000
const LOST_SOCKET_MS = 3_000

export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const folder = resolve(options.folder)
  if (options.settings && !options.test) throw new Error('settings are for tests only')
  const identity = identityFor(folder, join(folder, 'cluster'))
  const binaries = await findBinaries(identity)
  const cluster = await openCluster(folder, binaries, identity)
  markTest(cluster, options.test !== undefined)

  const log = options.log ?? (() => {})
  let stopping = false
  let restoring: Promise<void> | undefined
  const run = () => ensureRunning(cluster, binaries, options, () => stopping)
  let server = await run()
  const adopted = !server.started

  async function hold(): Promise<void> {
    if (!options.test) await checkDurability(server.client)
    if (options.test !== 'shared') await becomeOwner(server.client, cluster, options.label)
  }

  /** The server went away under us: bring it back; pools reconnect by themselves. */
  async function bringBack(): Promise<void> {
    log('the database went away; bringing it back')
    while (!stopping) {
      try {
        server = await run()
        await hold()
        log('the database is back')
        return watch()
      } catch (error) {
        log(`the database does not come back: ${(error as Error).message}`)
        await server.client.end().catch(() => {})
        await delay(500, undefined, { ref: false })
      }
    }
  }

  function watch(): void {
    holdOpen(server.client, false)
    void server.gone.then(() => {
      if (!stopping) restoring = bringBack()
    })
  }

  try {
    await hold()
  } catch (error) {
    await server.client.end().catch(() => {})
    // Who holds it may have been quicker to find the server that we started.
    if (server.started && (error as PostgresRefusal).code !== 'held') await shutDown(server)
    throw error
  }
  if (options.test === 'shared') {
    stopping = true
    await server.client.end()
  } else {
    watch()
  }

  return {
    url: urlOf(cluster, server.postmaster.socketFolder),
    socketFolder: server.postmaster.socketFolder,
    adopted,
    pid: () => server.postmaster.pid,
    password: (role) => passwordOf(cluster.secret, role),
    stop: async () => {
      stopping = true
      await restoring
      holdOpen(server.client, true)
      await server.client.end().catch(() => {})
      await shutDown(server)
    },
  }
}

interface Server {
  postmaster: Postmaster
  client: Client
  /** When our connection has ended, for whatever reason. */
  gone: Promise<void>
  /** By us, and not found running. */
  started: boolean
  child?: ChildProcess
}

async function ensureRunning(
  cluster: Cluster,
  binaries: Binaries,
  options: PostgresOptions,
  isCancelled: () => boolean,
): Promise<Server> {
  const until = Date.now() + START_LIMIT_MS
  let child: ChildProcess | undefined
  let exited = false
  let complaint: unknown
  while (Date.now() < until && !isCancelled()) {
    const postmaster = findPostmaster(cluster)
    if (!postmaster && (!child || exited)) {
      if (exited) await explainExit(cluster, until)
      exited = false
      child = spawnPostmaster(binaries.postgres, cluster, settingsOf(cluster, options))
      child.once('exit', () => (exited = true))
      child.once('error', (error) => {
        complaint = error
        exited = true
      })
    } else if (postmaster?.socketFolder) {
      const connected = await tryConnect(cluster, postmaster.socketFolder).catch((error) => {
        complaint = error
      })
      if (connected) return { postmaster, ...connected, started: child?.pid === postmaster.pid, child }
      const { code } = complaint as { code?: string }
      if (code === '28P01') throw foreign(cluster, complaint)
      // Its socket was swept away (/tmp was cleaned): nobody can reach it any more, so it is started anew.
      if (code === 'ENOENT' && Date.now() > until - START_LIMIT_MS + LOST_SOCKET_MS)
        process.kill(postmaster.pid, 'SIGINT')
    }
    await delay(10)
  }
  throw new PostgresRefusal('did-not-start', `The database did not start in time.\n${lastWords(cluster)}`, complaint)
}

/** Another start may have won (then there is a server to find), or the last one's workers are still leaving. */
async function explainExit(cluster: Cluster, until: number): Promise<void> {
  const words = lastWords(cluster)
  if (/postmaster\.pid|shared memory block|socket lock file/.test(words) && Date.now() + 30_000 < until + 1) {
    await delay(100)
    return
  }
  throw new PostgresRefusal('did-not-start', `The database could not start; ${cluster.log} ends with:\n${words}`)
}

function foreign(cluster: Cluster, cause: unknown): PostgresRefusal {
  return new PostgresRefusal(
    'not-ours',
    `A server runs on ${cluster.data}, but it does not know the secret in ${cluster.folder}/secret. ` +
      'Put the secret that belongs to this data back, or stop that server.',
    cause,
  )
}

async function tryConnect(cluster: Cluster, socketFolder: string): Promise<Pick<Server, 'client' | 'gone'>> {
  const client = new Client({
    host: socketFolder,
    database: 'postgres',
    user: SUPERUSER,
    password: passwordOf(cluster.secret, SUPERUSER),
    application_name: 'ashlar launcher',
    connectionTimeoutMillis: 10_000,
  })
  client.on('error', () => {}) // Without a listener a lost connection would end the process.
  const gone = new Promise<void>((done) => client.once('end', done))
  await client.connect()
  return { client, gone }
}

function settingsOf(cluster: Cluster, options: PostgresOptions): Record<string, string> {
  return {
    ...serverSettings(makeSocketFolder(cluster)),
    ...(options.test ? FORGETFUL : {}),
    ...options.settings,
  }
}

/** Short (a socket's path has at most 107 bytes), the same each time, and nobody else's. */
function makeSocketFolder(cluster: Cluster): string {
  const owner = cluster.identity.uid ?? process.getuid?.() ?? 0
  const name = createHash('sha256').update(cluster.folder).digest('hex').slice(0, 10)
  for (let attempt = 0; attempt < 20; attempt++) {
    const folder = `/tmp/ashlar-${name}${attempt ? `-${attempt}` : ''}`
    if (!existsSync(folder)) {
      mkdirSync(folder, { mode: 0o700 })
      if (cluster.identity.uid !== undefined) chownSync(folder, cluster.identity.uid, cluster.identity.gid ?? 0)
    }
    const stat = lstatSync(folder)
    if (stat.isDirectory() && stat.uid === owner && (stat.mode & 0o077) === 0) return folder
  }
  throw new PostgresRefusal('did-not-start', `No folder for the database's socket can be made in /tmp (ashlar-${name})`)
}

/** A forgetful server may have lost or torn rows, so its folder is never taken for a real one. */
function markTest(cluster: Cluster, test: boolean): void {
  const mark = join(cluster.folder, 'only-for-tests')
  if (test) writeFileSync(mark, 'This data was written without durability.\n')
  else if (existsSync(mark)) {
    throw new PostgresRefusal(
      'not-durable',
      `${cluster.folder} was made by a test, without durability: ${readFileSync(mark, 'utf8')}`,
    )
  }
}

function urlOf(cluster: Cluster, socketFolder: string): string {
  const password = passwordOf(cluster.secret, SUPERUSER)
  return `postgres://${SUPERUSER}:${password}@${encodeURIComponent(socketFolder)}/postgres`
}

/** Fast shutdown: ends sessions, writes a checkpoint. */
async function shutDown({ postmaster: { pid }, child }: Server): Promise<void> {
  const gone = () => (child && child.pid === pid ? child.exitCode !== null || child.signalCode !== null : !isAlive(pid))
  for (const [signal, limit] of [
    ['SIGINT', 30_000],
    ['SIGQUIT', 10_000],
    ['SIGKILL', 2_000],
  ] as const) {
    try {
      process.kill(pid, signal)
    } catch {
      return
    }
    for (const until = Date.now() + limit; Date.now() < until; await delay(10)) if (gone()) return
  }
}

/** The launcher's own connection must not keep the process from ending. */
function holdOpen(client: Client, open: boolean): void {
  const { stream } = (client as unknown as { connection: { stream: { ref(): void; unref(): void } } }).connection
  if (open) stream.ref()
  else stream.unref()
}

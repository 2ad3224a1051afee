// One running server on a cluster: found or started, connected to, and shut down.
import type { ChildProcess } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'pg'
import { isAlive } from './alive.ts'
import type { Cluster } from './cluster.ts'
import { passwordOf, SUPERUSER } from './cluster.ts'
import type { Postmaster } from './process.ts'
import { findPostmaster, lastWords, spawnPostmaster } from './process.ts'
import { PostgresRefusal } from './refusal.ts'

export interface Server extends Connection {
  postmaster: Postmaster
  /** By us, and not found running. */
  started: boolean
  child?: ChildProcess
}

interface Connection {
  client: Client
  /** When this connection has ended, for whatever reason. */
  gone: Promise<void>
}

interface Attempt {
  cluster: Cluster
  /** Path of the program `postgres`. */
  program: string
  settings: () => Record<string, string>
  isCancelled: () => boolean
}

const START_LIMIT_MS = 60_000
const LOST_SOCKET_MS = 3_000

export async function ensureRunning({ cluster, program, settings, isCancelled }: Attempt): Promise<Server> {
  const since = Date.now()
  const waited = () => Date.now() - since
  let launch: Launch | undefined
  let complaint: unknown
  while (waited() < START_LIMIT_MS && !isCancelled()) {
    const postmaster = findPostmaster(cluster)
    if (postmaster?.socketFolder) {
      const connected = await connect(cluster, postmaster.socketFolder).catch((error) => {
        complaint = error
      })
      if (connected) {
        return { postmaster, ...connected, started: launch?.child.pid === postmaster.pid, child: launch?.child }
      }
      mendOrRefuse(cluster, postmaster, complaint, waited())
    } else if (!postmaster && (!launch || launch.ended)) {
      if (launch) await explainEnd(cluster, launch)
      launch = launchServer(cluster, program, settings())
    }
    await delay(10)
  }
  throw new PostgresRefusal('did-not-start', `The database did not start in time.\n${lastWords(cluster)}`, complaint)
}

interface Launch {
  child: ChildProcess
  ended: boolean
  error?: Error
}

function launchServer(cluster: Cluster, program: string, settings: Record<string, string>): Launch {
  const launch: Launch = { child: spawnPostmaster(program, cluster, settings), ended: false }
  launch.child.once('exit', () => {
    launch.ended = true
  })
  launch.child.once('error', (error) => {
    launch.ended = true
    launch.error = error
  })
  return launch
}

/** Another start may have won (then there is a server to find), or the last one's workers are still leaving. */
async function explainEnd(cluster: Cluster, launch: Launch): Promise<void> {
  const words = lastWords(cluster)
  if (!launch.error && /postmaster\.pid|shared memory block|socket lock file/.test(words)) {
    await delay(100)
    return
  }
  const message = `The database could not start; ${cluster.log} ends with:\n${words}`
  throw new PostgresRefusal('did-not-start', message, launch.error)
}

function mendOrRefuse(cluster: Cluster, postmaster: Postmaster, complaint: unknown, waited: number): void {
  const { code } = complaint as { code?: string }
  if (code === '28P01') {
    throw new PostgresRefusal(
      'not-ours',
      `A server runs on ${cluster.data}, but it does not know the secret in ${cluster.folder}/secret. ` +
        'Put the secret that belongs to this data back, or stop that server.',
      complaint,
    )
  }
  // Its socket was swept away (/tmp was cleaned): nobody can reach it any more, so it is started anew.
  if (code === 'ENOENT' && waited > LOST_SOCKET_MS) process.kill(postmaster.pid, 'SIGINT')
}

async function connect(cluster: Cluster, socketFolder: string): Promise<Connection> {
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

/** Fast shutdown: ends sessions, writes a checkpoint. */
export async function shutDown({ postmaster: { pid }, child }: Server): Promise<void> {
  const gone = () => (child?.pid === pid ? child.exitCode !== null || child.signalCode !== null : !isAlive(pid))
  const steps = [
    ['SIGINT', 30_000],
    ['SIGQUIT', 10_000],
    ['SIGKILL', 2_000],
  ] as const
  for (const [signal, limit] of steps) {
    try {
      process.kill(pid, signal)
    } catch {
      return
    }
    for (const until = Date.now() + limit; Date.now() < until; await delay(10)) if (gone()) return
  }
}

/** Whether the launcher's own connection keeps the process from ending. */
export function holdOpen({ client }: Server, open: boolean): void {
  const { stream } = (client as unknown as { connection: { stream: { ref(): void; unref(): void } } }).connection
  if (open) stream.ref()
  else stream.unref()
}

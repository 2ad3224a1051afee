// Starts the embedded PostgreSQL of a folder, or adopts the one that an earlier owner left running, and keeps it up.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { findBinaries } from './binaries.ts'
import type { Cluster } from './cluster.ts'
import { openCluster, passwordOf, SUPERUSER } from './cluster.ts'
import { checkDurability } from './durability.ts'
import { identityFor } from './identity.ts'
import { becomeOwner } from './owner.ts'
import { PostgresRefusal } from './refusal.ts'
import type { Server } from './server.ts'
import { ensureRunning, holdOpen, shutDown } from './server.ts'
import { FORGETFUL, serverSettings } from './settings.ts'
import { makeSocketFolder } from './socket-folder.ts'

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

export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const folder = resolve(options.folder)
  if (options.settings && !options.test) throw new Error('settings are for tests only')
  const identity = identityFor(folder, join(folder, 'cluster'))
  const binaries = await findBinaries(identity)
  const cluster = await openCluster(folder, binaries, identity)
  markTest(cluster, options.test !== undefined)

  const kept = await keepUp(cluster, binaries.postgres, options)
  return {
    url: urlOf(cluster, kept.server().postmaster.socketFolder),
    socketFolder: kept.server().postmaster.socketFolder,
    adopted: kept.adopted,
    pid: () => kept.server().postmaster.pid,
    password: (role) => passwordOf(cluster.secret, role),
    stop: kept.stop,
  }
}

interface Kept {
  server(): Server
  adopted: boolean
  stop(): Promise<void>
}

/** Runs and owns the server; when it goes away under us, brings it back. */
async function keepUp(cluster: Cluster, program: string, options: PostgresOptions): Promise<Kept> {
  const log = options.log ?? (() => {})
  const settings = () => settingsOf(cluster, options)
  let stopping = false
  let restoring: Promise<void> | undefined
  const run = () => ensureRunning({ cluster, program, settings, isCancelled: () => stopping })
  let server = await run()
  const adopted = !server.started
  await takeHold(server, cluster, options)

  function watch(): void {
    holdOpen(server, false)
    void server.gone.then(() => {
      if (!stopping) restoring = bringBack()
    })
  }

  async function bringBack(): Promise<void> {
    log('the database went away; bringing it back')
    while (!stopping) {
      try {
        server = await run()
        await takeHold(server, cluster, options)
        log('the database is back')
        return watch()
      } catch (error) {
        log(`the database does not come back: ${(error as Error).message}`)
        await delay(500, undefined, { ref: false })
      }
    }
  }

  async function stop(): Promise<void> {
    stopping = true
    await restoring
    holdOpen(server, true)
    await server.client.end().catch(() => {})
    await shutDown(server)
  }

  if (options.test === 'shared') {
    stopping = true
    await server.client.end()
  } else {
    watch()
  }
  return { server: () => server, adopted, stop }
}

/** Makes sure that it keeps what it acknowledges, and that it is ours alone. */
async function takeHold(server: Server, cluster: Cluster, { test, label }: PostgresOptions): Promise<void> {
  try {
    if (!test) await checkDurability(server.client)
    if (test !== 'shared') await becomeOwner(server.client, cluster, label)
  } catch (error) {
    await server.client.end().catch(() => {})
    // Who holds it may have been quicker to find the server that we started.
    if (server.started && (error as PostgresRefusal).code !== 'held') await shutDown(server)
    throw error
  }
}

function settingsOf(cluster: Cluster, { test, settings }: PostgresOptions): Record<string, string> {
  return { ...serverSettings(makeSocketFolder(cluster)), ...(test ? FORGETFUL : {}), ...settings }
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

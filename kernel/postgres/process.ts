// The database's process as the operating system sees it: is it there, is it ours, what did it say last.

import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, readlinkSync, rmSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive } from './alive.ts'
import type { Cluster } from './cluster.ts'
import { plainEnvironment } from './cluster.ts'

const LOG_LIMIT = 16 * 1024 * 1024

export interface Postmaster {
  pid: number
  socketFolder: string
}

/**
 * The server that runs on this cluster now. Postgres itself clears a note left by a dead server; ours to clear is the
 * one whose pid has since been given to a stranger, which Postgres would take for a rival.
 */
export function findPostmaster(cluster: Cluster): Postmaster | undefined {
  const file = join(cluster.data, 'postmaster.pid')
  if (!existsSync(file)) return undefined
  const [pid, , , , socketFolder = ''] = readFileSync(file, 'utf8').split('\n')
  if (!pid || !isAlive(Number(pid))) return undefined
  if (standsIn(Number(pid), cluster.data)) return { pid: Number(pid), socketFolder }
  if (readFileSync(file, 'utf8').startsWith(`${pid}\n`)) rmSync(file, { force: true })
  return undefined
}

function standsIn(pid: number, folder: string): boolean {
  if (process.platform !== 'linux') return true
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === folder
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES'
  }
}

/** In a group of its own, so that Ctrl-C reaches us first; writing to a file, so that it outlives us. */
export function spawnPostmaster(program: string, cluster: Cluster, settings: Record<string, string>): ChildProcess {
  if (existsSync(cluster.log) && statSync(cluster.log).size > LOG_LIMIT) truncateSync(cluster.log)
  const log = openSync(cluster.log, 'a', 0o600)
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(program, ['-D', cluster.dataArgument, ...args], {
    cwd: cluster.data,
    env: plainEnvironment(),
    ...cluster.identity,
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  child.unref()
  return child
}

export function lastWords(cluster: Cluster): string {
  if (!existsSync(cluster.log)) return ''
  return readFileSync(cluster.log, 'utf8').slice(-4000).split('\n').slice(-8).join('\n')
}

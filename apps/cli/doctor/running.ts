// Examines what runs: the country of the data folder, a database without its launcher, and who holds the port.
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { isAlive } from '@ashlar/kernel/postgres'
import type { Settings } from '@ashlar/server'
import { request } from 'undici'
import type { Running } from '../running.ts'
import { type Finding, fault, fine, type Surroundings, warning } from './finding.ts'

export async function examineRunning(_at: Surroundings, settings: Settings): Promise<Finding[]> {
  const folder = resolve(settings.data.folder)
  const running = read<Running>(join(folder, 'running.json'))
  return [
    await examineCountryProcess(folder, running),
    await examinePort(settings, running),
    examineOrphan(folder, running),
  ]
}

async function examineCountryProcess(folder: string, running: Running | undefined): Promise<Finding> {
  if (!running) return fine('running', 'no country runs in this data folder')
  if (!isAlive(running.pid))
    return warning(
      'running',
      `running.json names process ${running.pid}, which has ended: that start was killed.`,
      `nothing is lost; the next npm start takes over (or: rm ${join(folder, 'running.json')})`,
    )
  const answer = await request(`${running.url}/readyz`, { headersTimeout: 3_000, bodyTimeout: 3_000 }).catch(
    () => undefined,
  )
  await answer?.body.dump()
  if (answer?.statusCode === 200) return fine('running', `${running.url}, process ${running.pid}`)
  return fault(
    'running',
    answer
      ? `${running.url} says that it is not ready (${answer.statusCode}).`
      : `Process ${running.pid} is alive, but ${running.url} does not answer.`,
    `look at what it printed; stop it with kill ${running.pid} and start again`,
  )
}

async function examinePort({ http }: Settings, running: Running | undefined): Promise<Finding> {
  if (http.port === 0) return fine('port', 'a free one is taken')
  const failure = await tryPort(http.port, http.host)
  if (!failure) return fine('port', `${http.port} is free`)
  if (failure === 'EACCES')
    return fault(
      'port',
      `Port ${http.port} is for the system: this user may not open it.`,
      'use --port 8080 behind a proxy',
    )
  if (failure === 'EADDRNOTAVAIL')
    return fault('port', `${http.host} is no address of this computer.`, 'leave --http.host at 127.0.0.1')
  if (running && isAlive(running.pid) && new URL(running.url).port === String(http.port))
    return fine('port', `${http.port} is held by this very country`)
  const holder = holderOf(http.port)
  return warning(
    'port',
    `Port ${http.port} is taken${holder ? ` by process ${holder.pid}: ${holder.command}` : ' by another program'}.`,
    'start takes the next free one; choose yours with --port',
  )
}

/** Tries to listen, as the country would: undefined if it can, else why not. */
function tryPort(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code ?? 'EADDRINUSE'))
    probe.listen(port, host, () => probe.close(() => resolve(undefined)))
  })
}

/** Who listens, as far as Linux tells this user. */
function holderOf(port: number): { pid: number; command: string } | undefined {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const sockets = ['/proc/net/tcp', '/proc/net/tcp6']
    .filter((file) => existsSync(file))
    .flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .map((line) => line.trim().split(/\s+/)),
    )
    .filter(([, local, , state]) => local?.endsWith(wanted) && state === '0A')
    .map((columns) => `socket:[${columns[9]}]`)
  for (const pid of sockets.length ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : [])
    if (handlesOf(pid).some((handle) => sockets.includes(handle))) return { pid: Number(pid), command: commandOf(pid) }
  return undefined
}

function handlesOf(pid: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((name) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${name}`)
      } catch {
        return ''
      }
    })
  } catch {
    return [] // Somebody else's process, or one that has just ended.
  }
}

const commandOf = (pid: string): string =>
  readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim().slice(0, 120)

/** The launcher was killed and its database stands: the next start adopts it, but until then nobody keeps it. */
function examineOrphan(folder: string, running: Running | undefined): Finding {
  const home = join(folder, 'postgres')
  const pid = Number(readText(join(home, 'cluster', 'postmaster.pid')).split('\n')[0])
  if (!pid || !isAlive(pid)) return fine('database left', 'none')
  const owner = read<{ pid: number }>(join(home, 'owner.json'))
  if ((owner && isAlive(owner.pid)) || (running && isAlive(running.pid)))
    return fine('database left', `none: process ${pid} has its launcher`)
  return warning(
    'database left',
    `The database of this folder runs as process ${pid}, but its launcher has ended.`,
    `npm start adopts it; or end it cleanly with kill -INT ${pid}`,
  )
}

function read<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T
  } catch {
    return undefined
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

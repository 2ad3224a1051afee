// The whole product as it is started by people: a launcher, its server and its database, which can be looked at and killed.
import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, readFileSync, readlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { passwordOf, SUPERUSER } from '../../kernel/postgres/cluster.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

export interface ProductOptions {
  data: string
  /** Settings, such as { 'demo.people': '3000' }. */
  settings?: Record<string, string>
  /** The program that starts it; the product's own command line if left out. */
  launcher?: string
  env?: Record<string, string>
  /** Where everything that it says is kept. */
  log: string
}

export interface Product {
  url: string
  data: string
  /** Of the launcher. */
  pid: number
  /** Seconds from the command to the first page. */
  startSeconds: number
  /** Of the serving process that runs now, if one does. */
  server(): number | undefined
  postgres(): number | undefined
  /** All processes of the database that run now, the first one first. */
  postgresFamily(): number[]
  /** Resolves when /readyz says so; gives the milliseconds that it took. */
  ready(limit?: number): Promise<number>
  /** Of the database's superuser; holds a secret. */
  superuser(): string
  /** Of a block's own role. */
  roleUrl(role: string): { url: string; password: string }
  secrets(): Record<string, string>
  operatorKey(): string
  stop(): Promise<void>
}

/** Starts it and waits until it serves. Throws with its own words if it refuses. */
export async function startProduct(options: ProductOptions): Promise<Product> {
  const data = resolve(options.data)
  const log = createWriteStream(options.log, { flags: 'a' })
  const started = performance.now()
  const settings = Object.entries(options.settings ?? {}).map(([name, value]) => `--${name}=${value}`)
  const child = spawn(
    process.execPath,
    [
      '--no-warnings',
      options.launcher ?? join(root, 'apps/cli/main.ts'),
      'start',
      '--json',
      '--port',
      '0',
      '--data',
      data,
      ...settings,
    ],
    { cwd: root, env: { ...process.env, ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  child.stdout.pipe(log, { end: false })
  child.stderr.pipe(log, { end: false })
  const { url } = await readyLine(child)
  const startSeconds = (performance.now() - started) / 1000
  const launcher = child.pid!
  const exited = new Promise((resolve) => child.once('exit', resolve))
  const socket = () => readFileSync(join(data, 'postgres/cluster/postmaster.pid'), 'utf8').split('\n')[4]!
  const secret = () => readFileSync(join(data, 'postgres/secret'), 'utf8').trim()
  const secrets = () => JSON.parse(readFileSync(join(data, 'secrets.json'), 'utf8')) as Record<string, string>

  const product: Product = {
    url,
    data,
    pid: launcher,
    startSeconds,
    server: () => childrenOf(launcher).find((pid) => commandOf(pid).includes('apps/server/main.ts')),
    postgres: () => postmasterOf(data),
    postgresFamily: () => {
      const postmaster = postmasterOf(data)
      return postmaster === undefined ? [] : [postmaster, ...childrenOf(postmaster)]
    },
    async ready(limit = 90_000) {
      const from = performance.now()
      for (;;) {
        const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(3_000) }).catch(() => undefined)
        await answer?.arrayBuffer().catch(() => undefined)
        if (answer?.ok) return performance.now() - from
        if (child.exitCode !== null) throw new Error(`the launcher ended with ${child.exitCode}; see ${options.log}`)
        if (performance.now() - from > limit) throw new Error(`not ready after ${limit} ms; see ${options.log}`)
        await delay(50)
      }
    },
    superuser: () =>
      `postgres://${SUPERUSER}:${passwordOf(secret(), SUPERUSER)}@${encodeURIComponent(socket())}/postgres`,
    roleUrl: (role) => ({
      url: `postgres://${encodeURIComponent(socket())}/postgres`,
      password: passwordOf(secret(), role),
    }),
    secrets,
    operatorKey: () => secrets().operator!,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      await Promise.race([exited, delay(30_000)])
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      log.end()
    },
  }
  return product
}

function readyLine(child: ChildProcess): Promise<{ url: string }> {
  return new Promise((resolve, reject) => {
    let said = ''
    let complaint = ''
    child.stderr!.on('data', (chunk: Buffer) => (complaint += chunk.toString('utf8')))
    child.stdout!.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8')
      const line = said.split('\n').find((one) => one.startsWith('{"event":"ready"'))
      if (line?.endsWith('}')) resolve(JSON.parse(line) as { url: string })
    })
    child.once('exit', (code) => reject(new Error(`it did not start (${code}): ${complaint.slice(-2000)}`)))
  })
}

/** Children of a process, from /proc. */
export function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

export function commandOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      .split('\0')
      .filter(Boolean)
      .map((part) => part.replace(root, ''))
  } catch {
    return []
  }
}

function postmasterOf(data: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(data, 'postgres/cluster/postmaster.pid'), 'utf8').split('\n')[0])
    // A pid that now belongs to a stranger must not be killed.
    return readlinkSync(`/proc/${pid}/cwd`) === join(data, 'postgres/cluster') ? pid : undefined
  } catch {
    return undefined
  }
}

/** kill -9; a process that has ended already is none. */
export function killHard(pids: (number | undefined)[]): number {
  let killed = 0
  for (const pid of pids) {
    if (pid === undefined) continue
    try {
      process.kill(pid, 'SIGKILL')
      killed += 1
    } catch {
      // It was gone.
    }
  }
  return killed
}

/** The same numbers for the same seed (mulberry32): 0 <= number < 1. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

// `ashlar start`: the launcher. It owns the embedded database and the sandbox's card provider, starts the serving process
// without the right to spawn or to write code, brings it back when it dies, and shows where to go.
import { type ChildProcess, fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startSandboxProvider } from '@ashlar/card-provider'
import { resolveDatabase } from '@ashlar/kernel/postgres'
import { migrate } from '@ashlar/kernel/sql'
import {
  blockMigrations,
  blockRoles,
  type FailedMessage,
  type ReadyMessage,
  readSettings,
  refusalOf,
  type Settings,
  type StartMessage,
  secretsOf,
} from '@ashlar/server'
import { startTypesetter, type Typesetter } from '@ashlar/typst'
import { type Arguments, settingsOf } from './arguments.ts'
import { readKeys } from './keys.ts'
import type { Running } from './running.ts'
import { startScreen } from './start-screen.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** `openDatabase` is another one only in tests, which must see what a forgetful database loses. */
export async function start({ flags }: Arguments, openDatabase = resolveDatabase): Promise<number> {
  const startedAt = performance.timeOrigin
  const { values: settings } = readSettings(settingsOf(flags, ['json', 'quiet', 'open']))
  const refusal = refusalOf(settings)
  if (refusal) throw new Error(refusal)
  const say = (message: string) => process.stderr.write(`${message}\n`)

  const folder = resolve(settings.data.folder)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const secrets = secretsOf(folder)
  const port = await freePort(settings, say)
  const baseUrl = settings.http.baseUrl ?? `http://localhost:${port}`
  const database = await openDatabase({
    ...(settings.database.url ? { databaseUrl: settings.database.url } : {}),
    folder: join(folder, 'postgres'),
    label: baseUrl,
    log: say,
  })

  let provider: { url: string; close(): Promise<void> } | undefined
  let typesetter: Typesetter | undefined
  let child: ChildProcess | undefined
  let stopping = false

  async function stop(): Promise<void> {
    if (stopping) return
    stopping = true
    if (child?.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM')
      const gone = new Promise((resolve) => child?.once('exit', resolve))
      await Promise.race([gone, delay(8_000)])
      child.kill('SIGKILL')
    }
    rmSync(join(folder, 'running.json'), { force: true })
    await provider?.close()
    await typesetter?.stop()
    await database.stop()
  }

  try {
    await migrate({ url: database.url, blocks: blockMigrations, password: database.password })
    if (settings.demo.enabled && !settings.payments.providerUrl)
      provider = await startSandboxProvider({
        port: 0,
        key: secrets.providerKey,
        secret: secrets.providerSecret,
        noticeUrl: `http://127.0.0.1:${port}/api/payments/v1/notices`,
        file: join(folder, 'sandbox', 'card-provider.jsonl'),
      })

    typesetter = await startTypesetter({ socket: socketIn(folder) })

    const message: StartMessage = {
      settings: { ...settings, http: { ...settings.http, port }, database: { ...settings.database, url: undefined } },
      secrets,
      database: {
        url: database.url.replace(/\/\/[^@]*@/, '//'),
        passwords: Object.fromEntries(blockRoles.map((role) => [role, database.password(role)])),
      },
      provider: {
        url: settings.payments.providerUrl ?? provider?.url ?? '',
        key: settings.payments.providerKey ?? secrets.providerKey,
        secret: settings.payments.providerSecret ?? secrets.providerSecret,
      },
      typesetter: typesetter.socket,
      baseUrl,
      startedAt,
    }
    let ready = await serve()
    const running: Running = { url: baseUrl, key: secrets.operator, pid: process.pid }
    writeFileSync(join(folder, 'running.json'), JSON.stringify(running), { mode: 0o600 })
    if (flags.json || !process.stdout.isTTY)
      console.log(
        JSON.stringify({
          event: 'ready',
          seconds: since(startedAt),
          ...ready,
          pid: child?.pid,
          database: { kind: database.kind, adopted: database.adopted },
        }),
      )
    if (!flags.quiet && !flags.json)
      console.log(startScreen(ready, { seconds: since(startedAt), folder: settings.data.folder, kind: database.kind }))

    /** Starts the serving process and waits until it serves. */
    async function serve(): Promise<ReadyMessage> {
      child = fork(join(root, 'apps/server/main.ts'), [], {
        cwd: process.cwd(),
        execArgv: permissions(settings, folder),
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        env: { ...process.env, DATABASE_URL: undefined, ASHLAR_DATABASE__URL: undefined, NODE_OPTIONS: undefined },
      })
      const started = child
      const answer = await new Promise<ReadyMessage | FailedMessage>((resolve) => {
        started.once('message', (message) => resolve(message as ReadyMessage | FailedMessage))
        started.once('exit', (code) => resolve({ ready: false, error: `the serving process ended with ${code}` }))
        started.send(message)
      })
      if (!answer.ready) throw new Error(answer.error)
      started.once('exit', () => void comeBack())
      return answer
    }

    /** The serving process died under us: what it had acknowledged is in the database, so it starts again. */
    async function comeBack(): Promise<void> {
      for (let pause = 100; !stopping; pause = Math.min(pause * 2, 5_000)) {
        say('The serving process ended; starting it again.')
        try {
          ready = await serve()
          return
        } catch (error) {
          say(`It does not start: ${(error as Error).message}`)
          await delay(pause)
        }
      }
    }

    await new Promise<void>((resolve) => {
      process.once('SIGINT', resolve)
      process.once('SIGTERM', resolve)
      if (process.stdin.isTTY && process.stdout.isTTY && !process.env.CI && !flags.json)
        readKeys({ url: ready.url, quit: resolve })
    })
    return 0
  } finally {
    await stop()
  }
}

/** A socket's path has at most 107 bytes, so it stands under /tmp and is named after the data folder. */
function socketIn(folder: string): string {
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 12)
  const place = join(tmpdir(), `ashlar-${process.getuid?.() ?? 0}-${name}`)
  mkdirSync(place, { recursive: true, mode: 0o700 })
  return join(place, 'typesetter')
}

const since = (start: number): number =>
  Number(((performance.timeOrigin + performance.now() - start) / 1000).toFixed(1))

/** What the serving process may do: read the program and the country, write the data folder; no child, no code written. */
function permissions(settings: Settings, data: string): string[] {
  const country = resolve(settings.country.folder)
  const modules = dirname(fileURLToPath(import.meta.resolve('pg/package.json'))).replace(/\/pg$/, '')
  const readable = [root, country, modules, data, '/tmp', '/etc', '/proc', '/sys']
  return [
    '--no-warnings',
    '--permission',
    ...readable.map((path) => `--allow-fs-read=${path}`),
    `--allow-fs-write=${data}`,
    '--allow-worker',
    '--allow-addons',
  ]
}

/** The port that was asked for, or the next free one, said aloud. */
async function freePort({ http }: Settings, say: (message: string) => void): Promise<number> {
  for (let port = http.port; port < http.port + 20; port += 1) {
    const free = await new Promise<number>((resolve) => {
      const probe = createServer()
      probe.once('error', () => resolve(-1))
      probe.listen(port, http.host, () => {
        const taken = (probe.address() as { port: number }).port
        probe.close(() => resolve(taken))
      })
    })
    if (free < 0) continue
    if (free !== http.port && http.port !== 0) say(`Port ${http.port} is taken; using ${free}.`)
    return free
  }
  throw new Error(`Ports ${http.port} to ${http.port + 19} are taken: choose another with --port.`)
}

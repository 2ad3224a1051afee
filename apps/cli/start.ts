// `ashlar start`: the launcher. It owns the embedded database, the typesetter and the sandbox's card provider, keeps the
// serving process up, and shows where to go.
import { createHash } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type SandboxAgencies, startSandboxAgencies } from '@ashlar/agency-system'
import { type SandboxProvider, startSandboxProvider } from '@ashlar/card-provider'
import { resolveDatabase } from '@ashlar/kernel/postgres'
import { migrate } from '@ashlar/kernel/sql'
import { blockMigrations, blockRoles, readSettings, refusalOf, type StartMessage, secretsOf } from '@ashlar/server'
import { startTypesetter, type Typesetter } from '@ashlar/typst'
import { type Arguments, settingsOf } from './arguments.ts'
import { readKeys } from './keys.ts'
import { freePort } from './port.ts'
import type { Running } from './running.ts'
import { startServingProcess } from './serving-process.ts'
import { startScreen } from './start-screen.ts'

/** `openDatabase` is another one only in tests, which must see what a forgetful database loses. */
export async function start({ flags }: Arguments, openDatabase = resolveDatabase): Promise<number> {
  const startedAt = performance.timeOrigin
  const { values: settings } = readSettings(settingsOf(flags, ['json', 'quiet', 'open']))
  const refusal = refusalOf(settings)
  if (refusal) throw new Error(refusal)
  const say = (message: string) => process.stderr.write(`${message}\n`)

  const folder = resolve(settings.data.folder)
  for (const own of ['files', 'sandbox']) mkdirSync(join(folder, own), { recursive: true, mode: 0o700 })
  const secrets = secretsOf(folder)
  const port = await freePort(settings, say)
  const baseUrl = settings.http.baseUrl ?? `http://localhost:${port}`
  const serving = startServingProcess(settings, folder, say)
  const stops: (() => Promise<void>)[] = [() => serving.stop()]

  try {
    const opening = openDatabase({
      ...(settings.database.url ? { databaseUrl: settings.database.url } : {}),
      folder: join(folder, 'postgres'),
      label: baseUrl,
      log: say,
    })
    const typesetting = startTypesetter({ socket: socketIn(folder) })
    const database = await opening
    stops.push(() => database.stop())
    await migrate({ url: database.url, blocks: blockMigrations, password: database.password })
    const typesetter: Typesetter = await typesetting
    stops.push(() => typesetter.stop())
    let provider: SandboxProvider | undefined
    if (settings.demo.enabled && !settings.payments.providerUrl) {
      provider = await startSandboxProvider({
        port: 0,
        key: secrets.providerKey,
        secret: secrets.providerSecret,
        noticeUrl: `http://127.0.0.1:${port}/api/payments/v1/notices`,
        file: join(folder, 'card-provider', 'events.jsonl'),
      })
      const { close } = provider
      stops.push(close)
    }

    let agencies: SandboxAgencies | undefined
    if (settings.demo.enabled) {
      agencies = await startSandboxAgencies({
        port: 0,
        secret: secrets.operator,
        house: { url: `http://127.0.0.1:${port}`, audience: baseUrl },
        file: join(folder, 'sandbox', 'agencies.jsonl'),
      })
      const { close } = agencies
      stops.push(close)
    }

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
      ...(agencies ? { agencies: { url: agencies.url, secret: secrets.operator } } : {}),
      typesetter: typesetter.socket,
      baseUrl,
      startedAt,
    }
    const ready = await serving.serve(message)
    const seconds = Number(((performance.timeOrigin + performance.now() - startedAt) / 1000).toFixed(1))
    const running: Running = { url: baseUrl, key: secrets.operator, pid: process.pid }
    writeFileSync(join(folder, 'running.json'), JSON.stringify(running), { mode: 0o600 })
    stops.push(async () => rmSync(join(folder, 'running.json'), { force: true }))

    const { kind, adopted } = database
    if (flags.json || !process.stdout.isTTY)
      console.log(
        JSON.stringify({ event: 'ready', seconds, ...ready, pid: serving.pid(), database: { kind, adopted } }),
      )
    if (!flags.quiet && !flags.json)
      console.log(startScreen(ready, { seconds, folder: settings.data.folder, kind, host: settings.http.host }))

    await new Promise<void>((resolve) => {
      process.once('SIGINT', resolve)
      process.once('SIGTERM', resolve)
      if (process.stdin.isTTY && process.stdout.isTTY && !process.env.CI && !flags.json)
        readKeys({ url: ready.url, quit: resolve })
    })
    return 0
  } finally {
    // The serving process first, the database last.
    const [first, ...others] = stops
    await first?.()
    for (const stop of others.reverse()) await stop()
  }
}

/** A socket's path has at most 107 bytes, so it stands under /tmp and is named after the data folder. */
function socketIn(folder: string): string {
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 12)
  const place = join(tmpdir(), `ashlar-${process.getuid?.() ?? 0}-${name}`)
  mkdirSync(place, { recursive: true, mode: 0o700 })
  return join(place, 'typesetter')
}

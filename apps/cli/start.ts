// `ashlar start`: the launcher. It owns the embedded database, the typesetter and the sandbox's card provider, keeps the
// serving process up, and shows where to go.
import { createHash } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { resolveDatabase } from '@ashlar/kernel/postgres'
import {
  blockMigrations,
  blockRoles,
  readSettings,
  refusalOf,
  type Secrets,
  type Settings,
  type StartMessage,
  secretsOf,
} from '@ashlar/server'
import type { Typesetter } from '@ashlar/typst'
import { type Arguments, settingsOf } from './arguments.ts'
import { keptCountry } from './kept-country.ts'
import { readKeys } from './keys.ts'
import { freePort } from './port.ts'
import type { Running } from './running.ts'
import { startServingProcess } from './serving-process.ts'
import { startScreen } from './start-screen.ts'

/** `openDatabase` is another one only in tests, which must see what a forgetful database loses. */
export async function start({ flags }: Arguments, openDatabase?: typeof resolveDatabase): Promise<number> {
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
  const serving = startServingProcess(folder, say)
  const stops: (() => Promise<void>)[] = [() => serving.stop()]

  try {
    // Loaded only now, while the serving process loads its own.
    const { resolveDatabase } = await import('@ashlar/kernel/postgres')
    const opening = (openDatabase ?? resolveDatabase)({
      ...(settings.database.url ? { databaseUrl: settings.database.url } : {}),
      folder: join(folder, 'postgres'),
      label: baseUrl,
      log: say,
    })
    const typesetting = import('@ashlar/typst').then(({ startTypesetter }) =>
      startTypesetter({ socket: socketIn(folder) }),
    )
    const countryFolder = resolve(settings.country.folder)
    const reading = keptCountry(countryFolder, join(folder, 'country.kept'), async () =>
      (await import('./country.ts')).readyCountry(countryFolder),
    )
    // Whichever fails first is told of; then nobody waits for the others.
    for (const one of [opening, typesetting, reading]) one.catch(() => undefined)
    const { migrate } = await import('@ashlar/kernel/sql')
    const database = await opening
    stops.push(() => database.stop())
    await migrate({ url: database.url, blocks: blockMigrations, password: database.password })
    const typesetter: Typesetter = await typesetting
    stops.push(() => typesetter.stop())
    const country = await reading
    const sandbox = await sandboxOf(settings)

    const message: StartMessage = {
      settings: { ...settings, http: { ...settings.http, port }, database: { ...settings.database, url: undefined } },
      secrets,
      database: {
        url: database.url.replace(/\/\/[^@]*@/, '//'),
        passwords: Object.fromEntries(blockRoles.map((role) => [role, database.password(role)])),
      },
      provider: {
        url: settings.payments.providerUrl ?? sandbox?.provider.url ?? '',
        key: settings.payments.providerKey ?? secrets.providerKey,
        secret: settings.payments.providerSecret ?? secrets.providerSecret,
      },
      ...(sandbox ? { agencies: { url: sandbox.agencies.url, secret: secrets.operator } } : {}),
      country,
      typesetter: typesetter.socket,
      baseUrl,
      startedAt,
    }
    const telling = serving.serve(message)
    if (sandbox) {
      telling.catch(() => undefined)
      stops.push(...(await openSandbox(sandbox, { settings, folder, secrets, port, baseUrl })))
    }
    const ready = await telling
    flushCompileCache()
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

/** Where the sandbox will be, known before it is there: the serving process need not wait for it. */
async function sandboxOf({ demo }: Settings) {
  if (!demo.enabled) return undefined
  const place = async () => {
    const port = await freePort({ http: { host: '127.0.0.1', port: 0 } }, () => undefined)
    // By the name that the provider's pages have: forms may lead to that origin, and to no other.
    return { port, url: `http://localhost:${port}` }
  }
  return { provider: await place(), agencies: await place() }
}

interface SandboxNeeds {
  settings: Settings
  folder: string
  secrets: Secrets
  port: number
  baseUrl: string
}

/** The card provider, unless there is a real one, and the systems of agencies; gives what closes them. */
async function openSandbox(
  { provider, agencies }: NonNullable<Awaited<ReturnType<typeof sandboxOf>>>,
  { settings, folder, secrets, port, baseUrl }: SandboxNeeds,
): Promise<(() => Promise<void>)[]> {
  const stops: (() => Promise<void>)[] = []
  const house = `http://127.0.0.1:${port}`
  if (!settings.payments.providerUrl) {
    const { startSandboxProvider } = await import('@ashlar/card-provider')
    const started = await startSandboxProvider({
      port: provider.port,
      key: secrets.providerKey,
      secret: secrets.providerSecret,
      noticeUrl: `${house}/api/payments/v1/notices`,
      file: join(folder, 'card-provider', 'events.jsonl'),
    })
    stops.push(started.close)
  }
  const { startSandboxAgencies } = await import('@ashlar/agency-system')
  const started = await startSandboxAgencies({
    port: agencies.port,
    secret: secrets.operator,
    house: { url: house, audience: baseUrl },
    file: join(folder, 'sandbox', 'agencies.jsonl'),
  })
  return [...stops, started.close]
}

/** A socket's path has at most 107 bytes, so it stands under /tmp and is named after the data folder. */
function socketIn(folder: string): string {
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 12)
  const place = join(tmpdir(), `ashlar-${process.getuid?.() ?? 0}-${name}`)
  mkdirSync(place, { recursive: true, mode: 0o700 })
  return join(place, 'typesetter')
}

// Starts the product in one process without walls, so that a profiler can look into it: on SIGUSR2 it begins, on the next it
// writes profile.cpuprofile into the data folder. For bench/profile.ts only.
import { mkdirSync, writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startSandboxProvider } from '@ashlar/card-provider'
import { checkCountry, loadCountry, ready } from '@ashlar/catalogue'
import { checkTable } from '@ashlar/decisions'
import { createLog } from '@ashlar/kernel/log'
import { resolveDatabase } from '@ashlar/kernel/postgres'
import { migrate } from '@ashlar/kernel/sql'
import { blockMigrations, blockRoles, readSettings, secretsOf } from '@ashlar/server'
import { checkTemplate, startTypesetter } from '@ashlar/typst'
import { offers } from '../apps/server/offers.ts'
import { serve } from '../apps/server/serve.ts'

const { values } = parseArgs({ strict: false, allowPositionals: true, options: { data: { type: 'string' } } })
const folder = String(values.data)
for (const own of ['files', 'sandbox']) mkdirSync(join(folder, own), { recursive: true })
const port = await freePort()
const baseUrl = `http://localhost:${port}`
const { values: settings } = readSettings({
  'http.port': String(port),
  'data.folder': folder,
  'documents.printAhead': 'false',
})
const secrets = secretsOf(folder)
const say = (text: string) => process.stderr.write(`${text}\n`)
const database = await resolveDatabase({ folder: join(folder, 'postgres'), label: baseUrl, log: say })
await migrate({ url: database.url, blocks: blockMigrations, password: database.password })
const typesetter = await startTypesetter({ socket: join(folder, 'typesetter') })
const provider = await startSandboxProvider({
  port: 0,
  key: secrets.providerKey,
  secret: secrets.providerSecret,
  noticeUrl: `${baseUrl}/api/payments/v1/notices`,
  file: join(folder, 'card-provider', 'events.jsonl'),
})
const loaded = await loadCountry(settings.country.folder)
const country = ready(loaded.country!, checkCountry(loaded, { offers, checkTable, checkLetter: checkTemplate }), offers)
const running = await serve({
  settings,
  secrets,
  database: {
    url: database.url.replace(/\/\/[^@]*@/, '//'),
    passwords: Object.fromEntries(blockRoles.map((role) => [role, database.password(role)])),
  },
  provider: { url: provider.url, key: secrets.providerKey, secret: secrets.providerSecret },
  typesetter: typesetter.socket,
  baseUrl,
  startedAt: performance.timeOrigin,
  country,
  log: createLog({ level: 'warn' }),
})
console.log(JSON.stringify({ event: 'ready', url: baseUrl }))

const inspector = new Session()
inspector.connect()
await inspector.post('Profiler.enable')
await inspector.post('Profiler.setSamplingInterval', { interval: 250 })
let isLooking = false
process.on('SIGUSR2', async () => {
  isLooking = !isLooking
  if (isLooking) return void (await inspector.post('Profiler.start'))
  const { profile } = await inspector.post('Profiler.stop')
  writeFileSync(join(folder, 'profile.cpuprofile'), JSON.stringify(profile))
})
process.once('SIGTERM', async () => {
  await running.close()
  await provider.close()
  await typesetter.stop()
  await database.stop()
  process.exit(0)
})

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

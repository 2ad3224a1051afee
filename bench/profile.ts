// Where the time goes: node bench/profile.ts own-application|own-list|queue|page|home|application, by function and by file.
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import type { Profiler } from 'node:inspector'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { COOKIE, signInOfficer, signInPeople } from '../tests/trust/people.ts'
import { startProduct } from '../tests/trust/product.ts'
import { runJson, runLoad } from './child.ts'
import type { JourneyOrders, JourneyReport } from './journeys.ts'
import { fillMillion } from './million.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const [what = 'application', seconds = '8'] = process.argv.slice(2)
const SHOWN = 45

const folder = join('/tmp', `ashlar-profile-${process.pid}`)
mkdirSync(folder, { recursive: true })
const product = await startProduct({
  data: join(folder, 'data'),
  log: join(folder, 'log'),
  launcher: fileURLToPath(new URL('profiled-launcher.ts', import.meta.url)),
})
try {
  const people = await signInPeople(product, 200)
  const port = Number(new URL(product.url).port)
  const load = (requests: { path: string; headers: Record<string, string> }[]) => () =>
    runLoad({
      port,
      requests: requests.map((request) => ({ method: 'GET', ...request })),
      rate: 'flat',
      seconds: Number(seconds),
      connections: 32,
    })
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
  const html = { accept: 'text/html', 'accept-encoding': 'br' }
  const reads = async () => (await fillMillion(product, people, 20_000)).own
  const journeys = (count: number) => {
    const tokens = people.map(({ token }) => token)
    const orders = { url: product.url, database: product.superuser(), tokens, count, pace: { underWay: 64 } }
    return runJson<JourneyReport>('journeys.ts', { ...orders, way: 'in-one-piece' } satisfies JourneyOrders)
  }
  const works: Record<string, () => Promise<() => Promise<unknown>>> = {
    'own-application': async () => {
      const own = await reads()
      return load(
        people.map(({ token }, at) => ({ path: `/api/cases/v1/applications/${own[at]![0]}`, headers: bearer(token) })),
      )
    },
    'own-list': async () => {
      await reads()
      return load(people.map(({ token }) => ({ path: '/api/cases/v1/applications', headers: bearer(token) })))
    },
    queue: async () => {
      await reads()
      return load([{ path: '/api/cases/v1/queue', headers: bearer(await signInOfficer(product, 'sana')) }])
    },
    page: async () => load([{ path: '/services/criminal-record-extract', headers: html }]),
    home: async () =>
      load(people.map(({ token }) => ({ path: '/', headers: { ...html, cookie: `${COOKIE}=${token}` } }))),
    application: async () => {
      await journeys(300)
      return () => journeys(1000)
    },
  }
  const work = await works[what]!()
  process.kill(product.pid, 'SIGUSR2')
  await delay(200)
  console.log(JSON.stringify(await work()))
  process.kill(product.pid, 'SIGUSR2')
  await delay(3_000)
  report(JSON.parse(readFileSync(join(folder, 'data/profile.cpuprofile'), 'utf8')) as Profiler.Profile)
} finally {
  await product.stop()
  rmSync(folder, { recursive: true, force: true })
}

function report({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): void {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)))
  /** The nearest function of a block or of the kernel that is not the way to the database itself. */
  const ours = (id: number): string => {
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const { functionName, url, lineNumber } = byId.get(at)!.callFrame
      const file = url.replace(`file://${root}`, '')
      if (/^(blocks|kernel|apps|adapters)\//.test(file) && !file.startsWith('kernel/sql/'))
        return `${functionName || '(anonymous)'} ${file}:${lineNumber + 1}`
    }
    return '(nobody)'
  }
  const functions = new Map<string, number>()
  const causes = new Map<string, number>()
  const files = new Map<string, number>()
  let busy = 0
  for (const [at, id] of samples.entries()) {
    const { functionName, url, lineNumber } = byId.get(id)!.callFrame
    if (functionName === '(idle)') continue
    const spent = timeDeltas[at] ?? 0
    busy += spent
    const file = url.replace(`file://${root}`, '').replace(/^.*node_modules\//, '~') || '(native)'
    const name = `${functionName || '(anonymous)'} ${file}:${lineNumber + 1}`
    const cause = ours(id)
    causes.set(cause, (causes.get(cause) ?? 0) + spent)
    functions.set(name, (functions.get(name) ?? 0) + spent)
    const folder = file.startsWith('~') ? file.split('/').slice(0, 2).join('/') : file
    files.set(folder, (files.get(folder) ?? 0) + spent)
  }
  for (const [title, sums] of Object.entries({ functions, files, causes })) {
    console.log(`\n${title} (of ${(busy / 1_000_000).toFixed(1)} s busy)`)
    const most = [...sums].sort((a, b) => b[1] - a[1]).slice(0, SHOWN)
    for (const [name, spent] of most) console.log(`${((spent * 100) / busy).toFixed(1).padStart(5)} %  ${name}`)
  }
}

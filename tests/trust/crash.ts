// The crash rig: the whole product under load, its server and its database killed in turns, and what was promised compared
// with what is there. `runCrash` is one run; controls are runs that must lose or double something.
import { fork, spawn } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createPairwise } from '@ashlar/kernel/identifiers'
import type { Verdict } from './checker.ts'
import type { ClientOrders } from './clients.ts'
import { query, signInPeople } from './people.ts'
import { killHard, type Product, seeded, startProduct } from './product.ts'

export interface CrashOptions {
  /** A folder of its own, emptied first. */
  folder: string
  kills: number
  clients: number
  seed: number
  keys?: ClientOrders['keys']
  /** Another program that starts the product. */
  launcher?: string
  /** What is killed, in turns. */
  targets?: Target[]
  /** Milliseconds that a client rests between two wishes. */
  rest?: number
  /** How often a client hangs up before it has its answer; 0.1. */
  impatience?: number
  /** Seconds to wait at the end until nothing is due; a control that has lost things never gets there. */
  settleLimit?: number
  say?: (text: string) => void
}

export type Target = 'server' | 'postmaster' | 'database' | 'both'

export interface CrashReport extends Verdict {
  kills: Record<Target, number>
  /** Milliseconds from a kill until /readyz says yes again. */
  recovery: { server: number[]; database: number[] }
  seconds: number
  /** Until nothing was due, running or resting any more, after the last client had left. */
  settledSeconds: number
  seenByPersons: { uses: number; missing: number }
  /** Kinds of faults, planted into the database afterwards, that the checker found: all are five. */
  plantedFound: string[]
}

/** The server twice as often as each way in which a database may go. */
const usual: Target[] = ['server', 'postmaster', 'server', 'database', 'server', 'postmaster', 'both']

export async function runCrash(options: CrashOptions): Promise<CrashReport> {
  const {
    folder,
    kills,
    clients,
    seed,
    keys = 'kept',
    targets = usual,
    rest = 0,
    impatience = 0.1,
    settleLimit = 150,
    say = () => {},
  } = options
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const log = join(folder, 'clients.jsonl')
  writeFileSync(log, '')
  const product = await startProduct({
    data: join(folder, 'data'),
    log: join(folder, 'product.log'),
    settings: { 'demo.people': '3000' },
    ...(options.launcher ? { launcher: options.launcher } : {}),
  })
  try {
    const people = await signInPeople(product, clients)
    const fines = await query<{ number: string; plate: string }>(
      product,
      `select values ->> 'number' as number, values ->> 'plate' as plate from registries.record
       where register = 'fines' and values ->> 'state' = 'unpaid' and values ->> 'enforcement' = 'active' order by id`,
    )
    say(`started in ${product.startSeconds.toFixed(1)} s; ${clients} clients, ${fines.length} fines to pay`)

    const from = performance.now()
    const child = fork(join(import.meta.dirname, 'clients.ts'), [], { execArgv: ['--no-warnings'] })
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
    child.send({ url: product.url, people, fines, log, seed, keys, rest, impatience } satisfies ClientOrders)
    const done = await killInTurns(product, { kills, targets, seed, say })
    child.send('stop')
    const code = await ended
    if (code !== 0) throw new Error(`the clients ended with ${code}`)
    const seconds = (performance.now() - from) / 1000
    const settledSeconds = await settle(product, settleLimit)
    const known = Object.fromEntries(people.map(({ person }) => [person, idInConsent(product, person)]))
    const verdict = await verify(product, log, known)
    const seenByPersons =
      keys === 'kept' && !options.launcher ? await seen(product, people, known) : { uses: 0, missing: 0 }
    const plantedFound = await planted(product, verdict, () => verify(product, log, known))
    return { ...verdict, ...done, seconds, settledSeconds, seenByPersons, plantedFound }
  } finally {
    await product.stop()
  }
}

interface Killing {
  kills: number
  targets: Target[]
  seed: number
  say(text: string): void
}

/** Each kill comes 0.6 to 2.4 s after all is well again; every fifth comes while the server is still starting. */
async function killInTurns(product: Product, { kills, targets, seed, say }: Killing) {
  const random = seeded(seed)
  const killed: Record<Target, number> = { server: 0, postmaster: 0, database: 0, both: 0 }
  const recovery: CrashReport['recovery'] = { server: [], database: [] }
  for (let turn = 0; turn < kills; turn += 1) {
    await delay(600 + random() * 1800)
    const target = targets[turn % targets.length]!
    const hit = killHard(victims(product, target))
    if (hit === 0) {
      // It was down already: what died before has not come back yet.
      await product.ready()
      turn -= 1
      continue
    }
    killed[target] += 1
    if (turn % 5 === 3 && turn < kills - 1) {
      await delay(random() * 800)
      killHard([product.server()])
    }
    // Its answer is a second old at most: what was killed is not to be taken for ready.
    await delay(1_100)
    const ms = 1_100 + (await product.ready())
    recovery[target === 'server' ? 'server' : 'database'].push(Math.round(ms))
    say(`kill ${turn + 1} of ${kills}: ${target}, back after ${(ms / 1000).toFixed(1)} s`)
  }
  await delay(1_500)
  return { kills: killed, recovery }
}

function victims(product: Product, target: Target): (number | undefined)[] {
  if (target === 'server') return [product.server()]
  if (target === 'postmaster') return [product.postgres()]
  return [...product.postgresFamily(), ...(target === 'both' ? [product.server()] : [])]
}

const OPEN = `select (select count(*) from kernel.job where state <> 0 or run_at <= now())::int as jobs,
  (select count(*) from cases.case where status <> 'closed')::int as cases`

/** Waits until nothing is due, and moves the demo's clock by an hour, so that what was to be asked later is asked now. */
async function settle(product: Product, limit: number): Promise<number> {
  const from = performance.now()
  const status = await post(product, '/demo/clock', { by: '+1h' })
  if (status >= 400 && status < 500) console.error(`the clock could not be moved: ${status}`)
  for (;;) {
    const [open] = await query<{ jobs: number; cases: number }>(product, OPEN).catch(() => [])
    if (open && open.jobs === 0 && open.cases === 0) break
    if (performance.now() - from > limit * 1000) break // what is left is told as stuck
    await delay(300)
  }
  return (performance.now() - from) / 1000
}

async function post(product: Product, path: string, body: object): Promise<number> {
  const answer = await fetch(`${product.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${product.operatorKey()}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).catch(() => undefined)
  await answer?.arrayBuffer()
  return answer?.status ?? 0
}

/** By another process, so that nothing the rig remembers can help. */
async function verify(product: Product, log: string, known: Record<string, string>): Promise<Verdict> {
  const orders = {
    database: product.superuser(),
    log,
    provider: join(product.data, 'card-provider/events.jsonl'),
    files: join(product.data, 'files'),
    known,
  }
  const child = spawn(
    process.execPath,
    ['--no-warnings', join(import.meta.dirname, 'checker.ts'), JSON.stringify(orders)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')))
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`the checker ended with ${code}`)
  return JSON.parse(said) as Verdict
}

/** Spoils the database in five ways, one for each kind of finding, and looks which of them the checker sees. */
async function planted(product: Product, before: Verdict, again: () => Promise<Verdict>): Promise<string[]> {
  const closed = "(select id from cases.case where status = 'closed' order by id limit 1)"
  for (const spoil of [
    `delete from cases.application where case_id = ${closed}`,
    `insert into documents.document select (jsonb_populate_record(d, jsonb_build_object('id', gen_random_uuid(),
       'key', d.key || '-planted', 'reference', d.reference || '-planted'))).* from documents.document d where case_id is not null limit 1`,
    'update payments.entry set amount = amount + 1 where id = (select min(id) from payments.entry)',
    `update cases.case set status = 'in-progress' where id = ${closed}`,
    'delete from consent.use where case_reference = (select min(case_reference) from consent.use)',
  ])
    await query(product, spoil)
  const after = await again()
  const kinds = ['lost', 'doubled', 'wrong', 'stuck', 'unlogged'] as const
  return kinds.filter((kind) => after[kind].length > before[kind].length)
}

/** What each person is shown of who used their data, against what the log holds of them: the page leaves nothing out. */
async function seen(
  product: Product,
  people: { person: string; token: string }[],
  known: Record<string, string>,
): Promise<CrashReport['seenByPersons']> {
  let [uses, missing] = [0, 0]
  for (const { person, token } of people) {
    const shown = new Set<string>()
    for (let next = '/api/consent/v1/uses?limit=100'; next !== ''; ) {
      const answer = await fetch(product.url + next, { headers: { authorization: `Bearer ${token}` } })
      const page = (await answer.json()) as { uses: { id: string }[]; next?: string }
      for (const { id } of page.uses) shown.add(id)
      next = page.next === undefined ? '' : `/api/consent/v1/uses?limit=100&cursor=${encodeURIComponent(page.next)}`
    }
    const kept = await query<{ use: string }>(product, 'select use from consent.use where person = $1', [known[person]])
    uses += kept.length
    missing += kept.filter(({ use }) => !shown.has(use)).length
  }
  return { uses, missing }
}

function idInConsent(product: Product, person: string): string {
  return createPairwise(Buffer.from(product.secrets().pairwise!, 'base64')).of('consent', person)
}

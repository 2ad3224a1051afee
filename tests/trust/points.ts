// Kills the engine at each of its named points, and once more when it comes there again; another life then goes on. Nothing
// may be stuck, nothing done twice, and a point at which nobody died proves nothing.
import { fork } from 'node:child_process'
import { join } from 'node:path'
import { house, testServer } from '@ashlar/kernel/testing'
import { type CrashPoint, crashPoints } from '@ashlar/workflow'
import { Client } from 'pg'
import { BEGIN, type LifeOrders, MORNINGS, plays } from './engine-life.ts'
import { type Figure, figure } from './figure.ts'

/** Houses at the same time. */
const SIDE_BY_SIDE = 2
const PATIENCE = 120_000

interface Examined {
  died: number
  stuck: string[]
  doubled: string[]
  lost: string[]
  effects: number
}

export async function diesAtEveryPoint({ say }: { say(text: string): void }): Promise<Figure[]> {
  const found: { point: CrashPoint; examined: Examined }[] = []
  const waiting = [...crashPoints]
  const work = async () => {
    for (let point = waiting.shift(); point !== undefined; point = waiting.shift())
      found.push({ point, examined: await killAt(point) })
  }
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work))
  const control = await killAt('step.answered', true)
  const all = (kind: 'stuck' | 'doubled' | 'lost') =>
    found.flatMap(({ point, examined }) => examined[kind].map((what) => `${point}: ${what}`))
  const findings = (kind: 'stuck' | 'doubled' | 'lost') => ({ findings: all(kind), examined: found.length })
  const effects = found.reduce((sum, { examined }) => sum + examined.effects, 0)
  const passed = found.filter(({ examined }) => examined.died === 0).map(({ point }) => point)
  say(`${crashPoints.length} points, ${found.reduce((sum, { examined }) => sum + examined.died, 0)} deaths`)
  return [
    figure('A4', 'Points of the engine at which nobody died', passed.length, '= 0', {
      examined: crashPoints.length,
      findings: passed,
    }),
    figure('A4', 'Processes stuck after a death at a named point', all('stuck').length, '= 0', findings('stuck')),
    figure('A4', 'Effects lost after a death at a named point', all('lost').length, '= 0', findings('lost')),
    figure('A4', 'Effects done twice after a death at a named point', all('doubled').length, '= 0', {
      examined: effects,
      findings: all('doubled'),
    }),
    figure('A4', 'Control: a block that forgets its keys does twice', control.doubled.length, '> 0'),
  ]
}

/** Two deaths at the point, if it is passed twice, and then a life to the end. */
async function killAt(point: CrashPoint, isForgetful = false): Promise<Examined> {
  const at = await house({ blocks: ['workflow'] })
  const { password } = await testServer()
  const client = new Client({ connectionString: at.url })
  await client.connect()
  try {
    await client.query(`create schema rig
      create table effect (key text, life text, instance uuid, service text, step text, primary key (key, life))
      create table withdrawn (key text primary key)`)
    await client.query('create table rig.clock as select $1::timestamptz as now', [BEGIN])
    const passwords = Object.fromEntries(
      ['kernel', 'keys', 'workflow'].map((sector) => [sector, password(`ashlar_${sector}`)]),
    )
    const orders = { url: at.url, passwords, isForgetful }
    let died = 0
    for (const visit of [1, 2]) if (await lifeEnds({ ...orders, point, visit })) died += 1
    if (await lifeEnds(orders)) throw new Error(`${point}: the last life was killed by somebody else`)
    return { died, ...(await examine(client)) }
  } finally {
    await client.end()
    await at.stop()
  }
}

/** Whether it was killed; throws if it failed or did not come to its end. */
function lifeEnds(orders: LifeOrders): Promise<boolean> {
  const child = fork(join(import.meta.dirname, 'engine-life.ts'), [], { execArgv: ['--no-warnings'] })
  const timer = setTimeout(() => child.kill('SIGTERM'), PATIENCE)
  return new Promise((resolve, reject) => {
    let isPlayed = false
    child.on('message', (message) => {
      isPlayed ||= message === 'played'
    })
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      if (signal === 'SIGKILL') resolve(true)
      else if (isPlayed && code === 0) resolve(false)
      else reject(new Error(`a life with ${orders.point ?? 'no death'} ended with ${code ?? signal}`))
    })
    child.send(orders)
  })
}

async function examine(client: Client): Promise<Omit<Examined, 'died'>> {
  const rows = async <Row>(text: string) => (await client.query(text)).rows as Row[]
  const open = await rows<{ service: string; status: string }>(
    `select service, status from workflow.instance where status not in ('ended', 'cancelled')`,
  )
  const jobs = await rows<{ queue: string; n: number }>(
    `select queue, count(*)::int as n from kernel.job where state <> 0 group by queue`,
  )
  const dead = await rows<{ queue: string; error: string }>('select queue, error from kernel.dead_letter')
  const counted = await rows<{ service: string; step: string; n: number }>(
    'select service, step, count(*)::int as n from rig.effect group by service, step',
  )
  const begun = await rows<{ service: string; n: number }>(
    'select service, count(*)::int as n from workflow.instance group by service',
  )
  const of = (service: string, step: string) =>
    counted.find((row) => row.service === service && row.step === step)?.n ?? 0
  const expected = [
    ...Object.entries(plays).flatMap(([service, { effects }]) =>
      Object.entries(effects).map(([step, n]) => ({ what: `${service} ${step}`, n, is: of(service, step) })),
    ),
    { what: 'clockwork rig.first', n: MORNINGS, is: of('clockwork', 'rig.first') },
    ...[...Object.keys(plays).map((name) => [name, 1] as const), ['clockwork', MORNINGS] as const].map(([name, n]) => ({
      what: `instances of ${name}`,
      n,
      is: begun.find(({ service }) => service === name)?.n ?? 0,
    })),
  ]
  return {
    stuck: [
      ...open.map(({ service, status }) => `${service} is ${status}`),
      ...jobs.map(({ queue, n }) => `${n} jobs of ${queue}`),
      ...dead.map(({ queue, error }) => `a dead letter of ${queue}: ${error}`),
    ],
    doubled: expected.filter(({ n, is }) => is > n).map(({ what, n, is }) => `${what}: ${is} for ${n}`),
    lost: expected.filter(({ n, is }) => is < n).map(({ what, n, is }) => `${what}: ${is} of ${n}`),
    effects: counted.reduce((sum, { n }) => sum + n, 0),
  }
}

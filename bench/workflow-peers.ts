// What our engine is measured beside: bpmn-engine in memory and persisted at its wait, DBOS with five durable steps.
import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { databaseUrl } from '@ashlar/kernel/sql'
import { DBOS } from '@dbos-inc/dbos-sdk'
import { Engine } from 'bpmn-engine'
import { Pool } from 'pg'
import { withDatabase } from './database.ts'
import { theirs } from './nine-nodes.ts'

/** At the same time. */
const TOGETHER = 16

interface Waiting {
  signal(): void
  owner: { getState(): unknown }
}

/** Runs until the task waits; gives what signals it. */
async function untilWait(
  engine: Engine,
  how: 'execute' | 'resume',
): Promise<{ waits: Waiting; ended: Promise<unknown> }> {
  const listener = new EventEmitter()
  const ended = new Promise((resolve) => engine.once('end', resolve))
  const waits = new Promise<Waiting>((resolve) => listener.once('activity.wait', (api) => resolve(api as Waiting)))
  await engine[how]({ listener } as never)
  return { waits: await waits, ended }
}

async function inMemory(): Promise<void> {
  const { waits, ended } = await untilWait(new Engine({ name: 'nine', source: theirs }), 'execute')
  waits.signal()
  await ended
}

async function persisted(pool: Pool): Promise<void> {
  const id = randomUUID()
  const engine = new Engine({ name: 'nine', source: theirs })
  await untilWait(engine, 'execute')
  await pool.query('insert into engine (id, state) values ($1, $2)', [id, JSON.stringify(await engine.getState())])
  engine.stop()
  const { rows } = await pool.query<{ state: object }>('select state from engine where id = $1', [id])
  const again = new Engine({ name: 'nine' }).recover(rows[0]!.state)
  const { waits, ended } = await untilWait(again, 'resume')
  waits.signal()
  await ended
  await pool.query('update engine set state = $2 where id = $1', [id, JSON.stringify(await again.getState())])
}

/** Instances a second. */
export async function bpmnEngine(url: string, seconds: number): Promise<{ memory: number; durable: number }> {
  await withDatabase(url, (client) => client.query('create table engine (id uuid primary key, state jsonb not null)'))
  const pool = new Pool({ connectionString: url, max: TOGETHER })
  try {
    const memory = await perSecond(seconds, inMemory)
    return { memory, durable: await perSecond(seconds, () => persisted(pool)) }
  } finally {
    await pool.end()
  }
}

/** Workflows of five steps a second. */
export async function dbos(url: string, seconds: number): Promise<number> {
  const name = `dbos_${Date.now()}`
  await withDatabase(url, (client) => client.query(`create database ${name}`))
  DBOS.setConfig({ name: 'bench', systemDatabaseUrl: databaseUrl({ url, database: name }), logLevel: 'error' })
  const five = DBOS.registerWorkflow(
    async (amount: number) => {
      let sum = amount
      for (const n of [1, 2, 3, 4, 5]) sum = await DBOS.runStep(async () => sum + n, { name: `step${n}` })
      return sum
    },
    { name: 'five' },
  )
  await DBOS.launch()
  try {
    return await perSecond(seconds, () => five(1))
  } finally {
    await DBOS.shutdown()
  }
}

async function perSecond(seconds: number, work: () => Promise<unknown>): Promise<number> {
  await work()
  let count = 0
  const from = performance.now()
  const until = from + seconds * 1000
  await Promise.all(
    Array.from({ length: TOGETHER }, async () => {
      while (performance.now() < until) {
        await work()
        count++
      }
    }),
  )
  return count / ((performance.now() - from) / 1000)
}

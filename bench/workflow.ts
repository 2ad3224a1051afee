// `bench workflow`: the same nine-node process in memory and durable beside bpmn-engine, five durable steps beside DBOS, both
// beside pgbench with the same writes; the round trip of a user task; a great many waiting instances and timers.
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { FlowItem, PublicService } from '@ashlar/catalogue'
import { createCalendar } from '@ashlar/kernel/calendar'
import { stoppedClock } from '@ashlar/kernel/clock'
import { createEvents } from '@ashlar/kernel/events'
import { compileFeel, toJson } from '@ashlar/kernel/feel'
import { createPairwise } from '@ashlar/kernel/identifiers'
import { createJobs } from '@ashlar/kernel/jobs'
import { createKeys } from '@ashlar/kernel/keys'
import { type RunningPostgres, startPostgres } from '@ashlar/kernel/postgres'
import { connect, type Database, migrate } from '@ashlar/kernel/sql'
import {
  advance,
  beforeStart,
  compileProcess,
  createWorkflow,
  type Json,
  type Rules,
  type Step,
} from '@ashlar/workflow'
import { withDatabase } from './database.ts'
import { childrenOf, cpuSeconds, memoryOf } from './machine.ts'
import { ours } from './nine-nodes.ts'
import type { BenchOptions, Row } from './result.ts'
import { bpmnEngine, dbos } from './workflow-peers.ts'
import { countWrites, playWrites } from './writes.ts'

const bench = 'workflow'
const BATCH = 200
const from = '2026-03-02T09:00:00Z'
const subject = '018f4e6a-0000-7000-8000-000000000001'

const service = (id: string, flow: FlowItem[], files: Record<string, string> = {}) => {
  const none = { evidence: {}, fees: {}, messages: {}, outputs: {}, rules: {}, parties: {}, facts: {} }
  return { id, version: '1.0.0', authority: 'bench', flow, files, ...none } as unknown as PublicService
}
const step = (name: string, more: object = {}): FlowItem => ({ kind: 'step', step: name, with: {}, undo: [], ...more })
const close: FlowItem = { kind: 'close', result: 'done' }

const definitions: Record<string, PublicService> = {
  nine: service('nine', [], { 'process.bpmn': ours }),
  five: service('five', [...[...'12345'].map((n) => step('bench.do', { with: { n }, saveAs: `found${n}` })), close]),
  timer: service('timer', [{ kind: 'wait', for: '30 days' }, close]),
}

export async function workflow({ folder, seconds, say }: BenchOptions): Promise<Row[]> {
  const server = await startPostgres({ folder: `${folder}/workflow` })
  try {
    const ground = await prepare(server)
    try {
      say('in memory …')
      const memory = inMemory(seconds)
      say('durable, nine nodes …')
      const nine = await beside(server, folder, seconds, () => run(ground, 'nine', seconds * 1_000))
      say('durable, five steps …')
      const five = await beside(server, folder, seconds, () => run(ground, 'five', seconds * 600))
      const trips = await roundTrips(ground, Math.min(500, seconds * 50))
      say('many that wait …')
      const many = await waiting(ground, server, seconds >= 10 ? 1_000_000 : 50_000, seconds)
      say('bpmn-engine, DBOS …')
      const engine = await bpmnEngine(server.url, seconds)
      const five2 = await dbos(server.url, seconds)
      return [
        row('nine nodes in memory', memory, 'bpmn-engine', engine.memory),
        row('nine nodes, durable, with a wait', nine.perSecond, 'pgbench, the same writes', nine.limit, '≥ 0.5 ×'),
        row('the same', nine.perSecond, 'bpmn-engine, persisted at the wait', engine.durable, '≥ 30 ×'),
        row('five durable steps', five.perSecond, 'pgbench, the same writes', five.limit, '≥ 0.5 ×'),
        row('the same', five.perSecond, 'DBOS', five2, '≥ 10 ×'),
        { bench, what: 'nine nodes, durable, CPU for each', value: nine.cpu, unit: 'ms' },
        { bench, what: 'user task: told until gone on, p50', value: trips.p50, unit: 'ms' },
        { bench, what: 'user task: told until gone on, p95', value: trips.p95, unit: 'ms' },
        ...many,
      ]
    } finally {
      await ground.stop()
    }
  } finally {
    await server.stop()
  }
}

function row(what: string, value: number, limit: string, of: number, wanted?: string): Row {
  return {
    bench,
    what,
    value,
    unit: '/s',
    limit: { what: limit, value: of },
    ...(wanted === undefined ? {} : { wanted }),
  }
}

async function prepare(server: RunningPostgres) {
  const at = (path: string) => new URL(`../${path}/migrations/`, import.meta.url)
  const blocks = [
    { name: 'keys', folder: at('kernel/keys') },
    { name: 'workflow', folder: at('blocks/workflow') },
  ]
  await migrate({ url: server.url, blocks, password: server.password })
  const pairwise = createPairwise(Buffer.alloc(32, 'pairwise'))
  const open: Database[] = []
  const database = (name: string, max: number) => {
    const role = `ashlar_${name}`
    const sql = connect({ url: server.url, role, password: server.password(role), sector: name, pairwise, max })
    open.push(sql)
    return sql
  }
  const clock = stoppedClock(from)
  const kernel = database('kernel', 6)
  const jobs = createJobs({ sql: kernel, clock })
  const events = createEvents({ sql: kernel, jobs, clock })
  const keys = createKeys({ sql: database('keys', 4), master: Buffer.alloc(32, 'master'), clock })
  const told: { key(key: string): void } = { key: () => {} }
  const steps: Step[] = [
    { name: 'bench.do', run: async (commands) => commands.map(() => ({ done: { ok: true } })) },
    {
      name: 'bench.wait',
      async run(commands) {
        for (const { key } of commands) told.key(key)
        return commands.map(() => ({ waiting: true as const }))
      },
    },
  ]
  const sql = database('workflow', 8)
  const made = createWorkflow({
    sql,
    clock,
    events,
    jobs,
    keys,
    pairwise,
    steps,
    definition: async (id) => definitions[id]!,
    decide: () => ({ output: null, trace: null }),
    calendar: createCalendar({ zone: 'UTC', weekend: [6, 0], holidays: [] }),
    money: (value) => ({ value, currency: 'VRD' }),
  })
  await jobs.start()
  const stop = async () => {
    await jobs.stop()
    await Promise.all(open.map((one) => one.close()))
  }
  return { workflow: made, jobs, clock, told, keys, pairwise, sql, stop }
}

type Ground = Awaited<ReturnType<typeof prepare>>

const request = (id: string) => ({
  key: randomUUID(),
  caseId: randomUUID(),
  service: { id, version: '1.0.0' },
  tenant: 'bench',
  subject,
  facts: { amount: 12, name: 'x'.repeat(400) } as Record<string, Json>,
})

/** Instances a second until all have ended; what waits is completed as soon as it is told. */
async function run(
  { workflow, jobs, told }: Ground,
  id: string,
  count: number,
): Promise<{ perSecond: number; count: number }> {
  const completions: Promise<void>[] = []
  told.key = (key) => void setImmediate(() => completions.push(workflow.complete(key, { ok: true })))
  const began = performance.now()
  let left = count
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      while (left > 0) {
        const some = Math.min(BATCH, left)
        left -= some
        await workflow.startAll(Array.from({ length: some }, () => request(id)))
      }
    }),
  )
  await jobs.idle()
  await Promise.all(completions)
  await jobs.idle()
  told.key = () => {}
  return { perSecond: count / ((performance.now() - began) / 1000), count }
}

/** The measured work once to warm up, once to count its writes and CPU; then pgbench with as many. */
async function beside(
  server: RunningPostgres,
  folder: string,
  seconds: number,
  work: () => Promise<{ perSecond: number; count: number }>,
) {
  const { count } = await work()
  const cpu = () =>
    cpuSeconds(process.pid) + cpuSeconds(server.pid()) + sum(childrenOf(server.pid()).map((pid) => cpuSeconds(pid)))
  let spent = 0
  const [counted, { perSecond }] = await countWrites(server.url, count, async () => {
    const before = cpu()
    const result = await work()
    spent = cpu() - before
    return result
  })
  const limit = await playWrites(server.url, counted, folder, seconds)
  return { perSecond, limit, cpu: (spent * 1000) / count }
}

const sum = (values: number[]): number => values.reduce((all, value) => all + value, 0)

function inMemory(seconds: number): number {
  const graph = compileProcess(definitions.nine!)
  const expressions = new Map<string, ReturnType<typeof compileFeel>>()
  const rules: Rules = {
    now: new Date(from),
    evaluate: (source, facts) => {
      const expression = expressions.get(source) ?? compileFeel(source)
      expressions.set(source, expression)
      return toJson(expression.evaluate(facts)) as Json
    },
    decide: () => ({ output: null, trace: null }),
    deadline: (at) => at,
    money: (value) => ({ value, currency: 'VRD' }),
  }
  const began = performance.now()
  let count = 0
  while (performance.now() - began < seconds * 1000)
    for (let n = 0; n < 100; n++, count++) {
      const first = advance(graph, { state: beforeStart, facts: { amount: n } }, { kind: 'start' }, rules)!
      const { node, visit } = first.commands[0]!
      const last = advance(graph, first, { kind: 'done', node, visit, output: null }, rules)!
      if (last.state.result === undefined) throw new Error('it has not ended')
    }
  return count / ((performance.now() - began) / 1000)
}

/** From telling that a task is done until its process has gone on, one after the other. */
async function roundTrips({ workflow, jobs, told }: Ground, count: number): Promise<{ p50: number; p95: number }> {
  const keys: string[] = []
  told.key = (key) => void keys.push(key)
  await workflow.startAll(Array.from({ length: count }, () => request('nine')))
  await jobs.idle()
  const times: number[] = []
  for (const key of keys) {
    const began = performance.now()
    await workflow.complete(key, { ok: true })
    times.push(performance.now() - began)
  }
  times.sort((a, b) => a - b)
  return { p50: times[Math.floor(times.length * 0.5)]!, p95: times[Math.floor(times.length * 0.95)]! }
}

/** Copies one waiting instance with its timer, starts anew beside them, and lets the time of some come. */
async function waiting(ground: Ground, server: RunningPostgres, count: number, seconds: number): Promise<Row[]> {
  const { workflow, jobs, clock } = ground
  const id = await workflow.start(request('timer'))
  await jobs.idle()
  await jobs.stop()
  await withDatabase(server.url, async (client) => {
    await client.query(
      `create temp table many as select gen_random_uuid() as id from generate_series(1, ${count - 1});
       insert into workflow.instance (id, key, case_id, service, version, tenant, person, status, state, facts, revision, started_at, moved_at)
         select many.id, many.id::text, many.id, service, version, tenant, person, status, state, facts, revision, started_at, moved_at
         from many, workflow.instance i where i.id = '${id}';
       insert into kernel.job (queue, key, share, payload, run_at)
         select queue, replace(key, '${id}', many.id::text), share, replace(payload::text, '${id}', many.id::text)::jsonb,
           run_at + make_interval(mins => (random() * 600)::int)
         from many, kernel.job j where j.queue = 'workflow.timer' and j.key like '${id}%';
       analyze workflow.instance; analyze kernel.job`,
    )
  })
  const began = performance.now()
  await jobs.start()
  const started = performance.now() - began
  await delay(1_000)
  const { pss } = memoryOf(process.pid)
  await clock.move('P31D')
  const drained = performance.now()
  const open = async () => {
    const [left] = await withDatabase(server.url, async (client) => {
      const { rows } = await client.query<{ n: string }>(
        `select count(*) as n from workflow.instance where service = 'timer' and status = 'running'`,
      )
      return rows
    })
    return Number(left!.n)
  }
  jobs.wake.tell('workflow.timer')
  await delay(seconds * 1000)
  const done = count - (await open())
  const perSecond = done / ((performance.now() - drained) / 1000)
  const name = count.toLocaleString('en')
  return [
    { bench, what: `start beside ${name} waiting instances and timers`, value: started, unit: 'ms' },
    { bench, what: `memory of the engine's process beside them (PSS)`, value: pss, unit: 'MB' },
    { bench, what: 'due timers', value: perSecond, unit: '/s' },
  ]
}

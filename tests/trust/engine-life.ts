// One life of the engine, for the rig that kills it at named points: builds the block on a database that is there, plays
// everything that the block can do, and says so when it got to the end. The next life plays the same again.
import { createHash } from 'node:crypto'
import type { FlowItem, PublicService } from '@ashlar/catalogue'
import { stoppedClock } from '@ashlar/kernel/clock'
import { createEvents } from '@ashlar/kernel/events'
import { createPairwise, uuidOf } from '@ashlar/kernel/identifiers'
import { createJobs } from '@ashlar/kernel/jobs'
import { createKeys } from '@ashlar/kernel/keys'
import { type Context, connect } from '@ashlar/kernel/sql'
import { type Command, type CrashPoint, createWorkflow, type Step } from '@ashlar/workflow'
import { Pool } from 'pg'

export interface LifeOrders {
  url: string
  passwords: Record<string, string>
  /** Where to die, and at which time of coming there; nowhere if left out. */
  point?: CrashPoint
  visit?: number
  /** For the control: effects are not committed under their keys, so that doing again is doing twice. */
  isForgetful?: boolean
}

const officer: Context = {
  tenant: 'justice',
  actor: { kind: 'staff', id: 'rig' },
  purpose: 'case-work',
  channel: 'system',
  trace: 'rig',
}

const task = (name: string, more: object = {}): FlowItem =>
  ({
    kind: 'task',
    name,
    saveAs: name,
    role: 'officer',
    facts: [],
    outcomes: ['yes', 'no'],
    reasons: {},
    questions: [],
    ...more,
  }) as unknown as FlowItem
const step = (name: string): FlowItem => ({ kind: 'step', step: name, with: {}, undo: [] })
const close: FlowItem = { kind: 'close', result: 'done' }

/** What each process does, and how often each of its steps has its effect when all went well. */
export const plays: Record<string, { flow: FlowItem[]; effects: Record<string, number> }> = {
  long: {
    flow: [
      step('rig.first'),
      task('decide'),
      { kind: 'wait', for: '1 day' },
      { kind: 'on', branches: [{ message: 'reply', key: 'number', do: [] }] },
      { kind: 'on', branches: [{ event: 'bell.rung', do: [] }] },
      step('rig.last'),
      close,
    ],
    effects: { 'rig.first': 1, 'cases.task': 1, 'rig.last': 1 },
  },
  late: {
    flow: [task('decide', { within: '1 day', onExpiry: 'yes' }), step('rig.last'), close],
    effects: { 'cases.task': 1, 'rig.last': 1 },
  },
  cancelled: { flow: [task('decide'), step('rig.last'), close], effects: { 'cases.task': 1 } },
  repaired: { flow: [step('rig.refuses'), step('rig.last'), close], effects: { 'rig.last': 1 } },
  suspended: {
    flow: [task('decide'), step('rig.last'), close],
    effects: { 'cases.task': 1, 'rig.last': 1 },
  },
  migrated: {
    flow: [task('check'), step('rig.last'), close],
    effects: { 'cases.task': 1, 'rig.last': 1 },
  },
}
const newer: FlowItem[] = [task('examine'), step('rig.last'), close]
/** Begins by itself every morning. */
const clockwork = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0">
  <process id="clockwork" isExecutable="true">
    <startEvent id="plain"/>
    <startEvent id="begin"><timerEventDefinition><timeCycle>0 0 6 * * *</timeCycle></timerEventDefinition></startEvent>
    <serviceTask id="work"><extensionElements><zeebe:taskDefinition type="rig.first"/></extensionElements></serviceTask>
    <endEvent id="end"/>
    <exclusiveGateway id="either"/><sequenceFlow id="c" sourceRef="plain" targetRef="either"/>
    <sequenceFlow id="d" sourceRef="begin" targetRef="either"/><sequenceFlow id="a" sourceRef="either" targetRef="work"/><sequenceFlow id="b" sourceRef="work" targetRef="end"/>
  </process></definitions>`
/** Of a service that begins by itself, each morning of the play. */
export const MORNINGS = 2

export const BEGIN = new Date('2026-03-02T09:00:00Z')
const addDays = (from: Date, days: number) => new Date(from.getTime() + days * 86_400_000)
const secret = (of: string) => createHash('sha256').update(`the rig's ${of}`).digest()
const definitionOf = (id: string, version: string): PublicService => {
  const drawn = id === 'clockwork'
  const flow = drawn ? [] : version === '2.0.0' ? newer : plays[id]!.flow
  const rest = { evidence: {}, fees: {}, messages: {}, outputs: {}, rules: {}, parties: {} }
  const files = drawn ? { 'process.bpmn': clockwork } : {}
  return { id, version, authority: 'justice', flow, files, ...rest } as unknown as PublicService
}

async function live({ url, passwords, point, visit = 1, isForgetful }: LifeOrders): Promise<void> {
  const rig = new Pool({ connectionString: url, max: 2 })
  const { rows } = await rig.query<{ now: Date }>('select now from rig.clock')
  const clock = stoppedClock(rows[0]!.now.toISOString())
  const pairwise = createPairwise(secret('pairwise'))
  const database = (sector: string) =>
    connect({ url, role: `ashlar_${sector}`, password: passwords[sector]!, sector, pairwise, max: 4 })
  const kernel = database('kernel')
  const jobs = createJobs({ sql: kernel, clock, rest: { firstMs: 2, maxMs: 20 } })
  let visits = 0
  const at = (here: CrashPoint) => {
    if (here === point && ++visits === visit) process.kill(process.pid, 'SIGKILL')
  }

  /** As every block does: the effect stands under the key of the command, in a transaction of the block's own. */
  const effects = (name: string, outcome: 'done' | 'waiting'): Step => ({
    name,
    async run(commands: Command[]) {
      await rig.query(
        `insert into rig.effect (key, life, instance, service, step)
         select key, $5, instance, service, $4 from unnest($1::text[], $2::uuid[], $3::text[]) as t (key, instance, service)
         on conflict do nothing`,
        [
          commands.map((one) => one.key),
          commands.map((one) => one.instance),
          commands.map((one) => one.service.id),
          name,
          isForgetful ? String(process.pid) : '',
        ],
      )
      return commands.map(() => (outcome === 'done' ? { done: null } : { waiting: true }))
    },
    ...(outcome === 'waiting'
      ? {
          expire: async (commands) => commands.map(({ onExpiry }) => ({ done: onExpiry })),
          cancel: async (commands) =>
            void (await rig.query('insert into rig.withdrawn select unnest($1::text[]) on conflict do nothing', [
              commands.map(({ key }) => key),
            ])),
        }
      : {}),
  })
  const workflow = createWorkflow({
    sql: database('workflow'),
    clock,
    events: createEvents({ sql: kernel, jobs, clock }),
    jobs,
    keys: createKeys({ sql: database('keys'), master: secret('master'), clock }),
    pairwise,
    steps: [
      effects('rig.first', 'done'),
      effects('rig.last', 'done'),
      effects('cases.task', 'waiting'),
      { name: 'rig.refuses', run: async (commands) => commands.map(() => ({ failed: { code: 'no', title: 'No' } })) },
    ],
    definition: async (id, version) => definitionOf(id, version),
    decide: () => ({ output: null, trace: null }),
    calendar: { deadline: (from, term) => new Date(from.getTime() + Number.parseInt(term, 10) * 86_400_000) },
    money: (value) => ({ value, currency: 'VRD' }),
    current: async () => [{ id: 'clockwork', version: '1.0.0', authority: 'justice' }],
    limits: { attempts: 1000 },
    at,
  })

  /** What was done in an earlier life is refused by name now, and that is in order. */
  const again = async (work: Promise<unknown>) => {
    await work.catch((error: { code?: string }) => {
      if (!/^(process|incident|migration)-/.test(error.code ?? '')) throw error
    })
  }
  const tasks = async (service: string) => {
    const { rows } = await rig.query<{ key: string }>(
      `select distinct key from rig.effect where service = $1 and step = 'cases.task'`,
      [service],
    )
    return rows.map(({ key }) => key)
  }

  await jobs.start()
  const ids: Record<string, string> = {}
  for (const service of Object.keys(plays))
    ids[service] = await workflow.start({
      key: `rig ${service}`,
      caseId: uuidOf(`case ${service}`),
      service: { id: service, version: '1.0.0' },
      tenant: 'justice',
      subject: uuidOf('somebody'),
      facts: { number: 'A' },
    })
  await jobs.idle()
  await again(workflow.suspend(ids.suspended!, 'wait', officer))
  for (const service of ['long', 'suspended'])
    for (const key of await tasks(service)) await workflow.complete(key, { outcome: 'yes' })
  await again(workflow.resume(ids.suspended!, 'go on', officer))
  await again(workflow.cancel(ids.cancelled!, 'withdrawn', officer))
  await jobs.idle()
  const skip = { kind: 'skip', node: 'rig-refuses', output: null } as const
  await again(workflow.repair(ids.repaired!, skip, 'on paper', officer))
  const plan = { service: 'migrated', from: '1.0.0', to: '2.0.0', map: { check: 'examine' } }
  await again(workflow.migrate(plan, { dryRun: false, reason: 'the Act was amended' }, officer))
  for (const key of await tasks('migrated')) await workflow.complete(key, { outcome: 'yes' })
  await jobs.idle()
  // The law's time goes on where the last life left it; it never goes back.
  while (clock.now() < addDays(BEGIN, MORNINGS)) {
    await clock.move('P1D')
    await rig.query('update rig.clock set now = $1', [clock.now()])
    await jobs.idle()
  }
  await workflow.tell({ message: 'reply', key: 'A', content: {}, sentAs: 'rig:reply', tenant: 'justice' })
  await jobs.idle()
  await workflow.signal({ signal: 'bell.rung', tenant: '*', sentAs: 'rig:bell' })
  await jobs.idle()
  process.send?.('played')
  process.disconnect?.()
  process.exit(0)
}

if (process.argv[1] === import.meta.filename)
  process.once('message', (orders) => {
    process.once('disconnect', () => process.exit(0))
    live(orders as LifeOrders).catch((error: unknown) => {
      console.error(error)
      process.exit(1)
    })
  })

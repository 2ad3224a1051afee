// Work in the background: runs steps in batches, lets terms and timers pass, withdraws what is no longer wanted.
import type { Events } from '@ashlar/kernel/events'
import { type Pairwise, uuidv7 } from '@ashlar/kernel/identifiers'
import type { Job, Jobs } from '@ashlar/kernel/jobs'
import { isProblem } from '@ashlar/kernel/problem'
import type { Context, Database, Sql } from '@ashlar/kernel/sql'
import type { AtPoint } from './crash-points.ts'
import { readKey } from './key.ts'
import type { Mover, NewIncident, Occurrence } from './mover.ts'
import type { Command, ExpiredCommand, Outcome, Step } from './step.ts'
import { type CommandToRun, workflowStore } from './store.ts'

export interface RunnerNeeds {
  sql: Database
  jobs: Jobs
  events: Events
  clock: { now(): Date }
  pairwise: Pairwise
  mover: Mover
  steps: Step[]
  /** Commands of one call of a step. */
  batch: number
  /** Calls of one step at the same time, and of one public service among them: what hangs holds up only itself. */
  concurrency: number
  perService: number
  /** Milliseconds of machine time that a call may take before it is left behind and tried again. */
  patience: number
  /** How often a step is tried before a person has to look at it. */
  attempts: number
  at: AtPoint
}

/** The platform's own workers see every tenant. */
export const asWorker: Context = {
  tenant: '*',
  actor: { kind: 'system', id: 'workflow' },
  purpose: 'process',
  channel: 'system',
  trace: 'workflow',
}

type Settled = { command: CommandToRun; outcome: Outcome }

export function handleWork(needs: RunnerNeeds): void {
  const { sql, jobs, events, clock, pairwise, mover, batch, concurrency, perService, patience, attempts, at } = needs
  const steps = new Map(needs.steps.map((step) => [step.name, step]))
  const options = { batch, concurrency, perShare: perService, attempts }

  for (const step of needs.steps) jobs.handle(`workflow.step.${step.name}`, options, (jobs) => runStep(step, jobs))
  jobs.handle('workflow.expiry', options, expire)
  jobs.handle('workflow.timer', options, async (jobs) => {
    const passed = keysOf(jobs).map((key): Occurrence => {
      const { instance, node, visit } = readKey(key)
      return { instance, happening: { kind: 'due', node, visit } }
    })
    await sql.begin(asWorker, (sql) => mover.move(sql, passed))
    await at('timer.moved')
  })
  jobs.handle('workflow.cancel', options, cancel)

  async function runStep(step: Step, jobs: Job[]): Promise<void> {
    const commands = await load(keysOf(jobs), ['pending'])
    await at('step.loaded')
    const results = await Promise.all(byDefinition(commands).map((group) => callStep(step, group)))
    await at('step.answered')
    const settled = results.flatMap((result) => (Array.isArray(result) ? result : []))
    const fault = results.find((result) => !Array.isArray(result))
    const tired = fault === undefined ? [] : giveUp(commands, settled, jobs, fault as Fault)
    await settle([...settled, ...tired])
    await at('step.settled')
    // Those that were settled are skipped when the rest is tried again.
    if (fault !== undefined && settled.length + tired.length < commands.length) throw (fault as Fault).cause
  }

  interface Fault {
    cause: unknown
  }

  async function callStep(step: Step, group: CommandToRun[]): Promise<Settled[] | Fault> {
    try {
      const commands = await Promise.all(group.map(toCommand))
      return pair(group, await inTime(step.run(commands), patience, step.name))
    } catch (cause) {
      return isProblem(cause)
        ? pair(
            group,
            group.map(() => refusalOf(cause)),
          )
        : { cause }
    }
  }

  /** Commands tried so often that a person has to look at them. */
  function giveUp(commands: CommandToRun[], settled: Settled[], jobs: Job[], { cause }: Fault): Settled[] {
    const done = new Set(settled.map(({ command }) => command.key))
    const last = new Set(jobs.filter(({ attempt }) => attempt >= attempts).map(({ key }) => key))
    const outcome: Outcome = { failed: { code: 'step-failed', title: 'The step failed', detail: nameOfFault(cause) } }
    return commands.filter(({ key }) => last.has(key) && !done.has(key)).map((command) => ({ command, outcome }))
  }

  /** Records outcomes and moves their instances, all in one transaction. */
  async function settle(settled: Settled[]): Promise<void> {
    if (settled.length === 0) return
    const now = clock.now()
    const isAside = ({ command, outcome }: Settled) => command.detached && 'done' in outcome
    await sql.begin(asWorker, async (sql) => {
      // Nothing in a process waits for these: their instances need not be touched.
      const aside = settled
        .filter(isAside)
        .map(({ command: { key } }) => ({ key, state: 'done' as const, outcome: null }))
      await workflowStore(sql).endCommands(aside, now)
      const rest = settled.filter((one) => !isAside(one))
      if (rest.length === 0) return
      const moved = await mover.move(sql, rest.flatMap(toOccurrence))
      const held = new Map([...moved].map(([{ command }, came]) => [command?.key, came?.stuck.length !== 0]))
      await mover.raise(
        sql,
        rest.flatMap(({ command, outcome }) =>
          'failed' in outcome && held.get(command.key) ? [toIncident(command, outcome.failed, now)] : [],
        ),
      )
      await letWait(sql, rest)
    })
  }

  async function letWait(sql: Sql, settled: Settled[]): Promise<void> {
    const rows = settled.flatMap(({ command, outcome }) =>
      'waiting' in outcome ? [{ key: command.key, until: outcome.until ?? null }] : [],
    )
    if (rows.length === 0) return
    const store = workflowStore(sql)
    const waiting = await store.letWait(rows)
    await jobs.addAll(
      sql,
      waiting
        .filter(({ expires, due }) => expires && due !== null)
        .map(({ key, due, service }) => ({
          queue: 'workflow.expiry',
          key: `${key}@${due!.toISOString()}`,
          payload: { key },
          runAt: due!,
          share: service,
        })),
    )
    // A task or a question tells itself whose turn it is; of other waits the case is told.
    const others = waiting.filter(({ step }) => !step.startsWith('cases.'))
    await events.publishAll(
      sql,
      others.map(({ key, instance, caseId, step, service }) => ({
        type: 'workflow.waiting',
        key,
        data: { instance, case: caseId, service, step },
        share: service,
      })),
    )
    // Cancelled while the step ran: its effect came after the withdrawal, so it is withdrawn once more.
    const known = new Set(waiting.map(({ key }) => key))
    const late = await store.commandsIn(
      rows.map(({ key }) => key).filter((key) => !known.has(key)),
      ['cancelled'],
    )
    await jobs.addAll(
      sql,
      late.map(({ key, service }) => ({ queue: 'workflow.cancel', key, payload: { key }, share: service })),
    )
  }

  /** The block whose work it is decides whether it was done in time; without such a block, the law's outcome is taken. */
  async function expire(jobs: Job[]): Promise<void> {
    const now = clock.now()
    const commands = (await load(keysOf(jobs), ['waiting'])).filter(({ due }) => due !== null && due <= now)
    const settled = await Promise.all(
      byDefinition(commands).map(async (group) => {
        const step = steps.get(group[0]!.step)
        if (step?.expire === undefined)
          return group.map((command) => ({ command, outcome: { done: command.onExpiry } }))
        const expired = await Promise.all(
          group.map(
            async (command): Promise<ExpiredCommand> => ({ ...(await toCommand(command)), onExpiry: command.onExpiry }),
          ),
        )
        return pair(group, await inTime(step.expire(expired), patience, step.name))
      }),
    )
    await at('expiry.answered')
    await settle(settled.flat())
  }

  async function cancel(jobs: Job[]): Promise<void> {
    const commands = await load(keysOf(jobs), ['cancelled'])
    await Promise.all(
      byDefinition(commands).map(async (group) => {
        const cancelled = group.map((command) => ({
          key: command.key,
          caseId: command.caseId,
          context: contextOf(command),
        }))
        await steps.get(group[0]!.step)?.cancel?.(cancelled)
      }),
    )
    await at('cancel.told')
  }

  function load(keys: string[], states: CommandToRun['state'][]): Promise<CommandToRun[]> {
    return sql.read(asWorker, (sql) => workflowStore(sql).commandsIn(keys, states))
  }

  async function toCommand(row: CommandToRun): Promise<Command> {
    return {
      key: row.key,
      instance: row.instance,
      caseId: row.caseId,
      service: { id: row.service, version: row.version },
      context: contextOf(row),
      input: await mover.open(row, row.input),
      ...(row.due === null ? {} : { due: row.due.toISOString() }),
    }
  }

  function contextOf(row: CommandToRun): Context {
    return {
      tenant: row.tenant,
      actor: { kind: 'system', id: 'workflow' },
      subject: pairwise.back('workflow', row.person),
      purpose: 'case-work',
      channel: 'system',
      trace: row.instance,
    }
  }
}

/** One call of a step is of one step and one version of one public service. */
function byDefinition(commands: CommandToRun[]): CommandToRun[][] {
  return [...Map.groupBy(commands, ({ step, service, version }) => `${step} ${service} ${version}`).values()]
}

function pair(commands: CommandToRun[], outcomes: Outcome[]): Settled[] {
  if (outcomes.length !== commands.length)
    throw new Error(`${commands[0]?.step} gave ${outcomes.length} outcomes for ${commands.length} commands`)
  return commands.map((command, index) => ({ command, outcome: outcomes[index]! }))
}

function toOccurrence({ command: { key, instance }, outcome }: Settled): Occurrence[] {
  const { node, visit } = readKey(key)
  if ('done' in outcome) {
    const { done } = outcome
    return [
      {
        instance,
        happening: { kind: 'done', node, visit, output: done },
        command: { key, state: 'done', outcome: done },
      },
    ]
  }
  if ('failed' in outcome) {
    const why = outcome.failed.code
    return [{ instance, happening: { kind: 'failed', node, visit, why }, command: { key, state: 'failed' } }]
  }
  return []
}

function toIncident(
  command: CommandToRun,
  failed: { code: string; title: string; detail?: string },
  at: Date,
): NewIncident {
  return {
    id: uuidv7(),
    instance: command.instance,
    caseId: command.caseId,
    service: command.service,
    tenant: command.tenant,
    person: command.person,
    key: command.key,
    step: command.step,
    holds: !command.detached,
    code: failed.code,
    detail: failed.detail ?? failed.title,
    raisedAt: at,
  }
}

function keysOf(jobs: Job[]): string[] {
  return jobs.map(({ payload }) => (payload as { key: string }).key)
}

function refusalOf(problem: { code: string; title: string; detail?: string }): Outcome {
  const { code, title, detail } = problem
  return { failed: { code, title, ...(detail === undefined ? {} : { detail }) } }
}

/** Its kind only: what a fault says may hold somebody's data, and this is shown. */
function nameOfFault(cause: unknown): string {
  const { name, code } = cause as { name?: string; code?: string }
  return [name ?? 'Error', code].filter((part) => part !== undefined).join(' ')
}

async function inTime<T>(work: Promise<T>, patience: number, name: string): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`${name} did not answer within ${patience} ms`)), patience)
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}

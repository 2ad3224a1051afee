// Workflow: what the house may ask, and how the block is made.
import { createHash, randomUUID } from 'node:crypto'
import type { PublicService, RuleTable } from '@ashlar/catalogue'
import { addDuration, type Clock } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import { gather } from '@ashlar/kernel/gather'
import type { Pairwise } from '@ashlar/kernel/identifiers'
import type { Jobs } from '@ashlar/kernel/jobs'
import type { Context, Database } from '@ashlar/kernel/sql'
import type { AtPoint } from './crash-points.ts'
import type { Json } from './graph.ts'
import { isKey, readKey } from './key.ts'
import { handleMessages } from './messages.ts'
import { keepMonths } from './months.ts'
import { createMover, type Seals, type StartRequest } from './mover.ts'
import { createOperations, type Operations } from './operations.ts'
import { IncidentNotFound, InstanceNotFound, ProcessNeedsCase, ProcessNotPublished, StepNotFound } from './problems.ts'
import { createPrograms } from './program.ts'
import { asWorker, handleWork } from './runner.ts'
import { createStarts, nobodyOf, type PublishedProcess } from './starts.ts'
import type { Facts } from './state.ts'
import type { Step } from './step.ts'
import { type IncidentRow, type InstanceRow, type InstanceStatus, workflowStore } from './store.ts'

/** Workflow: executes the flows of public services, so that each step happens once and nothing is forgotten. */
export interface Workflow extends Operations {
  /** Starts a process and gives its id. The same key again gives the same process, whatever else is asked. */
  start(request: StartRequest): Promise<string>
  /** Many at once, in one transaction; ids in the order of the requests. */
  startAll(requests: StartRequest[]): Promise<string[]>
  /** The work that a step waited for is done. Again, or after its term has passed, it changes nothing. Throws StepNotFound. */
  complete(key: string, output: Json): Promise<void>
  /**
   * What the process would ask of other blocks next, were the work of this step done so: for previews, nothing is done.
   * Throws StepNotFound, also for what the context may not see and what nothing waits for.
   */
  foresee(key: string, output: Json, context: Context): Promise<{ step: string; input: Record<string, Json> }[]>
  /** Ends a process from outside; what waits is withdrawn. Again changes nothing. Throws InstanceNotFound. */
  end(instance: string, result: string, by: string): Promise<void>
  /** Throws InstanceNotFound. */
  get(instance: string, context: Context): Promise<ProcessView>
  /** The processes of a case, the first one first. */
  of(caseId: string, context: Context): Promise<ProcessView[]>
  /** Processes, the oldest first; `after` is the id of the last one before. */
  list(where: ListedProcesses, context: Context): Promise<Omit<ProcessView, 'history'>[]>
  /** Public services whose processes can begin now. */
  published(): Promise<PublishedProcess[]>
  /**
   * Begins a process without a case, for the caller's own agency. The same key gives the same one. Throws
   * ProcessNotPublished, ProcessNeedsCase.
   */
  begin(request: { service: string; version: string; facts: Facts; key?: string }, context: Context): Promise<string>
  /** Sets the clocks of processes that begin by themselves; to be called when services were published. */
  arrange(): Promise<void>
  /** What cannot go on without a person, the oldest first. */
  incidents(context: Context, paging?: { after?: string; limit?: number }): Promise<Incident[]>
  /** Tries again what failed, under the same key. Throws IncidentNotFound. */
  retry(incident: string, context: Context): Promise<void>
  /** Tells it to the instance, of each service, that has waited longest for a message of this name and key. */
  tell(message: ToldMessage): Promise<void>
  /** Tells it to every instance that waits for the signal now. */
  signal(signal: { signal: string; tenant: string; sentAs: string }): Promise<void>
  /**
   * Something happened elsewhere: an event of a register or of another agency's system. It reaches all that wait for it
   * without a key, and those whose key is one of the values that it carries. The same key again changes nothing.
   */
  happened(happening: { type: string; key: string; data: Record<string, Json> }): Promise<void>
}

interface ListedProcesses {
  service?: string
  version?: string
  status?: string
  after?: string
  newest?: boolean
  limit: number
}

interface ToldMessage {
  message: string
  /** What its receiver waits for: the reference of a case, the id of a record. */
  key: Json
  content: Json
  /** '<sender>:<its own id>': the same twice is told once. */
  sentAs: string
  /** Whose instances may take it; '*' anybody's. */
  tenant: string
  /** How long it is kept for those who will wait for it; ISO 8601, PT1H if left out. */
  timeToLive?: string
}

export interface ProcessView {
  id: string
  key: string
  caseId: string
  service: { id: string; version: string }
  status: InstanceStatus
  result?: string
  /** Where it waits, or is stuck and why. */
  at: { node: string; stuck?: string }[]
  startedAt: string
  movedAt: string
  endedAt?: string
  history: { at: string; happened: Json; path: string[] }[]
}

export interface Incident {
  id: string
  instance: string
  caseId: string
  service: string
  node: string
  step?: string
  code: string
  detail: string
  raisedAt: string
}

export interface WorkflowNeeds {
  sql: Database
  clock: Clock
  events: Events
  jobs: Jobs
  keys: Seals
  pairwise: Pairwise
  /** What the blocks of the house offer. A command of a step that nobody offers waits for a version that does. */
  steps: Step[]
  /** A version of a public service as it was published. */
  definition(service: string, version: string): Promise<PublicService>
  /** Applies a rule table of the definition: Decisions.evaluate. Pure. */
  decide(table: RuleTable, facts: Facts, definition: PublicService): { output: unknown; trace: unknown }
  calendar: { deadline(from: Date, term: string): Date }
  money(amount: number): { value: number; currency: string }
  limits?: Partial<Limits>
  /** Services in which people can apply now: those whose processes begin by themselves, by a clock or a message. */
  current?(): Promise<PublishedProcess[]>
  /** For rigs of the tests, which stop the process at a point. */
  at?: AtPoint
}

interface Limits {
  /** Commands of one call of a step, and instances moved in one transaction. */
  batch: number
  /**
   * Calls of one step at the same time, and of one public service among them. One at a time makes the largest batches:
   * while it runs, the next one fills.
   */
  concurrency: number
  perService: number
  /** Milliseconds of machine time that a call of a step may take. */
  patience: number
  /** How often a step is tried before a person has to look at it. */
  attempts: number
}

const usual: Limits = { batch: 200, concurrency: 8, perService: 1, patience: 30_000, attempts: 8 }

export function createWorkflow(needs: WorkflowNeeds): Workflow {
  const { sql, clock, jobs } = needs
  const limits = { ...usual, ...needs.limits }
  const at = needs.at ?? (() => {})
  const program = createPrograms(needs)
  const published = needs.current ?? (async () => [])
  const mover = createMover({ ...needs, program, at })
  const starts = createStarts({ ...needs, mover, program, at, current: published })
  handleWork({ ...needs, mover, ...limits, at })
  handleMessages({ ...needs, mover, starts, batch: limits.batch, at })
  keepMonths(needs)
  jobs.beforeStart(starts.arrange)

  const startAll = async (requests: StartRequest[]): Promise<string[]> => {
    const keys = requests.map(({ key }) => key)
    const distinct = [...new Map(requests.map((request) => [request.key, request])).values()]
    return sql.begin(asWorker, async (sql) => {
      const ids = await mover.start(sql, distinct)
      const known = keys.filter((key) => !ids.has(key))
      if (known.length > 0) for (const { key, id } of await workflowStore(sql).idsOf(known)) ids.set(key, id)
      return keys.map((key) => ids.get(key)!)
    })
  }

  const completeAll = async (completions: { key: string; output: Json }[]): Promise<boolean[]> =>
    sql.begin(asWorker, async (sql) => {
      const occurrences = completions.map(({ key, output }) => {
        const { instance, node, visit } = readKey(key)
        return {
          instance,
          happening: { kind: 'done' as const, node, visit, output },
          command: { key, state: 'done' as const, outcome: output },
        }
      })
      const changed = await mover.move(sql, occurrences)
      return occurrences.map((occurrence) => changed.has(occurrence))
    })

  const complete = async (completions: { key: string; output: Json }[]): Promise<boolean[]> => {
    const done = await completeAll(completions)
    await at('complete.committed')
    return done
  }

  const startOne = gather(startAll, { most: limits.batch })
  const completeOne = gather(complete, { most: limits.batch })

  return {
    ...createOperations({ sql, clock, mover, program, at }),

    start: startOne,
    startAll,

    tell: ({ timeToLive = 'PT1H', ...message }) => {
      const expiresAt = addDuration(clock.now(), timeToLive, clock.zone)
      return sql.begin(asWorker, (sql) => mover.send(sql, [{ ...message, expiresAt }]))
    },

    happened: ({ type, key, data }) => {
      const values = new Map([key, ...Object.values(data)].map((value) => [JSON.stringify(value), value]))
      // Longer than a look around, not so long that yesterday's event counts for who waits for the next one.
      const expiresAt = new Date(clock.now().getTime() + 60_000)
      const messages = [...values]
        .filter(([, value]) => typeof value === 'string' || typeof value === 'number')
        .map(([name, value]) => ({
          message: type,
          key: value,
          content: data,
          sentAs: `event:${type} ${key} ${createHash('sha256').update(name).digest('hex')}`,
          tenant: '*',
          expiresAt,
        }))
      const payload = { signal: type, tenant: '*', after: '' }
      return sql.begin(asWorker, async (sql) => {
        await mover.send(sql, messages)
        await jobs.add(sql, { queue: 'workflow.signal', key: `event:${type} ${key}`, payload })
      })
    },

    signal: ({ signal, tenant, sentAs }) =>
      sql.begin(asWorker, (sql) =>
        jobs.add(sql, { queue: 'workflow.signal', key: sentAs, payload: { signal, tenant, after: '' } }),
      ),

    complete: async (key, output) => {
      if (!isKey(key)) throw StepNotFound(key)
      if (await completeOne({ key, output })) return
      const known = await sql.begin(asWorker, (sql) => workflowStore(sql).hasCommand(key))
      if (!known) throw StepNotFound(key)
    },

    foresee: async (key, output, context) => {
      if (!isKey(key)) throw StepNotFound(key)
      const { instance, node, visit } = readKey(key)
      const row = await sql.begin(context, (sql) => workflowStore(sql).findInstance(instance))
      const ahead = row && (await mover.foresee(row, { kind: 'done', node, visit, output }))
      if (ahead === undefined) throw StepNotFound(key)
      return ahead.map(({ step, input }) => ({ step, input }))
    },

    end: (instance, result, by) =>
      sql.begin({ ...asWorker, actor: { kind: 'system', id: by } }, async (sql) => {
        if ((await workflowStore(sql).findInstance(instance)) === undefined) throw InstanceNotFound(instance)
        await mover.move(sql, [{ instance, happening: { kind: 'ended', result } }])
      }),

    get: (instance, context) =>
      sql.begin(context, async (sql) => {
        const row = await workflowStore(sql).findInstance(instance)
        if (row === undefined) throw InstanceNotFound(instance)
        return toView(row, await workflowStore(sql).historyOf([instance]))
      }),

    of: (caseId, context) =>
      sql.begin(context, async (sql) => {
        const rows = await workflowStore(sql).instancesOf(caseId)
        const history = await workflowStore(sql).historyOf(rows.map(({ id }) => id))
        return rows.map((row) => toView(row, history))
      }),

    list: ({ limit, newest = false, ...where }, context) =>
      sql.begin(context, async (sql) => {
        const rows = await workflowStore(sql).listInstances({ ...where, newest, limit: Math.min(limit, 200) })
        return rows.map((row) => toView(row, []))
      }),

    published,

    arrange: starts.arrange,

    begin: async ({ service, version, facts, key = randomUUID() }, context) => {
      const found = (await published()).find((one) => one.id === service && one.version === version)
      if (found === undefined || ![found.authority, '*'].includes(context.tenant ?? ''))
        throw ProcessNotPublished(service)
      const { graph } = await program(service, version)
      const ofCases = Object.values(graph.nodes).some((node) => node.kind === 'step' && node.step.startsWith('cases.'))
      if (ofCases) throw ProcessNeedsCase(service)
      const { actor } = context
      const request = { key: `${service}/begin/${actor.kind}:${actor.id}:${key}`, service: { id: service, version } }
      return startOne({ ...request, tenant: found.authority, subject: nobodyOf(service), facts })
    },

    incidents: (context, { after, limit = 50 } = {}) =>
      sql.begin(context, async (sql) => {
        const tenant = context.tenant === '*' ? null : context.tenant
        const rows = await workflowStore(sql).openIncidents(tenant, after ?? null, Math.min(limit, 200))
        return rows.map(toIncident)
      }),

    retry: (incident, context) =>
      sql.begin(context, async (sql) => {
        const store = workflowStore(sql)
        const mended = await store.mendIncident(incident, `${context.actor.kind}:${context.actor.id}`, clock.now())
        if (mended === undefined) throw IncidentNotFound(incident)
        const { key, instance, caseId, service } = mended
        const detached = await store.reopenCommand(key)
        const data = { incident, instance, case: caseId, service, holds: detached === undefined }
        await needs.events.publish(sql, { type: 'workflow.mended', key: incident, data, share: service })
        if (detached !== undefined) {
          const { step } = detached
          await jobs.add(sql, { queue: `workflow.step.${step}`, key, payload: { key }, share: service })
          return
        }
        const { node, visit } = readKey(key)
        await mover.move(sql, [{ instance, happening: { kind: 'retry', node, visit } }])
      }),
  }
}

type HistoryRows = { instance: string; at: Date; happening: Json; path: string[] }[]

function toView(row: InstanceRow, history: HistoryRows): ProcessView {
  return {
    id: row.id,
    key: row.key,
    caseId: row.caseId,
    service: { id: row.service, version: row.version },
    status: row.status,
    ...(row.result === null ? {} : { result: row.result }),
    at: row.state.tokens.map(({ node, stuck }) => (stuck === undefined ? { node } : { node, stuck })),
    startedAt: row.startedAt.toISOString(),
    movedAt: row.movedAt.toISOString(),
    ...(row.endedAt === null ? {} : { endedAt: row.endedAt.toISOString() }),
    history: history
      .filter(({ instance }) => instance === row.id)
      .map(({ at, happening, path }) => ({ at: at.toISOString(), happened: happening, path })),
  }
}

function toIncident({ id, instance, caseId, service, key, step, code, detail, raisedAt }: IncidentRow): Incident {
  return {
    id,
    instance,
    caseId,
    service,
    node: readKey(key).node,
    ...(step === null ? {} : { step }),
    code,
    detail,
    raisedAt: raisedAt.toISOString(),
  }
}

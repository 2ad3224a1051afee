// What operators may do to instances by hand: put right, skip, move, cancel, suspend, resume, carry over to a version.
import type { Context, Database, Sql } from '@ashlar/kernel/sql'
import type { AtPoint } from './crash-points.ts'
import type { Json, Node } from './graph.ts'
import { carryOver, checkMap, type NodeMap, nestsOf } from './migration.ts'
import type { Mover, Occurrence } from './mover.ts'
import { InstanceNotFound, MigrationNotPossible, NotAt, NothingToRepair } from './problems.ts'
import type { Program } from './program.ts'
import type { Facts, Token } from './state.ts'
import { type InstanceRow, workflowStore } from './store.ts'

export interface OperationNeeds {
  sql: Database
  clock: { now(): Date }
  mover: Mover
  program(service: string, version: string): Promise<Program>
  at: AtPoint
}

/** One thing put right by hand. `visit` is needed where several tokens stand at the node. */
export type Repair =
  | { kind: 'facts'; facts: Facts }
  | { kind: 'skip'; node: string; visit?: number; output: Json }
  | { kind: 'move'; node: string; visit?: number; to: string }

export interface MigrationPlan {
  service: string
  from: string
  to: string
  /** Old node → new node, where their names differ. */
  map: NodeMap
}

export interface MigrationReport {
  /** What is wrong with the plan itself. */
  plan: { node: string; what: string; mend: string }[]
  instances: {
    id: string
    moves: { from: string; to: string }[]
    problems: { node: string; what: string; mend: string }[]
    migrated: boolean
  }[]
  /** Ask again with this to go on; absent at the end. */
  next?: string
}

export interface Operations {
  /** Throws InstanceNotFound, NotAt, NothingToRepair. What it puts right stands in the history with who and why. */
  repair(instance: string, repair: Repair, reason: string, context: Context): Promise<void>
  /** Stops an instance for good; what waits is withdrawn. Again changes nothing. */
  cancel(instance: string, reason: string, context: Context): Promise<void>
  /** Nothing goes on until it is resumed; what happens meanwhile is kept. Again changes nothing. */
  suspend(instance: string, reason: string, context: Context): Promise<void>
  resume(instance: string, reason: string, context: Context): Promise<void>
  /** Carries running instances over, `limit` (200) of them at a time; a dry run says the same and changes nothing. */
  migrate(
    plan: MigrationPlan,
    how: { dryRun: boolean; instance?: string; after?: string; limit?: number; reason: string },
    context: Context,
  ): Promise<MigrationReport>
}

export function createOperations({ sql, clock, mover, program, at }: OperationNeeds): Operations {
  const handOf = ({ actor }: Context, reason: string) => ({ actor: `${actor.kind}:${actor.id}`, reason })

  async function locked(sql: Sql, instance: string): Promise<InstanceRow> {
    const [row] = await workflowStore(sql).lockInstances([instance])
    if (row === undefined) throw InstanceNotFound(instance)
    return row
  }

  /** Whoever does something by hand sees the instance first: the wall of tenants holds. */
  const byHand = (instance: string, context: Context, work: (sql: Sql, row: InstanceRow) => Promise<void>) =>
    sql.begin(context, async (sql) => {
      const row = await locked(sql, instance)
      await work(sql, row)
    })

  async function toOccurrence(
    row: InstanceRow,
    repair: Repair,
    by: NonNullable<Occurrence['by']>,
  ): Promise<Occurrence> {
    const instance = row.id
    if (repair.kind === 'facts')
      for (const name of Object.keys(repair.facts)) if (!factName.test(name)) throw NotAt(name, 'is no name of a fact')
    if (repair.kind === 'facts') return { instance, happening: { kind: 'corrected', facts: repair.facts }, by }
    const { node, visit } = tokenAt(row, repair)
    const { graph } = await program(row.service, row.version)
    if (repair.kind === 'skip' && !isSkippable(graph.nodes[node]))
      throw NotAt(node, 'has several ways out: move the token to where it shall go on')
    if (repair.kind === 'skip')
      return { instance, happening: { kind: 'skipped', node, visit, output: repair.output }, by }
    const nests = nestsOf(graph)
    if (!(repair.to in graph.nodes)) throw NotAt(repair.to, 'is no node of this process')
    const target = graph.nodes[repair.to]
    if (target?.kind === 'join' || target?.kind === 'merge')
      throw NotAt(repair.to, 'waits for several ways: move the token to where it comes from, or to what follows')
    if (nests.get(repair.to) !== nests.get(node)) throw NotAt(repair.to, 'lies in another sub-process')
    return { instance, happening: { kind: 'moved', node, visit, to: repair.to }, by }
  }

  return {
    repair: (instance, repair, reason, context) =>
      byHand(instance, context, async (sql, row) => {
        if (row.status !== 'running') throw NothingToRepair(instance, row.status)
        const by = handOf(context, reason)
        const moved = await mover.move(sql, [await toOccurrence(row, repair, by)])
        await at('repair.moved')
        if (moved.size === 0) throw NothingToRepair(instance, row.status)
        if (repair.kind !== 'facts') {
          const { node, visit, was } = tokenAt(row, repair)
          const key = `${instance}:${was ?? `${node}:${visit}`}`
          await workflowStore(sql).mendAt([key], by.actor, clock.now())
        }
      }),

    cancel: (instance, reason, context) =>
      byHand(instance, context, async (sql, row) => {
        if (row.status !== 'running' && row.status !== 'suspended') return
        const by = handOf(context, reason)
        await mover.move(sql, [{ instance, happening: { kind: 'ended', result: 'cancelled' }, by, cancels: true }])
        await at('repair.moved')
      }),

    suspend: (instance, reason, context) =>
      byHand(instance, context, async (sql, row) => {
        if (row.status === 'suspended') return
        if (row.status !== 'running') throw NothingToRepair(instance, row.status)
        await mover.note(sql, row, { kind: 'suspended' }, handOf(context, reason))
        await workflowStore(sql).setStatus(instance, 'suspended')
      }),

    resume: (instance, reason, context) =>
      byHand(instance, context, async (sql, row) => {
        if (row.status !== 'suspended') return
        await mover.note(sql, row, { kind: 'resumed' }, handOf(context, reason))
        await mover.resume(sql, { ...row, status: 'running' })
        await at('resume.moved')
      }),

    migrate: (plan, { dryRun, instance, after, limit = 200, reason }, context) =>
      sql.begin(context, async (sql) => {
        const [from, to] = [await program(plan.service, plan.from), await program(plan.service, plan.to)]
        const wrong = checkMap(from.graph, to.graph, plan.map)
        if (wrong.length > 0 && !dryRun) throw MigrationNotPossible(wrong)
        const store = workflowStore(sql)
        const most = Math.min(limit, 1_000)
        const found =
          instance === undefined
            ? await store.openInstances({
                service: plan.service,
                version: plan.from,
                after: after ?? null,
                limit: most,
              })
            : [await locked(sql, instance)].filter(
                ({ service, version, status }) =>
                  service === plan.service && version === plan.from && ['running', 'suspended'].includes(status),
              )
        const rows = dryRun ? found : await store.lockInstances(found.map(({ id }) => id))
        const report: MigrationReport = { plan: wrong, instances: [] }
        for (const row of rows) {
          if (row.version !== plan.from || row.status === 'ended' || row.status === 'cancelled') continue
          const carried = carryOver(row.state, from.graph, to.graph, plan.map)
          const migrated = !dryRun && carried.problems.length === 0
          if (migrated) await mover.carry(sql, row, { version: plan.to, state: carried.state }, handOf(context, reason))
          report.instances.push({ id: row.id, moves: carried.moves, problems: carried.problems, migrated })
        }
        await at('migrate.moved')
        const last = found.at(-1)
        return instance === undefined && last !== undefined && found.length === most
          ? { ...report, next: last.id }
          : report
      }),
  }
}

/** Dots lead into a fact. */
const factName = /^[\p{L}_][\p{L}\p{N}_.]*$/u

function isSkippable(node: Node | undefined): boolean {
  return node !== undefined && 'next' in node && node.next !== undefined
}

function tokenAt({ state, id }: InstanceRow, { node, visit }: { node: string; visit?: number }): Token {
  const tokens = state.tokens.filter((token) => token.node === node && (visit === undefined || token.visit === visit))
  if (tokens.length === 0) throw NotAt(node, `is not where process ${id} stands`)
  if (tokens.length > 1) throw NotAt(node, 'has several tokens: say which visit')
  return tokens[0]!
}

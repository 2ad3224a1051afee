// Moves many instances in one transaction: locks them, advances all in memory, writes what came of it in bulk.
import type { Events } from '@ashlar/kernel/events'
import { type Pairwise, uuidv7 } from '@ashlar/kernel/identifiers'
import type { Jobs } from '@ashlar/kernel/jobs'
import type { Sql } from '@ashlar/kernel/sql'
import { advance, beforeStart } from './engine.ts'
import type { Json } from './graph.ts'
import { keyOf, readKey } from './key.ts'
import type { Program } from './program.ts'
import type { Facts, Happening, Moved } from './state.ts'
import {
  type CommandRow,
  type CommandState,
  type HistoryRow,
  type IncidentRow,
  type InstanceRow,
  workflowStore,
} from './store.ts'

export interface MoverNeeds {
  events: Events
  jobs: Jobs
  keys: Seals
  pairwise: Pairwise
  clock: { now(): Date }
  program(service: string, version: string): Promise<Program>
}

export interface Seals {
  seal(subject: string, data: Buffer | string): Promise<Buffer>
  open(subject: string, sealed: Buffer): Promise<Buffer>
}

export interface StartRequest {
  /** The same key starts one instance: '<case>:<version>'. */
  key: string
  caseId: string
  service: { id: string; version: string }
  tenant: string
  /** The person's id, or the bearer's id of somebody who did not sign in. */
  subject: string
  facts: Facts
}

/** Something that happened to an instance. */
export interface Occurrence {
  instance: string
  happening: Happening
  /** What becomes of the command that it is about; nothing moves if that had ended before. */
  command?: { key: string; state: CommandState; outcome?: Json }
}

/** `holds`: the process cannot go on; a message that was not sent holds nothing up. */
export type NewIncident = Omit<IncidentRow, 'mendedAt'> & { holds: boolean }

export type Mover = ReturnType<typeof createMover>

export function createMover({ events, jobs, keys, pairwise, clock, program }: MoverNeeds) {
  const subjectOf = (row: { person: string }) => pairwise.back('workflow', row.person)
  const seal = (row: { person: string }, value: Json) => keys.seal(subjectOf(row), JSON.stringify(value))
  const open = async (row: { person: string }, sealed: Buffer) =>
    JSON.parse((await keys.open(subjectOf(row), sealed)).toString()) as Json

  /** Starts those that have not started; the others stay as they are. Gives the ids of the new ones by key. */
  async function start(sql: Sql, requests: StartRequest[]): Promise<Map<string, string>> {
    const now = clock.now()
    const started = await Promise.all(
      requests.map(async (request) => {
        const { graph, rulesAt } = await program(request.service.id, request.service.version)
        const moved = advance(graph, { state: beforeStart, facts: request.facts }, { kind: 'start' }, rulesAt(now))
        const row = { ...toRow(request, pairwise), startedAt: now, movedAt: now }
        return toWrite({ ...row, facts: Buffer.alloc(0) }, { kind: 'start' }, moved!, now)
      }),
    )
    await Promise.all(
      started.map(async (write) => {
        write.instance.facts = await seal(write.instance, write.moved.facts)
      }),
    )
    const fresh = await workflowStore(sql).insertInstances(started.map(({ instance }) => instance as InstanceRow))
    const writes = started.filter(({ instance }) => fresh.has(instance.id))
    await writeBeside(sql, writes, now)
    return new Map(writes.map(({ instance }) => [instance.key, instance.id]))
  }

  /** Moves what the occurrences tell of, each once; gives those that changed something. */
  async function move(sql: Sql, occurrences: Occurrence[]): Promise<Set<Occurrence>> {
    const now = clock.now()
    const store = workflowStore(sql)
    if (occurrences.length === 0) return new Set()
    const byInstance = Map.groupBy(occurrences, ({ instance }) => instance)
    const rows = await store.lockInstances([...byInstance.keys()])
    const ended = await endCommands(sql, occurrences, new Map(rows.map((row) => [row.id, row])), now)

    const changed = new Set<Occurrence>()
    const writes: Write[] = []
    const known = await Promise.all(rows.map((row) => (row.status === 'running' ? open(row, row.facts) : null)))
    for (const [index, row] of rows.entries()) {
      // A command that nothing waits for may end after its instance has.
      const due = byInstance.get(row.id)!.filter(({ command }) => command === undefined || ended.delete(command.key))
      for (const occurrence of due) if (occurrence.command !== undefined) changed.add(occurrence)
      if (row.status !== 'running' || due.length === 0) continue
      const { graph, rulesAt } = await program(row.service, row.version)
      let at = { row, facts: known[index] as Facts }
      for (const occurrence of due) {
        const { happening } = occurrence
        const moved = advance(graph, { state: at.row.state, facts: at.facts }, happening, rulesAt(now))
        if (moved === undefined) continue
        changed.add(occurrence)
        const write = toWrite(at.row, happening, moved, now)
        writes.push(write)
        at = { row: write.instance as InstanceRow, facts: moved.facts }
      }
    }
    const last = [...new Map(writes.map((write) => [write.instance.id, write])).values()]
    const learned = new Set(writes.filter(({ moved }) => moved.learned).map(({ instance }) => instance.id))
    await store.updateInstances(
      await Promise.all(
        last.map(async ({ instance, moved }) => ({
          ...instance,
          facts: learned.has(instance.id) ? await seal(instance, moved.facts) : null,
        })),
      ),
    )
    await writeBeside(sql, writes, now)
    return changed
  }

  async function endCommands(sql: Sql, occurrences: Occurrence[], rows: Map<string, InstanceRow>, now: Date) {
    const ends = await Promise.all(
      occurrences.map(async ({ instance, command }) => {
        const row = rows.get(instance)
        if (command === undefined || row === undefined) return []
        const outcome = command.outcome === undefined ? null : await seal(row, command.outcome)
        return [{ key: command.key, state: command.state, outcome }]
      }),
    )
    return workflowStore(sql).endCommands(ends.flat(), now)
  }

  interface Write {
    instance: Omit<InstanceRow, 'facts'> & { facts: Buffer | null }
    moved: Moved
    history: HistoryRow
  }

  function toWrite(row: Write['instance'], happening: Happening, moved: Moved, now: Date): Write {
    const { result } = moved.state
    const revision = row.revision + 1
    const told = happening.kind === 'done' ? { kind: 'done', node: happening.node, visit: happening.visit } : happening
    return {
      instance: {
        ...row,
        revision,
        state: moved.state,
        movedAt: now,
        ...(result === undefined ? {} : { status: 'ended', result, endedAt: now }),
      },
      moved,
      history: {
        instance: row.id,
        revision,
        tenant: row.tenant,
        person: row.person,
        at: now,
        happening: told as Json,
        path: moved.path,
      },
    }
  }

  /** All that is written beside the instances themselves. */
  async function writeBeside(sql: Sql, writes: Write[], now: Date): Promise<void> {
    const store = workflowStore(sql)
    const commands = (await Promise.all(writes.map(toCommands))).flat()
    await store.insertCommands(
      commands.map(({ row }) => row),
      now,
    )
    await store.endCommands(
      writes.flatMap(({ instance, moved }) =>
        moved.cancelled.map(({ node, visit }) => ({
          key: keyOf(instance.id, node, visit),
          state: 'cancelled' as const,
          outcome: null,
        })),
      ),
      now,
    )
    await store.insertHistory(writes.map(({ history }) => history))
    await raise(sql, writes.flatMap(toIncidents))
    await jobs.addAll(sql, [
      ...commands.map(({ row, service }) => ({
        queue: `workflow.step.${row.step}`,
        key: row.key,
        payload: { key: row.key },
        share: service,
      })),
      ...writes.flatMap(({ instance, moved }) => [
        ...moved.timers.map(({ node, visit, at }) => {
          const key = keyOf(instance.id, node, visit)
          return { queue: 'workflow.timer', key, payload: { key }, runAt: new Date(at), share: instance.service }
        }),
        ...moved.cancelled.map(({ node, visit }) => {
          const key = keyOf(instance.id, node, visit)
          return { queue: 'workflow.cancel', key, payload: { key }, share: instance.service }
        }),
      ]),
    ])
    await events.publishAll(
      sql,
      writes
        .filter(({ instance }) => instance.status === 'ended')
        .map(({ instance }) => ({
          type: 'workflow.ended',
          key: instance.id,
          data: { instance: instance.id, case: instance.caseId, service: instance.service, result: instance.result },
          share: instance.service,
        })),
    )
  }

  /** Records incidents; a piece of work has one open incident, however often it fails. */
  async function raise(sql: Sql, incidents: NewIncident[]): Promise<void> {
    const fresh = await workflowStore(sql).insertIncidents(incidents)
    await events.publishAll(
      sql,
      incidents
        .filter(({ id }) => fresh.has(id))
        .map(({ id, instance, caseId, service, key, step, code, holds }) => ({
          type: 'workflow.incident',
          key: id,
          data: { incident: id, instance, case: caseId, service, node: readKey(key).node, step, code, holds },
          share: service,
        })),
    )
  }

  async function toCommands({ instance, moved }: Write): Promise<{ row: CommandRow; service: string }[]> {
    const { id, tenant, person, service } = instance
    const asked = moved.commands.map(async (command) => ({
      row: {
        key: keyOf(id, command.node, command.visit),
        instance: id,
        step: command.step,
        tenant,
        person,
        input: await seal(instance, command.input),
        onExpiry: command.onExpiry ?? null,
        due: command.due === undefined ? null : new Date(command.due),
        detached: command.detached ?? false,
        state: 'pending' as const,
      },
      service,
    }))
    const decided = moved.decisions.map(async ({ node, visit, ...decision }) => ({
      row: {
        key: keyOf(id, node, visit),
        instance: id,
        step: 'decisions.record',
        tenant,
        person,
        input: await seal(instance, decision),
        onExpiry: null,
        due: null,
        detached: true,
        state: 'pending' as const,
      },
      service,
    }))
    return Promise.all([...asked, ...decided])
  }

  return { start, move, raise, open }
}

function toRow({ key, caseId, service, tenant, subject }: StartRequest, pairwise: Pairwise) {
  return {
    id: uuidv7(),
    key,
    caseId,
    service: service.id,
    version: service.version,
    tenant,
    person: pairwise.of('workflow', subject),
    status: 'running' as const,
    state: beforeStart,
    revision: 0,
    result: null,
    endedAt: null,
  }
}

/** Where the engine itself cannot go on. That a step failed is told by who ran it. */
function toIncidents({
  instance,
  moved,
  history,
}: {
  instance: Omit<InstanceRow, 'facts'>
  moved: Moved
  history: HistoryRow
}) {
  if ((history.happening as { kind: string }).kind === 'failed') return []
  return moved.stuck.map(({ node, visit, stuck }) => ({
    id: uuidv7(),
    instance: instance.id,
    caseId: instance.caseId,
    service: instance.service,
    tenant: instance.tenant,
    person: instance.person,
    key: keyOf(instance.id, node, visit),
    step: null,
    holds: true,
    code: 'cannot-go-on',
    detail: stuck ?? '',
    raisedAt: history.at,
  }))
}

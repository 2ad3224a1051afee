// Moves many instances in one transaction: locks them, advances all in memory, writes what came of it in bulk.
import type { Events } from '@ashlar/kernel/events'
import { type Pairwise, uuidv7 } from '@ashlar/kernel/identifiers'
import type { Jobs } from '@ashlar/kernel/jobs'
import type { Sql } from '@ashlar/kernel/sql'
import { correlationOf } from './correlation.ts'
import type { AtPoint } from './crash-points.ts'
import { advance, beforeStart } from './engine.ts'
import type { Json } from './graph.ts'
import { keyOf, readKey } from './key.ts'
import { armedOf } from './migration.ts'
import type { Program } from './program.ts'
import { type RehearsedOutcome, rehearse } from './rehearsal.ts'
import type { AskedCommand, Facts, Happening, Moved, State, Token } from './state.ts'
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
  /** Told of each place at which a rig of the tests may stop the process. */
  at: AtPoint
}

export interface Seals {
  seal(subject: string, data: Buffer | string): Promise<Buffer>
  erase?(subject: string): Promise<unknown>
  open(subject: string, sealed: Buffer): Promise<Buffer>
}

export interface StartRequest {
  /** The same key starts one instance: '<case>:<version>'. */
  key: string
  /** Left out: a process without a case, begun by a clock or a message; its own id stands for the case. */
  caseId?: string
  service: { id: string; version: string }
  tenant: string
  /** The person's id, or the bearer's id of somebody who did not sign in. */
  subject: string
  facts: Facts
  /** The start event, if not the plain one. */
  at?: string
}

/** Something that happened to an instance. */
export interface Occurrence {
  instance: string
  happening: Happening
  /** What becomes of the command that it is about; nothing moves if that had ended before. */
  command?: { key: string; state: CommandState; outcome?: Json }
  /** Who did it by hand, and why. */
  by?: { actor: string; reason: string }
  /** It does not end with a result of its own: somebody stopped it. */
  cancels?: true
}

/** `holds`: the process cannot go on; a message that was not sent holds nothing up. */
export type NewIncident = Omit<IncidentRow, 'mendedAt'> & { holds: boolean }

/** A message to whoever waits for it. */
export interface Message {
  message: string
  key: Json
  content: Json
  /** '<sender>:<its own id>': the same twice is sent once. */
  sentAs: string
  /** Whose instances may take it; '*' anybody's. */
  tenant: string
  /** Legal time until which it is kept for those who will wait for it; an hour if left out. */
  expiresAt?: Date
  share?: string
}

const HOUR = 3_600_000

export type Mover = ReturnType<typeof createMover>

export function createMover({ events, jobs, keys, pairwise, clock, program, at: atPoint }: MoverNeeds) {
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
        const begin: Happening = { kind: 'start', ...(request.at === undefined ? {} : { at: request.at }) }
        const moved = advance(graph, { state: beforeStart, facts: request.facts }, begin, rulesAt(now))
        const row = { ...toRow(request, pairwise), startedAt: now, movedAt: now }
        return toWrite({ ...row, facts: Buffer.alloc(0) }, { instance: row.id, happening: begin }, moved!, now)
      }),
    )
    await Promise.all(
      started.map(async (write) => {
        write.instance.facts = await seal(write.instance, write.moved.facts)
      }),
    )
    await atPoint('start.advanced')
    const fresh = await workflowStore(sql).insertInstances(started.map(({ instance }) => instance as InstanceRow))
    const writes = started.filter(({ instance }) => fresh.has(instance.id))
    await writeBeside(sql, writes, now)
    await atPoint('start.written')
    return new Map(writes.map(({ instance }) => [instance.key, instance.id]))
  }

  /** Moves what the occurrences tell of, each once; gives those that changed something, with what came of them. */
  async function move(sql: Sql, occurrences: Occurrence[]): Promise<Map<Occurrence, Moved | undefined>> {
    const now = clock.now()
    const store = workflowStore(sql)
    if (occurrences.length === 0) return new Map()
    const byInstance = Map.groupBy(occurrences, ({ instance }) => instance)
    const rows = await store.lockInstances([...byInstance.keys()])
    await atPoint('move.locked')
    const ended = await endCommands(sql, occurrences, new Map(rows.map((row) => [row.id, row])), now)

    const changed = new Map<Occurrence, Moved | undefined>()
    const writes: Write[] = []
    const known = await Promise.all(rows.map((row) => (isOpen(row) ? open(row, row.facts) : null)))
    for (const [index, row] of rows.entries()) {
      // A command that nothing waits for may end after its instance has.
      let due = byInstance.get(row.id)!.filter(({ command }) => command === undefined || ended.delete(command.key))
      for (const occurrence of due) if (occurrence.command !== undefined) changed.set(occurrence, undefined)
      if (row.status === 'suspended') {
        const isEnd = ({ happening }: Occurrence) => happening.kind === 'ended'
        const later = due.some(isEnd) ? [] : due
        for (const occurrence of later) changed.set(occurrence, undefined)
        await defer(sql, row, later)
        // An end does not wait until it is resumed, and what happened before it no longer matters.
        due = due.filter(isEnd)
        if (due.length > 0) await store.takeDeferred(row.id)
      }
      if (!isOpen(row) || due.length === 0) continue
      const { graph, rulesAt } = await program(row.service, row.version)
      let at = { row, facts: known[index] as Facts }
      for (const occurrence of due) {
        const { happening } = occurrence
        const moved = advance(graph, { state: at.row.state, facts: at.facts }, happening, rulesAt(now))
        if (moved === undefined) continue
        changed.set(occurrence, moved)
        const write = toWrite(at.row, occurrence, moved, now)
        writes.push(write)
        at = { row: write.instance as InstanceRow, facts: moved.facts }
      }
    }
    await atPoint('move.advanced')
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
    await atPoint('move.stored')
    await writeBeside(sql, writes, now)
    await atPoint('move.written')
    return changed
  }

  /** What would be asked of other blocks next, were this step done so; nothing is. Undefined if nothing waits for it. */
  async function foresee(row: InstanceRow, done: Happening & { kind: 'done' }): Promise<AskedCommand[] | undefined> {
    const { graph, rulesAt } = await program(row.service, row.version)
    const facts = (await open(row, row.facts)) as Facts
    const rules = rulesAt(clock.now())
    if (!row.state.tokens.some(({ node }) => node === done.node)) return undefined
    const answer = ({ step, node }: AskedCommand, known: Facts): RehearsedOutcome => {
      const asked = graph.nodes[node]
      const saveAs = asked?.kind === 'step' ? asked.saveAs : undefined
      // What a register said before is what it says; what is written or issued has no number yet.
      if (step === 'registries.lookUp') return { done: (saveAs && known[saveAs]) || null }
      if (step === 'registries.write' || step === 'documents.issue' || step === 'messaging.notify') return { done: {} }
      return { wait: true }
    }
    return rehearse(graph, facts, rules, answer, undefined, { state: row.state, happening: done }).commands
  }

  /** What happens to a suspended instance is kept, in order, until it is resumed. */
  async function defer(sql: Sql, row: InstanceRow, occurrences: Occurrence[]): Promise<void> {
    const rows = await Promise.all(
      occurrences.map(async ({ happening }) => ({
        id: uuidv7(),
        instance: row.id,
        tenant: row.tenant,
        person: row.person,
        happening: await seal(row, happening as unknown as Json),
      })),
    )
    await workflowStore(sql).insertDeferred(rows)
  }

  /** Carries an instance over to another version of its process; what it waits for is armed as that version says. */
  async function carry(
    sql: Sql,
    row: InstanceRow,
    to: { version: string; state: State },
    by: NonNullable<Occurrence['by']>,
  ) {
    const store = workflowStore(sql)
    const now = clock.now()
    const facts = (await open(row, row.facts)) as Facts
    const { graph, rulesAt } = await program(row.service, to.version)
    const happening: Happening = { kind: 'carried', from: row.version, to: to.version }
    const moved = advance(graph, { state: to.state, facts }, happening, rulesAt(now))!
    const kept = new Set(armedOf(to.state).map(({ node, visit }) => `${node}:${visit}`))
    moved.unawaited.push(...armedOf(row.state).filter(({ node, visit }) => !kept.has(`${node}:${visit}`)))
    const occurrence: Occurrence = { instance: row.id, happening, by }
    const write = toWrite({ ...row, version: to.version }, occurrence, moved, now)
    const sealed = moved.learned ? await seal(write.instance, moved.facts) : null
    await store.updateInstances([{ ...write.instance, facts: sealed }])
    await writeBeside(sql, [write], now)
  }

  /** Something that moves no token, for the history. */
  async function note(
    sql: Sql,
    row: InstanceRow,
    told: { kind: string },
    { actor, reason }: NonNullable<Occurrence['by']>,
  ): Promise<void> {
    const [revision, now] = [row.revision + 1, clock.now()]
    const { id: instance, tenant, person } = row
    const happening = { ...told, by: actor, reason }
    await workflowStore(sql).updateInstances([{ ...row, revision, movedAt: now, facts: null }])
    await workflowStore(sql).insertHistory([{ instance, revision, tenant, person, at: now, happening, path: [] }])
  }

  /** Goes on where it was suspended, with all that happened meanwhile. */
  async function resume(sql: Sql, row: InstanceRow): Promise<void> {
    const store = workflowStore(sql)
    await store.setStatus(row.id, 'running')
    const deferred = (await store.takeDeferred(row.id)).toSorted((a, b) => (a.id < b.id ? -1 : 1))
    const happenings = await Promise.all(
      deferred.map(async ({ happening }) => (await open(row, happening)) as unknown as Happening),
    )
    await move(
      sql,
      happenings.map((happening) => ({ instance: row.id, happening })),
    )
    const pending = await store.pendingOf(row.id)
    await jobs.addAll(
      sql,
      pending.map(({ key, step }) => ({
        queue: `workflow.step.${step}`,
        key,
        payload: { key },
        share: row.service,
      })),
    )
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

  function toWrite(row: Write['instance'], occurrence: Occurrence, moved: Moved, now: Date): Write {
    const { result } = moved.state
    const revision = row.revision + 1
    const status = occurrence.cancels ? 'cancelled' : 'ended'
    return {
      instance: {
        ...row,
        revision,
        state: moved.state,
        movedAt: now,
        ...(result === undefined ? {} : { status, result, endedAt: now }),
      },
      moved,
      history: {
        instance: row.id,
        revision,
        tenant: row.tenant,
        person: row.person,
        at: now,
        happening: toTold(occurrence),
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
        moved.cancelled.map((token) => ({
          key: keyOfToken(instance.id, token),
          state: 'cancelled' as const,
          outcome: null,
        })),
      ),
      now,
    )
    await store.insertHistory(writes.map(({ history }) => history))
    await writeAwaited(sql, writes, now)
    await raise(sql, writes.flatMap(toIncidents))
    await jobs.addAll(sql, [
      ...commands.map(({ row, service }) => ({
        queue: `workflow.step.${row.step}`,
        key: row.key,
        payload: { key: row.key },
        share: service,
      })),
      ...writes.flatMap(({ instance, moved }) => [
        ...moved.thrown.flatMap((thrown, n) =>
          'signal' in thrown
            ? [
                {
                  queue: 'workflow.signal',
                  key: `${instance.id}:${instance.revision}:${n}`,
                  payload: { signal: thrown.signal, tenant: instance.tenant, after: '' },
                  share: instance.service,
                },
              ]
            : [],
        ),
        ...moved.timers.map(({ node, visit, at }) => {
          const key = keyOf(instance.id, node, visit)
          return { queue: 'workflow.timer', key, payload: { key }, runAt: new Date(at), share: instance.service }
        }),
        ...moved.cancelled.map((token) => {
          const key = keyOfToken(instance.id, token)
          return { queue: 'workflow.cancel', key, payload: { key }, share: instance.service }
        }),
      ]),
    ])
    await events.publishAll(
      sql,
      writes
        .filter(({ instance }) => instance.status === 'ended' || instance.status === 'cancelled')
        .map(({ instance }) => ({
          type: 'workflow.ended',
          key: instance.id,
          data: { instance: instance.id, case: instance.caseId, service: instance.service, result: instance.result },
          share: instance.service,
        })),
    )
  }

  /** Who waits for what, and messages that these instances send. */
  async function writeAwaited(sql: Sql, writes: Write[], now: Date): Promise<void> {
    const store = workflowStore(sql)
    const awaited = writes.flatMap(({ instance, moved }) =>
      moved.awaited.map(({ node, visit, message, signal, key }) => ({
        key: keyOf(instance.id, node, visit),
        instance: instance.id,
        tenant: instance.tenant,
        person: instance.person,
        service: instance.service,
        correlation: message === undefined ? null : correlationOf(pairwise, message, key ?? null),
        name: message ?? signal ?? '',
      })),
    )
    await store.insertAwaited(awaited, now)
    await store.deleteAwaited(
      writes.flatMap(({ instance, moved }) =>
        moved.unawaited.map(({ node, visit }) => keyOf(instance.id, node, visit)),
      ),
    )
    await send(
      sql,
      writes.flatMap(({ instance, moved }) =>
        moved.thrown.flatMap((thrown) =>
          'message' in thrown
            ? [
                {
                  message: thrown.message,
                  key: thrown.key,
                  content: thrown.content,
                  sentAs: keyOf(instance.id, thrown.from.node, thrown.from.visit),
                  tenant: instance.tenant,
                  share: instance.service,
                },
              ]
            : [],
        ),
      ),
    )
    const messages = awaited.filter(({ correlation }) => correlation !== null)
    if (messages.length === 0) return
    const early = await store.messagesFor(messages, now)
    await jobs.addAll(
      sql,
      early.map(({ id }) => ({ queue: 'workflow.message', key: id, payload: { id, times: 0 } })),
    )
  }

  /** Keeps messages, once for each name that their sender gives them; who waits for them is told by a job. */
  async function send(sql: Sql, messages: Message[]): Promise<void> {
    if (messages.length === 0) return
    const now = clock.now()
    const rows = await Promise.all(
      messages.map(async ({ message, key, content, sentAs, tenant, expiresAt }) => {
        const id = uuidv7()
        return {
          id,
          sentAs,
          name: message,
          correlation: correlationOf(pairwise, message, key),
          tenant,
          content: await keys.seal(id, JSON.stringify(content)),
          expiresAt: expiresAt ?? new Date(now.getTime() + HOUR),
        }
      }),
    )
    const fresh = await workflowStore(sql).insertMessages(rows, now)
    await jobs.addAll(
      sql,
      rows.flatMap(({ id }, n) => {
        const share = messages[n]!.share
        const job = { queue: 'workflow.message', key: id, payload: { id, times: 0 } }
        return fresh.has(id) ? [share === undefined ? job : { ...job, share }] : []
      }),
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

  return { start, move, carry, note, resume, send, raise, open, foresee }
}

function isOpen({ status }: InstanceRow): boolean {
  return status === 'running' || status === 'suspended'
}

function toRow({ key, caseId, service, tenant, subject }: StartRequest, pairwise: Pairwise) {
  const id = uuidv7()
  return {
    id,
    key,
    caseId: caseId ?? id,
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

/** The name under which its work was asked for. */
function keyOfToken(instance: string, { node, visit, was }: Token): string {
  return was === undefined ? keyOf(instance, node, visit) : `${instance}:${was}`
}

/** For the history: what happened, by whom and why; never what anybody knows. */
function toTold({ happening, by }: Occurrence): Json {
  return { ...withoutContent(happening), ...(by === undefined ? {} : { by: by.actor, reason: by.reason }) }
}

function withoutContent(happening: Happening): Record<string, Json> {
  const { kind } = happening
  switch (happening.kind) {
    case 'done':
    case 'event':
    case 'skipped':
      return { kind, node: happening.node, visit: happening.visit }
    case 'corrected':
      return { kind, facts: Object.keys(happening.facts) }
    default:
      return { ...happening }
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
  return moved.stuck.map(({ stuck, ...token }) => ({
    id: uuidv7(),
    instance: instance.id,
    caseId: instance.caseId,
    service: instance.service,
    tenant: instance.tenant,
    person: instance.person,
    key: keyOfToken(instance.id, token),
    step: null,
    holds: true,
    code: 'cannot-go-on',
    detail: stuck ?? '',
    raisedAt: history.at,
  }))
}

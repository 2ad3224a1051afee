// Work on many tasks at once: told before for each what will happen, done so that a crash loses nothing, and undone for a while.
import type { PublicService } from '@ashlar/catalogue'
import type { Clock } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import { isUuid, type Pairwise, uuidv7 } from '@ashlar/kernel/identifiers'
import type { Jobs } from '@ashlar/kernel/jobs'
import type { Keys } from '@ashlar/kernel/keys'
import { isProblem } from '@ashlar/kernel/problem'
import type { Context, Database, Sql } from '@ashlar/kernel/sql'
import { type Assigning, mayDo } from './assignment.ts'
import { assignmentStore } from './assignment-store.ts'
import {
  type BulkAct,
  type BulkRow,
  type BulkRowState,
  type BulkState,
  type BulkTaskRow,
  bulkStore,
} from './bulk-store.ts'
import { type Json, taskLifecycle } from './case.ts'
import { actorOf, announce, lineOf } from './change.ts'
import type { Deciding } from './deciding.ts'
import { findInFlow } from './flow.ts'
import { BulkNotFound, BulkNotValid, BulkStarted, UndoTooLate } from './problems.ts'
import { type Queue, rightsOf } from './queue.ts'
import type { QueueChoice } from './queue-choice.ts'
import { isFit, type Roster } from './roster.ts'
import { type CaseRow, caseStore, type TaskRow } from './store.ts'

export interface Bulk {
  /** Works out for each task what would happen; nothing is done yet. At most 1,000. Throws BulkNotValid. */
  prepareBulk(wanted: BulkWanted, context: Context): Promise<BulkView>
  /** Does it. What can be put back is done now; notes and decisions take effect when the time to undo is over. Twice is once. */
  startBulk(id: string, context: Context): Promise<BulkView>
  /** Puts back what it did, and does not do what it held. Throws UndoTooLate. */
  undoBulk(id: string, context: Context): Promise<BulkView>
  /** Throws BulkNotFound. */
  getBulk(id: string, context: Context): Promise<BulkView>
  /** One's own, the newest first. */
  bulks(context: Context): Promise<Omit<BulkView, 'rows'>[]>
}

export type BulkWanted = (
  | { act: 'assign'; to: string }
  | { act: 'release' }
  | { act: 'note'; text: string }
  | { act: 'decide'; outcome: string; reason?: string; note?: string }
) & {
  /** These tasks, or all that the choice shows. */
  tasks?: string[]
  choice?: QueueChoice
}

export interface BulkView {
  id: string
  act: BulkAct
  state: BulkState
  input: Record<string, Json>
  note?: string
  preparedAt: string
  /** Until then it can be undone. */
  undoUntil?: string
  rows: { task: string; caseId: string; reference: string; state: BulkRowState; problem?: string }[]
}

export interface BulkNeeds {
  sql: Database
  clock: Clock
  events: Events
  jobs: Jobs
  keys: Pick<Keys, 'seal' | 'open'>
  roster: Roster
  assigning: Assigning
  deciding: Deciding
  queue: Queue
  pairwise: Pairwise
  definition(service: string, version?: string): Promise<PublicService>
}

/** How long it can be undone; legal time. */
const UNDO = 10 * 60_000
const MOST = 1000
/** Tasks of one transaction. */
const BATCH = 50
const RECENT = 10
const LONGEST_NOTE = 4000

export function createBulk(needs: BulkNeeds): Bulk {
  const { sql, clock, events, jobs, keys, roster, assigning, deciding, queue, pairwise, definition } = needs

  jobs.handle('cases.bulk', { concurrency: 1, batch: 1 }, async ([job]) => {
    const { id } = job!.payload as { id: string }
    await run(id)
  })

  /** Who began it, as the work in the background acts. */
  const contextOf = (bulk: BulkRow): Context => ({
    tenant: bulk.tenant,
    actor: { kind: 'staff', id: bulk.officer },
    roles: bulk.context.roles,
    ...(bulk.context.unit === null ? {} : { unit: bulk.context.unit }),
    purpose: 'case-work',
    channel: 'web',
    trace: `bulk ${bulk.id}`,
  })

  const isHeld = (act: BulkAct): boolean => act === 'note' || act === 'decide'

  /** What speaks against doing this with a task; undefined if nothing does. */
  async function problemOf(
    wanted: Pick<BulkRow, 'act' | 'input'>,
    task: TaskRow,
    row: CaseRow | undefined,
    excluded: Set<string> | undefined,
    context: Context,
  ): Promise<string | undefined> {
    const { act, input } = wanted
    if (row === undefined || row.tenant !== context.tenant) return 'case-not-found'
    const mine = mayDo(task, context)
    const leads = assigning.mayLead(task, context)
    if (!mine && !leads) return 'task-not-yours'
    if (task.endedAt !== null) return 'task-ended'
    if (task.joinedTo !== null) return 'task-joined'
    const isOthers = task.claimedBy !== null && task.claimedBy !== context.actor.id
    if (act === 'assign') {
      if (isOthers && !leads) return 'task-taken'
      const officer = roster.officers.find(({ id, tenant }) => id === input.to && tenant === task.tenant)
      if (officer === undefined || !isFit(officer, task)) return 'officer-not-fit'
      return excluded?.has(officer.id) ? 'officer-excluded' : undefined
    }
    if (act === 'release') {
      if (task.claimedBy === null) return 'not-taken'
      return isOthers && !leads ? 'task-taken' : undefined
    }
    if (!mine) return 'task-not-yours'
    if (act === 'note') return undefined
    if (isOthers) return 'task-taken'
    if (excluded?.has(context.actor.id)) return 'officer-excluded'
    if (task.state === 'proposed') return 'decision-waits'
    if (row.status === 'suspended') return 'waits-applicant'
    if (!task.outcomes.includes(String(input.outcome))) return 'outcome-not-offered'
    const reasons = task.reasons[String(input.outcome)] ?? []
    if (reasons.length > 0 && !reasons.includes(String(input.reason ?? ''))) return 'decision-reason-needed'
    if (!task.bulk) return 'bulk-not-allowed'
    const { flow } = await definition(row.service, row.serviceVersion)
    return (findInFlow(flow, 'task', task.name)?.questions ?? []).length > 0 ? 'bulk-not-allowed' : undefined
  }

  async function tasksIn(sql: Sql, ids: string[]) {
    const store = caseStore(sql)
    const tasks = await store.tasksIn(ids)
    const cases = [...new Set(tasks.map(({ caseId }) => caseId))]
    const [rows, excluded] = await Promise.all([store.casesIn(cases), assignmentStore(sql).excluded(cases)])
    return {
      tasks: new Map(tasks.map((one) => [one.id, one])),
      rows: new Map(rows.map((one) => [one.id, one])),
      excluded,
    }
  }

  /** Does the next ones of what can be put back, in one transaction; how many there were. */
  async function doSome(bulk: BulkRow, context: Context): Promise<number> {
    return sql.begin(context, async (sql) => {
      const taken = await bulkStore(sql).take(bulk.id, 'waiting', BATCH)
      if (taken.length === 0) return 0
      await caseStore(sql).lockCases([...new Set(taken.map(({ caseId }) => caseId))])
      const { tasks, rows, excluded } = await tasksIn(
        sql,
        taken.map(({ task }) => task),
      )
      const at = clock.now()
      const moved: TaskRow[] = []
      const ends: BulkTaskRow[] = []
      for (const one of taken) {
        const task = tasks.get(one.task)
        const row = task && rows.get(task.caseId)
        const problem = task ? await problemOf(bulk, task, row, excluded.get(task.caseId), context) : 'task-not-found'
        if (task === undefined || problem !== undefined) {
          ends.push({ ...one, state: 'refused', problem: problem ?? null })
          continue
        }
        const to = bulk.act === 'assign' ? String(bulk.input.to) : null
        const event = to === null ? 'release' : 'claim'
        const state = taskLifecycle.next(task.state, event)
        moved.push({ ...task, state, claimedBy: to, claimedAt: null, assignedBy: to === null ? null : bulk.officer })
        ends.push({
          ...one,
          state: 'done',
          problem: null,
          before: { claimedBy: task.claimedBy, assignedBy: task.assignedBy },
        })
      }
      await caseStore(sql).updateTasks(moved)
      await caseStore(sql).insertTimeline(
        moved.map(({ caseId, name, claimedBy }) => {
          const kind = claimedBy === null ? 'task-released' : 'task-assigned'
          return lineOf(
            rows.get(caseId)!,
            { kind, data: { task: name, to: claimedBy } },
            actorOf(context, pairwise),
            at,
          )
        }),
      )
      await bulkStore(sql).updateRows(ends)
      await announce(
        sql,
        events,
        moved.map(({ caseId }) => rows.get(caseId)!),
        `:${bulk.id}`,
      )
      return taken.length
    })
  }

  /** The next notes, each line with the end of its row in one transaction; how many there were. */
  async function noteSome(bulk: BulkRow, text: string, context: Context): Promise<number> {
    return sql.begin(context, async (sql) => {
      const taken = await bulkStore(sql).take(bulk.id, 'held', BATCH)
      const rows = new Map(
        (await caseStore(sql).casesIn(taken.map(({ caseId }) => caseId))).map((row) => [row.id, row]),
      )
      const lines = await Promise.all(
        taken.map(async ({ caseId, person }) => {
          const note = await keys.seal(pairwise.back('cases', person), JSON.stringify({ text }))
          return lineOf(rows.get(caseId)!, { kind: 'note', note }, actorOf(context, pairwise), clock.now())
        }),
      )
      await caseStore(sql).insertTimeline(lines)
      await bulkStore(sql).updateRows(taken.map((one) => ({ ...one, state: 'done' as const })))
      await announce(sql, events, [...rows.values()], `:${bulk.id}`)
      return taken.length
    })
  }

  /** One by one. Decided twice is refused, and known again. */
  async function decideHeld(bulk: BulkRow, note: string | undefined, context: Context): Promise<void> {
    const rows = (await sql.read(context, (sql) => bulkStore(sql).rowsOf(bulk.id))).filter(
      ({ state }) => state === 'held',
    )
    for (const one of rows) {
      const ended = await decideOne(bulk, one, note, context)
      await sql.begin(context, (sql) => bulkStore(sql).updateRows([ended]))
    }
  }

  async function decideOne(bulk: BulkRow, one: BulkTaskRow, note: string | undefined, context: Context) {
    const { outcome, reason } = bulk.input as { outcome: string; reason?: string }
    const decision = { task: one.task, version: one.version, outcome, ...(reason ? { reason } : {}) }
    const done: BulkTaskRow = { ...one, state: 'done', problem: null }
    try {
      const { waits } = await deciding.decide({ ...decision, ...(note ? { note } : {}) }, context)
      return waits ? { ...done, problem: 'decision-waits' } : done
    } catch (error) {
      if (!isProblem(error)) throw error
      // Decided before the row could be ended: a crash came between.
      if (error.code === 'task-ended' && (await wasDecidedBy(one.task, context))) return done
      if (error.code === 'decision-waits') return { ...done, problem: 'decision-waits' }
      return { ...one, state: 'refused' as const, problem: error.code }
    }
  }

  const wasDecidedBy = async (task: string, context: Context): Promise<boolean> => {
    const [decision] = await sql.read(context, (sql) => caseStore(sql).decisionsOn([task]))
    return decision?.decidedBy === actorOf(context, pairwise)
  }

  async function noteOf({ id, note }: BulkRow): Promise<string | undefined> {
    return note === null ? undefined : (await keys.open(id, note)).toString()
  }

  /** Goes on wherever it stands. */
  async function run(id: string): Promise<void> {
    const bulk = await sql.read(asPlatform, (sql) => bulkStore(sql).find(id))
    if (bulk?.state !== 'running') return
    const context = contextOf(bulk)
    if (isHeld(bulk.act)) {
      if (bulk.undoUntil !== null && bulk.undoUntil > clock.now()) return
      const note = await noteOf(bulk)
      if (bulk.act === 'decide') await decideHeld(bulk, note, context)
      else while ((await noteSome(bulk, note ?? '', context)) > 0);
    } else while ((await doSome(bulk, context)) > 0);
    await sql.begin(context, async (sql) => {
      const now = await bulkStore(sql).lock(id)
      if (now?.state === 'running') await bulkStore(sql).update({ ...now, state: 'done', endedAt: clock.now() })
    })
  }

  /** Only who began it. */
  async function own(id: string, context: Context): Promise<BulkRow> {
    const bulk = isUuid(id) ? await sql.read(context, (sql) => bulkStore(sql).find(id)) : undefined
    if (bulk === undefined || bulk.officer !== context.actor.id || bulk.tenant !== context.tenant) throw BulkNotFound()
    return bulk
  }

  async function view(id: string, context: Context): Promise<BulkView> {
    const bulk = await own(id, context)
    const rows = await sql.read(context, (sql) => bulkStore(sql).rowsOf(id))
    const note = await noteOf(bulk)
    return {
      ...toSummary(bulk),
      ...(note === undefined ? {} : { note }),
      rows: rows.map(({ task, caseId, reference, state, problem }) => ({
        task,
        caseId,
        reference,
        state,
        ...(problem === null ? {} : { problem }),
      })),
    }
  }

  /** All that the choice shows, in its order. */
  async function chosen(choice: QueueChoice, context: Context): Promise<string[]> {
    const ids: string[] = []
    let after: string | undefined
    do {
      const page = await queue.queue({ ...choice, limit: 100, ...(after ? { after } : {}) }, context)
      ids.push(...page.tasks.map(({ task }) => task))
      after = page.next
    } while (after !== undefined && ids.length < MOST)
    return ids.slice(0, MOST)
  }

  return {
    prepareBulk: async (wanted, context) => {
      if (rightsOf(context) === undefined) throw BulkNotValid('It needs an officer.')
      const { act, tasks: given, choice, input, text } = readWanted(wanted)
      const ids = [...new Set(given ?? (choice === undefined ? [] : await chosen(choice, context)))].filter(isUuid)
      if (ids.length === 0) throw BulkNotValid('Nothing was chosen.')
      if (ids.length > MOST) throw BulkNotValid(`At most ${MOST} at once.`)
      const id = uuidv7()
      const note = text === undefined ? null : await keys.seal(id, text)
      await sql.begin(context, async (sql) => {
        const { tasks, rows, excluded } = await tasksIn(sql, ids)
        const bulk: BulkRow = {
          id,
          tenant: context.tenant!,
          officer: context.actor.id,
          act,
          input,
          note,
          context: { roles: context.roles ?? [], unit: context.unit ?? null },
          state: 'prepared',
          preparedAt: clock.now(),
          startedAt: null,
          undoUntil: null,
          endedAt: null,
        }
        const lines: BulkTaskRow[] = []
        for (const one of ids) {
          const task = tasks.get(one)
          const row = task && rows.get(task.caseId)
          // What one may not see is not there.
          if (task === undefined || row === undefined) continue
          const problem = await problemOf(bulk, task, row, excluded.get(task.caseId), context)
          if (problem === 'task-not-yours' || problem === 'case-not-found') continue
          const { tenant, person, caseId, reference } = task
          const about = { bulk: id, place: lines.length, tenant, person, task: one, caseId, reference }
          const state = problem === undefined ? ('waiting' as const) : ('refused' as const)
          lines.push({ ...about, version: row.version, state, problem: problem ?? null, before: null })
        }
        if (lines.length === 0) throw BulkNotValid('Nothing was chosen.')
        await bulkStore(sql).insert(bulk, lines)
      })
      return view(id, context)
    },

    startBulk: async (id, context) => {
      await own(id, context)
      await sql.begin(context, async (sql) => {
        const bulk = (await bulkStore(sql).lock(id))!
        if (bulk.state === 'undone') throw BulkStarted()
        if (bulk.state !== 'prepared') return
        const at = clock.now()
        const undoUntil = new Date(at.getTime() + UNDO)
        await bulkStore(sql).update({ ...bulk, state: 'running', startedAt: at, undoUntil })
        if (isHeld(bulk.act)) await hold(sql, bulk, context)
        const runAt = isHeld(bulk.act) ? { runAt: undoUntil } : {}
        await jobs.add(sql, { queue: 'cases.bulk', key: id, payload: { id }, ...runAt })
      })
      // The job does the same again, should this process end here.
      await run(id)
      return view(id, context)
    },

    undoBulk: async (id, context) => {
      await own(id, context)
      await sql.begin(context, async (sql) => {
        const bulk = (await bulkStore(sql).lock(id))!
        if (bulk.state === 'undone') return
        if (bulk.undoUntil === null || bulk.undoUntil <= clock.now()) throw UndoTooLate()
        const at = clock.now()
        const rows = await bulkStore(sql).rowsOf(id)
        await caseStore(sql).lockCases([...new Set(rows.map(({ caseId }) => caseId))])
        const { tasks, rows: cases } = await tasksIn(
          sql,
          rows.map(({ task }) => task),
        )
        const restored: TaskRow[] = []
        const ends: BulkTaskRow[] = []
        for (const one of rows) {
          const task = tasks.get(one.task)
          if (one.state === 'waiting') ends.push({ ...one, state: 'undone' })
          if ((one.state !== 'done' && one.state !== 'held') || task === undefined) continue
          const asLeft = one.state === 'held' ? bulk.officer : bulk.act === 'assign' ? bulk.input.to : null
          // Somebody went on with it meanwhile: theirs stands.
          if (one.before === null || task.endedAt !== null || task.claimedBy !== asLeft) {
            ends.push({
              ...one,
              state: one.state === 'held' ? 'undone' : 'done',
              problem: one.state === 'held' ? null : 'gone-on',
            })
            continue
          }
          const { claimedBy, assignedBy } = one.before
          const state =
            task.state === 'proposed' ? task.state : claimedBy === null ? ('open' as const) : ('claimed' as const)
          restored.push({
            ...task,
            state,
            claimedBy,
            assignedBy,
            claimedAt: assignedBy === null && claimedBy ? at : null,
          })
          ends.push({ ...one, state: 'undone' })
        }
        await caseStore(sql).updateTasks(restored)
        await caseStore(sql).insertTimeline(
          restored.map(({ caseId, name }) =>
            lineOf(
              cases.get(caseId)!,
              { kind: 'bulk-undone', data: { task: name, act: bulk.act } },
              actorOf(context, pairwise),
              at,
            ),
          ),
        )
        await bulkStore(sql).updateRows(ends)
        await bulkStore(sql).update({ ...bulk, state: 'undone', endedAt: at })
        await announce(
          sql,
          events,
          restored.map(({ caseId }) => cases.get(caseId)!),
          `:undo:${id}`,
        )
      })
      return view(id, context)
    },

    getBulk: view,

    bulks: async (context) => {
      const { tenant, actor } = context
      if (tenant === null || tenant === '*') return []
      return (await sql.read(context, (sql) => bulkStore(sql).recent(tenant, actor.id, RECENT))).map(toSummary)
    },
  }

  /** Until it takes effect, what is to be decided is with the officer, so that nobody else begins with it. */
  async function hold(sql: Sql, bulk: BulkRow, context: Context): Promise<void> {
    const taken = await bulkStore(sql).take(bulk.id, 'waiting', MOST)
    await caseStore(sql).lockCases([...new Set(taken.map(({ caseId }) => caseId))])
    const { tasks, rows, excluded } = await tasksIn(
      sql,
      taken.map(({ task }) => task),
    )
    const ends: BulkTaskRow[] = []
    const claimed: TaskRow[] = []
    for (const one of taken) {
      const task = tasks.get(one.task)
      const problem = task
        ? await problemOf(bulk, task, rows.get(task.caseId), excluded.get(task.caseId), context)
        : 'task-not-found'
      const moved = rows.get(one.caseId)?.version !== one.version && bulk.act === 'decide' ? 'case-moved-on' : undefined
      if (task === undefined || problem !== undefined || moved !== undefined) {
        ends.push({ ...one, state: 'refused', problem: problem ?? moved ?? null })
        continue
      }
      const before = bulk.act === 'decide' ? { claimedBy: task.claimedBy, assignedBy: task.assignedBy } : null
      ends.push({ ...one, state: 'held', problem: null, before })
      if (bulk.act === 'decide')
        claimed.push({
          ...task,
          state: taskLifecycle.next(task.state, 'claim'),
          claimedBy: bulk.officer,
          claimedAt: clock.now(),
        })
    }
    await caseStore(sql).updateTasks(claimed)
    await bulkStore(sql).updateRows(ends)
    await announce(
      sql,
      events,
      claimed.map(({ caseId }) => rows.get(caseId)!),
      `:${bulk.id}`,
    )
  }
}

const asPlatform: Context = {
  tenant: '*',
  actor: { kind: 'system', id: 'cases' },
  purpose: 'case-work',
  channel: 'system',
  trace: 'bulk',
}

interface ReadBulk {
  act: BulkAct
  tasks?: string[]
  choice?: QueueChoice
  input: Record<string, Json>
  text?: string
}

function readWanted(wanted: BulkWanted): ReadBulk {
  const { act, tasks, choice } = wanted
  const what = { act, ...(tasks === undefined ? {} : { tasks }), ...(choice === undefined ? {} : { choice }) }
  switch (wanted.act) {
    case 'assign':
      if (wanted.to === '') throw BulkNotValid('Nobody was chosen.')
      return { ...what, input: { to: wanted.to } }
    case 'release':
      return { ...what, input: {} }
    case 'note':
      return { ...what, input: {}, text: readText(wanted.text) }
    case 'decide': {
      const { outcome, reason, note } = wanted
      if (outcome === '') throw BulkNotValid('No outcome was chosen.')
      const text = note?.trim() ? readText(note) : undefined
      return {
        ...what,
        input: { outcome, ...(reason === undefined ? {} : { reason }) },
        ...(text === undefined ? {} : { text }),
      }
    }
  }
}

function readText(text: string): string {
  if (text.trim() === '') throw BulkNotValid('The note is empty.')
  if (text.length > LONGEST_NOTE) throw BulkNotValid('The note is too long.')
  return text.trim()
}

function toSummary({ id, act, state, input, preparedAt, undoUntil }: BulkRow): Omit<BulkView, 'rows'> {
  return {
    id,
    act,
    state,
    input,
    preparedAt: preparedAt.toISOString(),
    ...(undoUntil === null ? {} : { undoUntil: undoUntil.toISOString() }),
  }
}

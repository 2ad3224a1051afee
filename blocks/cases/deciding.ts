// Decides tasks: by the version that was read, with the reasons of the outcome, and with a second person where one must confirm.
import type { PublicService } from '@ashlar/catalogue'
import type { Clock } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import { isUuid, type Pairwise, uuidv7 } from '@ashlar/kernel/identifiers'
import type { Keys } from '@ashlar/kernel/keys'
import type { Context, Database, Sql } from '@ashlar/kernel/sql'
import { type Assigning, mayDo } from './assignment.ts'
import { assignmentStore } from './assignment-store.ts'
import { type Json, taskLifecycle } from './case.ts'
import { actorOf, announce, changed, lineOf } from './change.ts'
import type { Content, Facts } from './content.ts'
import { findInFlow } from './flow.ts'
import type { Forms } from './forms.ts'
import {
  AnswersNotValid,
  CaseMovedOn,
  DecisionWaits,
  NothingProposed,
  OfficerExcluded,
  OutcomeNotOffered,
  ReasonNeeded,
  ReviewNeedsNote,
  TaskEnded,
  TaskNotFound,
  TaskNotYours,
  TaskTaken,
} from './problems.ts'
import { type ProposalRow, proposalStore } from './proposal-store.ts'
import { refuseOwnDecision } from './rights.ts'
import { secondLook } from './second-look.ts'
import { type CaseRow, caseStore, type TaskRow } from './store.ts'

export interface Deciding {
  /**
   * Decides a task, if the case is still as it was read (`version`). `waits`: a second person has to confirm it first.
   * Tasks that are joined to it are decided alike. Throws CaseMovedOn, TaskEnded, TaskTaken, OutcomeNotOffered,
   * ReasonNeeded, OfficerExcluded, DecisionWaits.
   */
  decide(decision: Decide, context: Context): Promise<{ version: number; waits: boolean }>
  /**
   * What the process would be told if a task were decided so; nothing is decided. Throws TaskNotFound, TaskNotYours,
   * OutcomeNotOffered, ReasonNeeded.
   */
  supposed(
    decision: Pick<Decide, 'task' | 'outcome' | 'reason' | 'note'>,
    context: Context,
  ): Promise<{ key: string; output: Json }>
  /**
   * The second person confirms what is proposed, and it takes effect; or sends it back with a note. Never who proposed it.
   * Throws NothingProposed, OfficerExcluded, ReviewNeedsNote, CaseMovedOn, TaskTaken.
   */
  review(review: Review, context: Context): Promise<{ version: number }>
}

export interface Decide {
  task: string
  outcome: string
  /** One of the reasons of the outcome, where it has some. */
  reason?: string
  note?: string
  answers?: Record<string, Json>
  /** Of the case, as the officer read it. */
  version: number
}

export interface Review {
  task: string
  agree: boolean
  /** Why not. */
  note?: string
  version: number
}

export interface DecidingNeeds {
  sql: Database
  clock: Clock
  events: Events
  keys: Pick<Keys, 'seal' | 'open'>
  pairwise: Pairwise
  forms: Forms
  assigning: Assigning
  definition(service: string, version?: string): Promise<PublicService>
}

/** What is decided, before it is written down. */
interface Verdict {
  outcome: string
  reason: string | null
  written: { text: string | null; answers: Json } | null
  decidedBy: string
  confirmedBy: string | null
}

export function createDeciding(needs: DecidingNeeds): Deciding {
  const { sql, clock, events, keys, pairwise, forms, assigning, definition } = needs
  const subjectOf = (row: { person: string }) => pairwise.back('cases', row.person)
  const open = async (row: { person: string }, sealed: Buffer | null): Promise<Json> =>
    sealed === null ? null : JSON.parse((await keys.open(subjectOf(row), sealed)).toString())
  const seal = (row: { person: string }, value: Json) => keys.seal(subjectOf(row), JSON.stringify(value))

  /** Answers to the questions that the definition puts to the officer. */
  const readAnswers = async (
    id: string,
    given: Record<string, Json> = {},
    context: Context,
  ): Promise<Facts | undefined> => {
    if (!isUuid(id)) throw TaskNotFound()
    const read = await sql.begin(context, async (sql) => {
      const task = await caseStore(sql).findTask(id)
      return task && { task, row: await caseStore(sql).findCase(task.caseId) }
    })
    if (read?.row === undefined) throw TaskNotFound()
    const { task, row } = read
    const service = await definition(row.service, row.serviceVersion)
    const questions = findInFlow(service.flow, 'task', task.name)?.questions ?? []
    if (questions.length === 0) return undefined
    const [application] = await sql.read(context, (sql) => caseStore(sql).applicationsOf([row.id]))
    const content = (await open(row, application!.content)) as unknown as Content
    const { language } = application!
    const { answers, errors } = forms.readQuestions(service, task.name, questions, given, content, language)
    if (errors.length > 0) throw AnswersNotValid(errors)
    return answers
  }

  interface Locked {
    task: TaskRow
    row: CaseRow
    /** Tasks that are decided alike, each with its case. */
    joined: { task: TaskRow; row: CaseRow }[]
  }

  /** The task with its case, and those that are joined to it; cases locked in the order of their ids, as everybody does. */
  async function lock(sql: Sql, id: string, version: number, context: Context): Promise<Locked> {
    if (!isUuid(id)) throw TaskNotFound()
    const store = caseStore(sql)
    const found = await store.findTask(id)
    if (found === undefined) throw TaskNotFound()
    const others = await proposalStore(sql).joinedTo(id)
    const rows = await store.lockCases([...new Set([found.caseId, ...others.map(({ caseId }) => caseId)])])
    const byId = new Map(rows.map((row) => [row.id, row]))
    const task = (await store.findTask(id))!
    const row = byId.get(task.caseId)
    if (row === undefined) throw TaskNotFound()
    if (!mayDo(task, context)) {
      // Whoever proposed it is told that, even if another role confirms it.
      if (task.proposedBy === context.actor.id) throw DecisionWaits()
      throw TaskNotYours(task.role)
    }
    if (task.endedAt !== null) throw TaskEnded(task.state)
    if (row.version !== version) throw CaseMovedOn(row.version)
    if (task.claimedBy !== null && task.claimedBy !== context.actor.id) throw TaskTaken()
    await refuseOwnDecision(sql, row, context, pairwise)
    const excluded = await assignmentStore(sql).excluded([row.id])
    if (excluded.get(row.id)?.has(context.actor.id))
      throw OfficerExcluded('The case concerns them, or they decided before.')
    const joined = (await store.tasksIn(others.map(({ id }) => id)))
      .filter((one) => one.joinedTo === id && one.endedAt === null && byId.has(one.caseId))
      .map((one) => ({ task: one, row: byId.get(one.caseId)! }))
    return { task, row, joined }
  }

  /** Writes the decision down, and the process of the case goes on. */
  async function finish(sql: Sql, { task, row }: { task: TaskRow; row: CaseRow }, verdict: Verdict): Promise<number> {
    const at = clock.now()
    const store = caseStore(sql)
    const { outcome, reason, written, decidedBy, confirmedBy } = verdict
    await store.updateTasks([{ ...task, state: taskLifecycle.next(task.state, 'decide'), endedAt: at }])
    const note = written === null ? null : await seal(row, written as unknown as Json)
    const { id: caseId, tenant, person } = row
    const about = { task: task.id, caseId, tenant, person, outcome, reason, deemed: false, note }
    await store.insertDecisions([{ id: uuidv7(), ...about, decidedBy, decidedAt: at, confirmedBy }])
    const data = { task: task.name, outcome, reason }
    await store.insertTimeline([
      lineOf(row, { kind: 'decided', audience: 'all', data }, decidedBy, at),
      // Who confirmed it is the office's own matter.
      ...(confirmedBy === null ? [] : [lineOf(row, { kind: 'confirmed', data: { task: task.name } }, confirmedBy, at)]),
    ])
    const others = (await store.tasksOf([row.id])).some(({ endedAt }) => endedAt === null)
    const waitsFor = row.status === 'suspended' ? row.waitsFor : others ? 'officer' : null
    const next = changed(row, { waitsFor })
    await store.updateCases([next])
    await announce(sql, events, [next])
    const step = { step: task.key }
    await events.publish(sql, { type: 'cases.step-done', key: task.key, data: step, share: row.service })
    return next.version
  }

  async function finishAll(sql: Sql, { joined, ...first }: Locked, verdict: Verdict): Promise<number> {
    const version = await finish(sql, first, verdict)
    for (const other of joined) await finish(sql, other, verdict)
    return version
  }

  /** The decision waits for a second person; the task goes to those who may confirm it. */
  async function propose(
    sql: Sql,
    { task, row }: Locked,
    { outcome, reason, written }: Verdict,
    sampled: boolean,
    context: Context,
  ): Promise<number> {
    const at = clock.now()
    const store = caseStore(sql)
    const { id: caseId, tenant, person } = row
    const proposal: ProposalRow = {
      id: uuidv7(),
      task: task.id,
      caseId,
      tenant,
      person,
      outcome,
      reason,
      note: written === null ? null : await seal(row, written as unknown as Json),
      sampled,
      state: 'waiting',
      proposedBy: actorOf(context, pairwise),
      proposedAt: at,
      reviewedBy: null,
      reviewedAt: null,
      review: null,
    }
    await proposalStore(sql).insert(proposal)
    const waiting: TaskRow = {
      ...task,
      state: taskLifecycle.next(task.state, 'propose'),
      role: task.second!.role,
      firstRole: task.role,
      proposedBy: context.actor.id,
      claimedBy: null,
      claimedAt: null,
      assignedBy: null,
    }
    await store.updateTasks(await assigning.sharedIfAutomatic(sql, [waiting]))
    await store.insertTimeline([
      lineOf(row, { kind: 'proposed', data: { task: task.name } }, actorOf(context, pairwise), at),
    ])
    const next = changed(row, {})
    await store.updateCases([next])
    await announce(sql, events, [next])
    return next.version
  }

  return {
    decide: async ({ task: id, outcome, reason, note, answers: given, version }, context) => {
      const answers = await readAnswers(id, given, context)
      return sql.begin(context, async (sql) => {
        const locked = await lock(sql, id, version, context)
        const { task, row } = locked
        if (task.state === 'proposed') throw DecisionWaits()
        if (!task.outcomes.includes(outcome)) throw OutcomeNotOffered(task.outcomes)
        const reasons = task.reasons[outcome] ?? []
        if (reasons.length > 0 && !reasons.includes(reason ?? '')) throw ReasonNeeded(reasons)
        // From that moment the law's outcome holds, even if nobody has written it down yet.
        const isOver = task.due !== null && task.due <= clock.now() && row.pausedAt === null
        if (isOver && task.onExpiry !== null) throw TaskEnded('expired')

        const text = note?.trim() || null
        const verdict: Verdict = {
          outcome,
          reason: reasons.length === 0 ? null : reason!,
          written: text === null && answers === undefined ? null : { text, answers: answers ?? {} },
          decidedBy: actorOf(context, pairwise),
          confirmedBy: null,
        }
        const facts = task.second === null ? {} : ((await open(task, task.facts)) as Facts)
        const second = secondLook(task, verdict, facts, pairwise)
        if (second === undefined) return { version: await finishAll(sql, locked, verdict), waits: false }
        return { version: await propose(sql, locked, verdict, second === 'drawn', context), waits: true }
      })
    },

    supposed: async ({ task: id, outcome, reason, note }, context) => {
      const task = isUuid(id) ? await sql.begin(context, (sql) => caseStore(sql).findTask(id)) : undefined
      if (task === undefined) throw TaskNotFound()
      if (!mayDo(task, context)) throw TaskNotYours(task.role)
      if (!task.outcomes.includes(outcome)) throw OutcomeNotOffered(task.outcomes)
      const reasons = task.reasons[outcome] ?? []
      if (reasons.length > 0 && !reasons.includes(reason ?? '')) throw ReasonNeeded(reasons)
      const by = actorOf(context, pairwise)
      const text = note?.trim() || null
      const at = clock.now().toISOString()
      const output = { outcome, reason: reason ?? null, note: text, answers: {}, by, at, expired: false }
      return { key: task.key, output }
    },

    review: ({ task: id, agree, note, version }, context) =>
      sql.begin(context, async (sql) => {
        const locked = await lock(sql, id, version, context)
        const { task, row } = locked
        const proposal = await proposalStore(sql).waiting(id)
        if (task.state !== 'proposed' || proposal === undefined) throw NothingProposed()
        if (task.proposedBy === context.actor.id) throw OfficerExcluded('They decided it first.')
        const text = note?.trim() || null
        if (!agree && text === null) throw ReviewNeedsNote()
        const at = clock.now()
        const by = actorOf(context, pairwise)
        const review = text === null ? null : await seal(row, { text })
        const ended = { reviewedBy: by, reviewedAt: at, review }
        await proposalStore(sql).end({ id: proposal.id, state: agree ? 'confirmed' : 'returned', ...ended })
        if (agree) {
          const { outcome, reason, proposedBy } = proposal
          const written = (await open(proposal, proposal.note)) as unknown as Verdict['written']
          const verdict = { outcome, reason, written, decidedBy: proposedBy, confirmedBy: by }
          return { version: await finishAll(sql, locked, verdict) }
        }
        await caseStore(sql).updateTasks([
          {
            ...task,
            state: taskLifecycle.next(task.state, 'return'),
            role: task.firstRole!,
            firstRole: null,
            claimedBy: task.proposedBy,
            claimedAt: null,
            assignedBy: context.actor.id,
            proposedBy: null,
          },
        ])
        const line = { kind: 'returned', data: { task: task.name }, ...(review === null ? {} : { note: review }) }
        await caseStore(sql).insertTimeline([lineOf(row, line, by, at)])
        const next = changed(row, {})
        await caseStore(sql).updateCases([next])
        await announce(sql, events, [next])
        return { version: next.version }
      }),
  }
}

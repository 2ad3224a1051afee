// Who does what: taking tasks, giving them on, sharing them out by skills and load, and who has nothing to do with a case.
import type { Clock } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import { isUuid, type Pairwise, uuidv7 } from '@ashlar/kernel/identifiers'
import type { Context, Database, Sql } from '@ashlar/kernel/sql'
import { assignmentStore } from './assignment-store.ts'
import { taskLifecycle } from './case.ts'
import { actorOf, announce, lineOf } from './change.ts'
import {
  AbsenceNotFound,
  AbsenceNotValid,
  CaseNotFound,
  LeadersOnly,
  OfficerExcluded,
  OfficerNotFit,
  TaskEnded,
  TaskNotFound,
  TaskNotYours,
  TaskTaken,
} from './problems.ts'
import { rightsOf } from './queue.ts'
import { queueStore } from './queue-store.ts'
import { refuseOwnDecision } from './rights.ts'
import { chooseOfficer, isAutomatic, isAway, isFit, officerIn, type Roster, type RosterOfficer } from './roster.ts'
import { type CaseRow, caseStore, type TaskRow } from './store.ts'

export interface Assignment {
  /** Takes a task. One's own again changes nothing. Throws TaskTaken, TaskEnded, TaskNotYours, OfficerExcluded. */
  claim(task: string, context: Context): Promise<void>
  /** Gives a task back. Throws TaskTaken if it is somebody else's and one leads no team. */
  release(task: string, context: Context): Promise<void>
  /** Gives one's own task, or as a leader any of the team, to a colleague. Throws OfficerNotFit, OfficerExcluded, TaskTaken. */
  handOver(handing: { task: string; to: string }, context: Context): Promise<void>
  /** Takes the most urgent task that this officer is able and free to do. Two officers never get the same. */
  takeNext(context: Context): Promise<{ task: string; caseId: string } | undefined>
  /** Colleagues who may do a task, the least loaded first. */
  colleaguesFor(task: string, context: Context): Promise<Colleague[]>
  /** Shares out what nobody has, at most 200 tasks, by skills, load and working time. Leaders only. */
  shareOut(context: Context): Promise<{ assigned: number; left: number }>
  /** Gives what an officer has to the others who may do it; what nobody may goes back into the queue. Leaders only. */
  rebalance(officer: string, context: Context): Promise<{ assigned: number; released: number }>
  /** Notes that somebody is away: nothing is given to them in that time. Oneself, or as a leader a colleague. */
  noteAbsence(absence: { officer: string; from: string; until: string }, context: Context): Promise<string>
  dropAbsence(id: string, context: Context): Promise<void>
  /** Says that a case concerns oneself: one's tasks of it go back, and one can take none. For good. */
  declareConflict(caseId: string, context: Context): Promise<void>
}

export interface Colleague {
  id: string
  load: number
}

export interface AssignmentNeeds {
  sql: Database
  clock: Clock
  events: Events
  pairwise: Pairwise
  leads: string[]
  roster: Roster
}

const LOOKED_AT = 100
const MOST_SHARED = 200

export type Assigning = ReturnType<typeof createAssigning>

/** What other parts of the block need of it. */
export function createAssigning({ clock, leads, roster }: Pick<AssignmentNeeds, 'clock' | 'leads' | 'roster'>) {
  const isLead = (context: Context): boolean => leads.some((role) => context.roles?.includes(role))

  /** Leaders give out the work of their unit, and what is of any unit. */
  const mayLead = (task: Pick<TaskRow, 'tenant' | 'unit'>, context: Context): boolean =>
    isLead(context) && task.tenant === context.tenant && (task.unit === '' || task.unit === context.unit)

  /** Who is not away today, by the country's file and by what was noted since. */
  async function present(sql: Sql, tenant: string): Promise<RosterOfficer[]> {
    const day = clock.today()
    const noted = await assignmentStore(sql).absences(tenant, day)
    const away = new Set(noted.filter(({ firstDay }) => firstDay <= day).map(({ officer }) => officer))
    return roster.officers.filter((one) => one.tenant === tenant && !isAway(one, day) && !away.has(one.id))
  }

  /** Gives each of these tasks to somebody, as far as there is anybody; the tasks as they are then. */
  async function shared(sql: Sql, tasks: TaskRow[], by: string): Promise<TaskRow[]> {
    if (tasks.length === 0) return []
    const tenant = tasks[0]!.tenant
    const officers = await present(sql, tenant)
    const load = await assignmentStore(sql).loads(
      tenant,
      officers.map(({ id }) => id),
    )
    const excluded = await assignmentStore(sql).excluded([...new Set(tasks.map(({ caseId }) => caseId))])
    return tasks.map((task) => {
      const fit = officers.filter((one) => isFit(one, task) && !excluded.get(task.caseId)?.has(one.id))
      const chosen = chooseOfficer(fit, task, load)
      if (chosen === undefined) return task
      load.set(chosen.id, (load.get(chosen.id) ?? 0) + 1)
      const state = task.state === 'proposed' ? task.state : 'claimed'
      return { ...task, state, claimedBy: chosen.id, claimedAt: null, assignedBy: by }
    })
  }

  return {
    isLead,
    mayLead,
    present,
    shared,
    /** Tasks of a team whose work is shared out by itself, with somebody to do them. */
    sharedIfAutomatic: async (sql: Sql, tasks: TaskRow[]): Promise<TaskRow[]> => {
      const byTenant = Map.groupBy(tasks, (task) => (isAutomatic(roster, task) ? task.tenant : ''))
      const parts = [...byTenant].map(async ([tenant, some]) => (tenant === '' ? some : shared(sql, some, 'system')))
      return (await Promise.all(parts)).flat()
    },
  }
}

export function createAssignment(needs: AssignmentNeeds & { assigning: Assigning }): Assignment {
  const { sql, clock, events, pairwise, roster, assigning } = needs
  const { isLead, mayLead, present, shared } = assigning

  /** The task and its case, locked in the order in which everybody locks them. */
  const lockOpen = async (sql: Sql, id: string): Promise<{ task: TaskRow; row: CaseRow }> => {
    if (!isUuid(id)) throw TaskNotFound()
    const row = await caseStore(sql).lockCaseOf(id)
    const task = row && (await caseStore(sql).findTask(id))
    if (row === undefined || task === undefined) throw TaskNotFound()
    return { task, row }
  }

  const tell = async (sql: Sql, row: CaseRow, kind: string, data: Record<string, string | null>, context: Context) => {
    await caseStore(sql).insertTimeline([lineOf(row, { kind, data }, actorOf(context, pairwise), clock.now())])
    await announce(sql, events, [row], `:${uuidv7()}`)
  }

  const refuseExcluded = async (sql: Sql, { caseId, proposedBy }: TaskRow, officer: string): Promise<void> => {
    if (proposedBy === officer) throw OfficerExcluded('They decided it first.')
    const excluded = await assignmentStore(sql).excluded([caseId])
    if (excluded.get(caseId)?.has(officer)) throw OfficerExcluded('The case concerns them, or they decided before.')
  }

  const back = (task: TaskRow): TaskRow => ({
    ...task,
    state: taskLifecycle.next(task.state, 'release'),
    claimedBy: null,
    claimedAt: null,
    assignedBy: null,
  })

  /** Gives these tasks to others, or back into the queue. */
  async function giveOut(sql: Sql, ids: { id: string; caseId: string }[], context: Context) {
    const store = caseStore(sql)
    const rows = await store.lockCases([...new Set(ids.map(({ caseId }) => caseId))])
    const byId = new Map(rows.map((row) => [row.id, row]))
    const before = new Set(ids.map(({ id }) => id))
    const tasks = (await store.tasksOf([...byId.keys()])).filter(
      ({ id, endedAt }) => before.has(id) && endedAt === null,
    )
    const given = await shared(
      sql,
      tasks.map((task) => (task.claimedBy === null ? task : back(task))),
      context.actor.id,
    )
    await store.updateTasks(given)
    const at = clock.now()
    await store.insertTimeline(
      given.map((task) => {
        const kind = task.claimedBy === null ? 'task-released' : 'task-assigned'
        const data = { task: task.name, to: task.claimedBy }
        return lineOf(byId.get(task.caseId)!, { kind, data }, actorOf(context, pairwise), at)
      }),
    )
    await announce(sql, events, rows, `:${uuidv7()}`)
    const assigned = given.filter(({ claimedBy }) => claimedBy !== null).length
    return { assigned, left: given.length - assigned }
  }

  return {
    claim: (id, context) =>
      sql.begin(context, async (sql) => {
        const { task, row } = await lockOpen(sql, id)
        if (!mayDo(task, context)) throw TaskNotYours(task.role)
        if (task.endedAt !== null) throw TaskEnded(task.state)
        const me = context.actor.id
        if (task.claimedBy === me && task.claimedAt !== null) return
        if (task.claimedBy !== null && task.claimedBy !== me) throw TaskTaken()
        await refuseOwnDecision(sql, row, context, pairwise)
        await refuseExcluded(sql, task, me)
        const state = taskLifecycle.next(task.state, 'claim')
        await caseStore(sql).updateTasks([{ ...task, state, claimedBy: me, claimedAt: clock.now() }])
        await tell(sql, row, 'task-claimed', { task: task.name }, context)
      }),

    release: (id, context) =>
      sql.begin(context, async (sql) => {
        const { task, row } = await lockOpen(sql, id)
        if (!mayDo(task, context) && !mayLead(task, context)) throw TaskNotYours(task.role)
        if (task.endedAt !== null) throw TaskEnded(task.state)
        if (task.claimedBy === null) return
        if (task.claimedBy !== context.actor.id && !isLead(context)) throw TaskTaken()
        await caseStore(sql).updateTasks([back(task)])
        await tell(sql, row, 'task-released', { task: task.name }, context)
      }),

    handOver: ({ task: id, to }, context) =>
      sql.begin(context, async (sql) => {
        const { task, row } = await lockOpen(sql, id)
        const isMine = mayDo(task, context) && (task.claimedBy === null || task.claimedBy === context.actor.id)
        if (!isMine && !mayLead(task, context)) throw mayDo(task, context) ? TaskTaken() : TaskNotYours(task.role)
        if (task.endedAt !== null) throw TaskEnded(task.state)
        if (task.claimedBy === to) return
        const officer = roster.officers.find((one) => one.id === to && one.tenant === task.tenant)
        await refuseExcluded(sql, task, to)
        if (officer === undefined || !isFit(officer, task)) throw OfficerNotFit(to)
        const state = task.state === 'proposed' ? task.state : taskLifecycle.next(task.state, 'claim')
        const by = context.actor.id
        await caseStore(sql).updateTasks([{ ...task, state, claimedBy: to, claimedAt: null, assignedBy: by }])
        await tell(sql, row, 'task-assigned', { task: task.name, to }, context)
      }),

    takeNext: async (context) => {
      const rights = rightsOf(context)
      if (rights === undefined) return undefined
      const id = context.actor.id
      const skills = officerIn(roster, context)?.skills ?? []
      return sql.begin(context, async (sql) => {
        const best = await queueStore(sql).next(rights, { id, skills }, LOOKED_AT)
        const task = best && (await caseStore(sql).findTask(best.id))
        const row = task && (await caseStore(sql).findCase(task.caseId))
        if (task === undefined || row === undefined) return undefined
        const state = taskLifecycle.next(task.state, 'claim')
        await caseStore(sql).updateTasks([{ ...task, state, claimedBy: id, claimedAt: clock.now() }])
        await tell(sql, row, 'task-claimed', { task: task.name }, context)
        return { task: task.id, caseId: task.caseId }
      })
    },

    colleaguesFor: (id, context) =>
      sql.begin(context, async (sql) => {
        const task = isUuid(id) ? await caseStore(sql).findTask(id) : undefined
        if (task === undefined || !(mayDo(task, context) || mayLead(task, context))) throw TaskNotFound()
        const excluded = (await assignmentStore(sql).excluded([task.caseId])).get(task.caseId)
        const fit = (await present(sql, task.tenant)).filter((one) => isFit(one, task) && !excluded?.has(one.id))
        const load = await assignmentStore(sql).loads(
          task.tenant,
          fit.map(({ id }) => id),
        )
        return fit
          .map(({ id }) => ({ id, load: load.get(id) ?? 0 }))
          .sort((a, b) => a.load - b.load || (a.id < b.id ? -1 : 1))
      }),

    shareOut: async (context) => {
      if (!isLead(context)) throw LeadersOnly()
      const rights = teamRights(roster, context)
      if (rights === undefined) return { assigned: 0, left: 0 }
      return sql.begin(context, async (sql) => {
        const rows = await queueStore(sql).page(rights, { unclaimed: true }, undefined, MOST_SHARED)
        return giveOut(sql, rows, context)
      })
    },

    rebalance: (officer, context) => {
      if (!isLead(context)) throw LeadersOnly()
      return sql.begin(context, async (sql) => {
        const tasks = await assignmentStore(sql).openTasksOf(context.tenant ?? '', officer, MOST_SHARED)
        const mine = (await caseStore(sql).tasksIn(tasks.map(({ id }) => id))).filter((task) => mayLead(task, context))
        const { assigned, left } = await giveOut(sql, mine, context)
        return { assigned, released: left }
      })
    },

    noteAbsence: async ({ officer, from, until }, context) => {
      const known = roster.officers.find(({ id, tenant }) => id === officer && tenant === context.tenant)
      if (officer !== context.actor.id && !isLead(context)) throw LeadersOnly()
      if (known === undefined) throw OfficerNotFit(officer)
      if (!isDay(from) || !isDay(until) || until < from) throw AbsenceNotValid()
      const id = uuidv7()
      const absence = { id, tenant: context.tenant!, officer, firstDay: from, lastDay: until }
      await sql.begin(context, (sql) =>
        assignmentStore(sql).noteAbsence({ ...absence, notedBy: context.actor.id, notedAt: clock.now() }),
      )
      return id
    },

    dropAbsence: (id, context) =>
      sql.begin(context, async (sql) => {
        const gone = isUuid(id) ? await assignmentStore(sql).dropAbsence(id, context.tenant ?? '') : undefined
        if (gone === undefined) throw AbsenceNotFound()
        if (gone.officer !== context.actor.id && !isLead(context)) throw LeadersOnly()
      }),

    declareConflict: (caseId, context) =>
      sql.begin(context, async (sql) => {
        const [row] = isUuid(caseId) ? await caseStore(sql).lockCases([caseId]) : []
        if (row === undefined || row.tenant !== context.tenant) throw CaseNotFound()
        const officer = context.actor.id
        const { id, tenant, person } = row
        await assignmentStore(sql).declareConflict({ caseId: id, officer, tenant, person, at: clock.now() })
        const own = (await caseStore(sql).tasksOf([id])).filter(
          ({ claimedBy, endedAt }) => claimedBy === officer && endedAt === null,
        )
        await caseStore(sql).updateTasks(own.map(back))
        await tell(sql, row, 'conflict-declared', {}, context)
      }),
  }
}

/** Whether it is for somebody of this role and unit to do now. */
export function mayDo({ role, unit, tenant }: TaskRow, context: Context): boolean {
  return tenant === context.tenant && (context.roles ?? []).includes(role) && (unit === '' || unit === context.unit)
}

/** Whether it is of one's own work: to do now, or decided by one's role and waiting to be confirmed by another. */
export function isYours({ role, firstRole, unit, tenant }: TaskRow, context: Context): boolean {
  const roles = context.roles ?? []
  const hasRole = roles.includes(role) || (firstRole !== null && roles.includes(firstRole))
  return tenant === context.tenant && hasRole && (unit === '' || unit === context.unit)
}

/** All the work of a leader's unit: of every role that somebody has there. */
export function teamRights(roster: Roster, context: Context) {
  const own = rightsOf(context)
  if (own === undefined) return undefined
  const members = roster.officers.filter(({ tenant, unit }) => tenant === context.tenant && unit === context.unit)
  return { ...own, roles: [...new Set([...own.roles, ...members.flatMap(({ roles }) => roles)])] }
}

const isDay = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text))

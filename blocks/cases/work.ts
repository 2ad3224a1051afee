// What processes do with cases, many at a time: open, expire and withdraw tasks and requests, and close the case.
import type { PublicService } from '@ashlar/catalogue'
import type { Calendar } from '@ashlar/kernel/calendar'
import type { Clock } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import { isUuid, type Pairwise, uuidv7 } from '@ashlar/kernel/identifiers'
import type { Keys } from '@ashlar/kernel/keys'
import type { Database, Sql } from '@ashlar/kernel/sql'
import type { AskInput, Command, ExpiredCommand, Outcome, StartRequest, Step, TaskInput } from '@ashlar/workflow'
import type { Appeals } from './appeal.ts'
import type { Assigning } from './assignment.ts'
import { caseLifecycle, type Json } from './case.ts'
import { announce, asWorker, changed, deemed, dueAfterPause, lineOf, resumed, suspended } from './change.ts'
import { closeCases } from './closing.ts'
import { completeStep } from './completeness.ts'
import type { Content } from './content.ts'
import type { Deadlines } from './deadlines.ts'
import type { Forms } from './forms.ts'
import { askInput, askOutput, taskInput, taskOutput } from './step-schemas.ts'
import { type CaseRow, caseStore, type DecisionRow, type RequestRow, type TaskRow, type TimelineRow } from './store.ts'

export interface WorkNeeds {
  sql: Database
  clock: Clock
  events: Events
  keys: Pick<Keys, 'seal' | 'open'>
  pairwise: Pairwise
  calendar: Calendar
  forms: Forms
  deadlines: Deadlines
  appeals: Pick<Appeals, 'contestedFact'>
  assigning: Assigning
  definition(service: string, version?: string): Promise<PublicService>
}

export type Work = ReturnType<typeof createWork>

/** A process looks again so much later at a term whose clock stands still. */
const LOOK_AGAIN = 3_600_000
const partyNotKnown: Outcome = {
  failed: { code: 'party-not-known', title: 'Nobody knows who this party of the case is' },
}
const noSuchCase: Outcome = { failed: { code: 'case-not-found', title: 'There is no such case' } }

export function createWork({
  sql,
  clock,
  events,
  keys,
  pairwise,
  calendar,
  forms,
  deadlines,
  appeals,
  assigning,
  definition,
}: WorkNeeds) {
  const subjectOf = (row: { person: string }) => pairwise.back('cases', row.person)
  const seal = (row: { person: string }, value: Json) => keys.seal(subjectOf(row), JSON.stringify(value))
  const open = async (row: { person: string }, sealed: Buffer | null) =>
    sealed === null ? null : (JSON.parse((await keys.open(subjectOf(row), sealed)).toString()) as Json)

  /** Locks the cases of these commands and gives each its own. */
  async function lock(sql: Sql, ids: string[]): Promise<Map<string, CaseRow>> {
    const rows = await caseStore(sql).lockCases([...new Set(ids)])
    return new Map(rows.map((row) => [row.id, row]))
  }

  /** What has become of these tasks, as the process is told; undefined while somebody may still decide. */
  async function outcomesOf(sql: Sql, tasks: TaskRow[]): Promise<Map<string, Json | undefined>> {
    const ended = tasks.filter(({ state }) => state === 'done' || state === 'expired')
    const decisions = ended.length === 0 ? [] : await caseStore(sql).decisionsOn(ended.map(({ id }) => id))
    const byTask = new Map(decisions.map((decision) => [decision.task, decision]))
    return new Map(
      await Promise.all(
        tasks.map(async ({ key, id }) => {
          const decision = byTask.get(id)
          return [key, decision && toOutcome(decision, await open(decision, decision.note))] as const
        }),
      ),
    )
  }

  async function openTasks(commands: Command<TaskInput>[]): Promise<Outcome[]> {
    const at = clock.now()
    return sql.begin(asWorker, async (sql) => {
      const store = caseStore(sql)
      const cases = await lock(
        sql,
        commands.map(({ caseId }) => caseId),
      )
      const wanted = await Promise.all(
        commands.flatMap((command) => {
          const row = cases.get(command.caseId)
          return row === undefined || row.status === 'closed' ? [] : [toTask(command, row, at)]
        }),
      )
      const rows = await assigning.sharedIfAutomatic(sql, wanted)
      const fresh = rows.length === 0 ? new Set<string>() : await store.insertTasks(rows)
      const moved: CaseRow[] = []
      const lines: TimelineRow[] = []
      for (const task of rows.filter(({ key }) => fresh.has(key))) {
        const row = cases.get(task.caseId)!
        const suspended = row.status === 'suspended'
        const next = changed(
          row,
          suspended ? {} : { status: caseLifecycle.next(row.status, 'work'), waitsFor: 'officer' },
        )
        cases.set(row.id, next)
        moved.push(next)
        lines.push(lineOf(row, { kind: 'task-opened', audience: 'all', data: { task: task.name } }, 'system', at))
      }
      await store.updateCases(latest(moved))
      await store.insertTimeline(lines)
      await announce(sql, events, latest(moved))

      const tasks = await store.tasksByKey(commands.map(({ key }) => key))
      const outcomes = await outcomesOf(sql, tasks)
      return commands.map(({ key }): Outcome => {
        if (!outcomes.has(key)) return noSuchCase
        const outcome = outcomes.get(key)
        return outcome === undefined ? { waiting: true } : { done: outcome }
      })
    })
  }

  async function toTask(command: Command<TaskInput>, row: CaseRow, at: Date): Promise<TaskRow> {
    const { input, key, due } = command
    return {
      id: uuidv7(),
      key,
      caseId: row.id,
      reference: row.reference,
      service: row.service,
      name: input.name,
      role: input.role,
      unit: input.unit ?? '',
      tenant: row.tenant,
      person: row.person,
      state: 'open',
      outcomes: input.outcomes,
      reasons: input.reasons,
      onExpiry: input.onExpiry,
      facts: await seal(row, input.facts),
      term: input.within,
      due: due === undefined ? null : new Date(due),
      sortDue: due ?? row.deadline?.toISOString() ?? 'infinity',
      claimedBy: null,
      claimedAt: null,
      openedAt: at,
      endedAt: null,
      applicantKind: row.applicantKind ?? (row.anonymous ? 'anonymous' : null),
      skills: input.skills ?? [],
      second: input.second ?? null,
      bulk: input.bulk ?? false,
      proposedBy: null,
      firstRole: null,
      assignedBy: null,
      joinedTo: null,
    }
  }

  /** Under the lock of the case, so that exactly one of an officer's decision and the law's wins. */
  async function expireTasks(commands: ExpiredCommand<TaskInput>[]): Promise<Outcome[]> {
    const at = clock.now()
    return sql.begin(asWorker, async (sql) => {
      const store = caseStore(sql)
      const cases = await lock(
        sql,
        commands.map(({ caseId }) => caseId),
      )
      const tasks = new Map((await store.tasksByKey(commands.map(({ key }) => key))).map((task) => [task.key, task]))
      const expired: { task: TaskRow; decision: DecisionRow }[] = []
      const until = new Map<string, Date>()
      for (const { key, onExpiry } of commands) {
        const task = tasks.get(key)
        const row = task && cases.get(task.caseId)
        if (task === undefined || row === undefined || task.endedAt !== null) continue
        if (row.pausedAt !== null) until.set(key, new Date(at.getTime() + LOOK_AGAIN))
        else if (task.due !== null && task.due > at) until.set(key, task.due)
        else {
          const outcome = task.onExpiry ?? (onExpiry as { outcome?: string } | null)?.outcome ?? ''
          expired.push({ task, decision: deemed(task, outcome, at) })
        }
      }

      await store.updateTasks(expired.map(({ task }) => ({ ...task, state: 'expired', endedAt: at })))
      await store.insertDecisions(expired.map(({ decision }) => decision))
      const left = expired.length === 0 ? [] : await store.tasksOf(expired.map(({ task }) => task.caseId))
      const busy = new Set(left.filter(({ endedAt }) => endedAt === null).map(({ caseId }) => caseId))
      const moved = expired.map(({ task }) => {
        const next = changed(cases.get(task.caseId)!, { waitsFor: busy.has(task.caseId) ? 'officer' : null })
        cases.set(next.id, next)
        return next
      })
      await store.updateCases(latest(moved))
      await store.insertTimeline(
        expired.map(({ task, decision: { outcome } }) =>
          lineOf(
            cases.get(task.caseId)!,
            { kind: 'deemed', audience: 'all', data: { task: task.name, outcome } },
            'law',
            at,
          ),
        ),
      )
      await announce(sql, events, latest(moved))

      const now = await store.tasksByKey(commands.map(({ key }) => key))
      const outcomes = await outcomesOf(sql, now)
      return commands.map(({ key, onExpiry }): Outcome => {
        if (until.has(key)) return { waiting: true, until: until.get(key)!.toISOString() }
        return { done: outcomes.get(key) ?? onExpiry }
      })
    })
  }

  async function cancelTasks(commands: Pick<Command, 'key' | 'caseId'>[]): Promise<void> {
    const at = clock.now()
    await sql.begin(asWorker, async (sql) => {
      const store = caseStore(sql)
      const cases = await lock(
        sql,
        commands.map(({ caseId }) => caseId),
      )
      const tasks = (await store.tasksByKey(commands.map(({ key }) => key))).filter(({ endedAt }) => endedAt === null)
      await store.updateTasks(tasks.map((task) => ({ ...task, state: 'cancelled', endedAt: at })))
      await store.insertTimeline(
        tasks.flatMap((task) => {
          const row = cases.get(task.caseId)
          return row === undefined
            ? []
            : [lineOf(row, { kind: 'task-cancelled', data: { task: task.name } }, 'system', at)]
        }),
      )
    })
  }

  /** Asks the applicant: the clock of the law stops until they have answered. */
  async function ask(commands: Command<AskInput>[]): Promise<Outcome[]> {
    const at = clock.now()
    return sql.begin(asWorker, async (sql) => {
      const store = caseStore(sql)
      const cases = await lock(
        sql,
        commands.map(({ caseId }) => caseId),
      )
      const rows = (
        await Promise.all(
          commands.map(async (command) => {
            const row = cases.get(command.caseId)
            return row === undefined || row.status === 'closed'
              ? []
              : toPartyRequest(command, toRequest(command, row, at))
          }),
        )
      ).flat()
      const fresh = rows.length === 0 ? new Set<string>() : await store.insertRequests(rows)
      const moved: CaseRow[] = []
      const lines: TimelineRow[] = []
      for (const request of rows.filter(({ key }) => fresh.has(key))) {
        const row = cases.get(request.caseId)!
        const stopped = suspended(row, at)
        const next = request.party === null ? stopped : { ...stopped, waitsFor: 'party' }
        cases.set(row.id, next)
        moved.push(next)
        const data = { request: request.name, ...(request.party === null ? {} : { party: request.party }) }
        lines.push(lineOf(row, { kind: 'asked', audience: 'all', data }, 'system', at))
      }
      await store.updateCases(latest(moved))
      await store.insertTimeline(lines)
      await announce(sql, events, latest(moved))

      const requests = await store.requestsByKey(commands.map(({ key }) => key))
      const outcomes = await answersOf(requests)
      const isKnown = (key: string) => cases.has(commands.find((one) => one.key === key)!.caseId)
      return commands.map(({ key }): Outcome => {
        if (!outcomes.has(key)) return isKnown(key) ? partyNotKnown : noSuchCase
        const outcome = outcomes.get(key)
        return outcome === undefined ? { waiting: true } : { done: outcome }
      })
    })
  }

  /** Of a party that is not the applicant: asked under its own id, and told what concerns it. None if nobody knows who it is. */
  async function toPartyRequest({ input }: Command<AskInput>, request: RequestRow): Promise<RequestRow[]> {
    if (input.to.party === 'applicant') return [request]
    const { id, party } = input.to
    if (id === null || !isUuid(id)) return []
    const facts = await keys.seal(id, JSON.stringify(input.facts ?? {}))
    return [{ ...request, person: pairwise.of('cases', id), party, facts }]
  }

  async function answersOf(requests: RequestRow[]): Promise<Map<string, Json | undefined>> {
    return new Map(
      await Promise.all(
        requests.map(async (request) => [request.key, toAnswer(request, await open(request, request.answer))] as const),
      ),
    )
  }

  async function expireRequests(commands: ExpiredCommand<AskInput>[]): Promise<Outcome[]> {
    const at = clock.now()
    return sql.begin(asWorker, async (sql) => {
      const store = caseStore(sql)
      await lock(
        sql,
        commands.map(({ caseId }) => caseId),
      )
      const requests = await store.requestsByKey(commands.map(({ key }) => key))
      const expired = requests.filter(({ state }) => state === 'open')
      const outcome = new Map(
        commands.map(({ key, onExpiry }) => [key, (onExpiry as { outcome?: string } | null)?.outcome ?? null]),
      )
      await endRequests(
        sql,
        expired.map((request) => ({
          request,
          state: 'expired',
          answer: null,
          outcome: outcome.get(request.key) ?? null,
        })),
        'law',
        at,
      )
      const answers = await answersOf(await store.requestsByKey(commands.map(({ key }) => key)))
      return commands.map(({ key, onExpiry }): Outcome => ({ done: answers.get(key) ?? onExpiry }))
    })
  }

  async function cancelRequests(commands: Pick<Command, 'key' | 'caseId'>[]): Promise<void> {
    const at = clock.now()
    await sql.begin(asWorker, async (sql) => {
      await lock(
        sql,
        commands.map(({ caseId }) => caseId),
      )
      const requests = await caseStore(sql).requestsByKey(commands.map(({ key }) => key))
      const withdrawn = requests.filter(({ state }) => state === 'open')
      await endRequests(
        sql,
        withdrawn.map((request) => ({ request, state: 'withdrawn', answer: null, outcome: null })),
        'system',
        at,
      )
    })
  }

  /**
   * Ends requests and sets the clocks of their cases going again where nothing else is asked. To be called with the cases
   * locked. Gives the cases as they are now.
   */
  async function endRequests(
    sql: Sql,
    ends: {
      request: RequestRow
      state: 'answered' | 'expired' | 'withdrawn'
      answer: Buffer | null
      outcome: string | null
    }[],
    actor: string,
    at: Date,
  ): Promise<CaseRow[]> {
    if (ends.length === 0) return []
    const store = caseStore(sql)
    const ids = [...new Set(ends.map(({ request }) => request.caseId))]
    await store.endRequests(ends.map(({ request, ...end }) => ({ ...end, id: request.id, endedAt: at })))
    const stillOpen = new Set(
      (await store.requestsOf(ids)).filter(({ state }) => state === 'open').map(({ caseId }) => caseId),
    )
    const cases = await store.lockCases(ids)
    const tasks = (await store.tasksOf(ids)).filter(({ endedAt }) => endedAt === null)
    const busy = new Set(tasks.map(({ caseId }) => caseId))
    const moved = cases.map((row) => {
      if (row.status === 'closed') return row
      const next = stillOpen.has(row.id) ? changed(row, {}) : resumed(row, at, calendar)
      return busy.has(row.id) && next.waitsFor === null ? { ...next, waitsFor: 'officer' } : next
    })
    await store.updateCases(moved)
    await deadlines.moved(sql, moved)
    const going = new Map(cases.filter(({ id }) => !stillOpen.has(id)).map((row) => [row.id, row]))
    const later = new Map(moved.map((row) => [row.id, row]))
    await store.updateTasks(
      tasks
        .filter(({ caseId }) => going.has(caseId))
        .map((task) => {
          const due = dueAfterPause(task, going.get(task.caseId)!.pausedAt, at, calendar)
          const sortDue = due?.toISOString() ?? later.get(task.caseId)!.deadline?.toISOString() ?? 'infinity'
          return { ...task, due, sortDue }
        }),
    )
    // Until when the clock now runs, if it goes on.
    const goingOn = (id: string): Record<string, string> => {
      const { deadline } = later.get(id)!
      return going.has(id) && deadline !== null ? { deadline: deadline.toISOString() } : {}
    }
    await store.insertTimeline(
      ends.map(({ request, state }) =>
        lineOf(
          later.get(request.caseId)!,
          { kind: `request-${state}`, audience: 'all', data: { request: request.name, ...goingOn(request.caseId) } },
          actor,
          at,
        ),
      ),
    )
    await announce(sql, events, moved)
    return moved
  }

  /** The process has ended: so has the case. What is still open of it is withdrawn. Twice is once. */
  async function close(endings: { caseId: string; result: string }[]): Promise<void> {
    const at = clock.now()
    await sql.begin(asWorker, async (sql) => {
      const results = new Map(endings.map(({ caseId, result }) => [caseId, result]))
      const rows = await caseStore(sql).lockCases([...results.keys()])
      const ending = rows.map((row) => ({ row, result: results.get(row.id)! }))
      await closeCases(sql, events, ending, { at, by: 'system' })
    })
  }

  /** What a step waits for, or that it cannot go on: shown alike to applicant and officer. */
  async function note(caseId: string, state: { waitsFor?: string | null; stuck?: boolean }): Promise<void> {
    const at = clock.now()
    await sql.begin(asWorker, async (sql) => {
      const store = caseStore(sql)
      const [row] = await store.lockCases([caseId])
      if (row === undefined || row.status === 'closed') return
      const stuckSince = state.stuck === undefined ? row.stuckSince : state.stuck ? (row.stuckSince ?? at) : null
      // What another block was waited for is over when the process got stuck elsewhere.
      const had = state.stuck && row.waitsFor !== 'officer' && row.waitsFor !== 'applicant' ? null : row.waitsFor
      const waitsFor = state.waitsFor === undefined ? had : state.waitsFor
      if (stuckSince === row.stuckSince && waitsFor === row.waitsFor) return
      const status = row.status === 'received' ? caseLifecycle.next(row.status, 'work') : row.status
      const next = changed(row, { stuckSince, waitsFor, status })
      await store.updateCases([next])
      if (stuckSince !== row.stuckSince) {
        const kind = stuckSince === null ? 'going-on' : 'held-up'
        await store.insertTimeline([lineOf(row, { kind, audience: 'all' }, 'system', at)])
      }
      await announce(sql, events, [next])
    })
  }

  /** What a process begins with: the facts of each case, as FEEL sees them. */
  async function processStarts(ids: string[]): Promise<StartRequest[]> {
    return sql.read(asWorker, async (sql) => {
      const store = caseStore(sql)
      const [sent, cases] = await Promise.all([store.applicationsOf(ids), store.casesIn(ids)])
      const applications = new Map(sent.map((row) => [row.caseId, row]))
      return Promise.all(
        cases.map(async (row) => {
          const application = applications.get(row.id)!
          const content = (await open(row, application.content)) as unknown as Content
          const service = await definition(row.service, row.serviceVersion)
          const submittedAt = row.submittedAt.toISOString()
          const { answers, facts } = forms.filled(service, content, application.language)
          const { today: _today, now: _now, ...known } = facts as Record<string, Json>
          return {
            key: `case:${row.id}`,
            caseId: row.id,
            service: { id: row.service, version: row.serviceVersion },
            tenant: row.tenant,
            subject: subjectOf(row),
            facts: {
              ...known,
              answers: answers as Record<string, Json>,
              case: { id: row.id, reference: row.reference, submittedAt },
              submittedAt,
              ...(service.contests === undefined ? {} : await appeals.contestedFact(row, content)),
            },
          }
        }),
      )
    })
  }

  /** The outcome of a task or a request that a process waits for; undefined while there is none. */
  async function outcomeOf(key: string): Promise<Json | undefined> {
    return sql.begin(asWorker, async (sql) => {
      const store = caseStore(sql)
      const tasks = await store.tasksByKey([key])
      if (tasks.length > 0) return (await outcomesOf(sql, tasks)).get(key)
      return (await answersOf(await store.requestsByKey([key]))).get(key)
    })
  }

  const steps: Step[] = [
    {
      name: 'cases.task',
      input: taskInput,
      output: taskOutput,
      run: (commands) => openTasks(commands as unknown as Command<TaskInput>[]),
      expire: (commands) => expireTasks(commands as unknown as ExpiredCommand<TaskInput>[]),
      cancel: cancelTasks,
    },
    {
      name: 'cases.ask',
      input: askInput,
      output: askOutput,
      run: (commands) => ask(commands as unknown as Command<AskInput>[]),
      expire: (commands) => expireRequests(commands as unknown as ExpiredCommand<AskInput>[]),
      cancel: cancelRequests,
    },
    {
      name: 'cases.askParty',
      input: askInput,
      output: askOutput,
      run: (commands) => ask(commands as unknown as Command<AskInput>[]),
      expire: (commands) => expireRequests(commands as unknown as ExpiredCommand<AskInput>[]),
      cancel: cancelRequests,
    },
    completeStep({ sql, clock, events, forms, deadlines, definition, open }),
  ]

  return { steps, close, note, processStarts, outcomeOf, endRequests }
}

/** One row a case: the last of several changes in one transaction. */
function latest(rows: CaseRow[]): CaseRow[] {
  return [...new Map(rows.map((row) => [row.id, row])).values()]
}

function toRequest({ key, input, due }: Command<AskInput>, row: CaseRow, at: Date): RequestRow {
  return {
    id: uuidv7(),
    key,
    caseId: row.id,
    tenant: row.tenant,
    person: row.person,
    name: input.name,
    party: null,
    facts: null,
    state: 'open',
    question: null,
    answer: null,
    outcome: null,
    due: due === undefined ? null : new Date(due),
    askedBy: 'system',
    askedAt: at,
    endedAt: null,
  }
}

function toOutcome(decision: DecisionRow, note: Json): Json {
  const written = note as { text: string | null; answers: Json } | null
  return {
    outcome: decision.outcome,
    reason: decision.reason,
    note: written?.text ?? null,
    answers: written?.answers ?? {},
    by: decision.decidedBy,
    at: decision.decidedAt.toISOString(),
    expired: decision.deemed,
  }
}

function toAnswer(request: RequestRow, answer: Json): Json | undefined {
  if (request.state !== 'answered' && request.state !== 'expired') return undefined
  return {
    outcome: request.outcome,
    answers: answer ?? {},
    at: request.endedAt?.toISOString() ?? null,
    expired: request.state === 'expired',
  }
}

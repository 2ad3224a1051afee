// Opens a case of another service with another agency out of a case: its ground is recorded, its progress comes back.
import type { PublicService } from '@ashlar/catalogue'
import type { Consent } from '@ashlar/consent'
import type { Clock } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import { isUuid } from '@ashlar/kernel/identifiers'
import { isProblem } from '@ashlar/kernel/problem'
import type { Context, Database } from '@ashlar/kernel/sql'
import type { Command, Outcome, Step, Workflow } from '@ashlar/workflow'
import type { CaseStatus, Json } from './case.ts'
import { announce, asWorker, caseOf, changed, lineOf, MANY } from './change.ts'
import { closeCases, endProcesses } from './closing.ts'
import type { Facts } from './content.ts'
import { type OpenedRow, openedStore } from './opened-store.ts'
import { CaseNotFound, OpeningNotAgreed } from './problems.ts'
import { caseStore } from './store.ts'
import type { Apply, Receipt } from './submission.ts'

/** A case that another one opened, as the applicant and both agencies see it: how it stands, not what is in it. */
export interface Leg {
  reference: string
  service: string
  authority: string
  status: CaseStatus
  waitsFor?: string
  stuck: boolean
  result?: string
  openedAt: string
  endedAt?: string
}

/** cases.open → { case, reference, result } when it has ended; at once, if nothing waits for it. */
interface OpenInput {
  service: string
  /** The id of the person whose case it becomes. */
  person: string
  /** Their name, as the office reads it. */
  name?: string | null
  /** Answers of the other service, by name: the fields of `register` that are passed on. */
  data: Facts
  register: string
  agreement: string
  purpose: string
  /** The public reference of this case. */
  case?: string | null
  /** false: the process goes on at once. */
  wait?: boolean
}

export interface Opening {
  steps: Step[]
  /** Cases that this one opened, and how they stand. Throws CaseNotFound. */
  legsOf(caseId: string, context: Context): Promise<Leg[]>
  /** What ends, goes on where it was opened. Before jobs.start(). */
  follow(workflow: Pick<Workflow, 'complete'>): void
}

export interface OpeningNeeds {
  sql: Database
  clock: Clock
  events: Events
  consent: Pick<Consent, 'record'> & Partial<Pick<Consent, 'permits'>>
  definition(service: string, version?: string): Promise<PublicService>
}

const WITHDRAWN = 'withdrawn'

export function createOpening(
  needs: OpeningNeeds,
  { apply }: { apply(application: Apply, context: Context): Promise<Receipt> },
): Opening {
  const { sql, clock, events, consent, definition } = needs

  async function open({ key, caseId, context, input }: Command<OpenInput>): Promise<Outcome> {
    const known = await sql.read(asWorker, (sql) => openedStore(sql).byKey(key))
    if (known !== undefined) return outcomeOf(known, input)
    const service = await definition(input.service)
    if (!isUuid(input.person)) throw OpeningNotAgreed('It is not known for whom.')
    await permit(key, service, input, context)
    const receipt = await apply(
      {
        service: service.id,
        language: service.languages[0] ?? '',
        key: `open ${key}`,
        answers: input.data,
        ...(input.name ? { name: input.name } : {}),
      },
      {
        tenant: service.authority,
        actor: { kind: 'system', id: 'cases' },
        subject: input.person,
        purpose: 'apply',
        channel: 'event',
        trace: context.trace,
      },
    )
    const row = await link(key, caseId, receipt)
    return outcomeOf(row, input)
  }

  /** An agreement must let the other agency have each field; that it got them stands in the log of whose they are. */
  async function permit(key: string, service: PublicService, input: OpenInput, context: Context): Promise<void> {
    const { register, agreement, purpose, data } = input
    const fields = Object.keys(data)
    const verdict = await consent.permits?.({
      agreement,
      register,
      fields,
      purpose,
      act: 'read',
      reader: service.authority,
    })
    if (!verdict?.permitted) throw OpeningNotAgreed(verdict?.detail ?? '')
    const persons = [input.person, context.subject].filter((id): id is string => id !== undefined && isUuid(id))
    await consent.record({
      key: `open ${key}`,
      outcome: 'read',
      reader: service.authority,
      register,
      fields,
      persons: [...new Set(persons)],
      shown: 1,
      agreement,
      basis: verdict.agreement.basis === 'consent' ? 'consent' : 'agreement',
      purpose,
      law: verdict.agreement.law,
      ...(input.case ? { case: input.case } : {}),
      context,
    })
  }

  async function link(key: string, parent: string, { caseId, authority, service }: Receipt): Promise<OpenedRow> {
    const at = clock.now()
    return sql.begin(asWorker, async (sql) => {
      // The child too: it ends either before this is read or after this is known.
      const locked = await caseStore(sql).lockCases([parent, caseId])
      const row = locked.find(({ id }) => id === parent)
      if (row === undefined) throw CaseNotFound()
      const opened: OpenedRow = {
        key,
        parent,
        tenant: row.tenant,
        person: row.person,
        child: caseId,
        childTenant: authority,
        childService: service.id,
        openedAt: at,
        endedAt: null,
        result: null,
      }
      const isNew = await openedStore(sql).insertOnce(opened)
      if (!isNew) return (await openedStore(sql).byKey(key)) ?? opened
      const next = changed(row, {})
      await caseStore(sql).updateCases([next])
      await caseStore(sql).insertTimeline([
        lineOf(row, { kind: 'leg-opened', audience: 'all', data: { service: service.id, authority } }, 'system', at),
      ])
      await announce(sql, events, [next])
      const child = locked.find(({ id }) => id === caseId)
      if (child?.status === 'closed') await end(sql, opened, child.result)
      return (await openedStore(sql).byKey(key)) ?? opened
    })
  }

  async function end(sql: Parameters<typeof openedStore>[0], row: OpenedRow, result: string | null): Promise<void> {
    const at = clock.now()
    await openedStore(sql).end(row.child, result, at)
    const [parent] = await caseStore(sql).lockCases([row.parent])
    if (parent === undefined) return
    const data = { service: row.childService, authority: row.childTenant, result }
    const next = changed(parent, {})
    await caseStore(sql).updateCases([next])
    await caseStore(sql).insertTimeline([lineOf(parent, { kind: 'leg-ended', audience: 'all', data }, 'system', at)])
    await announce(sql, events, [next])
    await events.publish(sql, {
      type: 'cases.leg-ended',
      key: row.key,
      data: { case: row.parent },
      share: row.childService,
    })
  }

  const toDone = (row: OpenedRow): Json => ({
    case: row.child,
    result: row.result,
    at: row.endedAt?.toISOString() ?? null,
  })
  const outcomeOf = (row: OpenedRow, { wait = true }: OpenInput): Outcome =>
    row.endedAt !== null || !wait ? { done: toDone(row) } : { waiting: true }

  /** The case that was opened is taken back, as far as it still runs; twice is once. */
  async function takeBack(child: string): Promise<boolean> {
    return sql.begin(asWorker, async (sql) => {
      const [row] = await caseStore(sql).lockCases([child])
      if (row === undefined || row.status === 'closed') return row?.result === WITHDRAWN
      const closed = await closeCases(sql, events, [{ row, result: WITHDRAWN }], { at: clock.now(), by: 'system' })
      await endProcesses(sql, events, closed)
      return true
    })
  }

  /** Asked from one part: the case that it came from, and its other parts, whoever has them. */
  async function othersOf({ parent, child }: OpenedRow) {
    const all = await sql.read(asWorker, (sql) => openedStore(sql).ofParent(parent))
    const origin = { child: parent, openedAt: null, endedAt: null }
    return [origin, ...all.filter((one) => one.child !== child)]
  }

  const refusedOr = async (work: () => Promise<Outcome>): Promise<Outcome> =>
    work().catch((error: unknown): Outcome => {
      if (!isProblem(error) || error.status >= 500) throw error
      return { failed: { code: error.code, title: error.title, ...(error.detail ? { detail: error.detail } : {}) } }
    })
  const text = { type: 'string' }

  return {
    steps: [
      {
        name: 'cases.open',
        input: {
          type: 'object',
          required: ['service', 'person', 'data', 'register', 'agreement', 'purpose'],
          properties: {
            service: text,
            person: text,
            data: { type: 'object' },
            register: text,
            agreement: text,
            purpose: text,
          },
        },
        output: { type: 'object', properties: { case: text, result: text, at: text } },
        run: async (commands) => {
          const outcomes: Outcome[] = []
          for (const command of commands as unknown as Command<OpenInput>[])
            outcomes.push(await refusedOr(() => open(command)))
          return outcomes
        },
        cancel: async (commands) => {
          for (const { key } of commands) {
            const row = await sql.read(asWorker, (sql) => openedStore(sql).byKey(key))
            if (row !== undefined) await takeBack(row.child)
          }
        },
      },
      {
        name: 'cases.takeBack',
        input: { type: 'object', required: ['case'], properties: { case: text } },
        output: { type: 'object', properties: { takenBack: { type: 'boolean' } } },
        run: (commands) =>
          Promise.all(
            commands.map(async ({ input, caseId }) => {
              const child = (input as { case: string }).case
              const row = isUuid(child) ? await sql.read(asWorker, (sql) => openedStore(sql).byChild(child)) : undefined
              // Only its own parent takes a case back.
              return { done: { takenBack: row?.parent === caseId && (await takeBack(child)) } }
            }),
          ),
      },
    ],

    legsOf: async (caseId, context) => {
      if (!isUuid(caseId)) throw CaseNotFound()
      const [own, from] = await sql.read(context, (sql) =>
        Promise.all([openedStore(sql).ofParent(caseId), openedStore(sql).byChild(caseId)]),
      )
      const rows = from === undefined ? own : [...(await othersOf(from)), ...own]
      if (rows.length === 0) return []
      // How they stand is what the applicant of the whole, and each agency that has a part of it, may know; not more.
      const cases = await sql.read(asWorker, (sql) => caseStore(sql).casesIn(rows.map(({ child }) => child)))
      const byId = new Map(cases.map((row) => [row.id, row]))
      return rows.flatMap(({ child, openedAt, endedAt }) => {
        const row = byId.get(child)
        return row === undefined ? [] : [toLeg(row, openedAt ?? row.submittedAt, endedAt)]
      })
    },

    follow: (workflow) => {
      events.subscribeAll(
        'cases.closed',
        'cases.legs',
        async (closed) => {
          const legs = await sql.read(asWorker, (sql) => openedStore(sql).byChildren(closed.map(caseOf)))
          const results = new Map(
            closed.map((event) => [caseOf(event), (event.data as { result: string | null }).result]),
          )
          for (const { child } of legs)
            await sql.begin(asWorker, async (sql) => {
              const row = await openedStore(sql).byChild(child)
              if (row !== undefined && row.endedAt === null) await end(sql, row, results.get(child) ?? null)
            })
        },
        MANY,
      )
      events.subscribe('cases.leg-ended', 'workflow', async ({ key }) => {
        const row = await sql.read(asWorker, (sql) => openedStore(sql).byKey(key))
        if (row === undefined) return
        await workflow.complete(key, toDone(row) as never).catch((error: unknown) => {
          // Nothing waited for it, or the parent has ended meanwhile.
          if (!(isProblem(error) && error.code === 'process-step-not-found')) throw error
        })
      })
    },
  }
}

function toLeg(
  row: Awaited<ReturnType<ReturnType<typeof caseStore>['casesIn']>>[number],
  openedAt: Date,
  endedAt: Date | null,
): Leg {
  return {
    reference: row.reference,
    service: row.service,
    authority: row.tenant,
    status: row.status,
    stuck: row.stuckSince !== null,
    openedAt: openedAt.toISOString(),
    ...(row.waitsFor === null ? {} : { waitsFor: row.waitsFor }),
    ...(row.result === null ? {} : { result: row.result }),
    ...(endedAt === null ? {} : { endedAt: endedAt.toISOString() }),
  }
}

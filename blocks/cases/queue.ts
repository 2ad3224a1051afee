// The officer's queue: what is to do by legal deadline, views of it that are kept, counts that stay cheap, and lists that leave.
import { type Clock, endOfDay } from '@ashlar/kernel/clock'
import { decodeCursor, encodeCursor } from '@ashlar/kernel/http'
import { isUuid, uuidv7 } from '@ashlar/kernel/identifiers'
import type { Context, Database } from '@ashlar/kernel/sql'
import { Type } from 'typebox'
import type { CaseStatus, TaskState } from './case.ts'
import { ViewNotFound, ViewsFull } from './problems.ts'
import type { QueueChoice } from './queue-choice.ts'
import { type QueueFilter, type QueueRights, type QueueRow, queueStore } from './queue-store.ts'
import { viewStore } from './view-store.ts'

export interface Queue {
  /** Tasks of the officer's roles and unit (`context`), the legally most urgent first. No personal data. */
  queue(request: QueueRequest, context: Context): Promise<QueuePage>
  /** How many, each no further than 1,000. */
  counts(filter: QueueChoice, context: Context): Promise<QueueCounts>
  /** How many of each of these choices, each no further than 1,000; in their order. */
  countsOf(choices: QueueChoice[], context: Context): Promise<number[]>
  /** Views that the officer kept, and those that are shared in the unit. */
  savedViews(context: Context): Promise<SavedView[]>
  /** Keeps a view; shared, everybody of the unit has it. Throws ViewsFull. */
  saveView(view: { name: string; choice: QueueChoice; isShared: boolean }, context: Context): Promise<SavedView>
  /** One's own, or a shared one that a leader drops. Throws ViewNotFound. */
  dropView(id: string, context: Context): Promise<void>
  /** The whole list, page by page, at most 50,000 rows. That it left is written down with what it held, before the last page. */
  exportQueue(
    request: { choice: QueueChoice; format: 'csv' | 'xlsx' },
    context: Context,
  ): AsyncGenerator<QueuedTask[], void>
}

export interface QueueRequest extends QueueChoice {
  /** ISO 8601; due by then. */
  dueBy?: string
  after?: string
  limit?: number
}

export interface QueuePage {
  tasks: QueuedTask[]
  next?: string
}

export interface QueuedTask {
  task: string
  caseId: string
  reference: string
  service: string
  /** Of the definition that the case runs under. */
  serviceVersion: string
  name: string
  role: string
  unit?: string
  state: TaskState
  claimedBy?: string
  /** Given to them by somebody else, and not looked at since. */
  assigned: boolean
  /** Proposed by this officer; another has to confirm it. */
  proposedBy?: string
  applicant?: string
  due?: string
  openedAt: string
  status: CaseStatus
  waitsFor?: string
  stuck: boolean
  /** Whether many may be decided at once. */
  bulk: boolean
  version: number
}

export interface QueueCounts {
  open: number
  late: number
  today: number
  mine: number
  /** Nobody's yet. */
  unclaimed: number
  /** Where the count stops: a figure of `most` says "at least". */
  most: number
}

export interface SavedView {
  id: string
  name: string
  choice: QueueChoice
  isShared: boolean
  owner: string
}

export interface QueueNeeds {
  sql: Database
  clock: Clock
  /** Roles that lead a team. */
  leads: string[]
}

const MOST_COUNTED = 1000
const PAGE = 25
const MOST_PAGE = 100
const MOST_EXPORTED = 50_000
const MOST_VIEWS = 20
const WEEK = 7 * 86_400_000

export function createQueue({ sql, clock, leads }: QueueNeeds): Queue {
  const dueBy = (due: QueueChoice['due']): Date | undefined => {
    const tonight = endOfDay(clock.today(), clock.zone)
    switch (due) {
      case 'late':
        return clock.now()
      case 'today':
        return tonight
      case 'week':
        return new Date(tonight.getTime() + WEEK)
      default:
        return undefined
    }
  }

  const filterOf = (choice: QueueRequest, context: Context): QueueFilter => {
    const { service, unclaimed, mine, assignee, status, applicant, unit, search } = choice
    const by = choice.dueBy === undefined ? dueBy(choice.due) : new Date(choice.dueBy)
    const claimedBy = mine ? context.actor.id : assignee
    return {
      ...(service === undefined ? {} : { service }),
      ...(unclaimed ? { unclaimed } : {}),
      ...(claimedBy === undefined ? {} : { claimedBy }),
      ...(by === undefined ? {} : { dueBy: by }),
      ...(status === undefined ? {} : { status }),
      ...(applicant === undefined ? {} : { applicant }),
      ...(unit === undefined ? {} : { unit }),
      ...(search === undefined || search.trim() === '' ? {} : { reference: search.trim().toUpperCase() }),
    }
  }

  async function page(request: QueueRequest, context: Context, most: number): Promise<QueuePage> {
    const rights = rightsOf(context)
    if (rights === undefined) return { tasks: [] }
    const filter = filterOf(request, context)
    const size = Math.max(1, Math.min(request.limit ?? PAGE, most))
    const after = readCursor(request.after)
    const rows = await sql.read(context, (sql) => queueStore(sql).page(rights, filter, after, size + 1, request.sort))
    const shown = rows.slice(0, size)
    const last = shown.at(-1)
    return {
      tasks: shown.map(toQueued),
      ...(rows.length > size && last !== undefined ? { next: writeCursor(last) } : {}),
    }
  }

  return {
    queue: (request, context) => page(request, context, MOST_PAGE),

    counts: async (choice, context) => {
      const rights = rightsOf(context)
      if (rights === undefined) return { open: 0, late: 0, today: 0, mine: 0, unclaimed: 0, most: MOST_COUNTED }
      const filter = filterOf(choice, context)
      return sql.read(context, async (sql) => {
        const count = (more: QueueFilter) => queueStore(sql).count(rights, { ...filter, ...more }, MOST_COUNTED)
        const [open, late, byTonight, mine, unclaimed] = await Promise.all([
          count({}),
          count({ dueBy: clock.now() }),
          count({ dueBy: endOfDay(clock.today(), clock.zone) }),
          count({ claimedBy: context.actor.id }),
          count({ unclaimed: true }),
        ])
        return { open, late, today: Math.max(0, byTonight - late), mine, unclaimed, most: MOST_COUNTED }
      })
    },

    countsOf: async (choices, context) => {
      const rights = rightsOf(context)
      if (rights === undefined) return choices.map(() => 0)
      return sql.read(context, (sql) =>
        Promise.all(choices.map((choice) => queueStore(sql).count(rights, filterOf(choice, context), MOST_COUNTED))),
      )
    },

    savedViews: async (context) => {
      const { tenant } = context
      if (tenant === null || tenant === '*') return []
      const rows = await sql.read(context, (sql) => viewStore(sql).of(tenant, context.actor.id, context.unit ?? null))
      return rows.map(({ unit, ...view }) => ({ ...view, isShared: unit !== null }))
    },

    saveView: ({ name, choice, isShared }, context) =>
      sql.begin(context, async (sql) => {
        const { tenant } = context
        if (tenant === null || tenant === '*') throw ViewNotFound()
        const store = viewStore(sql)
        const unit = context.unit ?? null
        const known = (await store.of(tenant, context.actor.id, unit)).filter(({ owner }) => owner === context.actor.id)
        const same = known.find((view) => view.name === name)
        if (same === undefined && known.length >= MOST_VIEWS) throw ViewsFull(MOST_VIEWS)
        const row = {
          id: same?.id ?? uuidv7(),
          tenant,
          owner: context.actor.id,
          unit: isShared ? unit : null,
          name,
          choice,
          savedAt: clock.now(),
        }
        await store.save(row)
        return { id: row.id, name, choice, isShared: row.unit !== null, owner: row.owner }
      }),

    dropView: (id, context) =>
      sql.begin(context, async (sql) => {
        const isLead = leads.some((role) => context.roles?.includes(role))
        const unit = isLead ? (context.unit ?? null) : null
        if (!isUuid(id) || !(await viewStore(sql).drop(id, context.tenant ?? '', context.actor.id, unit)))
          throw ViewNotFound()
      }),

    async *exportQueue({ choice, format }, context) {
      let after: string | undefined
      let rows = 0
      do {
        const { tasks, next } = await page({ ...choice, limit: 1000, ...(after ? { after } : {}) }, context, 1000)
        rows += tasks.length
        after = rows >= MOST_EXPORTED ? undefined : next
        if (after === undefined && context.tenant !== null)
          await sql.begin(context, (sql) =>
            viewStore(sql).noteExport({
              id: uuidv7(),
              tenant: context.tenant!,
              officer: context.actor.id,
              format,
              list: 'queue',
              choice,
              rows,
              at: clock.now(),
            }),
          )
        yield tasks
      } while (after !== undefined)
    },
  }
}

/** Rights come from who acts, never from what was asked for. */
export function rightsOf({ tenant, roles, unit }: Context): QueueRights | undefined {
  if (tenant === null || tenant === '*' || roles === undefined || roles.length === 0) return undefined
  return { tenant, roles, units: unit === undefined ? [''] : ['', unit] }
}

function toQueued(row: QueueRow): QueuedTask {
  return {
    task: row.id,
    caseId: row.caseId,
    reference: row.reference,
    service: row.service,
    serviceVersion: row.serviceVersion,
    name: row.name,
    role: row.role,
    ...(row.unit === '' ? {} : { unit: row.unit }),
    state: row.state,
    ...(row.claimedBy === null ? {} : { claimedBy: row.claimedBy }),
    assigned: row.assignedBy !== null && row.claimedAt === null,
    ...(row.proposedBy === null ? {} : { proposedBy: row.proposedBy }),
    ...(row.applicantKind === null ? {} : { applicant: row.applicantKind }),
    ...(row.due === null ? {} : { due: row.due.toISOString() }),
    openedAt: row.openedAt.toISOString(),
    status: row.status,
    ...(row.waitsFor === null ? {} : { waitsFor: row.waitsFor }),
    stuck: row.stuckSince !== null,
    bulk: row.bulk,
    version: row.version,
  }
}

/** What the order goes by as the database writes it, so that nothing of its microseconds is lost. */
const Cursor = Type.Tuple([
  Type.String({ pattern: '^(infinity|\\d{4,6}-\\d\\d-\\d\\d [0-9:.+-]{8,30})$' }),
  Type.String({ format: 'uuid', pattern: '^[0-9a-f-]{36}$' }),
])

function writeCursor({ sortedBy, id }: QueueRow): string {
  return encodeCursor([sortedBy, id])
}

/** Throws CursorNotValid (400). */
function readCursor(cursor: string | undefined): { key: string; id: string } | undefined {
  if (cursor === undefined) return undefined
  const [key, id] = decodeCursor(cursor, Cursor)
  return { key, id }
}

// SQL of the queue: row rights in the query, pages by key, counts with a bound; the same at a million cases.
import type { Sql, SqlPart } from '@ashlar/kernel/sql'
import type { CaseStatus, TaskState } from './case.ts'

/** Whose queue: the units '' (any) and one's own, each role in each of them. */
export interface QueueRights {
  tenant: string
  roles: string[]
  units: string[]
}

export const queueStatuses = ['to-decide', 'second-look', 'waits-applicant', 'stuck'] as const
export type QueueStatus = (typeof queueStatuses)[number]
export const queueSorts = ['due', 'oldest', 'newest'] as const
export type QueueSort = (typeof queueSorts)[number]

export interface QueueFilter {
  service?: string
  /** Only what this officer has, or what nobody has. */
  claimedBy?: string
  unclaimed?: boolean
  /** Only what is due by then, and not before `dueFrom`. */
  dueBy?: Date
  dueFrom?: Date
  status?: QueueStatus
  /** 'person', 'organisation' or 'anonymous'. */
  applicant?: string
  unit?: string
  /** The beginning of a reference, in capitals. */
  reference?: string
  /** Without what this officer may not confirm, having proposed it. */
  notProposedBy?: string
}

export interface QueueRow {
  id: string
  caseId: string
  reference: string
  service: string
  name: string
  role: string
  unit: string
  state: TaskState
  claimedBy: string | null
  claimedAt: Date | null
  assignedBy: string | null
  proposedBy: string | null
  applicantKind: string | null
  bulk: boolean
  due: Date | null
  openedAt: Date
  /** What the order goes by, as the database writes it. */
  sortedBy: string
  sortDue: string
  serviceVersion: string
  status: CaseStatus
  waitsFor: string | null
  stuckSince: Date | null
  version: number
}

export const queueStore = (sql: Sql) => {
  /** Each role in each unit is a range of the index; the first rows of each are merged. */
  const places = ({ roles, units }: QueueRights): SqlPart => sql.part`
    unnest(${roles}::text[]) as place_role(role) cross join unnest(${units}::text[]) as place_unit(unit)`

  const conditions = ({ tenant }: QueueRights, filter: QueueFilter): SqlPart => {
    const { service, claimedBy, unclaimed, dueBy, dueFrom, status, applicant, unit, reference, notProposedBy } = filter
    const none = sql.part``
    // A range, so that the index of references serves it.
    const begins =
      reference === undefined
        ? none
        : sql.part`and t.reference ~>=~ ${reference} and t.reference ~<~ ${`${reference}\u{10ffff}`}`
    return sql.part`t.tenant = ${tenant} and t.role = place_role.role and t.unit = place_unit.unit and t.ended_at is null
      and t.joined_to is null
      ${service === undefined ? none : sql.part`and t.service = ${service}`}
      ${claimedBy === undefined ? none : sql.part`and t.claimed_by = ${claimedBy}`}
      ${unclaimed ? sql.part`and t.claimed_by is null` : none}
      ${dueBy === undefined ? none : sql.part`and t.sort_due <= ${dueBy}`}
      ${dueFrom === undefined ? none : sql.part`and t.sort_due >= ${dueFrom}`}
      ${applicant === undefined ? none : sql.part`and t.applicant_kind = ${applicant}`}
      ${unit === undefined ? none : sql.part`and t.unit = ${unit}`}
      ${notProposedBy === undefined ? none : sql.part`and t.proposed_by is distinct from ${notProposedBy}`}
      ${begins} ${status === undefined ? none : inStatus(status)}`
  }

  const inStatus = (status: QueueStatus): SqlPart => {
    const ofCase = (condition: SqlPart) =>
      sql.part`and exists (select 1 from cases.case c where c.id = t.case_id and ${condition})`
    switch (status) {
      case 'second-look':
        return sql.part`and t.state = 'proposed'`
      case 'to-decide':
        return sql.part`and t.state <> 'proposed' ${ofCase(sql.part`c.status <> 'suspended' and c.stuck_since is null`)}`
      case 'waits-applicant':
        return ofCase(sql.part`c.status = 'suspended'`)
      case 'stuck':
        return ofCase(sql.part`c.stuck_since is not null`)
    }
  }

  const orderOf = (sort: QueueSort): SqlPart => {
    if (sort === 'newest') return sql.part`t.opened_at desc, t.id desc`
    return sort === 'oldest' ? sql.part`t.opened_at, t.id` : sql.part`t.sort_due, t.id`
  }

  const keyOf = (sort: QueueSort): SqlPart => (sort === 'due' ? sql.part`t.sort_due` : sql.part`t.opened_at`)

  const afterOf = (sort: QueueSort, { key, id }: { key: string; id: string }): SqlPart => {
    if (sort === 'newest') return sql.part`and (t.opened_at, t.id) < (${key}::timestamptz, ${id}::uuid)`
    return sort === 'oldest'
      ? sql.part`and (t.opened_at, t.id) > (${key}::timestamptz, ${id}::uuid)`
      : sql.part`and (t.sort_due, t.id) > (${key}::timestamptz, ${id}::uuid)`
  }

  return {
    page: (
      rights: QueueRights,
      filter: QueueFilter,
      after: { key: string; id: string } | undefined,
      limit: number,
      sort: QueueSort = 'due',
    ) => {
      const from = after === undefined ? sql.part`` : afterOf(sort, after)
      return sql<QueueRow>`
        select t.id, t.case_id as "caseId", t.reference, t.service, t.name, t.role, t.unit, t.state,
          t.claimed_by as "claimedBy", t.claimed_at as "claimedAt", t.assigned_by as "assignedBy",
          t.proposed_by as "proposedBy", t.applicant_kind as "applicantKind", t.bulk, t.due, t.opened_at as "openedAt",
          ${keyOf(sort)}::text as "sortedBy", t.sort_due::text as "sortDue", c.service_version as "serviceVersion",
          c.status, c.waits_for as "waitsFor",
          c.stuck_since as "stuckSince", c.version
        from (
          select t.* from ${places(rights)} cross join lateral (
            select * from cases.task t where ${conditions(rights, filter)} ${from}
            order by ${orderOf(sort)} limit ${limit}
          ) t
          order by ${orderOf(sort)} limit ${limit}
        ) t join cases.case c on c.id = t.case_id
        order by ${orderOf(sort)}`
    },

    /** How many, but no more than `most`: beyond that the number helps nobody, and costs. */
    count: async (rights: QueueRights, filter: QueueFilter, most: number): Promise<number> => {
      const [row] = await sql<{ count: number }>`
        select count(*)::int as count from (
          select 1 from ${places(rights)} cross join lateral (
            select 1 from cases.task t where ${conditions(rights, filter)} limit ${most}
          ) t limit ${most}
        ) q`
      return row!.count
    },

    /** Of the first tasks that nobody has, which this officer is able and free to do, the most urgent that is not just being taken. */
    next: async (
      rights: QueueRights,
      officer: { id: string; skills: string[] },
      limit: number,
    ): Promise<{ id: string; caseId: string } | undefined> => {
      const rows = await sql<{ id: string; caseId: string }>`
        with best as (
          select t.id from ${places(rights)} cross join lateral (
            select t.id, t.sort_due from cases.task t join cases.case c on c.id = t.case_id
            where ${conditions(rights, { notProposedBy: officer.id })}
              and (t.claimed_by is null or (t.claimed_by = ${officer.id} and t.claimed_at is null))
              and t.skills <@ ${officer.skills}::text[] and c.status <> 'suspended' and c.stuck_since is null
              and not exists (select 1 from cases.conflict x where x.case_id = t.case_id and x.officer = ${officer.id})
              and not exists (
                select 1 from cases.decision d where d.case_id = c.about and d.decided_by = ${`staff:${officer.id}`})
            order by t.sort_due, t.id limit ${limit}
          ) t order by t.sort_due, t.id limit ${limit}
        )
        select t.id, t.case_id as "caseId" from cases.task t join best on best.id = t.id
        where t.ended_at is null and (t.claimed_by is null or (t.claimed_by = ${officer.id} and t.claimed_at is null))
        order by t.sort_due, t.id limit 1 for update of t skip locked`
      return rows[0]
    },
  }
}

// SQL of the queue: row rights in the query, pages by key, counts with a bound; the same at a million cases.
import type { Sql, SqlPart } from '@ashlar/kernel/sql'
import type { CaseStatus, TaskState } from './case.ts'

/** Whose queue: the units '' (any) and one's own, each role in each of them. */
export interface QueueRights {
  tenant: string
  roles: string[]
  units: string[]
}

export interface QueueFilter {
  service?: string
  /** Only what this officer has claimed. */
  claimedBy?: string
  /** Only what nobody has claimed. */
  unclaimed?: boolean
  /** Only what is due by then. */
  dueBy?: Date
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
  due: Date | null
  openedAt: Date
  sortDue: string
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
    const service = filter.service === undefined ? sql.part`` : sql.part`and t.service = ${filter.service}`
    const claimed = filter.claimedBy === undefined ? sql.part`` : sql.part`and t.claimed_by = ${filter.claimedBy}`
    const unclaimed = filter.unclaimed ? sql.part`and t.claimed_by is null` : sql.part``
    const due = filter.dueBy === undefined ? sql.part`` : sql.part`and t.sort_due <= ${filter.dueBy}`
    return sql.part`t.tenant = ${tenant} and t.role = place_role.role and t.unit = place_unit.unit and t.ended_at is null
      ${service} ${claimed} ${unclaimed} ${due}`
  }

  return {
    page: (rights: QueueRights, filter: QueueFilter, after: { due: string; id: string } | undefined, limit: number) => {
      const from =
        after === undefined
          ? sql.part``
          : sql.part`and (t.sort_due, t.id) > (${after.due}::timestamptz, ${after.id}::uuid)`
      return sql<QueueRow>`
        select q.id, q.case_id as "caseId", q.reference, q.service, q.name, q.role, q.unit, q.state,
          q.claimed_by as "claimedBy", q.due, q.opened_at as "openedAt", q.sort_due::text as "sortDue", c.status,
          c.waits_for as "waitsFor", c.stuck_since as "stuckSince", c.version
        from (
          select t.* from ${places(rights)} cross join lateral (
            select * from cases.task t where ${conditions(rights, filter)} ${from}
            order by t.sort_due, t.id limit ${limit}
          ) t
          order by t.sort_due, t.id limit ${limit}
        ) q join cases.case c on c.id = q.case_id
        order by q.sort_due, q.id`
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
  }
}

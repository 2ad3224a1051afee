// SQL of what a team has to do; looks at no more than the first so many of its open tasks.
import type { Sql } from '@ashlar/kernel/sql'
import type { QueueRights } from './queue-store.ts'

export const teamStore = (sql: Sql) => {
  const open = ({ tenant, roles, units }: QueueRights, most: number) => sql.part`
    (select q.claimed_by, q.sort_due from unnest(${roles}::text[]) as place_role(role)
      cross join unnest(${units}::text[]) as place_unit(unit)
      cross join lateral (
        select t.claimed_by, t.sort_due from cases.task t
        where t.tenant = ${tenant} and t.role = place_role.role and t.unit = place_unit.unit and t.ended_at is null
          and t.joined_to is null
        order by t.sort_due, t.id limit ${most}
      ) q limit ${most}) t`

  return {
    /** By officer; null: nobody's. */
    load: (rights: QueueRights, now: Date, most: number) => sql<{ officer: string | null; open: number; late: number }>`
      select claimed_by as officer, count(*)::int as open, (count(*) filter (where sort_due < ${now}))::int as late
      from ${open(rights, most)} group by claimed_by`,

    /** By day, in the country's zone. */
    due: (rights: QueueRights, { from, until, zone }: { from: Date; until: Date; zone: string }, most: number) => sql<{
      day: string
      count: number
    }>`
      select to_char(sort_due at time zone ${zone}, 'YYYY-MM-DD') as day, count(*)::int as count
      from ${open(rights, most)} where sort_due >= ${from} and sort_due <= ${until} group by 1`,
  }
}

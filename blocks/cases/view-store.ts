// SQL of views that officers keep, and of the lists that left the house.
import type { Sql } from '@ashlar/kernel/sql'
import type { QueueChoice } from './queue-choice.ts'

export interface ViewRow {
  id: string
  owner: string
  unit: string | null
  name: string
  choice: QueueChoice
}

export const viewStore = (sql: Sql) => ({
  of: (tenant: string, officer: string, unit: string | null) => sql<ViewRow>`
    select id, owner, unit, name, filter as choice from cases.saved_view
    where tenant = ${tenant} and (owner = ${officer} or unit = ${unit}) order by unit nulls first, name, id limit 60`,

  save: (row: ViewRow & { tenant: string; savedAt: Date }) => sql`
    insert into cases.saved_view (id, tenant, owner, unit, name, filter, saved_at)
    values (${row.id}, ${row.tenant}, ${row.owner}, ${row.unit}, ${row.name}, ${sql.json(row.choice)}, ${row.savedAt})
    on conflict (id) do update set unit = excluded.unit, filter = excluded.filter, saved_at = excluded.saved_at`,

  /** One's own, or those shared in a unit that one leads. */
  drop: async (id: string, tenant: string, owner: string, leads: string | null): Promise<boolean> => {
    const rows = await sql`
      delete from cases.saved_view where id = ${id} and tenant = ${tenant} and (owner = ${owner} or unit = ${leads})
      returning id`
    return rows.length === 1
  },

  noteExport: (row: {
    id: string
    tenant: string
    officer: string
    format: string
    list: string
    choice: object
    rows: number
    at: Date
  }) => sql`
    insert into cases.list_export (id, tenant, officer, format, list, filter, rows, at)
    values (${row.id}, ${row.tenant}, ${row.officer}, ${row.format}, ${row.list}, ${sql.json(row.choice)}, ${row.rows},
      ${row.at})`,
})

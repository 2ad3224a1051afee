// SQL of cases that another case opened.
import type { Sql } from '@ashlar/kernel/sql'

export interface OpenedRow {
  key: string
  parent: string
  tenant: string
  person: string
  child: string
  childTenant: string
  childService: string
  openedAt: Date
  endedAt: Date | null
  result: string | null
}

export const openedStore = (sql: Sql) => {
  const columns = sql.part`key, parent, tenant, person, child, child_tenant as "childTenant",
    child_service as "childService", opened_at as "openedAt", ended_at as "endedAt", result`

  return {
    insertOnce: async (row: OpenedRow): Promise<boolean> => {
      const rows = await sql`
        insert into cases.opened (key, parent, tenant, person, child, child_tenant, child_service, opened_at)
        values (${row.key}, ${row.parent}, ${row.tenant}, ${row.person}, ${row.child}, ${row.childTenant},
          ${row.childService}, ${row.openedAt})
        on conflict do nothing returning key`
      return rows.length === 1
    },

    byKey: async (key: string): Promise<OpenedRow | undefined> => {
      const rows = await sql<OpenedRow>`select ${columns} from cases.opened where key = ${key}`
      return rows[0]
    },

    byChildren: (children: string[]) => sql<OpenedRow>`
      select ${columns} from cases.opened where child = any(${children})`,

    byChild: async (child: string): Promise<OpenedRow | undefined> => {
      const rows = await sql<OpenedRow>`select ${columns} from cases.opened where child = ${child}`
      return rows[0]
    },

    ofParent: (parent: string) => sql<OpenedRow>`
      select ${columns} from cases.opened where parent = ${parent} order by opened_at, key`,

    end: (child: string, result: string | null, at: Date) => sql`
      update cases.opened set ended_at = ${at}, result = ${result} where child = ${child} and ended_at is null`,
  }
}

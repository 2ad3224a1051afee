// SQL of who does what: load, absences, and whom the law keeps away from a case.
import type { Sql } from '@ashlar/kernel/sql'

export interface AbsenceRow {
  id: string
  tenant: string
  officer: string
  firstDay: string
  lastDay: string
}

export const assignmentStore = (sql: Sql) => ({
  /** How many open tasks each of these officers has. */
  loads: async (tenant: string, officers: string[]): Promise<Map<string, number>> => {
    const rows = await sql<{ officer: string; count: number }>`
      select claimed_by as officer, count(*)::int as count from cases.task
      where tenant = ${tenant} and claimed_by = any(${officers}) and ended_at is null group by claimed_by`
    return new Map(rows.map(({ officer, count }) => [officer, count]))
  },

  /** Officers who have nothing to do with these cases: who declared so, and who decided what is contested. */
  excluded: async (cases: string[]): Promise<Map<string, Set<string>>> => {
    const rows = await sql<{ caseId: string; officer: string }>`
      select case_id as "caseId", officer from cases.conflict where case_id = any(${cases})
      union
      select c.id, substr(who.by, 7) from cases.case c join cases.decision d on d.case_id = c.about
        cross join lateral (values (d.decided_by), (d.confirmed_by)) as who(by)
      where c.id = any(${cases}) and who.by like 'staff:%'`
    const by = new Map<string, Set<string>>()
    for (const { caseId, officer } of rows) by.set(caseId, (by.get(caseId) ?? new Set()).add(officer))
    return by
  },

  declareConflict: (row: { caseId: string; officer: string; tenant: string; person: string; at: Date }) => sql`
    insert into cases.conflict (case_id, officer, tenant, person, declared_at)
    values (${row.caseId}, ${row.officer}, ${row.tenant}, ${row.person}, ${row.at}) on conflict do nothing`,

  hasConflict: async (caseId: string, officer: string): Promise<boolean> => {
    const rows = await sql`select 1 from cases.conflict where case_id = ${caseId} and officer = ${officer}`
    return rows.length > 0
  },

  noteAbsence: (row: AbsenceRow & { notedBy: string; notedAt: Date }) => sql`
    insert into cases.absence (id, tenant, officer, first_day, last_day, noted_by, noted_at)
    values (${row.id}, ${row.tenant}, ${row.officer}, ${row.firstDay}, ${row.lastDay}, ${row.notedBy}, ${row.notedAt})`,

  dropAbsence: async (id: string, tenant: string): Promise<AbsenceRow | undefined> => {
    const rows = await sql<AbsenceRow>`
      delete from cases.absence where id = ${id} and tenant = ${tenant}
      returning id, tenant, officer, first_day as "firstDay", last_day as "lastDay"`
    return rows[0]
  },

  /** Those that are not over. */
  absences: (tenant: string, day: string) => sql<AbsenceRow>`
    select id, tenant, officer, first_day as "firstDay", last_day as "lastDay" from cases.absence
    where tenant = ${tenant} and last_day >= ${day}::date order by first_day, id limit 500`,

  /** Open tasks of an officer, the most urgent first. */
  openTasksOf: (tenant: string, officer: string, limit: number) => sql<{ id: string; caseId: string }>`
    select id, case_id as "caseId" from cases.task
    where tenant = ${tenant} and claimed_by = ${officer} and ended_at is null order by sort_due, id limit ${limit}`,
})

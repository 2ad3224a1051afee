// SQL of legal clocks: what is due in its order, extensions, and what offices are told.
import type { Sql } from '@ashlar/kernel/sql'

export interface ClockRow {
  id: string
  nextAt: Date | null
  reminded: number
  variant: number | null
  extended: number
}

export interface ExtensionRow {
  id: string
  caseId: string
  tenant: string
  person: string
  term: string
  reason: string
  law: string | null
  state: 'proposed' | 'granted' | 'refused' | 'lapsed'
  askedBy: string
  askedAt: Date
  endedAt: Date | null
}

export interface NoticeRow {
  id: string
  caseId: string
  tenant: string
  reference: string
  service: string
  kind: 'reminder' | 'escalation'
  role: string
  unit: string
  deadline: Date
  at: Date
}

export const clockStore = (sql: Sql) => {
  const clockColumns = sql.part`c.id, c.next_at as "nextAt", c.reminded, c.variant, c.extended`
  const extensionColumns = sql.part`e.id, e.case_id as "caseId", e.tenant, e.person, e.term, e.reason, e.law, e.state,
    e.asked_by as "askedBy", e.asked_at as "askedAt", e.ended_at as "endedAt"`

  return {
    /** Of which a moment has come, the earliest first; nothing is locked. */
    due: (at: Date, limit: number) => sql<{ id: string; nextAt: Date; service: string; serviceVersion: string }>`
      select c.id, c.next_at as "nextAt", c.service, c.service_version as "serviceVersion" from cases.case c
      where c.next_at <= ${at} and c.closed_at is null and c.paused_at is null
      order by c.next_at, c.id limit ${limit}`,

    clocksOf: (ids: string[]) => sql<ClockRow>`select ${clockColumns} from cases.case c where c.id = any(${ids})`,

    /** To be called with the cases locked. */
    setClocks: async (rows: Pick<ClockRow, 'id' | 'nextAt' | 'reminded' | 'extended'>[]): Promise<void> => {
      if (rows.length === 0) return
      const columns = { id: 'uuid', next_at: 'timestamptz', reminded: 'smallint', extended: 'smallint' }
      await sql`
        update cases.case as c set next_at = rows.next_at, reminded = rows.reminded, extended = rows.extended
        from ${sql.unnest(columns, rows)} where c.id = rows.id`
    },

    startClock: (id: string, term: string, deadline: Date, variant: number | null) => sql`
      update cases.case set term = ${term}, deadline = ${deadline}, variant = ${variant} where id = ${id}`,

    /** Tasks without a term of their own are urgent as their case is. */
    follow: (caseId: string, deadline: Date) => sql`
      update cases.task set sort_due = ${deadline} where case_id = ${caseId} and ended_at is null and due is null`,

    insertExtension: (row: ExtensionRow) => sql`
      insert into cases.extension (id, case_id, tenant, person, term, reason, law, state, asked_by, asked_at, ended_at)
      values (${row.id}, ${row.caseId}, ${row.tenant}, ${row.person}, ${row.term}, ${row.reason}, ${row.law}, ${row.state},
        ${row.askedBy}, ${row.askedAt}, ${row.endedAt})`,

    findExtension: async (id: string): Promise<ExtensionRow | undefined> => {
      const rows = await sql<ExtensionRow>`select ${extensionColumns} from cases.extension e where e.id = ${id}`
      return rows[0]
    },

    extensionsOf: (caseId: string) => sql<ExtensionRow>`
      select ${extensionColumns} from cases.extension e where e.case_id = ${caseId} order by e.asked_at`,

    endExtensions: (cases: string[], state: ExtensionRow['state'], at: Date) => sql`
      update cases.extension set state = ${state}, ended_at = ${at} where case_id = any(${cases}) and state = 'proposed'`,

    insertNotices: async (rows: NoticeRow[]): Promise<void> => {
      if (rows.length === 0) return
      const columns = {
        id: 'uuid',
        case_id: 'uuid',
        tenant: 'text',
        reference: 'text',
        service: 'text',
        kind: 'text',
        role: 'text',
        unit: 'text',
        deadline: 'timestamptz',
        at: 'timestamptz',
      }
      await sql`
        insert into cases.notice (id, case_id, tenant, reference, service, kind, role, unit, deadline, at)
        select id, case_id, tenant, reference, service, kind, role, unit, deadline, at from ${sql.unnest(columns, rows)}`
    },

    /** Of the officer's roles and units, the latest first; those of a clock that has ended or was moved say nothing any more. */
    noticesOf: (tenant: string, roles: string[], units: string[], limit: number) => sql<NoticeRow>`
      select n.id, n.case_id as "caseId", n.tenant, n.reference, n.service, n.kind, n.role, n.unit, n.deadline, n.at
      from cases.notice n join cases.case c on c.id = n.case_id and c.closed_at is null and c.deadline = n.deadline
      where n.tenant = ${tenant} and n.role = any(${roles}) and n.unit = any(${units})
      order by n.at desc, n.id desc limit ${limit}`,
  }
}

// SQL of work on many tasks at once: what was chosen, and what became of each.
import type { Sql } from '@ashlar/kernel/sql'
import type { Json } from './case.ts'

export type BulkAct = 'assign' | 'release' | 'note' | 'decide'
export type BulkState = 'prepared' | 'running' | 'done' | 'undone'
export type BulkRowState = 'waiting' | 'held' | 'done' | 'refused' | 'undone'

export interface BulkRow {
  id: string
  tenant: string
  officer: string
  act: BulkAct
  input: Record<string, Json>
  note: Buffer | null
  context: { roles: string[]; unit: string | null }
  state: BulkState
  preparedAt: Date
  startedAt: Date | null
  undoUntil: Date | null
  endedAt: Date | null
}

export interface BulkTaskRow {
  bulk: string
  place: number
  tenant: string
  person: string
  task: string
  caseId: string
  reference: string
  version: number
  state: BulkRowState
  problem: string | null
  before: { claimedBy: string | null; assignedBy: string | null } | null
}

export const bulkStore = (sql: Sql) => {
  const columns = sql.part`b.id, b.tenant, b.officer, b.act, b.input, b.note, b.context, b.state, b.prepared_at as "preparedAt",
    b.started_at as "startedAt", b.undo_until as "undoUntil", b.ended_at as "endedAt"`
  const rowColumns = sql.part`r.bulk, r.place, r.tenant, r.person, r.task, r.case_id as "caseId", r.reference, r.version,
    r.state, r.problem, r.before`
  return {
    insert: async (b: BulkRow, rows: BulkTaskRow[]): Promise<void> => {
      await sql`
        insert into cases.bulk (id, tenant, officer, act, input, note, context, state, prepared_at)
        values (${b.id}, ${b.tenant}, ${b.officer}, ${b.act}, ${sql.json(b.input)}, ${b.note}, ${sql.json(b.context)},
          ${b.state}, ${b.preparedAt})`
      const types = {
        bulk: 'uuid',
        place: 'integer',
        tenant: 'text',
        person: 'uuid',
        task: 'uuid',
        case_id: 'uuid',
        reference: 'text',
        version: 'integer',
        state: 'text',
        problem: 'text',
      }
      await sql`
        insert into cases.bulk_row (bulk, place, tenant, person, task, case_id, reference, version, state, problem)
        select bulk, place, tenant, person, task, case_id, reference, version, state, problem
        from ${sql.unnest(types, rows)}`
    },

    find: async (id: string): Promise<BulkRow | undefined> => {
      const rows = await sql<BulkRow>`select ${columns} from cases.bulk b where b.id = ${id}`
      return rows[0]
    },

    lock: async (id: string): Promise<BulkRow | undefined> => {
      const rows = await sql<BulkRow>`select ${columns} from cases.bulk b where b.id = ${id} for update`
      return rows[0]
    },

    update: (b: Pick<BulkRow, 'id' | 'state' | 'startedAt' | 'undoUntil' | 'endedAt'>) => sql`
      update cases.bulk set state = ${b.state}, started_at = ${b.startedAt}, undo_until = ${b.undoUntil},
        ended_at = ${b.endedAt}
      where id = ${b.id}`,

    rowsOf: (bulk: string) => sql<BulkTaskRow>`
      select ${rowColumns} from cases.bulk_row r where r.bulk = ${bulk} order by r.place`,

    /** The next ones to be done, locked: what another process does already is passed over. */
    take: (bulk: string, state: BulkRowState, limit: number) => sql<BulkTaskRow>`
      select ${rowColumns} from cases.bulk_row r where r.bulk = ${bulk} and r.state = ${state}
      order by r.place limit ${limit} for update skip locked`,

    updateRows: async (rows: Pick<BulkTaskRow, 'bulk' | 'place' | 'state' | 'problem' | 'before'>[]): Promise<void> => {
      if (rows.length === 0) return
      const types = { bulk: 'uuid', place: 'integer', state: 'text', problem: 'text', before: 'jsonb' }
      await sql`
        update cases.bulk_row as r set state = rows.state, problem = rows.problem, before = rows.before
        from ${sql.unnest(types, rows)} where r.bulk = rows.bulk and r.place = rows.place`
    },

    recent: (tenant: string, officer: string, limit: number) => sql<BulkRow>`
      select ${columns} from cases.bulk b where b.tenant = ${tenant} and b.officer = ${officer} and b.state <> 'prepared'
      order by b.prepared_at desc limit ${limit}`,
  }
}

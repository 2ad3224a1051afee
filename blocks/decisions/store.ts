// SQL of decisions: rule tables by their hash, and decisions with their traces.
import type { Shape } from '@ashlar/kernel/feel'
import type { Sql } from '@ashlar/kernel/sql'
import type { RuleTable } from './rule-table.ts'

export interface DecisionRow {
  id: string
  key: string
  tenant: string
  person: string | null
  case_id: string
  service: string
  version: string
  rule: string
  table_hash: string
  hits: number[]
  sealed: Buffer | null
  clear: unknown
  decided_at: Date
}

/** A decision with the table that made it. */
export interface StoredDecision extends DecisionRow {
  source: RuleTable
  shape: Shape
}

const columns = {
  id: 'uuid',
  key: 'text',
  tenant: 'text',
  person: 'uuid',
  case_id: 'uuid',
  service: 'text',
  version: 'text',
  rule: 'text',
  table_hash: 'text',
  hits: 'jsonb',
  sealed: 'bytea',
  clear: 'jsonb',
  decided_at: 'timestamptz',
}

export const decisionStore = (sql: Sql) => ({
  async insertTableOnce(hash: string, table: RuleTable, shape: Shape, at: Date): Promise<void> {
    await sql`
      insert into decisions.rule_table (hash, rule, source, shape, recorded_at)
      values (${hash}, ${table.name}, ${sql.json(table)}, ${sql.json(shape)}, ${at})
      on conflict (hash) do nothing`
  },

  async hasTable(hash: string): Promise<boolean> {
    const [row] = await sql`select 1 from decisions.rule_table where hash = ${hash}`
    return row !== undefined
  },

  /** Keys that are recorded already stay as they are. Gives the id of each key. */
  async insertOnce(rows: DecisionRow[]): Promise<Map<string, string>> {
    await sql`
      insert into decisions.decision
        (id, key, tenant, person, case_id, service, version, rule, table_hash, hits, sealed, clear, decided_at)
      select id, key, tenant, person, case_id, service, version, rule, table_hash,
        array(select jsonb_array_elements_text(hits)::integer), sealed, clear, decided_at
      from ${sql.unnest(columns, rows)}
      on conflict (key) do nothing`
    const found = await sql<{ key: string; id: string }>`
      select key, id from decisions.decision where key = any(${rows.map(({ key }) => key)})`
    return new Map(found.map(({ key, id }) => [key, id]))
  },

  async find(id: string): Promise<StoredDecision | undefined> {
    const [row] = await sql<StoredDecision>`
      select d.*, t.source, t.shape from decisions.decision d join decisions.rule_table t on t.hash = d.table_hash
      where d.id = ${id}`
    return row
  },

  listOfCase: (caseId: string) => sql<StoredDecision>`
    select d.*, t.source, t.shape from decisions.decision d join decisions.rule_table t on t.hash = d.table_hash
    where d.case_id = ${caseId} order by d.decided_at, d.id limit 500`,
})

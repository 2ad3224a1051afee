// SQL of replays: past decisions of a rule, read through page by page, and what trying a changed rule on them came to.
import type { Shape } from '@ashlar/kernel/feel'
import type { Sql } from '@ashlar/kernel/sql'
import type { ReplayReport, RuleChange } from './replay.ts'
import type { RuleTable } from './rule-table.ts'

export interface RuleReplayRow {
  id: string
  tenant: string
  /** kind:id */
  actor: string
  purpose: string
  trace: string
  service: string
  rule: string
  change: RuleChange
  state: 'waiting' | 'done' | 'failed'
  report: ReplayReport | null
  asked_at: Date
  done_at: Date | null
}

export interface KeptTable {
  hash: string
  source: RuleTable
  shape: Shape
}

export interface KeptDecision {
  id: string
  case_id: string
  person: string | null
  sealed: Buffer | null
  clear: unknown
}

export const replayStore = (sql: Sql) => ({
  async insert(row: Omit<RuleReplayRow, 'state' | 'report' | 'done_at'>): Promise<void> {
    const { id, tenant, actor, purpose, trace, service, rule, change, asked_at: at } = row
    await sql`
      insert into decisions.rule_replay (id, tenant, actor, purpose, trace, service, rule, change, state, asked_at)
      values (${id}, ${tenant}, ${actor}, ${purpose}, ${trace}, ${service}, ${rule}, ${sql.json(change)}, 'waiting', ${at})`
  },

  async find(id: string): Promise<RuleReplayRow | undefined> {
    const [row] = await sql<RuleReplayRow>`select * from decisions.rule_replay where id = ${id}`
    return row
  },

  /** Once: what came out first stays. */
  async finish(id: string, state: 'done' | 'failed', report: ReplayReport | null, at: Date): Promise<void> {
    await sql`
      update decisions.rule_replay set state = ${state}, report = ${report === null ? null : sql.json(report)}, done_at = ${at}
      where id = ${id} and state = 'waiting'`
  },

  /** Every table that this rule of any service ever was. */
  listTables: (rule: string) => sql<KeptTable>`
    select hash, source, shape from decisions.rule_table where rule = ${rule} order by recorded_at, hash`,

  /**
   * Decisions of one table in the order of their making; in a transaction of its own. Whatever the planner believes of how
   * many there are, it goes along the index: to sort what is left for each page would make a million pages of work of it.
   */
  async listPast(hash: string, service: string, after: string, limit: number): Promise<KeptDecision[]> {
    await sql`select set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true)`
    return sql<KeptDecision>`
      select id, case_id, person, sealed, clear from decisions.decision
      where table_hash = ${hash} and service = ${service} and id > ${after}
      order by table_hash, id limit ${limit}`
  },
})

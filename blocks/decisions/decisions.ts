// Decisions: apply rule tables, keep how each result came about, explain it, and do it again to the same result.
import type { Clock } from '@ashlar/kernel/clock'
import type { Json, Shape } from '@ashlar/kernel/feel'
import { isUuid, type Pairwise, uuidv7 } from '@ashlar/kernel/identifiers'
import type { Jobs } from '@ashlar/kernel/jobs'
import { type Keys, SubjectErased } from '@ashlar/kernel/keys'
import { isProblem } from '@ashlar/kernel/problem'
import type { Context, Database } from '@ashlar/kernel/sql'
import { type Alternative, alternatives } from './alternatives.ts'
import { evaluate, type Trace } from './evaluate.ts'
import { type Explanation, explain } from './explain.ts'
import { DecisionNotFound } from './problems.ts'
import { createRuleReplays, type RuleReplays } from './rule-replays.ts'
import { compileTable, type RuleTable } from './rule-table.ts'
import { type DecisionRow, decisionStore, type StoredDecision } from './store.ts'

export interface Decisions {
  /** Keeps a decision and gives its id, once committed. The same key twice is recorded once; the first stays. */
  record(decision: NewDecision): Promise<string>
  /** All of them or none; the ids in their order. */
  recordAll(decisions: NewDecision[]): Promise<string[]>
  /** Throws DecisionNotFound, and SubjectErased where the person's data was erased. */
  get(id: string, context: Context): Promise<Decision>
  /** The decisions of a case, in the order in which they were made; without those of persons whose data was erased. */
  ofCase(caseId: string, context: Context): Promise<Decision[]>
  /** Makes the decision again from the facts and the table as they were. */
  replay(id: string, context: Context): Promise<Replay>
  /** What a changed rule would have decided: who gains, who loses. */
  replays: RuleReplays
}

export interface NewDecision {
  /** What makes it once: '<instance>:<node>:<visit>' of a process. */
  key: string
  trace: Trace
  caseId: string
  service: { id: string; version: string }
  /** tenant: the authority that decides; subject: the person whom it is about, by whose key the trace is sealed. */
  context: Context
}

export interface Decision {
  id: string
  rule: string
  caseId: string
  service: { id: string; version: string }
  authority: string
  decidedAt: string
  trace: Trace
  /** The table as it was. */
  table: RuleTable
  explanation: Explanation
  /** What would have given another result; none where nothing near would. */
  alternatives: Alternative[]
}

export interface Replay {
  same: boolean
  /** What came out otherwise now: output, hits or inputs/<name>. Empty if nothing did. */
  differences: { what: string; recorded: Json; now: Json }[]
}

export interface DecisionNeeds {
  sql: Database
  jobs: Jobs
  clock: Clock
  keys: Keys
  pairwise: Pairwise
  /** The rule of a published version, and the shape of its facts: the table behind a trace, to be kept with it. */
  ruleOf(service: { id: string; version: string }, rule: string): Promise<{ table: RuleTable; facts: Shape }>
}

const SECTOR = 'decisions'
const mostTables = 500

export function createDecisions({ sql, clock, jobs, keys, pairwise, ruleOf }: DecisionNeeds): Decisions {
  const keptTables = new Set<string>()

  /** The table stands in the database before the first decision that refers to it. */
  const keepTable = async ({ trace, service }: NewDecision): Promise<void> => {
    const { hash, rule } = trace
    if (keptTables.has(hash)) return
    if (!(await decisionStore(sql).hasTable(hash))) {
      const { table, facts } = await ruleOf(service, rule)
      const compiled = compileTable(table, facts)
      if (compiled.hash !== hash)
        throw new Error(`Rule ${rule} of ${service.id} ${service.version} is not the one of its trace`)
      await decisionStore(sql).insertTableOnce(hash, table, compiled.shape, clock.now())
    }
    keptTables.add(hash)
  }

  const toRow = async ({ key, trace, caseId, service, context }: NewDecision): Promise<DecisionRow> => {
    const person = context.subject ? pairwise.of(SECTOR, context.subject) : null
    return {
      id: uuidv7(clock.now()),
      key,
      tenant: context.tenant ?? '',
      person,
      case_id: caseId,
      service: service.id,
      version: service.version,
      rule: trace.rule,
      table_hash: trace.hash,
      hits: trace.hits,
      sealed: person ? await keys.seal(person, JSON.stringify(trace)) : null,
      clear: person ? null : trace,
      decided_at: clock.now(),
    }
  }

  // What is read of a table is worked out once for each table, not for each decision that it made.
  const tables = new Map<string, Pick<StoredDecision, 'source' | 'shape'>>()
  const tableOf = ({ table_hash: hash, source, shape }: StoredDecision) => {
    const known = tables.get(hash) ?? { source, shape }
    tables.delete(hash)
    tables.set(hash, known)
    if (tables.size > mostTables) tables.delete(tables.keys().next().value!)
    return known
  }

  const toDecision = async (row: StoredDecision): Promise<Decision> => {
    const { source, shape } = tableOf(row)
    const trace: Trace = row.sealed
      ? JSON.parse((await keys.open(row.person!, row.sealed)).toString('utf8'))
      : (row.clear as Trace)
    return {
      id: row.id,
      rule: row.rule,
      caseId: row.case_id,
      service: { id: row.service, version: row.version },
      authority: row.tenant,
      decidedAt: row.decided_at.toISOString(),
      trace,
      table: source,
      explanation: explain(trace, source),
      alternatives: alternatives(trace, source, shape),
    }
  }

  const find = async (id: string, context: Context): Promise<StoredDecision> => {
    const row = isUuid(id) ? await sql.begin(context, (sql) => decisionStore(sql).find(id)) : undefined
    if (!row) throw DecisionNotFound(id)
    return row
  }

  const recordAll = async (decisions: NewDecision[]): Promise<string[]> => {
    if (decisions.length === 0) return []
    for (const decision of decisions) await keepTable(decision)
    const rows = await Promise.all(decisions.map(toRow))
    const ids = await sql.begin(recorder(decisions[0]!.context.trace), (sql) => decisionStore(sql).insertOnce(rows))
    return decisions.map(({ key }) => ids.get(key)!)
  }

  return {
    replays: createRuleReplays({ sql, clock, keys, jobs }),

    record: async (decision) => (await recordAll([decision]))[0]!,
    recordAll,

    get: async (id, context) => toDecision(await find(id, context)),

    ofCase: async (caseId, context) => {
      if (!isUuid(caseId)) return []
      const rows = await sql.begin(context, (sql) => decisionStore(sql).listOfCase(caseId))
      const found = await Promise.all(rows.map((row) => toDecision(row).catch(ignoreErased)))
      return found.filter((decision) => decision !== undefined)
    },

    replay: async (id, context) => {
      const row = await find(id, context)
      const { trace } = await toDecision(row)
      return compareTraces(trace, evaluate(compileTable(row.source, row.shape), trace.facts).trace)
    },
  }
}

function ignoreErased(error: unknown): undefined {
  if (!(isProblem(error) && error.code === SubjectErased().code)) throw error
}

/** Decisions of one batch may be of many agencies; each row names its own. */
function recorder(trace: string): Context {
  return { tenant: '*', actor: { kind: 'system', id: SECTOR }, purpose: 'record-decision', channel: 'system', trace }
}

function compareTraces(recorded: Trace, now: Trace): Replay {
  const differences: Replay['differences'] = []
  const judge = (what: string, before: Json, after: Json) => {
    if (JSON.stringify(before) !== JSON.stringify(after)) differences.push({ what, recorded: before, now: after })
  }
  judge('output', recorded.output, now.output)
  judge('hits', recorded.hits, now.hits)
  for (const name of Object.keys({ ...recorded.inputs, ...now.inputs })) {
    judge(`inputs/${name}`, recorded.inputs[name] ?? null, now.inputs[name] ?? null)
  }
  return { same: differences.length === 0, differences }
}

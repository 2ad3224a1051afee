// Tries a changed rule on the past decisions of a service: asked for at once, done in the background, told in numbers.
import { setImmediate as breathe } from 'node:timers/promises'
import type { Clock } from '@ashlar/kernel/clock'
import { isUuid, uuidv7 } from '@ashlar/kernel/identifiers'
import type { Jobs } from '@ashlar/kernel/jobs'
import type { Keys } from '@ashlar/kernel/keys'
import type { Context, Database } from '@ashlar/kernel/sql'
import type { Trace } from './evaluate.ts'
import { RuleNotSound, RuleReplayNotFound } from './problems.ts'
import { createRuleReplay, type PastDecision, type ReplayReport, type RuleChange } from './replay.ts'
import { type KeptDecision, type RuleReplayRow, replayStore } from './replay-store.ts'
import { RuleTableError } from './rule-table.ts'

export interface RuleReplays {
  /**
   * Begins to make the past decisions of a service's rule again by a changed one, and gives the id of the report to come.
   * Those of the agency that asks. Throws RuleNotSound where the change is no rule.
   */
  begin(wanted: { service: string; rule: string; change: RuleChange }, context: Context): Promise<string>
  /** Does the work of one that was begun; twice is once. For the job. */
  run(id: string): Promise<void>
  /** Throws RuleReplayNotFound. */
  get(id: string, context: Context): Promise<RuleReplay>
}

export interface RuleReplay {
  id: string
  service: string
  rule: string
  /** failed: it asked for more steps, memory or time than a rule may have. */
  state: 'waiting' | 'done' | 'failed'
  report?: ReplayReport
  askedAt: string
  doneAt?: string
}

export interface RuleReplayNeeds {
  sql: Database
  clock: Clock
  keys: Keys
  jobs: Jobs
}

/** Jobs of this queue carry the id of a replay. */
export const queue = 'decisions.replay-rule'
const page = 2000
/** Decisions that are opened in one go: some milliseconds. */
const atOnce = 400
/** Milliseconds after which others have their turn, however costly the rule is. */
const longestTurn = 10
/** Milliseconds; a rule that takes that long for the decisions there are is not one to be used. */
const longest = 15 * 60_000
const beforeAll = '00000000-0000-0000-0000-000000000000'

export function createRuleReplays(needs: RuleReplayNeeds): RuleReplays {
  const { sql, clock, jobs } = needs

  return {
    run: async (id) => {
      const everywhere = worker('*', id)
      const row = await sql.begin(everywhere, (sql) => replayStore(sql).find(id))
      if (row?.state !== 'waiting') return
      const report = await run(needs, row)
      await sql.begin(everywhere, (sql) =>
        replayStore(sql).finish(id, report ? 'done' : 'failed', report ?? null, clock.now()),
      )
    },

    begin: async ({ service, rule, change }, context) => {
      checked(change)
      const id = uuidv7(clock.now())
      const { kind, id: who } = context.actor
      const { purpose, trace, tenant } = context
      const row = { id, tenant: tenant ?? '', actor: `${kind}:${who}`, purpose, trace, service, rule, change }
      await sql.begin(context, async (sql) => {
        await replayStore(sql).insert({ ...row, asked_at: clock.now() })
        await jobs.add(sql, { queue, key: id, payload: { id }, share: service })
      })
      return id
    },

    get: async (id, context) => {
      const row = isUuid(id) ? await sql.begin(context, (sql) => replayStore(sql).find(id)) : undefined
      if (!row) throw RuleReplayNotFound(id)
      const { service, rule, state, report, asked_at: askedAt, done_at: doneAt } = row
      return {
        id,
        service,
        rule,
        state,
        askedAt: askedAt.toISOString(),
        ...(report ? { report } : {}),
        ...(doneAt ? { doneAt: doneAt.toISOString() } : {}),
      }
    },
  }
}

const worker = (tenant: string, trace: string): Context => ({
  tenant,
  actor: { kind: 'system', id: 'decisions' },
  purpose: 'replay-rule',
  channel: 'system',
  trace,
})

function checked(change: RuleChange): void {
  try {
    createRuleReplay(change)
  } catch (error) {
    if (!(error instanceof RuleTableError)) throw error
    throw RuleNotSound(error.where, error.message)
  }
}

// Page after page: while one is opened with its people's keys, the next is on its way. In between others have their turn. Undefined where the changed rule asks for too much.
async function run(needs: RuleReplayNeeds, row: RuleReplayRow): Promise<ReplayReport | undefined> {
  const { sql } = needs
  const context = { ...worker(row.tenant, row.trace), purpose: row.purpose }
  const replay = createRuleReplay(row.change)
  const until = performance.now() + longest
  const tables = await sql.begin(context, (sql) => replayStore(sql).listTables(row.rule))
  try {
    for (const { hash, source, shape } of tables) {
      const again = replay.of({ table: source, shape })
      const next = (after: string) =>
        sql.begin(context, (sql) => replayStore(sql).listPast(hash, row.service, after, page))
      for (let coming = next(beforeAll); ; ) {
        const rows = await coming
        if (rows.length === page) coming = next(rows.at(-1)!.id)
        coming.catch(() => undefined) // told where it is waited for
        let opening = opened(needs, rows.slice(0, atOnce))
        for (let from = 0; from < rows.length; from += atOnce) {
          const open = await opening
          opening = opened(needs, rows.slice(from + atOnce, from + 2 * atOnce))
          opening.catch(() => undefined) // told where it is waited for
          let turn = performance.now()
          for (const past of open) {
            if (past) again(past)
            else replay.erased()
            if (performance.now() - turn < longestTurn) continue
            if (performance.now() > until) return undefined
            await breathe()
            turn = performance.now()
          }
          await breathe()
        }
        if (rows.length < page) break
      }
    }
  } catch (error) {
    if ((error as Error).name === 'FeelLimitExceeded') return undefined
    throw error
  }
  return replay.report()
}

/** Undefined where the person's data was erased. */
async function opened({ keys }: RuleReplayNeeds, rows: KeptDecision[]): Promise<(PastDecision | undefined)[]> {
  if (rows.length === 0) return []
  const sealed = rows.filter((row): row is KeptDecision & { sealed: Buffer } => row.sealed !== null)
  const open = await keys.openMany(sealed.map((row) => ({ subject: row.person!, sealed: row.sealed })))
  const texts = new Map(sealed.map((row, n) => [row.id, open[n]]))
  return rows.map((row) => {
    const bytes = texts.get(row.id)
    if (row.sealed !== null && !bytes) return undefined
    const { facts, output } = (bytes ? JSON.parse(bytes.toString('utf8')) : row.clear) as Trace
    return { id: row.id, caseId: row.case_id, facts, output }
  })
}

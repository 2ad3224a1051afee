// What an officer has to do with a case: whether it is of their own work, and whether they decided what is contested in it.

import type { Pairwise } from '@ashlar/kernel/identifiers'
import type { Context, Sql } from '@ashlar/kernel/sql'
import { actorOf } from './change.ts'
import { lifeStore } from './life-store.ts'
import { DecidedYourself } from './problems.ts'
import { type CaseRow, caseStore, type TaskRow } from './store.ts'

/** Whether a task is for the officer's agency, role and unit. */
function isFor({ role, unit, tenant }: Pick<TaskRow, 'role' | 'unit' | 'tenant'>, context: Context): boolean {
  return tenant === context.tenant && (context.roles ?? []).includes(role) && (unit === '' || unit === context.unit)
}

export async function rightsOf(
  sql: Sql,
  row: CaseRow,
  context: Context,
): Promise<{ isOwn: boolean; tasks: TaskRow[] }> {
  const tasks = await caseStore(sql).tasksOf([row.id])
  return { isOwn: row.tenant === context.tenant && tasks.some((task) => isFor(task, context)), tasks }
}

/** What is contested, or made anew, is for another officer than the one who decided first. Throws DecidedYourself. */
export async function refuseOwnDecision(sql: Sql, row: CaseRow, context: Context, pairwise: Pairwise): Promise<void> {
  if (await lifeStore(sql).hasDecidedBefore(row.id, actorOf(context, pairwise))) throw DecidedYourself()
}

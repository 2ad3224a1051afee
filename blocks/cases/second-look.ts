// Whether a decision is confirmed by a second person before it takes effect: by the definition, or drawn by lot.
import { compileFeel, toFeel } from '@ashlar/kernel/feel'
import { type Pairwise, uuidOf } from '@ashlar/kernel/identifiers'
import type { Facts } from './content.ts'
import type { SecondLook, TaskRow } from './store.ts'

/**
 * The lot of a task is the same whenever it is drawn, and keyed: who decides cannot know it before. It does not depend on
 * the outcome, so that deciding otherwise draws no other lot.
 */
function isDrawn(task: Pick<TaskRow, 'key'>, sample: number, pairwise: Pick<Pairwise, 'of'>): boolean {
  const lot = Number.parseInt(pairwise.of('cases second look', uuidOf(`second look ${task.key}`)).slice(0, 8), 16)
  return lot / 0x1_0000_0000 < sample
}

/** 'required' by the definition, 'drawn' by lot, or not at all. A condition that cannot be told asks for it. */
export function secondLook(
  task: Pick<TaskRow, 'key' | 'second'>,
  decision: { outcome: string; reason: string | null },
  facts: Facts,
  pairwise: Pick<Pairwise, 'of'>,
): 'required' | 'drawn' | undefined {
  const { second } = task
  if (second === null) return undefined
  if (second.when !== null && holds(second, decision, facts)) return 'required'
  if (second.sample >= 1) return 'required'
  return isDrawn(task, second.sample, pairwise) ? 'drawn' : undefined
}

function holds({ when }: SecondLook, decision: { outcome: string; reason: string | null }, facts: Facts): boolean {
  try {
    return compileFeel(when!).evaluate(toFeel({ ...facts, ...decision }) as Record<string, unknown>) !== false
  } catch {
    return true
  }
}

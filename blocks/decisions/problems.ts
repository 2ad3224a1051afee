// Every refusal of decisions.
import { problem } from '@ashlar/kernel/problem'

export const DecisionNotFound = problem(
  'decision-not-found',
  404,
  'There is no such decision',
  (id: string) => `There is no decision ${id} that you may see.`,
)

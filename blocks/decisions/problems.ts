// Every refusal of decisions.
import { problem } from '@ashlar/kernel/problem'

export const DecisionNotFound = problem(
  'decision-not-found',
  404,
  'There is no such decision',
  (id: string) => `There is no decision ${id} that you may see.`,
)

export const RuleNotSound = problem(
  'rule-not-sound',
  422,
  'This is no rule that can be applied',
  (where: string, message: string) => ({
    detail: message,
    errors: [{ pointer: `/table/${where}`, code: 'rule-not-sound', message }],
  }),
)

export const RuleReplayNotFound = problem(
  'rule-replay-not-found',
  404,
  'There is no such trial of a rule',
  (id: string) => `There is no trial ${id} that you may see.`,
)

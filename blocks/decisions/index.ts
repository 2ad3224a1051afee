// The door of decisions.

export { type Alternative, alternatives, type Change } from './alternatives.ts'
export type { ModelTrace } from './apply-model.ts'
export { checkTable } from './check-rule.ts'
export type { TableProblem } from './check-table.ts'
export {
  createDecisions,
  type Decision,
  type DecisionNeeds,
  type Decisions,
  type NewDecision,
  type Replay,
} from './decisions.ts'
export { DmnError } from './dmn/definitions.ts'
export {
  type DmnInputs,
  type DmnModel,
  type DmnResult,
  evaluateDecision,
  evaluateKnowledge,
  evaluateService,
  type LoadOptions,
  loadModel,
  readInputs,
} from './dmn/model.ts'
export type { AppliedTable, DmnProblem } from './dmn/run.ts'
export { type DmnDocument, writeDmn } from './dmn/write.ts'
export { type Decided, decide, evaluate, type Facts, type Trace } from './evaluate.ts'
export { type ExplainedCondition, type ExplainedRow, type Explanation, explain, type Needed } from './explain.ts'
export type { HitPolicy } from './hit-policy.ts'
export { decisionJobs } from './jobs.ts'
export {
  createRuleReplay,
  type Difference,
  type PastDecision,
  type PastTable,
  type ReplayReport,
  type RuleChange,
} from './replay.ts'
export { decisionRoutes } from './routes.ts'
export type { RuleReplay, RuleReplays } from './rule-replays.ts'
export {
  type CompiledTable,
  compileTable,
  type RuleModel,
  type RuleOutput,
  type RuleRow,
  type RuleTable,
  RuleTableError,
} from './rule-table.ts'
export { decisionSteps } from './steps.ts'

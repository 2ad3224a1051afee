// The door of workflow: it executes the flows of public services, durably.
export { drawn, executed, refused } from './bpmn-elements.ts'
export { compileFlow, stepsOfFlows } from './compile.ts'
export { checkBpmn } from './compile-bpmn.ts'
export { checkProcess, compileProcess } from './compile-process.ts'
export { type AtPoint, type CrashPoint, crashPoints } from './crash-points.ts'
export { advance, beforeStart } from './engine.ts'
export type { Graph, Json, Mapping, Node } from './graph.ts'
export { firstKnown } from './items.ts'
export type { StartRequest } from './mover.ts'
export type { MigrationPlan, MigrationReport, Operations, Repair } from './operations.ts'
export {
  FlowNotExecutable,
  IncidentNotFound,
  InstanceNotFound,
  ProcessNotExecutable,
  StepNotFound,
} from './problems.ts'
export { type Rehearsal, type RehearsedOutcome, rehearse } from './rehearsal.ts'
export { workflowRoutes } from './routes.ts'
export type { PublishedProcess } from './starts.ts'
export type { AskedCommand, Facts, Moved, Rules, State } from './state.ts'
export type {
  AskInput,
  CollectInput,
  Command,
  ExpiredCommand,
  IssueInput,
  LookUpInput,
  NotifyInput,
  Outcome,
  PartyInput,
  RecordInput,
  RefundInput,
  Step,
  TaskInput,
  WriteInput,
} from './step.ts'
export { createWorkflow, type Incident, type ProcessView, type Workflow, type WorkflowNeeds } from './workflow.ts'

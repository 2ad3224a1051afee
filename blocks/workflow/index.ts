// The door of workflow: it executes the flows of public services, durably.
export { compileFlow, firstKnown, stepsOfFlows } from './compile.ts'
export { type AskedCommand, advance, beforeStart, type Facts, type Moved, type Rules, type State } from './engine.ts'
export type { Graph, Json, Mapping, Node } from './graph.ts'
export type { StartRequest } from './mover.ts'
export { FlowNotExecutable, IncidentNotFound, InstanceNotFound, StepNotFound } from './problems.ts'
export { type Rehearsal, type RehearsedOutcome, rehearse } from './rehearsal.ts'
export { workflowRoutes } from './routes.ts'
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

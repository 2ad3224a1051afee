// The door of workflow: it executes the flows of public services, durably.
export { compileFlow, firstKnown, stepsOfFlows } from './compile.ts'
export type { Graph, Json, Mapping, Node } from './graph.ts'
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

// What a block offers to processes: a step, run in batches, and the inputs of the steps that `flow:` names.
import type { Context } from '@ashlar/kernel/sql'
import type { Json } from './graph.ts'

/**
 * A step. Its effect is committed by the block that offers it, under the command's key: run twice, done once, with the
 * same outcome. What throws is tried again later; a refusal that trying again will not mend is an outcome.
 */
export interface Step<Input = Json> {
  /** 'documents.issue' */
  name: string
  /** JSON Schema 2020-12 of the input and of what `done` holds, for the docs and for the check of definitions. */
  input?: object
  output?: object
  /** One outcome for each command, in their order. Commands of one call are of one public service. */
  run(commands: Command<Input>[]): Promise<Outcome[]>
  /**
   * The term of a waiting step has passed. The block decides in its own transaction whether its work was done in time,
   * for it may have been done a moment ago: it answers what is now so. `waiting` with a later `until` lets it wait on
   * (its clock was paused). Without this, the process takes the outcome that the law supposes.
   */
  expire?(commands: ExpiredCommand<Input>[]): Promise<Outcome[]>
  /** The process no longer needs these: a task disappears from the queue. Twice is as once; unknown keys are ignored. */
  cancel?(commands: Pick<Command, 'key' | 'caseId' | 'context'>[]): Promise<void>
}

export interface Command<Input = Json> {
  /** '<instance>:<node>:<visit>': under it the effect is committed once. */
  key: string
  instance: string
  caseId: string
  service: { id: string; version: string }
  /** tenant: the authority of the case; subject: the applicant (a bearer's id if anonymous: input says whom to tell). */
  context: Context
  input: Input
  /** ISO 8601: when its `within` ends. */
  due?: string
}

export interface ExpiredCommand<Input = Json> extends Command<Input> {
  /** The outcome that the law supposes: { outcome: 'accept', expired: true }, or { state: 'expired' } of a payment. */
  onExpiry: Json
}

export type Outcome =
  | { done: Json }
  /** `Workflow.complete(key, output)` tells the rest; `until` replaces the end of its term. */
  | { waiting: true; until?: string }
  /** A refusal by rule: the process stops here as an incident, for a person to look at. Never personal data. */
  | { failed: { code: string; title: string; detail?: string } }

// Inputs of the steps that `flow:` names, as compile.ts makes them.

/** A party of the case. `id` is null when it has no account; then the contact says where to write. */
export interface PartyInput {
  party: string
  id: string | null
  name: string | null
  email: string | null
  phone: string | null
}

/** registries.lookUp → the evidence as FEEL sees it: a record's fields or null; many: a list; match: { count, bestScore, records }. */
export interface LookUpInput {
  evidence: string
  register: string
  /** null: none of the ways to find it is known; the outcome is then null (many: []). */
  by?: Record<string, Json> | null
  match?: Record<string, Json> | null
  fields: string[]
  many: boolean
  purpose: string
  agreement: string
  /** The public reference of the case: what the log of uses names. */
  case?: string | null
}

/** registries.write → { id, version } */
export interface WriteInput {
  register: string
  /** Empty: a new record. */
  key: Record<string, Json>
  set: Record<string, Json>
  agreement: string
  purpose: string
  case?: string | null
}

/** cases.task → { outcome, reason, note, answers, by, at, expired }, when an officer has decided */
export interface TaskInput {
  name: string
  role: string
  /** null: any unit of the authority. */
  unit: string | null
  facts: Record<string, Json>
  outcomes: string[]
  reasons: Record<string, string[]>
  /** Its term, for clocks that stop; when it ends is `due` of the command. */
  within: string | null
  onExpiry: string | null
  /** Who confirms the decision, and which share of them; `when` (FEEL) sees the facts of the task and the `outcome`. */
  second?: { role: string; sample: number; when: string | null }
  skills?: string[]
  bulk?: boolean
}

/** cases.ask → { outcome, answers, at, expired }, when the party has answered */
export interface AskInput {
  name: string
  to: PartyInput
  /** What a party that is not the applicant sees of the case. */
  facts?: Record<string, Json>
  outcomes: string[]
  onExpiry: string | null
  message: string | null
}

/** payments.collect → { state: 'settled' | 'rejected' | 'expired', reference, amount, paidAt } */
export interface CollectInput {
  fee: string
  amount: { value: number; currency: string }
  /** The same reference is charged once, over all cases. */
  reference: string
  payer: PartyInput
}

/** payments.refund → { state, reference, amount } */
export interface RefundInput {
  /** Of the payment to give back. */
  reference: string
  /** null: all of it. */
  amount: { value: number; currency: string } | null
  reason: string
}

/** documents.issue → { id, reference, verifyUrl, issuedAt, validUntil } */
export interface IssueInput {
  output: string
  letter: string | null
  credential: string | null
  validFor: string | null
  qr: boolean
  to: PartyInput
  language: string
  facts: Record<string, Json>
}

/** messaging.notify → {} */
export interface NotifyInput {
  message: string
  channels: string[]
  to: PartyInput
  language: string
  facts: Record<string, Json>
}

/** decisions.record: the engine tells it of each rule that it applied; nothing waits for it. */
export interface RecordInput {
  rule: string
  output: Json
  trace: Json
}

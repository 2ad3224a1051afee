// The compiled graph of a process: what `flow:` and BPMN both become, and the only thing that the engine executes.

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json }

/** Plain JSON, keyed by readable node ids that stay the same as long as the definition does. */
export interface Graph {
  start: string
  nodes: Record<string, Node>
  /** Event sub-processes of the whole process. */
  events?: Handler[]
  /** Start events beside the plain one: the node that each leads to, by the id of the event. */
  starts?: Record<string, Start>
}

export interface Start {
  trigger: TimerTrigger | MessageTrigger | SignalTrigger
  next: string
  /** The fact that keeps what came with it. */
  saveAs?: string
  saves?: Record<string, string>
}

/**
 * Where a token goes: the id of a node; into a join or merge with the sequence flow by which it comes: 'join@flow'. The
 * character @ is in no id of XML or of a flow.
 */
export type Next = string

export type Node =
  | StepNode
  | DecideNode
  | SetNode
  | ChoiceNode
  | SelectNode
  | ForkNode
  | JoinNode
  | MergeNode
  | TimerNode
  | AwaitNode
  | ScopeNode
  | ThrowNode
  | CompensateNode
  | FinishNode
  | EndNode

/** What an activity may have on it. */
interface Activity {
  /** Boundary events: they watch as long as the token is here. */
  on?: Handler[]
  /** First node of its compensation; it ends in a `finish`. */
  undo?: string
}

/** Work of a block, named by the step that it offers; the token waits here until its outcome is known, unless detached. */
export interface StepNode extends Activity {
  kind: 'step'
  step: string
  with: Record<string, Mapping>
  /** The fact that keeps the outcome. */
  saveAs?: string
  /** Facts made of the outcome, whose own members FEEL sees by their names here; targets may have dots. */
  saves?: Record<string, string>
  /** The term of the law for it. `onExpiry` is the outcome then supposed; without it the end is only a date to be shown. */
  within?: { term: string; onExpiry?: Json }
  /** The process goes on at once; the work is done all the same, and its failure is an incident (BPMN: send task). */
  detached?: true
  next: Next
}

/** A rule table, evaluated at once; its trace is kept. */
interface DecideNode {
  kind: 'decide'
  rule: string
  saveAs: string
  undo?: string
  next: Next
}

/** Computes a fact. */
interface SetNode {
  kind: 'set'
  /** '' computes nothing: a place that is passed (BPMN: manual task, none event). */
  saveAs: string
  to: Mapping
  undo?: string
  next: Next
}

/** Exclusive gateway: the first branch whose condition is true. Without `otherwise`, that none is true is an incident. */
interface ChoiceNode {
  kind: 'choice'
  branches: { when: string; next: Next }[]
  otherwise?: Next
}

/** Inclusive gateway that splits: every branch whose condition is true. */
interface SelectNode {
  kind: 'select'
  branches: { when: string; next: Next }[]
  otherwise?: Next
}

/** Parallel gateway that splits. */
interface ForkNode {
  kind: 'fork'
  branches: Next[]
}

/** Parallel gateway that waits for `of` tokens; with `flows`, for one on each of them. */
interface JoinNode {
  kind: 'join'
  of: number
  flows?: string[]
  next: Next
}

/** Inclusive gateway that waits as long as a token may still come (BPMN 2.0.2, 13.4.3). */
interface MergeNode {
  kind: 'merge'
  flows: string[]
  next: Next
}

/** Waits for a term, or until a date or date and time that FEEL gives. */
interface TimerNode {
  kind: 'timer'
  for?: string
  until?: string
  next: Next
}

/** Waits for the first of several things: a catch event, a receive task, an event-based gateway. */
interface AwaitNode extends Activity {
  kind: 'await'
  on: Handler[]
}

/** A sub-process, embedded or called, once or for each of a list or as long as a condition holds. */
export interface ScopeNode extends Activity {
  kind: 'scope'
  start: string
  /** Facts of its own at the beginning. */
  with?: Record<string, Mapping>
  /** What is learned inside stays inside, but for `saves`. */
  own?: true
  /** It sees nothing of what is outside but what `with` hands in. */
  isolated?: true
  /** Facts of the outside, made of those inside when it is done; '*' hands out all. */
  saves?: Record<string, string> | '*'
  repeat?: Repeat
  /** Event sub-processes inside; they lead to nodes inside. */
  events?: Handler[]
  next: Next
}

export type Repeat =
  | {
      /** FEEL, a list. */
      in: string
      as?: string
      sequential?: true
      /** FEEL, looked at after each; true ends the rest. */
      until?: string
      collect?: { saveAs: string; value: string }
    }
  | {
      while: string
      /** Looked at before the first time too. */
      before?: true
      most?: number
    }

/** What happens to a waiting token or an open scope, and where it leads. */
export interface Handler {
  id: string
  trigger: Trigger
  /** What it watches goes on. */
  alongside?: true
  next: Next
  /** The fact that keeps what came with it. */
  saveAs?: string
  saves?: Record<string, string>
}

export type Trigger = TimerTrigger | MessageTrigger | SignalTrigger | ErrorTrigger | EscalationTrigger

export interface TimerTrigger {
  on: 'timer'
  /** A term ('10 working days', 'PT1H'), FEEL that gives one, FEEL for a moment, or how often: 'PT1H', cron of six fields. */
  for?: string
  forFeel?: string
  until?: string
  every?: string
  everyFeel?: string
  /** How often at most, of `every`. */
  times?: number
}

interface MessageTrigger {
  on: 'message'
  message: string
  /** FEEL; a message with the same key is meant. */
  key?: string
}

interface SignalTrigger {
  on: 'signal'
  signal: string
}

interface ErrorTrigger {
  on: 'error'
  /** null: any. */
  code: string | null
}

interface EscalationTrigger {
  on: 'escalation'
  code: string | null
}

/** Tells something to whoever waits for it, and goes on; an error does not go on. */
interface ThrowNode {
  kind: 'throw'
  what:
    | { signal: string }
    | { message: string; key?: string; content?: Record<string, Mapping> }
    | { escalation: string }
    | { error: string }
  next?: Next
}

/** Takes back what was done in this scope, the last first, and then goes on. */
interface CompensateNode extends Activity {
  kind: 'compensate'
  /** Of one activity only. */
  of?: string
  next: Next
}

/** The end of one path; the last one ends its scope, or the instance with a result. */
interface FinishNode {
  kind: 'finish'
  result?: string
  /** All else in this scope ends too. */
  terminate?: true
}

/** Ends the whole instance with a result; whatever still waits elsewhere in it is cancelled (BPMN: terminate). */
interface EndNode {
  kind: 'end'
  result: string
}

/** How a value is made from the facts. `money` makes Money from a FEEL number in the currency's own unit. */
export type Mapping = { feel: string } | { value: Json } | { money: string } | { object: Record<string, Mapping> }

/** The node that a token goes to, and the sequence flow by which it comes. */
export function toTarget(next: Next): { id: string; flow: string } {
  const at = next.indexOf('@')
  return at < 0 ? { id: next, flow: '' } : { id: next.slice(0, at), flow: next.slice(at + 1) }
}

/** Every way out of a node, those of its boundary events too. */
export function waysOut(node: Node): Next[] {
  const handled = 'on' in node && node.on !== undefined ? node.on.map(({ next }) => next) : []
  switch (node.kind) {
    case 'choice':
    case 'select':
      return [...node.branches.map(({ next }) => next), ...(node.otherwise === undefined ? [] : [node.otherwise])]
    case 'fork':
      return node.branches
    case 'await':
      return handled
    case 'finish':
    case 'end':
      return []
    case 'throw':
      return node.next === undefined ? [] : [node.next]
    default:
      return [node.next, ...handled]
  }
}

// The compiled graph of a process: what `flow:` and BPMN both become, and the only thing that the engine executes.

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json }

/** Plain JSON, keyed by readable node ids that stay the same as long as the definition does. */
export interface Graph {
  start: string
  nodes: Record<string, Node>
}

export type Node = StepNode | DecideNode | SetNode | ChoiceNode | ForkNode | JoinNode | TimerNode | EndNode

/** Work of a block, named by the step that it offers; the token waits here until its outcome is known, unless detached. */
export interface StepNode {
  kind: 'step'
  step: string
  with: Record<string, Mapping>
  /** The fact that keeps the outcome. */
  saveAs?: string
  /** The term of the law for it. `onExpiry` is the outcome then supposed; without it the end is only a date to be shown. */
  within?: { term: string; onExpiry?: Json }
  /** The process goes on at once; the work is done all the same, and its failure is an incident (BPMN: send task). */
  detached?: true
  next: string
}

/** A rule table, evaluated at once; its trace is kept. */
interface DecideNode {
  kind: 'decide'
  rule: string
  saveAs: string
  next: string
}

/** Computes a fact. */
interface SetNode {
  kind: 'set'
  saveAs: string
  to: Mapping
  next: string
}

/** Exclusive gateway: the first branch whose condition is true. */
interface ChoiceNode {
  kind: 'choice'
  branches: { when: string; next: string }[]
  otherwise: string
}

/** Parallel gateway that splits. */
interface ForkNode {
  kind: 'fork'
  branches: string[]
}

/** Parallel gateway that waits for `of` tokens. */
interface JoinNode {
  kind: 'join'
  of: number
  next: string
}

/** Waits for a term, or until a date or date and time that FEEL gives. */
interface TimerNode {
  kind: 'timer'
  for?: string
  until?: string
  next: string
}

/** Ends the whole instance with a result; whatever still waits elsewhere in it is cancelled (BPMN: terminate). */
interface EndNode {
  kind: 'end'
  result: string
}

/** How a value is made from the facts. `money` makes Money from a FEEL number in the currency's own unit. */
export type Mapping = { feel: string } | { value: Json } | { money: string } | { object: Record<string, Mapping> }

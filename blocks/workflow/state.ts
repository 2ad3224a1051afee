// What the engine keeps of an instance, what moves it, what it asks for and what comes of a move. Types only.
import type { Json } from './graph.ts'

/** The entry '#' keeps what open sub-processes know of their own, by scope. */
export type Facts = Record<string, Json>

/** Where an instance stands. Small, and free of personal data: facts are kept apart. */
export interface State {
  /** Each waits at its node, or is stuck there. */
  tokens: Token[]
  /** How often each node was entered; node and visit together name a piece of work. */
  visits: Record<string, number>
  /** Tokens that arrived at a join and wait for the others: by 'scope|join@flow', of the process itself 'join@flow'. */
  arrived: Record<string, number>
  /** Open sub-processes, by '<node>.<visit>.<n>'. */
  scopes?: Record<string, Scope>
  /** Event sub-processes of the process that can be triggered: the visit by which they are meant. */
  armed?: Record<string, number>
  /** What can be taken back, in the order in which it was done. */
  undo?: Undo[]
  /** The result that an end event named. */
  reached?: string
  result?: string
}

export interface Token {
  node: string
  visit: number
  scope?: string
  /** Why it cannot go on; a person looks at it and lets it try again. */
  stuck?: string
  /** Its work is done; only what is to be learned from it failed. */
  left?: true
  /** Boundary events that can be triggered, with the visit by which they are meant; `rounds` of those that come again. */
  armed?: Record<string, number>
  rounds?: Record<string, number>
  /** What a compensation still has to take back, the next one first. */
  undo?: Undo[]
  /** The name 'node:visit' under which its work was asked for, before it was migrated to another version. */
  was?: string
}

export interface Scope {
  /** The token that stands at the sub-process. */
  node: string
  visit: number
  /** The scope in which that token is. */
  in?: string
  /** From 1: which of several. */
  n: number
  own?: true
  isolated?: true
  armed?: Record<string, number>
  rounds?: Record<string, number>
}

export interface Undo {
  node: string
  scope?: string
  handler: string
  /** Sub-processes that it was in, which have ended. */
  under?: string[]
  /** Under which key the facts of its own are kept. */
  kept?: string
}

/** What moves an instance. `node` and `visit` name the token; nothing happens if it is not there any more. */
export type Happening =
  | { kind: 'start'; at?: string }
  | { kind: 'done'; node: string; visit: number; output: Json }
  | { kind: 'due'; node: string; visit: number }
  /** A message or signal; `node` is the event that waited for it. */
  | { kind: 'event'; node: string; visit: number; content: Json }
  | { kind: 'failed'; node: string; visit: number; why: string }
  | { kind: 'retry'; node: string; visit: number }
  /** By hand: the token goes on as if its work had this outcome. */
  | { kind: 'skipped'; node: string; visit: number; output: Json }
  /** By hand: the token goes to another node of the same scope. */
  | { kind: 'moved'; node: string; visit: number; to: string }
  /** It goes on as another version of its process. */
  | { kind: 'carried'; from: string; to: string }
  /** By hand: facts are put right. */
  | { kind: 'corrected'; facts: Facts }
  /** Ended from outside: withdrawn, or settled by hand. */
  | { kind: 'ended'; result: string }

/** What the engine asks for while it moves; all of it pure. */
export interface Rules {
  now: Date
  evaluate(source: string, facts: Facts): Json
  decide(rule: string, facts: Facts): { output: Json; trace: Json }
  /** The end of a term that begins at `from`. */
  deadline(from: Date, term: string): Date
  /** The next time after `from` of what comes again: a duration, or cron of six fields. */
  nextTime?(from: Date, every: string): Date
  /** Money from a number in the currency's own unit. */
  money(amount: number): { value: number; currency: string }
}

export interface AskedCommand {
  node: string
  visit: number
  step: string
  input: Record<string, Json>
  due?: string
  onExpiry?: Json
  /** Nothing in the process waits for it. */
  detached?: true
}

interface Awaited {
  node: string
  visit: number
  message?: string
  signal?: string
  key?: Json
}

export interface Moved {
  state: State
  facts: Facts
  /** False if it changed no fact, so that they need not be stored again. */
  learned: boolean
  commands: AskedCommand[]
  timers: { node: string; visit: number; at: string }[]
  /** Messages and signals that it waits for from now on, and no longer. */
  awaited: Awaited[]
  unawaited: { node: string; visit: number }[]
  /** Told to whoever waits for it, in other instances or in this one. */
  thrown: ({ signal: string } | { message: string; key: Json; content: Json; from: { node: string; visit: number } })[]
  decisions: { node: string; visit: number; rule: string; output: Json; trace: Json }[]
  /** Tokens that were waiting when the instance, or what they were in, ended: their work is no longer wanted. */
  cancelled: Token[]
  stuck: Token[]
  /** The nodes passed, in order. */
  path: string[]
}

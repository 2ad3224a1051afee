// One evaluation of a model: what has been worked out so far, and what went wrong on the way.
import { type FeelValue, spend } from '@ashlar/kernel/feel'

export type Scope = Record<string, FeelValue>

/** Something that made a value null, or could not be run at all. */
export interface DmnProblem {
  /** The decision, knowledge model, service, input or type in which it happened. */
  node: string
  message: string
  /** Of the file, from 1. */
  line?: number
}

/** How a decision table came to its result, each time that it was applied. */
export interface AppliedTable {
  node: string
  line: number
  /** The rules that decided, from 0. */
  rules: number[]
  /** The value of each input. */
  inputs: FeelValue[]
  /** By rule as far as they were tried: the first input that did not pass, from 0, or -1. */
  failed: number[]
}

export interface Journal {
  problems: DmnProblem[]
  tables: AppliedTable[]
}

/** What a boxed expression became. */
export type Logic = (scope: Scope, journal: Journal) => FeelValue

const mostProblems = 100

export function note(journal: Journal, node: string, message: string, line?: number): null {
  if (journal.problems.length < mostProblems) journal.problems.push({ node, message, line })
  return null
}

/** The scope with further names in it; functions keep the one in which they were made. */
export function extended(scope: Scope, names: Scope): Scope {
  const wider: Scope = Object.assign(Object.create(null), scope)
  Object.assign(wider, names)
  spend(1 + Object.keys(wider).length / 4)
  return wider
}

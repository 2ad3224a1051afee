// How much one evaluation may do: steps, memory and depth are counted, so that a hostile expression ends instead of stalling.

/** Steps are roughly nodes evaluated; memory is characters and list cells made; depth is function calls inside each other. */
export interface Limits {
  steps: number
  memory: number
  depth: number
}

export const defaultLimits: Limits = { steps: 1_000_000, memory: 4_000_000, depth: 400 }

/** The expression asked for more than it may have. Not a value: it ends the evaluation. */
export class FeelLimitExceeded extends Error {
  override name = 'FeelLimitExceeded'
  readonly limit: 'steps' | 'memory' | 'depth'

  constructor(limit: 'steps' | 'memory' | 'depth') {
    super(`The expression needs more ${limit} than it is allowed`)
    this.limit = limit
  }
}

// Evaluation is synchronous, so the budget of the one that runs may live here; nested evaluations (a knowledge model
// called as a function) draw from the budget of the outermost.
let steps = 0
let memory = 0
let depth = 0
let running = false

/** Takes steps from the budget of the evaluation that runs. */
export function spend(count: number): void {
  steps -= count
  if (steps < 0 && running) throw new FeelLimitExceeded('steps')
}

/** Takes memory (and the steps to fill it) from the budget of the evaluation that runs. */
export function allocate(cells: number): void {
  memory -= cells
  if (memory < 0 && running) throw new FeelLimitExceeded('memory')
  spend(cells / 8)
}

/** Runs a function's body one level deeper. */
export function deeper<T>(work: () => T): T {
  if (--depth < 0 && running) throw new FeelLimitExceeded('depth')
  try {
    return work()
  } finally {
    depth++
  }
}

/** Gives `work` a fresh budget, or the one of the evaluation that it is part of. */
export function within<A, B, T>(limits: Limits, work: (a: A, b: B) => T, a: A, b: B): T {
  if (running) return work(a, b)

  running = true
  steps = limits.steps
  memory = limits.memory
  depth = limits.depth
  try {
    return work(a, b)
  } catch (cause) {
    // Nesting that is deep without any function call (a list in a list in a list…) ends on the machine's own stack.
    if (cause instanceof RangeError) throw new FeelLimitExceeded('depth')
    throw cause
  } finally {
    running = false
  }
}

// The engine: moves one instance as far as it can, in memory and without any effect but its answer.
import type { Graph, Json, Mapping, Node, StepNode } from './graph.ts'

export type Facts = Record<string, Json>

/** Where an instance stands. Small, and free of personal data: facts are kept apart. */
export interface State {
  /** Each waits at its node, or is stuck there. */
  tokens: Token[]
  /** How often each node was entered; node and visit together name a piece of work. */
  visits: Record<string, number>
  /** Tokens that arrived at a join and wait for the others. */
  arrived: Record<string, number>
  result?: string
}

interface Token {
  node: string
  visit: number
  /** Why it cannot go on; a person looks at it and lets it try again. */
  stuck?: string
}

/** What moves an instance. `node` and `visit` name the token; nothing happens if it is not there any more. */
export type Happening =
  | { kind: 'start' }
  | { kind: 'done'; node: string; visit: number; output: Json }
  | { kind: 'due'; node: string; visit: number }
  | { kind: 'failed'; node: string; visit: number; why: string }
  | { kind: 'retry'; node: string; visit: number }
  /** Ended from outside: withdrawn, or settled by hand. */
  | { kind: 'ended'; result: string }

/** What the engine asks for while it moves; all of it pure. */
export interface Rules {
  now: Date
  evaluate(source: string, facts: Facts): Json
  decide(rule: string, facts: Facts): { output: Json; trace: Json }
  /** The end of a term that begins at `from`. */
  deadline(from: Date, term: string): Date
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

export interface Moved {
  state: State
  facts: Facts
  /** False if it changed no fact, so that they need not be stored again. */
  learned: boolean
  commands: AskedCommand[]
  timers: { node: string; visit: number; at: string }[]
  decisions: { node: string; visit: number; rule: string; output: Json; trace: Json }[]
  /** Tokens that were waiting when the instance ended: their work is no longer wanted. */
  cancelled: Token[]
  stuck: Token[]
  /** The nodes passed, in order. */
  path: string[]
}

/** No law needs so many nodes at once: a loop that never waits is a mistake in the definition. */
const MOST_NODES = 10_000

export const beforeStart: State = { tokens: [], visits: {}, arrived: {} }

/** Undefined if it changes nothing: it happened before, or the instance has ended. */
export function advance(
  graph: Graph,
  instance: { state: State; facts: Facts },
  happening: Happening,
  rules: Rules,
): Moved | undefined {
  const { state } = instance
  if (state.result !== undefined) return undefined
  const move = new Move(graph, instance, rules)
  if (happening.kind === 'start') {
    if (state.tokens.length > 0) return undefined
    move.enter(graph.start)
    return move.moved
  }

  if (happening.kind === 'ended') {
    move.end(happening.result)
    return move.moved
  }

  const token = state.tokens.find(({ node, visit }) => node === happening.node && visit === happening.visit)
  if (token === undefined) return undefined
  switch (happening.kind) {
    case 'failed':
      if (token.stuck !== undefined) return undefined
      move.stick(token, happening.why)
      return move.moved
    case 'retry':
      if (token.stuck === undefined) return undefined
      move.retry(token)
      return move.moved
    case 'due':
    case 'done':
      move.leave(token, happening.kind === 'done' ? happening.output : null)
      return move.moved
  }
}

/** One move in progress; the instance that it began with stays as it was. */
class Move {
  readonly moved: Moved
  #graph: Graph
  #rules: Rules
  #passed = 0

  constructor(graph: Graph, { state, facts }: { state: State; facts: Facts }, rules: Rules) {
    this.#graph = graph
    this.#rules = rules
    this.moved = {
      state: { ...state, tokens: [...state.tokens], visits: { ...state.visits }, arrived: { ...state.arrived } },
      facts,
      learned: false,
      commands: [],
      timers: [],
      decisions: [],
      cancelled: [],
      stuck: [],
      path: [],
    }
  }

  /** Runs from a node on, through all that need not wait; forks are followed leg by leg. */
  enter(first: string): void {
    const ahead = [first]
    while (ahead.length > 0 && this.moved.state.result === undefined) {
      const id = ahead.pop()!
      const { state, path } = this.moved
      const visit = (state.visits[id] ?? 0) + 1
      state.visits[id] = visit
      const token = { node: id, visit }
      path.push(id)
      try {
        if (++this.#passed > MOST_NODES) throw new Error(`passed ${MOST_NODES} nodes without waiting`)
        ahead.push(...this.#pass(token).toReversed())
      } catch (error) {
        this.stick(token, error instanceof Error ? error.message : String(error))
      }
    }
  }

  leave(token: Token, output: Json): void {
    const node = this.#nodeAt(token)
    this.#remove(token)
    if (node.kind === 'step' && node.saveAs !== undefined) this.#learn(node.saveAs, output)
    if (node.kind !== 'step' && node.kind !== 'timer')
      throw new Error(`${token.node}, a ${node.kind}, waits for nothing`)
    this.enter(node.next)
  }

  stick(token: Token, why: string): void {
    this.#remove(token)
    const stuck = { node: token.node, visit: token.visit, stuck: why }
    this.moved.state.tokens.push(stuck)
    this.moved.stuck.push(stuck)
  }

  /** Tries the node again as the same visit, under the same key: what was done stays done. */
  retry(token: Token): void {
    this.#remove(token)
    const { state } = this.moved
    state.visits[token.node] = token.visit - 1
    this.enter(token.node)
    state.visits[token.node] = Math.max(state.visits[token.node] ?? 0, token.visit)
  }

  /** Gives the nodes to enter next; none if the token waits here or has ended. */
  #pass(token: Token): string[] {
    const node = this.#nodeAt(token)
    const { state } = this.moved
    switch (node.kind) {
      case 'step':
        return this.#ask(node, token)
      case 'decide': {
        const { output, trace } = this.#rules.decide(node.rule, this.moved.facts)
        this.#learn(node.saveAs, output)
        this.moved.decisions.push({ ...token, rule: node.rule, output, trace })
        return [node.next]
      }
      case 'set':
        this.#learn(node.saveAs, this.#make(node.to))
        return [node.next]
      case 'choice': {
        const branch = node.branches.find(({ when }) => this.#rules.evaluate(when, this.moved.facts) === true)
        return [branch?.next ?? node.otherwise]
      }
      case 'fork':
        return node.branches
      case 'join': {
        const arrived = (state.arrived[token.node] ?? 0) + 1
        if (arrived < node.of) {
          state.arrived[token.node] = arrived
          return []
        }
        delete state.arrived[token.node]
        return [node.next]
      }
      case 'timer': {
        const at = this.#endOf(node)
        state.tokens.push(token)
        this.moved.timers.push({ ...token, at: at.toISOString() })
        return []
      }
      case 'end':
        this.end(node.result)
        return []
    }
  }

  #ask(node: StepNode, token: Token): string[] {
    const { within } = node
    this.moved.commands.push({
      ...token,
      step: node.step,
      input: this.#makeAll(node.with),
      ...(within === undefined ? {} : { due: this.#rules.deadline(this.#rules.now, within.term).toISOString() }),
      ...(within?.onExpiry === undefined ? {} : { onExpiry: within.onExpiry }),
      ...(node.detached ? { detached: true } : {}),
    })
    if (node.detached) return [node.next]
    this.moved.state.tokens.push(token)
    return []
  }

  end(result: string): void {
    const { state, commands, timers } = this.moved
    state.result = result
    // Work that this very move asked for was never told to anybody: it is simply not asked for.
    const told = (token: Token) =>
      ![...commands, ...timers].some(({ node, visit }) => node === token.node && visit === token.visit)
    this.moved.cancelled = state.tokens.filter(told)
    this.moved.commands = commands.filter(({ detached }) => detached)
    this.moved.timers = []
    this.moved.stuck = []
    state.tokens = []
    state.arrived = {}
  }

  #endOf(node: Extract<Node, { kind: 'timer' }>): Date {
    const { now, deadline, evaluate } = this.#rules
    if (node.for !== undefined) return deadline(now, node.for)
    const until = evaluate(node.until ?? 'null', this.moved.facts)
    const at = typeof until === 'string' ? new Date(until) : new Date(Number.NaN)
    if (Number.isNaN(at.getTime())) throw new Error(`'${node.until}' gives no date to wait for`)
    return at
  }

  #learn(name: string, value: Json): void {
    this.moved.facts = { ...this.moved.facts, [name]: value }
    this.moved.learned = true
  }

  #make(mapping: Mapping): Json {
    if ('value' in mapping) return mapping.value
    if ('object' in mapping) return this.#makeAll(mapping.object)
    if ('feel' in mapping) return this.#rules.evaluate(mapping.feel, this.moved.facts)
    const amount = this.#rules.evaluate(mapping.money, this.moved.facts)
    if (amount === null) return null
    if (typeof amount !== 'number') throw new Error(`'${mapping.money}' gives no number to make money of`)
    return { ...this.#rules.money(amount) }
  }

  #makeAll(mappings: Record<string, Mapping>): Record<string, Json> {
    return Object.fromEntries(Object.entries(mappings).map(([name, mapping]) => [name, this.#make(mapping)]))
  }

  #nodeAt(token: Token): Node {
    const node = this.#graph.nodes[token.node]
    if (node === undefined) throw new Error(`the graph has no node '${token.node}'`)
    return node
  }

  #remove(token: Token): void {
    const { state } = this.moved
    state.tokens = state.tokens.filter(({ node, visit }) => node !== token.node || visit !== token.visit)
  }
}

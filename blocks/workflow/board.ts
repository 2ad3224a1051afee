// What one move works on: the graph, the instance as it becomes, and the values that FEEL makes of its facts.
import type { Graph, Json, Mapping, Node } from './graph.ts'
import { LocalFacts } from './local-facts.ts'
import type { Facts, Moved, Rules, Scope, State, Token } from './state.ts'

/** The instance that it is made of stays as it was. */
export class Board {
  readonly graph: Graph
  readonly rules: Rules
  readonly facts: LocalFacts
  readonly moved: Moved

  constructor(graph: Graph, { state, facts }: { state: State; facts: Facts }, rules: Rules) {
    this.graph = graph
    this.rules = rules
    const copy: State = {
      ...state,
      tokens: [...state.tokens],
      visits: { ...state.visits },
      arrived: { ...state.arrived },
      ...(state.scopes === undefined ? {} : { scopes: { ...state.scopes } }),
      ...(state.undo === undefined ? {} : { undo: [...state.undo] }),
    }
    this.facts = new LocalFacts(facts, copy)
    this.moved = {
      state: copy,
      facts,
      learned: false,
      commands: [],
      timers: [],
      awaited: [],
      unawaited: [],
      thrown: [],
      decisions: [],
      cancelled: [],
      stuck: [],
      path: [],
    }
  }

  get state(): State {
    return this.moved.state
  }

  save(
    { saveAs, saves }: { saveAs?: string; saves?: Record<string, string> },
    scope: string | undefined,
    output: Json,
  ) {
    if (saves !== undefined) {
      const members = typeof output === 'object' && output !== null && !Array.isArray(output) ? output : {}
      const seen = { ...this.facts.view(scope), ...members, result: output }
      const made = Object.entries(saves).map(([to, source]) => [to, this.rules.evaluate(source, seen)] as const)
      for (const [to, value] of made) this.facts.learn(scope, to, value)
    }
    if (saveAs !== undefined) this.facts.learn(scope, saveAs, output)
  }

  evaluate(source: string, scope: string | undefined): Json {
    return this.rules.evaluate(source, this.facts.view(scope))
  }

  holds(source: string, scope: string | undefined): boolean {
    return this.evaluate(source, scope) === true
  }

  after(term: string): Date {
    return this.rules.deadline(this.rules.now, term)
  }

  make(mapping: Mapping, scope: string | undefined): Json {
    if ('value' in mapping) return mapping.value
    if ('object' in mapping) return this.makeAll(mapping.object, scope)
    if ('feel' in mapping) return this.evaluate(mapping.feel, scope)
    const amount = this.evaluate(mapping.money, scope)
    if (amount === null) return null
    if (typeof amount !== 'number') throw new Error(`'${mapping.money}' gives no number to make money of`)
    return { ...this.rules.money(amount) }
  }

  makeAll(mappings: Record<string, Mapping>, scope: string | undefined): Record<string, Json> {
    let made: Record<string, Json> = {}
    for (const [name, mapping] of Object.entries(mappings)) made = put(made, name, this.make(mapping, scope))
    return made
  }

  nodeAt(token: Token): Node {
    const node = this.graph.nodes[token.node]
    if (node === undefined) throw new Error(`the graph has no node '${token.node}'`)
    return node
  }

  scopesOf({ node, visit }: Token): string[] {
    return Object.entries(this.state.scopes ?? {})
      .filter(([, scope]) => scope.node === node && scope.visit === visit)
      .map(([id]) => id)
  }

  tokenOf({ node, visit }: Scope): Token {
    const token = this.state.tokens.find((one) => one.node === node && one.visit === visit)
    if (token === undefined) throw new Error(`no token stands at ${node}`)
    return token
  }
}

/** A name with dots leads into what is there. */
export function put(made: Record<string, Json>, path: string, value: Json): Record<string, Json> {
  const [name, ...inner] = path.split('.') as [string, ...string[]]
  if (name === '__proto__') throw new Error(`'${path}' cannot be the name of a fact`)
  if (inner.length === 0) return { ...made, [name]: value }
  const old = made[name]
  const members = typeof old === 'object' && old !== null && !Array.isArray(old) ? old : {}
  return { ...made, [name]: put(members, inner.join('.'), value) }
}

/** Under which a token keeps facts of its own. */
export function nameOf({ node, visit }: { node: string; visit: number }): string {
  return `${node}.${visit}`
}

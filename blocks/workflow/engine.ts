// The engine: moves one instance as far as it can, in memory and without any effect but its answer.
import {
  type Graph,
  type Handler,
  type Json,
  type Mapping,
  type Next,
  type Node,
  type Repeat,
  type ScopeNode,
  type StepNode,
  toTarget,
} from './graph.ts'
import { LocalFacts } from './local-facts.ts'
import { mayGoOn } from './merge.ts'
import type { Facts, Happening, Moved, Rules, Scope, State, Token, Undo } from './state.ts'
import { momentOf, timeOf } from './timer.ts'

/** No law needs so many nodes at once: a loop that never waits is a mistake in the definition. */
const MOST_NODES = 50_000

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
  return move.happen(happening) ? move.run() : undefined
}

/** By its own name, or by the one that its work was asked for under before a migration. */
const isNamed = (token: Token, node: string, visit: number): boolean =>
  (token.node === node && token.visit === visit) || token.was === `${node}:${visit}`

type Owner = { token: Token } | { scope: string } | { process: true }

/** One move in progress; the instance that it began with stays as it was. */
class Move {
  readonly moved: Moved
  #graph: Graph
  #rules: Rules
  #facts: LocalFacts
  #ahead: { next: Next; scope: string | undefined; again?: Token }[] = []
  #passed = 0

  constructor(graph: Graph, { state, facts }: { state: State; facts: Facts }, rules: Rules) {
    this.#graph = graph
    this.#rules = rules
    const copy: State = {
      ...state,
      tokens: [...state.tokens],
      visits: { ...state.visits },
      arrived: { ...state.arrived },
      ...(state.scopes === undefined ? {} : { scopes: { ...state.scopes } }),
      ...(state.undo === undefined ? {} : { undo: [...state.undo] }),
    }
    this.#facts = new LocalFacts(facts, copy)
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

  get #state(): State {
    return this.moved.state
  }

  /** False if it changes nothing. */
  happen(happening: Happening): boolean {
    switch (happening.kind) {
      case 'start':
        return this.#begin(happening.at)
      case 'ended':
        this.#end(happening.result)
        return true
      case 'carried':
        this.#armAll()
        return true
      case 'corrected':
        for (const [name, value] of Object.entries(happening.facts)) this.#facts.learn(undefined, name, value)
        return Object.keys(happening.facts).length > 0
    }
    const { node, visit } = happening
    const token = this.#state.tokens.find((token) => isNamed(token, node, visit))
    if (token === undefined)
      return (happening.kind === 'due' || happening.kind === 'event') && this.#trigger(happening, node, visit)
    switch (happening.kind) {
      case 'failed':
        if (token.stuck !== undefined) return false
        if (!this.#raise(happening.why, token)) this.#stick(token, happening.why)
        return true
      case 'retry':
        if (token.stuck === undefined) return false
        this.#retry(token)
        return true
      case 'moved':
        this.#cancel(token)
        this.#go(happening.to, token.scope)
        return true
      case 'event':
        return false
      case 'skipped':
        if (this.#nodeAt(token).kind === 'step' && token.left === undefined) this.#withdraw(token)
        this.#leave(token, happening.output)
        return true
      case 'due':
      case 'done':
        if (token.left !== undefined) return false
        this.#leave(token, happening.kind === 'done' ? happening.output : null)
        return true
    }
  }

  /** Goes through all that need not wait. */
  run(): Moved {
    while (this.#state.result === undefined) {
      const next = this.#ahead.pop()
      if (next !== undefined) this.#enter(next)
      else if (!this.#goOnWhereComplete()) break
    }
    this.#forget()
    const { scopes, undo } = this.#state
    if (scopes !== undefined && Object.keys(scopes).length === 0) delete this.#state.scopes
    if (undo !== undefined && undo.length === 0) delete this.#state.undo
    this.moved.facts = this.#facts.facts
    this.moved.learned = this.#facts.learned
    return this.moved
  }

  /** What was kept for taking back and can no longer be. */
  #forget(): void {
    const { undo = [], tokens } = this.#state
    const kept = new Set([...undo, ...tokens.flatMap((token) => token.undo ?? [])].map((one) => one.kept))
    for (const key of this.#facts.keys()) if (key.startsWith('undo.') && !kept.has(key)) this.#facts.drop(key)
  }

  #begin(at: string | undefined): boolean {
    if (this.#state.tokens.length > 0) return false
    const start = at === undefined ? this.#graph.start : this.#graph.starts?.[at]?.next
    if (start === undefined) throw new Error(`the process has no start '${at}'`)
    const armed = this.#arm(this.#graph.events, undefined, {})
    if (armed.armed !== undefined) this.#state.armed = armed.armed
    this.#go(start, undefined)
    return true
  }

  #go(next: Next, scope: string | undefined): void {
    this.#ahead.push({ next, scope })
  }

  #goAll(nexts: Next[], scope: string | undefined): void {
    for (const next of nexts.toReversed()) this.#go(next, scope)
  }

  #enter({ next, scope, again }: { next: Next; scope: string | undefined; again?: Token }): void {
    const { id, flow } = toTarget(next)
    const { visits } = this.#state
    if (again === undefined) visits[id] = (visits[id] ?? 0) + 1
    const token = again ?? { node: id, visit: visits[id]!, ...(scope === undefined ? {} : { scope }) }
    this.moved.path.push(id)
    try {
      if (++this.#passed > MOST_NODES) throw new Error(`passed ${MOST_NODES} nodes without waiting`)
      this.#pass(token, flow)
    } catch (error) {
      this.#stick(token, messageOf(error))
    }
  }

  #pass(token: Token, flow: string) {
    const node = this.#nodeAt(token)
    const { scope } = token
    switch (node.kind) {
      case 'step':
        return this.#ask(node, token)
      case 'decide': {
        const { output, trace } = this.#rules.decide(node.rule, this.#facts.view(scope))
        this.#facts.learn(scope, node.saveAs, output)
        this.moved.decisions.push({ node: token.node, visit: token.visit, rule: node.rule, output, trace })
        return this.#passOn(token, node)
      }
      case 'set':
        if (node.saveAs !== '') this.#facts.learn(scope, node.saveAs, this.#make(node.to, scope))
        return this.#passOn(token, node)
      case 'choice': {
        const next = node.branches.find(({ when }) => this.#holds(when, scope))?.next ?? node.otherwise
        if (next === undefined) throw new Error('no condition holds, and there is no other way')
        return this.#go(next, scope)
      }
      case 'select': {
        const chosen = node.branches.filter(({ when }) => this.#holds(when, scope)).map(({ next }) => next)
        if (chosen.length === 0 && node.otherwise === undefined)
          throw new Error('no condition holds, and there is no other way')
        return this.#goAll(chosen.length > 0 ? chosen : [node.otherwise!], scope)
      }
      case 'fork':
        return this.#goAll(node.branches, scope)
      case 'join':
        return this.#join(node, token, flow)
      case 'merge':
        return this.#arrive(token, flow)
      case 'timer': {
        const at =
          node.for === undefined
            ? momentOf(node.until ?? 'null', this.#rules, this.#facts.view(scope))
            : this.#after(node.for)
        this.#state.tokens.push(token)
        this.moved.timers.push({ node: token.node, visit: token.visit, at: at.toISOString() })
        return
      }
      case 'await':
        this.#wait(token, node.on)
        return
      case 'scope':
        return this.#open(node, token)
      case 'throw':
        return this.#throw(node, token)
      case 'compensate':
        return this.#compensate(node, token)
      case 'finish':
        return this.#finish(node, token)
      case 'end':
        return this.#end(node.result)
    }
  }

  // Activities

  #ask(node: StepNode, token: Token): void {
    const { within } = node
    const { scope } = token
    this.moved.commands.push({
      node: token.node,
      visit: token.visit,
      step: node.step,
      input: this.#makeAll(node.with, scope),
      ...(within === undefined ? {} : { due: this.#after(within.term).toISOString() }),
      ...(within?.onExpiry === undefined ? {} : { onExpiry: within.onExpiry }),
      ...(node.detached ? { detached: true } : {}),
    })
    if (node.detached) this.#passOn(token, node)
    else this.#wait(token, node.on)
  }

  #wait(token: Token, handlers: Handler[] | undefined): Token {
    const waiting = { ...token, ...this.#arm(handlers, token.scope, token) }
    this.#state.tokens.push(waiting)
    return waiting
  }

  #passOn(token: Token, { undo, next }: { undo?: string; next: Next }): void {
    this.#remember(token, undo)
    this.#go(next, token.scope)
  }

  #remember({ node, scope }: Token, handler: string | undefined): void {
    if (handler === undefined) return
    this.#state.undo = [...(this.#state.undo ?? []), { node, handler, ...(scope === undefined ? {} : { scope }) }]
  }

  /** Its work is done. If what is to be learned from it fails, the outcome is kept until somebody has mended that. */
  #leave(token: Token, output: Json): void {
    const node = this.#nodeAt(token)
    const { scope } = token
    if (node.kind === 'await') throw new Error(`${token.node} waits for an event, which has to be named`)
    if (node.kind !== 'step' && node.kind !== 'timer' && node.kind !== 'scope' && token.stuck === undefined)
      throw new Error(`${token.node}, a ${node.kind}, waits for nothing`)
    try {
      if (node.kind === 'step') this.#save(node, scope, output)
    } catch (error) {
      this.#facts.keep(nameOf(token), { output })
      this.#stick({ ...token, left: true }, messageOf(error))
      return
    }
    this.#facts.drop(nameOf(token))
    if (node.kind === 'scope') this.#cancelInside(token)
    this.#remove(token)
    if ('undo' in node) this.#remember(token, node.undo)
    if (!('next' in node) || node.next === undefined) throw new Error(`nothing follows ${token.node}`)
    this.#go(node.next, scope)
  }

  /** Tries the node again as the same visit, under the same key: what was done stays done. */
  #retry(token: Token) {
    const { stuck: _mended, left, ...again } = token
    if (left !== undefined) {
      this.#state.tokens = this.#state.tokens.map((one) => (one === token ? again : one))
      const kept = this.#facts.kept(nameOf(token)) as { output: Json } | undefined
      return this.#leave(again, kept?.output ?? null)
    }
    this.#state.tokens = this.#state.tokens.filter((one) => one !== token)
    this.#ahead.push({ next: token.node, scope: token.scope, again })
  }

  #stick(token: Token, why: string): void {
    const { stuck: _before, ...rest } = token
    const stuck = { ...rest, stuck: why }
    this.#state.tokens = [...this.#state.tokens.filter((one) => !isNamed(one, token.node, token.visit)), stuck]
    this.moved.stuck.push(stuck)
  }

  // Gateways

  #join(node: Extract<Node, { kind: 'join' }>, token: Token, flow: string): void {
    const { arrived } = this.#state
    const keys = (node.flows ?? ['']).map((one) => arrivalOf(token, one))
    const mine = arrivalOf(token, node.flows === undefined ? '' : flow)
    const count = (arrived[mine] ?? 0) + 1
    const isComplete =
      node.flows === undefined ? count >= node.of : keys.every((key) => key === mine || (arrived[key] ?? 0) > 0)
    arrived[mine] = count
    if (!isComplete) return
    for (const key of keys) {
      const left = node.flows === undefined ? 0 : arrived[key]! - 1
      if (left > 0) arrived[key] = left
      else delete arrived[key]
    }
    this.#go(node.next, token.scope)
  }

  #arrive(token: Token, flow: string): void {
    const key = arrivalOf(token, flow)
    this.#state.arrived[key] = (this.#state.arrived[key] ?? 0) + 1
  }

  /** When nothing else goes on: inclusive gateways to which no token can come any more, and paths that nothing ends. */
  #goOnWhereComplete(): boolean {
    const { arrived } = this.#state
    const keys = Object.keys(arrived)
    if (keys.length === 0) return false
    for (const key of keys) {
      const { scope, join } = readArrival(key)
      const node = this.#graph.nodes[join]
      if (node?.kind === 'merge' && this.#merge(node, join, scope)) return true
    }
    for (const key of keys) {
      const { scope, join } = readArrival(key)
      if (!this.#isBusy(scope, { ignoreArrived: true })) {
        for (const other of keys) if (readArrival(other).scope === scope) delete arrived[other]
        const visit = this.#state.visits[join] ?? 1
        this.#stick({ node: join, visit, ...(scope === undefined ? {} : { scope }) }, 'the others never arrive here')
      }
    }
    return false
  }

  #merge(node: Extract<Node, { kind: 'merge' }>, join: string, scope: string | undefined): boolean {
    const { arrived, tokens } = this.#state
    const at = { node: join, visit: 0, ...(scope === undefined ? {} : { scope }) }
    const filled = new Set(node.flows.filter((flow) => (arrived[arrivalOf(at, flow)] ?? 0) > 0))
    const elsewhere = Object.keys(arrived).map(readArrival)
    const places = [
      ...tokens.filter((token) => token.scope === scope).map((token) => token.node),
      ...elsewhere.filter((one) => one.scope === scope && one.join !== join).map((one) => one.join),
    ]
    if (!mayGoOn(this.#graph, join, filled, places)) return false
    for (const flow of filled) {
      const key = arrivalOf(at, flow)
      const left = arrived[key]! - 1
      if (left > 0) arrived[key] = left
      else delete arrived[key]
    }
    this.#go(node.next, scope)
    return true
  }

  // Events

  /** Arms what can be armed and is not yet. */
  #arm(handlers: Handler[] | undefined, scope: string | undefined, owner: Pick<Token, 'armed' | 'rounds'>) {
    const armed = { ...owner.armed }
    const before = Object.keys(armed).length
    for (const handler of handlers ?? []) {
      if (handler.id in armed || handler.trigger.on === 'error' || handler.trigger.on === 'escalation') continue
      armed[handler.id] = this.#armOne(handler, scope)
    }
    return Object.keys(armed).length > before ? { armed } : {}
  }

  /** After a migration: what this version waits for and the former did not. */
  #armAll(): void {
    const { scopes } = this.#state
    Object.assign(this.#state, this.#arm(this.#graph.events, undefined, this.#state))
    this.#state.tokens = this.#state.tokens.map((token) => ({
      ...token,
      ...this.#arm(handlersOn(this.#graph.nodes[token.node]), token.scope, token),
    }))
    for (const [id, scope] of Object.entries(scopes ?? {}))
      this.#state.scopes![id] = { ...scope, ...this.#arm(this.#handlersOf({ scope: id }), id, scope) }
  }

  #armOne({ id, trigger }: Handler, scope: string | undefined): number {
    const { visits } = this.#state
    const visit = (visits[id] ?? 0) + 1
    const facts = this.#facts.view(scope)
    switch (trigger.on) {
      case 'timer':
        this.moved.timers.push({ node: id, visit, at: timeOf(trigger, this.#rules, facts).toISOString() })
        break
      case 'message': {
        const key = trigger.key === undefined ? null : this.#evaluate(trigger.key, scope)
        if (trigger.key !== undefined && key === null) throw new Error(`the key of '${trigger.message}' is null`)
        this.moved.awaited.push({ node: id, visit, message: trigger.message, key })
        break
      }
      case 'signal':
        this.moved.awaited.push({ node: id, visit, signal: trigger.signal })
    }
    visits[id] = visit
    return visit
  }

  #disarm(armed: Record<string, number> | undefined): void {
    for (const [node, visit] of Object.entries(armed ?? {})) {
      const isThis = (one: { node: string; visit: number }) => one.node === node && one.visit === visit
      const fresh = this.moved.awaited.some(isThis) || this.moved.timers.some(isThis)
      this.moved.awaited = this.moved.awaited.filter((one) => !isThis(one))
      this.moved.timers = this.moved.timers.filter((one) => !isThis(one))
      if (!fresh) this.moved.unawaited.push({ node, visit })
    }
  }

  /** An armed event: of a token, of an open sub-process or of the process. */
  #trigger(happening: Happening & { kind: 'due' | 'event' }, id: string, visit: number): boolean {
    const owner = this.#ownerOf(id, visit)
    if (owner === undefined) return false
    const handler = this.#handlersOf(owner).find((one) => one.id === id)
    if (handler === undefined || (handler.trigger.on === 'timer') !== (happening.kind === 'due')) return false
    this.moved.path.push(id)
    const scope = this.#follow(owner, handler)
    try {
      this.#save(handler, scope, happening.kind === 'event' ? happening.content : null)
    } catch (error) {
      const { next } = handler
      this.#state.visits[toTarget(next).id] = (this.#state.visits[toTarget(next).id] ?? 0) + 1
      const at = { node: toTarget(next).id, visit: this.#state.visits[toTarget(next).id]! }
      this.#stick({ ...at, ...(scope === undefined ? {} : { scope }) }, messageOf(error))
      return true
    }
    this.#go(handler.next, scope)
    return true
  }

  /** Ends what the event interrupts, or lets it come again; gives the scope in which its way begins. */
  #follow(owner: Owner, handler: Handler): string | undefined {
    if (handler.alongside) this.#rearm(owner, handler)
    if ('token' in owner) {
      if (!handler.alongside) this.#cancel(owner.token)
      return owner.token.scope
    }
    const scope = 'scope' in owner ? owner.scope : undefined
    if (!handler.alongside) {
      this.#clear(scope)
      const { armed: _gone, ...rest } = scope === undefined ? this.#state : this.#state.scopes![scope]!
      this.#disarm(scope === undefined ? this.#state.armed : this.#state.scopes![scope]!.armed)
      if (scope === undefined) delete this.#state.armed
      else this.#state.scopes![scope] = rest as Scope
    }
    return scope
  }

  #rearm(owner: Owner, { id, trigger }: Handler): void {
    if (trigger.on !== 'timer') return
    const scope = 'token' in owner ? owner.token.scope : 'scope' in owner ? owner.scope : undefined
    const known: Pick<Token, 'armed' | 'rounds'> =
      'token' in owner ? owner.token : 'scope' in owner ? this.#state.scopes![owner.scope]! : this.#state
    const round = (known.rounds?.[id] ?? 1) + 1
    const { [id]: _fired, ...others } = known.armed ?? {}
    const again =
      (trigger.every ?? trigger.everyFeel) !== undefined && round <= (trigger.times ?? Number.POSITIVE_INFINITY)
    const armed = again ? { ...others, [id]: this.#armOne({ id, trigger, next: '' }, scope) } : others
    const change = { armed, ...(again ? { rounds: { ...known.rounds, [id]: round } } : {}) }
    if ('token' in owner)
      this.#state.tokens = this.#state.tokens.map((one) => (one === owner.token ? { ...one, ...change } : one))
    else if ('scope' in owner) this.#state.scopes![owner.scope] = { ...this.#state.scopes![owner.scope]!, ...change }
    else Object.assign(this.#state, change)
  }

  #ownerOf(id: string, visit: number): Owner | undefined {
    const token = this.#state.tokens.find(({ armed }) => armed?.[id] === visit)
    if (token !== undefined) return { token }
    const scope = Object.entries(this.#state.scopes ?? {}).find(([, { armed }]) => armed?.[id] === visit)
    if (scope !== undefined) return { scope: scope[0] }
    return this.#state.armed?.[id] === visit ? { process: true } : undefined
  }

  #handlersOf(owner: Owner): Handler[] {
    if ('token' in owner) return handlersOn(this.#graph.nodes[owner.token.node])
    if ('process' in owner) return this.#graph.events ?? []
    const node = this.#graph.nodes[this.#state.scopes![owner.scope]!.node]
    return node?.kind === 'scope' ? (node.events ?? []) : []
  }

  #throw(node: Extract<Node, { kind: 'throw' }>, token: Token): void {
    const { what } = node
    const { scope } = token
    if ('error' in what) {
      if (!this.#raise(what.error, token)) throw new Error(`nobody catches the error '${what.error}'`)
      return
    }
    if ('signal' in what) this.moved.thrown.push({ signal: what.signal })
    if ('message' in what)
      this.moved.thrown.push({
        message: what.message,
        key: what.key === undefined ? null : this.#evaluate(what.key, scope),
        content: this.#makeAll(what.content ?? {}, scope),
        from: { node: token.node, visit: token.visit },
      })
    if (node.next !== undefined) this.#go(node.next, scope)
    if ('escalation' in what) this.#escalate(what.escalation, token)
  }

  /** The innermost that catches the error: an event on the activity, an event sub-process, or an event further out. */
  #raise(code: string, token: Token): boolean {
    return this.#catch('error', code, token) !== undefined
  }

  #escalate(code: string, token: Token): void {
    this.#catch('escalation', code, token)
  }

  #catch(on: 'error' | 'escalation', code: string, token: Token): Handler | undefined {
    const choose = (handlers: Handler[]): Handler | undefined => {
      const all = handlers.filter(({ trigger }) => trigger.on === on)
      const named = (wanted: string | null) =>
        all.find(({ trigger }) => (trigger as { code: string | null }).code === wanted)
      return named(code) ?? named(null)
    }
    const follow = (owner: Owner, handler: Handler): Handler => {
      this.moved.path.push(handler.id)
      if ('token' in owner && owner.token === token && this.#nodeAt(token).kind === 'step') this.#remove(token)
      const scope =
        'token' in owner && owner.token === token && this.#nodeAt(token).kind === 'step'
          ? token.scope
          : this.#follow(owner, handler)
      this.#save(handler, scope, { code })
      this.#go(handler.next, scope)
      return handler
    }
    const own = choose(handlersOn(this.#graph.nodes[token.node]))
    if (own !== undefined && this.#state.tokens.includes(token)) return follow({ token }, own)
    for (let scope = token.scope; ; ) {
      const owner: Owner = scope === undefined ? { process: true } : { scope }
      const inner = choose(this.#handlersOf(owner))
      if (inner !== undefined) return follow(owner, inner)
      if (scope === undefined) return undefined
      const outer = this.#tokenOf(this.#state.scopes![scope]!)
      const boundary = choose(handlersOn(this.#graph.nodes[outer.node]))
      if (boundary !== undefined) return follow({ token: outer }, boundary)
      scope = outer.scope
    }
  }

  // Sub-processes

  #open(node: ScopeNode, token: Token) {
    const { repeat } = node
    if (repeat === undefined) return this.#openOne(node, this.#wait(token, node.on), 1)
    if ('while' in repeat) {
      if (repeat.before && !this.#holds(repeat.while, token.scope)) return this.#passOn(token, node)
      return this.#openOne(node, this.#wait(token, node.on), 1)
    }
    const items = this.#evaluate(repeat.in, token.scope)
    if (!Array.isArray(items)) throw new Error(`'${repeat.in}' gives no list`)
    if (items.length > MOST_NODES) throw new Error(`'${repeat.in}' has more than ${MOST_NODES} items`)
    if (items.length === 0) {
      if (repeat.collect !== undefined) this.#facts.learn(token.scope, repeat.collect.saveAs, [])
      return this.#passOn(token, node)
    }
    const waiting = this.#wait(token, node.on)
    this.#facts.keep(nameOf(token), { items, results: items.map(() => null) })
    const last = repeat.sequential ? 1 : items.length
    for (let n = last; n >= 1; n--) this.#openOne(node, waiting, n)
  }

  #openOne(node: ScopeNode, token: Token, n: number): void {
    const { repeat } = node
    const id = `${nameOf(token)}.${n}`
    const scope: Scope = {
      node: token.node,
      visit: token.visit,
      n,
      ...(token.scope === undefined ? {} : { in: token.scope }),
      ...(node.own || (repeat !== undefined && 'in' in repeat) ? { own: true } : {}),
    }
    // Its own facts are made of what is seen outside, and of the item; only then does an isolated one close its door.
    this.#state.scopes = { ...this.#state.scopes, [id]: scope }
    const item: Facts = repeat === undefined ? {} : { loopCounter: n }
    if (repeat !== undefined && 'in' in repeat && repeat.as !== undefined)
      item[repeat.as] = (this.#facts.kept(nameOf(token)) as { items: Json[] }).items[n - 1]!
    if (Object.keys(item).length > 0 || scope.own || node.with !== undefined) this.#facts.keep(id, item)
    if (node.with !== undefined) {
      const made = this.#makeAll(node.with, id)
      this.#facts.keep(id, {})
      for (const [name, value] of Object.entries({ ...item, ...made }))
        this.#facts.keep(id, put(this.#facts.kept(id) as Facts, name, value))
    }
    const armed = this.#arm(node.events, id, {})
    this.#state.scopes[id] = { ...scope, ...(node.isolated ? { isolated: true } : {}), ...armed }
    this.#facts.keep(id, (this.#facts.kept(id) as Facts | undefined) ?? {})
    this.#go(node.start, id)
  }

  #finish(node: Extract<Node, { kind: 'finish' }>, token: Token): void {
    const { scope } = token
    if (node.terminate) {
      this.#clear(scope)
      this.#ahead = this.#ahead.filter((one) => one.scope !== scope)
    }
    if (node.result !== undefined && scope === undefined) this.#state.reached = node.result
    if (this.#isBusy(scope)) return
    if (scope === undefined) this.#end(this.#state.reached ?? 'done')
    else this.#complete(scope)
  }

  /** Whatever is evaluated is evaluated first: if it fails, the token stays at the end and can try again. */
  #complete(id: string) {
    const scope = this.#state.scopes![id]!
    const token = this.#tokenOf(scope)
    const node = this.#nodeAt(token)
    if (node.kind === 'compensate') {
      this.#close(id)
      return this.#takeBack(node, token)
    }
    if (node.kind !== 'scope') throw new Error(`${token.node} is no sub-process`)
    const { repeat } = node
    const isMore = this.#isMore(repeat, token, scope, id)
    const saved = this.#handedOut(node, id)
    if (repeat !== undefined && 'in' in repeat && repeat.collect !== undefined) {
      const kept = this.#facts.kept(nameOf(token)) as { items: Json[]; results: Json[] }
      const value = this.#evaluate(repeat.collect.value, id)
      this.#facts.keep(nameOf(token), { ...kept, results: kept.results.with(scope.n - 1, value) })
    }
    this.#close(id)
    for (const [name, value] of saved) this.#facts.learn(token.scope, name, value)
    if (isMore === 'next') return this.#openOne(node, token, scope.n + 1)
    if (isMore === 'others') return
    this.#depart(node, token)
  }

  #isMore(repeat: Repeat | undefined, token: Token, { n }: Scope, id: string): 'next' | 'others' | 'none' {
    if (repeat === undefined) return 'none'
    if ('while' in repeat) return n < (repeat.most ?? MOST_NODES) && this.#holds(repeat.while, id) ? 'next' : 'none'
    const { items } = this.#facts.kept(nameOf(token)) as { items: Json[] }
    const others = this.#scopesOf(token).length - 1
    if (repeat.until !== undefined) {
      const completed = repeat.sequential ? n : items.length - others
      // The names that BPMN gives to a completion condition.
      const counts = {
        numberOfInstances: items.length,
        numberOfActiveInstances: others,
        numberOfCompletedInstances: completed,
        numberOfTerminatedInstances: 0,
      }
      if (this.#rules.evaluate(repeat.until, { ...this.#facts.view(id), ...counts }) === true) return 'none'
    }
    if (repeat.sequential) return n < items.length ? 'next' : 'none'
    return others > 0 ? 'others' : 'none'
  }

  #handedOut({ saves, repeat }: ScopeNode, id: string): [string, Json][] {
    if (saves === undefined || repeat !== undefined) return []
    if (saves === '*') return Object.entries((this.#facts.kept(id) as Facts | undefined) ?? {})
    return Object.entries(saves).map(([name, source]) => [name, this.#evaluate(source, id)])
  }

  /** The activity as a whole is done. */
  #depart(node: ScopeNode, token: Token): void {
    this.#cancelInside(token)
    const { repeat } = node
    if (repeat !== undefined && 'in' in repeat && repeat.collect !== undefined) {
      const { results } = this.#facts.kept(nameOf(token)) as { results: Json[] }
      this.#facts.learn(token.scope, repeat.collect.saveAs, results)
    }
    this.#facts.drop(nameOf(token))
    this.#remove(token)
    this.#passOn(token, node)
  }

  /** A scope that is complete; what was done in it can still be taken back, with what it knew. */
  #close(id: string): void {
    const { [id]: scope, ...others } = this.#state.scopes!
    this.#disarm(scope!.armed)
    const own = this.#facts.kept(id)
    this.#facts.drop(id)
    const keys = new Set<string>()
    this.#state.undo = this.#state.undo?.map((undo) => {
      if (undo.scope !== id) return undo
      const further = outward(undo, scope!, `undo.${id}`)
      keys.add(further.kept!)
      return further
    })
    for (const key of keys) {
      const known = { ...(own as Facts | undefined), ...(this.#facts.kept(key) as Facts | undefined) }
      if (Object.keys(known).length > 0) this.#facts.keep(key, known)
    }
    this.#state.scopes = others
  }

  #compensate(node: Extract<Node, { kind: 'compensate' }>, token: Token): void {
    const isMeant = (undo: Undo) =>
      undo.scope === token.scope && (node.of === undefined || undo.node === node.of || undo.under?.includes(node.of))
    const all = this.#state.undo ?? []
    this.#state.undo = all.filter((undo) => !isMeant(undo))
    this.#takeBack(node, this.#wait({ ...token, undo: all.filter(isMeant).toReversed() }, node.on))
  }

  #takeBack(node: Extract<Node, { kind: 'compensate' }>, token: Token) {
    const [first, ...rest] = token.undo ?? []
    if (first === undefined) {
      this.#remove(token)
      return this.#passOn(token, { next: node.next })
    }
    const n = this.#state.visits[`${token.node}.n`] ?? 1
    this.#state.visits[`${token.node}.n`] = n + 1
    const id = `${nameOf(token)}.${n}`
    this.#state.tokens = this.#state.tokens.map((one) => (one === token ? { ...token, undo: rest } : one))
    this.#state.scopes = {
      ...this.#state.scopes,
      [id]: { node: token.node, visit: token.visit, n, ...(token.scope === undefined ? {} : { in: token.scope }) },
    }
    this.#facts.keep(id, (first.kept === undefined ? undefined : this.#facts.kept(first.kept)) ?? {})
    this.#go(first.handler, id)
  }

  // Ends

  #end(result: string): void {
    const { commands } = this.moved
    for (const token of [...this.#state.tokens]) if (this.#state.tokens.includes(token)) this.#cancel(token)
    this.#disarm(this.#state.armed)
    this.moved.commands = commands.filter(({ detached }) => detached)
    this.moved.timers = []
    this.moved.awaited = []
    this.moved.stuck = []
    this.#ahead = []
    const { visits } = this.#state
    this.moved.state = { tokens: [], visits, arrived: {}, result }
    for (const key of this.#facts.keys()) this.#facts.drop(key)
  }

  /** Ends a token, all that is inside it, and its work in other blocks. */
  #cancel(token: Token): void {
    this.#cancelInside(token)
    this.#facts.drop(nameOf(token))
    this.#withdraw(token)
    this.#remove(token)
  }

  #cancelInside(token: Token): void {
    for (const id of this.#scopesOf(token)) {
      this.#clear(id)
      this.#disarm(this.#state.scopes![id]!.armed)
      const { [id]: _gone, ...others } = this.#state.scopes!
      this.#state.scopes = others
      this.#state.undo = this.#state.undo?.filter((undo) => undo.scope !== id) ?? []
      this.#facts.drop(id)
    }
  }

  /** Ends all tokens in a scope, which itself stays open. */
  #clear(scope: string | undefined): void {
    for (const token of this.#state.tokens.filter((one) => one.scope === scope)) this.#cancel(token)
    for (const key of Object.keys(this.#state.arrived))
      if (readArrival(key).scope === scope) delete this.#state.arrived[key]
    this.#ahead = this.#ahead.filter((one) => one.scope !== scope)
  }

  /** Work that this very move asked for was never told to anybody: it is simply not asked for. */
  #withdraw(token: Token): void {
    const { node, visit } = token
    const isThis = (one: { node: string; visit: number; detached?: true }) => one.node === node && one.visit === visit
    const fresh = [...this.moved.commands, ...this.moved.timers].some(isThis)
    this.moved.commands = this.moved.commands.filter((one) => one.detached || !isThis(one))
    this.moved.timers = this.moved.timers.filter((one) => !isThis(one))
    const kind = this.#graph.nodes[node]?.kind
    if (!fresh && (kind === 'step' || kind === 'timer') && token.left === undefined) this.moved.cancelled.push(token)
  }

  #remove(token: Token): void {
    this.#disarm(token.armed)
    const known = this.#state.tokens.find((one) => one.node === token.node && one.visit === token.visit)
    if (known !== undefined && known.armed !== token.armed) this.#disarm(known.armed)
    this.#state.tokens = this.#state.tokens.filter((one) => one !== known)
    this.moved.stuck = this.moved.stuck.filter((one) => one !== known)
  }

  #isBusy(scope: string | undefined, { ignoreArrived = false } = {}): boolean {
    return (
      this.#state.tokens.some((token) => token.scope === scope) ||
      this.#ahead.some((one) => one.scope === scope) ||
      (!ignoreArrived && Object.keys(this.#state.arrived).some((key) => readArrival(key).scope === scope))
    )
  }

  #scopesOf({ node, visit }: Token): string[] {
    return Object.entries(this.#state.scopes ?? {})
      .filter(([, scope]) => scope.node === node && scope.visit === visit)
      .map(([id]) => id)
  }

  #tokenOf({ node, visit }: Scope): Token {
    const token = this.#state.tokens.find((one) => one.node === node && one.visit === visit)
    if (token === undefined) throw new Error(`no token stands at ${node}`)
    return token
  }

  // Values

  #save(
    { saveAs, saves }: { saveAs?: string; saves?: Record<string, string> },
    scope: string | undefined,
    output: Json,
  ) {
    if (saves !== undefined) {
      const members = typeof output === 'object' && output !== null && !Array.isArray(output) ? output : {}
      const seen = { ...this.#facts.view(scope), ...members, result: output }
      const made = Object.entries(saves).map(([to, source]) => [to, this.#rules.evaluate(source, seen)] as const)
      for (const [to, value] of made) this.#facts.learn(scope, to, value)
    }
    if (saveAs !== undefined) this.#facts.learn(scope, saveAs, output)
  }

  #evaluate(source: string, scope: string | undefined): Json {
    return this.#rules.evaluate(source, this.#facts.view(scope))
  }

  #holds(source: string, scope: string | undefined): boolean {
    return this.#evaluate(source, scope) === true
  }

  #after(term: string): Date {
    return this.#rules.deadline(this.#rules.now, term)
  }

  #make(mapping: Mapping, scope: string | undefined): Json {
    if ('value' in mapping) return mapping.value
    if ('object' in mapping) return this.#makeAll(mapping.object, scope)
    if ('feel' in mapping) return this.#evaluate(mapping.feel, scope)
    const amount = this.#evaluate(mapping.money, scope)
    if (amount === null) return null
    if (typeof amount !== 'number') throw new Error(`'${mapping.money}' gives no number to make money of`)
    return { ...this.#rules.money(amount) }
  }

  #makeAll(mappings: Record<string, Mapping>, scope: string | undefined): Record<string, Json> {
    let made: Record<string, Json> = {}
    for (const [name, mapping] of Object.entries(mappings)) made = put(made, name, this.#make(mapping, scope))
    return made
  }

  #nodeAt(token: Token): Node {
    const node = this.#graph.nodes[token.node]
    if (node === undefined) throw new Error(`the graph has no node '${token.node}'`)
    return node
  }
}

function handlersOn(node: Node | undefined): Handler[] {
  return node !== undefined && 'on' in node ? (node.on ?? []) : []
}

function outward(undo: Undo, scope: Scope, kept: string): Undo {
  const { scope: _inner, ...rest } = undo
  return {
    ...rest,
    ...(scope.in === undefined ? {} : { scope: scope.in }),
    under: [...(undo.under ?? []), scope.node],
    kept: undo.kept ?? kept,
  }
}

/** A name with dots leads into what is there. */
function put(made: Record<string, Json>, path: string, value: Json): Record<string, Json> {
  const [name, ...inner] = path.split('.') as [string, ...string[]]
  if (name === '__proto__') throw new Error(`'${path}' cannot be the name of a fact`)
  if (inner.length === 0) return { ...made, [name]: value }
  const old = made[name]
  const members = typeof old === 'object' && old !== null && !Array.isArray(old) ? old : {}
  return { ...made, [name]: put(members, inner.join('.'), value) }
}

function nameOf({ node, visit }: { node: string; visit: number }): string {
  return `${node}.${visit}`
}

function arrivalOf({ node, scope }: Token, flow: string): string {
  const place = flow === '' ? node : `${node}@${flow}`
  return scope === undefined ? place : `${scope}|${place}`
}

function readArrival(key: string): { scope: string | undefined; join: string } {
  const bar = key.lastIndexOf('|')
  return { scope: bar < 0 ? undefined : key.slice(0, bar), join: toTarget(key.slice(bar + 1)).id }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

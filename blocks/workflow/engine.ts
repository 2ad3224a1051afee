// The engine: moves one instance as far as it can, in memory and without any effect but its answer.
import { Arming, handlersOn, type Owner } from './arming.ts'
import { Board, nameOf, put } from './board.ts'
import {
  type Graph,
  type Handler,
  type Json,
  type Next,
  type Node,
  type Repeat,
  type ScopeNode,
  type StepNode,
  toTarget,
} from './graph.ts'
import { mayGoOn } from './merge.ts'
import type { Facts, Happening, Moved, Rules, Scope, State, Token, Undo } from './state.ts'
import { momentOf } from './timer.ts'

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
  const move = new Move(new Board(graph, instance, rules))
  return move.happen(happening) ? move.run() : undefined
}

/** By its own name, or by the one that its work was asked for under before a migration. */
const isNamed = (token: Token, node: string, visit: number): boolean =>
  (token.node === node && token.visit === visit) || token.was === `${node}:${visit}`

/** One move in progress. */
class Move {
  #board: Board
  #arming: Arming
  #ahead: { next: Next; scope: string | undefined; again?: Token }[] = []
  #passed = 0

  constructor(board: Board) {
    this.#board = board
    this.#arming = new Arming(board)
  }

  get moved(): Moved {
    return this.#board.moved
  }

  get #state(): State {
    return this.#board.state
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
        this.#arming.armAll()
        return true
      case 'corrected':
        for (const [name, value] of Object.entries(happening.facts)) this.#board.facts.learn(undefined, name, value)
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
        if (this.#board.nodeAt(token).kind === 'step' && token.left === undefined) this.#withdraw(token)
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
    this.moved.facts = this.#board.facts.facts
    this.moved.learned = this.#board.facts.learned
    return this.moved
  }

  /** What was kept for taking back and can no longer be. */
  #forget(): void {
    const { undo = [], tokens } = this.#state
    const kept = new Set([...undo, ...tokens.flatMap((token) => token.undo ?? [])].map((one) => one.kept))
    for (const key of this.#board.facts.keys())
      if (key.startsWith('undo.') && !kept.has(key)) this.#board.facts.drop(key)
  }

  #begin(at: string | undefined): boolean {
    if (this.#state.tokens.length > 0) return false
    const start = at === undefined ? this.#board.graph.start : this.#board.graph.starts?.[at]?.next
    if (start === undefined) throw new Error(`the process has no start '${at}'`)
    const armed = this.#arming.arm(this.#board.graph.events, undefined, {})
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
    const node = this.#board.nodeAt(token)
    const { scope } = token
    switch (node.kind) {
      case 'step':
        return this.#ask(node, token)
      case 'decide': {
        const { output, trace } = this.#board.rules.decide(node.rule, this.#board.facts.view(scope))
        this.#board.facts.learn(scope, node.saveAs, output)
        this.moved.decisions.push({ node: token.node, visit: token.visit, rule: node.rule, output, trace })
        return this.#passOn(token, node)
      }
      case 'set':
        if (node.saveAs !== '') this.#board.facts.learn(scope, node.saveAs, this.#board.make(node.to, scope))
        return this.#passOn(token, node)
      case 'choice': {
        const next = node.branches.find(({ when }) => this.#board.holds(when, scope))?.next ?? node.otherwise
        if (next === undefined) throw new Error('no condition holds, and there is no other way')
        return this.#go(next, scope)
      }
      case 'select': {
        const chosen = node.branches.filter(({ when }) => this.#board.holds(when, scope)).map(({ next }) => next)
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
            ? momentOf(node.until ?? 'null', this.#board.rules, this.#board.facts.view(scope))
            : this.#board.after(node.for)
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
      input: this.#board.makeAll(node.with, scope),
      ...(within === undefined ? {} : { due: this.#board.after(within.term).toISOString() }),
      ...(within?.onExpiry === undefined ? {} : { onExpiry: within.onExpiry }),
      ...(node.detached ? { detached: true } : {}),
    })
    if (node.detached) this.#passOn(token, node)
    else this.#wait(token, node.on)
  }

  #wait(token: Token, handlers: Handler[] | undefined): Token {
    const waiting = { ...token, ...this.#arming.arm(handlers, token.scope, token) }
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
    const node = this.#board.nodeAt(token)
    const { scope } = token
    if (node.kind === 'await') throw new Error(`${token.node} waits for an event, which has to be named`)
    if (node.kind !== 'step' && node.kind !== 'timer' && node.kind !== 'scope' && token.stuck === undefined)
      throw new Error(`${token.node}, a ${node.kind}, waits for nothing`)
    try {
      if (node.kind === 'step') this.#board.save(node, scope, output)
    } catch (error) {
      this.#board.facts.keep(nameOf(token), { output })
      this.#stick({ ...token, left: true }, messageOf(error))
      return
    }
    this.#board.facts.drop(nameOf(token))
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
      const kept = this.#board.facts.kept(nameOf(token)) as { output: Json } | undefined
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
      const node = this.#board.graph.nodes[join]
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
    if (!mayGoOn(this.#board.graph, join, filled, places)) return false
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

  /** An armed event: of a token, of an open sub-process or of the process. */
  #trigger(happening: Happening & { kind: 'due' | 'event' }, id: string, visit: number): boolean {
    const owner = this.#arming.ownerOf(id, visit)
    if (owner === undefined) return false
    const handler = this.#arming.handlersOf(owner).find((one) => one.id === id)
    if (handler === undefined || (handler.trigger.on === 'timer') !== (happening.kind === 'due')) return false
    this.moved.path.push(id)
    const scope = this.#follow(owner, handler)
    try {
      this.#board.save(handler, scope, happening.kind === 'event' ? happening.content : null)
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
    if (handler.alongside) this.#arming.rearm(owner, handler)
    if ('token' in owner) {
      if (!handler.alongside) this.#cancel(owner.token)
      return owner.token.scope
    }
    const scope = 'scope' in owner ? owner.scope : undefined
    if (!handler.alongside) {
      this.#clear(scope)
      const { armed: _gone, ...rest } = scope === undefined ? this.#state : this.#state.scopes![scope]!
      this.#arming.disarm(scope === undefined ? this.#state.armed : this.#state.scopes![scope]!.armed)
      if (scope === undefined) delete this.#state.armed
      else this.#state.scopes![scope] = rest as Scope
    }
    return scope
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
        key: what.key === undefined ? null : this.#board.evaluate(what.key, scope),
        content: this.#board.makeAll(what.content ?? {}, scope),
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
      if ('token' in owner && owner.token === token && this.#board.nodeAt(token).kind === 'step') this.#remove(token)
      const scope =
        'token' in owner && owner.token === token && this.#board.nodeAt(token).kind === 'step'
          ? token.scope
          : this.#follow(owner, handler)
      this.#board.save(handler, scope, { code })
      this.#go(handler.next, scope)
      return handler
    }
    const own = choose(handlersOn(this.#board.graph.nodes[token.node]))
    if (own !== undefined && this.#state.tokens.includes(token)) return follow({ token }, own)
    for (let scope = token.scope; ; ) {
      const owner: Owner = scope === undefined ? { process: true } : { scope }
      const inner = choose(this.#arming.handlersOf(owner))
      if (inner !== undefined) return follow(owner, inner)
      if (scope === undefined) return undefined
      const outer = this.#board.tokenOf(this.#state.scopes![scope]!)
      const boundary = choose(handlersOn(this.#board.graph.nodes[outer.node]))
      if (boundary !== undefined) return follow({ token: outer }, boundary)
      scope = outer.scope
    }
  }

  // Sub-processes

  #open(node: ScopeNode, token: Token) {
    const { repeat } = node
    if (repeat === undefined) return this.#openOne(node, this.#wait(token, node.on), 1)
    if ('while' in repeat) {
      if (repeat.before && !this.#board.holds(repeat.while, token.scope)) return this.#passOn(token, node)
      return this.#openOne(node, this.#wait(token, node.on), 1)
    }
    const items = this.#board.evaluate(repeat.in, token.scope)
    if (!Array.isArray(items)) throw new Error(`'${repeat.in}' gives no list`)
    if (items.length > MOST_NODES) throw new Error(`'${repeat.in}' has more than ${MOST_NODES} items`)
    if (items.length === 0) {
      if (repeat.collect !== undefined) this.#board.facts.learn(token.scope, repeat.collect.saveAs, [])
      return this.#passOn(token, node)
    }
    const waiting = this.#wait(token, node.on)
    this.#board.facts.keep(nameOf(token), { items, results: items.map(() => null) })
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
      item[repeat.as] = (this.#board.facts.kept(nameOf(token)) as { items: Json[] }).items[n - 1]!
    if (Object.keys(item).length > 0 || scope.own || node.with !== undefined) this.#board.facts.keep(id, item)
    if (node.with !== undefined) {
      const made = this.#board.makeAll(node.with, id)
      this.#board.facts.keep(id, {})
      for (const [name, value] of Object.entries({ ...item, ...made }))
        this.#board.facts.keep(id, put(this.#board.facts.kept(id) as Facts, name, value))
    }
    const armed = this.#arming.arm(node.events, id, {})
    this.#state.scopes[id] = { ...scope, ...(node.isolated ? { isolated: true } : {}), ...armed }
    this.#board.facts.keep(id, (this.#board.facts.kept(id) as Facts | undefined) ?? {})
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
    const token = this.#board.tokenOf(scope)
    const node = this.#board.nodeAt(token)
    if (node.kind === 'compensate') {
      this.#close(id)
      return this.#takeBack(node, token)
    }
    if (node.kind !== 'scope') throw new Error(`${token.node} is no sub-process`)
    const { repeat } = node
    const isMore = this.#isMore(repeat, token, scope, id)
    const saved = this.#handedOut(node, id)
    if (repeat !== undefined && 'in' in repeat && repeat.collect !== undefined) {
      const kept = this.#board.facts.kept(nameOf(token)) as { items: Json[]; results: Json[] }
      const value = this.#board.evaluate(repeat.collect.value, id)
      this.#board.facts.keep(nameOf(token), { ...kept, results: kept.results.with(scope.n - 1, value) })
    }
    this.#close(id)
    for (const [name, value] of saved) this.#board.facts.learn(token.scope, name, value)
    if (isMore === 'next') return this.#openOne(node, token, scope.n + 1)
    if (isMore === 'others') return
    this.#depart(node, token)
  }

  #isMore(repeat: Repeat | undefined, token: Token, { n }: Scope, id: string): 'next' | 'others' | 'none' {
    if (repeat === undefined) return 'none'
    if ('while' in repeat)
      return n < (repeat.most ?? MOST_NODES) && this.#board.holds(repeat.while, id) ? 'next' : 'none'
    const { items } = this.#board.facts.kept(nameOf(token)) as { items: Json[] }
    const others = this.#board.scopesOf(token).length - 1
    if (repeat.until !== undefined) {
      const completed = repeat.sequential ? n : items.length - others
      // The names that BPMN gives to a completion condition.
      const counts = {
        numberOfInstances: items.length,
        numberOfActiveInstances: others,
        numberOfCompletedInstances: completed,
        numberOfTerminatedInstances: 0,
      }
      if (this.#board.rules.evaluate(repeat.until, { ...this.#board.facts.view(id), ...counts }) === true) return 'none'
    }
    if (repeat.sequential) return n < items.length ? 'next' : 'none'
    return others > 0 ? 'others' : 'none'
  }

  #handedOut({ saves, repeat }: ScopeNode, id: string): [string, Json][] {
    if (saves === undefined || repeat !== undefined) return []
    if (saves === '*') return Object.entries((this.#board.facts.kept(id) as Facts | undefined) ?? {})
    return Object.entries(saves).map(([name, source]) => [name, this.#board.evaluate(source, id)])
  }

  /** The activity as a whole is done. */
  #depart(node: ScopeNode, token: Token): void {
    this.#cancelInside(token)
    const { repeat } = node
    if (repeat !== undefined && 'in' in repeat && repeat.collect !== undefined) {
      const { results } = this.#board.facts.kept(nameOf(token)) as { results: Json[] }
      this.#board.facts.learn(token.scope, repeat.collect.saveAs, results)
    }
    this.#board.facts.drop(nameOf(token))
    this.#remove(token)
    this.#passOn(token, node)
  }

  /** A scope that is complete; what was done in it can still be taken back, with what it knew. */
  #close(id: string): void {
    const { [id]: scope, ...others } = this.#state.scopes!
    this.#arming.disarm(scope!.armed)
    const own = this.#board.facts.kept(id)
    this.#board.facts.drop(id)
    const keys = new Set<string>()
    this.#state.undo = this.#state.undo?.map((undo) => {
      if (undo.scope !== id) return undo
      const further = outward(undo, scope!, `undo.${id}`)
      keys.add(further.kept!)
      return further
    })
    for (const key of keys) {
      const known = { ...(own as Facts | undefined), ...(this.#board.facts.kept(key) as Facts | undefined) }
      if (Object.keys(known).length > 0) this.#board.facts.keep(key, known)
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
    this.#board.facts.keep(id, (first.kept === undefined ? undefined : this.#board.facts.kept(first.kept)) ?? {})
    this.#go(first.handler, id)
  }

  // Ends

  #end(result: string): void {
    const { commands } = this.moved
    for (const token of [...this.#state.tokens]) if (this.#state.tokens.includes(token)) this.#cancel(token)
    this.#arming.disarm(this.#state.armed)
    this.moved.commands = commands.filter(({ detached }) => detached)
    this.moved.timers = []
    this.moved.awaited = []
    this.moved.stuck = []
    this.#ahead = []
    const { visits } = this.#state
    this.moved.state = { tokens: [], visits, arrived: {}, result }
    for (const key of this.#board.facts.keys()) this.#board.facts.drop(key)
  }

  /** Ends a token, all that is inside it, and its work in other blocks. */
  #cancel(token: Token): void {
    this.#cancelInside(token)
    this.#board.facts.drop(nameOf(token))
    this.#withdraw(token)
    this.#remove(token)
  }

  #cancelInside(token: Token): void {
    for (const id of this.#board.scopesOf(token)) {
      this.#clear(id)
      this.#arming.disarm(this.#state.scopes![id]!.armed)
      const { [id]: _gone, ...others } = this.#state.scopes!
      this.#state.scopes = others
      this.#state.undo = this.#state.undo?.filter((undo) => undo.scope !== id) ?? []
      this.#board.facts.drop(id)
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
    const kind = this.#board.graph.nodes[node]?.kind
    if (!fresh && (kind === 'step' || kind === 'timer') && token.left === undefined) this.moved.cancelled.push(token)
  }

  #remove(token: Token): void {
    this.#arming.disarm(token.armed)
    const known = this.#state.tokens.find((one) => one.node === token.node && one.visit === token.visit)
    if (known !== undefined && known.armed !== token.armed) this.#arming.disarm(known.armed)
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

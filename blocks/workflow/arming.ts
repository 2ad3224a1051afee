// Events that are armed: by a waiting token, an open sub-process or the process; each under a visit of its own.
import type { Board } from './board.ts'
import type { Handler, Node } from './graph.ts'
import type { Token } from './state.ts'
import { timeOf } from './timer.ts'

/** Who armed an event. */
export type Owner = { token: Token } | { scope: string } | { process: true }

export class Arming {
  #board: Board

  constructor(board: Board) {
    this.#board = board
  }

  /** Arms what can be armed and is not yet. */
  arm(handlers: Handler[] | undefined, scope: string | undefined, owner: Pick<Token, 'armed' | 'rounds'>) {
    const armed = { ...owner.armed }
    const before = Object.keys(armed).length
    for (const handler of handlers ?? []) {
      if (handler.id in armed || handler.trigger.on === 'error' || handler.trigger.on === 'escalation') continue
      armed[handler.id] = this.armOne(handler, scope)
    }
    return Object.keys(armed).length > before ? { armed } : {}
  }

  /** After a migration: what this version waits for and the former did not. */
  armAll(): void {
    const { scopes } = this.#board.state
    Object.assign(this.#board.state, this.arm(this.#board.graph.events, undefined, this.#board.state))
    this.#board.state.tokens = this.#board.state.tokens.map((token) => ({
      ...token,
      ...this.arm(handlersOn(this.#board.graph.nodes[token.node]), token.scope, token),
    }))
    for (const [id, scope] of Object.entries(scopes ?? {}))
      this.#board.state.scopes![id] = { ...scope, ...this.arm(this.handlersOf({ scope: id }), id, scope) }
  }

  armOne({ id, trigger }: Handler, scope: string | undefined): number {
    const { visits } = this.#board.state
    const visit = (visits[id] ?? 0) + 1
    const facts = this.#board.facts.view(scope)
    switch (trigger.on) {
      case 'timer':
        this.#board.moved.timers.push({ node: id, visit, at: timeOf(trigger, this.#board.rules, facts).toISOString() })
        break
      case 'message': {
        const key = trigger.key === undefined ? null : this.#board.evaluate(trigger.key, scope)
        if (trigger.key !== undefined && key === null) throw new Error(`the key of '${trigger.message}' is null`)
        this.#board.moved.awaited.push({ node: id, visit, message: trigger.message, key })
        break
      }
      case 'signal':
        this.#board.moved.awaited.push({ node: id, visit, signal: trigger.signal })
    }
    visits[id] = visit
    return visit
  }

  disarm(armed: Record<string, number> | undefined): void {
    for (const [node, visit] of Object.entries(armed ?? {})) {
      const isThis = (one: { node: string; visit: number }) => one.node === node && one.visit === visit
      const fresh = this.#board.moved.awaited.some(isThis) || this.#board.moved.timers.some(isThis)
      this.#board.moved.awaited = this.#board.moved.awaited.filter((one) => !isThis(one))
      this.#board.moved.timers = this.#board.moved.timers.filter((one) => !isThis(one))
      if (!fresh) this.#board.moved.unawaited.push({ node, visit })
    }
  }

  rearm(owner: Owner, { id, trigger }: Handler): void {
    if (trigger.on !== 'timer') return
    const scope = 'token' in owner ? owner.token.scope : 'scope' in owner ? owner.scope : undefined
    const known: Pick<Token, 'armed' | 'rounds'> =
      'token' in owner ? owner.token : 'scope' in owner ? this.#board.state.scopes![owner.scope]! : this.#board.state
    const round = (known.rounds?.[id] ?? 1) + 1
    const { [id]: _fired, ...others } = known.armed ?? {}
    const again =
      (trigger.every ?? trigger.everyFeel) !== undefined && round <= (trigger.times ?? Number.POSITIVE_INFINITY)
    const armed = again ? { ...others, [id]: this.armOne({ id, trigger, next: '' }, scope) } : others
    const change = { armed, ...(again ? { rounds: { ...known.rounds, [id]: round } } : {}) }
    if ('token' in owner)
      this.#board.state.tokens = this.#board.state.tokens.map((one) =>
        one === owner.token ? { ...one, ...change } : one,
      )
    else if ('scope' in owner)
      this.#board.state.scopes![owner.scope] = { ...this.#board.state.scopes![owner.scope]!, ...change }
    else Object.assign(this.#board.state, change)
  }

  ownerOf(id: string, visit: number): Owner | undefined {
    const token = this.#board.state.tokens.find(({ armed }) => armed?.[id] === visit)
    if (token !== undefined) return { token }
    const scope = Object.entries(this.#board.state.scopes ?? {}).find(([, { armed }]) => armed?.[id] === visit)
    if (scope !== undefined) return { scope: scope[0] }
    return this.#board.state.armed?.[id] === visit ? { process: true } : undefined
  }

  handlersOf(owner: Owner): Handler[] {
    if ('token' in owner) return handlersOn(this.#board.graph.nodes[owner.token.node])
    if ('process' in owner) return this.#board.graph.events ?? []
    const node = this.#board.graph.nodes[this.#board.state.scopes![owner.scope]!.node]
    return node?.kind === 'scope' ? (node.events ?? []) : []
  }
}

/** The boundary events of an activity, or what an event waits for. */
export function handlersOn(node: Node | undefined): Handler[] {
  return node !== undefined && 'on' in node ? (node.on ?? []) : []
}

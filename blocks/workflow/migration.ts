// Carries an instance over to another version of its process: where each token goes, and why one cannot.
import { type Graph, type Node, toTarget, waysOut } from './graph.ts'
import type { Scope, State, Token, Undo } from './state.ts'

/** Old node → new node, where they are not called the same. */
export type NodeMap = Record<string, string>

export interface Carried {
  state: State
  /** Tokens, with where they stand afterwards. */
  moves: { from: string; to: string }[]
  /** Why it cannot be carried over; then the state is not to be used. */
  problems: { node: string; what: string; mend: string }[]
}

/** Names in the map that the versions do not have. */
export function checkMap(from: Graph, to: Graph, map: NodeMap): Carried['problems'] {
  return Object.entries(map).flatMap(([old, next]) => [
    ...(old in from.nodes
      ? []
      : [{ node: old, what: 'is no node of the old version', mend: 'take it out of the map' }]),
    ...(next in to.nodes ? [] : [{ node: next, what: 'is no node of the new version', mend: 'name one that is' }]),
  ])
}

/** Pure. What was asked of other blocks keeps its key; what is new to be waited for is armed afterwards. */
export function carryOver(state: State, from: Graph, to: Graph, map: NodeMap): Carried {
  const problems: Carried['problems'] = []
  const moves: Carried['moves'] = []
  const [oldNests, newNests] = [nestsOf(from), nestsOf(to)]
  const nameOf = (node: string) => map[node] ?? node

  const carry = (token: Token): Token => {
    const name = nameOf(token.node)
    const what = whyNot(token, name)
    if (what !== undefined) problems.push({ node: token.node, ...what })
    moves.push({ from: token.node, to: name })
    const { armed, ...rest } = token
    const known = handlersOf(to.nodes[name])
    return {
      ...rest,
      node: name,
      ...(name === token.node || token.was !== undefined ? {} : { was: `${token.node}:${token.visit}` }),
      ...(armed === undefined ? {} : { armed: only(armed, known) }),
      ...(token.undo === undefined ? {} : { undo: token.undo.map(carryUndo) }),
    }
  }

  const whyNot = (token: Token, name: string): { what: string; mend: string } | undefined => {
    const [old, next] = [from.nodes[token.node], to.nodes[name]]
    if (next === undefined)
      return { what: 'is not in the new version', mend: 'map it to a node that is, or move the token' }
    if (old !== undefined && token.stuck === undefined && old.kind !== next.kind)
      return { what: `is a ${old.kind}, '${name}' a ${next.kind}`, mend: 'map it to a node of the same kind' }
    if (old?.kind === 'step' && next.kind === 'step' && old.step !== next.step && token.stuck === undefined)
      return { what: `asked for ${old.step}, '${name}' asks for ${next.step}`, mend: 'wait until it is done' }
    const outer = oldNests.get(token.node) ?? ''
    const wanted = outer === '' ? '' : nameOf(outer)
    if ((newNests.get(name) ?? '') !== wanted)
      return { what: 'stands in another sub-process there', mend: 'map it to a node of the same sub-process' }
    return undefined
  }

  const carryUndo = (undo: Undo): Undo => {
    const node = nameOf(undo.node)
    const handler = nameOf(undo.handler)
    if (!(handler in to.nodes))
      problems.push({ node: undo.node, what: 'can no longer be taken back', mend: 'keep its compensation' })
    return { ...undo, node, handler, ...(undo.under === undefined ? {} : { under: undo.under.map(nameOf) }) }
  }

  const carryScope = (scope: Scope): Scope => {
    const node = to.nodes[nameOf(scope.node)]
    const { armed, ...rest } = scope
    const events = node?.kind === 'scope' ? (node.events ?? []).map(({ id }) => id) : []
    return { ...rest, node: nameOf(scope.node), ...(armed === undefined ? {} : { armed: only(armed, events) }) }
  }

  const arrived = Object.fromEntries(
    Object.entries(state.arrived).map(([key, count]) => {
      const bar = key.lastIndexOf('|')
      const { id, flow } = toTarget(key.slice(bar + 1))
      const name = nameOf(id)
      const node = to.nodes[name]
      const isThere =
        (node?.kind === 'join' || node?.kind === 'merge') && (flow === '' || (node.flows ?? []).includes(flow))
      if (!isThere) problems.push({ node: id, what: 'collects tokens no longer by this way', mend: 'keep the gateway' })
      return [`${key.slice(0, bar + 1)}${flow === '' ? name : `${name}@${flow}`}`, count]
    }),
  )
  const visits = { ...state.visits }
  for (const [old, next] of Object.entries(map)) visits[next] = Math.max(visits[next] ?? 0, visits[old] ?? 0)
  const { scopes, armed, undo, ...rest } = state
  const next: State = {
    ...rest,
    arrived,
    visits,
    tokens: state.tokens.map(carry),
    ...(scopes === undefined
      ? {}
      : { scopes: Object.fromEntries(Object.entries(scopes).map(([id, scope]) => [id, carryScope(scope)])) }),
    ...(armed === undefined
      ? {}
      : {
          armed: only(
            armed,
            (to.events ?? []).map(({ id }) => id),
          ),
        }),
    ...(undo === undefined ? {} : { undo: undo.map(carryUndo) }),
  }
  return { state: next, moves, problems }
}

/** Events that a state has armed, by the visit that they are meant by. */
export function armedOf(state: State): { node: string; visit: number }[] {
  return [state, ...state.tokens, ...Object.values(state.scopes ?? {})].flatMap(({ armed }) =>
    Object.entries(armed ?? {}).map(([node, visit]) => ({ node, visit })),
  )
}

/** The sub-process in which each node lies; '' is the process itself. */
export function nestsOf(graph: Graph): Map<string, string> {
  const nests = new Map<string, string>()
  const ahead: [next: string, nest: string][] = [
    [graph.start, ''],
    ...(graph.events ?? []).map(({ next }): [string, string] => [next, '']),
    ...Object.values(graph.starts ?? {}).map(({ next }): [string, string] => [next, '']),
  ]
  for (let at = ahead.pop(); at !== undefined; at = ahead.pop()) {
    const { id } = toTarget(at[0])
    const node = graph.nodes[id]
    if (node === undefined || nests.has(id)) continue
    const nest = at[1]
    nests.set(id, nest)
    ahead.push(...waysOut(node).map((way): [string, string] => [way, nest]))
    if ('undo' in node && node.undo !== undefined) ahead.push([node.undo, `undo of ${id}`])
    if (node.kind !== 'scope') continue
    ahead.push([node.start, id], ...(node.events ?? []).map(({ next }): [string, string] => [next, id]))
  }
  return nests
}

function handlersOf(node: Node | undefined): string[] {
  return node !== undefined && 'on' in node ? (node.on ?? []).map(({ id }) => id) : []
}

function only(armed: Record<string, number>, known: string[]): Record<string, number> {
  return Object.fromEntries(Object.entries(armed).filter(([id]) => known.includes(id)))
}

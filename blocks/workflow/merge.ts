// When an inclusive gateway goes on: no token that has not arrived can still come by a way that is empty. BPMN 2.0.2, 13.4.3.
import { type Graph, type Node, toTarget, waysOut } from './graph.ts'

/** From which nodes each sequence flow into the gateway can be reached without passing the gateway. */
type Reach = Map<string, Set<string>>

const reaches = new WeakMap<Graph, Map<string, Reach>>()

/** `at`: where tokens stand, in the scope of the gateway, those that wait at other joins too. */
export function mayGoOn(graph: Graph, merge: string, filled: Set<string>, at: Iterable<string>): boolean {
  const reach = reachOf(graph, merge)
  for (const node of at) {
    const open = [...reach].filter(([, from]) => from.has(node)).map(([flow]) => flow)
    if (open.some((flow) => !filled.has(flow)) && !open.some((flow) => filled.has(flow))) return false
  }
  return filled.size > 0
}

function reachOf(graph: Graph, merge: string): Reach {
  const known = reaches.get(graph) ?? new Map<string, Reach>()
  reaches.set(graph, known)
  const reach = known.get(merge) ?? compute(graph, merge)
  known.set(merge, reach)
  return reach
}

function compute(graph: Graph, merge: string): Reach {
  const node = graph.nodes[merge] as Extract<Node, { kind: 'merge' }>
  const comesFrom = new Map<string, string[]>()
  const entrances = new Map<string, string[]>(node.flows.map((flow) => [flow, []]))
  for (const [id, from] of Object.entries(graph.nodes))
    for (const way of waysOut(from)) {
      const target = toTarget(way)
      if (target.id === merge) entrances.get(target.flow)?.push(id)
      else comesFrom.set(target.id, [...(comesFrom.get(target.id) ?? []), id])
    }
  const reach: Reach = new Map()
  for (const [flow, first] of entrances) {
    const seen = new Set<string>()
    const ahead = first.filter((id) => id !== merge)
    for (let id = ahead.pop(); id !== undefined; id = ahead.pop()) {
      if (seen.has(id)) continue
      seen.add(id)
      ahead.push(...(comesFrom.get(id) ?? []).filter((before) => before !== merge))
    }
    reach.set(flow, seen)
  }
  return reach
}

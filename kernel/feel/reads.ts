// Which facts an expression may read, as paths.
import type { Surroundings } from './compile.ts'
import { shapeAt } from './shape.ts'
import { type Binding, childrenOf, type Node } from './syntax.ts'
import { factPath } from './tree.ts'

interface Bound {
  names: readonly string[]
  outer: Bound | null
}

function isBound(name: string, bound: Bound | null): boolean {
  for (let at = bound; at; at = at.outer) if (at.names.includes(name)) return true
  return false
}

/** Paths of facts, the longest that is written: `fine.amount`. Sorted, each once. */
export function readsOf(nodes: Node[], around: Surroundings): string[] {
  const paths = new Set<string>()
  const isFunction = (name: string) =>
    around.functions.has(name) && !around.facts.has(name) && shapeAt(around.shape, name) === undefined

  const visitBindings = (bindings: Binding[], bound: Bound | null): Bound | null => {
    let inner = bound
    for (const { name, list, to } of bindings) {
      visit(list, inner)
      if (to) visit(to, inner)
      inner = { names: [name], outer: inner }
    }
    return inner
  }

  const visit = (node: Node, bound: Bound | null): void => {
    const path = node.kind === 'name' || node.kind === 'path' ? factPath(node) : undefined
    if (path) {
      if (!isBound(path[0]!, bound) && !(path.length === 1 && isFunction(path[0]!))) paths.add(path.join('.'))
      return
    }
    switch (node.kind) {
      case 'call': {
        const { callee } = node
        const isBuiltIn = callee.kind === 'name' && around.functions.has(callee.name)
        for (const child of childrenOf(node)) if (!isBuiltIn || child !== callee) visit(child, bound)
        return
      }
      case 'filter':
        visit(node.source, bound)
        visit(node.test, { names: ['item'], outer: bound })
        return
      case 'for':
        visit(node.body, visitBindings(node.bindings, { names: ['partial'], outer: bound }))
        return
      case 'some':
      case 'every':
        visit(node.body, visitBindings(node.bindings, bound))
        return
      case 'function':
        visit(node.body, { names: node.parameters.map(({ name }) => name), outer: bound })
        return
      case 'context': {
        let inner = bound
        for (const { name, value } of node.entries) {
          visit(value, inner)
          inner = { names: [name], outer: inner }
        }
        return
      }
      default:
        for (const child of childrenOf(node)) visit(child, bound)
    }
  }

  for (const node of nodes) visit(node, null)
  return [...paths].sort()
}

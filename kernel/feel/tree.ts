// What can be told from a syntax tree alone.
import { childrenOf, type Node } from './syntax.ts'

/** The names of `a.b.c` from the fact on, or undefined for any other path. */
export function factPath(node: Node): string[] | undefined {
  if (node.kind === 'name') return [node.name]
  const source = node.kind === 'path' ? factPath(node.source) : undefined
  return source && node.kind === 'path' ? [...source, node.name] : undefined
}

export const literalNull: Node = { kind: 'literal', value: null, from: 0, to: 0, height: 1 }

const constants = new Set<Node['kind']>(['literal', 'negate', 'list', 'range', 'call'])

export function isConstant(node: Node): boolean {
  return constants.has(node.kind) && childrenOf(node).every(isConstant)
}

export const isNumeric = (node: Node): boolean =>
  node.kind === 'negate' ? isNumeric(node.operand) : node.kind === 'literal' && typeof node.value === 'number'

const conditions = new Set<Node['kind']>(['compare', 'and', 'or', 'between', 'in', 'some', 'every', 'instance'])

/** Whether an expression is true or false by its form, as `a > 5` is. */
export const isCondition = ({ kind }: Node): boolean => conditions.has(kind)

/** Whether an expression asks about the tested value, as `? > 5` does. A test inside it has a `?` of its own. */
export function mentionsInput(node: Node): boolean {
  if (node.kind === 'input') return true
  if (node.kind === 'in') return mentionsInput(node.value)
  return childrenOf(node).some(mentionsInput)
}

export function mentions(node: Node, name: string): boolean {
  return (node.kind === 'name' && node.name === name) || childrenOf(node).some((child) => mentions(child, name))
}

export function onlyIndexed(node: Node, name: string): boolean {
  if (node.kind === 'name') return node.name !== name
  if (node.kind === 'filter' && node.source.kind === 'name' && isNumeric(node.test)) return true
  return childrenOf(node).every((child) => onlyIndexed(child, name))
}

// The syntax tree of an expression, and the error that points into its text.
import type { FeelValue } from './values.ts'

/** Where a node stands in the source: offsets, the end not included. */
export interface Span {
  from: number
  to: number
}

export type CompareOperator = '=' | '!=' | '<' | '<=' | '>' | '>='
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '**'

export interface Binding {
  name: string
  list: Node
  /** The other end of `1..n`. */
  to?: Node
}

export interface FormalParameter {
  name: string
  type?: TypeNode
}

export type TypeNode =
  | { kind: 'named'; name: string }
  | { kind: 'list'; of?: TypeNode }
  | { kind: 'range'; of?: TypeNode }
  | { kind: 'context'; entries?: { name: string; type: TypeNode }[] }
  | { kind: 'function'; parameters?: TypeNode[]; returns?: TypeNode }

export type Node = Span & { height: number } & (
    | { kind: 'literal'; value: FeelValue; problem?: string }
    | { kind: 'name'; name: string }
    | { kind: 'input' }
    | { kind: 'path'; source: Node; name: string; nameFrom: number }
    | { kind: 'filter'; source: Node; test: Node }
    | { kind: 'call'; callee: Node; positional: Node[]; named?: { name: string; value: Node }[] }
    | { kind: 'negate'; operand: Node }
    | { kind: 'arithmetic'; operator: ArithmeticOperator; left: Node; right: Node }
    | { kind: 'compare'; operator: CompareOperator; left: Node; right: Node }
    | { kind: 'and' | 'or'; operands: Node[] }
    | { kind: 'between'; value: Node; low: Node; high: Node }
    | { kind: 'in'; value: Node; tests: Node[] }
    | { kind: 'test'; operator: CompareOperator; endpoint: Node }
    | { kind: 'range'; start: Node; startIncluded: boolean; end: Node; endIncluded: boolean }
    | { kind: 'list'; items: Node[] }
    | { kind: 'context'; entries: { name: string; value: Node }[] }
    | { kind: 'function'; parameters: FormalParameter[]; body: Node; external: boolean }
    | { kind: 'if'; condition: Node; then: Node; otherwise: Node }
    | { kind: 'for'; bindings: Binding[]; body: Node }
    | { kind: 'some' | 'every'; bindings: Binding[]; body: Node }
    | { kind: 'instance'; value: Node; type: TypeNode }
  )

export type NodeOf<Kind extends Node['kind']> = Extract<Node, { kind: Kind }>

/** Unary tests of a decision table's cell: any of the tests, or none of them. */
export interface UnaryTests {
  any: boolean
  negated: boolean
  tests: Node[]
}

/** The source is not FEEL. `at` and `to` are offsets into it; line and column, from 1, are those of `at`. */
export class FeelError extends Error {
  override name = 'FeelError'
  readonly at: number
  readonly to: number
  readonly line: number
  readonly column: number

  constructor(message: string, source: string, at: number, to = at) {
    super(message)
    this.at = at
    this.to = Math.max(at, to)
    const before = source.slice(0, at)
    this.line = before.split('\n').length
    this.column = at - before.lastIndexOf('\n')
  }
}

/** The nodes directly under a node. */
export function childrenOf(node: Node): Node[] {
  switch (node.kind) {
    case 'literal':
    case 'name':
    case 'input':
      return []
    case 'path':
      return [node.source]
    case 'filter':
      return [node.source, node.test]
    case 'call':
      return [node.callee, ...node.positional, ...(node.named ?? []).map(({ value }) => value)]
    case 'negate':
      return [node.operand]
    case 'arithmetic':
    case 'compare':
      return [node.left, node.right]
    case 'and':
    case 'or':
      return node.operands
    case 'between':
      return [node.value, node.low, node.high]
    case 'in':
      return [node.value, ...node.tests]
    case 'test':
      return [node.endpoint]
    case 'range':
      return [node.start, node.end]
    case 'list':
      return node.items
    case 'context':
      return node.entries.map(({ value }) => value)
    case 'function':
      return [node.body]
    case 'if':
      return [node.condition, node.then, node.otherwise]
    case 'for':
    case 'some':
    case 'every':
      return [...node.bindings.flatMap(({ list, to }) => (to ? [list, to] : [list])), node.body]
    case 'instance':
      return [node.value]
  }
}

/** How many nodes a tree has: what one evaluation of it costs at most, loops and calls aside. */
export function sizeOf(node: Node): number {
  return childrenOf(node).reduce((sum, child) => sum + sizeOf(child), 1)
}

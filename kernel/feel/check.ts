// Checks an expression against the shape of the facts before it ever runs: names, fields, choices, types that never meet.
import { nearest } from '../language/index.ts'
import type { CompiledFeel, CompiledUnaryTests } from './feel.ts'
import { format } from './format.ts'
import { builtIns } from './functions/index.ts'
import { isChoice, isContextShape, isListShape, type Shape, shapeAt, type TypeName } from './shape.ts'
import { childrenOf, type Node, type NodeOf, type Span } from './syntax.ts'
import { factPath } from './tree.ts'
import { type FeelValue, kindOf } from './values.ts'

export interface FeelProblem {
  code: 'unknown-name' | 'unknown-function' | 'unknown-choice' | 'type-mismatch' | 'never-a-value'
  message: string
  /** The name that was probably meant. */
  suggestion?: string
  at: number
  to: number
}

/**
 * What is wrong with an expression or test, given the facts it will meet; for a test also the shape of its input.
 * What the shape does not know (`any`, or left out) is never called wrong.
 */
export function checkNames(
  compiled: CompiledFeel | CompiledUnaryTests,
  facts: Shape,
  inputShape?: Shape,
): FeelProblem[] {
  const checker = new Checker(facts)
  for (const { message, from, to } of compiled.remarks) {
    checker.problems.push({ code: 'never-a-value', message, at: from, to })
  }
  for (const node of compiled.nodes) checker.test(node, { kind: 'name', name: '?', shape: inputShape, parent: null })
  return checker.problems.sort((a, b) => a.at - b.at)
}

/** The shape of what an expression gives, as far as it can be told. */
export function shapeOf(compiled: CompiledFeel, facts: Shape): Shape | undefined {
  return new Checker(facts).shape(compiled.nodes[0]!, null)
}

interface Scope {
  kind: 'name' | 'item'
  name: string
  shape: Shape | undefined
  parent: Scope | null
}

const described: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  boolean: 'yes or no',
  date: 'a date',
  time: 'a time',
  'date and time': 'a date and time',
  'days and time duration': 'a duration in days',
  'years and months duration': 'a duration in months',
  function: 'a function',
  list: 'a list',
  context: 'a group of facts',
}

const dateFields = { year: 'number', month: 'number', day: 'number', weekday: 'number' } as const
const timeFields = {
  hour: 'number',
  minute: 'number',
  second: 'number',
  'time offset': 'days and time duration',
  timezone: 'string',
} as const
const fieldsOfType: Partial<Record<TypeName, { readonly [name: string]: Shape }>> = {
  date: dateFields,
  time: timeFields,
  'date and time': { ...dateFields, ...timeFields },
  'years and months duration': { years: 'number', months: 'number' },
  'days and time duration': { days: 'number', hours: 'number', minutes: 'number', seconds: 'number' },
}

const results = new Map<string, Shape>([
  ...giving(
    'boolean',
    'not, contains, starts with, ends with, matches, list contains, all, any, odd, even, is, before, after, meets, met by, ' +
      'overlaps, overlaps before, overlaps after, finishes, finished by, includes, during, starts, started by, coincides',
  ),
  ...giving(
    'number',
    'number, string length, count, mean, median, stddev, product, decimal, floor, ceiling, round up, round down, ' +
      'round half up, round half down, modulo, sqrt, log, exp, day of year, week of year',
  ),
  ...giving(
    'string',
    'string, substring, upper case, lower case, substring before, substring after, replace, string join, day of week, ' +
      'month of year',
  ),
  ...giving('date', 'date, today'),
  ...giving('time', 'time'),
  ...giving('date and time', 'date and time, now'),
  ...giving('years and months duration', 'years and months duration'),
  ...giving(['string'], 'split'),
])

function giving(shape: Shape, names: string): [string, Shape][] {
  return names.split(', ').map((name) => [name, shape])
}

class Checker {
  readonly problems: FeelProblem[] = []
  private readonly facts: Shape

  constructor(facts: Shape) {
    this.facts = facts
  }

  private report(code: FeelProblem['code'], span: Span, message: string, suggestion?: string): undefined {
    const hint = suggestion === undefined ? '' : `; did you mean ${suggestion}?`
    this.problems.push({ code, message: message + hint, suggestion, at: span.from, to: span.to })
    return undefined
  }

  /** A test of a cell: what it gives is compared with the input. */
  test(node: Node, input: Scope): void {
    const shape = this.shape(node, input)
    if (node.kind === 'literal') this.compared(input.shape, shape, node, 'The input')
    if (node.kind === 'list')
      for (const item of node.items) this.compared(input.shape, literalShape(item), item, 'The input')
    if (node.kind === 'range') this.compared(input.shape, this.quiet(node.start, input), node, 'The input')
    if (node.kind === 'test') this.compared(input.shape, this.quiet(node.endpoint, input), node.endpoint, 'The input')
  }

  // The shape of a node that has been checked already.
  private quiet(node: Node, scope: Scope | null): Shape | undefined {
    return new Checker(this.facts).shape(node, scope)
  }

  shape(node: Node, scope: Scope | null): Shape | undefined {
    switch (node.kind) {
      case 'literal':
        return literalShape(node)
      case 'name':
        return this.name(node, scope)
      case 'input':
        return find(scope, '?')?.shape
      case 'path':
        return this.field(node, this.shape(node.source, scope))
      case 'filter':
        return this.filter(node, scope)
      case 'call':
        return this.call(node, scope)
      case 'negate':
        return this.shape(node.operand, scope)
      case 'arithmetic':
        return this.arithmetic(node, scope)
      case 'compare': {
        const left = this.shape(node.left, scope)
        const right = this.shape(node.right, scope)
        this.compared(left, right, node.right, nameOf(node.left))
        this.compared(right, left, node.left, nameOf(node.right), true)
        return 'boolean'
      }
      case 'and':
      case 'or':
        for (const operand of node.operands) this.condition(operand, scope)
        return 'boolean'
      case 'in': {
        const input: Scope = { kind: 'name', name: '?', shape: this.shape(node.value, scope), parent: scope }
        for (const test of node.tests) this.test(test, input)
        return 'boolean'
      }
      case 'list':
        return listOf(node.items.map((item) => this.shape(item, scope)))
      case 'context':
        return this.context(node, scope)
      case 'if': {
        this.condition(node.condition, scope)
        return common(this.shape(node.then, scope), this.shape(node.otherwise, scope))
      }
      case 'for': {
        const body = this.shape(node.body, this.loops(node, scope))
        return body === undefined ? undefined : [body]
      }
      case 'some':
      case 'every':
        this.condition(node.body, this.loops(node, scope))
        return 'boolean'
      case 'function': {
        let inner = scope
        for (const { name } of node.parameters) inner = { kind: 'name', name, shape: undefined, parent: inner }
        this.shape(node.body, inner)
        return 'function'
      }
      case 'between':
      case 'instance':
        for (const child of childrenOf(node)) this.shape(child, scope)
        return 'boolean'
      default:
        for (const child of childrenOf(node)) this.shape(child, scope)
        return undefined
    }
  }

  private name(node: NodeOf<'name'>, scope: Scope | null): Shape | undefined {
    for (let at = scope; at; at = at.parent) {
      if (at.kind === 'name' && at.name === node.name) return at.shape
      if (at.kind === 'item') {
        if (node.name === 'item') return at.shape
        if (!isContextShape(at.shape)) {
          if (at.shape === undefined || at.shape === 'any') return undefined
        } else if (Object.hasOwn(at.shape, node.name)) return at.shape[node.name]
      }
    }
    if (!isContextShape(this.facts)) return undefined
    if (Object.hasOwn(this.facts, node.name)) return this.facts[node.name]
    if (builtIns.has(node.name)) return 'function'
    return this.report(
      'unknown-name',
      node,
      `There is no fact ${node.name} here`,
      nearest(node.name, this.namesIn(scope)),
    )
  }

  private namesIn(scope: Scope | null): string[] {
    const names: string[] = []
    for (let at = scope; at; at = at.parent) {
      if (at.kind === 'name' && at.name !== '?') names.push(at.name)
      else if (isContextShape(at.shape)) names.push(...Object.keys(at.shape))
    }
    return isContextShape(this.facts) ? [...names, ...Object.keys(this.facts)] : names
  }

  private field(node: NodeOf<'path'>, source: Shape | undefined): Shape | undefined {
    if (source === undefined || source === 'any') return undefined
    if (isListShape(source)) {
      const item = this.field(node, source[0])
      return item === undefined ? undefined : [item]
    }
    const fields = typeof source === 'string' ? fieldsOfType[source] : isContextShape(source) ? source : undefined
    const span = { from: node.nameFrom, to: node.to }
    if (!fields) {
      return this.report(
        'unknown-name',
        span,
        `${nameOf(node.source)} is ${describe(source)}; nothing stands behind it`,
      )
    }
    if (Object.hasOwn(fields, node.name)) return fields[node.name]
    return this.report(
      'unknown-name',
      span,
      `${nameOf(node.source)} has no ${node.name}`,
      nearest(node.name, Object.keys(fields)),
    )
  }

  private filter(node: NodeOf<'filter'>, scope: Scope | null): Shape | undefined {
    const source = this.shape(node.source, scope)
    const item = isListShape(source) ? source[0] : source
    const test = this.shape(node.test, { kind: 'item', name: 'item', shape: item, parent: scope })
    if (test === 'number') return item
    return isListShape(source) || source === undefined ? source : [source]
  }

  private call(node: NodeOf<'call'>, scope: Scope | null): Shape | undefined {
    const { callee } = node
    const shapes = [...node.positional, ...(node.named ?? []).map(({ value }) => value)].map((argument) =>
      this.shape(argument, scope),
    )
    if (callee.kind !== 'name') {
      this.shape(callee, scope)
      return undefined
    }
    const fact = isContextShape(this.facts) ? shapeAt(this.facts, callee.name) : 'any'
    if (find(scope, callee.name) || fact === 'function' || fact === 'any') return undefined
    if (callee.name === 'today' || callee.name === 'now' || callee.name === 'range') return results.get(callee.name)
    if (!builtIns.has(callee.name)) {
      const suggestion = nearest(callee.name, builtIns.keys())
      return this.report('unknown-function', callee, `There is no function ${callee.name}`, suggestion)
    }
    if (/^(?:sum|min|max|abs)$/.test(callee.name)) return isListShape(shapes[0]) ? shapes[0][0] : shapes[0]
    return results.get(callee.name)
  }

  private arithmetic(node: NodeOf<'arithmetic'>, scope: Scope | null): Shape | undefined {
    const left = this.shape(node.left, scope)
    const right = this.shape(node.right, scope)
    const [a, b] = [kindOfShape(left), kindOfShape(right)]
    if (a !== undefined && b === undefined && node.operator === '+' && /^date|^time/.test(a)) return left
    if (a === undefined || b === undefined) return undefined

    const isTemporal = (kind: string) => kind !== 'string' && kind !== 'number'
    const mixed = a !== b && !(isTemporal(a) && isTemporal(b)) && !(/duration/.test(a + b) && /number/.test(a + b))
    const impossible =
      a === 'boolean' || b === 'boolean' || (node.operator !== '+' && (a === 'string' || b === 'string'))
    if (mixed || impossible) {
      const message = `${describe(left)} ${node.operator} ${describe(right)} has no value`
      return this.report('type-mismatch', node, message)
    }
    if (a === b && (a === 'number' || a === 'string')) return a
    if (node.operator === '-' && !/duration/.test(b)) return 'days and time duration'
    return /duration/.test(a) ? (/duration/.test(b) || b === 'number' ? (a as Shape) : (b as Shape)) : (a as Shape)
  }

  private context(node: NodeOf<'context'>, scope: Scope | null): Shape {
    const shapes: Record<string, Shape> = {}
    let inner = scope
    for (const { name, value } of node.entries) {
      const shape = this.shape(value, inner)
      Object.defineProperty(shapes, name, { value: shape ?? 'any', enumerable: true, configurable: true })
      inner = { kind: 'name', name, shape, parent: inner }
    }
    return shapes
  }

  private loops(node: NodeOf<'for' | 'some' | 'every'>, scope: Scope | null): Scope | null {
    let inner: Scope | null =
      node.kind === 'for' ? { kind: 'name', name: 'partial', shape: undefined, parent: scope } : scope
    for (const { name, list, to } of node.bindings) {
      const source = this.shape(list, inner)
      if (to) this.shape(to, inner)
      inner = { kind: 'name', name, shape: isListShape(source) ? source[0] : source, parent: inner }
    }
    return inner
  }

  private condition(node: Node, scope: Scope | null): void {
    const kind = kindOfShape(this.shape(node, scope))
    if (kind !== undefined && kind !== 'boolean') {
      this.report('type-mismatch', node, `${nameOf(node)} is ${described[kind]}, not a condition that is true or false`)
    }
  }

  // Two things that are compared: are they of one kind, and is a text one of those that can be chosen?
  private compared(a: Shape | undefined, b: Shape | undefined, other: Node, name: string, choiceOnly = false): void {
    const { kind } = other
    if (isChoice(a) && kind === 'literal' && typeof other.value === 'string' && !a.includes(other.value, 1)) {
      const options = a.slice(1)
      const message = `${name} is never ${format(other.value, true)}; it is one of ${options.join(', ')}`
      this.report('unknown-choice', other, message, nearest(other.value, options))
      return
    }
    const [left, right] = [kindOfShape(a), kindOfShape(b)]
    if (choiceOnly || left === undefined || right === undefined || left === right) return
    if (/^date/.test(left) && /^date/.test(right)) return
    this.report('type-mismatch', other, `${name} is ${described[left]}, never comparable with ${described[right]}`)
  }
}

function find(scope: Scope | null, name: string): Scope | undefined {
  for (let at = scope; at; at = at.parent) if (at.kind === 'name' && at.name === name) return at
  return undefined
}

function nameOf(node: Node): string {
  const path = factPath(node)
  if (path) return path.join('.')
  return node.kind === 'input' ? 'The input' : 'This'
}

function literalShape(node: Node): Shape | undefined {
  if (node.kind !== 'literal' || node.value === null) return undefined
  const kind = kindOf(node.value as FeelValue)
  return kind in described && kind !== 'list' && kind !== 'context' ? (kind as Shape) : undefined
}

// The kind of a shape's values, where it is known: what may be compared with what.
function kindOfShape(shape: Shape | undefined): string | undefined {
  if (shape === undefined || shape === 'any') return undefined
  if (isChoice(shape)) return 'string'
  if (isListShape(shape)) return 'list'
  return typeof shape === 'string' ? shape : 'context'
}

function describe(shape: Shape | undefined): string {
  return described[kindOfShape(shape) ?? ''] ?? 'a value'
}

function common(a: Shape | undefined, b: Shape | undefined): Shape | undefined {
  return a !== undefined && kindOfShape(a) === kindOfShape(b) ? (isChoice(a) || isChoice(b) ? 'string' : a) : undefined
}

function listOf(shapes: (Shape | undefined)[]): Shape | undefined {
  const [first, ...others] = shapes
  const shape = others.reduce(common, first)
  return shape === undefined ? undefined : [shape]
}

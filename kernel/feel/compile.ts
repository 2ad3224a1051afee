// Turns a syntax tree into closures, once: running an expression then walks no tree and looks up no keyword.
import { negateValue, operations } from './arithmetic.ts'
import { allocate, deeper, type Limits, spend, within } from './budget.ts'
import { compare } from './compare.ts'
import { type Binder, type Code, Frame, frameUp, valueUp } from './frame.ts'
import { call, signatureFor, signatureNaming } from './functions/define.ts'
import { toFeel } from './json.ts'
import { compareWithLiteral, judges, judgeWithConstant, matches, rangeOfTest, rangeTest } from './judge.ts'
import { count, type Loop, walk, withPartial } from './loops.ts'
import { toInteger } from './number.ts'
import { propertyOf } from './properties.ts'
import { type Shape, shapeAt } from './shape.ts'
import {
  type Binding,
  FeelError,
  type Node,
  type NodeOf,
  type Span,
  sizeOf,
  type TypeNode,
  type UnaryTests,
} from './syntax.ts'
import { FeelDate, startOfDay } from './temporal.ts'
import {
  factPath,
  isCondition,
  isConstant,
  isNumeric,
  literalNull,
  mentions,
  mentionsInput,
  onlyIndexed,
} from './tree.ts'
import { type TypeTest, typeTest } from './types.ts'
import {
  entryOf,
  FeelFunction,
  type FeelList,
  FeelRange,
  type FeelValue,
  isContext,
  newContext,
  setEntry,
} from './values.ts'

export interface Surroundings {
  functions: ReadonlyMap<string, FeelFunction>
  /** Names that mean a fact although a function is called so. */
  facts: ReadonlySet<string>
  /** Facts are JSON of this shape, to be turned into FEEL as they are read. */
  shape?: Shape
  types: Record<string, TypeTest>
  limits: Limits
}

export interface Remark extends Span {
  message: string
}

const input = '?'
const inputBinder: Binder = { kind: 'name', name: input, parent: null }

const nothing: Code = () => null

// What is not worked out by then is left for the evaluation.
const foldingLimits: Limits = { steps: 20_000, memory: 20_000, depth: 50 }

export class Compiler {
  private readonly around: Surroundings
  private readonly source: string
  /** What can be seen to fail whatever the facts are. */
  readonly remarks: Remark[] = []

  constructor(around: Surroundings, source: string) {
    this.around = around
    this.source = source
  }

  compile(node: Node, scope: Binder | null): Code {
    switch (node.kind) {
      case 'literal': {
        const { value, problem } = node
        if (problem) this.remark(node, problem)
        return () => value
      }
      case 'name':
        return this.name(node.name, scope)
      case 'input':
        return this.local(input, scope) ?? this.name(input, scope)
      case 'path':
        return this.path(node, scope)
      case 'filter':
        return this.filter(node, scope)
      case 'call':
        return this.call(node, scope)
      case 'negate': {
        const operand = this.compile(node.operand, scope)
        if (node.operand.kind !== 'literal') return (frame) => negateValue(operand(frame))
        const value = negateValue(node.operand.value)
        return () => value
      }
      case 'arithmetic': {
        const operate = operations[node.operator]
        const left = this.compile(node.left, scope)
        const right = this.compile(node.right, scope)
        return (frame) => operate(left(frame), right(frame))
      }
      case 'compare':
        return this.comparison(node, scope)
      case 'and':
        return this.logic(node.operands, false, scope)
      case 'or':
        return this.logic(node.operands, true, scope)
      case 'between': {
        const value = this.compile(node.value, scope)
        const low = this.compile(node.low, scope)
        const high = this.compile(node.high, scope)
        return (frame) => {
          const middle = value(frame)
          const fromLow = compare(middle, low(frame))
          const toHigh = compare(middle, high(frame))
          return fromLow === null || toHigh === null ? null : fromLow >= 0 && toHigh <= 0
        }
      }
      case 'in':
        return this.membership(node, scope)
      case 'test':
        return this.testAsRange(node, scope)
      case 'range':
        return this.range(node, scope)
      case 'list': {
        const items = node.items.map((item) => this.compile(item, scope))
        return (frame) => {
          allocate(items.length)
          return items.map((item) => item(frame))
        }
      }
      case 'context':
        return this.context(node, scope)
      case 'function':
        return this.definition(node, scope)
      case 'if': {
        const condition = this.compile(node.condition, scope)
        const then = this.compile(node.then, scope)
        const otherwise = this.compile(node.otherwise, scope)
        return (frame) => (condition(frame) === true ? then(frame) : otherwise(frame))
      }
      case 'for':
        return this.iteration(node, scope)
      case 'some':
        return this.quantified(node, scope, true)
      case 'every':
        return this.quantified(node, scope, false)
      case 'instance': {
        const value = this.compile(node.value, scope)
        const test = typeTest(node.type, this.around.types)
        if (!test) this.remark(node, 'The type is not known')
        return test ? (frame) => test(value(frame)) : nothing
      }
    }
  }

  private remark({ from, to }: Node, message: string): void {
    this.remarks.push({ message, from, to })
  }

  // Names

  private local(name: string, scope: Binder | null): Code | undefined {
    let up = 0
    for (let binder = scope; binder; binder = binder.parent, up++) {
      if (binder.kind === 'name' && binder.name === name) return valueUp(up)
    }
    return undefined
  }

  private isLocal(name: string, scope: Binder | null): boolean {
    for (let binder = scope; binder; binder = binder.parent) {
      if (binder.kind === 'item' || binder.name === name) return true
    }
    return false
  }

  /** Innermost first: a binding of that name, an entry of an item that is being filtered, a fact, a function. */
  private name(name: string, scope: Binder | null): Code {
    let up = 0
    for (let binder = scope; binder; binder = binder.parent, up++) {
      if (binder.kind === 'name') {
        if (binder.name === name) return valueUp(up)
        continue
      }
      const item = valueUp(up)
      if (name === 'item') {
        return (frame) => {
          const value = item(frame)
          return (isContext(value) ? entryOf(value, name) : undefined) ?? value
        }
      }
      const outside = this.name(name, binder.parent)
      const steps = up + 1
      return (frame) => {
        const value = item(frame)
        const entry = isContext(value) ? entryOf(value, name) : undefined
        return entry !== undefined ? entry : outside(frameUp(frame, steps))
      }
    }
    return this.fact(name)
  }

  private fact(name: string): Code {
    const builtIn = this.around.functions.get(name) ?? null
    const { shape } = this.around
    if (shape === undefined) {
      return ({ facts }) => (Object.hasOwn(facts, name) ? ((facts[name] as FeelValue | undefined) ?? null) : builtIn)
    }
    const type = shapeAt(shape, name)
    return ({ facts }) => (Object.hasOwn(facts, name) ? toFeel(facts[name], type) : builtIn)
  }

  private path(node: NodeOf<'path'>, scope: Binder | null): Code {
    if (this.around.shape !== undefined) {
      const names = factPath(node)
      if (names && !this.isLocal(names[0]!, scope)) return this.factPath(names)
    }
    const source = this.compile(node.source, scope)
    const { name } = node
    return (frame) => propertyOf(source(frame), name)
  }

  // Reads down JSON facts as far as they are plain objects, so that only what is read is turned into FEEL.
  private factPath(names: string[]): Code {
    const shapes: (Shape | undefined)[] = []
    let shape = this.around.shape
    for (const name of names) {
      shape = shapeAt(shape, name)
      shapes.push(shape)
    }
    const last = names.length - 1
    return ({ facts }) => {
      let value: unknown = facts
      for (let i = 0; i <= last; i++) {
        if (!isPlainObject(value)) return names.slice(i).reduce(propertyOf, toFeel(value, shapes[i - 1]))
        const name = names[i]!
        value = Object.hasOwn(value, name) ? value[name] : null
      }
      return toFeel(value, shapes[last])
    }
  }

  // Operators

  private comparison(node: NodeOf<'compare'>, scope: Binder | null): Code {
    const left = this.compile(node.left, scope)
    if (node.right.kind === 'literal') return compareWithLiteral(left, node.operator, node.right.value)
    const right = this.compile(node.right, scope)
    const judge = judges[node.operator]
    return (frame) => judge(left(frame), right(frame))
  }

  // Kleene's logic: the deciding value decides, else anything that is no boolean makes the whole null.
  private logic(nodes: Node[], deciding: boolean, scope: Binder | null): Code {
    const operands = nodes.map((node) => this.compile(node, scope))
    return (frame) => {
      let known = true
      for (let i = 0; i < operands.length; i++) {
        const value = operands[i]!(frame)
        if (value === deciding) return deciding
        if (value !== !deciding) known = false
      }
      return known ? !deciding : null
    }
  }

  private testAsRange(node: NodeOf<'test'>, scope: Binder | null): Code {
    const endpoint = this.compile(node.endpoint, scope)
    const { operator } = node
    return (frame) => rangeOfTest(operator, endpoint(frame))
  }

  private range(node: NodeOf<'range'>, scope: Binder | null): Code {
    const start = this.compile(node.start, scope)
    const end = this.compile(node.end, scope)
    const { startIncluded, endIncluded } = node
    const make = (low: FeelValue, high: FeelValue): FeelValue => {
      if (low !== null && high !== null && compare(low, high) === null) return null
      return new FeelRange(low, startIncluded, high, endIncluded)
    }
    if (!isConstant(node)) return (frame) => make(start(frame), end(frame))
    const value = make(start(noFrame), end(noFrame))
    return () => value
  }

  // Tests

  private membership(node: NodeOf<'in'>, scope: Binder | null): Code {
    const value = this.compile(node.value, scope)
    const inner: Binder = { kind: 'name', name: input, parent: scope }
    const tests = node.tests.map((test) => this.test(test, inner))
    return (frame) => {
      const tested = value(frame)
      const within = new Frame(frame.facts, tested, frame)
      let result: boolean | null = false
      for (const test of tests) {
        const passed = test(tested, within)
        if (passed === true) return true
        if (passed === null) result = null
      }
      return result
    }
  }

  /** A test of a cell: `frame` holds the input as its value. */
  test(node: Node, scope: Binder | null): (value: FeelValue, frame: Frame) => boolean | null {
    if (node.kind === 'test') {
      const endpoint = this.compile(node.endpoint, scope)
      const judge = judges[node.operator]
      if (node.endpoint.kind !== 'literal') return (value, frame) => judge(value, endpoint(frame))
      const test = compareWithLiteral((frame) => frame.value, node.operator, node.endpoint.value)
      return (_, frame) => test(frame) as boolean | null
    }
    const code = this.compile(node, scope)
    if (node.kind === 'literal') {
      const wanted = node.value
      if (typeof wanted === 'string' || typeof wanted === 'number') {
        return (value) => value === wanted || matches(value, wanted)
      }
    }
    const asks = mentionsInput(node)
    const isTest = asks || isCondition(node)
    return (value, frame) => {
      const wanted = code(frame)
      // A condition that does not name the input is met by being true (DMN 1.5, 7.3.12), as long as the input is no boolean itself.
      if (isTest && typeof wanted === 'boolean' && (asks || typeof value !== 'boolean')) return wanted
      return matches(value, wanted)
    }
  }

  /** Tests that compare the input with constants, and ask for nothing else: most cells. Undefined for all others. */
  plainTests({ any, negated, tests }: UnaryTests): ((value: FeelValue) => boolean) | undefined {
    if (any) return () => true
    const plain = tests.map((test) => this.plainTest(test))
    if (!plain.every((one) => one !== undefined)) return undefined
    const [first] = plain
    if (plain.length === 1) return negated ? (value) => first!(value) !== true : (value) => first!(value) === true
    return (value) => plain.some((one) => one(value) === true) !== negated
  }

  private plainTest(node: Node): ((value: FeelValue) => boolean | null) | undefined {
    if (node.kind === 'test') {
      if (!isConstant(node.endpoint)) return undefined
      return judgeWithConstant(node.operator, this.compile(node.endpoint, null)(noFrame))
    }
    if (!isConstant(node)) return undefined
    const wanted = this.compile(node, null)(noFrame)
    if (wanted instanceof FeelRange) return rangeTest(wanted)
    if (typeof wanted === 'string' || typeof wanted === 'boolean')
      return (value) => value === wanted || matches(value, wanted)
    return (value) => matches(value, wanted)
  }

  unaryTests({ any, negated, tests }: UnaryTests): (frame: Frame) => boolean {
    const codes = tests.map((test) => this.test(test, inputBinder))
    if (any) return () => true
    return (frame) => {
      for (const code of codes) if (code(frame.value, frame) === true) return !negated
      return negated
    }
  }

  // Collections

  private filter(node: NodeOf<'filter'>, scope: Binder | null): Code {
    const source = this.compile(node.source, scope)
    const test = this.compile(node.test, { kind: 'item', name: 'item', parent: scope })
    const cost = sizeOf(node.test)
    if (isNumeric(node.test)) {
      return (frame) => {
        const value = source(frame)
        return itemAt(value, test(new Frame(frame.facts, null, frame)))
      }
    }
    return (frame) => {
      const value = source(frame)
      const list = Array.isArray(value) ? value : value === null ? [] : [value]
      if (!list.length) {
        const position = toInteger(test(new Frame(frame.facts, null, frame)))
        return position === null ? [] : null
      }
      const kept: FeelList = []
      for (let i = 0; i < list.length; i++) {
        spend(cost)
        const passed = test(new Frame(frame.facts, list[i]!, frame))
        if (passed === true) kept.push(list[i]!)
        else if (i === 0 && typeof passed !== 'boolean' && toInteger(passed) !== null) return itemAt(list, passed)
      }
      allocate(kept.length)
      return kept
    }
  }

  private context(node: NodeOf<'context'>, scope: Binder | null): Code {
    const names = node.entries.map(({ name }) => name)
    if (new Set(names).size !== names.length) {
      this.remark(node, 'The context has two entries of one name')
      return nothing
    }
    let inner = scope
    const entries = node.entries.map(({ name, value }) => {
      const own: Binder = { kind: 'name', name, parent: inner }
      // A function knows itself by the name of its entry, unless that name means something outside already.
      const knowsItself = value.kind === 'function' && !this.hides(name, inner)
      const code = this.compile(value, knowsItself ? own : inner)
      inner = own
      return { name, code, knowsItself }
    })
    return (frame) => {
      const context = newContext()
      let outer = frame
      for (const { name, code, knowsItself } of entries) {
        const own = new Frame(frame.facts, null, outer)
        own.value = code(knowsItself ? own : outer)
        setEntry(context, name, own.value)
        outer = own
      }
      return context
    }
  }

  private definition(node: NodeOf<'function'>, scope: Binder | null): Code {
    if (node.external) {
      this.remark(node, 'External functions are not run')
      return nothing
    }
    let inner = scope
    const tests: (TypeTest | undefined)[] = []
    for (const { name, type } of node.parameters) {
      inner = { kind: 'name', name, parent: inner }
      tests.push(type && (typeTest(type, this.around.types) ?? (() => false)))
    }
    const body = this.compile(node.body, inner)
    const cost = sizeOf(node.body) + 2
    const signatures = [node.parameters.map(({ name }) => ({ name }))]

    return (frame) =>
      new FeelFunction('', signatures, (values) => {
        spend(cost)
        let within = frame
        for (let i = 0; i < tests.length; i++) {
          const value = conform(values[i] ?? null, tests[i], node.parameters[i]!.type)
          if (value === undefined) return null
          within = new Frame(frame.facts, value, within)
        }
        return deeper(() => body(within))
      })
  }

  private call(node: NodeOf<'call'>, scope: Binder | null): Code {
    const { callee, named } = node
    const positional = node.positional.map((argument) => this.compile(argument, scope))
    const byName = named?.map(({ name, value }) => ({ name, value: this.compile(value, scope) }))

    const builtIn = callee.kind === 'name' ? this.around.functions.get(callee.name) : undefined
    const hidden = callee.kind === 'name' && this.hides(callee.name, scope)
    if (builtIn && !hidden)
      return this.fold(
        node,
        builtIn,
        byName ? callByName(() => builtIn, byName) : this.callBuiltIn(node, builtIn, positional),
      )

    this.refuseClock(node, scope)
    const value = this.compile(callee, scope)
    // A fact that is no function ("count") does not hide the function of that name.
    const target: Code = builtIn ? (frame) => functionOr(value(frame), builtIn) : value
    if (byName) return callByName(target, byName)
    return (frame) => {
      const found = target(frame)
      if (!(found instanceof FeelFunction)) return null
      spend(1)
      return call(
        found,
        positional.map((argument) => argument(frame)),
      )
    }
  }

  // Legal time comes in with the facts, so that a decision can be replayed; machine time never does.
  private refuseClock({ callee, from, to }: NodeOf<'call'>, scope: Binder | null): void {
    if (callee.kind !== 'name' || (callee.name !== 'today' && callee.name !== 'now') || this.hides(callee.name, scope))
      return
    throw new FeelError(`There is no clock here: use the fact today instead of ${callee.name}()`, this.source, from, to)
  }

  // Whether a name may mean something else than the function of that name.
  private hides(name: string, scope: Binder | null): boolean {
    for (let binder = scope; binder; binder = binder.parent)
      if (binder.kind === 'name' && binder.name === name) return true
    return this.around.facts.has(name) || shapeAt(this.around.shape, name) === 'function'
  }

  private callBuiltIn(node: Node, builtIn: FeelFunction, positional: Code[]): Code {
    const signature = signatureFor(builtIn, positional.length)
    if (signature < 0) {
      this.remark(node, `${builtIn.name} takes ${describe(builtIn)}, not ${positional.length}`)
      return nothing
    }
    const [first, second] = positional
    if (positional.length === 1) {
      return (frame) => {
        spend(1)
        return builtIn.apply([first!(frame)], signature)
      }
    }
    if (positional.length === 2) {
      return (frame) => {
        spend(1)
        return builtIn.apply([first!(frame), second!(frame)], signature)
      }
    }
    return (frame) => {
      spend(1)
      return builtIn.apply(
        positional.map((argument) => argument(frame)),
        signature,
      )
    }
  }

  // A function of constants is a constant: date("2026-01-01") is read once.
  private fold(node: NodeOf<'call'>, builtIn: FeelFunction, code: Code): Code {
    const { name } = builtIn
    if (name === 'now' || name === 'today' || !isConstant({ ...node, callee: literalNull })) return code
    let value: FeelValue
    try {
      value = within(foldingLimits, code, noFrame, undefined)
    } catch {
      return code
    }
    const converts = /^(?:date|time|date and time|duration|number|range)$/.test(name)
    if (value === null && converts && node.positional.some((one) => one.kind === 'literal' && one.value !== null)) {
      this.remark(node, `This is no ${name}`)
    }
    return () => value
  }

  // Loops

  private iteration(node: NodeOf<'for'>, scope: Binder | null): Code {
    const usesPartial = mentions(node.body, 'partial')
    const start: Binder | null = usesPartial ? { kind: 'name', name: 'partial', parent: scope } : scope
    const { loops, inner } = this.loops(node.bindings, start)
    const body = this.compile(node.body, inner)
    const cost = sizeOf(node.body)
    // `partial[-1]` looks into the list as it grows; any other use gets a copy of its own.
    const shares = !usesPartial || onlyIndexed(node.body, 'partial')

    return (frame) => {
      const results: FeelList = []
      const visit = (at: Frame, depth: number): boolean => {
        if (depth === loops.length) {
          spend(cost)
          allocate(1)
          const value = shares ? body(at) : body(withPartial(at, loops.length, results))
          results.push(value)
          return true
        }
        return loops[depth]!(at, (value) => visit(new Frame(at.facts, value, at), depth + 1))
      }
      return visit(usesPartial ? new Frame(frame.facts, results, frame) : frame, 0) ? results : null
    }
  }

  private quantified(node: NodeOf<'some' | 'every'>, scope: Binder | null, deciding: boolean): Code {
    const { loops, inner } = this.loops(node.bindings, scope)
    const body = this.compile(node.body, inner)
    const cost = sizeOf(node.body)
    return (frame) => {
      let decided = false
      let known = true
      const visit = (at: Frame, depth: number): boolean => {
        if (depth < loops.length) {
          return loops[depth]!(at, (value) => visit(new Frame(at.facts, value, at), depth + 1))
        }
        spend(cost)
        const value = body(at)
        if (value === deciding) decided = true
        else if (value !== !deciding) known = false
        return !decided
      }
      const complete = visit(frame, 0)
      if (decided) return deciding
      return complete && known ? !deciding : null
    }
  }

  private loops(bindings: Binding[], scope: Binder | null): { loops: Loop[]; inner: Binder | null } {
    const loops: Loop[] = []
    let inner = scope
    for (const { name, list, to } of bindings) {
      const from = this.compile(list, inner)
      const end = to && this.compile(to, inner)
      loops.push(
        end ? (frame, visit) => count(from(frame), end(frame), visit) : (frame, visit) => walk(from(frame), visit),
      )
      inner = { kind: 'name', name, parent: inner }
    }
    return { loops, inner }
  }
}

const noFrame = new Frame({}, null, null)

const isPlainObject = (value: unknown): value is Record<string, unknown> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

function itemAt(value: FeelValue, position: FeelValue): FeelValue {
  const list = Array.isArray(value) ? value : value === null ? [] : [value]
  const at = toInteger(position)
  if (at === null || at === 0) return null
  return list[at > 0 ? at - 1 : list.length + at] ?? null
}

// A value for a typed parameter, implicitly converted (DMN 1.5, 10.3.2.9.4); undefined where it does not fit.
function conform(value: FeelValue, test: TypeTest | undefined, type: TypeNode | undefined): FeelValue | undefined {
  if (!test || value === null || test(value)) return value
  if (value instanceof FeelDate && type?.kind === 'named' && type.name === 'date and time') return startOfDay(value)
  if (Array.isArray(value)) return value.length === 1 && test(value[0]!) ? value[0]! : undefined
  return test([value]) ? [value] : undefined
}

const functionOr = (value: FeelValue, builtIn: FeelFunction): FeelFunction =>
  value instanceof FeelFunction ? value : builtIn

function callByName(target: Code, named: { name: string; value: Code }[]): Code {
  const names = named.map(({ name }) => name)
  return (frame) => {
    const found = target(frame)
    if (!(found instanceof FeelFunction)) return null
    spend(1)
    const signature = signatureNaming(found, names)
    if (signature < 0) return null
    const values = named.map(({ value }) => value(frame))
    return found.apply(
      found.signatures[signature]!.map(({ name }) => values[names.indexOf(name)]),
      signature,
    )
  }
}

function describe({ signatures }: FeelFunction): string {
  return signatures
    .map((list) => `(${list.map(({ name, optional }) => (optional ? `${name}?` : name)).join(', ')})`)
    .join(' or ')
}

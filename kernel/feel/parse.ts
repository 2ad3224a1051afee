// Reads FEEL source into a syntax tree by recursive descent; the scope of names grows as declarations are met.
import { isNamePart, KnownNames, reserved } from './names.ts'
import { parseNumber } from './number.ts'
import {
  type ArithmeticOperator,
  type Binding,
  type CompareOperator,
  childrenOf,
  FeelError,
  type FormalParameter,
  type Node,
  type Span,
  type TypeNode,
  type UnaryTests,
} from './syntax.ts'
import { parseDate, parseDateTime, parseDuration, parseTime } from './temporal.ts'
import { type Token, tokenize } from './tokens.ts'
import type { FeelValue } from './values.ts'

export interface ParseOptions {
  /** Names in scope that are not plain identifiers, and names of fields. */
  names?: Iterable<string>
  /** Further names of fields. */
  fields?: Iterable<string>
  /** Names of types that the caller knows. */
  types?: Iterable<string>
  /** Built-in functions by name. */
  functions: ReadonlyMap<string, unknown>
}

const longestSource = 50_000
const deepestNesting = 200
const highestTree = 1000

export function parseExpression(source: string, options: ParseOptions): Node {
  const parser = new Parser(source, options)
  const node = parser.expression()
  parser.expectEnd()
  return node
}

export function parseUnaryTests(source: string, options: ParseOptions): UnaryTests {
  const parser = new Parser(source, options)
  const tests = parser.unaryTests()
  parser.expectEnd()
  return tests
}

const namesOfFunctions = new WeakMap<object, KnownNames>()

// The names of the built-in functions are the same for every expression.
function namesOf(functions: ReadonlyMap<string, unknown>): KnownNames {
  const known = namesOfFunctions.get(functions) ?? new KnownNames(functions.keys())
  namesOfFunctions.set(functions, known)
  return known
}

const compareOperators = new Set(['=', '!=', '<', '<=', '>', '>='])
const specialTypes = ['date and time', 'days and time duration', 'years and months duration']
const special = new KnownNames(specialTypes)

type WithoutSpan<T> = T extends Node ? Omit<T, 'from' | 'to' | 'height'> : never

class Parser {
  private readonly source: string
  private readonly tokens: Token[]
  private readonly scope: KnownNames
  private readonly fields: KnownNames
  private readonly types: KnownNames
  private at = 0
  private depth = 0
  private filters = 0

  constructor(source: string, options: ParseOptions) {
    if (source.length > longestSource) {
      throw new FeelError(`An expression may have at most ${longestSource} characters`, source, 0, source.length)
    }
    this.source = source
    this.tokens = tokenize(source)
    this.scope = new KnownNames([], namesOf(options.functions))
    this.fields = new KnownNames(options.names)
    for (const name of options.names ?? []) this.scope.declare(name)
    for (const name of options.fields ?? []) this.fields.declare(name)
    this.types = new KnownNames(options.types, special)
  }

  // Tokens

  private get token(): Token {
    return this.tokens[this.at]!
  }

  private peek(ahead = 1): Token | undefined {
    return this.tokens[this.at + ahead]
  }

  private is(text: string): boolean {
    const { kind, text: own } = this.token
    return own === text && (kind === 'symbol' || kind === 'word')
  }

  private accept(text: string): boolean {
    if (!this.is(text)) return false
    this.at++
    return true
  }

  private expect(text: string, what: string): void {
    if (!this.accept(text)) throw this.unexpected(`${text} ${what}`)
  }

  private atEnd(): boolean {
    return this.token.kind === 'end'
  }

  expectEnd(): void {
    if (!this.atEnd()) throw this.unexpected('the end, or an operator such as and, or, =, +')
  }

  private unexpected(wanted: string): FeelError {
    const { kind, from, to } = this.token
    if (kind === 'end') return new FeelError(`The expression ends where ${wanted} should follow`, this.source, from, to)
    return new FeelError(`Expected ${wanted}, not ${this.source.slice(from, to)}`, this.source, from, to)
  }

  private node(from: number, parts: WithoutSpan<Node>): Node {
    const to = this.tokens[Math.max(0, this.at - 1)]!.to
    const node = { ...parts, from, to, height: 1 } as Node
    for (const child of childrenOf(node)) node.height = Math.max(node.height, child.height + 1)
    if (node.height > highestTree) throw this.tooDeep({ from, to })
    return node
  }

  private tooDeep({ from, to }: Span): FeelError {
    return new FeelError('The expression is nested too deeply', this.source, from, to)
  }

  // Unary tests

  unaryTests(): UnaryTests {
    if (this.atEnd()) throw this.unexpected('a test, or - for anything')
    if (this.is('-') && this.peek()?.kind === 'end') {
      this.at++
      return { any: true, negated: false, tests: [] }
    }
    if (this.is('not') && this.peek()?.text === '(') {
      const start = this.at
      this.at += 2
      const tests = this.tests()
      if (this.accept(')') && this.atEnd()) return { any: false, negated: true, tests }
      this.at = start
    }
    return { any: false, negated: false, tests: this.tests() }
  }

  private tests(): Node[] {
    const tests = [this.expression()]
    while (this.accept(',')) tests.push(this.expression())
    return tests
  }

  // Expressions, from the loosest binding to the tightest

  expression(): Node {
    if (++this.depth > deepestNesting) throw this.tooDeep(this.token)
    const node = this.disjunction()
    this.depth--
    return node
  }

  private disjunction(): Node {
    const from = this.token.from
    const operands = [this.conjunction()]
    while (this.accept('or')) operands.push(this.conjunction())
    return operands.length === 1 ? operands[0]! : this.node(from, { kind: 'or', operands })
  }

  private conjunction(): Node {
    const from = this.token.from
    const operands = [this.comparison()]
    while (this.accept('and')) operands.push(this.comparison())
    return operands.length === 1 ? operands[0]! : this.node(from, { kind: 'and', operands })
  }

  private comparison(): Node {
    const from = this.token.from
    let left = this.sum()
    for (;;) {
      const operator = this.compareOperator()
      if (operator) {
        left = this.node(from, { kind: 'compare', operator, left, right: this.sum() })
      } else if (this.accept('between')) {
        const low = this.sum()
        this.expect('and', 'between the two ends')
        left = this.node(from, { kind: 'between', value: left, low, high: this.sum() })
      } else if (this.accept('in')) {
        const tests = this.testsOfIn()
        left = this.node(from, { kind: 'in', value: left, tests })
      } else return left
    }
  }

  private compareOperator(): CompareOperator | undefined {
    const { kind, text } = this.token
    if (kind !== 'symbol' || !compareOperators.has(text)) return undefined
    this.at++
    return text as CompareOperator
  }

  // `x in (1, > 5)` lists tests; `x in (1..5)` and `x in (a) + b` only begin with a parenthesis.
  private testsOfIn(): Node[] {
    const from = this.token.from
    if (!this.accept('(')) return [this.sum()]

    const first = this.expression()
    if (!this.is(',')) return [this.sum(this.closeParenthesis(from, first))]
    const tests = [first]
    while (this.accept(',')) tests.push(this.expression())
    this.expect(')', 'after the tests')
    return tests
  }

  private sum(first?: Node): Node {
    const from = first?.from ?? this.token.from
    let left = this.product(first)
    while (this.is('+') || this.is('-')) {
      const operator = this.operator()
      left = this.node(from, { kind: 'arithmetic', operator, left, right: this.product() })
    }
    return left
  }

  private product(first?: Node): Node {
    const from = first?.from ?? this.token.from
    let left = this.powers(first)
    while (this.is('*') || this.is('/')) {
      const operator = this.operator()
      left = this.node(from, { kind: 'arithmetic', operator, left, right: this.powers() })
    }
    return left
  }

  private powers(first?: Node): Node {
    const from = first?.from ?? this.token.from
    let left = first ? this.postfix(from, first) : this.unary()
    while (this.is('**')) {
      const operator = this.operator()
      left = this.node(from, { kind: 'arithmetic', operator, left, right: this.unary() })
    }
    return left
  }

  private operator(): ArithmeticOperator {
    return this.tokens[this.at++]!.text as ArithmeticOperator
  }

  private unary(): Node {
    const from = this.token.from
    if (!this.accept('-')) return this.postfix(from, this.primary())

    if (++this.depth > deepestNesting) throw this.tooDeep(this.token)
    const operand = this.unary()
    this.depth--
    return this.node(from, { kind: 'negate', operand })
  }

  private postfix(from: number, first: Node): Node {
    let node = first
    for (;;) {
      if (this.accept('.')) {
        const nameFrom = this.token.from
        node = this.node(from, { kind: 'path', source: node, name: this.fieldName(), nameFrom })
      } else if (this.is('[') && !this.closesInterval()) {
        this.at++
        this.filters++
        const test = this.expression()
        this.filters--
        this.expect(']', 'after the filter')
        node = this.node(from, { kind: 'filter', source: node, test })
      } else if (this.is('(')) {
        node = this.call(from, node)
      } else if (this.is('instance') && this.peek()?.text === 'of') {
        this.at += 2
        const type = this.type()
        node = this.node(from, { kind: 'instance', value: node, type })
      } else return node
    }
  }

  // In `[1..10[` the second bracket closes; a filter would go on with something that begins an expression.
  private closesInterval(): boolean {
    const next = this.peek()
    if (!next || next.kind === 'end') return true
    if (next.kind === 'word')
      return reserved.has(next.text) && !/^(?:if|for|some|every|function|null|true|false)$/.test(next.text)
    return next.kind === 'symbol' && !['(', '[', '{', '-', ']'].includes(next.text) && !compareOperators.has(next.text)
  }

  private call(from: number, callee: Node): Node {
    this.expect('(', 'before the arguments')
    if (this.accept(')')) return this.node(from, { kind: 'call', callee, positional: [] })

    if (this.namedArgument()) {
      const named: { name: string; value: Node }[] = []
      do {
        const name = this.nameUntil(':')
        named.push({ name, value: this.expression() })
      } while (this.accept(','))
      this.expect(')', 'after the arguments')
      return this.node(from, { kind: 'call', callee, positional: [], named })
    }
    const positional = [this.expression()]
    while (this.accept(',')) positional.push(this.expression())
    this.expect(')', 'after the arguments')
    return this.node(from, { kind: 'call', callee, positional })
  }

  private namedArgument(): boolean {
    let ahead = 0
    while (this.peek(ahead)?.kind === 'word' || (ahead > 0 && isNamePart(this.peek(ahead)))) ahead++
    return ahead > 0 && this.peek(ahead)?.text === ':' && this.peek(ahead)?.kind === 'symbol'
  }

  // What begins with a token of its own

  private primary(): Node {
    const { kind, text, from } = this.token
    switch (kind) {
      case 'number':
        this.at++
        return this.literal(from, parseNumber(text))
      case 'string':
        this.at++
        return this.literal(from, text)
      case 'at':
        this.at++
        return this.atLiteral(from, text)
      case 'word':
        return this.word(from)
      case 'symbol':
        return this.symbol(from)
      default:
        throw this.unexpected('a value')
    }
  }

  private literal(from: number, value: FeelValue, problem?: string): Node {
    return this.node(from, { kind: 'literal', value, problem })
  }

  private atLiteral(from: number, text: string): Node {
    const value =
      parseDate(text) ?? (text.includes('T') ? parseDateTime(text) : null) ?? parseTime(text) ?? parseDuration(text)
    return this.literal(from, value, value === null ? `@"${text}" is no date, time or duration` : undefined)
  }

  private symbol(from: number): Node {
    const operator = this.compareOperator()
    if (operator) return this.node(from, { kind: 'test', operator, endpoint: this.sum() })
    if (this.is('(')) return this.parenthesis(from)
    if (this.is('[')) return this.bracket(from)
    if (this.accept(']')) {
      const start = this.expression()
      this.expect('..', 'in the range')
      return this.interval(from, start, false)
    }
    if (this.accept('{')) return this.context(from)
    throw this.unexpected('a value')
  }

  private parenthesis(from: number): Node {
    this.at++
    return this.closeParenthesis(from, this.expression())
  }

  private closeParenthesis(from: number, inner: Node): Node {
    if (this.accept('..')) return this.interval(from, inner, false)
    this.expect(')', 'to close the parenthesis')
    return inner
  }

  private bracket(from: number): Node {
    this.at++
    if (this.accept(']')) return this.node(from, { kind: 'list', items: [] })
    const items = [this.expression()]
    if (this.accept('..')) return this.interval(from, items[0]!, true)
    while (this.accept(',')) items.push(this.expression())
    this.expect(']', 'after the list')
    return this.node(from, { kind: 'list', items })
  }

  private interval(from: number, start: Node, startIncluded: boolean): Node {
    const end = this.expression()
    const endIncluded = this.is(']')
    if (!endIncluded && !this.is(')') && !this.is('[')) throw this.unexpected('] or ) after the range')
    this.at++
    return this.node(from, { kind: 'range', start, startIncluded, end, endIncluded })
  }

  private context(from: number): Node {
    const mark = this.scope.enter()
    const entries: { name: string; value: Node }[] = []
    if (!this.accept('}')) {
      do {
        const name = this.entryName()
        const value = this.expression()
        entries.push({ name, value })
        this.scope.declare(name)
        this.fields.declare(name)
      } while (this.accept(','))
      this.expect('}', 'after the context')
    }
    this.scope.leave(mark)
    return this.node(from, { kind: 'context', entries })
  }

  private entryName(): string {
    if (this.token.kind !== 'string') return this.nameUntil(':')
    const { text } = this.token
    this.at++
    this.expect(':', 'after the name')
    return text
  }

  // Words: keywords first, unless a longer name that is known begins there

  private word(from: number): Node {
    const known = this.knownName()
    if (known !== undefined) return this.node(from, { kind: 'name', name: known })

    const { text } = this.token
    switch (text) {
      case '?':
        this.at++
        return this.node(from, { kind: 'input' })
      case 'null':
        this.at++
        return this.literal(from, null)
      case 'true':
      case 'false':
        this.at++
        return this.literal(from, text === 'true')
      case 'if':
        return this.conditional(from)
      case 'for':
        return this.iteration(from)
      case 'some':
      case 'every':
        return this.quantified(from, text)
      case 'function':
        return this.definition(from)
    }
    if (reserved.has(text)) throw this.unexpected('a value')
    return this.node(from, { kind: 'name', name: this.plainName() })
  }

  private knownName(): string | undefined {
    const inScope = this.scope.match(this.tokens, this.at)
    const field = this.filters > 0 ? this.fields.match(this.tokens, this.at) : undefined
    const known = field && field.tokens.length > (inScope?.tokens.length ?? 0) ? field : inScope
    if (!known) return undefined
    // "date and time" is a function only where it is called; else it is two names and an "and".
    const called = this.peek(known.tokens.length)?.text === '('
    if (!called && specialTypes.some((name) => name === known.name)) return undefined
    this.at += known.tokens.length
    return known.name
  }

  private fieldName(): string {
    const known = this.fields.match(this.tokens, this.at)
    if (known) {
      this.at += known.tokens.length
      return known.name
    }
    if (this.token.kind !== 'word') throw this.unexpected('a name')
    return this.plainName()
  }

  // Words in a row that are no keywords are one name: "time offset".
  private plainName(): string {
    const words = [this.token.text]
    this.at++
    while (this.token.kind === 'word' && !reserved.has(this.token.text) && this.token.text !== '?') {
      words.push(this.token.text)
      this.at++
    }
    return words.join(' ')
  }

  // A name as it is declared: everything up to a sign or keyword, with single spaces.
  private nameUntil(end: string): string {
    const from = this.token.from
    let to = from
    for (; isNamePart(this.token) && !this.is(end); this.at++) to = this.token.to
    if (to === from) throw this.unexpected('a name')
    this.expect(end, 'after the name')
    return this.source.slice(from, to).replace(/\s+/g, ' ')
  }

  private conditional(from: number): Node {
    this.at++
    const condition = this.expression()
    this.expect('then', 'after the condition')
    const then = this.expression()
    this.expect('else', 'and what holds otherwise')
    const otherwise = this.expression()
    return this.node(from, { kind: 'if', condition, then, otherwise })
  }

  private iteration(from: number): Node {
    const mark = this.scope.enter()
    const bindings = this.bindings()
    this.expect('return', 'after the lists')
    const body = this.expression()
    this.scope.leave(mark)
    return this.node(from, { kind: 'for', bindings, body })
  }

  private quantified(from: number, kind: 'some' | 'every'): Node {
    const mark = this.scope.enter()
    const bindings = this.bindings()
    this.expect('satisfies', 'after the lists')
    const body = this.expression()
    this.scope.leave(mark)
    return this.node(from, { kind, bindings, body })
  }

  private bindings(): Binding[] {
    this.at++
    const bindings: Binding[] = []
    do {
      const name = this.nameUntil('in')
      const list = this.expression()
      bindings.push(this.accept('..') ? { name, list, to: this.expression() } : { name, list })
      this.scope.declare(name)
    } while (this.accept(','))
    return bindings
  }

  private definition(from: number): Node {
    this.at++
    this.expect('(', 'before the parameters')
    const mark = this.scope.enter()
    const parameters: FormalParameter[] = []
    if (!this.accept(')')) {
      do {
        parameters.push(this.parameter())
      } while (this.accept(','))
      this.expect(')', 'after the parameters')
    }
    const external = this.accept('external')
    const body = this.expression()
    this.scope.leave(mark)
    return this.node(from, { kind: 'function', parameters, body, external })
  }

  private parameter(): FormalParameter {
    const from = this.token.from
    let to = from
    for (; isNamePart(this.token); this.at++) to = this.token.to
    if (to === from) throw this.unexpected('the name of a parameter')
    const name = this.source.slice(from, to).replace(/\s+/g, ' ')
    this.scope.declare(name)
    return this.accept(':') ? { name, type: this.type() } : { name }
  }

  // Types

  private type(): TypeNode {
    if (++this.depth > deepestNesting) throw this.tooDeep(this.token)
    const type = this.typeAtDepth()
    this.depth--
    return type
  }

  private typeAtDepth(): TypeNode {
    const known = this.types.match(this.tokens, this.at)
    if (known) {
      this.at += known.tokens.length
      return { kind: 'named', name: known.name }
    }
    if (this.token.kind !== 'word') throw this.unexpected('a type')

    const generic = this.peek()?.text === '<'
    if ((this.is('list') || this.is('range')) && generic) {
      const kind = this.token.text as 'list' | 'range'
      this.at += 2
      const of = this.type()
      this.expect('>', 'after the type')
      return { kind, of }
    }
    if (this.is('context') && generic) return this.contextType()
    if (this.is('function') && generic) return this.functionType()

    let name = this.plainTypeName()
    while (this.accept('.')) name += `.${this.plainTypeName()}`
    return name === 'list' || name === 'range' || name === 'context' || name === 'function'
      ? { kind: name }
      : { kind: 'named', name }
  }

  private plainTypeName(): string {
    if (this.token.kind !== 'word') throw this.unexpected('a type')
    return this.plainName()
  }

  private contextType(): TypeNode {
    this.at += 2
    const entries: { name: string; type: TypeNode }[] = []
    do {
      entries.push({ name: this.nameUntil(':'), type: this.type() })
    } while (this.accept(','))
    this.expect('>', 'after the type')
    return { kind: 'context', entries }
  }

  private functionType(): TypeNode {
    this.at += 2
    const parameters: TypeNode[] = []
    if (!this.accept('>')) {
      do {
        parameters.push(this.type())
      } while (this.accept(','))
      this.expect('>', 'after the types')
    }
    this.expect('->', 'and the type of the result')
    return { kind: 'function', parameters, returns: this.type() }
  }
}

// FEEL (DMN 1.5): an expression is read and compiled once, and evaluated as often as one likes.
import { defaultLimits, type Limits, within } from './budget.ts'
import { compare } from './compare.ts'
import { Compiler, type Remark, type Surroundings } from './compile.ts'
import { Frame } from './frame.ts'
import { define, on } from './functions/define.ts'
import { builtIns } from './functions/index.ts'
import { parseExpression, parseUnaryTests } from './parse.ts'
import { readsOf } from './reads.ts'
import type { Shape } from './shape.ts'
import type { Node } from './syntax.ts'
import { FeelDateTime, fromInstant, parseDate } from './temporal.ts'
import type { TypeTest } from './types.ts'
import { type FeelFunction, FeelRange, type FeelValue } from './values.ts'

export interface FeelOptions {
  /** Facts whose names are not plain identifiers ("Date of birth"), or hide a function ("count"). */
  names?: Iterable<string>
  /** Names of entries that are not plain identifiers ("Date of birth"): known behind a dot and in filters only. */
  fields?: Iterable<string>
  /** The facts are JSON of this shape: what is read of them is turned into FEEL, texts of dates into dates. */
  shape?: Shape
  /** Types that `instance of` and parameters may name. */
  types?: Record<string, TypeTest>
  limits?: Partial<Limits>
  /** What `now()` and `today()` say. Without it an expression that calls them does not compile. */
  clock?: { now(): Date; today(): string; zone: string }
}

interface CompiledParts {
  source: string
  /** Paths of facts that it may read: `fine.amount`. Names inside a filter may also be of the items filtered. */
  reads: string[]
  /** What can be seen to be wrong although it is FEEL: a date that is none, a function with too many arguments. */
  remarks: Remark[]
  /** The syntax trees, for those who check. */
  nodes: Node[]
}

export interface CompiledFeel extends CompiledParts {
  /** The value; null where FEEL has none. Throws FeelLimitExceeded, nothing else. */
  evaluate(scope: Record<string, unknown>): FeelValue
}

export interface CompiledUnaryTests extends CompiledParts {
  /** `not(…)`: passes where none of the tests does. */
  negated: boolean
  /** Whether the input passes. */
  test(input: FeelValue, scope: Record<string, unknown>): boolean
}

/** Compiles an expression; throws FeelError where it is not FEEL. */
export function compileFeel(source: string, options: FeelOptions = {}): CompiledFeel {
  const around = surroundingsOf(options)
  const node = parseExpression(source, parseOptions(options, around))
  const compiler = new Compiler(around, source)
  const code = compiler.compile(node, null)
  const run = (scope: Record<string, unknown>) => code(new Frame(scope, null, null))

  return {
    source,
    nodes: [node],
    reads: readsOf([node], around),
    remarks: compiler.remarks,
    evaluate: (scope) => within(around.limits, run, scope, undefined),
  }
}

/** Compiles the unary tests of a decision table's cell: `-`, `< 10`, `"a", "b"`, `not([1..5])`, `? > other`. */
export function compileUnaryTests(source: string, options: FeelOptions = {}): CompiledUnaryTests {
  const around = surroundingsOf(options)
  const tests = parseUnaryTests(source, parseOptions(options, around))
  const compiler = new Compiler(around, source)
  const code = compiler.unaryTests(tests)
  const plain = compiler.plainTests(tests)
  const run = (input: FeelValue, scope: Record<string, unknown>) => code(new Frame(scope, input, null))

  return {
    source,
    nodes: tests.tests,
    negated: tests.negated,
    reads: readsOf(tests.tests, around),
    remarks: compiler.remarks,
    test: plain ?? ((input, scope) => within(around.limits, run, input, scope)),
  }
}

function surroundingsOf({ names, shape, types, limits, clock }: FeelOptions): Surroundings {
  return {
    functions: clock ? new Map([...functions, ...clockFunctions(clock)]) : functions,
    facts: new Set(names),
    shape,
    types: types ?? {},
    limits: { ...defaultLimits, ...limits },
  }
}

function parseOptions({ names, fields, types }: FeelOptions, { functions }: Surroundings) {
  return { names, fields, types: Object.keys(types ?? {}), functions }
}

const functions: ReadonlyMap<string, FeelFunction> = new Map([
  ...builtIns,
  ...define({ range: on('from: string', rangeOfText) }).map((one): [string, FeelFunction] => [one.name, one]),
])

function clockFunctions(clock: NonNullable<FeelOptions['clock']>): [string, FeelFunction][] {
  const own = define({
    now: on('', () => fromInstant(clock.now(), clock.zone)),
    today: on('', () => parseDate(clock.today())),
  })
  return own.map((one) => [one.name, one])
}

/** range("[1..3]"): the text is a range of literals that runs forwards; nothing else is evaluated. */
function rangeOfText(text: string): FeelValue {
  let node: Node
  try {
    node = parseExpression(text, { functions })
  } catch {
    return null
  }
  if (node.kind !== 'range' || !isLiteral(node.start) || !isLiteral(node.end)) return null
  const range = compileFeel(text).evaluate({})
  if (!(range instanceof FeelRange) || range.start === null || range.end === null) return null
  const order = compare(range.start, range.end)
  return order !== null && order <= 0 && isDateTime(range.start) === isDateTime(range.end) ? range : null
}

const isDateTime = (value: FeelValue): boolean => value instanceof FeelDateTime

function isLiteral(node: Node): boolean {
  if (node.kind === 'negate') return isLiteral(node.operand)
  if (node.kind !== 'call') return node.kind === 'literal'
  const name = node.callee.kind === 'name' ? node.callee.name : ''
  return /^(?:date|time|date and time|duration)$/.test(name) && node.positional.every(({ kind }) => kind === 'literal')
}

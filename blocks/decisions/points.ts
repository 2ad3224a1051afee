// The values of an input between which a table's cells make a difference: one in each stretch that they all treat alike.
import {
  type CompiledUnaryTests,
  compare,
  compileFeel,
  compileUnaryTests,
  equal,
  FeelError,
  type FeelValue,
  kindOf,
  type Shape,
  shapeOf,
} from '@ashlar/kernel/feel'
import type { RuleTable } from './rule-table.ts'

/** One input: values that stand for all others, and what each row says of each. */
export interface Column {
  name: string
  points: FeelValue[]
  /** By row, then by point. */
  passes: Passes[][]
}

/** maybe: the cell asks for more than the input and constants, so that only a case can tell. */
export type Passes = 'yes' | 'no' | 'maybe'

export function columnsOf({ inputs, rows }: RuleTable, facts: Shape): Column[] {
  return Object.entries(inputs).map(([name, source]) => {
    const cells = rows.map((row) => (row.if[name] === undefined ? 'any' : readCell(row.if[name])))
    const points = pointsOf(source, cells, facts)
    const passes = cells.map((cell): Passes[] =>
      points.map((point) => {
        if (cell === 'any') return 'yes'
        if (cell === 'unknown') return 'maybe'
        return cell.tests.test(point, {}) ? 'yes' : 'no'
      }),
    )
    return { name, points, passes }
  })
}

interface Cell {
  tests: CompiledUnaryTests
  constants: FeelValue[]
}

// A cell of constants only: literals, lists, ranges and comparisons of them, and dates.
function readCell(source: string): Cell | 'any' | 'unknown' {
  let tests: CompiledUnaryTests
  try {
    tests = compileUnaryTests(source)
  } catch (error) {
    if (error instanceof FeelError) return 'unknown'
    throw error
  }
  if (tests.nodes.length === 0) return 'any'
  const constants: FeelValue[] = []
  return tests.nodes.every((node) => collect(node, source, constants)) ? { tests, constants } : 'unknown'
}

type Node = CompiledUnaryTests['nodes'][number]

function collect(node: Node, source: string, constants: FeelValue[]): boolean {
  switch (node.kind) {
    case 'test':
      return collect(node.endpoint, source, constants)
    case 'range':
      return collect(node.start, source, constants) && collect(node.end, source, constants)
    case 'list':
      return node.items.every((item) => collect(item, source, constants))
    case 'literal':
    case 'negate':
    case 'call': {
      const isDate =
        node.kind !== 'call' || (node.callee.kind === 'name' && /^(?:date|time|duration)/.test(node.callee.name))
      const expression = isDate ? compileFeel(source.slice(node.from, node.to)) : undefined
      if (!expression || expression.reads.length > 0) return false
      const value = expression.evaluate({})
      if (value !== null) constants.push(value)
      return true
    }
    default:
      return false
  }
}

function pointsOf(source: string, cells: (Cell | 'any' | 'unknown')[], facts: Shape): FeelValue[] {
  const constants = distinct(cells.flatMap((cell) => (typeof cell === 'string' ? [] : cell.constants)))
  const shape = shapeOfInput(source, facts)
  if (Array.isArray(shape) && shape[0] === 'one of') return shape.slice(1) as string[]

  const kinds = new Set(constants.map(kindOf))
  if (shape === 'boolean' || kinds.has('boolean')) return [true, false]
  if (kinds.size !== 1) return constants.length ? constants : [null]
  if (kinds.has('string')) return [...constants, anotherText(constants as string[])]
  return between(
    constants.sort((a, b) => compare(a, b) ?? 0),
    isWhole(source),
  )
}

function shapeOfInput(source: string, facts: Shape): Shape | undefined {
  try {
    return shapeOf(compileFeel(source), facts)
  } catch (error) {
    if (error instanceof FeelError) return undefined
    throw error
  }
}

const distinct = (values: FeelValue[]): FeelValue[] =>
  values.filter((value, n) => values.findIndex((other) => equal(other, value) === true) === n)

function anotherText(texts: string[]): string {
  let text = 'anything else'
  while (texts.includes(text)) text += '…'
  return text
}

// Counts and parts of dates are whole numbers; nothing lies between 0 and 1 then.
const isWhole = (source: string): boolean =>
  /(?:^|\.)\s*(?:count|days|hours|minutes|years|months|year|month|day|weekday)\s*$/.test(source) ||
  /^\s*(?:count|string length|floor|ceiling|day of year|week of year)\s*\([^()]*\)\s*$/.test(source)

const steps: Partial<Record<ReturnType<typeof kindOf>, string>> = {
  number: '1',
  date: 'duration("P1D")',
  'date and time': 'duration("P1D")',
  time: 'duration("PT1S")',
  'days and time duration': 'duration("P1D")',
  'years and months duration': 'duration("P1M")',
}

const apply = (source: string, scope: Record<string, FeelValue>): FeelValue => compileFeel(source).evaluate(scope)

/** The constants themselves, a value between each two, and one beyond each end. */
function between(constants: FeelValue[], whole: boolean): FeelValue[] {
  const first = constants[0]!
  const kind = kindOf(first)
  const step = steps[kind]
  if (step === undefined) return constants

  const points: FeelValue[] = []
  // Where the least that is named is zero, less than zero is taken for impossible: amounts, ages, scores.
  const isZero = kind === 'number' && compare(first, 0) === 0
  if (!isZero) points.push(apply(`a - ${step}`, { a: first }))
  constants.forEach((constant, n) => {
    const next = constants[n + 1]
    points.push(constant)
    if (next === undefined) return
    const discrete = (kind === 'number' && whole) || kind === 'date' || kind === 'years and months duration'
    const middle = apply(discrete ? `a + ${step}` : 'a + (b - a) / 2', { a: constant, b: next })
    const lies = compare(constant, middle) === -1 && compare(middle, next) === -1
    if (lies) points.push(middle)
  })
  points.push(apply(`a + ${step}`, { a: constants.at(-1)! }))
  return points.filter((point) => point !== null)
}

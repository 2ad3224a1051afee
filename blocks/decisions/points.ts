// The values of an input between which a table's cells make a difference: one in each stretch that they all treat alike.
import {
  type CompiledUnaryTests,
  compare,
  compileFeel,
  compileUnaryTests,
  equal,
  FeelError,
  type FeelOptions,
  type FeelValue,
  kindOf,
  type Shape,
  shapeOf,
} from '@ashlar/kernel/feel'
import type { RuleTable } from './rule-table.ts'

/** One input, and values that stand for all others. */
export interface Points {
  name: string
  points: FeelValue[]
  /** Nothing is known of its values: the one point stands for whatever it may be. */
  isUnknown: boolean
  /** Paths of the facts that the input is made of. */
  reads: string[]
}

/** The same, and what each row says of each value. */
export interface Column extends Points {
  /** By row, then by point. */
  passes: Passes[][]
  /**
   * By row: the cell asks in a way that the points do not stand for (`starts with(?, "A")`, `count(?) > 2`). What it says
   * of a point holds for that value only.
   */
  opaque: boolean[]
}

/** maybe: the cell asks for more than the input and constants, so that only a case can tell. */
export type Passes = 'yes' | 'no' | 'maybe'

type ReadCell = Cell | 'any' | 'unknown'

/** Asks every cell about every point: draws from the budget of the evaluation that runs. */
export function columnsOf(table: RuleTable, { facts, options }: { facts: Shape; options: FeelOptions }): Column[] {
  return readColumns(table, facts, options).map(({ cells, ...column }): Column => {
    const passes = cells.map((cell): Passes[] =>
      column.points.map((point) => {
        if (cell === 'any') return 'yes'
        if (cell === 'unknown' || column.isUnknown) return 'maybe'
        return cell.tests.test(point, {}) ? 'yes' : 'no'
      }),
    )
    return { ...column, passes, opaque: cells.map((cell) => typeof cell === 'object' && cell.opaque) }
  })
}

/** The points alone; no cell is evaluated. */
export const pointsIn = (table: RuleTable, facts: Shape, options: FeelOptions = {}): Points[] =>
  readColumns(table, facts, options).map(({ cells: _, ...points }) => points)

function readColumns(
  { inputs, rows }: RuleTable,
  facts: Shape,
  options: FeelOptions,
): (Points & { cells: ReadCell[] })[] {
  return Object.entries(inputs).map(([name, source]) => {
    const cells = rows.map((row) => (row.if[name] === undefined ? 'any' : readCell(row.if[name], options)))
    const known = pointsOf(source, cells, facts, options)
    const isUnknown = known.length === 0
    const points = isUnknown ? [null] : known
    return { name, points, isUnknown, reads: compiled(source, options)?.reads ?? [], cells }
  })
}

interface Cell {
  tests: CompiledUnaryTests
  constants: FeelValue[]
  opaque: boolean
}

// A cell that asks for its input and constants only.
function readCell(source: string, options: FeelOptions): ReadCell {
  let tests: CompiledUnaryTests
  try {
    tests = compileUnaryTests(source, options)
  } catch (error) {
    if (error instanceof FeelError) return 'unknown'
    throw error
  }
  if (tests.nodes.length === 0) return 'any'
  if (tests.reads.length > 0) return 'unknown'
  const found: Found = { constants: [], opaque: false }
  for (const node of tests.nodes) collect(node, source, found)
  return { tests, ...found }
}

interface Found {
  constants: FeelValue[]
  opaque: boolean
}

type Node = CompiledUnaryTests['nodes'][number]

// What splits the values of the input: constants that it is compared with. Anything else that is asked of it is opaque.
function collect(node: Node, source: string, found: Found): void {
  const parts = comparedParts(node)
  if (parts) {
    for (const part of parts) collect(part, source, found)
    return
  }
  const constant = constantOf(node, source)
  if (constant === undefined) found.opaque = true
  else if (Array.isArray(constant)) found.constants.push(...constant)
  else found.constants.push(constant)
}

/** The parts of an expression that only compares, or undefined. */
function comparedParts(node: Node): Node[] | undefined {
  switch (node.kind) {
    case 'input':
      return []
    case 'test':
      return [node.endpoint]
    case 'range':
      return [node.start, node.end]
    case 'list':
      return node.items
    case 'and':
    case 'or':
      return node.operands
    case 'compare':
      return [node.left, node.right]
    case 'between':
      return [node.value, node.low, node.high]
    case 'in':
      return [node.value, ...node.tests]
    case 'call': {
      const isNot = node.callee.kind === 'name' && node.callee.name === 'not' && node.positional.length === 1
      return isNot ? node.positional : undefined
    }
    default:
      return undefined
  }
}

/** The value of an expression that asks for nothing; undefined where it asks for the input. */
function constantOf(node: Node, source: string): FeelValue | undefined {
  try {
    const { reads, nodes, evaluate } = compileFeel(source.slice(node.from, node.to))
    return reads.length > 0 || JSON.stringify(nodes).includes('"kind":"input"') ? undefined : evaluate({})
  } catch {
    return undefined
  }
}

function pointsOf(source: string, cells: ReadCell[], facts: Shape, options: FeelOptions): FeelValue[] {
  const asked = cells.filter((cell) => typeof cell === 'object')
  const constants = distinct(asked.flatMap((cell) => cell.constants))
  const shape = shapeOfInput(source, facts, options)
  // Whether nothing is known counts only where a row asks for it.
  const nothing: FeelValue[] = constants.includes(null) ? [null] : []
  if (Array.isArray(shape) && shape[0] === 'one of') return [...(shape.slice(1) as string[]), ...nothing]
  if (shape === 'boolean') return [true, false, ...nothing]
  if (Array.isArray(shape)) return [...listsOf(constants), ...nothing]

  const kinds = new Set(constants.filter((value) => value !== null).map(kindOf))
  const points = [...kinds].flatMap((kind) => {
    const own = constants.filter((value) => kindOf(value) === kind).sort((a, b) => compare(a, b) ?? 0)
    if (kind === 'boolean') return [true, false]
    return kind === 'string' ? texts(own as string[]) : between(own, isWhole(source))
  })
  if (points.length === 0) return [...samples(shape, nothing.length > 0), ...nothing]
  return [...distinct(points), ...nothing]
}

// Something to try, where the cells name no value.
const samples = (shape: Shape | undefined, asksForNothing: boolean): FeelValue[] =>
  shape === 'number' ? [1] : shape === 'string' || asksForNothing ? ['anything'] : []

/** None, each alone, all, and something else. */
const listsOf = (constants: FeelValue[]): FeelValue[] => {
  const known = constants.filter((value) => value !== null)
  return [[], ...known.map((value) => [value]), known, ['anything else']]
}

function shapeOfInput(source: string, facts: Shape, options: FeelOptions): Shape | undefined {
  const expression = compiled(source, options)
  return expression && shapeOf(expression, facts)
}

function compiled(source: string, options: FeelOptions) {
  try {
    return compileFeel(source, options)
  } catch (error) {
    if (error instanceof FeelError) return undefined
    throw error
  }
}

const distinct = (values: FeelValue[]): FeelValue[] =>
  values.filter((value, n) => values.findIndex((other) => equal(other, value) === true) === n)

// Each text, one right behind it, one before all, and one that is none of them.
function texts(constants: string[]): string[] {
  let other = 'anything else'
  while (constants.includes(other)) other += '…'
  return [other, ...constants, ...constants.map((text) => `${text} `)]
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

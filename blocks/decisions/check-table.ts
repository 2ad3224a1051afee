// Checks a rule table as a whole: cases that no row covers, rows that are never reached, rows that contradict each other.
import { type FeelValue, format, type Shape } from '@ashlar/kernel/feel'
import { type Column, columnsOf, type Passes } from './points.ts'
import type { HitPolicy, RuleTable } from './rule-table.ts'

export interface TableProblem {
  code: 'rule-gap' | 'rule-unreachable' | 'rule-overlap' | 'rule-too-large'
  message: string
  mend: string
  /** From 0. */
  row?: number
}

/**
 * Gaps, unreachable rows and overlaps. The shape of the facts tells which texts are possible.
 * Only what is certain is reported: a cell that reads other facts may pass, or may not.
 */
export function checkTable(table: RuleTable, facts: Shape = {}): TableProblem[] {
  const rows = table.rows.filter((row) => Object.keys(row.if).every((name) => Object.hasOwn(table.inputs, name)))
  if (rows.length === 0) return []
  const columns = columnsOf(table, facts)
  const hit = table.hit ?? 'first'
  const problems: TableProblem[] = []
  try {
    if (needsRow(hit) && !hasDefault(table)) problems.push(...gaps(table, columns))
    if (hit === 'first') problems.push(...unreachable(table, columns))
    if (hit === 'unique' || hit === 'any') problems.push(...overlaps(table, columns, hit))
  } catch (error) {
    if (error !== tooLarge) throw error
    problems.push({
      code: 'rule-too-large',
      message: `rule ${table.name} has too many combinations to be checked for gaps`,
      mend: 'split the table, or give it fewer inputs',
    })
  }
  return problems
}

const needsRow = (hit: HitPolicy): boolean => hit === 'first' || hit === 'unique' || hit === 'any' || hit === 'priority'

const hasDefault = ({ outputs }: RuleTable): boolean =>
  Object.values(outputs ?? {}).some(({ otherwise }) => otherwise !== undefined)

function gaps(table: RuleTable, columns: Column[]): TableProblem[] {
  const all = table.rows.map((_, n) => n)
  const found = findCase(columns, { pass: [], fail: all, maybePasses: true })
  if (!found) return []
  return [
    {
      code: 'rule-gap',
      message: `no row of ${table.name} applies when ${found}`,
      mend: 'add a row for it, or a last row without conditions',
    },
  ]
}

function unreachable(table: RuleTable, columns: Column[]): TableProblem[] {
  return table.rows.flatMap((_, n): TableProblem[] => {
    const before = Array.from({ length: n }, (_, i) => i)
    if (n === 0 || findCase(columns, { pass: [n], fail: before, maybePasses: false })) return []
    return [
      {
        code: 'rule-unreachable',
        message: `row ${n + 1} of ${table.name} is never reached: the rows above it apply first`,
        mend: 'take it out, or move it up',
        row: n,
      },
    ]
  })
}

function overlaps(table: RuleTable, columns: Column[], hit: HitPolicy): TableProblem[] {
  const problems: TableProblem[] = []
  for (let a = 0; a < table.rows.length; a++) {
    for (let b = a + 1; b < table.rows.length; b++) {
      if (hit === 'any' && JSON.stringify(table.rows[a]!.then) === JSON.stringify(table.rows[b]!.then)) continue
      const found = findCase(columns, { pass: [a, b], fail: [], maybePasses: false, certain: true })
      if (!found) continue
      problems.push({
        code: 'rule-overlap',
        message: `rows ${a + 1} and ${b + 1} of ${table.name} both apply when ${found}`,
        mend:
          hit === 'any'
            ? 'give them the same results, or make them exclude each other'
            : 'make them exclude each other',
        row: b,
      })
    }
  }
  return problems
}

interface Wanted {
  /** Rows that must apply. */
  pass: number[]
  /** Rows that must not. */
  fail: number[]
  /** Whether a cell that only a case can decide counts as passed by those that must not apply. */
  maybePasses: boolean
  /** Rows that must apply must do so certainly. */
  certain?: boolean
}

const tooLarge = new Error('too large')
const mostVisits = 20_000

/** A case as wanted, in words; undefined if there is none. */
function findCase(columns: Column[], { pass, fail, maybePasses, certain }: Wanted): string | undefined {
  const dead = new Set<string>()
  let visits = 0
  const passes = (passed: Passes, strictly: boolean) => passed === 'yes' || (passed === 'maybe' && !strictly)

  // Goes through the inputs; `open` are the rows that must not apply and so far do.
  const search = (at: number, open: number[]): string[] | undefined => {
    if (++visits > mostVisits) throw tooLarge
    if (at === columns.length) return open.length === 0 ? [] : undefined
    const key = `${at}/${open.join()}`
    if (dead.has(key)) return undefined

    const { name, points, passes: rows } = columns[at]!
    for (const [n, point] of points.entries()) {
      if (!pass.every((row) => passes(rows[row]![n]!, certain === true))) continue
      const rest = search(
        at + 1,
        open.filter((row) => passes(rows[row]![n]!, !maybePasses)),
      )
      if (!rest) continue
      const matters = [...pass, ...fail].some((row) => rows[row]!.some((passed) => passed !== 'yes'))
      return matters ? [inWords(name, point), ...rest] : rest
    }
    dead.add(key)
    return undefined
  }
  const found = search(0, fail)
  return found && (found.join(' and ') || 'anything is so')
}

const inWords = (name: string, point: FeelValue): string => `${name} = ${format(point, true)}`

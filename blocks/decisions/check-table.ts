// Checks a rule table as a whole: cases that no row covers, rows that are never reached, rows that contradict each other.
import {
  defaultLimits,
  FeelLimitExceeded,
  type FeelOptions,
  type FeelValue,
  format,
  type Limits,
  type Shape,
  within,
} from '@ashlar/kernel/feel'
import type { HitPolicy } from './hit-policy.ts'
import { type Column, columnsOf, type Passes } from './points.ts'
import type { RuleTable } from './rule-table.ts'

export interface TableProblem {
  code: 'rule-gap' | 'rule-unreachable' | 'rule-overlap' | 'rule-unsure' | 'rule-too-large' | 'dmn'
  message: string
  mend: string
  /** From 0. */
  row?: number
  /** Of the rule's .dmn file, from 1. */
  line?: number
  severity?: 'warning'
}

/**
 * Gaps, unreachable rows and overlaps, each with a case that shows it. The shape of the facts tells which texts are
 * possible. What is reported is certain; where it cannot be told, that is what is reported, as a warning.
 */
export function checkRows(table: RuleTable, facts: Shape = {}, options: FeelOptions = {}): TableProblem[] {
  const rows = table.rows.filter((row) => Object.keys(row.if).every((name) => Object.hasOwn(table.inputs, name)))
  if (rows.length === 0) return []
  const hit = table.hit ?? 'first'
  const problems: TableProblem[] = []
  try {
    const columns = within(limits, columnsOf, table, { facts, options })
    if (needsRow(hit) && !hasDefault(table)) problems.push(...gaps(table, columns))
    if (hit === 'first') problems.push(...unreachable(table, columns))
    if (hit === 'unique' || hit === 'any') problems.push(...overlaps(table, columns, hit))
  } catch (error) {
    if (error !== tooLarge && !(error instanceof FeelLimitExceeded)) throw error
    problems.push({
      code: 'rule-too-large',
      message: `rule ${table.name} has too many combinations to be checked for gaps`,
      mend: 'split the table, or give it fewer inputs',
    })
  }
  return problems
}

/** What asking all cells about all values may cost. */
const limits: Limits = { ...defaultLimits, steps: 10_000_000 }

const needsRow = (hit: HitPolicy): boolean => hit === 'first' || hit === 'unique' || hit === 'any' || hit === 'priority'

const hasDefault = ({ outputs }: RuleTable): boolean =>
  Object.values(outputs ?? {}).some(({ otherwise }) => otherwise !== undefined)

function gaps(table: RuleTable, columns: Column[]): TableProblem[] {
  const all = table.rows.map((_, n) => n)
  const found = findCase(columns, { pass: [], fail: all, maybePasses: true })
  if (found) {
    const doubt = dependent(columns)
    return [
      {
        code: 'rule-gap',
        message: `no row of ${table.name} applies when ${found}${doubt ? `, if that can be so: ${doubt}` : ''}`,
        mend: 'add a row for it, or a last row without conditions',
        ...(doubt ? { severity: 'warning' } : {}),
      },
    ]
  }
  const possible = findCase(columns, { pass: [], fail: all, maybePasses: false, onlyTold: true })
  if (!possible) return []
  const when = possible === anything ? 'always applies' : `applies when ${possible}`
  return [unsure(`whether a row of ${table.name} ${when}`, 'add a last row without conditions')]
}

const unsure = (what: string, mend: string): TableProblem => ({
  code: 'rule-unsure',
  message: `it cannot be told ${what}: cells there ask for more than constants`,
  mend,
  severity: 'warning',
})

// Inputs made of the same facts do not take every pair of values: a case found for them may be none.
function dependent(columns: Column[]): string | undefined {
  const asked = columns.filter(({ passes }) => passes.some((row) => row.some((passed) => passed !== 'yes')))
  for (const [n, one] of asked.entries())
    for (const other of asked.slice(n + 1)) {
      const same = one.reads.find((path) => other.reads.includes(path))
      if (same) return `${one.name} and ${other.name} both read ${same}`
    }
  return undefined
}

function unreachable(table: RuleTable, columns: Column[]): TableProblem[] {
  return table.rows.flatMap((_, n): TableProblem[] => {
    const before = Array.from({ length: n }, (_, i) => i)
    if (n === 0 || findCase(columns, { pass: [n], fail: before, maybePasses: false, onlyTold: true })) return []
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
  const doubt = dependent(columns)
  const mend =
    hit === 'any' ? 'give them the same results, or make them exclude each other' : 'make them exclude each other'
  let untold: string | undefined
  for (let a = 0; a < table.rows.length; a++) {
    for (let b = a + 1; b < table.rows.length; b++) {
      if (hit === 'any' && JSON.stringify(table.rows[a]!.then) === JSON.stringify(table.rows[b]!.then)) continue
      const found = findCase(columns, { pass: [a, b], fail: [], maybePasses: false, certain: true })
      if (found)
        problems.push({
          code: 'rule-overlap',
          message: `rows ${a + 1} and ${b + 1} of ${table.name} both apply when ${found}${doubt ? `, if that can be so: ${doubt}` : ''}`,
          mend,
          row: b,
          ...(doubt ? { severity: 'warning' } : {}),
        })
      else if (!untold && findCase(columns, { pass: [a, b], fail: [], maybePasses: false, onlyTold: true }))
        untold = `whether rows ${a + 1} and ${b + 1} of ${table.name} can apply together`
    }
  }
  return untold ? [...problems, unsure(untold, mend)] : problems
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
  /** Of a cell that the points do not stand for, nothing is believed: it may pass, or not. */
  onlyTold?: boolean
}

const tooLarge = new Error('too large')
const mostVisits = 50_000

/** A case as wanted, in words; undefined if there is none. */
function findCase(columns: Column[], { pass, fail, maybePasses, certain, onlyTold }: Wanted): string | undefined {
  const dead = new Set<string>()
  let visits = 0
  const said = ({ passes, opaque }: Column, row: number, point: number): Passes =>
    onlyTold && opaque[row] ? 'maybe' : passes[row]![point]!
  const holds = (passed: Passes, strictly: boolean) => passed === 'yes' || (passed === 'maybe' && !strictly)

  // Goes through the inputs; `open` are the rows that must not apply and so far do.
  const search = (at: number, open: number[]): string[] | undefined => {
    if (++visits > mostVisits) throw tooLarge
    if (at === columns.length) return open.length === 0 ? [] : undefined
    const key = `${at}/${open.join()}`
    if (dead.has(key)) return undefined

    const column = columns[at]!
    for (const [n, point] of column.points.entries()) {
      if (!pass.every((row) => holds(said(column, row, n), certain === true))) continue
      const rest = search(
        at + 1,
        open.filter((row) => holds(said(column, row, n), !maybePasses)),
      )
      if (!rest) continue
      const matters =
        !column.isUnknown && [...pass, ...fail].some((row) => column.passes[row]!.some((passed) => passed !== 'yes'))
      return matters ? [inWords(column.name, point), ...rest] : rest
    }
    dead.add(key)
    return undefined
  }
  const found = search(0, fail)
  return found && (found.join(' and ') || anything)
}

const anything = 'anything is so'

const inWords = (name: string, point: FeelValue): string => `${name} = ${format(point, true)}`

// What a changed rule would have decided: past decisions made again by it, and counted. Nobody's data comes out.
import { type CompiledFeel, compileFeel, FeelError, type Json, type Shape, toJson } from '@ashlar/kernel/feel'
import { type Facts, outputOf } from './evaluate.ts'
import { type CompiledTable, compileTable, type RuleTable, RuleTableError } from './rule-table.ts'

/** A rule as it might become, and what its result means in money. */
export interface RuleChange {
  table: RuleTable
  /** Amounts that are made of the result: name → FEEL over the facts and the rule's own name, as a fee has it. */
  amounts: Record<string, string>
}

/** What was kept of a past decision. */
export interface PastDecision {
  /** Of the decision, and of its case: to find them again, by those who may. */
  id: string
  caseId: string
  facts: Facts
  output: Json
}

/** Many decisions that one table made. */
export interface PastTable {
  table: RuleTable
  shape: Shape
}

export interface ReplayReport {
  /** Decisions that were made again; `same` and `changed` of them. */
  decisions: number
  same: number
  changed: number
  /** What became what, the most frequent first. Only what the tables themselves name, or what came to five people or more. */
  results: { from: Json; to: Json; decisions: number }[]
  /** Of numbers in the output, by name. */
  outputs: Record<string, Difference>
  /** Of amounts, in the unit in which they are written. */
  amounts: Record<string, Difference>
  /** Decisions that cannot be made again, because the changed rule asks for what was not kept with them. */
  untold: { facts: string[]; decisions: number }
  /** Decisions of persons whose data was erased. */
  erased: number
  /** Some that changed: one of each kind before a second of any. */
  examples: { decision: string; case: string }[]
}

/** How many got less, how many more, and how much that is together. */
export interface Difference {
  lower: { decisions: number; sum: number }
  higher: { decisions: number; sum: number }
}

const mostResults = 50
const mostExamples = 20
// Numbers without end make results without end: those after the first thousands are counted, and not listed.
const mostKinds = 10_000
/** What fewer came to is not shown: it might say who they are. */
const fewest = 5

/** Throws RuleTableError where the changed rule is none. */
export function createRuleReplay({ table, amounts }: RuleChange) {
  compileTable(table)
  const results = new Map<string, Result>()
  const report = { decisions: 0, same: 0, untold: 0, erased: 0 }
  const outputs: Record<string, Difference> = {}
  const charged: Record<string, Difference> = {}
  const untold = new Set<string>()
  const isPlainNow = isPlain(table)

  /** For the decisions of one table. Gives what makes each of them again. */
  function of(past: PastTable): (decision: PastDecision) => void {
    const compiled = compileTable(table, past.shape)
    const kept = compileTable(past.table, past.shape).reads
    const missing = compiled.reads.filter((path) => !isKept(path, kept))
    if (missing.length > 0) {
      for (const path of missing) untold.add(path.join('.'))
      return () => void report.untold++
    }
    const measures = Object.entries(amounts).flatMap(([name, source]) => {
      const feel = amountOf(name, source, table.name, past.shape)
      const reads = feel.reads.map((path) => path.split('.')).filter(([first]) => first !== table.name)
      return reads.every((path) => isKept(path, kept)) ? [{ name, feel }] : []
    })
    const isOpen = isPlainNow && isPlain(past.table)
    return (decision) => again(compiled, measures, isOpen, decision)
  }

  function again(compiled: CompiledTable, measures: Measure[], isOpen: boolean, decision: PastDecision): void {
    const { id, caseId, facts, output } = decision
    const now = outputOf(compiled, facts)
    report.decisions++
    if (isSame(output, now)) {
      report.same++
      return
    }
    const key = `${JSON.stringify(output)} ${JSON.stringify(now)}`
    const fresh: Result = { from: output, to: now, isOpen, decisions: 0, examples: [] }
    const known = results.get(key) ?? (results.size < mostKinds ? fresh : undefined)
    if (known) {
      known.decisions++
      if (known.examples.length < mostExamples) known.examples.push({ decision: id, case: caseId })
      results.set(key, known)
    }
    differ(outputs, numbersOf(output), numbersOf(now))
    for (const { name, feel } of measures) {
      const before = amountFor(feel, facts, compiled.table.name, output)
      const after = amountFor(feel, facts, compiled.table.name, now)
      differ(charged, before === undefined ? {} : { [name]: before }, after === undefined ? {} : { [name]: after })
    }
  }

  return {
    of,
    erased: () => void report.erased++,

    report(): ReplayReport {
      const { decisions, same, erased } = report
      const all = [...results.values()].sort((a, b) => b.decisions - a.decisions)
      const open = all.filter((one) => one.isOpen || one.decisions >= fewest)
      return {
        decisions,
        same,
        changed: decisions - same,
        results: open.slice(0, mostResults).map(({ from, to, decisions }) => ({ from, to, decisions })),
        outputs: rounded(outputs),
        amounts: rounded(charged),
        untold: { facts: [...untold].sort(), decisions: report.untold },
        erased,
        examples: examplesOf(all.map((one) => one.examples)),
      }
    },
  }
}

interface Result {
  from: Json
  to: Json
  /** Its tables name what came out, so that it says nothing of anybody. */
  isOpen: boolean
  decisions: number
  examples: Example[]
}

interface Measure {
  name: string
  feel: CompiledFeel
}

interface Example {
  decision: string
  case: string
}

const isKept = (path: string[], kept: string[][]): boolean =>
  kept.some((one) => one.length <= path.length && one.every((name, n) => name === path[n]))

function amountOf(name: string, source: string, rule: string, shape: Shape): CompiledFeel {
  try {
    return compileFeel(source, { shape: { ...(shape as Record<string, Shape>), [rule]: 'any' } })
  } catch (cause) {
    if (!(cause instanceof FeelError)) throw cause
    throw new RuleTableError(rule, `amounts/${name}`, cause.message, cause)
  }
}

function amountFor(feel: CompiledFeel, facts: Facts, rule: string, output: Json): number | undefined {
  const value = toJson(feel.evaluate({ ...facts, [rule]: output }))
  return typeof value === 'number' ? value : undefined
}

/** Both are JSON of the same rule: shallow, as nearly all are, or compared as texts. */
function isSame(a: Json, b: Json): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) return JSON.stringify(a) === JSON.stringify(b)
  const names = Object.keys(a)
  if (names.length !== Object.keys(b).length) return false
  for (const name of names) {
    const [left, right] = [a[name], b[name]]
    if (left === right) continue
    if (typeof left !== 'object' || left === null || JSON.stringify(left) !== JSON.stringify(right)) return false
  }
  return true
}

function numbersOf(output: Json): Record<string, number> {
  if (typeof output === 'number') return { result: output }
  if (typeof output !== 'object' || output === null || Array.isArray(output)) return {}
  return Object.fromEntries(Object.entries(output).filter(([, value]) => typeof value === 'number')) as Record<
    string,
    number
  >
}

function differ(into: Record<string, Difference>, before: Record<string, number>, after: Record<string, number>): void {
  for (const name of Object.keys({ ...before, ...after })) {
    // No row, or null: nothing is owed, and nothing is given.
    const difference = (after[name] ?? 0) - (before[name] ?? 0)
    if (difference === 0) continue
    into[name] ??= { lower: { decisions: 0, sum: 0 }, higher: { decisions: 0, sum: 0 } }
    const side = into[name][difference < 0 ? 'lower' : 'higher']
    side.decisions++
    side.sum += Math.abs(difference)
  }
}

// Sums of doubles, without what adding them up put behind the sixth place.
const rounded = (differences: Record<string, Difference>): Record<string, Difference> =>
  Object.fromEntries(
    Object.entries(differences).map(([name, { lower, higher }]) => [
      name,
      { lower: { ...lower, sum: places(lower.sum) }, higher: { ...higher, sum: places(higher.sum) } },
    ]),
  )
const places = (sum: number): number => Math.round(sum * 1e6) / 1e6

const literal = /^\s*(?:"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null)\s*$/

function isPlain({ rows, outputs = {}, model }: RuleTable): boolean {
  const named = rows.flatMap((row) => Object.values(row.then))
  const otherwise = Object.values(outputs).map((one) => one.otherwise ?? 'null')
  return !model && [...named, ...otherwise].every((source) => literal.test(source))
}

// In turns, so that rare kinds are among them.
function examplesOf(kinds: Example[][]): Example[] {
  const found: Example[] = []
  for (let n = 0; n < mostExamples && found.length < mostExamples; n++)
    for (const kind of kinds.slice(0, mostResults)) {
      const example = kind[n]
      if (example && found.length < mostExamples) found.push(example)
    }
  return found
}

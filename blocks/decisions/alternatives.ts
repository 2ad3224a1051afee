// What would change a decision: the nearest other values of one fact, or of two, that give another result.
import {
  compare,
  defaultLimits,
  equal,
  FeelLimitExceeded,
  type FeelValue,
  type Json,
  type Shape,
  toJson,
  within,
} from '@ashlar/kernel/feel'
import { inputsOf } from './apply-model.ts'
import { asRuleTable } from './check-rule.ts'
import { type DmnInputs, evaluateDecision, tablesOf } from './dmn/model.ts'
import { applyRows, type Facts, type Trace } from './evaluate.ts'
import { type ExplainedCondition, neededBy } from './explain.ts'
import { type Points, pointsIn } from './points.ts'
import { type CompiledTable, compileTable, type RuleTable } from './rule-table.ts'

/** Another result, and the least that would have had to be otherwise. */
export interface Alternative {
  /** One, or two together. */
  changes: Change[]
  output: Json
  /** Of the row that would decide then. */
  law?: string
  /** Key of the sentence that the service has for that row: `rule.<rule>.reason.<reason>`. */
  reason?: string
}

/** A fact as it was, and what it would have had to be: `needed`, of which `to` is an example. */
export interface Change extends Pick<ExplainedCondition, 'input' | 'label' | 'needed' | 'not' | 'value'> {
  to: Json
}

const mostEvaluations = 5000
const longestTable = 300
const mostAlternatives = 6
/** How far two facts are moved together, counted in stretches that the table treats alike. */
const farthestPair = 4

/**
 * For each other result the nearest way to it, the shortest first. Facts that are made of one another cannot change by
 * themselves, and are left out; so is what would give no result at all. Of tables of more than 300 rows nothing is told.
 * The same for the same trace.
 */
export function alternatives(trace: Trace, table: RuleTable, shape: Shape): Alternative[] {
  if (table.rows.length > longestTable) return []
  const compiled = compiledOnce(table, shape)
  const made = compiled.model ? modelAt(compiled, trace.facts) : tableAt(compiled, trace.facts)
  const search = within(defaultLimits, searched, made, trace)
  return search.found
    .sort((a, b) => a.distance - b.distance)
    .slice(0, mostAlternatives)
    .map(({ alternative }) => alternative)
}

// One budget for all that is tried: a costly rule has fewer alternatives, and holds nobody up.
function searched(made: Decidable, trace: Trace): Search {
  const search = new Search(made, trace)
  try {
    search.single()
    search.pairs()
  } catch (error) {
    if (!(error instanceof FeelLimitExceeded)) throw error
  }
  return search
}

const compiledTables = new WeakMap<RuleTable, CompiledTable>()
const pointsOfTables = new WeakMap<CompiledTable, Points[]>()

function compiledOnce(table: RuleTable, shape: Shape): CompiledTable {
  const known = compiledTables.get(table) ?? compileTable(table, shape)
  compiledTables.set(table, known)
  return known
}

function pointsOnce(compiled: CompiledTable): Points[] {
  const known = pointsOfTables.get(compiled) ?? pointsIn(compiled.table, compiled.shape)
  pointsOfTables.set(compiled, known)
  return known
}

/** Something that can be changed, as the rule's tables see it. */
interface Variable {
  input: string
  label: string
  value: FeelValue
  points: FeelValue[]
  reads: string[]
}

interface Outcome {
  output: Json
  /** The row that decided, if one did. */
  row?: { tests: Record<string, string>; law?: string; reason?: string }
}

/** A rule with the facts of a decision, to be asked what it says of others. */
interface Decidable {
  variables: Variable[]
  /** `changes`: by number of the variable. */
  decide(changes: ReadonlyMap<number, FeelValue>): Outcome
}

function tableAt(compiled: CompiledTable, facts: Facts): Decidable {
  const { table, inputs } = compiled
  const values = inputs.map(({ feel }) => feel.evaluate(facts))
  const variables = pointsOnce(compiled).map(
    ({ name, points, reads }, n): Variable => ({
      input: name,
      label: `rule.${table.name}.input.${name}`,
      value: values[n]!,
      points,
      reads,
    }),
  )
  return {
    variables,
    decide: (changes) => {
      const { output, hits } = applyRows(
        compiled,
        values.map((value, n) => changes.get(n) ?? value),
        facts,
      )
      const row = hits.length > 0 ? table.rows[hits[0]!] : undefined
      return { output: toJson(output), ...(row ? { row: { tests: row.if, ...noted(table.name, row) } } : {}) }
    },
  }
}

const noted = (rule: string, { law, reason }: { law?: string | undefined; reason?: string | undefined }) => ({
  ...(law === undefined ? {} : { law }),
  ...(reason === undefined ? {} : { reason: `rule.${rule}.reason.${reason}` }),
})

// Of a DMN file: what its tables ask of its inputs directly, as `Age` or `Fine.serious`.
function modelAt(compiled: CompiledTable, facts: Facts): Decidable {
  const { table, model } = compiled
  const { decision } = table.model!
  const values = compiled.inputs.map(({ feel }) => feel.evaluate(facts))
  const given = inputsOf(compiled, values)
  const shapes: Record<string, Shape> = Object.create(null)
  for (const { variable, type } of model!.graph.all) if (type) shapes[variable] = type.shape
  const names = Object.keys(given)
  const tables = tablesOf(model!)

  const found = new Map<string, Variable & { path: string[] }>()
  for (const one of tables) {
    const labels = new Map(one.table.inputs.map(({ expression, label }) => [expression, label]))
    for (const { name: expression, points, isUnknown } of pointsIn(asRuleTable(one), shapes, { names })) {
      const path = pathIn(expression, names)
      if (!path || isUnknown) continue
      const label = labels.get(expression) ?? expression
      const known = found.get(expression)
      const all = [...(known?.points ?? []), ...points].filter(
        (point, n, every) => every.findIndex((other) => equal(other, point) === true) === n,
      )
      found.set(expression, {
        input: label,
        label: `rule.${table.name}.input.${labels.get(expression) ?? table.inputs[expression] ?? expression}`,
        value: valueAt(given, path),
        points: sorted(all),
        reads: [expression],
        path,
      })
    }
  }
  const variables = [...found.values()]
  return {
    variables,
    decide: (changes) => {
      let inputs = given
      for (const [n, value] of changes) inputs = withValue(inputs, variables[n]!.path, value) as DmnInputs
      const result = evaluateDecision(model!, decision, inputs)
      const applied = result.tables.findLast(({ node }) => node === decision) ?? result.tables.at(-1)
      const rule = tables.find(({ node, table }) => node === applied?.node && table.line === applied.line)
      const row = applied?.rules.length ? rule?.table.rules[applied.rules[0]!] : undefined
      if (!row) return { output: toJson(result.value) }
      const tests = row.inputs.flatMap((cell, n): [string, string][] => {
        const { label, expression } = rule!.table.inputs[n]!
        return cell && cell !== '-' ? [[label ?? expression, cell]] : []
      })
      return { output: toJson(result.value), row: { tests: Object.fromEntries(tests), ...noted(table.name, row) } }
    },
  }
}

/** The names that lead to an input's value, or undefined for any other expression. */
function pathIn(expression: string, names: string[]): string[] | undefined {
  if (names.includes(expression)) return [expression]
  const name = names.find((one) => expression.startsWith(`${one}.`))
  const rest = name === undefined ? [] : expression.slice(name.length + 1).split('.')
  return name !== undefined && rest.every((part) => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(part))
    ? [name, ...rest]
    : undefined
}

function valueAt(inputs: DmnInputs, path: string[]): FeelValue {
  let value: FeelValue = inputs as FeelValue
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null
    value = (value as Record<string, FeelValue>)[name]!
  }
  return value
}

function withValue(value: FeelValue | DmnInputs, [name, ...rest]: string[], to: FeelValue): FeelValue {
  if (name === undefined) return to
  const copy: Record<string, FeelValue> = Object.assign(Object.create(null), value)
  copy[name] = withValue(copy[name] ?? null, rest, to)
  return copy
}

const sorted = (points: FeelValue[]): FeelValue[] => points.toSorted((a, b) => compare(a, b) ?? 0)

interface Step {
  value: FeelValue
  /** How many stretches away, at least 1. */
  distance: number
}

class Search {
  readonly found: { alternative: Alternative; distance: number }[] = []
  private readonly made: Decidable
  private readonly now: Outcome
  private readonly current: string
  private readonly free: number[]
  private readonly steps: Step[][]
  private readonly seen = new Set<string>()
  private evaluations = 0

  constructor(made: Decidable, trace: Trace) {
    this.made = made
    this.now = made.decide(new Map())
    this.current = JSON.stringify(trace.output)
    this.steps = made.variables.map(stepsFrom)
    this.free = made.variables.flatMap((one, n) =>
      made.variables.some((other, m) => m !== n && one.reads.some((path) => other.reads.includes(path))) ? [] : [n],
    )
  }

  single(): void {
    for (const n of this.free)
      for (const step of this.steps[n]!) this.attempt(new Map([[n, step.value]]), step.distance, `${n}`)
  }

  // Only to results that no single change leads to.
  pairs(): void {
    for (const [i, a] of this.free.entries())
      for (const b of this.free.slice(i + 1)) {
        const ways = this.steps[a]!.flatMap((left) => this.steps[b]!.map((right) => ({ left, right })))
          .filter(({ left, right }) => left.distance <= farthestPair && right.distance <= farthestPair)
          .sort((x, y) => x.left.distance + x.right.distance - (y.left.distance + y.right.distance))
        for (const { left, right } of ways) {
          const changes = new Map([
            [a, left.value],
            [b, right.value],
          ])
          this.attempt(changes, 100 + left.distance + right.distance, '')
        }
      }
  }

  // `by` tells ways apart that are all worth telling: each single fact may lead to the same result.
  private attempt(changes: Map<number, FeelValue>, distance: number, by: string): void {
    if (++this.evaluations > mostEvaluations) return
    const outcome = this.made.decide(changes)
    const output = JSON.stringify(outcome.output)
    if (outcome.output === null || output === this.current) return
    if (this.seen.has(`${by}/${output}`) || (by === '' && this.seen.has(output))) return
    this.seen.add(`${by}/${output}`)
    this.seen.add(output)
    const { law, reason } = outcome.row ?? {}
    const alternative: Alternative = {
      changes: [...changes].map(([n, value]) => this.change(this.made.variables[n]!, value, outcome)),
      output: outcome.output,
      ...(law === undefined ? {} : { law }),
      ...(reason === undefined ? {} : { reason }),
    }
    this.found.push({ alternative, distance })
  }

  // What the row asks that would decide; where it asks nothing, the contrary of what the row asked that did.
  private change({ input, label, value }: Variable, to: FeelValue, { row }: Outcome): Change {
    const asked = row?.tests[input]
    const before = this.now.row?.tests[input]
    const needed =
      asked !== undefined && asked !== '-'
        ? neededBy(asked)
        : before !== undefined && before !== '-'
          ? opposite(neededBy(before))
          : { needed: [{ kind: 'exactly' as const, value: toJson(to) }], not: false }
    return { input, label, ...needed, value: toJson(value), to: toJson(to) }
  }
}

const opposite = ({ needed, not }: ReturnType<typeof neededBy>) => ({ needed, not: !not })

// Up and down from where the value is; what has no order is one step away.
function stepsFrom({ value, points }: Variable): Step[] {
  const others = points.filter((point) => point !== null && equal(point, value) !== true)
  const beyond = (sign: number) =>
    others
      .filter((point) => compare(point, value) === sign)
      .sort((a, b) => sign * (compare(a, b) ?? 0))
      .map((point, n): Step => ({ value: point, distance: n + 1 }))
  const [down, up] = [beyond(-1), beyond(1)]
  const ordered = typeof value !== 'string' && (down.length > 0 || up.length > 0)
  return ordered
    ? [...down, ...up].sort((a, b) => a.distance - b.distance)
    : others.map((point) => ({ value: point, distance: 1 }))
}

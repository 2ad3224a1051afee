// Applies a compiled rule table to facts, and says how it came to its result.
import { compare, compileFeel, equal, type FeelValue, type Json, type Shape, toJson } from '@ashlar/kernel/feel'
import {
  type CompiledRow,
  type CompiledTable,
  compileTable,
  factsAt,
  type HitPolicy,
  type RuleTable,
} from './rule-table.ts'

export type Facts = Record<string, Json>

/** How a rule came to its result: all that is needed to explain it and, with the table of that hash, to do it again. */
export interface Trace {
  rule: string
  hash: string
  hit: HitPolicy
  /** The value of each input. */
  inputs: Record<string, Json>
  /** The facts that the table may read, as they were. */
  facts: Facts
  /** The rows in the order in which they were tried (from 0), and the first input that did not pass. */
  rows: { row: number; failed?: string }[]
  /** The rows that decided. */
  hits: number[]
  laws: string[]
  output: Json
  /** Rows that may not apply together did; then there is no output. */
  conflict?: number[]
}

export interface Decided {
  /** An object of the outputs by name, a list of such for the policies that take all rows, null when no row applies. */
  output: Json
  trace: Trace
}

/** Pure: the same table and facts give the same, at any time and place. Throws FeelLimitExceeded. */
export function evaluate(compiled: CompiledTable, facts: Facts): Decided {
  const values = compiled.inputs.map(({ feel }) => feel.evaluate(facts))
  const tried: Trace['rows'] = []
  const applying: number[] = []
  for (const [n, row] of compiled.rows.entries()) {
    const failed = row.cells.find(({ input, tests }) => !tests.test(values[input]!, facts))
    tried.push(failed ? { row: n, failed: compiled.inputs[failed.input]!.name } : { row: n })
    if (failed) continue
    applying.push(n)
    if (compiled.hit === 'first') break
  }

  const chosen = choose(compiled, applying, facts)
  const output = toJson(chosen.output)
  const laws = chosen.hits.map((n) => compiled.rows[n]!.row.law).filter((law) => law !== undefined)
  const trace: Trace = {
    rule: compiled.table.name,
    hash: compiled.hash,
    hit: compiled.hit,
    inputs: Object.fromEntries(compiled.inputs.map(({ name }, n) => [name, toJson(values[n]!)])),
    facts: factsAt(facts, compiled.reads) as Facts,
    rows: tried,
    hits: chosen.hits,
    laws: [...new Set(laws)],
    output,
    ...(chosen.conflict ? { conflict: applying } : {}),
  }
  return { output, trace }
}

const compiledTables = new WeakMap<RuleTable, WeakMap<object, CompiledTable>>()
const noDefinition = { facts: {} as Shape }

/** Applies a table of a definition, whose `facts` say the types; each table object is compiled once. */
export function decide(table: RuleTable, facts: Facts, definition: { facts: Shape } = noDefinition): Decided {
  let ofTable = compiledTables.get(table)
  if (!ofTable) {
    ofTable = new WeakMap()
    compiledTables.set(table, ofTable)
  }
  let compiled = ofTable.get(definition)
  if (!compiled) {
    compiled = compileTable(table, definition.facts)
    ofTable.set(definition, compiled)
  }
  return evaluate(compiled, facts)
}

interface Chosen {
  output: FeelValue
  hits: number[]
  conflict?: boolean
}

type Outputs = { [name: string]: FeelValue }

// The rows that apply are known; the policy says which of them decide.
function choose(compiled: CompiledTable, applying: number[], facts: Facts): Chosen {
  const { hit } = compiled
  if (applying.length === 0) return { output: hit === 'collect count' ? 0 : otherwise(compiled, facts), hits: [] }

  const outputs = applying.map((n) => outputsOf(compiled.rows[n]!, facts))
  switch (hit) {
    case 'first':
      return { output: outputs[0]!, hits: [applying[0]!] }
    case 'unique':
      return applying.length === 1
        ? { output: outputs[0]!, hits: applying }
        : { output: null, hits: [], conflict: true }
    case 'any': {
      const agree = outputs.every((one) => equal(one, outputs[0]!) === true)
      return agree ? { output: outputs[0]!, hits: applying } : { output: null, hits: [], conflict: true }
    }
    case 'priority':
    case 'output order': {
      const rank = ranking(compiled, facts)
      const order = applying.map((n, i) => ({ n, output: outputs[i]! })).sort((a, b) => rank(a.output, b.output))
      if (hit === 'priority') return { output: order[0]!.output, hits: [order[0]!.n] }
      return { output: order.map(({ output }) => output), hits: order.map(({ n }) => n) }
    }
    case 'rule order':
    case 'collect':
      return { output: outputs, hits: applying }
    case 'collect count':
      return { output: applying.length, hits: applying }
    default:
      return { output: aggregated(outputs, hit), hits: applying }
  }
}

function outputsOf(row: CompiledRow, facts: Facts): Outputs {
  const outputs: Outputs = Object.create(null)
  for (const { name, feel } of row.outputs) outputs[name] = feel.evaluate(facts)
  return outputs
}

function otherwise({ outputs }: CompiledTable, facts: Facts): FeelValue {
  if (!outputs.some((output) => output.otherwise)) return null
  const values: Outputs = Object.create(null)
  for (const output of outputs) values[output.name] = output.otherwise?.evaluate(facts) ?? null
  return values
}

// Outputs from left to right; a value that is not listed comes last.
function ranking({ outputs }: CompiledTable, facts: Facts): (a: Outputs, b: Outputs) => number {
  const orders = outputs
    .filter(({ values }) => values.length > 0)
    .map(({ name, values }) => ({ name, values: values.map((value) => value.evaluate(facts)) }))
  const place = (values: FeelValue[], value: FeelValue) => {
    const at = values.findIndex((one) => equal(one, value) === true)
    return at < 0 ? values.length : at
  }
  return (a, b) => {
    for (const { name, values } of orders) {
      const difference = place(values, a[name] ?? null) - place(values, b[name] ?? null)
      if (difference !== 0) return difference
    }
    return 0
  }
}

function aggregated(outputs: Outputs[], hit: 'collect sum' | 'collect min' | 'collect max'): FeelValue {
  const result: Outputs = Object.create(null)
  for (const name of Object.keys(outputs[0]!)) {
    const values = outputs.map((one) => one[name] ?? null)
    result[name] = hit === 'collect sum' ? sum(values) : extreme(values, hit === 'collect min' ? -1 : 1)
  }
  return result
}

function extreme(values: FeelValue[], sign: number): FeelValue {
  let best: FeelValue = values[0]!
  for (const value of values) {
    const order = compare(value, best)
    if (order === null) return null
    if (order === sign) best = value
  }
  return best
}

const total = compileFeel('sum(values)')
const sum = (values: FeelValue[]): FeelValue => total.evaluate({ values })

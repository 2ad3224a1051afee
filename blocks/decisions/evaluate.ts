// Applies a compiled rule table to facts, and says how it came to its result.
import { defaultLimits, type FeelValue, type Json, type Shape, toJson, within } from '@ashlar/kernel/feel'
import { applyModel, type ModelTrace } from './apply-model.ts'
import { type Chosen, chooseHits, type HitPolicy, type Outputs, type Priorities } from './hit-policy.ts'
import { type CompiledRow, type CompiledTable, compileTable, define, factsAt, type RuleTable } from './rule-table.ts'

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
  /** Of a decision of a DMN file, which has no rows of its own: `hits` are then those of the decision's own table. */
  model?: ModelTrace
}

export interface Decided {
  /**
   * An object of the outputs by name, a list of such for the policies that take all rows, null when no row applies.
   * Of a decision of a DMN file: its value.
   */
  output: Json
  trace: Trace
}

/** Pure: the same table and facts give the same, at any time and place. One budget for all of it: throws FeelLimitExceeded. */
export const evaluate = (compiled: CompiledTable, facts: Facts): Decided =>
  within(defaultLimits, evaluateInside, compiled, facts)

function evaluateInside(compiled: CompiledTable, facts: Facts): Decided {
  const values = compiled.inputs.map(({ feel }) => feel.evaluate(facts))
  if (compiled.model) {
    const { output, hits, laws, model } = applyModel(compiled, values)
    return { output, trace: { ...traceOf(compiled, facts, values), hits, laws: [...new Set(laws)], output, model } }
  }
  const tried: Trace['rows'] = []
  const applying: number[] = []
  for (let n = 0; n < compiled.rows.length; n++) {
    const failed = failing(compiled.rows[n]!, values, facts)
    if (failed >= 0) {
      tried.push({ row: n, failed: compiled.inputs[failed]!.name })
      continue
    }
    tried.push({ row: n })
    applying.push(n)
    if (compiled.hit === 'first') break
  }

  const chosen = choose(compiled, applying, facts)
  const output = toJson(chosen.output)
  const trace = traceOf(compiled, facts, values)
  trace.rows = tried
  trace.hits = chosen.hits
  for (const n of chosen.hits) {
    const { law } = compiled.rows[n]!.row
    if (law !== undefined && !trace.laws.includes(law)) trace.laws.push(law)
  }
  trace.output = output
  if (chosen.conflict) trace.conflict = applying
  return { output, trace }
}

/** The output alone, where nobody asks how it came about. Throws FeelLimitExceeded. */
export const outputOf = (compiled: CompiledTable, facts: Facts): Json =>
  within(defaultLimits, outputInside, compiled, facts)

function outputInside(compiled: CompiledTable, facts: Facts): Json {
  const values = compiled.inputs.map(({ feel }) => feel.evaluate(facts))
  return compiled.model ? applyModel(compiled, values).output : toJson(applyRows(compiled, values, facts).output)
}

/** What the rows say of these values of the inputs, whatever the facts say of them. */
export function applyRows(compiled: CompiledTable, values: FeelValue[], facts: Facts): Chosen {
  const applying: number[] = []
  for (let n = 0; n < compiled.rows.length; n++) {
    if (failing(compiled.rows[n]!, values, facts) >= 0) continue
    applying.push(n)
    if (compiled.hit === 'first') break
  }
  return choose(compiled, applying, facts)
}

/** The first input that does not pass, or -1. */
function failing({ cells }: CompiledRow, values: FeelValue[], facts: Facts): number {
  for (let n = 0; n < cells.length; n++) {
    const { input, tests } = cells[n]!
    if (!tests.test(values[input]!, facts)) return input
  }
  return -1
}

/** What a trace has before anything is decided. */
function traceOf({ table, hash, hit, inputs, reads }: CompiledTable, facts: Facts, values: FeelValue[]): Trace {
  const asked: Trace['inputs'] = {}
  for (let n = 0; n < inputs.length; n++) define(asked, inputs[n]!.name, toJson(values[n]!))
  const kept = factsAt(facts, reads) as Facts
  return { rule: table.name, hash, hit, inputs: asked, facts: kept, rows: [], hits: [], laws: [], output: null }
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

// The rows that apply are known; the policy says which of them decide.
function choose(compiled: CompiledTable, applying: number[], facts: Facts): Chosen {
  const { hit } = compiled
  if (applying.length === 0) return { output: hit === 'collect count' ? 0 : otherwise(compiled, facts), hits: [] }

  const outputs = applying.map((n) => outputsOf(compiled.rows[n]!, facts))
  return chooseHits(hit, applying, outputs, prioritiesOf(compiled, facts))
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

const ranked = new Set<HitPolicy>(['priority', 'output order'])

function prioritiesOf({ hit, outputs }: CompiledTable, facts: Facts): Priorities {
  if (!ranked.has(hit)) return []
  return outputs
    .filter(({ values }) => values.length > 0)
    .map(({ name, values }) => ({ name, values: values.map((value) => value.evaluate(facts)) }))
}

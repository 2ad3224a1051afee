// Applies a compiled rule table to facts, and says how it came to its result.
import { type FeelValue, type Json, type Shape, toJson } from '@ashlar/kernel/feel'
import { applyModel, type ModelTrace } from './apply-model.ts'
import { type Chosen, chooseHits, type HitPolicy, type Outputs, type Priorities } from './hit-policy.ts'
import { type CompiledRow, type CompiledTable, compileTable, factsAt, type RuleTable } from './rule-table.ts'

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

/** Pure: the same table and facts give the same, at any time and place. Throws FeelLimitExceeded. */
export function evaluate(compiled: CompiledTable, facts: Facts): Decided {
  const values = compiled.inputs.map(({ feel }) => feel.evaluate(facts))
  if (compiled.model) {
    const { output, hits, laws, model } = applyModel(compiled, values)
    return { output, trace: { ...traceOf(compiled, facts, values), hits, laws: [...new Set(laws)], output, model } }
  }
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
    ...traceOf(compiled, facts, values),
    rows: tried,
    hits: chosen.hits,
    laws: [...new Set(laws)],
    output,
    ...(chosen.conflict ? { conflict: applying } : {}),
  }
  return { output, trace }
}

/** The output alone, where nobody asks how it came about. Throws FeelLimitExceeded. */
export function outputOf(compiled: CompiledTable, facts: Facts): Json {
  const values = compiled.inputs.map(({ feel }) => feel.evaluate(facts))
  return compiled.model ? applyModel(compiled, values).output : toJson(applyRows(compiled, values, facts).output)
}

/** What the rows say of these values of the inputs, whatever the facts say of them. */
export function applyRows(compiled: CompiledTable, values: FeelValue[], facts: Facts): Chosen {
  const applying: number[] = []
  for (let n = 0; n < compiled.rows.length; n++) {
    if (!applies(compiled.rows[n]!, values, facts)) continue
    applying.push(n)
    if (compiled.hit === 'first') break
  }
  return choose(compiled, applying, facts)
}

function applies({ cells }: CompiledRow, values: FeelValue[], facts: Facts): boolean {
  for (const { input, tests } of cells) if (!tests.test(values[input]!, facts)) return false
  return true
}

const traceOf = ({ table, hash, hit, inputs, reads }: CompiledTable, facts: Facts, values: FeelValue[]) => ({
  rule: table.name,
  hash,
  hit,
  inputs: Object.fromEntries(inputs.map(({ name }, n) => [name, toJson(values[n]!)])),
  facts: factsAt(facts, reads) as Facts,
  rows: [] as Trace['rows'],
})

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

// Makes the decision of a DMN file for a rule, and says how it came about.
import { FeelLimitExceeded, type FeelValue, type Json, toJson } from '@ashlar/kernel/feel'
import { type DmnInputs, type DmnModel, evaluateDecision, readInput, tablesOf } from './dmn/model.ts'
import type { DmnProblem } from './dmn/run.ts'
import type { CompiledTable } from './rule-table.ts'

/** How a decision of a DMN file came about. */
export interface ModelTrace {
  decision: string
  /** The decisions that were made on the way, in the order in which they were. */
  decided: { node: string; value: Json }[]
  tables: TableTrace[]
  /** What made values null. */
  problems: DmnProblem[]
}

interface TableTrace {
  /** The decision or knowledge model that the table belongs to, and its line in the file. */
  node: string
  line: number
  inputs: Json[]
  /** By rule as far as they were tried: the first input that did not pass, from 0, or -1. */
  failed: number[]
  /** The rules that decided, from 0. */
  rules: number[]
}

export interface Applied {
  output: Json
  hits: number[]
  laws: string[]
  model: ModelTrace
}

/** `values` are those of the rule's inputs. Throws FeelLimitExceeded. */
export function applyModel(compiled: CompiledTable, values: FeelValue[]): Applied {
  const { model, table } = compiled
  const { decision } = table.model!
  const result = evaluateDecision(model!, decision, inputsOf(compiled, values))
  if (result.exceeded) throw new FeelLimitExceeded(result.exceeded)

  const laws = lawsOf(model!)
  return {
    output: toJson(result.value),
    hits: result.tables.findLast(({ node }) => node === decision)?.rules ?? [],
    laws: result.tables.flatMap(({ node, line, rules }) =>
      rules.flatMap((n) => laws.get(`${node}/${line}`)?.[n] ?? []),
    ),
    model: {
      decision,
      decided: result.decided.map(({ node, value }) => ({ node, value: toJson(value) })),
      tables: result.tables.map(({ inputs, ...applied }) => ({ ...applied, inputs: inputs.map(toJson) })),
      problems: result.problems,
    },
  }
}

/** What the model calls a date and the service a text becomes a date. */
export function inputsOf({ model, inputs }: CompiledTable, values: FeelValue[]): DmnInputs {
  const given: DmnInputs = Object.create(null)
  for (const [n, { name }] of inputs.entries()) {
    const type = model!.graph.find('input', name)?.type
    given[name] = type ? readInput(values[n]!, type.shape) : values[n]!
  }
  return given
}

type Laws = Map<string, (string | undefined)[]>
const knownLaws = new WeakMap<DmnModel, Laws>()

function lawsOf(model: DmnModel): Laws {
  const known = knownLaws.get(model)
  if (known) return known
  const laws: Laws = new Map(
    tablesOf(model).map(({ node, table }) => [`${node}/${table.line}`, table.rules.map(({ law }) => law)]),
  )
  knownLaws.set(model, laws)
  return laws
}

// Says in words' stead why a rule came to its result: what was needed, what was so, and whether it passed. Faces write it out.
import {
  type CompiledUnaryTests,
  compileFeel,
  compileUnaryTests,
  FeelError,
  type Json,
  toJson,
} from '@ashlar/kernel/feel'
import type { ModelTrace } from './apply-model.ts'
import { type FoundTable, tablesOf } from './dmn/model.ts'
import type { Trace } from './evaluate.ts'
import { openModel, type RuleModel, type RuleTable } from './rule-table.ts'

export interface Explanation {
  rule: string
  /** Key of the rule's own text: `rule.<rule>.title`. */
  title: string
  output: Json
  /** The rows that decided; none if no row applied. */
  decided: ExplainedRow[]
  /** Rows that were looked at before and did not apply. */
  passedOver: ExplainedRow[]
}

export interface ExplainedRow {
  /** From 1, as people count. */
  row: number
  /** Of a DMN file: the decision or knowledge model whose table it is, where that is not the rule's own decision. */
  table?: string
  law?: string
  /** Key of the sentence that the service has for the row: `rule.<rule>.reason.<reason>`. */
  reason?: string
  conditions: ExplainedCondition[]
}

export interface ExplainedCondition {
  input: string
  /** Key of the input's own text, where the service has one: `rule.<rule>.input.<input>`. */
  label: string
  /** One of these must hold; with `not` none of them. None: it was used, and nothing was asked of it. */
  needed: Needed[]
  not: boolean
  /** What was so. */
  value: Json
  /** Undefined where it was no longer asked, because another condition of the row had failed. */
  passed?: boolean
}

/** What a test asks, as keys of texts have it: `decision.needed.atMost` with {value}. `expression` is FEEL that no sentence fits. */
export type Needed =
  | { kind: 'exactly' | 'otherThan' | 'lessThan' | 'atMost' | 'moreThan' | 'atLeast'; value: Json }
  | { kind: 'between'; low: Json; high: Json; lowIncluded: boolean; highIncluded: boolean }
  | { kind: 'expression'; source: string }

/** Explains a trace by the table of its hash. */
export function explain(trace: Trace, table: RuleTable): Explanation {
  if (table.model && trace.model) return explainModel(trace, trace.model, table.model, table.inputs)
  const hits = new Set(trace.hits)
  const rows = trace.rows.map(({ row, failed }) => ({ row, explained: explainRow(trace, table, row, failed) }))
  return {
    rule: trace.rule,
    title: `rule.${trace.rule}.title`,
    output: trace.output,
    decided: rows.filter(({ row }) => hits.has(row)).map(({ explained }) => explained),
    passedOver: rows.filter(({ row }) => !hits.has(row)).map(({ explained }) => explained),
  }
}

function explainRow(trace: Trace, table: RuleTable, n: number, failed: string | undefined): ExplainedRow {
  const row = table.rows[n]!
  let over = false
  const conditions = Object.entries(row.if).map(([input, source]): ExplainedCondition => {
    const passed = over ? undefined : input !== failed
    over ||= input === failed
    return {
      input,
      label: `rule.${trace.rule}.input.${input}`,
      ...neededBy(source),
      value: trace.inputs[input] ?? null,
      ...(passed === undefined ? {} : { passed }),
    }
  })
  return {
    row: n + 1,
    ...(row.law === undefined ? {} : { law: row.law }),
    ...(row.reason === undefined ? {} : { reason: `rule.${trace.rule}.reason.${row.reason}` }),
    conditions,
  }
}

// A table of a DMN file is explained as one of a service; a decision that has none, by its expression.
function explainModel(
  trace: Trace,
  { decision, tables }: ModelTrace,
  model: RuleModel,
  inputs: RuleTable['inputs'],
): Explanation {
  const { rule, output } = trace
  const decided: ExplainedRow[] = []
  const passedOver: ExplainedRow[] = []
  const label = (input: string) => `rule.${rule}.input.${inputs[input] ?? input}`
  for (const { node, line, ...applied } of tables) {
    const table = tablesIn(model).find((one) => one.node === node && one.table.line === line)?.table
    if (!table) continue
    for (const [n, failed] of applied.failed.entries()) {
      const { inputs: cells, law, reason } = table.rules[n]!
      const conditions = cells.flatMap((cell, column): ExplainedCondition[] => {
        if (!cell || cell === '-') return []
        const { label: name, expression } = table.inputs[column]!
        const input = name ?? expression
        const passed = failed >= 0 && column > failed ? undefined : column !== failed
        return [
          {
            input,
            label: label(input),
            ...neededBy(cell),
            value: applied.inputs[column] ?? null,
            ...(passed === undefined ? {} : { passed }),
          },
        ]
      })
      const into = applied.rules.includes(n) ? decided : passedOver
      into.push({
        row: n + 1,
        ...(node === decision ? {} : { table: node }),
        ...(law === undefined ? {} : { law }),
        ...(reason === undefined ? {} : { reason: `rule.${rule}.reason.${reason}` }),
        conditions,
      })
    }
  }
  if (decided.length + passedOver.length === 0) {
    const conditions = Object.entries(trace.inputs).map(
      ([input, value]): ExplainedCondition => ({ input, label: label(input), needed: [], not: false, value }),
    )
    decided.push({ row: 1, conditions })
  }
  return { rule, title: `rule.${rule}.title`, output, decided, passedOver }
}

const openTables = new WeakMap<RuleModel, FoundTable[]>()

function tablesIn(model: RuleModel): FoundTable[] {
  const known = openTables.get(model) ?? tablesOf(openModel(model))
  openTables.set(model, known)
  return known
}

/** What a cell asks. */
export function neededBy(source: string): { needed: Needed[]; not: boolean } {
  let tests: CompiledUnaryTests
  try {
    tests = compileUnaryTests(source)
  } catch (error) {
    // A cell of a DMN file may use names with spaces, which only its model knows.
    if (!(error instanceof FeelError)) throw error
    return { needed: [{ kind: 'expression', source }], not: false }
  }
  return { needed: tests.nodes.map((node) => toNeeded(node, source)), not: tests.negated }
}

type Node = ReturnType<typeof compileUnaryTests>['nodes'][number]

const comparisons = {
  '=': 'exactly',
  '!=': 'otherThan',
  '<': 'lessThan',
  '<=': 'atMost',
  '>': 'moreThan',
  '>=': 'atLeast',
} as const

function toNeeded(node: Node, source: string): Needed {
  const expression: Needed = { kind: 'expression', source: source.slice(node.from, node.to) }
  if (node.kind === 'test') {
    const value = constantOf(node.endpoint, source)
    return value === undefined ? expression : { kind: comparisons[node.operator], value }
  }
  if (node.kind === 'range') {
    const low = constantOf(node.start, source)
    const high = constantOf(node.end, source)
    if (low === undefined || high === undefined) return expression
    return { kind: 'between', low, high, lowIncluded: node.startIncluded, highIncluded: node.endIncluded }
  }
  const value = constantOf(node, source)
  return value === undefined ? expression : { kind: 'exactly', value }
}

function constantOf(node: Node, source: string): Json | undefined {
  if (node.kind !== 'literal' && node.kind !== 'negate' && node.kind !== 'call') return undefined
  const expression = compileFeel(source.slice(node.from, node.to))
  return expression.reads.length ? undefined : toJson(expression.evaluate({}))
}

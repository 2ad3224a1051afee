// Checks a rule before anybody is judged by it: a table of rows, or a decision of a DMN file with all its tables.
import type { Shape } from '@ashlar/kernel/feel'
import { checkRows, type TableProblem } from './check-table.ts'
import { DmnError } from './dmn/definitions.ts'
import { type DmnModel, type FoundTable, tablesOf } from './dmn/model.ts'
import { openModel, type RuleModel, type RuleTable } from './rule-table.ts'

/** Gaps, unreachable rows and overlaps of a rule (see `checkRows`), and what of a DMN file does not run. */
export function checkTable(table: RuleTable, facts: Shape = {}): TableProblem[] {
  return table.model ? checkModel(table.model) : checkRows(table, facts)
}

/** What does not run is an error; gaps and overlaps of its tables are warnings, for the standard allows them. */
function checkModel(source: RuleModel): TableProblem[] {
  let model: DmnModel
  try {
    model = openModel(source)
  } catch (error) {
    if (!(error instanceof DmnError)) throw error
    return [{ code: 'dmn', message: error.message, mend: 'mend the file' }]
  }
  const broken = model.problems.map(
    ({ node, message, line }): TableProblem => ({
      code: 'dmn',
      message: `${node}: ${/clock/.test(message) ? message.replace(/\(line.*$/, '').trim() : message}`,
      mend: /clock/.test(message) ? "give the model an input 'today'" : `mend it in ${source.file}`,
      ...(line === undefined ? {} : { line }),
    }),
  )
  const shapes: Record<string, Shape> = Object.create(null)
  for (const node of model.graph.all) if (node.type) shapes[node.variable] = node.type.shape
  const names = model.graph.all.map(({ variable }) => variable)
  const found = tablesOf(model).flatMap((one) =>
    checkRows(asRuleTable(one), shapes, { names }).map(
      (problem): TableProblem => ({
        ...problem,
        line: problem.row === undefined ? one.table.line : one.table.rules[problem.row]!.line,
        severity: 'warning',
      }),
    ),
  )
  return [...broken, ...found]
}

/** A table of a DMN file as a service would have it; its inputs are called as they are written. */
export function asRuleTable({ node, table }: FoundTable): RuleTable {
  const inputs = Object.fromEntries(table.inputs.map(({ expression }) => [expression, expression]))
  const outputs = Object.fromEntries(
    table.outputs.map(({ name, otherwise }) => [name || node, otherwise ? { otherwise } : {}]),
  )
  return {
    name: node,
    hit: table.hit,
    inputs,
    rows: table.rules.map((rule) => ({
      if: Object.fromEntries(
        rule.inputs.flatMap((cell, n) => (cell && cell !== '-' ? [[table.inputs[n]!.expression, cell]] : [])),
      ),
      // biome-ignore lint/suspicious/noThenProperty: the word of rule tables
      then: Object.fromEntries(rule.outputs.map((cell, n) => [table.outputs[n]!.name || node, cell])),
    })),
    outputs,
  }
}

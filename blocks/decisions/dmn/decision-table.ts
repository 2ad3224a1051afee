// Decision tables of DMN files: read once, applied with the same hit policies as the rule tables of services.
import type { CompiledUnaryTests, FeelValue } from '@ashlar/kernel/feel'
import { chooseHits, type Outputs, type Priorities } from '../hit-policy.ts'
import type { ExpressionOf, Parameter } from './boxed.ts'
import { type Journal, type Logic, note, type Scope } from './run.ts'

/** What a table needs of those who compile expressions. */
export interface Cells {
  node: string
  feel(source: string, names: readonly string[], line: number): Logic
  /** Undefined where the cell is no test. */
  tests(source: string, names: readonly string[], line: number): CompiledUnaryTests | undefined
  /** Converts a value to the type of a variable; null where it does not fit. */
  fitting(variable: Parameter, line: number): (value: FeelValue, journal: Journal) => FeelValue
}

const mostTables = 1000

interface Rule {
  /** The first input that does not pass, or -1. */
  failing(values: FeelValue[], scope: Scope): number
  outputs: Logic[]
}

export function compileDecisionTable(table: ExpressionOf<'table'>, names: readonly string[], cells: Cells): Logic {
  const { hit } = table
  const { node } = cells
  const inputs = table.inputs.map(({ expression, values, line }) => ({
    expression,
    line,
    logic: cells.feel(expression, names, line),
    values: values === undefined ? undefined : cells.tests(values, names, line),
  }))
  const outputs = table.outputs.map(({ name, typeRef, otherwise, line }) => ({
    name,
    fit: cells.fitting({ name: name || node, typeRef }, line),
    otherwise: otherwise === undefined ? undefined : cells.feel(otherwise, names, line),
  }))
  const rules = table.rules.map((rule): Rule => {
    const tests = rule.inputs.map((cell) => cells.tests(cell, names, rule.line))
    return {
      failing: (values, scope) => tests.findIndex((test, n) => !(test?.test(values[n]!, scope) ?? false)),
      outputs: rule.outputs.map((cell) => (cell ? cells.feel(cell, names, rule.line) : () => null)),
    }
  })
  const priorities = table.outputs.flatMap(({ name, values, line }) =>
    values === undefined || !/priority|output order/.test(hit)
      ? []
      : [{ name, values: cells.feel(`[${values}]`, names, line) }],
  )

  const outputsOf = (rule: Rule, scope: Scope, journal: Journal): Outputs => {
    const said: Outputs = Object.create(null)
    for (const [n, { name, fit }] of outputs.entries()) said[name] = fit(rule.outputs[n]!(scope, journal), journal)
    return said
  }
  const otherwise = (scope: Scope, journal: Journal): FeelValue => {
    if (!outputs.some((output) => output.otherwise)) return hit === 'collect count' ? 0 : hit === 'collect' ? [] : null
    const said: Outputs = Object.create(null)
    for (const { name, fit, otherwise } of outputs) said[name] = fit(otherwise?.(scope, journal) ?? null, journal)
    return result(said)
  }
  // A table of one output gives its value; one of several gives contexts.
  const result = (chosen: FeelValue): FeelValue => {
    if (outputs.length > 1 || chosen === null || typeof chosen !== 'object') return chosen
    const { name } = outputs[0]!
    return Array.isArray(chosen) ? chosen.map((one) => (one as Outputs)[name]!) : (chosen as Outputs)[name]!
  }

  return (scope, journal) => {
    const values = inputs.map(({ logic }) => logic(scope, journal))
    for (const [n, { values: allowed, expression, line }] of inputs.entries()) {
      if (allowed && !allowed.test(values[n]!, scope)) {
        return note(journal, node, `${expression} is none of the values that the table allows`, line)
      }
    }
    const applying: number[] = []
    const failed: number[] = []
    for (const [n, rule] of rules.entries()) {
      const failing = rule.failing(values, scope)
      failed.push(failing)
      if (failing >= 0) continue
      applying.push(n)
      if (hit === 'first') break
    }
    const applied = (hits: number[]) => {
      if (journal.tables.length < mostTables)
        journal.tables.push({ node, line: table.line, rules: hits, inputs: values, failed })
    }
    if (!applying.length) {
      applied([])
      return otherwise(scope, journal)
    }

    const said = applying.map((n) => outputsOf(rules[n]!, scope, journal))
    const order: Priorities = priorities.map(({ name, values }) => {
      const list = values(scope, journal)
      return { name, values: Array.isArray(list) ? list : [] }
    })
    const chosen = chooseHits(hit, applying, said, order)
    applied(chosen.hits)
    const clash = `Rules ${applying.map((n) => n + 1).join(' and ')} apply together, which ${hit} forbids`
    return chosen.conflict ? note(journal, node, clash, table.line) : result(chosen.output)
  }
}

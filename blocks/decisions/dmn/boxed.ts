// Boxed expressions as a DMN file has them (DMN 1.5, 7.3.1 and 10.2).
import type { HitPolicy } from '../hit-policy.ts'

export interface Parameter {
  name: string
  typeRef?: string
}

export type Expression = { line: number } & (
  | { kind: 'literal'; text: string }
  | { kind: 'context'; entries: ContextEntry[] }
  | { kind: 'list'; items: Expression[] }
  | { kind: 'relation'; columns: string[]; rows: Expression[][] }
  | { kind: 'invocation'; callee: Expression; bindings: { name: string; value: Expression }[] }
  | { kind: 'function'; parameters: Parameter[]; body: Expression }
  | { kind: 'conditional'; condition: Expression; yes: Expression; no: Expression }
  | { kind: 'for' | 'some' | 'every'; variable: string; list: Expression; body: Expression }
  | { kind: 'filter'; list: Expression; match: Expression }
  | DecisionTable
  /** What is not run: null, with the reason. */
  | { kind: 'refused'; reason: string }
)

interface ContextEntry {
  /** None: this is the result. */
  variable?: Parameter
  value: Expression
}

interface TableRule {
  inputs: string[]
  outputs: string[]
  line: number
  /** Of an annotation that is called law. */
  law?: string
  /** Of an annotation that is called reason: names the sentence that explains the rule. */
  reason?: string
}

export interface DecisionTable {
  kind: 'table'
  hit: HitPolicy
  inputs: { expression: string; label?: string; values?: string; line: number }[]
  outputs: { name: string; typeRef?: string; values?: string; otherwise?: string; line: number }[]
  rules: TableRule[]
}

export type ExpressionOf<Kind extends Expression['kind']> = Extract<Expression, { kind: Kind }>

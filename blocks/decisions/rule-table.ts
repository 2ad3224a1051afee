// A rule table: what a service declares under `rules:`, and the same compiled so that it can be applied.
import { createHash } from 'node:crypto'
import {
  type CompiledFeel,
  type CompiledUnaryTests,
  compileFeel,
  compileUnaryTests,
  FeelError,
  type FeelOptions,
  type Shape,
} from '@ashlar/kernel/feel'
import { DmnError } from './dmn/definitions.ts'
import { type DmnModel, loadModel } from './dmn/model.ts'
import type { HitPolicy } from './hit-policy.ts'

/** As the definition of a public service has it; `hit` is first where it says nothing. */
export interface RuleTable {
  name: string
  hit?: HitPolicy
  /** input name → FEEL over the facts */
  inputs: Record<string, string>
  rows: RuleRow[]
  outputs?: Record<string, RuleOutput>
  /** Facts that are kept with each decision besides those that it reads: what is charged by its result may need them. */
  keeps?: string[]
  /** In place of rows: a decision of a DMN file. The inputs are then those of the model, by their names there. */
  model?: RuleModel
}

export interface RuleModel {
  /** In the folder of the service. */
  file: string
  /** As the file names it. */
  decision: string
  /** The text of the file, and of those that it imports. */
  xml: string
  imports: string[]
}

export interface RuleRow {
  /** input name → unary tests; an input that is left out may be anything */
  if: Record<string, string>
  /** output name → FEEL over the facts */
  then: Record<string, string>
  law?: string
  /** Names the sentence that explains the row: text `rule.<rule>.reason.<reason>`. */
  reason?: string
}

export interface RuleOutput {
  /** Possible values in FEEL, the most important first: the order of `priority` and `output order`. */
  values?: string[]
  /** FEEL; the value when no row applies. */
  otherwise?: string
}

export interface CompiledTable {
  table: RuleTable
  /** sha256 of the table and of the shape of the facts that it reads: the same hash decides the same. */
  hash: string
  hit: HitPolicy
  /** Paths of the facts that it may read: ['fine', 'amount']. */
  reads: string[][]
  /** The shape of those facts, and of no others. */
  shape: Shape
  inputs: { name: string; feel: CompiledFeel }[]
  rows: CompiledRow[]
  outputs: { name: string; values: CompiledFeel[]; otherwise?: CompiledFeel }[]
  model?: DmnModel
}

export interface CompiledRow {
  row: RuleRow
  cells: { input: number; tests: CompiledUnaryTests }[]
  outputs: { name: string; feel: CompiledFeel }[]
}

/** The table is no rule table: a cell is not FEEL, or names what is not there. `where` is a path, as rows/2/if/days. */
export class RuleTableError extends Error {
  override name = 'RuleTableError'
  readonly where: string

  constructor(table: string, where: string, message: string, cause?: unknown) {
    super(`Rule ${table}, ${where}: ${message}`, { cause })
    this.where = where
  }
}

/** Compiles a table once; facts are JSON of the shape. Throws RuleTableError. */
export function compileTable(table: RuleTable, facts: Shape = {}): CompiledTable {
  const options: FeelOptions = { shape: facts }
  const at = <T>(where: string, work: () => T): T => {
    try {
      return work()
    } catch (cause) {
      if (!(cause instanceof FeelError || cause instanceof DmnError)) throw cause
      throw new RuleTableError(table.name, where, cause.message, cause)
    }
  }
  const feel = (where: string, source: string) => at(where, () => compileFeel(source, options))

  const inputs = Object.entries(table.inputs).map(([name, source]) => ({ name, feel: feel(`inputs/${name}`, source) }))
  const rows = table.rows.map((row, n): CompiledRow => {
    const cells = Object.entries(row.if).map(([name, source]) => {
      const where = `rows/${n}/if/${name}`
      const input = inputs.findIndex((one) => one.name === name)
      if (input < 0) throw new RuleTableError(table.name, where, `there is no input ${name}`)
      return { input, tests: at(where, () => compileUnaryTests(source, options)) }
    })
    const outputs = Object.entries(row.then).map(([name, source]) => ({
      name,
      feel: feel(`rows/${n}/then/${name}`, source),
    }))
    return { row, cells, outputs }
  })
  const outputs = Object.entries(table.outputs ?? {}).map(([name, { values, otherwise }]) => ({
    name,
    values: (values ?? []).map((source, n) => feel(`outputs/${name}/values/${n}`, source)),
    ...(otherwise === undefined ? {} : { otherwise: feel(`outputs/${name}/otherwise`, otherwise) }),
  }))

  const reads = [
    ...inputs.flatMap(({ feel }) => feel.reads),
    ...rows.flatMap((row) => [
      ...row.cells.flatMap(({ tests }) => tests.reads),
      ...row.outputs.flatMap(({ feel }) => feel.reads),
    ]),
    ...outputs.flatMap(({ values, otherwise }) =>
      [...values, ...(otherwise ? [otherwise] : [])].flatMap((one) => one.reads),
    ),
  ]
  const paths = withoutInner([...new Set([...reads, ...(table.keeps ?? [])])]).map((path) => path.split('.'))
  const shape = shapeOfPaths(facts, paths)
  const compiled = { table, hash: hashOf(table, shape), reads: paths, shape, inputs, rows, outputs }
  const model = table.model && at('model', () => openModel(table.model!))
  return { ...compiled, hit: table.hit ?? 'first', ...(model ? { model } : {}) }
}

/** Throws DmnError where the file is no DMN or has no such decision. Legal time comes in with the facts: there is no clock. */
export function openModel({ xml, imports, decision, file }: RuleModel): DmnModel {
  const model = loadModel(xml, { imports })
  if (!model.decisions.includes(decision)) throw new DmnError(`${file} has no decision ${decision}`)
  return model
}

// Whoever reads `fine` has read `fine.amount` too.
function withoutInner(paths: string[]): string[] {
  const all = new Set(paths)
  const hasOuter = (path: string) => {
    const names = path.split('.')
    return names.some((_, n) => n > 0 && all.has(names.slice(0, n).join('.')))
  }
  return paths.filter((path) => !hasOuter(path)).sort()
}

type ShapeTree = { [name: string]: Shape }

/** The part of a shape that the paths lead through. */
function shapeOfPaths(facts: Shape, paths: string[][]): Shape {
  const tree: ShapeTree = {}
  for (const names of paths) {
    let from: Shape | undefined = facts
    let into = tree
    names.forEach((name, n) => {
      const isGroup: boolean = typeof from === 'object' && !Array.isArray(from)
      from = isGroup && Object.hasOwn(from as ShapeTree, name) ? (from as ShapeTree)[name] : undefined
      if (from === undefined) return
      const goesOn = n < names.length - 1 && typeof from === 'object' && !Array.isArray(from)
      if (!Object.hasOwn(into, name)) define(into, name, goesOn ? {} : from)
      if (goesOn) into = into[name] as ShapeTree
    })
  }
  return tree
}

/** Sets an entry; `__proto__` is a name like others. */
export function define(into: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') into[name] = value
  else Object.defineProperty(into, name, { value, enumerable: true, configurable: true, writable: true })
}

/** The facts that the paths lead to, and no others; what is not there is left out. */
export function factsAt(facts: Record<string, unknown>, paths: string[][]): Record<string, unknown> {
  const part: Record<string, unknown> = {}
  for (const names of paths) {
    let from: unknown = facts
    let into = part
    for (const [n, name] of names.entries()) {
      if (typeof from !== 'object' || from === null || !Object.hasOwn(from, name)) break
      from = (from as Record<string, unknown>)[name]
      const goesOn = n < names.length - 1 && typeof from === 'object' && from !== null && !Array.isArray(from)
      if (!goesOn) {
        define(into, name, from)
        break
      }
      if (!Object.hasOwn(into, name)) define(into, name, {})
      into = into[name] as Record<string, unknown>
    }
  }
  return part
}

function hashOf(table: RuleTable, shape: Shape): string {
  const { name, hit, inputs, rows, outputs } = table
  const parts = {
    name,
    hit: hit ?? 'first',
    inputs: Object.entries(inputs),
    rows: rows.map((row) => [Object.entries(row.if), Object.entries(row.then), row.law ?? null, row.reason ?? null]),
    outputs: Object.entries(outputs ?? {}).map(([output, { values, otherwise }]) => [
      output,
      values ?? [],
      otherwise ?? null,
    ]),
    ...(table.model ? { model: [table.model.decision, table.model.xml, table.model.imports] } : {}),
    shape,
  }
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

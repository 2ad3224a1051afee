// Turns a tagged template into a statement: values become parameters, parts become text, equal texts share a plan.

import type { Context } from './context.ts'

const PART = Symbol('sql part')
const VALUE = Symbol('sql value')

/** A fragment made by sql.part or sql.unnest, to be used as ${part} in a statement. */
export interface SqlPart {
  readonly [PART]: true
  readonly strings: readonly string[]
  readonly values: readonly unknown[]
}

/** A parameter whose form was chosen on purpose, by sql.json. */
export interface SqlValue {
  readonly [VALUE]: true
  readonly parameter: unknown
}

export interface Sql {
  /** Runs the statement and gives its rows. Values are parameters, never text. */
  <Row extends object = Record<string, unknown>>(text: TemplateStringsArray, ...values: unknown[]): Promise<Row[]>
  /** A fragment for use in other statements; its values stay parameters. */
  part(text: TemplateStringsArray, ...values: unknown[]): SqlPart
  /** A jsonb parameter (arrays and strings included). */
  json(value: unknown): SqlValue
  /**
   * Rows as a table: sql`insert into t (id, name) select id, name from ${sql.unnest({ id: 'uuid', name: 'text' }, rows)}`.
   * A column moved_at is read from moved_at or movedAt of each row.
   */
  unnest(columns: Record<string, string>, rows: readonly object[]): SqlPart
  /**
   * One transaction on behalf of somebody; commits when work resolves, rolls back when it throws. Does not nest. A statement
   * that work does not wait for shares the round trip of the COMMIT; if it fails, nothing is committed and begin() throws it.
   */
  begin<T>(context: Context, work: (sql: Sql) => Promise<T>): Promise<T>
}

export interface Statement {
  /** Undefined for texts too many to keep prepared. */
  name: string | undefined
  text: string
  values: unknown[]
}

const KEPT_TEXTS = 2_000
const byTemplate = new WeakMap<TemplateStringsArray, { name: string | undefined; text: string }>()
const byText = new Map<string, string>()

export function statement(strings: TemplateStringsArray, values: readonly unknown[]): Statement {
  if (!Array.isArray(strings) || !('raw' in strings)) throw new Error('sql must be called as a tagged template: sql`…`')
  if (!values.some(isPart)) {
    let known = byTemplate.get(strings)
    if (!known) {
      const text = numbered(strings)
      known = { name: nameOf(text), text }
      byTemplate.set(strings, known)
    }
    return { ...known, values: values.map(parameterOf) }
  }
  const flat = flatten(strings, values)
  const text = numbered(flat.strings)
  return { name: nameOf(text), text, values: flat.values.map(parameterOf) }
}

export function part(strings: TemplateStringsArray, ...values: unknown[]): SqlPart {
  return { [PART]: true, ...flatten(strings, values) }
}

export function json(value: unknown): SqlValue {
  return { [VALUE]: true, parameter: value === undefined ? null : JSON.stringify(value) }
}

export function unnest(columns: Record<string, string>, rows: readonly object[]): SqlPart {
  const names = Object.keys(columns)
  if (names.length === 0) throw new Error('sql.unnest needs at least one column')
  for (const [name, type] of Object.entries(columns)) {
    if (!/^[a-z_][a-z0-9_]*$/.test(name) || !/^[a-z][a-z0-9_. ()]*$/.test(type)) {
      throw new Error(`Not a column and its type: ${name} ${type}`)
    }
  }
  const strings = names.map((_, index) => {
    const before = index === 0 ? 'unnest(' : `::${columns[names[index - 1] as string]}[], `
    return before
  })
  strings.push(`::${columns[names.at(-1) as string]}[]) as rows(${names.join(', ')})`)
  const values = names.map((name) => rows.map((row) => elementOf(row as Record<string, unknown>, name, columns[name])))
  return { [PART]: true, strings, values }
}

function elementOf(row: Record<string, unknown>, name: string, type: string | undefined): unknown {
  const value = row[name] ?? row[name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())]
  if (value === undefined || value === null) return null
  if ((value as SqlValue)[VALUE]) return (value as SqlValue).parameter
  if (type === 'jsonb' || type === 'json') return JSON.stringify(value)
  return parameterOf(value)
}

function flatten(strings: readonly string[], values: readonly unknown[]): { strings: string[]; values: unknown[] } {
  const out = { strings: [strings[0] ?? ''], values: [] as unknown[] }
  for (const [index, value] of values.entries()) {
    const after = strings[index + 1] ?? ''
    if (isPart(value)) {
      out.strings[out.strings.length - 1] += value.strings[0] ?? ''
      out.strings.push(...value.strings.slice(1))
      out.values.push(...value.values)
      out.strings[out.strings.length - 1] += after
    } else {
      out.values.push(value)
      out.strings.push(after)
    }
  }
  return out
}

function isPart(value: unknown): value is SqlPart {
  return typeof value === 'object' && value !== null && PART in value
}

function numbered(strings: readonly string[]): string {
  return strings.reduce((text, next, index) => (index === 0 ? next : `${text}$${index}${next}`), '')
}

function nameOf(text: string): string | undefined {
  const known = byText.get(text)
  if (known) return known
  if (byText.size >= KEPT_TEXTS) return undefined
  const name = `s${byText.size + 1}`
  byText.set(text, name)
  return name
}

function parameterOf(value: unknown): unknown {
  if (value === undefined || value === null) return null
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'bigint') return value.toString()
  if (Array.isArray(value)) return value.map(parameterOf)
  if (typeof value === 'object' && VALUE in value) return (value as SqlValue).parameter
  return value
}

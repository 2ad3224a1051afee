// The registers of an example: a few records in memory, found and written as the real ones would.
import type { Facts, Json } from './facts.ts'
import type { Evidence } from './public-service.ts'

export interface ExampleRegisters {
  lookUp(name: string, evidence: Pick<Evidence, 'register' | 'fields' | 'many' | 'match'>, by: Facts | null): Json
  /** Gives the record as it is then. */
  write(register: string, key: Facts, set: Facts): Facts
}

/** `found` says what a search with a score gives, since how alike names are is not for an example to decide. */
export function exampleRegisters(records: Record<string, Facts[]>, found: Record<string, Json>): ExampleRegisters {
  const registers = new Map(Object.entries(records).map(([name, rows]) => [name, rows.map((row) => ({ ...row }))]))
  const rowsOf = (register: string): Facts[] => {
    const rows = registers.get(register) ?? []
    registers.set(register, rows)
    return rows
  }
  const matches = (row: Facts, keys: Facts) =>
    Object.entries(keys).every(([field, value]) => sameKey(row[field] ?? null, value))

  return {
    lookUp: (name, { register = '', fields, many, match }, by) => {
      if (match !== undefined) return found[name] ?? { count: 0, bestScore: 0, records: [] }
      if (by === null) return many ? [] : null
      const shown = rowsOf(register)
        .filter((row) => matches(row, by))
        .map((row) => Object.fromEntries(fields.map((field) => [field, row[field] ?? null])))
      return many ? shown : (shown[0] ?? null)
    },
    write: (register, key, set) => {
      const rows = rowsOf(register)
      const row = Object.keys(key).length === 0 ? undefined : rows.find((one) => matches(one, key))
      if (row !== undefined) return Object.assign(row, set)
      const added = { id: `${register}-${rows.length + 1}`, ...key, ...set }
      rows.push(added)
      return added
    },
  }
}

/** As registers compare keys: without regard to case and to how parts are separated. */
function sameKey(a: Json, b: Json): boolean {
  const key = (value: Json) => (typeof value === 'string' ? value.toUpperCase().replace(/[\s\p{Pd}_]+/gu, '-') : value)
  return key(a) === key(b)
}

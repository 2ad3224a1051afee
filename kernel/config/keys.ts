// The keys that a schema of settings knows, and their spellings as flag and as environment variable.
import type { TSchema } from 'typebox'

/** The parts of JSON Schema that settings use; `secret` and `env` are marks of our own. */
export interface SettingSchema {
  type?: string
  description?: string
  default?: unknown
  /** Shown as ***, and may be read from a file named by …_FILE. */
  secret?: boolean
  /** A second variable that sets it, such as DATABASE_URL. */
  env?: string
  enum?: unknown[]
  anyOf?: SettingSchema[]
  items?: SettingSchema
  properties?: Record<string, SettingSchema>
  patternProperties?: Record<string, SettingSchema>
  required?: string[]
}

export interface ConfigKey {
  /** 'http.maxInFlight'; a part written <name> stands for any name. */
  key: string
  schema: SettingSchema
  required: boolean
  /** ASHLAR_HTTP__MAX_IN_FLIGHT */
  env: string
}

/** All keys of a schema in its order, for the docs and for suggestions. */
export function configKeys(schema: TSchema): ConfigKey[] {
  const walk = (part: SettingSchema, path: string[], required: boolean): ConfigKey[] => {
    const inner = innerOf(part)
    if (inner === undefined) return [{ key: path.join('.'), schema: part, required, env: envOf(path) }]
    const named = Object.entries(inner.properties ?? {}).flatMap(([name, schema]) =>
      walk(schema, [...path, name], required && (inner.required?.includes(name) ?? false)),
    )
    const free = Object.values(inner.patternProperties ?? {}).flatMap((s) => walk(s, [...path, '<name>'], false))
    return [...named, ...free]
  }
  return walk(schema as SettingSchema, [], true)
}

/** The schema as a section, if it is one. */
export function innerOf(schema: SettingSchema): SettingSchema | undefined {
  return schema.properties !== undefined || schema.patternProperties !== undefined ? schema : undefined
}

function envOf(path: string[]): string {
  const spelt = path.map((part) =>
    part
      .replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_')
      .replaceAll('-', '_')
      .toUpperCase(),
  )
  return `ASHLAR_${spelt.join('__')}`
}

/**
 * The key that a spelling means: 'http.max-in-flight', 'http.maxInFlight', ['HTTP', 'MAX_IN_FLIGHT'] are one.
 * Undefined if it means none, or a whole section.
 */
export function resolveKey(schema: TSchema, spelling: string[]): { path: string[]; schema: SettingSchema } | undefined {
  let at = schema as SettingSchema
  const path: string[] = []
  for (const part of spelling) {
    const wanted = bare(part)
    const name = Object.keys(at.properties ?? {}).find((key) => bare(key) === wanted)
    const free = Object.values(at.patternProperties ?? {})[0]
    const next = name === undefined ? free : at.properties![name]
    if (next === undefined || wanted === '' || ['proto', 'constructor', 'prototype'].includes(wanted)) return undefined
    path.push(name ?? (/^[A-Z0-9_]+$/.test(part) ? part.toLowerCase().replaceAll('_', '-') : part))
    at = next
  }
  return innerOf(at) === undefined ? { path, schema: at } : undefined
}

function bare(part: string): string {
  return part.toLowerCase().replace(/[-_]/g, '')
}

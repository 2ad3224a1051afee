// Settings: flag > environment > file > default; unknown keys are refused, and each value knows where it came from.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Ajv } from 'ajv'
import type { Static, TSchema } from 'typebox'
import type { parse } from 'yaml'
import { nearest } from '../language/index.ts'
import { type ConfigKey, configKeys, innerOf, resolveKey, type SettingSchema } from './keys.ts'

export interface ConfigSources {
  /** By dotted key, '--' left out: { 'http.port': '8080' }. A flag without a value is true. */
  flags?: Record<string, string | boolean>
  /** Usually process.env; only ASHLAR_… and the variables that a schema names by `env` are read. */
  env?: Record<string, string | undefined>
  /** A YAML file; one that does not exist is an error, so name only what somebody asked for or is there. */
  file?: string
  /** ASHLAR_… variables that are not settings. */
  notSettings?: string[]
}

export interface ConfigRow {
  key: string
  /** As JSON, *** for secrets, '' if it has none. */
  value: string
  /** 'flag --http.port', 'env ASHLAR_HTTP__PORT', 'file ashlar.yaml', 'default', 'not set' */
  source: string
  /** What the source outweighed, strongest first. */
  overridden: string[]
  about: string
}

export interface Config<T> {
  values: T
  /** One row a key, for `ashlar config explain`. */
  explain(): ConfigRow[]
}

/** All that is wrong with the settings, one line each; never with a secret in it. */
export class ConfigError extends Error {
  readonly problems: string[]

  constructor(problems: string[]) {
    super(`the settings are not right:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
    this.name = 'ConfigError'
    this.problems = problems
  }
}

/** What is seldom needed is loaded when it is: settings are read before anything else starts. */
const load = createRequire(import.meta.url)

/** Why this is no value of the setting, or undefined. */
function wrongWith(setting: SettingSchema, value: unknown): string | undefined {
  const { type, description, default: usual, secret, env, ...rest } = setting as Record<string, unknown>
  if (Object.keys(rest).length === 0 && typeof value === type) return undefined
  if (JSON.stringify(value) === JSON.stringify(usual)) return undefined
  const ajv = new (load('ajv') as { Ajv: typeof Ajv }).Ajv({ strict: false })
  return ajv.validate(setting, value) ? undefined : (ajv.errors?.[0]?.message ?? 'is not right')
}

interface Given {
  source: string
  value: unknown
}

/**
 * Reads settings of a TypeBox object of sections: Type.Object({ http: Type.Object({ port: Type.Integer({ default: 8080 }) }) }).
 * Marks: `secret: true`, `env: 'DATABASE_URL'`, `description`. Throws ConfigError with everything that is wrong.
 */
export function readConfig<const Schema extends TSchema>(
  schema: Schema,
  sources: ConfigSources,
): Config<Static<Schema>> {
  const problems: string[] = []
  const keys = configKeys(schema)
  const given = new Map<string, Given[]>()
  const schemas = new Map<string, SettingSchema>()

  const give = (path: string[], setting: SettingSchema, source: string, value: unknown) => {
    const key = path.join('.')
    schemas.set(key, setting)
    given.set(key, [...(given.get(key) ?? []), { source, value }])
  }
  const unknown = (spelling: string, names: Iterable<string>) => {
    const meant = nearest(spelling, names)
    problems.push(`${spelling}: unknown${meant === undefined ? '' : `; did you mean ${meant}?`}`)
  }

  for (const [flag, value] of Object.entries(sources.flags ?? {})) {
    const found = resolveKey(schema, flag.split('.'))
    if (found === undefined)
      unknown(
        `--${flag}`,
        keys.map((key) => `--${key.key}`),
      )
    else give(found.path, found.schema, `flag --${flag}`, fromText(value, found.schema))
  }
  readEnvironment()
  if (sources.file !== undefined) readFile(sources.file)
  for (const key of keys) {
    schemas.set(key.key, key.schema)
    if ('default' in key.schema && !key.key.includes('<name>'))
      give(key.key.split('.'), key.schema, 'default', key.schema.default)
  }

  const values: Record<string, unknown> = {}
  prepare(values, schema as SettingSchema)
  for (const key of keys)
    if (key.required && !given.has(key.key))
      problems.push(`${key.key}: is not set; set ${key.env} or a line in the file`)
  for (const [key, [first]] of given) {
    const setting = schemas.get(key)!
    const wrong = wrongWith(setting, first!.value)
    if (wrong !== undefined) {
      const shown = setting.secret ? 'its value' : JSON.stringify(first!.value)
      problems.push(`${key}: ${shown} ${wrong} (from ${first!.source})`)
    } else put(values, key.split('.'), first!.value)
  }
  if (problems.length > 0) throw new ConfigError(problems)

  return { values: values as Static<Schema>, explain: () => explain(keys, given, schemas) }

  function readEnvironment(): void {
    const env = sources.env ?? {}
    const ours = new Set(sources.notSettings)
    const names = keys.flatMap((key) => [key.env, ...(key.schema.env === undefined ? [] : [key.schema.env])])
    for (const name of Object.keys(env).sort()) {
      const value = env[name]
      // An empty variable is one that a compose file passes on without having it.
      if (!name.startsWith('ASHLAR_') || value === undefined || value === '' || ours.has(name)) continue
      const direct = resolveKey(schema, name.slice('ASHLAR_'.length).split('__'))
      const byFile = name.endsWith('_FILE') && !direct ? resolveKey(schema, name.slice(7, -5).split('__')) : undefined
      if (direct) give(direct.path, direct.schema, `env ${name}`, fromText(value, direct.schema))
      else if (byFile) {
        const text = readText(value, name)
        if (text !== undefined) give(byFile.path, byFile.schema, `env ${name}`, fromText(text.trim(), byFile.schema))
      } else unknown(name, names)
    }
    for (const { key, schema } of keys) {
      const value = schema.env === undefined ? undefined : env[schema.env]
      if (value) give(key.split('.'), schema, `env ${schema.env}`, fromText(value, schema))
    }
  }

  function readFile(file: string): void {
    const text = readText(file, 'settings')
    if (text === undefined) return
    let tree: unknown
    try {
      const yaml = load('yaml') as { parse: typeof parse }
      tree = yaml.parse(text) ?? {}
    } catch (error) {
      problems.push(`${file}: ${(error as Error).message.split('\n')[0]}`)
      return
    }
    if (typeof tree !== 'object' || Array.isArray(tree)) problems.push(`${file}: must be sections with keys`)
    else walk(tree as object, [])

    function walk(part: object, path: string[]): void {
      for (const [name, value] of Object.entries(part)) {
        const spelling = [...path, name]
        const found = resolveKey(schema, spelling)
        if (found !== undefined) give(found.path, found.schema, `file ${file}`, value)
        else if (typeof value === 'object' && value !== null && !Array.isArray(value)) walk(value, spelling)
        else
          unknown(
            spelling.join('.'),
            keys.map((key) => key.key),
          )
      }
    }
  }

  function readText(file: string, what: string): string | undefined {
    try {
      return readFileSync(file, 'utf8')
    } catch (error) {
      problems.push(`${what}: cannot read ${file} (${(error as NodeJS.ErrnoException).code})`)
      return undefined
    }
  }
}

/** Words of a command line or variable as the schema's type; what does not fit stays text and fails the check. */
function fromText(text: string | boolean, schema: SettingSchema): unknown {
  if (typeof text === 'boolean') return schema.type === 'boolean' ? text : String(text)
  switch (schema.type) {
    case 'integer':
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
    case 'boolean':
      return { true: true, false: false, yes: true, no: false, 1: true, 0: false }[text.toLowerCase()] ?? text
    case 'array':
      return text.split(',').map((part) => fromText(part.trim(), schema.items ?? {}))
    default:
      return text
  }
}

/** Sections are always there, so that nobody asks for a key of nothing. */
function prepare(values: Record<string, unknown>, schema: SettingSchema): void {
  for (const [name, part] of Object.entries(schema.properties ?? {})) {
    if (innerOf(part) === undefined) continue
    const section: Record<string, unknown> = {}
    values[name] = section
    prepare(section, part)
  }
}

function put(values: Record<string, unknown>, path: string[], value: unknown): void {
  let at = values
  for (const part of path.slice(0, -1)) {
    at[part] ??= {}
    at = at[part] as Record<string, unknown>
  }
  at[path.at(-1)!] = value
}

function explain(keys: ConfigKey[], given: Map<string, Given[]>, schemas: Map<string, SettingSchema>): ConfigRow[] {
  const names = new Set([...keys.map((key) => key.key).filter((key) => !key.includes('<name>')), ...given.keys()])
  return [...names].map((key) => {
    const schema = schemas.get(key)!
    const [first, ...others] = given.get(key) ?? []
    const shown = (value: unknown) => (schema.secret ? '***' : JSON.stringify(value))
    return {
      key,
      value: first === undefined ? '' : shown(first.value),
      source: first?.source ?? 'not set',
      overridden: others.map(({ source, value }) => `${source} = ${shown(value)}`),
      about: schema.description ?? '',
    }
  })
}

// Checking requests against their schemas: JSON Schema 2020-12, nothing coerced in bodies, unknown fields refused.
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { FastifySchemaCompiler } from 'fastify'
import { nearest } from '../language/index.ts'
import type { FieldError } from '../problem/index.ts'
import { RequestNotValid } from './problems.ts'

type Schema = Record<string, unknown>

/** What of a request a schema speaks of. */
const prefixes: Record<string, string> = { body: '', querystring: 'query:', params: 'params:', headers: 'headers:' }

/** Beyond so many values only the first error is told: telling all of a hostile body would cost more than reading it. */
const MOST_VALUES = 2000

const made = new Map<string, Ajv2020>()

/** One for all servers of the process: making one takes longer than compiling a schema. */
function ajvOf(coerce: boolean, thorough: boolean): Ajv2020 {
  const key = `${coerce} ${thorough}`
  let ajv = made.get(key)
  if (ajv === undefined) {
    ajv = createAjv(coerce, thorough)
    made.set(key, ajv)
  }
  return ajv
}

function createAjv(coerce: boolean, thorough: boolean): Ajv2020 {
  const ajv = new Ajv2020({
    coerceTypes: coerce,
    useDefaults: true,
    removeAdditional: false,
    allErrors: thorough,
    verbose: thorough,
    strictTypes: false,
    strictTuples: false,
    strictRequired: false,
    allowUnionTypes: true,
    addUsedSchema: false,
  })
  ;(addFormats as unknown as (ajv: Ajv2020) => void)(ajv)
  ajv.addVocabulary(['example', 'discriminator', 'xml', 'externalDocs'])
  return ajv
}

/**
 * Fastify's validator: queries, paths and headers are text and become what the schema says; bodies stay what they are.
 * The quick pass stops at the first error; only a refused request is looked at again, for all of them.
 */
export function createValidators(): FastifySchemaCompiler<Schema> {
  return ({ schema, httpPart, url }) => {
    const coerce = httpPart !== 'body'
    const prefix = prefixes[httpPart ?? 'body'] ?? ''
    const close = httpPart === 'body' || (httpPart === 'querystring' && (url ?? '').startsWith('/api/'))
    const used = close ? closed(schema) : withoutId(schema)
    let check: ValidateFunction | undefined
    let explain: ValidateFunction | undefined

    return (data: unknown) => {
      // At first use: hundreds of schemas would hold up each start.
      check ??= ajvOf(coerce, false).compile(used)
      if (check(data)) return true
      let errors = check.errors ?? []
      if (fewValues(data)) {
        explain ??= ajvOf(coerce, true).compile(used)
        if (!explain(data)) errors = explain.errors ?? errors
      }
      return { error: RequestNotValid(toFieldErrors(errors, prefix)) }
    }
  }
}

/**
 * The schema with every object of known properties closed to others, unless it says itself. Where several parts describe
 * one object together (`allOf`, or properties beside `anyOf` or `if`) they do not know each other's properties, so the
 * whole is closed by `unevaluatedProperties` instead.
 */
function closed(schema: Schema, isPart = false): Schema {
  const { $id, ...copy } = schema
  const together =
    Array.isArray(copy.allOf) ||
    ('properties' in copy && ['anyOf', 'oneOf', 'if', 'dependentSchemas'].some((k) => k in copy))
  const partly = isPart || together
  for (const key of ['items', 'additionalProperties', 'contains'] as const)
    if (isSchema(copy[key])) copy[key] = closed(copy[key])
  for (const key of ['not', 'if'] as const) if (isSchema(copy[key])) copy[key] = closed(copy[key], true)
  for (const key of ['then', 'else'] as const) if (isSchema(copy[key])) copy[key] = closed(copy[key], partly)
  for (const key of ['allOf', 'anyOf', 'oneOf'] as const)
    if (Array.isArray(copy[key])) copy[key] = copy[key].map((part) => closed(part as Schema, partly))
  if (Array.isArray(copy.prefixItems)) copy.prefixItems = copy.prefixItems.map((part) => closed(part as Schema))
  for (const key of ['properties', 'patternProperties', '$defs', 'dependentSchemas'] as const)
    if (isSchema(copy[key])) copy[key] = closedEach(copy[key], key === 'dependentSchemas')

  const says = ['additionalProperties', 'unevaluatedProperties', 'patternProperties'].some((key) => key in copy)
  if (says || isPart) return copy
  if (together) copy.unevaluatedProperties = false
  else if (copy.type === 'object' && isSchema(copy.properties)) copy.additionalProperties = false
  return copy
}

function closedEach(schemas: Schema, areParts: boolean): Schema {
  return Object.fromEntries(Object.entries(schemas).map(([name, part]) => [name, closed(part as Schema, areParts)]))
}

function withoutId({ $id, ...schema }: Schema): Schema {
  return schema
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function fewValues(data: unknown): boolean {
  const waiting = [data]
  let count = 0
  while (waiting.length > 0) {
    const value = waiting.pop()
    if (typeof value !== 'object' || value === null) continue
    const inside = Object.values(value)
    count += inside.length
    if (count > MOST_VALUES) return false
    for (const item of inside) waiting.push(item)
  }
  return true
}

/** What is wrong where, without the value itself: an answer must not repeat what was sent. */
function toFieldErrors(errors: ErrorObject[], prefix: string): FieldError[] {
  const told = new Map<string, FieldError>()
  for (const error of errors) {
    const { instancePath, keyword, params } = error
    let pointer = instancePath
    let message = error.message ?? 'is not as described'
    if (keyword === 'required') {
      pointer += `/${params.missingProperty}`
      message = 'is missing'
    } else if (keyword === 'additionalProperties' || keyword === 'unevaluatedProperties') {
      const name = String(params.additionalProperty ?? params.unevaluatedProperty).slice(0, 80)
      pointer += `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
      const known = Object.keys((error.parentSchema as { properties?: object } | undefined)?.properties ?? {})
      const meant = nearest(name, known)
      message = `is not known here${meant === undefined ? '' : `; did you mean ${meant}?`}`
    } else if (keyword === 'enum') message = `must be one of ${(params.allowedValues as unknown[]).join(', ')}`
    const key = `${pointer} ${keyword}`
    if (!told.has(key)) told.set(key, { pointer: prefix + pointer, code: keyword, message })
    if (told.size === 50) break
  }
  return [...told.values()]
}

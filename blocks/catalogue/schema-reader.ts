// Reads a YAML node as its JSON Schema says, and tells what does not fit in words that help; the schema is the only truth.
import { isTerm } from '@ashlar/kernel/calendar'
import { isDay } from '@ashlar/kernel/clock'
import { nearest } from '@ashlar/kernel/language'
import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml'
import { type Finding, suggest } from './check-problem.ts'
import { factPattern, idPattern } from './schema/words.ts'

/** The part of JSON Schema that our schemas are written in. */
interface Schema {
  $ref?: string
  $defs?: Record<string, Schema>
  anyOf?: Schema[]
  /** Several types mean a scalar that is kept as it is written. */
  type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | string[]
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: Schema | false
  propertyNames?: { pattern?: string; maxLength?: number }
  items?: Schema
  enum?: string[]
  pattern?: string
  format?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  description?: string
}

type Report = (node: Node | null | undefined, finding: Finding) => void

export function readNode(node: Node | null, schema: object, report: Report): unknown {
  const root = schema as Schema
  const patterns = new Map<string, RegExp>()
  const pattern = (source: string): RegExp => {
    const known = patterns.get(source) ?? new RegExp(source, 'u')
    patterns.set(source, known)
    return known
  }

  const read = (node: Node | null, schema: Schema, around: Node | null, depth: number): unknown => {
    if (depth > 60) {
      report(around, { code: 'too-deep', message: 'this is nested too deeply', mend: 'split it' })
      return undefined
    }
    if (isAlias(node)) {
      report(node, { code: 'alias', message: 'anchors and aliases are not used here', mend: 'write it out' })
      return undefined
    }
    if (schema.$ref !== undefined) return read(node, defined(root, schema.$ref), around, depth + 1)
    if (schema.anyOf !== undefined) return readAny(node, schema.anyOf, schema, around, depth)
    switch (schema.type) {
      case 'object':
        return readObject(node, schema, around, depth)
      case 'array':
        return readArray(node, schema, around, depth)
      case undefined:
        return readAnything(node, depth)
      default:
        return readScalar(node, schema, around)
    }
  }

  const readAny = (
    node: Node | null,
    shapes: Schema[],
    schema: Schema,
    around: Node | null,
    depth: number,
  ): unknown => {
    const resolved = flatten(shapes)
    const kind = isMap(node) ? 'object' : isSeq(node) ? 'array' : 'scalar'
    const fitting = resolved.filter((shape) =>
      kind === 'scalar' ? shape.type !== 'object' && shape.type !== 'array' : shape.type === kind,
    )
    if (fitting.length === 1) return read(node, fitting[0]!, around, depth + 1)
    if (fitting.length === 0 || !isMap(node)) {
      report(node ?? around, wrongKind(node, resolved.map(kindOf).join(' or '), schema))
      return undefined
    }
    // Shapes of maps are told apart by their first required key.
    const keys = new Set(node.items.map((item) => keyOf(item)))
    const shape = fitting.find(({ required }) => required?.[0] !== undefined && keys.has(required[0]))
    if (shape !== undefined) return read(node, shape, around, depth + 1)
    const offered = fitting.map(({ required }) => required?.[0]).filter((name) => name !== undefined)
    const first = node.items[0]
    const word = first === undefined ? '' : keyOf(first)
    report(first === undefined ? node : (first.key as Node), {
      code: 'unknown-item',
      message: word === '' ? 'this says nothing' : `'${word}' is not one of the things that can stand here`,
      mend: suggest(word, offered),
    })
    return undefined
  }

  /** The shapes to choose from, those of an inner choice among them. */
  const flatten = (shapes: Schema[]): Schema[] =>
    shapes.flatMap((shape) => {
      const own = shape.$ref === undefined ? shape : defined(root, shape.$ref)
      return own.anyOf === undefined ? [own] : flatten(own.anyOf)
    })

  const readObject = (node: Node | null, schema: Schema, around: Node | null, depth: number): unknown => {
    if (!isMap(node)) {
      report(node ?? around, wrongKind(node, 'keys with values', schema))
      return undefined
    }
    const { properties = {}, required = [], additionalProperties, propertyNames } = schema
    const value: Record<string, unknown> = {}
    for (const pair of node.items) {
      const name = keyOf(pair)
      const key = pair.key as Node
      const own = Object.hasOwn(properties, name) ? properties[name] : undefined
      if (own === undefined && (additionalProperties === undefined || additionalProperties === false)) {
        if (schema.properties === undefined && additionalProperties === undefined) {
          put(value, name, readAnything(pair.value as Node | null, depth + 1))
          continue
        }
        const free = Object.keys(properties).filter((property) => !has(node, property))
        report(key, { code: 'unknown-key', message: `'${name}' is not known here`, mend: unknownKeyMend(name, free) })
        continue
      }
      if (own === undefined && propertyNames !== undefined) checkName(name, propertyNames, key)
      put(value, name, read(pair.value as Node | null, own ?? (additionalProperties as Schema), key, depth + 1))
    }
    for (const name of required)
      if (!has(node, name))
        report(around ?? node, {
          code: 'missing-key',
          message: `'${name}' is missing`,
          mend: `add '${name}:'${properties[name]?.description === undefined ? '' : ` (${lower(properties[name].description)})`}`,
        })
    return value
  }

  const checkName = (name: string, rule: { pattern?: string; maxLength?: number }, key: Node) => {
    if (rule.maxLength !== undefined && name.length > rule.maxLength)
      report(key, { code: 'long-name', message: `'${name.slice(0, 30)}…' is too long a name`, mend: 'shorten it' })
    else if (rule.pattern !== undefined && !pattern(rule.pattern).test(name))
      report(key, {
        code: 'name',
        message: `'${name}' is not a name that can stand here`,
        mend: nameMend(rule.pattern, name),
      })
  }

  const readArray = (node: Node | null, schema: Schema, around: Node | null, depth: number): unknown => {
    if (!isSeq(node)) {
      report(node ?? around, wrongKind(node, 'a list', schema))
      return undefined
    }
    return node.items.map((item) => read(item as Node | null, schema.items ?? {}, node, depth + 1))
  }

  const readScalar = (node: Node | null, schema: Schema, around: Node | null): unknown => {
    const source = isScalar(node) ? String(node.value ?? '') : undefined
    if (source === undefined || (source === '' && (schema.minLength ?? 0) > 0)) {
      report(node ?? around, wrongKind(node, kindOf(schema), schema))
      return undefined
    }
    const wrong = (message: string, mend: string) => {
      report(node, { code: 'value', message, mend })
      return undefined
    }
    if (schema.type === 'boolean') {
      if (source === 'true' || source === 'false') return source === 'true'
      return wrong(`'${short(source)}' is neither true nor false`, 'write true or false')
    }
    if (schema.type === 'integer' || schema.type === 'number') {
      const number = Number(source)
      const fits = schema.type === 'integer' ? /^-?\d{1,15}$/.test(source) : /^-?\d+(\.\d+)?$/.test(source)
      if (!fits) return wrong(`'${short(source)}' is not a number`, 'write a number in digits')
      const { minimum = number, maximum = number } = schema
      if (number < minimum) return wrong(`${source} is too small`, `write ${minimum} or more`)
      return number > maximum ? wrong(`${source} is too large`, `write ${maximum} or less`) : number
    }
    if (schema.enum !== undefined && !schema.enum.includes(source))
      return wrong(`'${short(source)}' is not one of the words that can stand here`, suggest(source, schema.enum))
    if (schema.maxLength !== undefined && [...source].length > schema.maxLength)
      return wrong('this is too long', `keep to ${schema.maxLength} characters`)
    if (schema.pattern !== undefined && !pattern(schema.pattern).test(source))
      return wrong(`'${short(source)}' does not have the form that is needed`, nameMend(schema.pattern, source))
    if (schema.format === 'date' && !isDay(source))
      return wrong(`'${short(source)}' is not a day`, 'write it as 2026-04-30')
    if (schema.format === 'term' && !isTerm(source))
      return wrong(`'${short(source)}' is not a term`, "write '10 working days', '30 days', '1 month' or '2 hours'")
    return source
  }

  /** Data without a schema: plain scalars become numbers, true, false and null; quoted ones stay texts. */
  const readAnything = (node: Node | null, depth: number): unknown => {
    if (node === null || depth > 60) return null
    if (isAlias(node)) {
      report(node, { code: 'alias', message: 'anchors and aliases are not used here', mend: 'write it out' })
      return null
    }
    if (isSeq(node)) return node.items.map((item) => readAnything(item as Node | null, depth + 1))
    if (isMap(node)) {
      const value: Record<string, unknown> = {}
      for (const pair of node.items) put(value, keyOf(pair), readAnything(pair.value as Node | null, depth + 1))
      return value
    }
    return isScalar(node) ? plain(String(node.value ?? ''), node.type === 'PLAIN') : null
  }

  return read(node, root, node, 0)
}

function plain(source: string, isPlain: boolean): unknown {
  if (!isPlain) return source
  if (source === 'true' || source === 'false') return source === 'true'
  if (source === 'null' || source === '') return null
  return /^-?(0|[1-9]\d{0,14})(\.\d{1,12})?$/.test(source) ? Number(source) : source
}

function defined(root: Schema, reference: string): Schema {
  const found = root.$defs?.[reference.replace('#/$defs/', '')]
  if (found === undefined) throw new Error(`the schema refers to ${reference}, which it does not define`)
  return found
}

const keyOf = (pair: Pair): string => (isScalar(pair.key) ? String(pair.key.value) : String(pair.key))
const has = (map: YAMLMap, name: string): boolean => map.items.some((item) => keyOf(item) === name)
const short = (source: string): string => (source.length > 60 ? `${source.slice(0, 57)}…` : source)
const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, '')

/** A key named `__proto__` is a key like any other. */
function put(value: Record<string, unknown>, name: string, part: unknown): void {
  if (part !== undefined)
    Object.defineProperty(value, name, { value: part, enumerable: true, configurable: true, writable: true })
}

function kindOf(schema: Schema): string {
  if (schema.type === 'object') return 'keys with values'
  if (schema.type === 'array') return 'a list'
  if (schema.type === 'boolean') return 'true or false'
  return schema.type === 'integer' || schema.type === 'number' ? 'a number' : 'a text'
}

function wrongKind(node: Node | null | undefined, wanted: string, { description }: Schema): Finding {
  const got = isMap(node)
    ? 'keys with values'
    : isSeq(node)
      ? 'a list'
      : isScalar(node) && node.value !== ''
        ? 'a text'
        : 'nothing'
  return {
    code: 'kind',
    message: `here stands ${got}, where ${wanted} should`,
    mend: `write ${wanted}${description === undefined ? '' : `: ${lower(description)}`}`,
  }
}

function unknownKeyMend(name: string, free: string[]): string {
  return nearest(name, free) === undefined && free.length === 0
    ? 'take it out'
    : `${suggest(name, free)}, or take it out`
}

function nameMend(source: string, name: string): string {
  if (source === idPattern) return `write it in kebab-case: '${words(name).join('-') || 'name'}'`
  if (source === factPattern) {
    const [first = 'name', ...rest] = words(name)
    return `write it in camelCase: '${first}${rest.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}'`
  }
  return `it must look like ${source}`
}

/** The words of a name, lower case, without what a name cannot hold. */
function words(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()
    .replace(/^\d+/, '')
    .split(' ')
    .filter((word) => word !== '')
}

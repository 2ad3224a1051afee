// Between JSON and FEEL: JSON has no dates, so ISO texts become dates where the shape of the facts says so.
import { allocate, FeelLimitExceeded } from './budget.ts'
import { format } from './format.ts'
import { Exact, type FeelNumber, isNumber, parseNumber } from './number.ts'
import { type Shape, shapeAt, shapeOfItems } from './shape.ts'
import {
  DaysTimeDuration,
  FeelDate,
  FeelDateTime,
  FeelTime,
  fromInstant,
  parseDate,
  parseDateTime,
  parseDuration,
  parseTime,
  YearsMonthsDuration,
} from './temporal.ts'
import { type FeelContext, FeelFunction, FeelRange, type FeelValue } from './values.ts'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/**
 * A JSON value (or FEEL value, JavaScript Date, bigint) as FEEL. Where the shape names a type, a text becomes it or null.
 * Where it does not, a text that is wholly an ISO date, or date and time, is one.
 */
export function toFeel(value: unknown, shape?: Shape): FeelValue {
  switch (typeof value) {
    case 'string':
      return readText(value, shape)
    case 'number':
      return Number.isFinite(value) ? value : null
    case 'boolean':
      return value
    case 'bigint':
      return parseNumber(String(value))
    case 'object':
      return value === null ? null : toFeelObject(value, shape)
    default:
      return null
  }
}

function toFeelObject(value: object, shape: Shape | undefined): FeelValue {
  if (Array.isArray(value)) {
    allocate(value.length)
    const items = shapeOfItems(shape)
    return value.map((item) => toFeel(item, items))
  }
  const prototype = Object.getPrototypeOf(value)
  if (prototype === null || prototype === Object.prototype) {
    const context: FeelContext = Object.create(null)
    const names = Object.keys(value)
    allocate(names.length)
    for (const name of names) {
      context[name] = toFeel((value as Record<string, unknown>)[name], shapeAt(shape, name))
    }
    return context
  }
  if (value instanceof Date) return fromInstant(value)
  return isFeelObject(value) ? value : null
}

function isFeelObject(value: object): value is Exclude<FeelValue, null | boolean | string | number> {
  return (
    value instanceof Exact ||
    value instanceof FeelDate ||
    value instanceof FeelTime ||
    value instanceof FeelDateTime ||
    value instanceof DaysTimeDuration ||
    value instanceof YearsMonthsDuration ||
    value instanceof FeelRange ||
    value instanceof FeelFunction
  )
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57

function readText(text: string, shape: Shape | undefined): FeelValue {
  switch (shape) {
    case 'string':
      return text
    case 'number':
      return /^[+-]?\d+(\.\d+)?$/.test(text) && text.length <= 40 ? parseNumber(text) : null
    case 'date':
      return parseDate(text)
    case 'time':
      return parseTime(text)
    case 'date and time':
      return parseDateTime(text)
    case 'days and time duration':
    case 'years and months duration':
      return parseDuration(text)
    case undefined:
    case 'any':
      break
    default:
      return text
  }
  // "2026-01-01" or "2026-01-01T10:00:00…": the fifth character tells nearly all other texts apart.
  if (text.length < 10 || text.length > 60 || text.charCodeAt(4) !== 45 || !isDigit(text.charCodeAt(0))) return text
  return (text.length === 10 ? parseDate(text) : text.charCodeAt(10) === 84 ? parseDateTime(text) : null) ?? text
}

/**
 * A FEEL value as JSON: dates, times and durations as ISO texts, ranges as FEEL writes them, functions as null.
 * A number has the 17 digits of a double; what must keep more is to be rounded or made a text by the rule itself.
 */
export function toJson(value: FeelValue): Json {
  if (value === null || typeof value !== 'object') return typeof value === 'function' ? null : value
  return writeJson(value, { nodes: 500_000 }, 0)
}

function writeJson(value: FeelValue, budget: { nodes: number }, depth: number): Json {
  // Lists may share their parts, so a small value can be written out as a huge one.
  if (--budget.nodes < 0 || depth > 500) throw new FeelLimitExceeded('memory')

  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (isNumber(value)) return Number(value as FeelNumber)
  if (Array.isArray(value)) return value.map((item: FeelValue) => writeJson(item, budget, depth + 1))
  if (value instanceof FeelRange) return format(value)
  if (value instanceof FeelFunction) return null
  if (isFeelObject(value)) return String(value)
  const context = value as FeelContext
  const json: { [name: string]: Json } = {}
  for (const name of Object.keys(context)) put(json, name, writeJson(context[name]!, budget, depth + 1))
  return json
}

// A key named `__proto__` is a key like any other.
function put(json: { [name: string]: Json }, name: string, value: Json): void {
  if (name !== '__proto__') json[name] = value
  else Object.defineProperty(json, name, { value, enumerable: true, configurable: true, writable: true })
}

// A register as declared, made ready: what a record may hold, which of its values find it, and about whom it is. Pure.
import { createHash } from 'node:crypto'
import type { Register as RegisterDeclaration, RegisterField } from '@ashlar/catalogue'
import { isDay } from '@ashlar/kernel/clock'
import { isUuid } from '@ashlar/kernel/identifiers'
import { toLatinDigits } from '@ashlar/kernel/language'
import type { FieldError } from '@ashlar/kernel/problem'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { skeletonOf, wordsOf } from './names.ts'

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json }
export type Values = Record<string, Json>

/** A value that finds a record. `sole`: no other record of the register may have it. */
export interface Entry {
  field: string
  value: string
  sole: boolean
}

export type { RegisterDeclaration }

export interface Register extends RegisterDeclaration {
  declaration: RegisterDeclaration
  hash: string
  /** What is wrong with the values of a record; nothing if they may be kept. */
  faultsOf(values: Values): FieldError[]
  entriesOf(values: Values): Entry[]
  /** The person (id of the population register) a record is about. */
  personOf(values: Values): string | undefined
  /** The field that holds the id of the record itself, where the register has one. */
  ownId: string | undefined
  /** The id that the register itself gives its records, where it has a field for it. */
  idOf(values: Values): string | undefined
  /** Whether records can be found by this field. */
  isIndexed(field: string): boolean
}

export function openRegister(declaration: RegisterDeclaration): Register {
  const { identifiers, indexes, matching, fields, person } = declaration
  const validate = ajv.compile(schemaOf(fields))
  const ownId = identifiers.find((field) => fields[field]?.is === 'uuid')
  const sole = new Set(identifiers.filter((field) => field !== ownId))
  const indexed = new Set([...sole, ...indexes, ...declaration.access.bearer])

  return {
    ...declaration,
    declaration,
    ownId,
    hash: createHash('sha256').update(JSON.stringify(declaration)).digest('hex'),
    faultsOf: (values) => faults(validate, values),
    isIndexed: (field) => field === ownId || indexed.has(field),
    idOf: (values) => (ownId === undefined ? undefined : asUuid(values[ownId])),
    personOf: (values) => (person === undefined ? undefined : asUuid(values[person])),
    entriesOf: (values) => [
      ...[...indexed].flatMap((field) =>
        listOf(values[field]).map((value) => ({
          field,
          value: keyOf(value, fields[field]?.is),
          sole: sole.has(field),
        })),
      ),
      ...Object.entries(matching).flatMap(([field, { how, also }]) =>
        how === 'name'
          ? soundsOf([field, ...also].flatMap((name) => listOf(values[name]))).map((value) => ({
              field: soundField(field),
              value,
              sole: false,
            }))
          : indexed.has(field)
            ? []
            : listOf(values[field]).map((value) => ({ field, value: keyOf(value, 'date'), sole: false })),
      ),
    ],
  }
}

/** The entries under which the sounds of a name field are kept. */
export function soundField(field: string): string {
  return `${field}~`
}

export function soundsOf(names: Json[]): string[] {
  return [...new Set(names.flatMap((name) => wordsOf(String(name)).map(skeletonOf)))]
}

/**
 * The form in which a value is kept and asked for, so that "pv 1042", "PV–1042" and "PV-١٠٤٢" find one plate. Text is
 * compared without regard to case, width, digits' script and the kind of dash or space between its parts.
 */
export function keyOf(value: Json, is: string | undefined): string {
  const text = (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 500)
  if (is === 'name') return wordsOf(text).join(' ')
  if (is === 'uuid' || is === 'person') return text.toLowerCase()
  return toLatinDigits(text.normalize('NFKC'))
    .trim()
    .toUpperCase()
    .replace(/[\s\p{Pd}_]+/gu, '-')
}

function listOf(value: Json | undefined): Json[] {
  if (value === undefined || value === null || value === '') return []
  return Array.isArray(value) ? value.filter((item) => item !== null && item !== '') : [value]
}

export function asUuid(value: Json | undefined): string | undefined {
  return typeof value === 'string' && isUuid(value) ? value.toLowerCase() : undefined
}

const ajv = new Ajv2020({ allErrors: true, strict: true })
ajv.addFormat('uuid', isUuid)
ajv.addFormat('date', isDay)
// What a database can keep: whole characters and no NUL.
ajv.addFormat('plain', (text: string) => text.isWellFormed() && !text.includes('\0'))

function schemaOf(fields: Record<string, RegisterField>): object {
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, fieldSchema(field)])),
    required: Object.keys(fields).filter((name) => fields[name]?.required),
    additionalProperties: false,
  }
}

const MAX_TEXT = 4000
const MAX_NAME = 200
const MAX_ITEMS = 100

function fieldSchema(field: RegisterField): object {
  switch (field.is) {
    case 'uuid':
    case 'person':
      return { type: 'string', format: 'uuid' }
    case 'date':
      return { type: 'string', format: 'date' }
    case 'yesNo':
      return { type: 'boolean' }
    case 'number':
    case 'money':
      return { type: 'number', ...(field.max === undefined ? {} : { maximum: field.max }) }
    case 'choice':
      return { enum: field.options }
    case 'list':
      return {
        type: 'array',
        maxItems: field.max ?? MAX_ITEMS,
        items: fieldSchema({ ...field, is: field.of ?? 'text', max: undefined, required: false }),
      }
    case 'name':
      return { type: 'string', minLength: 1, maxLength: field.max ?? MAX_NAME, format: 'plain' }
    default:
      return { type: 'string', maxLength: field.max ?? MAX_TEXT, format: 'plain' }
  }
}

function faults(validate: ValidateFunction, values: Values): FieldError[] {
  if (validate(values)) return []
  return (validate.errors ?? []).slice(0, 50).map(({ instancePath, keyword, params, message }) => {
    const missing = keyword === 'required' ? `/${String(params.missingProperty)}` : ''
    const extra = keyword === 'additionalProperties' ? `/${String(params.additionalProperty)}` : ''
    return { pointer: `${instancePath}${missing}${extra}`, code: keyword, message: message ?? 'is not valid' }
  })
}

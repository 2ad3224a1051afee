// The words that schemas of country files are built of; each is plain JSON Schema 2020-12 that editors understand.
import Type, { type Static, type TSchema, type TUnsafe } from 'typebox'

export type { Static, TSchema }
export { Type }

/** kebab-case: what has an address or a file. */
export const idPattern = '^[a-z][a-z0-9]*(-[a-z0-9]+)*$'
/** camelCase: facts and the values that they can take. */
export const factPattern = '^[a-z][A-Za-z0-9]*$'

export const id = (description: string) => Type.String({ pattern: idPattern, maxLength: 60, description })
export const fact = (description: string) => Type.String({ pattern: factPattern, maxLength: 60, description })
export const text = (description: string) => Type.String({ minLength: 1, maxLength: 4000, description })
/** What an editor reads as a number or a flag is the same expression with or without quotes: 65, true. */
const plain = (format: string, maxLength: number, description: string) =>
  Type.Unsafe<string>({ type: ['string', 'number', 'boolean', 'null'], minLength: 1, maxLength, format, description })
export const feel = (description: string) => plain('feel', 4000, description)
export const unary = (description: string) => plain('feel-unary-tests', 1000, description)
/** A number, or a word where a number could stand; kept as it is written. */
export const amount = (description: string) =>
  Type.Unsafe<string>({ type: ['number', 'string'], minLength: 1, maxLength: 40, description })
export const term = (description: string) =>
  Type.String({
    minLength: 1,
    maxLength: 40,
    format: 'term',
    description: `${description} For example 10 working days.`,
  })
export const day = (description: string) => Type.String({ format: 'date', description })
export const semver = (description: string) => Type.String({ pattern: '^\\d+\\.\\d+\\.\\d+$', description })
export const flag = (description: string) => Type.Boolean({ description })
export const whole = (description: string, minimum = 0) =>
  Type.Integer({ minimum, maximum: 1_000_000_000, description })
export const oneOf = <const Values extends string[]>(values: Values, description: string): TUnsafe<Values[number]> =>
  Type.Unsafe<Values[number]>({ type: 'string', enum: values, description })
export const list = <T extends TSchema>(items: T, description: string) => Type.Array(items, { description })
export const optional = Type.Optional

/** An object with these keys and no others. */
export const object = <T extends Record<string, TSchema>>(properties: T, description: string) =>
  Type.Object(properties, { additionalProperties: false, description })

/** An object whose keys are names of one kind. */
export const map = <T extends TSchema>(
  key: 'id' | 'fact' | 'any',
  of: T,
  description: string,
): TUnsafe<Record<string, Static<T>>> =>
  Type.Unsafe<Record<string, Static<T>>>({
    type: 'object',
    propertyNames:
      key === 'any' ? { maxLength: 200 } : { pattern: key === 'id' ? idPattern : factPattern, maxLength: 60 },
    additionalProperties: of,
    description,
  })

/** The same text in each language of the country. */
export const inLanguages = (description: string) =>
  Type.Unsafe<Record<string, string>>({
    type: 'object',
    format: 'languages',
    propertyNames: { pattern: '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$' },
    additionalProperties: { type: 'string', minLength: 1, maxLength: 4000 },
    description: `${description} One for each language of the country.`,
  })

/** One of several shapes, told apart by what they are or by their first key. */
export const either = <T extends TSchema[]>(description: string, ...shapes: T): TUnsafe<Static<T[number]>> =>
  Type.Unsafe<Static<T[number]>>({ anyOf: shapes, description })

/** A part that refers to itself, by its name among `$defs`. */
export const part = <T>(name: string): TUnsafe<T> => Type.Unsafe<T>({ $ref: `#/$defs/${name}` })

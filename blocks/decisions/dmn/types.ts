// Item definitions as types: which values belong to them, and what is converted to fit (DMN 1.5, 7.3.3 and 10.3.2.9.4).
import {
  compileFeel,
  compileUnaryTests,
  FeelError,
  FeelFunction,
  type FeelValue,
  kindOf,
  type Shape,
  spend,
} from '@ashlar/kernel/feel'
import type { Definitions, ItemDefinition } from './definitions.ts'

type TypeTest = (value: FeelValue) => boolean

export interface DmnType {
  name: string
  /** Null belongs to every type; this is asked of other values. */
  test: TypeTest
  /** The same without allowed values: what `instance of` asks, for they restrict a type and make no other. */
  isInstance: TypeTest
  isCollection: boolean
  /** A date given for it stands for the start of that day. */
  takesDates: boolean
  /** How JSON of this type is read. */
  shape: Shape
  /** What its values give when they are called. */
  returns?: DmnType
}

/** The types of a model: its own by name, imported ones by `import.name`, and those of FEEL. */
export interface Types {
  /** Undefined where there is no such type. */
  get(name: string): DmnType | undefined
  /** For `instance of` in expressions. */
  tests: Record<string, TypeTest>
  own: ReadonlyMap<string, DmnType>
  /** Names of components that are not plain identifiers. */
  fields: ReadonlySet<string>
}

const always: TypeTest = () => true
const any: DmnType = {
  name: 'Any',
  test: always,
  isInstance: always,
  isCollection: false,
  takesDates: false,
  shape: 'any',
}

const both = (test: TypeTest) => ({ test, isInstance: test })

const simple: Record<string, Shape> = {
  string: 'string',
  number: 'number',
  boolean: 'boolean',
  date: 'date',
  time: 'time',
  'date and time': 'date and time',
  'days and time duration': 'days and time duration',
  'years and months duration': 'years and months duration',
}

const synonyms: Record<string, string> = {
  dateTime: 'date and time',
  duration: 'days and time duration',
  dayTimeDuration: 'days and time duration',
  yearMonthDuration: 'years and months duration',
  integer: 'number',
  double: 'number',
  decimal: 'number',
  any: 'Any',
}

const plain = /^[\p{L}_][\p{L}\p{N}_]*$/u

export const isPlainName = (name: string): boolean => plain.test(name)

export function typesOf(
  { items }: Definitions,
  imported: { prefix: string; types: Types }[],
  report: (name: string, message: string) => void,
): Types {
  const tests: Record<string, TypeTest> = Object.create(null)
  const own = new Map<string, DmnType>()
  const fields = new Set<string>()
  const started = new Set<string>()
  const byName = new Map(items.map((item) => [item.name, item]))
  const others = new Map<string, DmnType>()
  for (const { prefix, types } of imported) {
    for (const [name, type] of types.own) others.set(prefix ? `${prefix}.${name}` : name, type)
    for (const field of types.fields) fields.add(field)
  }

  const get = (wanted: string): DmnType | undefined => {
    const name = Object.hasOwn(synonyms, wanted) && !byName.has(wanted) ? synonyms[wanted]! : wanted
    const item = byName.get(name)
    if (!item) return others.get(name) ?? builtIn(name, tests)
    const known = own.get(name)
    if (known) return known
    // Met inside of itself, by way of a component: then it is known by the time that a value is tested.
    if (started.has(name)) {
      return {
        ...any,
        name,
        test: (value) => own.get(name)!.test(value),
        isInstance: (value) => own.get(name)!.isInstance(value),
      }
    }
    started.add(name)
    const type = build(item)
    own.set(name, type)
    return type
  }

  const referred = (typeRef: string, within: string): DmnType => {
    const type = get(typeRef)
    if (!type) report(within, `There is no type ${typeRef}`)
    return type ?? any
  }

  const component = (item: ItemDefinition, within: string): DmnType => {
    if (item.name && !isPlainName(item.name)) fields.add(item.name)
    return build(item, within)
  }

  const build = (item: ItemDefinition, within = item.name): DmnType => {
    const one = itemType(item, within)
    const allowed = testsOf(item.allowedValues, within)
    const constraint = testsOf(item.constraint, within)
    const each = allowed ? { ...one, test: (value: FeelValue) => one.test(value) && allowed(value) } : one
    const whole = item.isCollection ? collectionOf(each) : each
    return {
      ...whole,
      name: item.name,
      ...(allowed && !item.isCollection && one.shape === 'string' ? { shape: choiceOf(item.allowedValues!) } : {}),
      test: constraint ? (value) => whole.test(value) && constraint(value) : whole.test,
    }
  }

  const itemType = (item: ItemDefinition, within: string): DmnType => {
    if (item.function) {
      const { parameters, outputTypeRef } = item.function
      const returns = outputTypeRef ? referred(outputTypeRef, within) : undefined
      return { ...any, ...both(functionTest(parameters.length)), shape: 'function', returns }
    }
    if (item.components.length) {
      const components = item.components.map((one): [string, DmnType] => [one.name, component(one, within)])
      return contextOf(components)
    }
    if (!item.typeRef) return any
    if (!leadsToItself(item, byName)) return referred(item.typeRef, within)
    report(within, `${item.typeRef} is ${within} again`)
    return any
  }

  const testsOf = (source: string | undefined, within: string): TypeTest | undefined => {
    if (!source) return undefined
    try {
      const compiled = compileUnaryTests(source, { types: tests, fields })
      return (value) => compiled.test(value, {})
    } catch (cause) {
      if (!(cause instanceof FeelError)) throw cause
      report(within, `Its allowed values are not FEEL: ${cause.message}`)
      return () => false
    }
  }

  for (const [name, type] of others) tests[name] = notNull(type)
  for (const item of items) {
    const type = get(item.name)
    if (type) tests[item.name] = notNull(type)
  }
  return { get, tests, own, fields }
}

// Texts that are listed one by one are a choice.
function choiceOf(allowedValues: string): Shape {
  const { nodes } = compileUnaryTests(allowedValues)
  const texts = nodes.flatMap((node) => (node.kind === 'literal' && typeof node.value === 'string' ? node.value : []))
  return texts.length > 0 && texts.length === nodes.length ? ['one of', ...texts] : 'string'
}

// Types that only name each other in a circle (or in a chain so long that nobody meant it).
function leadsToItself(item: ItemDefinition, byName: ReadonlyMap<string, ItemDefinition>): boolean {
  let steps = 0
  for (let at: ItemDefinition | undefined = item; at; at = at.typeRef ? byName.get(at.typeRef) : undefined) {
    if (++steps > 100) return true
    if (at.components.length || at.function) return false
  }
  return false
}

const notNull =
  ({ isInstance }: DmnType): TypeTest =>
  (value) =>
    value !== null && isInstance(value)

const orNull =
  (test: TypeTest): TypeTest =>
  (value) =>
    value === null || test(value)

function builtIn(name: string, types: Record<string, TypeTest>): DmnType | undefined {
  if (name === 'Any') return any
  if (Object.hasOwn(simple, name)) {
    const test: TypeTest = (value) => kindOf(value) === name
    return { ...any, name, ...both(test), takesDates: name === 'date and time', shape: simple[name]! }
  }
  // list<number>, context<a: string>, function<number> -> string
  try {
    const test = compileFeel(`value instance of ${name}`, { types })
    if (test.remarks.length) return undefined
    const isInstance: TypeTest = (value) => test.evaluate({ value }) === true
    return { ...any, name, ...both(isInstance), isCollection: /^list\b/.test(name) }
  } catch {
    return undefined
  }
}

const collectionOf = (item: DmnType): DmnType => ({
  ...any,
  isCollection: true,
  shape: [item.shape],
  test: listTest(item.test),
  isInstance: listTest(item.isInstance),
})

function listTest(test: TypeTest): TypeTest {
  const each = orNull(test)
  return (value) => {
    if (!Array.isArray(value)) return false
    spend(value.length)
    return value.every(each)
  }
}

function contextOf(components: [string, DmnType][]): DmnType {
  const shape: Record<string, Shape> = Object.create(null)
  for (const [name, type] of components) shape[name] = type.shape
  const tests = (of: 'test' | 'isInstance') => contextTest(components.map(([name, type]) => [name, orNull(type[of])]))
  return { ...any, shape, test: tests('test'), isInstance: tests('isInstance') }
}

const contextTest =
  (tests: [string, TypeTest][]): TypeTest =>
  (value) => {
    if (kindOf(value) !== 'context') return false
    const entries = value as Record<string, FeelValue>
    spend(tests.length)
    return tests.every(([name, test]) => Object.hasOwn(entries, name) && test(entries[name]!))
  }

const functionTest =
  (parameters: number): TypeTest =>
  (value) =>
    value instanceof FeelFunction && value.signatures.some((signature) => signature.length === parameters)

export const misfit = Symbol('misfit')

const startOfDay = compileFeel('date and time(day, time("00:00:00Z"))')

/** The value, implicitly converted if need be; `misfit` where it is not of the type. */
export function conform(value: FeelValue, type: DmnType | undefined): FeelValue | typeof misfit {
  if (value === null || type === undefined || type.test(value)) return value
  if (type.takesDates && kindOf(value) === 'date') return startOfDay.evaluate({ day: value })
  if (Array.isArray(value)) {
    return !type.isCollection && value.length === 1 && value[0] !== null && type.test(value[0]!) ? value[0]! : misfit
  }
  return type.isCollection && type.test([value]) ? [value] : misfit
}

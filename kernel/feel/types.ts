// `instance of`: which values belong to a type that an expression names (DMN 1.5, 10.3.2.9).
import { spend } from './budget.ts'
import type { TypeNode } from './syntax.ts'
import { entryOf, FeelFunction, FeelRange, type FeelValue, isContext, kindOf } from './values.ts'

export type TypeTest = (value: FeelValue) => boolean

const simple: Record<string, TypeTest> = {
  Any: (value) => value !== null,
  Null: (value) => value === null,
  number: (value) => kindOf(value) === 'number',
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  date: (value) => kindOf(value) === 'date',
  time: (value) => kindOf(value) === 'time',
  'date and time': (value) => kindOf(value) === 'date and time',
  'days and time duration': (value) => kindOf(value) === 'days and time duration',
  'years and months duration': (value) => kindOf(value) === 'years and months duration',
}

/** The test for a type; `undefined` for a name that nobody knows. */
export function typeTest(type: TypeNode, known: Record<string, TypeTest>): TypeTest | undefined {
  switch (type.kind) {
    case 'named':
      if (Object.hasOwn(known, type.name)) return known[type.name]
      return Object.hasOwn(simple, type.name) ? simple[type.name] : undefined
    case 'list':
      return listTest(type.of && typeTest(type.of, known), type.of !== undefined)
    case 'range':
      return rangeTest(type.of && typeTest(type.of, known), type.of !== undefined)
    case 'context':
      return contextTest(type.entries ?? [], known)
    case 'function':
      return (value) =>
        value instanceof FeelFunction &&
        (type.parameters === undefined || value.signatures.some((list) => list.length === type.parameters!.length))
  }
}

// Inside lists and contexts null belongs to every type.
const orNull =
  (test: TypeTest): TypeTest =>
  (value) =>
    value === null || test(value)

function listTest(of: TypeTest | undefined, typed: boolean): TypeTest | undefined {
  if (!typed) return (value) => Array.isArray(value)
  if (!of) return undefined
  const item = orNull(of)
  return (value) => {
    if (!Array.isArray(value)) return false
    spend(value.length)
    return value.every(item)
  }
}

function rangeTest(of: TypeTest | undefined, typed: boolean): TypeTest | undefined {
  if (!typed) return (value) => value instanceof FeelRange
  if (!of) return undefined
  const end = orNull(of)
  return (value) => value instanceof FeelRange && end(value.start) && end(value.end)
}

function contextTest(
  entries: { name: string; type: TypeNode }[],
  known: Record<string, TypeTest>,
): TypeTest | undefined {
  const tests: [string, TypeTest][] = []
  for (const { name, type } of entries) {
    const test = typeTest(type, known)
    if (!test) return undefined
    tests.push([name, orNull(test)])
  }
  return (value) =>
    isContext(value) &&
    tests.every(([name, test]) => {
      const entry = entryOf(value, name)
      return entry !== undefined && test(entry)
    })
}

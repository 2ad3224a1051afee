// Whether a result is what the kit expects: numbers by value (to eight places), contexts and lists by what is in them.
import { compileFeel, equal, type FeelContext, type FeelValue, kindOf } from '@ashlar/kernel/feel'

const near = compileFeel('abs(a - b) < 0.00000001')

export function same(actual: FeelValue, expected: FeelValue): boolean {
  const kind = kindOf(expected)
  if (kindOf(actual) !== kind) return false
  switch (kind) {
    case 'null':
      return true
    case 'number':
      return near.evaluate({ a: actual, b: expected }) === true
    case 'list':
      return sameItems(actual as FeelValue[], expected as FeelValue[])
    case 'context':
      return sameEntries(actual as FeelContext, expected as FeelContext)
    default:
      return equal(actual, expected) === true
  }
}

const sameItems = (actual: FeelValue[], expected: FeelValue[]): boolean =>
  actual.length === expected.length && expected.every((item, n) => same(actual[n]!, item))

const sameEntries = (actual: FeelContext, expected: FeelContext): boolean =>
  Object.keys(actual).length === Object.keys(expected).length &&
  Object.keys(expected).every((name) => Object.hasOwn(actual, name) && same(actual[name]!, expected[name]!))

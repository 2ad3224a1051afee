// The fast ways of arithmetic give exactly what decimals give.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { add, compareNumbers, divide, exact, type FeelNumber, multiply, round, settle, subtract } from './number.ts'

const amount = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }).map((cents) => cents / 100),
  fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }).map((parts) => parts / 1_000_000),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e200, max: 1e200 }),
)

const same = (a: FeelNumber | null, b: FeelNumber | null) =>
  a === null || b === null ? a === b : exact(a).equals(exact(b)) && typeof a === typeof b

test('sums, differences, products and quotients are those of the decimals', () => {
  fc.assert(
    fc.property(amount, amount, (a, b) => {
      assert.ok(same(add(a, b), settle(exact(a).plus(exact(b)))))
      assert.ok(same(subtract(a, b), settle(exact(a).minus(exact(b)))))
      assert.ok(same(multiply(a, b), settle(exact(a).times(exact(b)))))
      assert.ok(same(divide(a, b), b === 0 ? null : settle(exact(a).div(exact(b)))))
    }),
    { numRuns: 2000 },
  )
})

test('doubles are in the order of the decimals that they stand for', () => {
  fc.assert(
    fc.property(amount, amount, (a, b) => {
      assert.equal(compareNumbers(a, b), exact(a).cmp(exact(b)))
    }),
    { numRuns: 2000 },
  )
})

test('rounding goes the way that is asked', () => {
  const cases: [number, number, Parameters<typeof round>[2], number][] = [
    [2.5, 0, 'half even', 2],
    [3.5, 0, 'half even', 4],
    [1.125, 2, 'half up', 1.13],
    [1.125, 2, 'half down', 1.12],
    [-1.121, 2, 'up', -1.13],
    [1549, -2, 'half up', 1500],
    [1550, -2, 'half even', 1600],
    [-1.5, 0, 'floor', -2],
  ]

  for (const [value, scale, mode, expected] of cases) assert.equal(round(value, scale, mode), expected)
})

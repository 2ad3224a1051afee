// Hostile expressions end, soon, and say so.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compileFeel, compileUnaryTests, FeelError, FeelLimitExceeded, toJson } from './index.ts'

const long = 'a'.repeat(20_000)
const doubling = 'for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]]'

const endless: Record<string, string> = {
  'two billions of steps': 'for a in 1..1000000000, b in 1..1000000000 return a * b',
  'costly steps': 'for a in 1..1000000000 return exp(1.23) ** 1.5',
  'no result kept': 'some a in 1..1000000000 satisfies a < 0',
  'a function that calls itself': '(function(f) f(f))(function(f) f(f))',
  'a text that doubles': 'for i in 1..100 return if i = 1 then "aaaaaaaa" else partial[-1] + partial[-1]',
  'a list that doubles, written out': `string(${doubling})`,
  'a list that doubles, compared': `(${doubling}) = (${doubling})`,
  'a list that doubles, flattened': `flatten(${doubling})`,
  'a list of lists of lists':
    '{ a: for i in 1..30000 return if i = 1 then [1] else [partial[-1]], b: a[-1] = a[-1] }.b',
  'a pattern that goes back': 'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "^(a+)+\\1$")',
  'replacements that look to the end': 'replace(x, "a.*b|a", "$0$0")',
  'searches in long texts': 'for i in 1..100000 return contains(x, "aaaaaaaaaaaaaaaaaaaab")',
  'texts joined': 'string join(for i in 1..100000 return x)',
}

test('what would never end, or fill the memory, is stopped within a second', () => {
  for (const [name, source] of Object.entries(endless)) {
    const expression = compileFeel(source)
    const start = performance.now()
    assert.throws(() => expression.evaluate({ x: long }), FeelLimitExceeded, name)
    assert.ok(performance.now() - start < 1000, name)
  }
  assert.throws(() => toJson(compileFeel(doubling).evaluate({})), FeelLimitExceeded)
})

test('patterns that make others slow are read in one go', () => {
  const patterns = ['^(a+)+$', '(a|aa)+$', '(.*a){12}b', '^(([a-z])+.)+[A-Z]([a-z])+$']

  for (const pattern of patterns) {
    assert.equal(compileFeel('matches(x, p)').evaluate({ x: `${'a'.repeat(2000)}!`, p: pattern }), false, pattern)
  }
})

test('sources that are too long or too deep are refused', () => {
  const sources = [
    `${'('.repeat(5000)}1${')'.repeat(5000)}`,
    `${'-'.repeat(5000)}1`,
    `1${'+1'.repeat(5000)}`,
    '1 '.repeat(30_000),
  ]

  for (const source of sources) assert.throws(() => compileFeel(source), FeelError)
})

test('reading is linear: nested tests and long conditions are no trouble', () => {
  const start = performance.now()
  compileFeel(`${'x in ('.repeat(150)}1${')'.repeat(150)}`)
  compileFeel(Array.from({ length: 3000 }, () => 'a and b').join(' and '))
  compileFeel(`{${Array.from({ length: 4000 }, (_, i) => `a${i}: 1`).join(', ')}}`)

  assert.ok(performance.now() - start < 1000)
})

test('the limits can be set, and count for what is called inside too', () => {
  const counting = compileFeel('count(for i in 1..1000 return i)', { limits: { steps: 100 } })
  const inner = compileFeel('for i in 1..300000 return i')
  const scope = { x: 1 }

  assert.throws(() => counting.evaluate(scope), FeelLimitExceeded)
  assert.equal((inner.evaluate(scope) as unknown[]).length, 300_000)
  assert.equal((inner.evaluate(scope) as unknown[]).length, 300_000)
})

const words =
  'a b c item partial ? 1 2.5 "x" null true ( ) [ ] { } , : . .. < <= = != > - + * / ** @"2026-01-01" and or not in ' +
  'between instance of number list if then else for return some every satisfies function date time duration count sum sort'
const source = fc
  .array(fc.constantFrom(...words.split(' '), 'date and time', 'string length'), { maxLength: 25 })
  .map((tokens) => tokens.join(' '))
const scope = { a: 1, b: [1, 'x', { c: 2 }], c: { a: null, b: [] } }
const limits = { steps: 20_000, memory: 20_000 }

test('whatever stands there, it has a value, is no FEEL, or asks too much', () => {
  const expected = (error: unknown) => error instanceof FeelError || error instanceof FeelLimitExceeded
  fc.assert(
    fc.property(fc.oneof(source, fc.string()), (text) => {
      for (const work of [
        () => toJson(compileFeel(text, { limits }).evaluate(scope)),
        () => toJson(compileFeel(text, { limits, shape: {} }).evaluate(scope)),
        () => compileUnaryTests(text, { limits }).test(1, scope),
      ]) {
        try {
          work()
        } catch (error) {
          if (!expected(error)) throw error
        }
      }
    }),
    { numRuns: 3000 },
  )
})

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
  powers: 'for i in 1..1000000 return 3.7 ** 99.9',
  logarithms: 'for i in 1..1000000 return log(i + 0.1)',
  'a range without end': 'count(for i in 1..1000000000000 return 1)',
  'a product of loops': 'for a in 1..1000, b in 1..1000, c in 1..1000 return a * b * c',
  'a product of tests': 'every a in 1..100000, b in 1..100000 satisfies a + b > 0',
  'a filter in a filter': '{ l: for i in 1..3000 return i, r: l[count(l[item > 0]) > 0] }.r',
  'two calls in each call': '{ f: function(x) if x < 2 then x else f(x - 1) + f(x - 2), r: f(40) }.r',
  "Ackermann's function":
    '{ f: function(m, n) if m = 0 then n + 1 else if n = 0 then f(m - 1, 1) else f(m - 1, f(m, n - 1)), r: f(4, 2) }.r',
  'a long sort': 'sort(for i in 1..100000 return modulo(i * 7919, 100003), function(a, b) a < b)',
  'lists told apart one by one': 'distinct values(for i in 1..20000 return [i])',
  'a copy of the results at each turn': 'for i in 1..10000 return partial',
  'lists changed item by item': '{ l: for i in 1..20000 return i, r: for i in l return list replace(l, i, 0) }.r',
  'days of ten thousand years': 'for d in date("0001-01-01")..date("9999-12-31") return d.weekday',
  durations: 'for i in 1..1000000 return duration("P1D") * i',
  'hours across the changes of a zone':
    'for i in 1..1000000 return date and time("2020-01-01T00:00:00@Europe/Paris") + duration("PT1H") * i',
  deviations: '{ l: for i in 1..200000 return i / 3, r: for k in 1..100 return stddev(l) }.r',
  'a replacement that grows': 'replace(x, "a", string join(for i in 1..1000 return "b"))',
  'a text cut up again and again': 'for i in 1..1000 return split(x, "a")',
  'parts of a text': 'for i in 1..100000 return substring(x, i)',
  capitals: 'for i in 1..10000 return upper case(x)',
  entries: '{ c: { a: 1, b: 2, c: 3 }, r: for i in 1..1000000 return get entries(c) }.r',
  'contexts merged': '{ c: for i in 1..2000 return { a: i }, r: for i in 1..2000 return context merge(c) }.r',
  'a large context changed again and again':
    '{ c: context(for i in 1..50000 return { key: string(i), value: i }), r: for i in 1..1000 return context put(c, "x", 1) }.r',
  'a repetition of a thousand': 'matches(x, "a{1000}")',
  'a repeated look back': 'matches(x, "(a*)\\1\\1\\1b")',
}

/** Milliseconds of this process, so that what else the machine does is not counted. */
function cpuOf(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

test('what would never end, or fill the memory, is stopped within a second', () => {
  for (const [name, source] of Object.entries(endless)) {
    const expression = compileFeel(source)
    const taken = cpuOf(() => assert.throws(() => expression.evaluate({ x: long }), FeelLimitExceeded, name))
    assert.ok(taken < 1000, `${name}: ${taken} ms`)
  }
  assert.throws(() => toJson(compileFeel(doubling).evaluate({})), FeelLimitExceeded)
})

test('patterns that make others slow are read in one go', () => {
  const patterns = ['^(a+)+$', '(a|aa)+$', '(.*a){12}b', '^(([a-z])+.)+[A-Z]([a-z])+$']

  for (const pattern of patterns) {
    assert.equal(compileFeel('matches(x, p)').evaluate({ x: `${'a'.repeat(2000)}!`, p: pattern }), false, pattern)
  }
})

// Each is known for stopping engines that go back (ReDoS); most end at once here, the others by their budget.
const hostile = [
  '(a+)+$',
  '(a|a)*$',
  '(a*)*b',
  '(.*a){20}',
  '([a-z]+)*\\d',
  '(a?){50}a{50}',
  '(\\w+\\s?)*$',
  '((a{1,100}){1,100}){1,100}',
  '(x+x+)+y',
  '\\p{L}+\\p{L}+\\p{L}+x',
  '(.)\\1+b',
  '.*.*.*.*.*=.*',
  '(?:a|b|ab)*c',
  '(a{1,1000}){1,5}',
]

test('no pattern holds up matches, replace or split', () => {
  const calls = ['matches(x, p)', 'replace(x, p, "$0$0")', 'split(x, p)'].map((source) => compileFeel(source))
  for (const p of hostile)
    for (const call of calls) {
      const taken = cpuOf(() => {
        try {
          call.evaluate({ x: `${long}!`, p })
        } catch (error) {
          assert.ok(error instanceof FeelLimitExceeded)
        }
      })
      assert.ok(taken < 1000, `${call.source} ${p}: ${taken} ms`)
    }
})

test('sources that are too long or too deep are refused', () => {
  const sources = [
    `${'('.repeat(5000)}1${')'.repeat(5000)}`,
    `${'-'.repeat(5000)}1`,
    `1${'+1'.repeat(5000)}`,
    '1 '.repeat(30_000),
    `${'['.repeat(5000)}${']'.repeat(5000)}`,
    `${'{a:'.repeat(5000)}1${'}'.repeat(5000)}`,
    `${'if true then '.repeat(3000)}1${' else 1'.repeat(3000)}`,
    `${'function(x) '.repeat(3000)}1`,
    `x${'[1]'.repeat(5000)}`,
    `x${'.a'.repeat(5000)}`,
    `x instance of ${'list<'.repeat(5000)}number${'>'.repeat(5000)}`,
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

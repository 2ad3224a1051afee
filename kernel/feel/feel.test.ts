// The language: each line is an expression and what it gives, both in FEEL.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  compileFeel,
  compileUnaryTests,
  FeelError,
  FeelFunction,
  type FeelOptions,
  type FeelValue,
  format,
} from './index.ts'

const facts = {
  fine: { amount: 120, 'date of birth': 'x', lines: [{ price: 10 }, { price: 25 }] },
  names: ['Aya', 'عمر', 'Zoë'],
  today: compileFeel('date("2026-03-01")').evaluate({}),
  'Pre-Tax Income': 1000,
  count: 3,
}
const options: FeelOptions = { names: ['Pre-Tax Income', 'date of birth'] }

const evaluate = (source: string, scope: Record<string, unknown> = facts): FeelValue =>
  compileFeel(source, options).evaluate(scope)

function table(title: string, lines: Record<string, string>): void {
  test(title, () => {
    for (const [source, expected] of Object.entries(lines)) {
      assert.equal(format(evaluate(source), true), format(evaluate(expected), true), source)
    }
  })
}

table('numbers are decimals, exact to 34 digits', {
  '0.1 + 0.2 = 0.3': 'true',
  '0.1 * 3': '0.3',
  '1.1 * 1.1': '1.21',
  '12000 * 0.65': '7800',
  '10 / 4': '2.5',
  'string(1 / 3)': '"0.3333333333333333333333333333333333"',
  'string(9007199254740993 + 1)': '"9007199254740994"',
  'string(123456789012345678901234567890)': '"123456789012345678901234567890"',
  '1 / 0': 'null',
  '2 ** 10': '1024',
  '2 ** -1': '0.5',
  '-2 ** 2': '4',
  '1e3 + .5': '1000.5',
  '1.0 = 1.00': 'true',
  '0 * -1 = 0': 'true',
  'string(0.0000001)': '"0.0000001"',
})

table('null is what makes no sense, and three-valued logic goes round it', {
  '1 + "a"': 'null',
  'missing.field.deeper': 'null',
  'null + 1': 'null',
  '1 = "1"': 'null',
  '1 = null': 'false',
  'null = null': 'true',
  '1 < "a"': 'null',
  'true and null': 'null',
  'false and null': 'false',
  'true or null': 'true',
  'null or false': 'null',
  'not(null)': 'null',
  'if null then 1 else 2': '2',
})

table('texts', {
  '"a" + "b"': '"ab"',
  '"\\u0041\\n"': '"A\n"',
  'string length("😀é")': '2',
  '"a" < "b"': 'true',
  '"😀" > "ﬀ"': 'true',
})

table('names may have spaces, signs and any script', {
  'Pre-Tax Income * 2': '2000',
  'fine.date of birth': '"x"',
  '{ número: 1, اسم: 2, r: número + اسم }.r': '3',
  '{ a b: 1, c: a   b + 1 }.c': '2',
  'count(names) + count': '6',
})

table('lists, filters and paths', {
  'names[1]': '"Aya"',
  'names[-1]': '"Zoë"',
  'names[9]': 'null',
  'names[item != "Aya"]': '["عمر", "Zoë"]',
  'fine.lines.price': '[10, 25]',
  'fine.lines[price > 20]': '[{price: 25}]',
  'fine.lines[price > fine.amount]': '[]',
  'sum(fine.lines[item.price > 0].price)': '35',
  '[1, 2, 3, 4][item > 2][1]': '3',
  '5[1]': '5',
  'null[1]': 'null',
  'null[item = 1]': '[]',
  '[{item: 1}, {item: 2}][item = 2]': '[{item: 2}]',
})

table('contexts', {
  '{ a: 1, b: a + 1 }': '{a: 1, b: 2}',
  '{ "a b": 1 }': '{"a b": 1}',
  '{ a: 1, a: 2 }': 'null',
  '{ a: { b: 1 } }.a.b': '1',
  '{ a: 1 } = { a: 1.0 }': 'true',
})

table('loops', {
  'for i in 1..3 return i * i': '[1, 4, 9]',
  'for i in 3..1 return i': '[3, 2, 1]',
  'for i in [1..3] return i': '[1, 2, 3]',
  'for i in (1..3] return i': '[2, 3]',
  'for a in [1, 2], b in [a, 10] return a * b': '[1, 10, 4, 20]',
  'for i in 1..5 return if i = 1 then 1 else i * partial[-1]': '[1, 2, 6, 24, 120]',
  'for i in 1..3 return count(partial)': '[0, 1, 2]',
  'for d in date("2026-02-27")..date("2026-03-01") return d.day': '[27, 28, 1]',
  'for i in null return i': 'null',
  'some x in [1, 2] satisfies x > 1': 'true',
  'every x in [1, 2] satisfies x > 1': 'false',
  'some x in [null, 2] satisfies x > 5': 'null',
  'every x in [] satisfies false': 'true',
})

table('functions', {
  '(function(a, b) a + b)(1, 2)': '3',
  '(function(a: number) a)("x")': 'null',
  '(function(a: number) a)([1])': '1',
  '(function(a: list<number>) a)(1)': '[1]',
  '(function(d: date and time) d)(date("2026-01-01"))': '@"2026-01-01T00:00:00Z"',
  '{ twice: function(x) x * 2, r: twice(x: 4) }.r': '8',
  '(function(x) function(y) x + y)(1)(2)': '3',
  'sort([3, 1, 2], function(x, y) x < y)': '[1, 2, 3]',
  'missing(1)': 'null',
  'substring("abc", 2, 1, 9)': 'null',
  'substring(start position: 2, string: "abc")': '"bc"',
})

table('ranges and in', {
  '5 in [1..10]': 'true',
  '1 in (1..10]': 'false',
  '10 in [1..10[': 'false',
  '5 in (< 3, > 4)': 'true',
  '5 in [[1..3], [4..6]]': 'true',
  '"b" in ["a".."c"]': 'true',
  '5 between 1 and 10': 'true',
  '5 in (? > 3)': 'true',
  '[1..10].start': '1',
  '[1..10[.end included': 'false',
  '(> 5) = (> 5)': 'true',
  '[1.."b"]': 'null',
})

table('dates, times and durations', {
  'date("2024-02-29") + duration("P1Y")': '@"2025-02-28"',
  'date("2026-01-31") + duration("P1M")': '@"2026-02-28"',
  'today - date("2026-01-01")': '@"P59D"',
  '(today - date("2026-01-01")).days <= 60': 'true',
  'today + duration("P30D")': '@"2026-03-31"',
  'date("2026-13-01")': 'null',
  '@"2026-03-28T12:00:00@Europe/Paris" + duration("P1D")': '@"2026-03-29T13:00:00@Europe/Paris"',
  '@"2026-01-01T00:00:00Z" = @"2026-01-01T01:00:00+01:00"': 'true',
  '@"2026-01-01" < @"2026-01-01T00:00:01"': 'true',
  'time("23:30:00") + duration("PT1H")': '@"00:30:00"',
  'date and time("2026-01-01T24:00:00")': 'null',
  'duration("P1Y") * 2': '@"P2Y"',
  'duration("P1D") / duration("PT6H")': '4',
  'years and months duration(date("2020-05-10"), date("2026-03-09"))': '@"P5Y9M"',
  'date("2026-03-01").weekday': '7',
  'date and time("2026-03-01T10:00:00@Europe/Paris").time offset': '@"PT1H"',
  'string(duration("PT36H30M"))': '"P1DT12H30M"',
  'week of year(date("2021-01-03"))': '53',
})

table('instance of', {
  '1 instance of number': 'true',
  'null instance of Any': 'false',
  '[1, 2] instance of list<number>': 'true',
  '["a"] instance of list<number>': 'false',
  '{ a: 1 } instance of context<a: number>': 'true',
  '[1..2] instance of range<number>': 'true',
  'today instance of date': 'true',
  'duration("P1D") instance of days and time duration': 'true',
})

table('comments and layout', {
  '1 + // one\n 2 /* two */': '3',
  'if 1 > 0\n  then "yes"\n  else "no"': '"yes"',
})

test('prototypes of JavaScript are only names', () => {
  const sources = ['x.constructor', 'x.__proto__', '"a".constructor', 'constructor', '__proto__', 'toString']

  for (const source of sources) assert.equal(evaluate(source, { x: {} }), null, source)
  assert.equal(format(evaluate('{ __proto__: 1, constructor: 2 }')), '{__proto__: 1, constructor: 2}')
})

test('functions may be handed in, and take arguments by place or name', () => {
  const twice = new FeelFunction('twice', [[{ name: 'n' }]], ([n]) => (typeof n === 'number' ? n * 2 : null))

  assert.equal(evaluate('twice(4) + twice(n: 1)', { twice }), 10)
})

test('an expression that is no FEEL says where and what was expected', () => {
  const errors: Record<string, [number, RegExp]> = {
    '1 +': [3, /ends where a value should follow/],
    'if a then b': [11, /else/],
    '(1, 2)': [2, /Expected \)/],
    'a = = b c d )': [12, /Expected the end/],
    '"open': [0, /closing/],
    '1 # 2': [2, /# has no meaning/],
    'for x in [1] x': [13, /return/],
    'today()': [0, /use the fact today/],
    '': [0, /a value/],
  }

  for (const [source, [at, message]] of Object.entries(errors)) {
    assert.throws(
      () => compileFeel(source),
      (error) => error instanceof FeelError && error.at === at && message.test(error.message),
      source,
    )
  }
  const { line, column } = new FeelError('', 'a\nbc', 3)
  assert.deepEqual({ line, column }, { line: 2, column: 2 })
})

test('now and today come from the clock that is given', () => {
  const clock = { now: () => new Date('2026-03-01T23:30:00Z'), today: () => '2026-03-02', zone: 'Europe/Paris' }

  const value = compileFeel('[today(), now()]', { clock }).evaluate({})

  assert.equal(format(value), '[@"2026-03-02", @"2026-03-02T00:30:00+01:00"]')
})

test('reads names the facts that may be read', () => {
  const source = 'sum(for l in fine.lines return l.price * rate) + {a: b, c: a}.c + count(names[item = x]) + today.year'

  assert.deepEqual(compileFeel(source).reads, ['b', 'fine.lines', 'names', 'rate', 'today.year', 'x'])
})

test('unary tests', () => {
  const passes = (tests: string, input: FeelValue, scope = {}) => compileUnaryTests(tests).test(input, scope)
  const cases: [string, FeelValue, boolean][] = [
    ['-', null, true],
    ['< 10', 9, true],
    ['< 10', 'a', false],
    ['"a", "b"', 'b', true],
    ['not("a", "b")', 'b', false],
    ['not("a", "b")', 'c', true],
    ['[1..5], > 10', 11, true],
    ['null', null, true],
    ['null', 1, false],
    ['? > 5 and ? < 8', 6, true],
    ['not(? > 5)', 6, false],
    ['true', true, true],
    ['false', null, false],
    ['limit', 5, true],
    ['> limit * 2', 11, true],
    ['[limit..10]', 4, false],
    ['[2, 3]', 3, true],
    ['= 3', 3, true],
    ['!= 3', 3, false],
    ['-5', -5, true],
    ['0.30', 0.3, true],
    ['limit > 3', 'a', true],
    ['limit > 9', 'a', false],
  ]

  for (const [tests, input, expected] of cases)
    assert.equal(passes(tests, input, { limit: 5 }), expected, `${input} ${tests}`)
})

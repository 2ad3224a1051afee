// Every built-in function of DMN 1.5 (10.3.4), called by the names of its parameters, and none that the standard does not have.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { builtIns } from './functions/index.ts'
import { compileFeel, format } from './index.ts'

/** By table of the standard: a call by names, and what it gives. */
const calls: Record<string, Record<string, string>> = {
  conversion: {
    'date(from: "2026-03-02")': '@"2026-03-02"',
    'date(year: 2026, month: 3, day: 2)': '@"2026-03-02"',
    'date and time(from: "2026-03-02T10:00:00")': '@"2026-03-02T10:00:00"',
    'date and time(date: @"2026-03-02", time: @"10:00:00Z")': '@"2026-03-02T10:00:00Z"',
    'date and time(year: 2026, month: 3, day: 2, hour: 10, minute: 0, second: 0)': '@"2026-03-02T10:00:00"',
    'date and time(year: 2026, month: 3, day: 2, hour: 10, minute: 0, second: 0, offset: @"PT1H")':
      '@"2026-03-02T10:00:00+01:00"',
    'date and time(year: 2026, month: 3, day: 2, hour: 10, minute: 0, second: 0, timezone: "Europe/Paris")':
      '@"2026-03-02T10:00:00@Europe/Paris"',
    'time(from: "10:00:00")': '@"10:00:00"',
    'time(hour: 10, minute: 0, second: 0, offset: @"PT1H")': '@"10:00:00+01:00"',
    'number(from: "1 000,5", grouping separator: " ", decimal separator: ",")': '1000.5',
    'string(from: [1, "a"])': '"[1, \\"a\\"]"',
    'duration(from: "P1D")': '@"P1D"',
    'years and months duration(from: @"2025-01-31", to: @"2026-03-02")': '@"P1Y1M"',
    'range(from: "[1..3)")': '[1..3)',
    'context(entries: [{ key: "a", value: 1 }])': '{ a: 1 }',
  },
  boolean: { 'not(negand: true)': 'false' },
  string: {
    'substring(string: "foobar", start position: 3, length: 3)': '"oba"',
    'string length(string: "añb")': '3',
    'upper case(string: "a")': '"A"',
    'lower case(string: "A")': '"a"',
    'substring before(string: "foobar", match: "bar")': '"foo"',
    'substring after(string: "foobar", match: "ob")': '"ar"',
    'replace(input: "abcd", pattern: "(ab)|(a)", replacement: "[1=$1]", flags: "")': '"[1=ab]cd"',
    'contains(string: "foobar", match: "of")': 'false',
    'starts with(string: "foobar", match: "fo")': 'true',
    'ends with(string: "foobar", match: "r")': 'true',
    'matches(input: "foobar", pattern: "^FO*b", flags: "i")': 'true',
    'split(string: "a;b", delimiter: ";")': '["a", "b"]',
    'string join(list: ["a", "b"], delimiter: "-")': '"a-b"',
  },
  list: {
    'list contains(list: [1, null], element: null)': 'true',
    'list replace(list: [2, 4], position: 2, newItem: 6)': '[2, 6]',
    'list replace(list: [2, 4, 7], match: function(item, newItem) item < newItem, newItem: 5)': '[5, 5, 7]',
    'count(list: [1, 2])': '2',
    'min(list: [2, 1])': '1',
    'max(list: [1, 2])': '2',
    'sum(list: [1, 2])': '3',
    'mean(list: [1, 3])': '2',
    'all(list: [true, false])': 'false',
    'any(list: [true, false])': 'true',
    'sublist(list: [4, 5, 6], start position: 1, length: 2)': '[4, 5]',
    'append([1], 2, 3)': '[1, 2, 3]',
    'concatenate([1], [2])': '[1, 2]',
    'insert before(list: [1, 3], position: 1, newItem: 2)': '[2, 1, 3]',
    'remove(list: [1, 2, 3], position: 2)': '[1, 3]',
    'reverse(list: [1, 2])': '[2, 1]',
    'index of(list: [1, 2, 1], match: 1)': '[1, 3]',
    'union([1, 2], [2, 3])': '[1, 2, 3]',
    'distinct values(list: [1, 1])': '[1]',
    'flatten(list: [[1], [[2]]])': '[1, 2]',
    'product(list: [2, 3])': '6',
    'median(list: [1, 3, 2])': '2',
    'stddev(list: [1, 3])': '1.414213562373095048801688724209698',
    'mode(list: [1, 1, 2])': '[1]',
    'sort(list: [2, 1], precedes: function(x, y) x < y)': '[1, 2]',
  },
  number: {
    'decimal(n: 1/3, scale: 2)': '0.33',
    'floor(n: -1.56, scale: 1)': '-1.6',
    'ceiling(n: -1.56, scale: 1)': '-1.5',
    'round up(n: -5.5, scale: 0)': '-6',
    'round down(n: -5.5, scale: 0)': '-5',
    'round half up(n: -5.5, scale: 0)': '-6',
    'round half down(n: -5.5, scale: 0)': '-5',
    'abs(n: @"-P1D")': '@"P1D"',
    'modulo(dividend: -12, divisor: 5)': '3',
    'sqrt(number: 16)': '4',
    'log(number: 1)': '0',
    'exp(number: 0)': '1',
    'odd(number: 5)': 'true',
    'even(number: 5)': 'false',
  },
  'date and time': {
    'is(value1: @"10:00:00Z", value2: @"11:00:00+01:00")': 'false',
    'day of year(date: @"2026-03-02")': '61',
    'day of week(date: @"2026-03-02")': '"Monday"',
    'month of year(date: @"2026-03-02")': '"March"',
    'week of year(date: @"2026-03-02")': '10',
  },
  range: {
    'before(point1: 1, point2: 2)': 'true',
    'after(point: 5, range: [1..2])': 'true',
    'meets(range1: [1..5], range2: [5..9])': 'true',
    'met by(range1: [5..9], range2: [1..5])': 'true',
    'overlaps(range1: [1..5], range2: [3..8])': 'true',
    'overlaps before(range1: [1..5], range2: [3..8])': 'true',
    'overlaps after(range1: [3..8], range2: [1..5])': 'true',
    'finishes(point: 10, range: [1..10])': 'true',
    'finished by(range: [1..10], point: 10)': 'true',
    'includes(range: [1..10], point: 5)': 'true',
    'during(point: 5, range: [1..10])': 'true',
    'starts(point: 1, range: [1..10])': 'true',
    'started by(range: [1..10], point: 1)': 'true',
    'coincides(range1: [1..2], range2: [1..2])': 'true',
  },
  context: {
    'get value(m: { a: 1 }, key: "a")': '1',
    'get entries(m: { a: 1 })': '[{ key: "a", value: 1 }]',
    'context put(context: { a: 1 }, key: "b", value: 2)': '{ a: 1, b: 2 }',
    'context put(context: { a: { b: 1 } }, keys: ["a", "b"], value: 2)': '{ a: { b: 2 } }',
    'context merge(contexts: [{ a: 1 }, { b: 2 }])': '{ a: 1, b: 2 }',
  },
}

for (const [table, lines] of Object.entries(calls))
  test(`every ${table} function takes its arguments by name`, () => {
    const value = (source: string) => format(compileFeel(source).evaluate({}), true)
    for (const [call, expected] of Object.entries(lines)) assert.equal(value(call), value(expected), call)
  })

test('there is no function that the standard does not have, and none is left out', () => {
  const named = new Set(
    Object.values(calls).flatMap((lines) => Object.keys(lines).map((call) => /^[a-z ]+/.exec(call)![0])),
  )
  const needClock = ['now', 'today']

  // range is read with the language itself.
  assert.deepEqual([...builtIns.keys(), 'range'].sort(), [...named].sort())
  for (const name of needClock) assert.throws(() => compileFeel(`${name}()`), /no clock/)
})

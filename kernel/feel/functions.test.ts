// The built-in functions: a call and what it gives, both in FEEL. Those of the standard that the language tests do not touch.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileFeel, format } from './index.ts'

function table(title: string, lines: Record<string, string>): void {
  test(title, () => {
    for (const [source, expected] of Object.entries(lines)) {
      assert.equal(
        format(compileFeel(source).evaluate({}), true),
        format(compileFeel(expected).evaluate({}), true),
        source,
      )
    }
  })
}

table('of texts', {
  'substring("foobar", 3)': '"obar"',
  'substring("foobar", -2, 1)': '"a"',
  'substring("😀bc", 2)': '"bc"',
  'substring("foobar", 0)': 'null',
  'upper case("aé")': '"AÉ"',
  'substring before("foobar", "bar")': '"foo"',
  'substring after("foobar", "ob")': '"ar"',
  'substring after("foobar", "")': '"foobar"',
  'contains("foobar", "oba")': 'true',
  'starts with("foobar", "fo")': 'true',
  'ends with("foobar", "r")': 'true',
  'split("a;b;;c", ";")': '["a", "b", "", "c"]',
  'split("a1b22c", "[0-9]+")': '["a", "b", "c"]',
  'string join(["a", null, "b"], "-")': '"a-b"',
  'string([1, "a", null, {b: true}])': '"[1, \\"a\\", null, {b: true}]"',
  'number("1 000,5", " ", ",")': '1000.5',
  'number("x")': 'null',
})

table('of patterns', {
  'matches("foobar", "^fo*b")': 'true',
  'matches("AB-123-CD", "^[A-Z]{2}-\\d{3}-[A-Z]{2}$")': 'true',
  'matches("نور", "^\\p{L}+$")': 'true',
  'matches("نور", "^\\p{IsArabic}+$")': 'true',
  'matches("x", "[A-Z-[OI]]", "i")': 'true',
  'matches("a\\nb", "a.b")': 'false',
  'matches("a\\nb", "a.b", "s")': 'true',
  'matches("a.c", "a.c", "q")': 'true',
  'matches("abab", "(ab)\\1")': 'true',
  'matches("a", "(")': 'null',
  'matches("a", "a", "z")': 'null',
  'replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")': '"[1=ab][2=]cd"',
  'replace("a.b", "\\.", "\\$")': '"a$b"',
  'replace("abc", "x*", "-")': 'null',
  'replace("reluctant", "r.*?t", "X")': '"Xant"',
})

table('of numbers', {
  'decimal(1/3, 2)': '0.33',
  'decimal(2.5, 0)': '2',
  'floor(-1.56, 1)': '-1.6',
  'ceiling(1.2)': '2',
  'round up(5.1, 0)': '6',
  'round half up(-1.5, 0)': '-2',
  'round half down(5.5, 0)': '5',
  'modulo(-12, 5)': '3',
  'modulo(10.1, -4.5)': '-3.4',
  'sqrt(16)': '4',
  'sqrt(-1)': 'null',
  'decimal(log(10), 4)': '2.3026',
  'decimal(exp(1), 4)': '2.7183',
  'odd(5)': 'true',
  'even(2.5)': 'false',
  'abs(-5)': '5',
  'abs(duration("-P1D"))': 'duration("P1D")',
})

table('of lists', {
  'list contains([1, null], null)': 'true',
  'min(3, 1, 2)': '1',
  'max(["a", "c"])': '"c"',
  'max([1, "a"])': 'null',
  'min([])': 'null',
  'sum([0.1, 0.2])': '0.3',
  'sum([])': 'null',
  'sum([duration("P1D"), duration("PT12H")])': 'duration("P1DT12H")',
  'mean(1, 2)': '1.5',
  'median(6, 1, 2, 3)': '2.5',
  'decimal(stddev(2, 4, 7, 5), 4)': '2.0817',
  'mode([6, 1, 9, 6, 1])': '[1, 6]',
  'product([2, 3, 4])': '24',
  'all([true, null])': 'null',
  'any([true, null])': 'true',
  'all([])': 'true',
  'sublist([4, 5, 6], 1, 2)': '[4, 5]',
  'sublist([4, 5, 6], -2)': '[5, 6]',
  'append([1], 2, 3)': '[1, 2, 3]',
  'concatenate([1, 2], [3])': '[1, 2, 3]',
  'insert before([1, 3], 2, 2)': '[1, 2, 3]',
  'remove([1, 2, 3], -1)': '[1, 2]',
  'remove([1], 2)': 'null',
  'list replace([2, 4, 7], 3, 6)': '[2, 4, 6]',
  'list replace([2, 4, 7], function(item, newItem) item < newItem, 5)': '[5, 5, 7]',
  'reverse([1, 2])': '[2, 1]',
  'index of([1, 2, 1], 1)': '[1, 3]',
  'union([1, 2], [2, 3])': '[1, 2, 3]',
  'distinct values([1, "a", 1, {a: 1}, {a: 1}, null, null])': '[1, "a", {a: 1}, null]',
  'flatten([[1, [2]], 3])': '[1, 2, 3]',
  'sort(list: ["b", "a"], precedes: function(x, y) x < y)': '["a", "b"]',
  'count("a")': '1',
})

table('of contexts', {
  'get value({a: 1}, "a")': '1',
  'get value({a: {b: 2}}, ["a", "b"])': '2',
  'get entries({a: 1})': '[{key: "a", value: 1}]',
  'context([{key: "a", value: 1}])': '{a: 1}',
  'context([{key: "a", value: 1}, {key: "a", value: 2}])': 'null',
  'context put({a: {b: 1}}, ["a", "c"], 2)': '{a: {b: 1, c: 2}}',
  'context merge([{a: 1, b: 1}, {b: 2}])': '{a: 1, b: 2}',
})

table('of dates', {
  'date(2026, 3, 1)': 'date("2026-03-01")',
  'date and time(date("2026-03-01"), time("10:00:00"))': 'date and time("2026-03-01T10:00:00")',
  'date and time(2026, 3, 1, 10, 0, 0, "Europe/Paris")': '@"2026-03-01T10:00:00@Europe/Paris"',
  'time(10, 30, 1.5, duration("PT1H"))': '@"10:30:01.5+01:00"',
  'day of week(date("2026-03-01"))': '"Sunday"',
  'month of year(date("2026-03-01"))': '"March"',
  'day of year(date("2024-12-31"))': '366',
  'is(date("2026-03-01"), date("2026-03-01"))': 'true',
  'is(@"10:00:00Z", @"11:00:00+01:00")': 'false',
})

table('of ranges', {
  'before(1, [2..3])': 'true',
  'before([1..5), [5..6])': 'true',
  'after(10, [1..10))': 'true',
  'meets([1..5], [5..10])': 'true',
  'met by((5..10], [1..5])': 'false',
  'overlaps([1..5], [3..8])': 'true',
  'overlaps before([1..5], [3..8])': 'true',
  'overlaps after([3..8], [1..5])': 'true',
  'finishes(10, [1..10])': 'true',
  'finished by([1..10], [5..10])': 'true',
  'includes([1..10], 5)': 'true',
  'during([4..6], [1..10])': 'true',
  'starts(1, [1..10])': 'true',
  'started by([1..10], 1)': 'true',
  'coincides([1..5], [1..5])': 'true',
  'before("a", 1)': 'null',
  'range("[1..3)")': '[1..3)',
  'range("[3..1]")': 'null',
  'range("[1..x]")': 'null',
})

table('by name, where the order of the names tells two ways apart', {
  'includes(range: [1..10], point: 5)': 'true',
  'before(point: 5, range: [6..7])': 'true',
  'before(range: [1..2], point: 5)': 'true',
  'get value({a: 1}, [])': 'null',
})

table('that know themselves', {
  '{f: function(n) if n <= 1 then 1 else n * f(n - 1), r: f(5)}.r': '120',
  '{f: function(n) n + 1, g: {f: function(n) f(n) * 2, r: 1}.r, r: g}.r': '1',
  '{count: function(x) 5, r: count([1])}.r': '5',
})

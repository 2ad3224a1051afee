// Expressions are checked against the shape of the facts before anybody meets them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkNames, compileFeel, compileUnaryTests, type Shape, shapeOf } from './index.ts'

const purpose: Shape = ['one of', 'employment', 'visa', 'other']
const shape: Shape = {
  fine: { amount: 'number', serious: 'boolean', issuedOn: 'date', lines: [{ price: 'number' }] },
  purpose,
  names: ['string'],
  unknown: 'any',
  today: 'date',
}

const problems = (source: string) =>
  checkNames(compileFeel(source, { shape }), shape).map(({ code, suggestion, at, to }) =>
    [code, source.slice(at, to), suggestion].filter((part) => part !== undefined).join(' | '),
  )

test('names that no fact offers are found, with the one that was meant', () => {
  assert.deepEqual(problems('fine.amout > 3'), ['unknown-name | amout | amount'])
  assert.deepEqual(problems('fnie.amount > 3'), ['unknown-name | fnie | fine'])
  assert.deepEqual(problems('sum(fine.lines[prise > 3].price)'), ['unknown-name | prise | price'])
  assert.deepEqual(problems('for l in fine.lines return l.pric'), ['unknown-name | pric | price'])
  assert.deepEqual(problems('some n in names satisfies m = "x"'), ['unknown-name | m | n'])
  assert.deepEqual(problems('fine.issuedOn.yaer'), ['unknown-name | yaer | year'])
  assert.deepEqual(problems('purpose.code'), ['unknown-name | code'])
  assert.deepEqual(problems('cuont(names)'), ['unknown-function | cuont | count'])
})

test('texts that cannot be chosen are found', () => {
  assert.deepEqual(problems('purpose = "employmnet"'), ['unknown-choice | "employmnet" | employment'])
  assert.deepEqual(problems('purpose in ("visa", "vsia")'), ['unknown-choice | "vsia" | visa'])
})

test('kinds that never meet are found', () => {
  assert.deepEqual(problems('fine.amount > "3"'), ['type-mismatch | "3"'])
  assert.deepEqual(problems('fine.amount + today'), ['type-mismatch | fine.amount + today'])
  assert.deepEqual(problems('fine.amount and fine.serious'), ['type-mismatch | fine.amount'])
  assert.deepEqual(problems('if purpose then 1 else 2'), ['type-mismatch | purpose'])
})

test('constants that are none, and calls that cannot be, are found', () => {
  assert.deepEqual(problems('today > date("2026-02-30")'), ['never-a-value | date("2026-02-30")'])
  assert.deepEqual(problems('@"nonsense" = today'), ['never-a-value | @"nonsense"'])
  assert.deepEqual(problems('count(names, 1)'), ['never-a-value | count(names, 1)'])
})

test('what is right, or unknown, is left alone', () => {
  const sources = [
    'fine.amount > 3 and not(fine.serious)',
    'today - fine.issuedOn < duration("P60D")',
    'unknown.anything.goes > 3 and unknown',
    'unknown[x = 1]',
    'count(fine.lines[price > 3]) + fine.lines[1].price',
    '{a: fine, b: a.amount}.b',
    'for l in fine.lines, i in 1..3 return l.price * i + count(partial)',
    'fine.amount = null',
    'string join(names, ", ") + purpose',
    'fine.issuedOn + duration("P1M") > today',
  ]

  for (const source of sources) assert.deepEqual(problems(source), [], source)
})

test('a test is checked against its input', () => {
  const check = (tests: string, input: Shape) =>
    checkNames(compileUnaryTests(tests), shape, input).map(({ code }) => code)

  assert.deepEqual(check('"visa", "vsia"', purpose), ['unknown-choice'])
  assert.deepEqual(check('> 10', 'string'), ['type-mismatch'])
  assert.deepEqual(check('[1..3]', 'date'), ['type-mismatch'])
  assert.deepEqual(check('> fine.amount, null, -1', 'number'), [])
})

test('the shape of a result is told where it can be', () => {
  const shapes: Record<string, Shape | undefined> = {
    'fine.amount * 2': 'number',
    'today - fine.issuedOn': 'days and time duration',
    'today + duration("P1D")': 'date',
    'fine.lines.price': ['number'],
    'if fine.serious then "a" else "b"': 'string',
    'unknown + 1': undefined,
  }

  for (const [source, expected] of Object.entries(shapes))
    assert.deepEqual(shapeOf(compileFeel(source), shape), expected, source)
})

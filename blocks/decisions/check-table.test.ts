// Tables are checked before anybody is judged by them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parse } from 'yaml'
import { checkTable, decide, type RuleTable } from './index.ts'

// Each row says its own number.
const table = (inputs: Record<string, string>, rows: Record<string, string>[], hit?: RuleTable['hit']): RuleTable => ({
  name: 'test',
  ...(hit ? { hit } : {}),
  inputs,
  rows: rows.map((row, n) => ({ if: row, ...parse(`then: { out: "${n}" }`) })),
})
const messages = (of: RuleTable, shape = {}) => checkTable(of, shape).map(({ code, message }) => `${code}: ${message}`)

test('a case that no row covers is named', () => {
  const days = { serious: 'fine.serious', days: '(today - fine.placedOn).days' }

  assert.deepEqual(
    messages(table(days, [{ serious: 'true' }, { days: '<= 60' }, { days: '(60..365)' }, { days: '> 365' }])),
    ['rule-gap: no row of test applies when serious = false and days = 365'],
  )
  assert.deepEqual(messages(table({ n: 'score' }, [{ n: '< 0.75' }, { n: '> 0.75' }])), [
    'rule-gap: no row of test applies when n = 0.75',
  ])
  assert.deepEqual(messages(table({ n: 'amount' }, [{ n: '[0..10]' }, { n: '>= 11' }])), [
    'rule-gap: no row of test applies when n = 10.5',
  ])
  assert.deepEqual(messages(table({ on: 'birth' }, [{ on: '< date("2000-01-01")' }, { on: '> date("2000-01-02")' }])), [
    'rule-gap: no row of test applies when on = @"2000-01-01"',
  ])
  assert.deepEqual(messages(table({ p: 'purpose' }, [{ p: '"visa", "work"' }])), [
    'rule-gap: no row of test applies when p = "anything else"',
  ])
})

test('tables that cover everything are left alone', () => {
  const whole = [
    table({ n: 'list.count' }, [{ n: '0' }, { n: '>= 1' }]),
    table({ n: 'score' }, [{ n: '< 0.75' }, { n: '>= 0.75' }]),
    table({ a: 'a', b: 'b' }, [{ a: 'true', b: 'true' }, { a: 'false' }, { b: 'false' }]),
    table({ p: 'purpose' }, [{ p: '"visa"' }, { p: 'not("visa")' }]),
    table({ on: 'birth' }, [{ on: '<= date("2000-01-01")' }, { on: '>= date("2000-01-02")' }]),
    table({ n: 'n' }, [{ n: '? < 5 or ? > 9' }, { n: 'not(? < 5 or ? > 9)' }]),
    table({ s: 's' }, [{ s: '< "m"' }, { s: '>= "m"' }]),
    table({ x: 'x' }, [{ x: '5, "a"' }, { x: 'not(5, "a")' }]),
    table({ x: 'x' }, [{ x: 'null' }, { x: 'not(null)' }]),
    table({ n: 'n' }, [{ n: '5' }, {}]),
  ]

  for (const one of whole) assert.deepEqual(messages(one), [], JSON.stringify(one.rows))
  const choices = table({ p: 'purpose' }, [{ p: '"visa"' }, { p: '"work"' }])
  assert.deepEqual(messages(choices, { purpose: ['one of', 'visa', 'work'] }), [])
})

test('gaps are found in texts by order, in mixed kinds, in lists, and in nothing', () => {
  const found = (rows: Record<string, string>[], shape = {}) => messages(table({ x: 'x' }, rows), shape)

  assert.deepEqual(found([{ x: '< "m"' }, { x: '> "m"' }]), ['rule-gap: no row of test applies when x = "m"'])
  assert.deepEqual(found([{ x: '5' }, { x: '"a"' }, { x: 'not(5, 6, "a")' }]), [
    'rule-gap: no row of test applies when x = 6',
  ])
  assert.deepEqual(found([{ x: 'null' }, { x: '5' }]), ['rule-gap: no row of test applies when x = 4'])
  assert.deepEqual(found([{ x: 'list contains(?, "a")' }], { x: ['string'] }), [
    'rule-gap: no row of test applies when x = []',
  ])
  assert.deepEqual(found([{ x: '? < 5 and ? > 2' }, { x: '>= 5' }]), ['rule-gap: no row of test applies when x = 1'])
})

test('what cannot be told is said to be so', () => {
  const unsure = (rows: Record<string, string>[], hit?: RuleTable['hit'], shape = {}) =>
    checkTable(table({ n: 'n' }, rows, hit), shape).map(
      ({ code, severity, message }) => `${severity} ${code}: ${message}`,
    )

  assert.deepEqual(unsure([{ n: '> limit' }, { n: '<= limit' }]), [
    'warning rule-unsure: it cannot be told whether a row of test always applies: cells there ask for more than constants',
  ])
  assert.deepEqual(unsure([{ n: '> limit' }, { n: '5' }, {}]), [])
  assert.deepEqual(unsure([{ n: '> limit' }, { n: '< 5' }], 'unique'), [
    'warning rule-unsure: it cannot be told whether a row of test applies when n = 5: cells there ask for more than constants',
    'warning rule-unsure: it cannot be told whether rows 1 and 2 of test can apply together: cells there ask for more than constants',
  ])
  assert.match(
    unsure([{ n: 'matches(?, "^A")' }, { n: 'not(matches(?, "^A"))' }], 'first', { n: 'string' })[0]!,
    /unsure/,
  )
})

test('a case of inputs that read the same fact is told with its doubt', () => {
  const [problem] = checkTable(
    table({ age: 'age', adult: 'age >= 18' }, [
      { age: '< 18', adult: 'false' },
      { age: '>= 18', adult: 'true' },
    ]),
  )

  assert.equal(problem!.severity, 'warning')
  assert.match(problem!.message, /if that can be so: age and adult both read age$/)
})

test('rows that are never reached are named', () => {
  const rows: Record<string, string>[] = [{ n: '< 10' }, { n: '[2..5]' }, {}, { n: '> 100' }]

  assert.deepEqual(
    checkTable(table({ n: 'n' }, rows)).map(({ code, row }) => [code, row]),
    [
      ['rule-unreachable', 1],
      ['rule-unreachable', 3],
    ],
  )
})

test('rows that contradict each other are named where only one may apply', () => {
  const rows = [{ n: '<= 10' }, { n: '>= 10' }]

  assert.deepEqual(messages(table({ n: 'n' }, rows, 'unique')), [
    'rule-overlap: rows 1 and 2 of test both apply when n = 10',
  ])
  assert.equal(checkTable(table({ n: 'n' }, rows, 'any')).length, 1)
  assert.deepEqual(messages(table({ n: 'n' }, rows, 'collect')), [])
})

test('a table that is too large to be checked says so, soon', () => {
  const inputs = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`i${n}`, `i${n}`]))
  const rows = Array.from({ length: 200 }, (_, r) =>
    Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`i${n}`, String((r * 7 + n * 13) % 50)])),
  )
  const start = performance.now()
  checkTable(table(inputs, rows))

  assert.ok(performance.now() - start < 5000)
})

test('cells that cost much do not hold up the check', () => {
  const rows = Array.from({ length: 100 }, (_, n) => ({ a: `? = ${n} and count(for i in 1..50000 return i) > 0` }))
  const before = process.cpuUsage()

  const [problem] = checkTable(table({ a: 'a' }, rows))

  const { user, system } = process.cpuUsage(before)
  assert.equal(problem!.code, 'rule-too-large')
  assert.ok((user + system) / 1000 < 5000)
})

const bound = fc.integer({ min: -5, max: 5 })
const cell = fc.oneof(
  bound.map(String),
  fc.tuple(fc.constantFrom('<', '<=', '>', '>='), bound).map(([operator, n]) => `${operator} ${n}`),
  fc.tuple(bound, bound).map(([a, b]) => `[${Math.min(a, b)}..${Math.max(a, b)}]`),
  fc.constant('-'),
)
const rows = fc.array(fc.record({ a: cell, b: cell }, { requiredKeys: [] }), { minLength: 1, maxLength: 5 })

test('a gap is found exactly where some case has no row', () => {
  const values = Array.from({ length: 29 }, (_, n) => (n - 14) / 2)
  fc.assert(
    fc.property(rows, (some) => {
      const of = table({ a: 'a', b: 'b' }, some as Record<string, string>[])
      const found = checkTable(of).some(({ code }) => code === 'rule-gap')
      const uncovered = values.some((a) => values.some((b) => decide(of, { a, b }).output === null))
      // Where zero is the least that a table names, nothing is looked for below it.
      const hasZero = JSON.stringify(some).includes('0')
      assert.ok(found ? uncovered : hasZero || !uncovered)
    }),
    { numRuns: 150 },
  )
})

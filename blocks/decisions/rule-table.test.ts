// Rule tables: what comes out, by which row, and why.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'yaml'
import { compileTable, decide, evaluate, type Facts, type HitPolicy, type RuleTable, RuleTableError } from './index.ts'

// As analysts write them.
const price: RuleTable = parse(`
  name: price
  inputs: { serious: fine.serious, days: (today - fine.placedOn).days }
  rows:
    - { if: { serious: "true" }, then: { percent: "100" }, law: Road Traffic Act s.41(5), reason: serious }
    - { if: { days: "<= 60" }, then: { percent: "65" }, law: Road Traffic Act s.41(3), reason: within60Days }
    - { if: { days: "(60..365]" }, then: { percent: "75" }, law: Road Traffic Act s.41(4) }
    - { if: { days: "> 365" }, then: { percent: "100" }, law: Road Traffic Act s.41(1) }
`)
const shape = {
  fine: { serious: 'boolean', placedOn: 'date', amount: 'number', driver: 'string' },
  today: 'date',
} as const
const facts = (placedOn: string, serious = false): Facts => ({
  fine: { serious, placedOn, amount: 120, driver: 'Grace' },
  today: '2026-03-02',
  applicant: { name: 'Grace' },
})

test('the first row that applies decides', () => {
  const table = compileTable(price, shape)

  assert.deepEqual(evaluate(table, facts('2026-02-01')).output, { percent: 65 })
  assert.deepEqual(evaluate(table, facts('2025-12-01')).output, { percent: 75 })
  assert.deepEqual(evaluate(table, facts('2020-12-01')).output, { percent: 100 })
  assert.deepEqual(evaluate(table, facts('2026-02-01', true)).output, { percent: 100 })
  assert.equal(evaluate(table, {}).output, null)
})

test('the trace says which rows were tried, what failed, what was read and which law held', () => {
  const { trace } = decide(price, facts('2025-12-01'), { facts: shape })

  assert.deepEqual(
    { ...trace, hash: trace.hash.length },
    {
      rule: 'price',
      hash: 64,
      hit: 'first',
      inputs: { serious: false, days: 91 },
      facts: { fine: { serious: false, placedOn: '2025-12-01' }, today: '2026-03-02' },
      rows: [{ row: 0, failed: 'serious' }, { row: 1, failed: 'days' }, { row: 2 }],
      hits: [2],
      laws: ['Road Traffic Act s.41(4)'],
      output: { percent: 75 },
    },
  )
})

test('the hash is of the table and of what it reads, not of what else there is', () => {
  const { hash } = compileTable(price, shape)
  const wider = { ...shape, other: 'string' } as const
  const changed = structuredClone(price)
  changed.rows[1]!.then.percent = '60'

  assert.equal(compileTable(structuredClone(price), wider).hash, hash)
  assert.notEqual(compileTable(changed, shape).hash, hash)
  assert.notEqual(compileTable(price, { ...shape, today: 'string' }).hash, hash)
})

const graded = (hit: HitPolicy): RuleTable => ({
  hit,
  ...parse(`
    name: grade
    inputs: { score: score }
    outputs: { grade: { values: ['"high"', '"middle"', '"low"'] } }
    rows:
      - { if: { score: "> 10" }, then: { grade: '"middle"', points: "1" }, law: a }
      - { if: { score: "> 20" }, then: { grade: '"high"', points: "5" }, law: b }
      - { if: { score: "> 0" }, then: { grade: '"low"', points: "2" }, law: a }
  `),
})
const high = { grade: 'high', points: 5 }
const middle = { grade: 'middle', points: 1 }
const low = { grade: 'low', points: 2 }

test('each hit policy chooses in its own way', () => {
  const outputs: Record<HitPolicy, unknown> = {
    first: middle,
    unique: null,
    any: null,
    priority: high,
    'rule order': [middle, high, low],
    'output order': [high, middle, low],
    collect: [middle, high, low],
    'collect sum': { grade: null, points: 8 },
    'collect min': { grade: 'high', points: 1 },
    'collect max': { grade: 'middle', points: 5 },
    'collect count': 3,
  }

  for (const [hit, expected] of Object.entries(outputs)) {
    assert.deepEqual(decide(graded(hit as HitPolicy), { score: 30 }).output, expected, hit)
  }
  assert.deepEqual(decide(graded('unique'), { score: 5 }).output, low)
  assert.deepEqual(decide(graded('unique'), { score: 30 }).trace.conflict, [0, 1, 2])
  assert.deepEqual(decide(graded('output order'), { score: 30 }).trace.hits, [1, 0, 2])
  assert.deepEqual(decide(graded('collect'), { score: 30 }).trace.laws, ['a', 'b'])
  assert.equal(decide(graded('collect count'), { score: 0 }).output, 0)
})

test('rows that say the same may apply together under any', () => {
  const table: RuleTable = parse(`
    name: any
    hit: any
    inputs: { n: n }
    rows:
      - { if: { n: "> 1" }, then: { yes: "true" } }
      - { if: { n: "> 2" }, then: { yes: n > 0 } }
  `)

  assert.deepEqual(decide(table, { n: 3 }).output, { yes: true })
})

test('an output may have a value for when no row applies', () => {
  const table = { ...graded('first'), outputs: { grade: { otherwise: '"none"' } } }

  assert.deepEqual(decide(table, { score: -1 }).output, { grade: 'none' })
  assert.deepEqual(decide(table, { score: -1 }).trace.hits, [])
})

test('outputs are computed from the facts, exactly', () => {
  const table: RuleTable = parse(`
    name: fee
    inputs: { of: amount }
    rows: [{ if: { of: ">= limit" }, then: { due: "round half up(amount * 0.335, 2)" } }]
  `)

  const { output, trace } = decide(table, { amount: 10.1, limit: 10, other: 1 })

  assert.deepEqual(output, { due: 3.38 })
  assert.deepEqual(trace.facts, { amount: 10.1, limit: 10 })
})

test('a table that is none says which cell', () => {
  const broken: Record<string, string> = {
    'inputs/days': '{ inputs: { days: today - } }',
    'rows/0/if/days': '{ rows: [{ if: { days: "< <" }, then: {} }] }',
    'rows/0/if/dasy': '{ rows: [{ if: { dasy: "1" }, then: {} }] }',
    'rows/0/then/percent': '{ rows: [{ if: {}, then: { percent: today() } }] }',
  }

  for (const [where, part] of Object.entries(broken)) {
    assert.throws(
      () => compileTable({ ...price, ...parse(part) }),
      (error) => error instanceof RuleTableError && error.where === where,
      where,
    )
  }
})

test('a hostile table ends: one budget is for all of its cells', () => {
  const costly = 'count(for i in 1..200000 return i) > 0 and false'
  const hostile: RuleTable = {
    name: 'hostile',
    inputs: { a: 'a' },
    rows: Array.from({ length: 500 }, () => ({ if: { a: `? > 0 and ${costly}` }, ...parse('then: { r: "1" }') })),
  }

  assert.throws(() => decide(hostile, { a: 1 }), { name: 'FeelLimitExceeded' })
})

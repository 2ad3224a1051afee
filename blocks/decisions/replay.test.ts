// Changed rules on past decisions, without a database: what became what, how much less and more, and what cannot be told.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Shape } from '@ashlar/kernel/feel'
import { parse } from 'yaml'
import { createRuleReplay, decide, type Facts, type RuleTable, RuleTableError } from './index.ts'

const shape: Shape = { fine: { days: 'number', amount: 'number', plate: 'string' } }
const price: RuleTable = parse(`
  name: price
  inputs: { days: fine.days }
  keeps: [fine.amount]
  rows:
    - { if: { days: "<= 60" }, then: { percent: "65" }, law: s.41(3) }
    - { if: {}, then: { percent: "100" }, law: s.41 }
`)
const changed: RuleTable = parse(`
  name: price
  inputs: { days: fine.days }
  rows:
    - { if: { days: "<= 30" }, then: { percent: "60" }, law: s.41(3) }
    - { if: {}, then: { percent: "90" }, law: s.41 }
`)
const due = 'fine.amount * price.percent / 100'

function replayed(table: RuleTable, many: Facts[], amounts: Record<string, string> = {}, before = price) {
  const replay = createRuleReplay({ table, amounts })
  const again = replay.of({ table: before, shape })
  for (const [n, facts] of many.entries()) {
    const { output, trace } = decide(before, facts, { facts: shape })
    again({ id: `d${n}`, caseId: `c${n}`, facts: trace.facts, output })
  }
  return replay.report()
}

const fines = (days: number[], amount = 100): Facts[] => days.map((days) => ({ fine: { days, amount, plate: 'X-1' } }))

test('what became what is counted, with the money that it makes', () => {
  const report = replayed(changed, fines([10, 20, 45, 50, 61]), { due })

  assert.deepEqual(report.results, [
    { from: { percent: 65 }, to: { percent: 60 }, decisions: 2 },
    { from: { percent: 65 }, to: { percent: 90 }, decisions: 2 },
    { from: { percent: 100 }, to: { percent: 90 }, decisions: 1 },
  ])
  assert.deepEqual([report.decisions, report.same, report.changed], [5, 0, 5])
  assert.deepEqual(report.amounts, {
    due: { lower: { decisions: 3, sum: 20 }, higher: { decisions: 2, sum: 50 } },
  })
  assert.deepEqual(report.outputs.percent, { lower: { decisions: 3, sum: 20 }, higher: { decisions: 2, sum: 50 } })
  assert.deepEqual(
    report.examples.slice(0, 3).map((one) => one.case),
    ['c0', 'c2', 'c4'],
  )
})

test('the same rule changes nothing', () => {
  const report = replayed(price, fines([10, 61]))

  assert.deepEqual([report.same, report.changed, report.results, report.examples], [2, 0, [], []])
})

test('what the changed rule asks for and was not kept is told, and nothing is made up', () => {
  const byPlate: RuleTable = { ...changed, inputs: { days: 'fine.days', plate: 'fine.plate' } }
  const report = replayed(byPlate, fines([10, 20]), { due: 'fine.amount * price.percent * other.rate' })

  assert.deepEqual(report.untold, { facts: ['fine.plate'], decisions: 2 })
  assert.equal(report.decisions, 0)
  assert.deepEqual(replayed(changed, fines([10]), { due: 'fine.plate' }).amounts, {})
})

test('results that are of few people, and not of the table, are counted and not shown', () => {
  const personal = (then: string): RuleTable => ({
    ...price,
    rows: parse(`[{ if: {}, then: { percent: ${then} } }]`),
  })
  const report = replayed(personal('fine.amount / 7'), fines([1, 2, 3], 700), {}, personal('fine.amount'))
  const many = replayed(personal('fine.amount / 7'), fines([1, 2, 3, 4, 5], 700), {}, personal('fine.amount'))

  assert.deepEqual([report.changed, report.results], [3, []])
  assert.deepEqual(report.outputs.percent!.lower, { decisions: 3, sum: 1800 })
  assert.equal(many.results.length, 1)
})

test('a change that is no rule is refused', () => {
  const broken = parse('{ name: price, inputs: { days: fine.days }, rows: [{ if: { days: "<" }, then: {} }] }')

  assert.throws(() => createRuleReplay({ table: broken, amounts: {} }), RuleTableError)
})

test('a million decisions take seconds', () => {
  const replay = createRuleReplay({ table: changed, amounts: { due } })
  const again = replay.of({ table: price, shape })
  const start = performance.now()
  for (let n = 0; n < 200_000; n++)
    again({ id: 'd', caseId: 'c', facts: { fine: { days: n % 100, amount: n % 500 } }, output: { percent: 65 } })

  assert.equal(replay.report().decisions, 200_000)
  assert.ok(performance.now() - start < 4000)
})

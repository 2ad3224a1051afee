// A decision is explained: what was needed, what was so, what passed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'yaml'
import { decide, explain, type RuleTable } from './index.ts'

const table: RuleTable = parse(`
  name: price
  inputs: { serious: fine.serious, days: days, zone: zone }
  rows:
    - { if: { serious: "true" }, then: { percent: "100" }, law: s.5 }
    - { if: { days: "(60..365]", zone: 'not("a", "b")' }, then: { percent: "75" }, law: s.4, reason: withinAYear }
`)

test('the row that decided stands with its law, its reason and its conditions; those passed over say what failed', () => {
  const { trace } = decide(table, { fine: { serious: false }, days: 91, zone: 'c' })

  assert.deepEqual(explain(trace, table), {
    rule: 'price',
    title: 'rule.price.title',
    output: { percent: 75 },
    decided: [
      {
        row: 2,
        law: 's.4',
        reason: 'rule.price.reason.withinAYear',
        conditions: [
          {
            input: 'days',
            label: 'rule.price.input.days',
            needed: [{ kind: 'between', low: 60, high: 365, lowIncluded: false, highIncluded: true }],
            not: false,
            value: 91,
            passed: true,
          },
          {
            input: 'zone',
            label: 'rule.price.input.zone',
            needed: [
              { kind: 'exactly', value: 'a' },
              { kind: 'exactly', value: 'b' },
            ],
            not: true,
            value: 'c',
            passed: true,
          },
        ],
      },
    ],
    passedOver: [
      {
        row: 1,
        law: 's.5',
        conditions: [
          {
            input: 'serious',
            label: 'rule.price.input.serious',
            needed: [{ kind: 'exactly', value: true }],
            not: false,
            value: false,
            passed: false,
          },
        ],
      },
    ],
  })
})

test('a condition that was not asked any more has not passed and not failed', () => {
  const rows = parse(`[{ if: { days: '< date("2026-01-01"), > limit', zone: '"a"' }, then: {} }]`)
  const both: RuleTable = { ...table, rows }
  const { trace } = decide(both, { days: 1, zone: 'a', limit: 5 })

  const [row] = explain(trace, both).passedOver

  assert.deepEqual(
    row!.conditions.map(({ passed, needed }) => [passed, needed]),
    [
      [
        false,
        [
          { kind: 'lessThan', value: '2026-01-01' },
          { kind: 'expression', source: '> limit' },
        ],
      ],
      [undefined, [{ kind: 'exactly', value: 'a' }]],
    ],
  )
})

// What would change a decision: the nearest value of each fact, the law that would hold then, pairs where one is not enough.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Shape } from '@ashlar/kernel/feel'
import fc from 'fast-check'
import { parse } from 'yaml'
import { alternatives, decide, type Facts, loadModel, type RuleTable, writeDmn } from './index.ts'

const shape: Shape = {
  fine: { serious: 'boolean', placedOn: 'date', amount: 'number' },
  purpose: ['one of', 'visa', 'work', 'other'],
  today: 'date',
}
const price: RuleTable = parse(`
  name: price
  inputs: { serious: fine.serious, days: (today - fine.placedOn).days }
  rows:
    - { if: { serious: "true" }, then: { percent: "100" }, law: s.41(5), reason: serious }
    - { if: { days: "<= 60" }, then: { percent: "65" }, law: s.41(3), reason: soon }
    - { if: { days: "(60..365]" }, then: { percent: "75" }, law: s.41(4) }
    - { if: { days: "> 365" }, then: { percent: "100" }, law: s.41(1) }
`)
const facts = (placedOn: string, serious = false): Facts => ({ fine: { serious, placedOn }, today: '2026-03-02' })

const found = (table: RuleTable, of: Facts, facts: Shape = shape) =>
  alternatives(decide(table, of, { facts }).trace, table, facts)
const short = (all: ReturnType<typeof found>) =>
  all.map(({ changes, output }) => [
    ...changes.map(({ input, needed, not }) => `${input} ${not ? 'not ' : ''}${JSON.stringify(needed)}`),
    JSON.stringify(output),
  ])

test('each other result has its nearest way, with what the row asks that would decide then, and its law', () => {
  const all = found(price, facts('2025-12-01'))

  assert.deepEqual(short(all), [
    ['serious [{"kind":"exactly","value":true}]', '{"percent":100}'],
    ['days [{"kind":"atMost","value":60}]', '{"percent":65}'],
    ['days [{"kind":"moreThan","value":365}]', '{"percent":100}'],
  ])
  assert.deepEqual([all[1]!.law, all[1]!.reason], ['s.41(3)', 'rule.price.reason.soon'])
  assert.deepEqual([all[1]!.changes[0]!.value, all[1]!.changes[0]!.to], [91, 60])
  assert.equal(all[1]!.changes[0]!.label, 'rule.price.input.days')
})

test('where no row would ask for the fact, it is the contrary of what was asked', () => {
  const table: RuleTable = parse(`
    name: t
    inputs: { p: purpose }
    rows: [{ if: { p: '"visa"' }, then: { free: "false" } }, { if: {}, then: { free: "true" } }]
  `)

  const [one] = found(table, { purpose: 'visa' })

  assert.deepEqual(one!.changes[0]!.needed, [{ kind: 'exactly', value: 'visa' }])
  assert.equal(one!.changes[0]!.not, true)
  assert.deepEqual(one!.output, { free: true })
})

test('two facts together are told where no one alone would do', () => {
  const table: RuleTable = parse(`
    name: t
    inputs: { a: fine.amount, s: fine.serious }
    rows:
      - { if: { a: "> 100", s: "true" }, then: { r: '"court"' } }
      - { if: {}, then: { r: '"office"' } }
  `)

  assert.deepEqual(short(found(table, { fine: { amount: 20, serious: false } })), [
    ['a [{"kind":"moreThan","value":100}]', 's [{"kind":"exactly","value":true}]', '{"r":"court"}'],
  ])
  assert.deepEqual(short(found(table, { fine: { amount: 20, serious: true } })), [
    ['a [{"kind":"moreThan","value":100}]', '{"r":"court"}'],
  ])
})

test('facts that are made of one another do not change alone', () => {
  const table: RuleTable = parse(`
    name: t
    inputs: { a: fine.amount, twice: fine.amount * 2 }
    rows: [{ if: { a: "> 100" }, then: { r: "1" } }, { if: { twice: "> 5" }, then: { r: "2" } }, { if: {}, then: { r: "3" } }]
  `)

  assert.deepEqual(found(table, { fine: { amount: 50 } }), [])
})

test('a decision of a DMN file has them too', () => {
  const plain: RuleTable = { ...price, inputs: { serious: 'fine.serious', days: 'days' } }
  const wider = { ...(shape as object), days: 'number' } as Shape
  const xml = writeDmn({ name: 'm', namespace: 'urn:m', rules: [plain], facts: wider })
  const inputs = Object.fromEntries(loadModel(xml).inputs.map((name) => [name, name]))
  const rule: RuleTable = {
    name: 'price',
    inputs,
    rows: [],
    model: { file: 'm.dmn', decision: 'price', xml, imports: [] },
  }
  const of = { fine: { serious: false }, days: 91 }

  assert.deepEqual(short(found(rule, of, wider)), short(found(plain, of, wider)))
  assert.equal(found(rule, of, wider)[0]!.changes[0]!.label, 'rule.price.input.serious')
})

test('a costly rule holds nobody up', () => {
  const costly = 'count(for i in 1..20000 return i) > 0'
  const table: RuleTable = {
    name: 't',
    inputs: { a: 'a', b: 'b' },
    rows: Array.from({ length: 60 }, (_, n) => ({
      if: { a: `? = ${n * 2} and ${costly}`, b: `? > ${n} and ${costly}` },
      ...parse(`then: { r: "${n}" }`),
    })),
  }
  const { trace } = decide(table, { a: 0, b: 99 }, { facts: {} })
  const before = process.cpuUsage()

  alternatives(trace, table, {})

  const { user, system } = process.cpuUsage(before)
  assert.ok((user + system) / 1000 < 1500)
})

const cell = fc.constantFrom('< 3', '[3..5]', '> 5', '2', '-', 'not(4)')
const rows = fc.array(fc.record({ a: cell, b: cell }, { requiredKeys: [] }), { minLength: 1, maxLength: 6 })

test('what it says would give another result does give it', () => {
  fc.assert(
    fc.property(rows, fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 8 }), (some, a, b) => {
      const table: RuleTable = {
        name: 't',
        inputs: { a: 'a', b: 'b' },
        rows: some.map((row, n) => ({ if: row as Record<string, string>, ...parse(`then: { r: "${n % 3}" }`) })),
      }
      const before = decide(table, { a, b }).output
      for (const { changes, output } of found(table, { a, b }, {})) {
        const changed = { a, b, ...Object.fromEntries(changes.map(({ input, to }) => [input, to])) }
        assert.notDeepEqual(output, before)
        assert.deepEqual(decide(table, changed as Facts).output, output)
      }
    }),
  )
})

// Rule tables written as DMN files decide as the tables do, for every hit policy and any facts.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Shape } from '@ashlar/kernel/feel'
import fc from 'fast-check'
import { parse } from 'yaml'
import { decide, type Facts, type HitPolicy, type RuleTable } from '../index.ts'
import { loadModel } from './model.ts'
import { writeDmn } from './write.ts'

const shape: Shape = {
  fine: { amount: 'number', placedOn: 'date', state: ['one of', 'unpaid', 'paid'], tags: ['string'] },
  lines: [{ kind: 'string', sum: 'number' }],
  today: 'date',
}
const namespace = 'urn:ashlar:test'

/** The rule as the decision of a file that was written from it; `inputs` are the facts of the same names. */
function readBack(rules: RuleTable[], name: string, facts: Shape = shape): RuleTable {
  const xml = writeDmn({ name: 'test', namespace, rules, facts })
  const model = loadModel(xml)
  assert.deepEqual(model.problems, [], xml)
  const inputs = Object.fromEntries(model.inputs.map((input) => [input, input]))
  return { name, inputs, rows: [], model: { file: 'test.dmn', decision: name, xml, imports: [] } }
}

const hits: HitPolicy[] = [
  'unique',
  'any',
  'first',
  'priority',
  'rule order',
  'output order',
  'collect',
  'collect sum',
  'collect min',
  'collect max',
  'collect count',
]

const cell = fc.constantFrom('< 50', '>= 50', '[10..100]', '-', '? > 20 and ? < 80', 'not(60)')
const day = fc.constantFrom('<= date("2026-01-01")', '> date("2026-01-01")', '< today', '-')
const value = fc.constantFrom('1', '2.5', 'fine.amount * 0.65', 'null', 'count(lines)', 'sum(lines.sum)')
const row = (outputs: readonly string[]) =>
  fc.record({
    if: fc.record({ amount: cell, placed: day }, { requiredKeys: [] }),
    // biome-ignore lint/suspicious/noThenProperty: the word of rule tables
    then: fc.record(Object.fromEntries(outputs.map((name) => [name, value]))),
    law: fc.constant('Act s.1(2) & "b" <c>'),
    reason: fc.constant('late'),
  })
const someTable = fc
  .tuple(fc.constantFrom(...hits), fc.constantFrom(['price'], ['price', 'points']), fc.boolean())
  .chain(([hit, outputs, hasDefault]) =>
    fc.array(row(outputs), { minLength: 1, maxLength: 4 }).map(
      (rows): RuleTable => ({
        name: 'fee',
        hit,
        inputs: { amount: 'fine.amount', placed: 'fine.placedOn' },
        rows: rows as unknown as RuleTable['rows'],
        outputs: Object.fromEntries(
          outputs.map((name) => [name, { values: ['2.5', '1', '2'], ...(hasDefault ? { otherwise: '7' } : {}) }]),
        ),
      }),
    ),
  )
const someFacts = fc.record(
  {
    fine: fc.oneof(
      fc.constant(null),
      fc.record(
        {
          amount: fc.oneof(fc.integer({ min: 0, max: 120 }), fc.constant(null)),
          placedOn: fc.constantFrom('2025-12-31', '2026-01-01', '2026-03-02'),
        },
        { requiredKeys: [] },
      ),
    ),
    lines: fc.array(fc.record({ kind: fc.constant('a'), sum: fc.integer({ max: 9 }) }), { maxLength: 3 }),
    today: fc.constant('2026-02-01'),
  },
  { requiredKeys: [] },
)

test('any table, written and read again, gives the same for the same facts', () => {
  fc.assert(
    fc.property(someTable, fc.array(someFacts, { minLength: 3, maxLength: 6 }), (table, many) => {
      const again = readBack([table], 'fee')
      for (const facts of many as Facts[]) {
        const { output } = decide(table, facts, { facts: shape })
        assert.deepEqual(decide(again, facts, { facts: shape }).output, output, JSON.stringify({ table, facts }))
      }
    }),
    { numRuns: 250 },
  )
})

const price: RuleTable = parse(`
  name: price
  inputs: { days: (today - fine.placedOn).days }
  rows:
    - { if: { days: "<= 60" }, then: { percent: "65" }, law: s.41(3), reason: soon }
    - { if: {}, then: { percent: "100" }, law: s.41 }
`)
const due: RuleTable = parse(`
  name: due
  inputs: { percent: price.percent }
  rows:
    - { if: { percent: "< 100" }, then: { amount: fine.amount * price.percent / 100 }, law: s.42 }
    - { if: {}, then: { amount: fine.amount }, law: s.43 }
`)

test('a rule that reads another is a decision that requires it; laws and reasons come along', () => {
  const facts = { fine: { amount: 120, placedOn: '2026-02-01', state: 'unpaid', tags: [] }, today: '2026-03-02' }
  const wider = { ...(shape as object), price: { percent: 'number' } } as Shape
  const again = readBack([price, due], 'due', wider)

  const { output, trace } = decide(again, facts, { facts: wider })

  assert.deepEqual(output, { amount: 78 })
  assert.deepEqual(trace.laws, ['s.41(3)', 's.42'])
  assert.deepEqual(
    trace.model!.decided.map(({ node }) => node),
    ['price', 'due'],
  )
  assert.deepEqual(Object.keys(again.inputs).sort(), ['fine', 'today'])
})

test('the file has a drawing, and ids that a modeler can hold on to', () => {
  const xml = writeDmn({ name: 'Prix & délais', namespace, rules: [price, due], facts: shape })

  assert.match(xml, /name="Prix &amp; délais"/)
  assert.equal(xml.match(/<dmndi:DMNShape /g)!.length, 4)
  assert.equal(xml.match(/<dmndi:DMNEdge /g)!.length, xml.match(/<informationRequirement /g)!.length)
  const ids = [...xml.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
  assert.equal(new Set(ids).size, ids.length)
})

test('rules that read each other are no circle in the file', () => {
  const ping: RuleTable = { ...price, name: 'ping', inputs: { x: 'pong.percent' }, rows: price.rows.slice(1) }
  const pong: RuleTable = { ...price, name: 'pong', inputs: { x: 'ping.percent' }, rows: price.rows.slice(1) }

  assert.deepEqual(loadModel(writeDmn({ name: 'm', namespace, rules: [ping, pong], facts: {} })).problems, [])
})

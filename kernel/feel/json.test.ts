// Facts come as JSON and go back as JSON.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileFeel, format, type Json, type Shape, toFeel, toJson } from './index.ts'

const shape: Shape = {
  fine: { amount: 'number', issuedOn: 'date', paidAt: 'date and time', note: 'string', term: 'days and time duration' },
  visits: [{ on: 'date' }],
}
const facts = {
  fine: { amount: '120.50', issuedOn: '2026-01-10', paidAt: '2026-02-01T10:00:00Z', note: '2026-01-01', term: 'P30D' },
  visits: [{ on: '2026-01-01' }, { on: '2026-02-01' }],
  today: '2026-02-09',
  plate: 'AB-123-CD',
}

test('texts become what the shape says when they are read', () => {
  const expressions: Record<string, string> = {
    'fine.issuedOn + fine.term': '2026-02-09',
    'today - fine.issuedOn = fine.term': 'true',
    'fine.amount * 2': '241',
    'fine.note + "!"': '2026-01-01!',
    'fine.paidAt.hour': '10',
    'visits[on > date("2026-01-15")].on.month': '[2]',
    'max(visits.on)': '2026-02-01',
    plate: 'AB-123-CD',
    'fine.missing': 'null',
    'plate.length': 'null',
  }

  for (const [source, expected] of Object.entries(expressions)) {
    assert.equal(format(compileFeel(source, { shape }).evaluate(facts)), expected, source)
  }
})

test('without a shape only whole ISO dates are taken for dates', () => {
  const values: Record<string, string> = {
    '2026-01-01': '[@"2026-01-01"]',
    '2026-01-01T10:00:00': '[@"2026-01-01T10:00:00"]',
    '2026-13-01': '["2026-13-01"]',
    '2026-01-01 was cold': '["2026-01-01 was cold"]',
    P30D: '["P30D"]',
  }

  for (const [text, expected] of Object.entries(values)) assert.equal(format(toFeel([text])), expected)
})

test('what is no JSON is null, and nothing of JavaScript comes along', () => {
  class Foreign {
    secret = 1
  }
  const odd = { nan: Number.NaN, fn: () => 1, foreign: new Foreign(), none: undefined, big: 12345678901234567890n }

  assert.equal(format(toFeel(odd)), '{nan: null, fn: null, foreign: null, none: null, big: 12345678901234567890}')
  assert.equal(compileFeel('x', { shape: {} }).evaluate({ x: new Foreign() }), null)
})

test('JSON comes back as it went in', () => {
  const values: Json[] = [
    null,
    true,
    'a',
    0.1,
    1e21,
    -0.5,
    ['x', [1]],
    { a: { b: [null] } },
    { ['__proto__']: 1 },
    '2026-01-01',
  ]

  for (const value of values) assert.equal(JSON.stringify(toJson(toFeel(value))), JSON.stringify(value))
})

test('values that JSON does not know are written as FEEL writes them', () => {
  const source = '{ d: date("2026-01-01"), t: duration("P1D"), r: [1..2), third: 1/3, f: abs }'

  assert.deepEqual(toJson(compileFeel(source).evaluate({})), {
    d: '2026-01-01',
    t: 'P1D',
    r: '[1..2)',
    third: 0.3333333333333333,
    f: null,
  })
})

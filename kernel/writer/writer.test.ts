// Proves how facts are written out in several languages.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { writerOf } from './index.ts'

test('days stand as they are, instants are told in the zone, money by its currency', () => {
  const { telling } = writerOf('en-GB', 'Europe/Lisbon')

  assert.equal(telling('2026-03-29'), '29 March 2026')
  assert.equal(telling('2026-07-01T23:30:00Z'), '2 July 2026 at 00:30')
  assert.equal(telling('2026-07-01T23:30+02:00'), '1 July 2026 at 22:30')
  assert.equal(telling({ value: 1050, currency: 'EUR' }), '€10.50')
})

test('a day is the same day west of Greenwich', () => {
  assert.equal(writerOf('en-US', 'America/Los_Angeles').date('2026-03-29'), 'March 29, 2026')
  assert.equal(writerOf('en-US', 'America/Los_Angeles').date('2026-03-29T01:00:00Z'), 'March 28, 2026')
})

test('other facts are left to who writes them', () => {
  const { telling } = writerOf('en-GB', 'UTC')

  for (const fact of ['blue', '2026-03-29T', 4, true, null, undefined, ['2026-03-29'], {}])
    assert.equal(telling(fact), undefined)
})

test('numbers and lists are the locale’s own', () => {
  assert.equal(writerOf('fr', 'UTC').number(1234.5), '1\u202f234,5')
  assert.equal(writerOf('fr', 'UTC').list(['un', 'deux']), 'un et deux')
})

// The calendar: days and dates are one, and so are moments and their seconds.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  addMonths,
  addNanos,
  dateOfDay,
  dayNumber,
  epochSeconds,
  FeelDate,
  nanosOfSecond,
  parseDate,
  parseDateTime,
  parseDuration,
  weekday,
  weekOfYear,
} from './temporal.ts'

const day = fc.integer({ min: -800_000, max: 800_000 })

test('every day has one date, in step with the calendar of JavaScript', () => {
  fc.assert(
    fc.property(day, (days) => {
      const date = dateOfDay(days)!
      assert.equal(dayNumber(date), days)
      const other = new Date(days * 86_400_000)
      assert.deepEqual(
        [date.year, date.month, date.day],
        [other.getUTCFullYear(), other.getUTCMonth() + 1, other.getUTCDate()],
      )
      assert.equal(weekday(date), other.getUTCDay() || 7)
      assert.ok(weekOfYear(date) >= 1 && weekOfYear(date) <= 53)
      if (date.year > 0) assert.deepEqual(parseDate(String(date)), date)
    }),
  )
})

test('a month later is in the next month, on the same day or the last', () => {
  fc.assert(
    fc.property(day, fc.integer({ min: -500, max: 500 }), (days, months) => {
      const date = dateOfDay(days)!
      const moved = addMonths(date, months)!
      assert.equal(moved.year * 12 + moved.month, date.year * 12 + date.month + months)
      assert.ok(
        moved.day === date.day || (moved.day < date.day && addMonths(new FeelDate(moved.year, moved.month, 1), 1)),
      )
    }),
  )
})

test('in any zone, so many seconds later are so many seconds later', () => {
  const zone = fc.constantFrom(
    '',
    'Z',
    '+05:30',
    '@Europe/Paris',
    '@America/New_York',
    '@Asia/Kathmandu',
    '@Pacific/Apia',
  )
  fc.assert(
    fc.property(
      zone,
      fc.integer({ min: 0, max: 2_000_000_000 }),
      fc.integer({ min: -1e8, max: 1e8 }),
      (place, from, seconds) => {
        const start = parseDateTime(`${new Date(from * 1000).toISOString().slice(0, 19)}${place}`)!
        const moved = addNanos(start, BigInt(seconds) * nanosOfSecond)!
        const back = addNanos(moved, BigInt(-seconds) * nanosOfSecond)!
        // An hour that the clock shows twice is taken for the first.
        const hour = place.startsWith('@') ? 3600 : 0
        assert.ok(Math.abs(epochSeconds(moved) - epochSeconds(start) - seconds) <= hour)
        assert.ok(Math.abs(epochSeconds(back) - epochSeconds(start)) <= hour)
      },
    ),
    { numRuns: 200 },
  )
})

test('durations are written in one way', () => {
  const texts: Record<string, string> = {
    PT24H: 'P1D',
    P26M: 'P2Y2M',
    'PT0.5S': 'PT0.5S',
    '-PT90M': '-PT1H30M',
    P0Y: 'P0M',
    P0D: 'PT0S',
  }

  for (const [text, expected] of Object.entries(texts)) assert.equal(String(parseDuration(text)), expected)
  for (const text of ['P', 'PT', 'P1H', 'PT1D', '1D', 'P1Y1D', 'PT1.5M', `P${'9'.repeat(50)}D`]) {
    assert.equal(parseDuration(text), null, text)
  }
})

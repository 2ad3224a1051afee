// Proves zones, summer time, durations and stopped clocks, with random instants against Intl itself.
import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import {
  addDays,
  addDuration,
  endOfDay,
  fromWallTime,
  isDay,
  legalClock,
  startOfDay,
  stoppedClock,
  toWallTime,
} from './index.ts'

const zones = [
  'UTC',
  'Europe/Paris',
  'America/St_Johns',
  'Asia/Kathmandu',
  'Africa/Cairo',
  'Pacific/Apia',
  'Asia/Tehran',
]

test('the wall clock of a zone leads back to the instant, in every zone and through summer time', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date('1972-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
      fc.constantFrom(...zones),
      (at, zone) => {
        const wall = toWallTime(at, zone)
        const back = fromWallTime(wall, zone)

        // Of a time that happens twice the first is meant, so the way back may be earlier, but shows the same wall time.
        assert.deepEqual(toWallTime(back, zone), wall)
        assert.ok(back <= at)
      },
    ),
    { numRuns: 300 },
  )
})

test('a time that summer time skips moves forward, one that happens twice is the first', () => {
  const skipped = { year: 2026, month: 3, day: 29, hour: 2, minute: 30, second: 0, millisecond: 0 }
  const twice = { year: 2026, month: 10, day: 25, hour: 2, minute: 30, second: 0, millisecond: 0 }

  assert.equal(fromWallTime(skipped, 'Europe/Paris').toISOString(), '2026-03-29T01:30:00.000Z')
  assert.equal(fromWallTime(twice, 'Europe/Paris').toISOString(), '2026-10-25T00:30:00.000Z')
})

test('a day starts and ends in its zone, also where summer time begins at midnight', () => {
  assert.equal(startOfDay('2026-03-29', 'Europe/Paris').toISOString(), '2026-03-28T23:00:00.000Z')
  assert.equal(endOfDay('2026-03-29', 'Europe/Paris').toISOString(), '2026-03-29T21:59:59.999Z')
  assert.equal(startOfDay('2026-04-24', 'Africa/Cairo').toISOString(), '2026-04-23T22:00:00.000Z') // 00:00 is skipped
})

test('days are counted on the calendar, leap years included; nonsense is no day', () => {
  assert.equal(addDays('2028-02-28', 1), '2028-02-29')
  assert.equal(addDays('2026-01-01', -1), '2025-12-31')
  for (const text of ['2026-02-30', '2026-13-01', '26-01-01', '2026-1-1', '0000-01-01', ''])
    assert.equal(isDay(text), false)
  assert.throws(() => addDays('2026-02-30', 1), RangeError)
})

test('durations in both spellings', () => {
  const at = new Date('2026-01-31T12:00:00Z')
  const later = (duration: string) => addDuration(at, duration, 'UTC').toISOString()

  assert.equal(later('+7d'), '2026-02-07T12:00:00.000Z')
  assert.equal(later('P1M'), '2026-02-28T12:00:00.000Z')
  assert.equal(later('+1mo'), '2026-02-28T12:00:00.000Z')
  assert.equal(later('P1Y2M10DT2H30M'), '2027-04-10T14:30:00.000Z')
  assert.equal(later('-PT90M'), '2026-01-31T10:30:00.000Z')
  assert.equal(later('PT0.5S'), '2026-01-31T12:00:00.500Z')
  for (const wrong of ['', 'P', 'PT', 'P1DT', '7', '+7', '+7m', 'seven days', 'P1.5D', '+99999999999999999999d'])
    assert.throws(() => addDuration(at, wrong, 'UTC'), { code: 'not-a-duration' }, wrong)
})

test('a day later is the same time on the wall, not 24 hours, when summer time begins', () => {
  const eve = new Date('2026-03-28T11:00:00Z') // noon in Paris

  assert.equal(addDuration(eve, '+1d', 'Europe/Paris').toISOString(), '2026-03-29T10:00:00.000Z')
  assert.equal(addDuration(eve, '+24h', 'Europe/Paris').toISOString(), '2026-03-29T11:00:00.000Z')
})

test('a stopped clock stands still, moves forward at once, and goes back only by reset', async () => {
  const clock = stoppedClock('2026-03-02T23:30:00Z', 'Asia/Kathmandu')

  assert.equal(clock.today(), '2026-03-03')
  clock.move('+1d')
  assert.equal(clock.now().toISOString(), '2026-03-03T23:30:00.000Z')
  assert.equal(clock.today(), '2026-03-04')
  await assert.rejects(clock.move('-1d'), /forward only/)
  await clock.reset()
  assert.equal(clock.today(), '2026-03-03')
})

test('the clock of a zone that does not exist does not start', () => {
  assert.throws(() => legalClock('Europe/Atlantis'), RangeError)
  assert.ok(Math.abs(legalClock('UTC').now().getTime() - Date.now()) < 1000)
})

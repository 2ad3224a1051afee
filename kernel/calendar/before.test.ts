// Proves month ends, leap years, summer time and the moments before the end of a term, with random days and zones.
import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { addDays, dayOf, startOfDay } from '../clock/index.ts'
import { createCalendar } from './index.ts'

const zones = ['UTC', 'Europe/Paris', 'America/Sao_Paulo', 'Pacific/Apia', 'Africa/Cairo', 'Asia/Muscat']
const anyDay = fc.integer({ min: 0, max: 3000 }).map((n) => addDays('2023-01-01', n))
const anyInstant = fc.date({ min: new Date('2023-01-01'), max: new Date('2031-01-01'), noInvalidDate: true })
const anyCalendar = fc
  .record({
    weekend: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { maxLength: 4 }),
    holidays: fc.array(anyDay, { maxLength: 40 }),
    zone: fc.constantFrom(...zones),
  })
  .map(createCalendar)
const plain = createCalendar({ weekend: [6, 0], holidays: [], zone: 'UTC' })
const lastOfMonth = (year: number, month: number) => new Date(Date.UTC(year, month, 0)).getUTCDate()

test('a term of months ends on the day of the same number, or on the last of its month, leap years too', () => {
  fc.assert(
    fc.property(anyDay, fc.integer({ min: 1, max: 48 }), (day, n) => {
      const end = plain.deadline(new Date(`${day}T10:00:00Z`), `${n} months`).toISOString()

      const [year, month, date] = day.split('-').map(Number) as [number, number, number]
      const wanted = month - 1 + n
      const [inYear, inMonth] = [year + Math.floor(wanted / 12), (wanted % 12) + 1]
      const [endYear, endMonth, endDate] = end.slice(0, 10).split('-').map(Number)
      assert.deepEqual([endYear, endMonth], [inYear, inMonth])
      assert.equal(endDate, Math.min(date, lastOfMonth(inYear, inMonth)))
    }),
  )
})

test('a year after the 29th of February ends on the 28th, four years after it on the 29th', () => {
  const leap = new Date('2024-02-29T10:00:00Z')

  assert.equal(plain.deadline(leap, '1 year').toISOString(), '2025-02-28T23:59:59.999Z')
  assert.equal(plain.deadline(leap, '4 years').toISOString(), '2028-02-29T23:59:59.999Z')
})

test('a deadline is never before what it follows, and later for a longer term, in every calendar and zone', () => {
  const units = ['working days', 'days', 'weeks', 'months'] as const
  fc.assert(
    fc.property(
      anyCalendar,
      anyInstant,
      fc.constantFrom(...units),
      fc.integer({ min: 0, max: 40 }),
      (calendar, at, unit, n) => {
        const end = calendar.deadline(at, `${n} ${unit}`)

        assert.ok(end > at)
        assert.ok(calendar.deadline(at, `${n + 1} ${unit}`) > end)
      },
    ),
    { numRuns: 150 },
  )
})

test('the days of a term that summer time cuts or doubles are whole days of the wall clock', () => {
  const paris = createCalendar({ weekend: [6, 0], holidays: [], zone: 'Europe/Paris' })

  assert.equal(paris.deadline(new Date('2026-03-28T11:00:00Z'), '1 day').toISOString(), '2026-03-29T21:59:59.999Z')
  assert.equal(paris.deadline(new Date('2026-10-24T11:00:00Z'), '1 day').toISOString(), '2026-10-25T22:59:59.999Z')
  assert.equal(paris.before(new Date('2026-03-29T21:59:59.999Z'), '1 day').toISOString(), '2026-03-27T23:00:00.000Z')
})

test('a moment so long before the end begins a day, lies before it, and later for a shorter time', () => {
  fc.assert(
    fc.property(
      anyCalendar,
      anyInstant,
      fc.constantFrom('working days', 'days', 'weeks'),
      fc.integer({ min: 1, max: 20 }),
      (calendar, end, unit, n) => {
        const at = calendar.before(end, `${n} ${unit}`)

        assert.deepEqual(at, startOfDay(dayOf(at, calendar.zone), calendar.zone))
        assert.ok(at < end)
        assert.ok(calendar.before(end, `${n + 1} ${unit}`) < at)
      },
    ),
    { numRuns: 150 },
  )
})

test('n working days before a working day, and n on, is that day again', () => {
  fc.assert(
    fc.property(anyCalendar, anyDay, fc.integer({ min: 1, max: 30 }), (calendar, day, n) => {
      const worked = calendar.addWorkingDays(day, 1)
      const before = calendar.before(startOfDay(worked, calendar.zone), `${n} working days`)

      assert.equal(calendar.addWorkingDays(dayOf(before, calendar.zone), n), worked)
    }),
    { numRuns: 100 },
  )
})

test('hours and minutes before are elapsed time', () => {
  const end = new Date('2026-03-29T01:30:00Z')

  assert.equal(plain.before(end, '2 hours').toISOString(), '2026-03-28T23:30:00.000Z')
  assert.equal(plain.before(end, '15 minutes').toISOString(), '2026-03-29T01:15:00.000Z')
})

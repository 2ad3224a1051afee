// Proves the counting of working days and the ends of terms, over weekends, holidays and summer time.
import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { addDays, dayOf, endOfDay } from '../clock/index.ts'
import { createCalendar, isTerm } from './index.ts'

const paris = createCalendar({
  weekend: [6, 0],
  holidays: ['2026-04-06', '2026-05-01', '2026-12-25'],
  zone: 'Europe/Paris',
})
const desert = createCalendar({ weekend: [5, 6], holidays: ['2026-03-20', '2026-03-22'], zone: 'Asia/Dubai' })

const anyDay = fc.integer({ min: 0, max: 1500 }).map((n) => addDays('2024-01-01', n))
const anyCalendar = fc
  .record({
    weekend: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { maxLength: 5 }),
    holidays: fc.array(anyDay, { maxLength: 40 }),
    zone: fc.constantFrom('UTC', 'Europe/Paris', 'America/Sao_Paulo', 'Pacific/Apia', 'Africa/Cairo'),
  })
  .map(createCalendar)
const anyInstant = fc.date({ min: new Date('2024-01-01'), max: new Date('2028-01-01'), noInvalidDate: true })

test('n working days and then m are n + m working days, in every calendar', () => {
  fc.assert(
    fc.property(anyCalendar, anyDay, fc.nat(40), fc.nat(40), (calendar, day, n, m) => {
      assert.equal(calendar.addWorkingDays(calendar.addWorkingDays(day, n), m), calendar.addWorkingDays(day, n + m))
      assert.equal(calendar.addWorkingDays(calendar.addWorkingDays(day, -n), -m), calendar.addWorkingDays(day, -n - m))
    }),
    { numRuns: 100 },
  )
})

test('counting between undoes adding, and there is no working day left out', () => {
  fc.assert(
    fc.property(anyCalendar, anyDay, fc.integer({ min: 1, max: 40 }), (calendar, day, n) => {
      const later = calendar.addWorkingDays(day, n)

      assert.equal(calendar.workingDaysBetween(day, later), n)
      assert.ok(calendar.isWorkingDay(later))
    }),
    { numRuns: 100 },
  )
})

test('a deadline in working days is the end of a working day, in every zone', () => {
  fc.assert(
    fc.property(anyCalendar, anyInstant, fc.integer({ min: 1, max: 30 }), (calendar, from, n) => {
      const deadline = calendar.deadline(from, `${n} working days`)
      const day = dayOf(deadline, calendar.zone)

      assert.ok(calendar.isWorkingDay(day))
      assert.deepEqual(deadline, endOfDay(day, calendar.zone))
      assert.notEqual(dayOf(new Date(deadline.getTime() + 1), calendar.zone), day)
    }),
    { numRuns: 100 },
  )
})

test('a term that starts later never ends earlier', () => {
  const terms = fc.constantFrom('10 working days', '30 days', '1 month', '2 hours', '6 weeks', '1 year')
  fc.assert(
    fc.property(anyCalendar, anyInstant, fc.nat(200 * 3_600_000), terms, (calendar, from, delay, term) => {
      const later = new Date(from.getTime() + delay)

      assert.ok(calendar.deadline(from, term) <= calendar.deadline(later, term))
    }),
    { numRuns: 100 },
  )
})

test('weekends and holidays do not count, nor does the day of the event', () => {
  assert.equal(paris.addWorkingDays('2026-04-03', 1), '2026-04-07') // Friday, weekend, Easter Monday
  assert.equal(desert.addWorkingDays('2026-03-19', 1), '2026-03-23')
  assert.equal(desert.addWorkingDays('2026-03-23', -1), '2026-03-19')
  assert.equal(paris.addWorkingDays('2026-04-05', 0), '2026-04-05')
})

test('the same instant is another day elsewhere, and starts another term', () => {
  const late = new Date('2026-06-01T21:00:00Z') // 23:00 on the 1st in Paris, 01:00 on the 2nd in Dubai

  assert.equal(paris.deadline(late, '1 day').toISOString(), '2026-06-02T21:59:59.999Z')
  assert.equal(desert.deadline(late, '1 day').toISOString(), '2026-06-03T19:59:59.999Z')
})

test('a term of 0 days ends with the day on which it begins', () => {
  const late = new Date('2026-06-01T21:00:00Z')

  assert.equal(paris.deadline(late, '0 days').toISOString(), '2026-06-01T21:59:59.999Z')
  assert.equal(desert.deadline(late, '0 days').toISOString(), '2026-06-02T19:59:59.999Z')
})

test('terms over a change to summer time end at the end of the day, not an hour off', () => {
  const before = new Date('2026-03-27T09:00:00Z')

  assert.equal(paris.deadline(before, '3 days').toISOString(), '2026-03-30T21:59:59.999Z')
  assert.equal(paris.deadline(before, '72 hours').toISOString(), '2026-03-30T09:00:00.000Z')
})

test('months end on the same number or the last day; years know leap days', () => {
  const at = (day: string) => new Date(`${day}T12:00:00Z`)

  assert.equal(dayOf(paris.deadline(at('2026-01-31'), '1 month'), 'Europe/Paris'), '2026-02-28')
  assert.equal(dayOf(paris.deadline(at('2028-02-29'), '1 year'), 'Europe/Paris'), '2029-02-28')
  assert.equal(dayOf(paris.deadline(at('2026-01-15'), 'P6W'), 'Europe/Paris'), '2026-02-26')
})

test('where the law says so, a term that ends on a day nobody works ends on the next working day', () => {
  const moved = createCalendar({ weekend: [6, 0], holidays: ['2026-04-06'], zone: 'UTC', endsOnWorkingDay: true })
  const from = new Date('2026-03-05T12:00:00Z')

  assert.equal(dayOf(moved.deadline(from, '30 days'), 'UTC'), '2026-04-07')
  assert.equal(dayOf(moved.deadline(from, '1 month'), 'UTC'), '2026-04-07')
  assert.equal(dayOf(moved.deadline(from, '29 days'), 'UTC'), '2026-04-03')
})

test('nonsense is refused clearly', () => {
  for (const term of ['', 'soon', '-1 days', '1.5 days', '10 workingdays', 'P1Y2M', '999999 days', '10 days or so'])
    assert.throws(() => paris.deadline(new Date(), term), { code: 'not-a-term' }, term)
  assert.ok(isTerm('1 working day') && isTerm('PT2H') && !isTerm('whenever'))
  assert.throws(() => createCalendar({ weekend: [0, 1, 2, 3, 4, 5, 6], holidays: [], zone: 'UTC' }), /must be worked/)
  assert.throws(() => createCalendar({ weekend: [], holidays: ['2026-02-30'], zone: 'UTC' }), /holidays/)
  assert.throws(() => paris.addWorkingDays('2026-02-30', 1), RangeError)
})

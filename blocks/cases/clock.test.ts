// Proves the clocks of the law: variants, reminders, extension, silence that decides, and a year that passes at once.
import assert from 'node:assert/strict'
import test, { after, before } from 'node:test'
import { createCalendar } from '@ashlar/kernel/calendar'
import fc from 'fast-check'
import { extendedBy } from './case.ts'
import { guest, lifeHouse, officer } from './life-fixture.test.ts'
import { code } from './lowland-test.ts'

let home: Awaited<ReturnType<typeof lifeHouse>>
before(async () => {
  home = await lifeHouse()
})
after(() => home?.stop())

const day = (instant: string | undefined) => instant?.slice(0, 10)
const at = () => home.clock.now().getTime()
const later = (days: number) => new Date(at() + days * 86_400_000).toISOString().slice(0, 10)
const sana = officer('sana')
const seen = (reference: string, context: Parameters<typeof home.cases.getApplication>[1]) =>
  home.cases.getApplication(reference, context)

test('a variant of the law has another term for the cases that it is for', async () => {
  const usual = await home.applied('licence')
  const urgent = await home.applied('licence', guest(), 'urgent')

  assert.equal(day(usual.deadline), later(30))
  assert.equal(day(urgent.deadline), later(7), 'five working days from a Monday')
  assert.equal((await seen(urgent.reference, urgent.context)).life.clock?.law, 'Permit Act s.6')
})

test('the office is reminded before the end, each time once, and those who lead are told when it has passed', async () => {
  const { reference } = await home.applied('licence')
  const lead = officer('karim', { roles: ['lead'] })
  const of = async (context = sana) =>
    (await home.cases.clockNotices(context)).filter((one) => one.reference === reference).map(({ kind }) => kind)

  await home.moved('P19D')
  const early = await of()
  await home.moved('P1D')
  const first = await of()
  await home.moved('P7D')
  await home.moved('P1D')
  const second = await of()
  await home.moved('P5D')

  assert.deepEqual(early, [])
  assert.deepEqual(first, ['reminder'])
  assert.deepEqual(second, ['reminder', 'reminder'])
  assert.deepEqual(await of(lead), ['escalation'])
  assert.deepEqual(await of(officer('noor', { tenant: 'justice' })), [])
})

test('an officer makes a term longer once, before it ends, for a reason of the law, and the applicant is told', async () => {
  const { caseId, reference, context } = await home.applied('licence')
  const extend = async (reason: string, by = sana) =>
    home.cases.extendTerm({ case: caseId, reason, version: (await seen(reference, context)).version }, by)

  await assert.rejects(extend('because'), code('extension-reason-needed'))
  await assert.rejects(extend('difficult', officer('omar', { roles: ['other'] })), code('case-needs-reason'))
  await assert.rejects(
    home.cases.extendTerm({ case: caseId, reason: 'difficult', version: 99 }, sana),
    code('case-moved-on'),
  )
  const extended = await extend('difficult')
  await assert.rejects(extend('difficult'), code('term-cannot-be-extended'))

  const view = await seen(reference, context)
  assert.equal(day(extended.deadline), later(44))
  assert.equal(view.deadline, extended.deadline)
  assert.deepEqual(
    view.life.clock?.history.map(({ kind, reason, law }) => [kind, reason, law]),
    [
      ['started', undefined, 'Permit Act s.4'],
      ['extended', 'difficult', 'Permit Act s.5'],
    ],
  )
  await home.moved('P31D')
  assert.equal((await seen(reference, context)).overdue, false)
  await home.moved('P14D')
  assert.equal((await seen(reference, context)).overdue, true)
})

test('a term that has passed is not made longer any more', async () => {
  const { caseId, reference, context } = await home.applied('licence')
  await home.moved('P31D')
  const { version } = await seen(reference, context)

  await assert.rejects(
    home.cases.extendTerm({ case: caseId, reason: 'difficult', version }, sana),
    code('term-has-passed'),
  )
})

test('where the law wants consent the applicant is asked, and only their yes makes the term longer', async () => {
  const { caseId, reference, context, deadline } = await home.applied('paid')
  const { version } = await seen(reference, context)

  const asked = await home.cases.extendTerm({ case: caseId, reason: 'The plans are large.', version }, sana)
  const proposed = await seen(reference, context)
  const extension = proposed.life.proposedExtension!.id
  await assert.rejects(home.cases.answerExtension({ extension, agrees: true }, guest()), code('extension-not-found'))
  await home.cases.answerExtension({ extension, agrees: true }, context)
  await home.cases.answerExtension({ extension, agrees: true }, context)

  assert.equal(asked.state, 'proposed')
  assert.equal(proposed.deadline, deadline)
  const view = await seen(reference, context)
  assert.ok(view.deadline! > deadline!)
  assert.equal(view.life.proposedExtension, undefined)
})

test('silence grants: the task is decided by the law and the process goes its own way', async () => {
  const { reference, context } = await home.applied('silence')

  await home.moved('P21D')

  const view = await seen(reference, context)
  assert.deepEqual([view.status, view.result], ['closed', 'granted'])
  assert.ok(view.timeline.some(({ kind, by }) => kind === 'deemed' && by === 'law'))
})

test('silence refuses a case in which no task says what is supposed, and its process ends, too', async () => {
  const { caseId, reference, context } = await home.applied('lapse')

  await home.moved('P21D')

  const view = await seen(reference, context)
  assert.deepEqual([view.status, view.result], ['closed', 'refused'])
  const [process] = await home.workflow.of(caseId, { ...sana, tenant: '*' })
  assert.notEqual(process?.status, 'running')
  assert.equal((await home.cases.queue({ limit: 100 }, sana)).tasks.filter((task) => task.caseId === caseId).length, 0)
})

test('a decision in time is stronger than the silence that comes after it', async () => {
  const { caseId, reference, context } = await home.applied('silence')

  await home.decided(caseId, 'refuse')
  await home.moved('P21D')

  assert.equal((await seen(reference, context)).result, 'refused')
})

test('a late office gives a part of the fees back, once', async () => {
  const { caseId } = await home.applied('paid')

  await home.moved('P11D')
  await home.moved('P1M')

  assert.deepEqual(
    home.given.filter((one) => one.case === caseId),
    [{ case: caseId, percent: 50, reason: 'late' }],
  )
})

test('the clock of an application that has to be complete first starts when the process says so', async () => {
  const { caseId, reference, context, deadline } = await home.applied('checked')
  const before = await seen(reference, context)

  await home.moved('P9D')
  await home.decided(caseId, 'complete')

  const view = await seen(reference, context)
  assert.equal(deadline, undefined)
  assert.deepEqual(before.life.clock?.history, [])
  assert.equal(view.life.clock?.history[0]?.kind, 'started')
  assert.equal(day(view.life.clock?.history[0]?.at), later(0))
  assert.ok(view.deadline)
})

test('the clock says why it stood still and until when it now runs', async () => {
  const { caseId, reference, context, deadline } = await home.applied('licence')
  const { version } = await seen(reference, context)
  const asked = await home.cases.ask({ case: caseId, text: 'Which plan?', reason: 'planMissing', version }, sana)

  await home.moved('P40D')
  const paused = await seen(reference, context)
  await home.cases.answer({ request: asked.request, text: 'The blue one' }, context)
  await home.jobs.idle()

  const view = await seen(reference, context)
  assert.equal(paused.overdue, false)
  assert.equal(Date.parse(view.deadline!) - Date.parse(deadline!), 40 * 86_400_000)
  assert.deepEqual(
    view.life.clock?.history.map(({ kind, reason }) => [kind, reason]),
    [
      ['started', undefined],
      ['stopped', 'planMissing'],
      ['resumed', undefined],
    ],
  )
  assert.equal(view.life.clock?.history.at(-1)?.deadline, view.deadline)
})

test('a year that passes at once: every reminder and every end once, in the order of the law', async () => {
  const many = 60
  const before = new Set<string>()
  const started: { caseId: string; deadline: string }[] = []
  for (let i = 0; i < many; i++) {
    const { caseId, deadline } = await home.applied('licence', guest(), i % 3 === 0 ? 'urgent' : 'please')
    started.push({ caseId, deadline: deadline! })
    before.add(caseId)
    if (i % 10 === 0) await home.clock.move('P1D')
  }

  await home.moved('P1Y')
  await home.moved('P1Y')

  const rows = await home.database.begin(
    { ...sana, tenant: '*' },
    (sql) => sql<{ case_id: string; kind: string; data: { deadline: string } }>`
      select case_id, kind, data from cases.timeline where kind in ('reminded', 'overdue') order by id`,
  )
  const own = rows.filter(({ case_id }) => before.has(case_id))
  const ends = own.filter(({ kind }) => kind === 'overdue')
  assert.equal(ends.length, many)
  assert.equal(new Set(ends.map(({ case_id }) => case_id)).size, many)
  const times = ends.map(({ data }) => data.deadline)
  assert.deepEqual(times, [...times].sort())
  for (const { caseId } of started) {
    const kinds = own.filter(({ case_id }) => case_id === caseId).map(({ kind }) => kind)
    assert.equal(kinds.at(-1), 'overdue')
    assert.ok(kinds.slice(0, -1).every((kind) => kind === 'reminded'))
  }
})

test('stopped and started again, any number of times, a clock has run as many days as its term has', () => {
  const calendar = createCalendar({ weekend: [6, 0], holidays: ['2026-05-01', '2026-12-25'], zone: 'Europe/Paris' })
  const pauses = fc.array(fc.record({ after: fc.integer({ min: 0, max: 5 }), long: fc.integer({ min: 0, max: 30 }) }), {
    maxLength: 6,
  })
  fc.assert(
    fc.property(fc.constantFrom('30 days', '20 working days', '2 months'), pauses, (term, stops) => {
      const start = new Date('2026-02-10T10:00:00Z')
      let deadline = calendar.deadline(start, term)
      const first = deadline
      let now = start
      let stood = 0
      for (const { after, long } of stops) {
        const stopped = new Date(now.getTime() + after * 86_400_000)
        if (stopped >= deadline) break
        now = new Date(stopped.getTime() + long * 86_400_000)
        deadline = extendedBy(deadline, term, stopped, now, calendar)
        stood += long
      }

      if (term === '20 working days') assert.ok(calendar.isWorkingDay(deadline.toISOString().slice(0, 10)))
      else {
        const days = (deadline.getTime() - first.getTime()) / 86_400_000
        assert.ok(Math.abs(days - stood) < 0.05, `${days} days later for ${stood} that it stood`)
      }
      assert.ok(deadline >= first)
    }),
  )
})

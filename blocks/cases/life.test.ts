// Proves the life of a case: appeal, withdrawal, messages, one case a matter, destruction by law; twice, at once, by others.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test, { after, before } from 'node:test'
import type { Context } from '@ashlar/kernel/sql'
import { guest, lifeHouse, officer } from './life-fixture.test.ts'
import { code } from './lowland-test.ts'

let home: Awaited<ReturnType<typeof lifeHouse>>
before(async () => {
  home = await lifeHouse()
})
after(() => home?.stop())

const sana = officer('sana')
const omar = officer('omar')
const judge = officer('judith', { tenant: 'justice', roles: ['judge'] })
const lead = officer('karim', { roles: ['lead', 'reader'] })
const seen = (reference: string, context: Context) => home.cases.getApplication(reference, context)

async function refused() {
  const first = await home.applied('licence')
  await home.decided(first.caseId, 'refuse')
  return first
}

async function appealed(first: { caseId: string; context: Context }, lateBecause?: string) {
  const { cases } = home
  const draft = await cases.startDraft(
    { service: 'appeal', language: 'en', about: first.caseId, ...(lateBecause ? { lateBecause } : {}) },
    first.context,
  )
  const body = { grounds: 'They read it wrongly.' }
  await cases.saveDraft({ draft: draft.id, page: 'grounds', body, version: draft.version }, first.context)
  const receipt = await cases.submit(draft.id, first.context)
  await home.jobs.idle()
  return receipt
}

test('after a refusal the applicant sees the last day, the authority and the law of an appeal', async () => {
  const first = await refused()
  const granted = await home.applied('licence')
  await home.decided(granted.caseId, 'grant')

  const { life } = await seen(first.reference, first.context)

  assert.equal(life.appeal?.isOpen, true)
  assert.equal(life.appeal?.until.slice(0, 10), '2026-04-01')
  assert.deepEqual([life.appeal?.to, life.appeal?.law], ['justice', 'Permit Act s.9'])
  assert.equal((await seen(granted.reference, granted.context)).life.appeal, undefined)
})

test('an appeal opens a case of the authority that hears it, and the effects of the decision wait', async () => {
  const first = await refused()
  const receipt = await appealed(first)

  const [mine, view] = [await seen(first.reference, first.context), await seen(receipt.reference, first.context)]
  assert.equal(receipt.authority, 'justice')
  assert.equal(mine.life.isSuspended, true)
  assert.deepEqual(
    mine.life.relations.map(({ kind, reference }) => [kind, reference]),
    [['appealed-by', receipt.reference]],
  )
  assert.deepEqual(
    view.life.relations.map(({ kind, reference }) => [kind, reference]),
    [['appeal-against', first.reference]],
  )
  const opened = await home.cases.getCase({ id: receipt.caseId }, judge)
  const { contested } = opened.tasks[0]!.facts as { contested: Record<string, unknown> }
  assert.deepEqual(
    [contested.reference, contested.version, contested.result, contested.answers, contested.late],
    [first.reference, '1.0.0', 'refused', { words: 'please', pages: null }, false],
  )
  assert.equal((contested.decisions as { reason: string }[])[0]?.reason, 'unclear')
})

test('only one appeal against a decision runs, also of two sent at the same moment', async () => {
  const first = await refused()

  const sent = await Promise.allSettled([appealed(first), appealed(first)])

  const lost = sent.find(({ status }) => status === 'rejected') as PromiseRejectedResult
  const won = sent.find(({ status }) => status === 'fulfilled') as PromiseFulfilledResult<{ reference: string }>
  assert.ok(won && lost)
  assert.ok(code('case-runs-already')(lost.reason))
  assert.equal(lost.reason.members.reference, won.value.reference)
})

test('a late appeal is refused with the last day, and counts all the same for who says why', async () => {
  const first = await refused()
  await home.moved('P31D')

  await assert.rejects(appealed(first), (error: { code: string; members: { until: string } }) => {
    assert.equal(error.code, 'appeal-too-late')
    assert.match(error.members.until, /^\d{4}-\d\d-\d\dT/)
    return true
  })
  const receipt = await appealed(first, 'I was in hospital.')

  const opened = await home.cases.getCase({ id: receipt.caseId }, judge)
  const { contested } = opened.tasks[0]!.facts as { contested: Record<string, unknown> }
  assert.deepEqual([contested.late, contested.lateBecause], [true, 'I was in hospital.'])
  assert.equal((await seen(first.reference, first.context)).life.isSuspended, false)
})

test('nobody contests what is not theirs, not decided, or not contestable', async () => {
  const first = await refused()
  const running = await home.applied('licence')
  const granted = await home.applied('licence')
  await home.decided(granted.caseId, 'grant')

  await assert.rejects(appealed({ caseId: first.caseId, context: guest() }), code('case-not-found'))
  await assert.rejects(appealed(running), code('not-appealable'))
  await assert.rejects(appealed(granted), code('not-appealable'))
})

test('confirmed or replaced, the first decision says so, and cannot be contested once more', async () => {
  for (const [outcome, effect] of [
    ['confirm', 'confirms'],
    ['replace', 'replaces'],
  ] as const) {
    const first = await refused()
    const receipt = await appealed(first)

    await home.decided(receipt.caseId, outcome, judge)

    const view = await seen(first.reference, first.context)
    assert.deepEqual([view.life.appealed, view.life.isSuspended], [effect, false])
    assert.ok(view.timeline.some(({ kind }) => kind === 'appeal-decided'))
    await assert.rejects(appealed(first), code('not-appealable'))
  }
})

test('sent back, the application is decided anew under its version, and not by who decided first', async () => {
  const first = await refused()
  const receipt = await appealed(first)

  await home.decided(receipt.caseId, 'sendBack', judge)
  await home.jobs.idle()

  const { life } = await seen(first.reference, first.context)
  const again = life.relations.find(({ kind }) => kind === 'followed-by')!
  const view = await seen(again.reference, first.context)
  assert.deepEqual(view.service, { id: 'licence', version: '1.0.0' })
  assert.deepEqual(view.answers, { words: 'please', pages: null })
  await assert.rejects(home.decided(again.caseId, 'grant', sana), code('decided-yourself'))
  await home.decided(again.caseId, 'grant', omar)
  assert.equal((await seen(again.reference, first.context)).result, 'granted')
})

test('an application is withdrawn before the decision, once; its work ends and the law’s part of the fees goes back', async () => {
  const { caseId, reference, context } = await home.applied('licence')
  assert.equal((await seen(reference, context)).life.canWithdraw, true)

  await assert.rejects(home.cases.withdraw({ case: caseId }, guest()), code('application-not-found'))
  const withdraw = () => home.cases.withdraw({ case: caseId, reason: 'I moved away.' }, context)
  await Promise.all([withdraw(), withdraw(), withdraw()])
  await home.jobs.idle()

  const view = await seen(reference, context)
  assert.deepEqual([view.status, view.result, view.life.canWithdraw], ['closed', 'withdrawn', false])
  assert.equal(view.timeline.filter(({ kind }) => kind === 'withdrawn').length, 1)
  assert.equal(
    (await home.workflow.of(caseId, { ...sana, tenant: '*' })).some(({ status }) => status === 'running'),
    false,
  )
  assert.deepEqual(
    home.given.filter((one) => one.case === caseId),
    [{ case: caseId, percent: 50, reason: 'withdrawn' }],
  )
  const opened = await home.cases.getCase({ id: caseId, reason: 'a test' }, sana)
  assert.equal(opened.timeline.find(({ kind }) => kind === 'withdrawn')?.text, 'I moved away.')
})

test('of an officer who decides and an applicant who withdraws at the same moment one wins, and both see it', async () => {
  for (let round = 0; round < 5; round++) {
    const { caseId, reference, context } = await home.applied('licence')

    const [decision, withdrawal] = await Promise.allSettled([
      home.decided(caseId, 'grant'),
      home.cases.withdraw({ case: caseId }, context),
    ])
    await home.jobs.idle()

    const { result } = await seen(reference, context)
    assert.equal(withdrawal.status === 'fulfilled', result === 'withdrawn')
    assert.equal(decision.status === 'fulfilled', result === 'granted')
  }
})

test('officer and applicant write to each other, each message once, and see when it was read; the clock goes on', async () => {
  const { caseId, reference, context } = await home.applied('licence')
  const key = randomUUID()
  const write = () => home.cases.writeToApplicant({ case: caseId, text: 'We are reading it.', key }, sana)

  await Promise.all([write(), write()])
  await home.cases.writeToOffice({ case: caseId, text: 'Thank you!', key }, context)
  await home.cases.markMessagesRead(caseId, context)
  await home.cases.markMessagesRead(caseId, officer('noor', { roles: ['other'] }))
  const view = await seen(reference, context)
  const before = view.life.messages.map(({ readAt }) => readAt !== undefined)
  await home.cases.markMessagesRead(caseId, sana)
  const { life } = await home.cases.getCase({ id: caseId }, sana)

  assert.deepEqual(
    life.messages.map(({ side, text, by }) => [side, text, by]),
    [
      ['office', 'We are reading it.', 'staff:sana'],
      ['applicant', 'Thank you!', 'anonymous'],
    ],
  )
  assert.deepEqual(before, [true, false])
  assert.ok(life.messages.every(({ readAt }) => readAt !== undefined))
  assert.equal(view.life.messages[0]?.by, undefined, 'who in the office wrote is not told')
  assert.equal(view.paused, false)
  await assert.rejects(
    home.cases.writeToApplicant({ case: caseId, text: 'x', key }, officer('noor', { roles: ['other'] })),
    code('case-needs-reason'),
  )
  await assert.rejects(
    home.cases.writeToOffice({ case: caseId, text: 'x', key }, guest()),
    code('application-not-found'),
  )
})

test('about one matter runs one case: the second applicant learns which, and may apply when it has ended', async () => {
  const apply = () => home.applied('licence', guest(), 'only one')

  const sent = await Promise.allSettled([apply(), apply(), apply()])
  const won = sent.filter((one) => one.status === 'fulfilled')
  const lost = sent.filter((one) => one.status === 'rejected')

  assert.deepEqual([won.length, lost.length], [1, 2])
  const { value } = won[0] as PromiseFulfilledResult<Awaited<ReturnType<typeof apply>>>
  for (const { reason } of lost as PromiseRejectedResult[]) {
    assert.ok(code('case-runs-already')(reason))
    assert.equal(reason.members.reference, value.reference)
  }
  await home.decided(value.caseId, 'grant')
  await apply()
})

test('what the law no longer wants is destroyed, with a record, and the key of who has nothing else', async () => {
  const one = await refused()
  const erased = one.context.subject!
  const sealed = await home.keys.seal(erased, 'A secret')
  const two = await home.applied('licence', guest())
  await home.decided(two.caseId, 'grant')
  const held = await refused()
  const kept = await home.keys.seal(held.context.subject!, 'Another secret')
  await assert.rejects(home.cases.holdCase({ case: held.caseId, reason: 'A lawsuit' }, sana), code('not-a-lead'))
  await home.cases.holdCase({ case: held.caseId, reason: 'A lawsuit' }, lead)
  home.kept.add(held.context.subject!)

  await home.moved('P4Y')
  assert.equal((await seen(one.reference, one.context)).result, 'refused')
  await home.moved('P1Y1M')

  await assert.rejects(seen(one.reference, one.context), code('application-not-found'))
  await assert.rejects(home.keys.open(erased, sealed), code('subject-erased'))
  assert.equal((await seen(two.reference, two.context)).result, 'granted', 'what is kept for ever is kept')
  assert.equal((await seen(held.reference, held.context)).result, 'refused', 'what is held back is kept')
  const records = await home.cases.destructions(lead)
  const record = records.find(({ reference }) => reference === one.reference)
  assert.deepEqual([record?.law, record?.result], ['Archive Act s.2', 'refused'])
  assert.equal(
    records.some(({ reference }) => reference === held.reference),
    false,
  )

  await home.cases.releaseCase(held.caseId, lead)
  await home.jobs.idle()
  await assert.rejects(seen(held.reference, held.context), code('application-not-found'))
  assert.equal(String(await home.keys.open(held.context.subject!, kept)), 'Another secret', 'more is held of them')
})

test('an officer asks for a reason that the service or every service knows, and the applicant reads it', async () => {
  const { caseId, reference, context } = await home.applied('licence')
  const { version } = await seen(reference, context)

  await assert.rejects(
    home.cases.ask({ case: caseId, text: 'Why?', reason: 'curious', version }, sana),
    code('ask-reason-not-known'),
  )
  await home.cases.ask({ case: caseId, text: 'Which plan?', reason: 'unclear', version }, sana)

  assert.equal((await seen(reference, context)).requests[0]?.reason, 'unclear')
})

test('an application in one piece that is refused leaves no draft, and may be sent again, put right, under its key', async () => {
  const context = guest()
  const apply = (answers: Record<string, unknown>) =>
    home.cases.apply({ service: 'licence', language: 'en', key: 'k', answers }, context)

  await assert.rejects(apply({ words: 'please', pages: 'many' }), code('answers-not-valid'))
  const left = await home.cases.draftsOf(context)
  const receipt = await apply({ words: 'please', pages: 3 })

  assert.deepEqual(left, [])
  assert.deepEqual((await apply({ words: 'please', pages: 3 })).reference, receipt.reference)
})

test('a page takes numbers as JSON has them', async () => {
  const context = guest()
  const draft = await home.cases.startDraft({ service: 'licence', language: 'en' }, context)

  const body = { words: 'please', pages: 12 }
  const saved = await home.cases.saveDraft({ draft: draft.id, page: 'words', body, version: 1 }, context)

  assert.deepEqual(saved.form.answers, body)
})

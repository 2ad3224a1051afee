// Tests of consent through its door: agreements, the log of uses, questions about it, and consents of persons.
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { isProblem } from '@ashlar/kernel/problem'
import type { Context } from '@ashlar/kernel/sql'
import { house, prepareAll, type TestHouse } from '@ashlar/kernel/testing'
import { type Consent, createConsent, type DataAgreement, type DataUse } from './index.ts'

const GRACE = '01900000-0000-7000-8000-000000000001'
const OMAR = '01900000-0000-7000-8000-000000000002'

const agreement: DataAgreement = {
  id: 'justice-population',
  reader: 'justice',
  authority: 'civil-registry',
  register: 'population',
  fields: ['fullName', 'dateOfBirth'],
  writes: [],
  purposes: ['issue-certificate'],
  law: 'Criminal Records Act s.14(5)',
  basis: 'law',
  validFrom: '2026-01-01',
}
const onConsent: DataAgreement = {
  ...agreement,
  id: 'bank-income',
  reader: 'bank',
  purposes: ['loan'],
  basis: 'consent',
}

const grace: Context = {
  tenant: null,
  actor: { kind: 'person', id: GRACE },
  subject: GRACE,
  purpose: 'my-data',
  channel: 'web',
  trace: 't1',
}
const omar: Context = { ...grace, actor: { kind: 'person', id: OMAR }, subject: OMAR }
const sana: Context = {
  tenant: 'justice',
  actor: { kind: 'staff', id: 'sana' },
  roles: ['records-officer'],
  purpose: 'case-work',
  channel: 'web',
  trace: 't2',
}
const use: DataUse = {
  outcome: 'read',
  reader: 'justice',
  register: 'population',
  fields: ['fullName'],
  persons: [GRACE],
  shown: 1,
  agreement: 'justice-population',
  basis: 'agreement',
  purpose: 'issue-certificate',
  law: 'Criminal Records Act s.14(5)',
  case: 'CR-26-7K3M',
  context: sana,
}

let home: TestHouse<'consent'>
let consent: Consent

before(async () => {
  home = await house({ blocks: ['consent'] })
  consent = createConsent(home.consent)
})
beforeEach(() => consent.publishAgreements([agreement, onConsent]))
after(() => home.stop())

const refused = (code: string) => (error: unknown) => isProblem(error) && error.code === code
const asked = {
  agreement: 'justice-population',
  register: 'population',
  purpose: 'issue-certificate',
  act: 'read' as const,
}

test('every statement fits the schema', async () => {
  const report = await prepareAll(home, 'consent')

  assert.ok(report.examined > 10)
  assert.deepEqual(report.faults, [])
})

test('an agreement covers its fields, its purpose and its reader, and nothing else', async () => {
  const verdicts = await Promise.all(
    [
      { ...asked, fields: ['fullName'], reader: 'justice' },
      { ...asked, fields: ['fullName', 'religion'], reader: 'justice' },
      { ...asked, fields: ['fullName'], reader: 'police' },
      { ...asked, fields: ['fullName'], purpose: 'curiosity' },
      { ...asked, fields: ['fullName'], purpose: 'constructor' },
      { ...asked, fields: ['fullName'], register: 'fines' },
      { ...asked, fields: ['fullName'], act: 'write' as const },
      { ...asked, fields: ['fullName'], agreement: 'none' },
    ].map((request) => consent.permits(request)),
  )

  assert.deepEqual(
    verdicts.map((verdict) => verdict.permitted || verdict.reason),
    [
      true,
      'other-fields',
      'other-reader',
      'other-purpose',
      'other-purpose',
      'other-register',
      'other-fields',
      'no-agreement',
    ],
  )
})

test('publishing the same agreements again changes nothing; a changed one gets a new version', async () => {
  const again = await consent.publishAgreements([agreement, onConsent])
  const changed = await consent.publishAgreements([{ ...agreement, fields: ['fullName'] }])

  assert.deepEqual(again, { published: [], ended: [] })
  assert.deepEqual(changed, { published: ['justice-population'], ended: ['bank-income'] })
  const [current] = await consent.agreements()
  assert.deepEqual(current?.fields, ['fullName'])
})

test('a use is in the log of the person when record returns, and names who, why and under which law', async () => {
  const id = await consent.record(use)

  const { uses } = await consent.usesOf(GRACE, { context: grace })
  const [shown] = uses
  assert.equal(shown?.id, id)
  assert.equal(shown?.agency, 'justice')
  assert.equal(shown?.by.role, 'records-officer')
  assert.match(shown?.by.officer ?? '', /^[2-9A-HJ-NP-Z]{3}-[2-9A-HJ-NP-Z]{3}$/)
  assert.equal(shown?.law, 'Criminal Records Act s.14(5)')
  assert.equal(shown?.case, 'CR-26-7K3M')
  assert.ok(!JSON.stringify(uses).includes('sana'))
})

test('nobody sees the uses of another person, nor of another agency', async () => {
  await consent.record(use)

  await assert.rejects(consent.usesOf(GRACE, { context: omar }), refused('not-your-data'))
  const seenBy = async (context: Context) =>
    home.consent.sql.begin(context, async (sql) => (await sql`select * from consent.use`).length)
  assert.ok((await seenBy(grace)) > 0)
  assert.equal(await seenBy(omar), 0)
  assert.ok((await seenBy(sana)) > 0)
  assert.equal(await seenBy({ ...sana, tenant: 'police' }), 0)
  assert.equal((await home.consent.sql`select * from consent.use`).length, 0)
})

test('what was looked at stays looked at: the role of the block can neither change nor delete a line', async () => {
  await consent.record(use)
  const everybody: Context = { ...sana, tenant: '*' }

  for (const tamper of [
    () => home.consent.sql.begin(everybody, (sql) => sql`update consent.use set purpose = 'x'`),
    () => home.consent.sql.begin(everybody, (sql) => sql`delete from consent.use`),
    () => home.consent.sql.begin(everybody, (sql) => sql`truncate consent.use`),
  ])
    await assert.rejects(tamper, { code: '42501' })
})

test('a use under an agreement that ended is refused as it is recorded, even after a yes', async () => {
  const verdict = await consent.permits({ ...asked, fields: ['fullName'], reader: 'justice' })
  await consent.publishAgreements([])

  assert.equal(verdict.permitted, true)
  await assert.rejects(consent.record(use), refused('agreement-ended'))
})

test('record judges register, reader, purpose and fields again', async () => {
  for (const other of [
    { register: 'fines' },
    { reader: 'police' },
    { purpose: 'curiosity' },
    { fields: ['fullName', 'religion'] },
    { outcome: 'written' as const },
  ])
    await assert.rejects(consent.record({ ...use, ...other }), refused('agreement-ended'), JSON.stringify(other))
})

test('a list is one use, expanded to the persons shown; nobody found is a use of the agency alone', async () => {
  const id = await consent.record({ ...use, persons: [GRACE, OMAR, GRACE], shown: 2, filter: 'search by fullName' })
  const nobody = await consent.record({ ...use, persons: [], shown: 0, outcome: 'nothing-found' })

  const mine = async (context: Context) => (await consent.usesOf(context.subject as string, { context })).uses
  assert.equal((await mine(grace)).filter((line) => line.id === id).length, 1)
  assert.equal((await mine(omar)).filter((line) => line.id === id).length, 1)
  assert.ok(!(await mine(grace)).some((line) => line.id === nobody))
})

test('the same key twice is one use, also at the same time', async () => {
  const before = (await consent.usesOf(GRACE, { context: grace, limit: 100 })).uses.length
  const keyed = { ...use, key: 'instance:look-up:1' }

  const ids = await Promise.all(Array.from({ length: 8 }, () => consent.record(keyed)))

  assert.equal(new Set(ids).size, 1)
  assert.equal((await consent.usesOf(GRACE, { context: grace, limit: 100 })).uses.length, before + 1)
})

test('all uses of a batch are recorded, or none', async () => {
  const before = (await consent.usesOf(OMAR, { context: omar, limit: 100 })).uses.length

  await assert.rejects(
    consent.recordAll([
      { ...use, persons: [OMAR] },
      { ...use, persons: [OMAR], agreement: 'none' },
    ]),
    refused('agreement-ended'),
  )

  assert.equal((await consent.usesOf(OMAR, { context: omar, limit: 100 })).uses.length, before)
})

test('the log is read page by page, without gaps or doubles', async () => {
  const person = '01900000-0000-7000-8000-00000000000a'
  const context: Context = { ...grace, actor: { kind: 'person', id: person }, subject: person }
  const ids = await consent.recordAll(Array.from({ length: 7 }, () => ({ ...use, persons: [person] })))

  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = await consent.usesOf(person, { context, limit: 3, cursor })
    seen.push(...page.uses.map(({ id }) => id))
    cursor = page.next
  } while (cursor)

  assert.deepEqual(seen.toSorted(), ids.toSorted())
  for (const cursor of ['x', 'AAAA', Buffer.from('2026-99-99T00:00:00Z x').toString('base64url')])
    await assert.rejects(consent.usesOf(person, { context, cursor }), refused('cursor-not-valid'))
})

test('a person asks why, once; the agency answers, once; texts are sealed', async () => {
  const id = await consent.record(use)
  const events: string[] = []
  const stop = home.events.watch('*', ({ type }) => events.push(type))

  const first = await consent.ask({ use: id, question: 'Why did you look?', context: grace })
  const second = await consent.ask({ use: id, question: 'Tell me!', context: grace })
  const [waiting] = (await consent.openQuestions(sana)).filter((question) => question.use === id)
  const answered = await consent.answer({ question: first.id, answer: 'You applied for an extract.', context: sana })

  assert.equal(second.id, first.id)
  assert.equal(second.question, 'Why did you look?')
  assert.equal(waiting?.question, 'Why did you look?')
  assert.equal(answered.state, 'answered')
  assert.equal((await consent.questionAbout(id, grace))?.answer, 'You applied for an extract.')
  await assert.rejects(consent.answer({ question: first.id, answer: 'x', context: sana }), refused('question-answered'))
  await assert.rejects(
    consent.answer({ question: first.id, answer: 'x', context: grace }),
    refused('question-not-found'),
  )
  await assert.rejects(
    consent.answer({ question: first.id, answer: 'x', context: { ...sana, tenant: 'police' } }),
    refused('question-not-found'),
  )
  await assert.rejects(consent.ask({ use: id, question: 'x', context: omar }), refused('data-use-not-found'))
  await assert.rejects(consent.ask({ use: 'x', question: 'x', context: omar }), refused('data-use-not-found'))
  const rows = await home.consent.sql.begin(
    { ...sana, tenant: '*' },
    (sql) => sql`select question, answer from consent.question`,
  )
  assert.ok(!rows.some((row) => String(row.question).includes('Why')))
  stop()
})

test('without consent nothing is recorded; withdrawn, nothing more', async () => {
  const loan: DataUse = { ...use, reader: 'bank', agreement: 'bank-income', basis: 'consent', purpose: 'loan' }

  await assert.rejects(consent.record(loan), refused('agreement-ended'))
  const given = await consent.give({ agreement: 'bank-income', purpose: 'loan', context: grace })
  const again = await consent.give({ agreement: 'bank-income', purpose: 'loan', context: grace })
  await consent.record(loan)
  await assert.rejects(consent.record({ ...loan, persons: [GRACE, OMAR] }), refused('agreement-ended'))
  const withdrawn = await consent.withdraw(given.id, grace)

  assert.equal(again.id, given.id)
  assert.ok(withdrawn.withdrawnAt)
  assert.equal((await consent.withdraw(given.id, grace)).withdrawnAt, withdrawn.withdrawnAt)
  await assert.rejects(consent.record(loan), refused('agreement-ended'))
  await assert.rejects(consent.withdraw(given.id, omar), refused('consent-not-found'))
  await assert.rejects(
    consent.give({ agreement: 'justice-population', purpose: 'issue-certificate', context: grace }),
    refused('consent-not-needed'),
  )
  assert.equal((await consent.consentsOf(GRACE, grace)).length, 1)
  assert.notEqual((await consent.give({ agreement: 'bank-income', purpose: 'loan', context: grace })).id, given.id)
})

test('a consent that has expired covers nothing', async () => {
  const loan: DataUse = {
    ...use,
    reader: 'bank',
    agreement: 'bank-income',
    basis: 'consent',
    purpose: 'loan',
    persons: [OMAR],
  }
  await consent.give({ agreement: 'bank-income', purpose: 'loan', expiresAt: '2026-03-10T00:00:00Z', context: omar })
  await consent.record(loan)

  await home.clock.move('P10D')

  await assert.rejects(consent.record(loan), refused('agreement-ended'))
  const renewed = await consent.give({ agreement: 'bank-income', purpose: 'loan', context: omar })
  assert.equal(renewed.withdrawnAt, undefined)
  await consent.record(loan)
})

// Tests of registries through its door: reading under agreements, the log, the walls, and writing.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createConsent } from '@ashlar/consent'
import { isProblem } from '@ashlar/kernel/problem'
import type { Context } from '@ashlar/kernel/sql'
import { house, prepareAll } from '@ashlar/kernel/testing'
import { planOf, type Selection } from './finding.ts'
import {
  anonymous,
  certificate,
  type Fixture,
  fines,
  fixture,
  GRACE,
  LIAM,
  MOHAMMED,
  officer,
  person,
  population,
  settling,
} from './fixture.ts'
import { registrySteps } from './index.ts'
import { openRegister } from './register.ts'

let it: Fixture

before(async () => {
  it = await fixture(await house({ blocks: ['registries', 'consent'] }), createConsent)
})
after(() => it.stop())

const refused = (code: string) => (error: unknown) => {
  assert.ok(isProblem(error), String(error))
  assert.equal(error.code, code)
  return true
}
const grace = {
  register: 'population',
  by: { id: GRACE },
  fields: ['fullName', 'dateOfBirth'],
  access: certificate,
  context: officer('justice'),
}
const usesOf = async (id: string) => (await it.consent.usesOf(id, { context: person(id), limit: 100 })).uses
const search = (match: Record<string, unknown>, context: Context = officer('justice')) =>
  it.registries.lookUp({
    register: 'population',
    match: match as never,
    fields: ['fullName'],
    access: certificate,
    context,
  })

test('every statement fits the schema', async () => {
  const report = await prepareAll(it.home, 'registries')

  assert.ok(report.examined > 15)
  assert.deepEqual(report.faults, [])
})

test('a look-up gives the fields that were asked for, and no others, and is in the log of the person', async () => {
  const answer = await it.registries.lookUp(grace)

  assert.deepEqual(answer.records[0]?.values, { fullName: 'Grace Okoro', dateOfBirth: '1992-06-14' })
  const [use] = await usesOf(GRACE)
  assert.equal(use?.id, answer.use)
  assert.deepEqual(use?.fields, ['fullName', 'dateOfBirth'])
  assert.equal(use?.agency, 'justice')
  assert.equal(use?.law, 'Criminal Records Act s.14(5)')
  assert.equal(use?.case, 'CR-1')
})

test('identifiers are found however they are typed', async () => {
  for (const [number, plate] of [
    ['F-2026-00417', 'PV-1042'],
    ['f 2026 00417', 'pv–1042'],
    [' F-٢٠٢٦-٠٠٤١٧ ', 'pv 1042'],
  ] as const) {
    const answer = await it.registries.lookUp({
      register: 'fines',
      by: { number, plate },
      fields: ['amount'],
      access: settling,
      context: officer('police'),
    })
    assert.equal(answer.count, 1, `${number} ${plate}`)
  }
})

test('what an agreement does not cover is refused, gives nothing, and the refusal is in the log', async () => {
  const everyone: Context = { ...officer('justice'), tenant: '*' }
  const refusals = async () =>
    it.home.consent.sql.begin(
      everyone,
      async (sql) => (await sql`select * from consent.use where outcome = 'refused'`).length,
    )
  const before = await refusals()

  const attempts = [
    { ...grace, fields: ['fullName', 'mother'] },
    { ...grace, access: { ...certificate, purpose: 'curiosity' } },
    { ...grace, access: { ...certificate, agreement: 'none' } },
    { ...grace, context: officer('police') },
    { ...grace, register: 'fines', fields: ['amount'], by: { number: 'F-2026-00417' } },
    { ...grace, access: { purpose: 'issue-certificate' } },
    { ...grace, context: { ...officer('justice'), tenant: '*' } },
  ]
  for (const attempt of attempts) await assert.rejects(it.registries.lookUp(attempt), refused('access-refused'))

  assert.equal((await refusals()) - before, attempts.length)
})

test('bad questions are refused: no such register, no such field, not indexed', async () => {
  await assert.rejects(it.registries.lookUp({ ...grace, register: 'none' }), refused('register-not-found'))
  await assert.rejects(it.registries.lookUp({ ...grace, fields: ['constructor'] }), refused('register-field-not-found'))
  await assert.rejects(it.registries.lookUp({ ...grace, by: { nothing: 1 } }), refused('register-field-not-found'))
  await assert.rejects(
    it.registries.lookUp({ ...grace, by: { fullName: 'Grace Okoro' } }),
    refused('register-field-not-indexed'),
  )
})

test('hostile keys find nobody and break nothing', async () => {
  for (const id of ['', "' or 1=1 --", '\0', '\ud800', 'x'.repeat(100_000), null, 5, ['a'], { a: 1 }])
    assert.equal((await it.registries.lookUp({ ...grace, by: { id: id as never } })).count, 0)
  for (const personNumber of ['\0', '\ud800', 'ß'.repeat(100_000), [], {}])
    assert.equal((await it.registries.lookUp({ ...grace, by: { personNumber: personNumber as never } })).count, 0)
  for (const name of ['\0', '\ud800', 'a '.repeat(100_000), '🙂'])
    assert.equal((await search({ fullName: [name], dateOfBirth: '1992-06-14' })).count, 0)
})

test('the log cannot be written: no data', async () => {
  const down = () => Promise.reject(new Error('connection lost'))
  const permits = it.consent.permits
  for (const consent of [
    { permits, recordAll: down },
    { permits: down, recordAll: it.consent.recordAll },
  ]) {
    const registries = it.withConsent(consent)
    await assert.rejects(registries.lookUp(grace), refused('data-use-log-unavailable'))
    await assert.rejects(
      registries.write({
        key: 'down',
        register: 'fines',
        by: { number: 'F-2026-00417' },
        set: { note: 'x' },
        access: settling,
        context: officer('police'),
      }),
      refused('data-use-log-unavailable'),
    )
  }
  await assert.rejects(
    it.withConsent({ permits, recordAll: down }).mine(GRACE, person(GRACE)),
    refused('data-use-log-unavailable'),
  )
})

test('a person without an agency sees their own record, and no other', async () => {
  const own = await it.registries.lookUp({ ...grace, context: person(GRACE) })
  const others = await it.registries.lookUp({ ...grace, context: person(LIAM) })
  const searched = await search({ fullName: 'Grace Okoro', dateOfBirth: '1992-06-14' }, person(LIAM))

  assert.equal(own.count, 1)
  assert.equal(others.count, 0)
  assert.equal(searched.count, 0)
})

test('who knows number and plate sees that fine, signed in or not; number or plate alone is not enough', async () => {
  const fine = (by: Record<string, string>, context: Context) =>
    it.registries.lookUp({ register: 'fines', by, fields: ['amount'], access: settling, context })

  assert.equal((await fine({ number: 'F-2026-00417', plate: 'PV-1042' }, anonymous)).count, 1)
  assert.equal((await fine({ number: 'F-2026-00417', plate: 'PV-1042' }, person(LIAM))).count, 1)
  assert.equal((await fine({ number: 'F-2026-00417', plate: 'XX-0000' }, anonymous)).count, 0)
  assert.equal((await fine({ number: 'F-2026-00417' }, anonymous)).count, 0)
  assert.equal((await fine({ plate: 'PV-1042' }, person(LIAM))).count, 0)
  assert.equal((await fine({ number: 'F-2026-00417', plate: '' }, anonymous)).count, 0)
  assert.equal((await fine({ number: 'F-2026-00417' }, person(GRACE))).count, 1)
  const uses = (await usesOf(GRACE)).filter(({ register, by }) => register === 'fines' && by.kind === 'anonymous')
  assert.equal(uses.length, 1)
})

test('a fine is not found by trying, not even all at once; who knows it, and whoever signs in, still sees it', async () => {
  await it.add('fines', { number: 'F-2026-30000', plate: 'CC-3', driver: LIAM, amount: 80, state: 'unpaid' })
  const look = (number: string, context: Context) =>
    it.registries.lookUp({
      register: 'fines',
      by: { number, ...(context === anonymous ? { plate: 'CC-3' } : {}) },
      fields: ['amount'],
      access: settling,
      context,
    })

  for (let i = 0; i < 15; i++) assert.equal((await look('F-2026-30000', anonymous)).count, 1)
  const guesses = await Promise.allSettled(Array.from({ length: 60 }, (_, i) => look(`F-2026-4${i}`, anonymous)))

  const missed = guesses.filter(({ status }) => status === 'fulfilled').length
  assert.equal(missed, 10)
  await assert.rejects(look('F-2026-30000', anonymous), refused('too-many-guesses'))
  assert.equal((await look('F-2026-30000', person(LIAM))).count, 1)
})

test('somebody is searched for by name in any script and birth, with a score', async () => {
  const exact = await search({ fullName: 'Okoro Grace', dateOfBirth: '1992-06-14' })
  const former = await search({ fullName: ['Someone Else', 'Grace Adeyemi'], dateOfBirth: '1992-06-14' })
  const alike = await search({ fullName: 'Liam Parke', dateOfBirth: '1990-03-02' })
  const mistyped = await search({ fullName: 'Liam Park', dateOfBirth: '1990-02-03' })
  const script = await search({ fullName: 'Mohamed Al-Hassan', dateOfBirth: '1985-02-03' })
  const nobody = await search({ fullName: 'Paul Smith', dateOfBirth: '1992-06-14' })

  assert.equal(exact.bestScore, 1)
  assert.equal(former.bestScore, 1)
  assert.ok(alike.bestScore > 0.9 && alike.bestScore < 1, String(alike.bestScore))
  assert.ok(mistyped.bestScore > 0.85 && mistyped.bestScore < 1, String(mistyped.bestScore))
  assert.ok(script.bestScore > 0.9 && script.bestScore < 0.98, String(script.bestScore))
  assert.deepEqual([nobody.count, nobody.bestScore], [0, 0])
})

test('an officer finds people by parts of names in any order, a year of birth, or a number, and says why', async () => {
  const registrar = officer('civil-registry', 'registrar')
  const access = { purpose: 'counter', reason: 'Asked at the counter' }
  const find = (search: string) =>
    it.registries.lookUp({ register: 'population', search, fields: ['fullName'], access, context: registrar })

  for (const [text, found] of [
    ['oko gra', GRACE],
    ['Grace 1992', GRACE],
    ['adeyemi', GRACE],
    ['muhammad', MOHAMMED],
    ['محمد', MOHAMMED],
    ['02-034490-6', LIAM],
    ['park 1990-03-02', LIAM],
  ] as const)
    assert.equal((await find(text)).records[0]?.id, found, text)
  assert.equal((await find('grace 1990')).count, 0)
  assert.equal((await find('')).count, 0)
  const [use] = await usesOf(LIAM)
  assert.equal(use?.reason, 'Asked at the counter')
  assert.equal(use?.filter, 'search by words')
  await assert.rejects(
    it.registries.lookUp({
      register: 'population',
      search: 'grace',
      fields: ['fullName'],
      access: { purpose: 'counter' },
      context: registrar,
    }),
    refused('reason-needed'),
  )
  await assert.rejects(
    it.registries.lookUp({ register: 'population', search: 'grace', fields: ['mother'], access, context: registrar }),
    refused('access-refused'),
  )
  await assert.rejects(
    it.registries.lookUp({
      register: 'population',
      by: { id: GRACE },
      fields: ['fullName'],
      access: { ...certificate, case: undefined },
      context: officer('justice', 'records-officer'),
    }),
    refused('reason-needed'),
    'an agreement alone does not say why',
  )
})

test('no read without a line in the log: whatever officers do, the persons shown see exactly those lines', async () => {
  const people = [GRACE, LIAM, MOHAMMED]
  const before = new Map(
    await Promise.all(people.map(async (id) => [id, (await usesOf(id)).map((use) => use.id)] as const)),
  )
  const read = new Map<string, string[]>(people.map((id) => [id, []]))
  const contexts = [officer('justice'), officer('police'), person(GRACE), anonymous]
  const selections: Selection[] = [
    ...people.map((id) => ({ by: { id } })),
    { by: { dateOfBirth: '1990-03-02' } },
    { by: { mother: GRACE } },
    { match: { fullName: 'Grace Okoro', dateOfBirth: '1992-06-14' } },
    { by: { id: 'nobody' } },
    { by: { fullName: 'not indexed' } },
  ]
  const requests = Array.from({ length: 60 }, (_, i) => ({
    register: 'population',
    ...(selections[(i * 7) % selections.length] as Selection),
    fields: i % 5 === 0 ? ['mother'] : ['fullName'],
    access: i % 11 === 0 ? { ...certificate, purpose: 'other' } : certificate,
    context: contexts[i % contexts.length] as Context,
  }))

  const answers = await it.registries.lookUpAll(requests)
  for (const answer of answers)
    if (!isProblem(answer)) for (const record of answer.records) read.get(record.id)?.push(answer.use)

  assert.ok([...read.values()].flat().length > 10)
  for (const id of people) {
    const known = new Set(before.get(id))
    // What found nobody is a line of the person for whom it was made; it showed no record.
    const lines = (await usesOf(id)).filter((use) => !known.has(use.id) && use.outcome === 'read').map((use) => use.id)
    assert.deepEqual(lines.toSorted(), (read.get(id) as string[]).toSorted())
  }
})

test('a step that runs again after a crash is one line in the log', async () => {
  const before = (await usesOf(GRACE)).length

  await Promise.all(Array.from({ length: 3 }, () => it.registries.lookUp({ ...grace, key: 'step 1' })))

  assert.equal((await usesOf(GRACE)).length, before + 1)
})

test('processes look up and write by steps, which say what cannot be mended', async () => {
  const { 'registries.lookUp': lookUp, 'registries.write': write } = registrySteps(it.registries)
  const command = (input: object, i = 0) =>
    ({
      key: `instance:node:${i}`,
      instance: 'i',
      caseId: 'c',
      service: { id: 's', version: '1' },
      context: { ...officer('justice'), actor: { kind: 'system', id: 'workflow' }, subject: GRACE },
      input: {
        register: 'population',
        fields: ['fullName'],
        many: false,
        purpose: 'issue-certificate',
        agreement: 'justice-population',
        ...input,
      },
    }) as never
  const byGrace = { by: { id: GRACE } }

  const outcomes = await lookUp.run([
    command(byGrace, 1),
    command({ ...byGrace, many: true, case: 'CR-26-LOG' }, 2),
    command({ by: { id: 'nobody' } }, 3),
    command({ by: null }, 4),
    command({ by: null, many: true }, 5),
    command({ match: { fullName: ['Grace Okoro'], dateOfBirth: '1992-06-14' } }, 6),
    command({ match: null }, 7),
    command({ ...byGrace, fields: ['mother'] }, 8),
  ])
  const [paid, twice, lost] = (await write.run(
    [{ number: 'F-2026-00417' }, { number: 'F-2026-00417' }, { number: 'none' }].map((key, i) => ({
      ...(command(
        { register: 'fines', key, set: { points: 3 }, agreement: 'police-fines', purpose: 'settle-fine' },
        i === 2 ? 20 : 10,
      ) as object),
      context: officer('police'),
    })) as never,
  )) as never as object[]

  assert.deepEqual(outcomes.slice(0, 7), [
    { done: { fullName: 'Grace Okoro' } },
    { done: [{ fullName: 'Grace Okoro' }] },
    { done: null },
    { done: null },
    { done: [] },
    { done: { count: 1, bestScore: 1, records: [{ fullName: 'Grace Okoro', score: 1 }] } },
    { done: { count: 0, bestScore: 0, records: [] } },
  ])
  assert.equal((outcomes[7] as { failed: { code: string } }).failed.code, 'access-refused')
  assert.ok(
    (await usesOf(GRACE)).some((use) => use.case === 'CR-26-LOG'),
    'the log names the case as people know it',
  )
  assert.deepEqual(twice, paid)
  assert.equal((lost as { failed: { code: string } }).failed.code, 'record-not-found')
})

test('the walls stand below the code: rows of others are neither read nor written with plain SQL', async () => {
  const { sql } = it.home.registries
  const rows = (context: Context, table = 'record') =>
    sql.begin(context, async (sql) =>
      table === 'record'
        ? (await sql`select * from registries.record`).length
        : (await sql`select * from registries.entry`).length,
    )

  assert.equal((await sql`select * from registries.record`).length, 0)
  assert.equal(await rows(officer('justice')), 0)
  assert.equal(await rows(officer('justice'), 'entry'), 0)
  assert.equal(await rows(anonymous), 0)
  assert.ok((await rows(officer('police'))) >= 1)
  assert.equal(await rows(person(MOHAMMED)), 1)
  await assert.rejects(
    sql.begin(
      officer('justice'),
      (sql) => sql`
      insert into registries.record (id, register, tenant, values, valid_from, changed_at, changed_by, purpose, law, trace)
      select id, register, 'police', values, valid_from, changed_at, changed_by, purpose, law, trace
      from (values (gen_random_uuid(), 'fines', '{}'::jsonb, '-infinity'::timestamptz, '-infinity'::timestamptz, 'x', 'x', 'x', 'x'))
        as rows(id, register, values, valid_from, changed_at, changed_by, purpose, law, trace)`,
    ),
    { code: '42501' },
  )
  const own = await sql.begin(
    person(GRACE),
    (sql) => sql`
    update registries.record set values = '{}', version = version + 1 returning id`,
  )
  assert.equal(own.length, 0)
})

test('a record is changed under a key once, its history kept, and the person sees it', async () => {
  const number = 'F-2026-10000'
  await it.add('fines', { number, plate: 'AA-1', driver: LIAM, amount: 80, state: 'unpaid' })
  const change = {
    key: 'pay',
    register: 'fines',
    by: { number },
    set: { state: 'paid' },
    access: settling,
    context: officer('police'),
  }

  const written = await Promise.all(Array.from({ length: 6 }, () => it.registries.write(change)))

  assert.deepEqual(new Set(written.map(({ version }) => version)), new Set([2]))
  await assert.rejects(it.registries.write({ ...change, set: { state: 'cancelled' } }), refused('write-key-reused'))
  const { versions } = await it.registries.history({
    register: 'fines',
    id: written[0]?.id as string,
    fields: ['state'],
    access: settling,
    context: officer('police'),
  })
  assert.deepEqual(
    versions.map(({ version, values }) => [version, values.state]),
    [
      [2, 'paid'],
      [1, 'unpaid'],
    ],
  )
  assert.equal(versions[0]?.by, 'staff:officer of police')
  assert.equal((await usesOf(LIAM)).filter((use) => use.outcome === 'written' && use.filter === 'by number').length, 1)
})

test('twenty who write at once on one version: one is first, the others learn it; without a version no change is lost', async () => {
  const number = 'F-2026-20000'
  const id = await it.add('fines', { number, plate: 'AA-2', amount: 80, points: 0, state: 'unpaid' })
  const write = (i: number, set: object, version?: number) =>
    it.registries.write({
      key: `w ${i} ${version}`,
      register: 'fines',
      by: { id },
      set: set as never,
      version,
      access: settling,
      context: officer('police'),
    })

  const based = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => write(i, { points: 1 + (i % 9) }, 1)))
  const fields = ['plate', 'note', 'amount', 'state']
  await Promise.all(
    [{ plate: 'ZZ-9' }, { note: 'seen' }, { amount: 90 }, { state: 'paid' }].map((set, i) => write(i, set)),
  )

  assert.equal(based.filter(({ status }) => status === 'fulfilled').length, 1)
  for (const one of based) if (one.status === 'rejected') refused('record-moved-on')(one.reason)
  const answer = await it.registries.lookUp({
    register: 'fines',
    by: { plate: 'ZZ-9' },
    fields,
    access: settling,
    context: officer('police'),
  })
  assert.deepEqual(answer.records[0]?.values, { plate: 'ZZ-9', note: 'seen', amount: 90, state: 'paid' })
  assert.equal(answer.records[0]?.version, 6)
})

test('a register keeps only what its declaration allows', async () => {
  const write = (set: Record<string, unknown>, by: Record<string, string> = { number: 'F-2026-00417' }) =>
    it.registries.write({
      key: JSON.stringify([set, by]),
      register: 'fines',
      by,
      set: set as never,
      access: settling,
      context: officer('police'),
    })

  await assert.rejects(write({ state: 'eaten' }), refused('record-not-valid'))
  await assert.rejects(write({ amount: 'much' }), refused('record-not-valid'))
  await assert.rejects(write({ amount: null }), refused('record-not-valid'))
  await assert.rejects(write({ note: 'a\0b' }), refused('record-not-valid'))
  await assert.rejects(write({ note: '\ud800' }), refused('record-not-valid'))
  await assert.rejects(write({ note: 'x'.repeat(5000) }), refused('record-not-valid'))
  await assert.rejects(write({ colour: 'red' }), refused('register-field-not-found'))
  await assert.rejects(write({}), refused('nothing-to-write'))
  await assert.rejects(write({ note: 'x' }, { number: 'none' }), refused('record-not-found'))
  await assert.rejects(
    write({ number: 'f-2026-00417', plate: 'X', amount: 1, state: 'unpaid' }, {}),
    refused('identifier-taken'),
  )
  const error = await write({ state: 'eaten', amount: 'x' }).catch((error) => error)
  assert.deepEqual(error.errors.map(({ pointer }: { pointer: string }) => pointer).sort(), ['/amount', '/state'])
})

test('only an agency that the agreement lets write may write', async () => {
  const write = {
    key: 'k',
    register: 'fines',
    by: { number: 'F-2026-00417' },
    set: { note: 'x' },
    access: settling,
    context: officer('justice'),
  }

  await assert.rejects(it.registries.write(write), refused('access-refused'))
  await assert.rejects(it.registries.write({ ...write, context: person(GRACE) }), refused('access-refused'))
  await assert.rejects(
    it.registries.write({
      ...write,
      access: { purpose: 'x', reason: 'y' },
      context: officer('police', 'traffic-officer'),
    }),
    refused('access-refused'),
  )
})

test('one sees what registers hold about oneself, as the registers allow, and that one looked', async () => {
  const mine = await it.registries.mine(GRACE, person(GRACE))

  assert.deepEqual(
    mine.map(({ register }) => register),
    ['fines', 'population'],
  )
  assert.deepEqual(Object.keys(mine[1]?.records[0]?.values ?? {}), ['personNumber', 'fullName'])
  await assert.rejects(it.registries.mine(GRACE, person(LIAM)), refused('not-your-records'))
  const [use] = await usesOf(GRACE)
  assert.equal(use?.basis, 'own-data')
  assert.equal(use?.by.self, true)
})

test('anybody reads what is open of every record, and no other field with it', async () => {
  const open = { ...fines, access: { ...fines.access, bearer: [], everybody: ['plate', 'state'] } }
  await it.registries.publish([population, open])
  const read = (fields: string[]) =>
    it.registries.lookUp({ register: 'fines', by: { plate: 'PV-1042' }, fields, access: settling, context: anonymous })
  const [shown, more] = [await read(['state']), await read(['state', 'amount'])]
  await it.registries.publish([population, fines])

  assert.ok(shown.count > 0)
  assert.equal(more.count, 0)
})

test('a record’s own id is found under the name that its register gives it', () => {
  const { id, ...others } = population.fields
  const residents = openRegister({
    ...population,
    person: 'number',
    identifiers: ['number'],
    fields: { number: id!, ...others },
  })

  const plan = planOf(residents, { by: { number: GRACE.toUpperCase() } })
  const none = planOf(residents, { by: { number: GRACE, id: LIAM } })

  assert.deepEqual(plan.kind === 'keys' && plan.id, GRACE)
  assert.deepEqual(none.kind === 'keys' && [none.id, none.conditions], [undefined, []])
})

test('an event tells that a record changed, without saying whose it is', async () => {
  const seen: unknown[] = []
  const [row] = await it.home.kernel<{ data: object }>`
    select data from kernel.outbox where type = 'registries.changed' order by id desc limit 1`
  seen.push(row?.data)

  assert.ok(row)
  for (const id of [GRACE, LIAM, MOHAMMED]) assert.ok(!JSON.stringify(row).includes(id))
})

test('publishing registers again changes nothing; a field more is a new version at once', async () => {
  const again = await it.registries.publish([population, fines])
  const more = { ...fines, access: { ...fines.access, bearer: [] } }
  const changed = await it.registries.publish([population, more])
  const alone = await it.registries.lookUp({
    register: 'fines',
    by: { number: 'F-2026-00417', plate: 'PV-1042' },
    fields: ['amount'],
    access: settling,
    context: anonymous,
  })
  await it.registries.publish([population, fines])

  assert.deepEqual(again, { published: [], ended: [] })
  assert.deepEqual(changed, { published: ['fines'], ended: [] })
  assert.equal(alone.count, 0)
})

// Proves that what happened becomes one offer or one case: told twice, too late, applied for already, killed in the middle.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test, { after, before } from 'node:test'
import * as catalogue from '@ashlar/catalogue'
import { decide } from '@ashlar/decisions'
import { createCalendar } from '@ashlar/kernel/calendar'
import type { Context } from '@ashlar/kernel/sql'
import { house, type TestHouse } from '@ashlar/kernel/testing'
import type { Notice } from '@ashlar/messaging'
import { createWorkflow } from '@ashlar/workflow'
import { type Cases, createCases } from './cases.ts'
import { code, countryFile, person, title, workingDays } from './lowland-test.ts'

const service = (id: string, prefix: string, rest: string) =>
  [
    `services/${id}/service.yaml`,
    `service: ${id}
version: 1.0.0
authority: labour
law: [Permit Act s.1]
audience: [person]
channels: [web, event]
sign-in: low
prefix: ${prefix}
parties: { applicant: { is: person } }
${rest}`,
  ] as const
const files = new Map<string, string>([
  countryFile('permits'),
  [
    'registries/permits.yaml',
    `register: permits
version: 1.0.0
authority: labour
law: [Permit Act]
title: ${title}
about: person
person: holder
identifiers: [number]
indexes: [validUntil]
access: { self: [number] }
fields:
  number: { is: text, required: true, label: ${title} }
  holder: { is: person, label: ${title} }
  validUntil: { is: date, label: ${title} }
`,
  ],
  service(
    'claim',
    'CL',
    `form:
  - page: birth
    questions:
      delivery: { type: text, max: 20 }
      childName: { type: name }
flow: [{ close: granted }]
offers:
  claim-your-child:
    event: hospitals.birthNotified
    when: event.alive
    person: event.mother
    prefill: { delivery: event.number }
    message: claim
    lapses: 30 days
messages: { claim: { channels: [inbox, sms], facts: { number: delivery, on: event.bornOn } } }
`,
  ),
  service(
    'outreach',
    'OU',
    `form:
  - page: whom
    questions:
      delivery: { type: text, max: 20 }
flow:
  - task: visit
    role: outreach-worker
    facts: [delivery]
    outcomes: [visited]
  - close: granted
starts:
  - event: offers.lapsed
    when: event.offer = "claim-your-child"
    person: event.person
    set: { delivery: event.delivery }
`,
  ),
  service(
    'renew',
    'RN',
    `form:
  - page: which
    questions:
      permit: { type: text, max: 20 }
      months: { type: number, min: 1, max: 24 }
flow: [{ close: granted }]
offers:
  renew-in-time:
    event: "every: 1 day"
    records:
      register: permits
      date: validUntil
      before: 60 days
      fields: [number, holder, validUntil]
      purpose: permits
      agreement: labour-permits
    when: event.daysLeft >= 0
    person: event.holder
    prefill: { permit: event.number, months: 12 }
    message: offered
messages: { offered: { channels: [inbox], facts: { days: event.daysLeft } } }
`,
  ),
])
const { country, problems } = catalogue.readCountry('lowland', files)
assert.deepEqual(problems, [])

const calendar = createCalendar(workingDays)
const officer: Context = {
  tenant: 'labour',
  actor: { kind: 'staff', id: 'olga' },
  roles: ['outreach-worker'],
  purpose: 'case-work',
  channel: 'web',
  trace: 'test',
}

let home: TestHouse<'cases' | 'workflow'>
let cases: Cases
const told = new Map<string, Notice>()
/** How often the messenger is down before it works again. */
let broken = 0
const permits: { id: string; number: string; holder: string; validUntil: string }[] = []
let looked = 0

before(async () => {
  home = await house({ blocks: ['cases', 'workflow'] })
  const definition = async (id: string) => country!.services[id]!
  cases = createCases({
    ...home.cases,
    calendar,
    form: catalogue,
    decide,
    decimals: 2,
    leads: [],
    definition,
    attachFiles: async () => {},
    consent: { record: async () => randomUUID() },
    lookUp: async ({ by }) => {
      looked++
      const found = permits.filter(({ id }) => id === by?.id)
      const records = found.map(({ id, ...values }) => ({ id, values, version: 1, at: '' }))
      return { records, count: records.length, bestScore: 0, use: randomUUID(), at: '' }
    },
    triggers: {
      services: async () => Object.values(country!.services),
      notify: async (notice) => {
        if (broken-- > 0) throw new Error('the messenger is down')
        told.set(notice.key, notice)
      },
      dated: async ({ from, until }) =>
        permits
          .filter(({ validUntil }) => validUntil >= from && validUntil <= until)
          .map(({ id, validUntil }) => ({ id, date: validUntil })),
    },
  })
  const workflow = createWorkflow({
    ...home.workflow,
    steps: cases.steps,
    definition,
    decide,
    calendar,
    money: (amount) => ({ value: amount * 100, currency: 'LWD' }),
  })
  cases.followProcesses(workflow)
  await home.jobs.start()
})
after(() => home?.stop())

const birth = (mother: string, number: string, more = {}) => ({
  type: 'hospitals.birthNotified',
  key: `health ${number}`,
  data: { mother, number, alive: true, bornOn: '2026-02-03', ...more },
})
const tellings = (who: Context) => [...told.values()].filter(({ to }) => to.person === who.subject)

test('an event becomes one offer with a message, however often it is told, also at once', async () => {
  const mother = person()

  await Promise.all(Array.from({ length: 5 }, () => cases.happened(birth(mother.subject!, 'D-1'))))
  await cases.happened(birth(mother.subject!, 'D-1'))

  const [offer, ...others] = await cases.offersOf(mother)
  assert.deepEqual([offer?.service, offer?.name, others.length], ['claim', 'claim-your-child', 0])
  assert.deepEqual(
    tellings(mother).map(({ message, channels, facts }) => [message, channels, facts]),
    [['claim', ['inbox', 'sms'], { number: 'D-1', on: '2026-02-03' }]],
  )
})

test('an event for which the condition does not hold, or that names nobody, offers nothing', async () => {
  const mother = person()

  await cases.happened(birth(mother.subject!, 'D-2', { alive: false }))
  await cases.happened(birth("'; drop table cases.offer; --", 'D-3'))
  await cases.happened({ ...birth(mother.subject!, 'D-4'), type: 'hospitals.somethingElse' })

  assert.deepEqual(await cases.offersOf(mother), [])
  assert.deepEqual(tellings(mother), [])
})

test('killed before the message was sent, the same news again sends it', async () => {
  const mother = person()
  broken = 1

  await assert.rejects(cases.happened(birth(mother.subject!, 'D-5')), /messenger/)
  await cases.happened(birth(mother.subject!, 'D-5'))

  assert.equal((await cases.offersOf(mother)).length, 1)
  assert.equal(tellings(mother).length, 1)
})

test('an offer is taken: the form begins with what is known, pressed twice it is one, and sending it ends the offer', async () => {
  const mother = person()
  await cases.happened(birth(mother.subject!, 'D-6'))
  const [offer] = await cases.offersOf(mother)

  const [draft, again] = await Promise.all([
    cases.takeOffer(offer!.id, { language: 'en' }, mother),
    cases.takeOffer(offer!.id, { language: 'en' }, mother),
  ])
  const body = { delivery: 'D-6', childName: 'Noor' }
  await cases.saveDraft({ draft: draft.id, page: 'birth', body, version: 1 }, mother)
  await cases.submit(draft.id, mother)
  await home.jobs.idle()

  assert.equal(again.id, draft.id)
  assert.deepEqual(draft.form.answers, { delivery: 'D-6' })
  assert.deepEqual(await cases.offersOf(mother), [])
  await assert.rejects(cases.takeOffer(offer!.id, { language: 'en' }, mother), code('offer-not-found'))
})

test('nobody else sees, takes or declines an offer', async () => {
  const mother = person()
  await cases.happened(birth(mother.subject!, 'D-7'))
  const [offer] = await cases.offersOf(mother)

  for (const other of [person(), { ...person(), subject: undefined } as Context]) {
    await assert.rejects(cases.takeOffer(offer!.id, { language: 'en' }, other), code('offer-not-found'))
    await assert.rejects(cases.declineOffer(offer!.id, other), code('offer-not-found'))
  }
  await assert.rejects(cases.declineOffer('nonsense', mother), code('offer-not-found'))
  assert.equal((await cases.offersOf(mother)).length, 1)
})

test('an offer is declined once and for all', async () => {
  const mother = person()
  await cases.happened(birth(mother.subject!, 'D-8'))
  const [offer] = await cases.offersOf(mother)

  await cases.declineOffer(offer!.id, mother)
  await cases.declineOffer(offer!.id, mother)
  await cases.happened(birth(mother.subject!, 'D-8'))

  assert.deepEqual(await cases.offersOf(mother), [])
  assert.equal(tellings(mother).length, 1)
})

test('who applied before the news came is not told, and who applies without the offer ends it', async () => {
  const [early, busy] = [person(), person()]
  const answers = (delivery: string) => ({ delivery, childName: 'Noor' })
  const application = { service: 'claim', language: 'en', key: 'own' }

  await cases.apply({ ...application, answers: answers('D-9') }, early)
  await cases.happened(birth(early.subject!, 'D-9'))
  await cases.happened(birth(busy.subject!, 'D-10'))
  await cases.apply({ ...application, answers: answers('D-10') }, busy)
  await home.jobs.idle()

  assert.deepEqual([await cases.offersOf(early), tellings(early)], [[], []])
  assert.deepEqual(await cases.offersOf(busy), [])
})

test('an offer that nobody takes lapses, and a case for outreach begins by itself, once', async () => {
  const mother = person()
  await cases.happened(birth(mother.subject!, 'D-11'))
  const [offer] = await cases.offersOf(mother)

  await home.clock.move('P31D')
  await home.jobs.idle()
  await cases.happened({
    type: 'offers.lapsed',
    key: offer!.id,
    data: { offer: 'claim-your-child', person: mother.subject!, delivery: 'D-11' },
  })
  await home.jobs.idle()

  assert.deepEqual(await cases.offersOf(mother), [])
  const { tasks } = await cases.queue({ limit: 100 }, officer)
  const { applications } = await cases.applicationsOf({}, mother)
  assert.deepEqual(
    applications.map(({ service }) => service.id),
    ['outreach'],
  )
  assert.equal(tasks.filter(({ caseId }) => caseId === applications[0]!.caseId).length, 1)
})

test('records whose date comes near are looked at once each, as their time comes', async () => {
  const [soon, later] = [person(), person()]
  const today = home.clock.today()
  const inDays = (days: number) => new Date(Date.parse(today) + days * 86_400_000).toISOString().slice(0, 10)
  permits.push(
    { id: randomUUID(), number: 'P-1', holder: soon.subject!, validUntil: inDays(40) },
    { id: randomUUID(), number: 'P-2', holder: later.subject!, validUntil: inDays(65) },
  )
  const before = looked

  await home.clock.move('P2D')
  await home.jobs.idle()
  const first = [await cases.offersOf(soon), await cases.offersOf(later)].map(({ length }) => length)
  for (let day = 0; day < 6; day++) {
    await home.clock.move('P1D')
    await home.jobs.idle()
  }
  const offers = [await cases.offersOf(soon), await cases.offersOf(later)].map(({ length }) => length)
  const draft = await cases.takeOffer((await cases.offersOf(soon))[0]!.id, { language: 'en' }, soon)

  assert.deepEqual(
    [first, offers],
    [
      [1, 0],
      [1, 1],
    ],
  )
  assert.equal(looked - before, 2, 'each record is read once, so that each person has one entry in their log')
  assert.deepEqual(draft.form.answers, { permit: 'P-1', months: 12 })
  assert.equal(draft.form.isComplete, true)
  assert.ok(tellings(soon)[0]!.facts.days)
})

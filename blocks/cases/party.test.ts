// Tests of parties besides the applicant: asked under their own id, shown what concerns them, and nobody else answers for them.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test, { after, before } from 'node:test'
import * as catalogue from '@ashlar/catalogue'
import { decide } from '@ashlar/decisions'
import { createCalendar } from '@ashlar/kernel/calendar'
import { problem } from '@ashlar/kernel/problem'
import type { Context } from '@ashlar/kernel/sql'
import { checkWalls } from '@ashlar/kernel/sql'
import { house, prepareAll } from '@ashlar/kernel/testing'
import { createWorkflow } from '@ashlar/workflow'
import { createCases } from './cases.ts'
import { officer } from './life-fixture.test.ts'
import { code, countryFile, workingDays } from './lowland-test.ts'

const files = new Map<string, string>([
  countryFile(),
  [
    'services/pact/service.yaml',
    `service: pact
version: 1.0.0
authority: labour
law: [Pact Act s.1]
audience: [anyone]
channels: [web, api]
sign-in: low
prefix: PA
parties:
  applicant: { is: either, represented-by: [mandate] }
  partner: { is: either, joins: invited, from: partner.id, represented-by: [director] }
form:
  - page: who
    questions:
      partner: { type: party, of: partner }
      terms: { type: text, max: 200 }
      secret: { type: text, max: 200 }
flow:
  - ask: co-sign
    party: partner
    facts: [terms]
    outcomes: [agree, disagree, askForChange]
    questions:
      wish: { type: text, max: 200, optional: true }
    within: 10 days
    on-expiry: disagree
  - choose:
      - { when: 'coSign.outcome = "agree"', then: [{ close: signed }] }
      - { when: 'coSign.outcome = "askForChange"', then: [{ close: changed }] }
      - else: [{ close: unsigned }]
clock: { term: 30 days, from: submitted, on-breach: alarm }
`,
  ],
])

const [ANN, BO, EVE, FIRM, DIRECTOR] = Array.from({ length: 5 }, () => randomUUID()) as [
  string,
  string,
  string,
  string,
  string,
]
const Refused = problem('acting-ended', 403, 'You may no longer act for them')
const person = (id: string, more: Partial<Context> = {}): Context => ({
  tenant: null,
  actor: { kind: 'person', id },
  subject: id,
  assurance: 'substantial',
  purpose: 'apply',
  channel: 'web',
  trace: 't',
  ...more,
})
const director = person(DIRECTOR, { subject: FIRM, represented: { kind: 'organisation', id: FIRM } })
let mayAct = true
let home: Awaited<ReturnType<typeof house<'cases' | 'workflow'>>>
let cases: ReturnType<typeof createCases>

before(async () => {
  const { country, problems } = catalogue.readCountry('lowland', files)
  assert.deepEqual(problems, [])
  home = await house({ blocks: ['cases', 'workflow'], at: '2026-03-02T09:00:00Z' })
  const definition = async (id: string) => country!.services[id]!
  const calendar = createCalendar(workingDays)
  cases = createCases({
    ...home.cases,
    calendar,
    form: catalogue,
    decide,
    decimals: 2,
    leads: [],
    definition,
    lookUp: async () => assert.fail('nothing is looked up'),
    consent: { record: async () => randomUUID() },
    findParty: async ({ number }) => ({ bo: { id: BO }, firm: { id: FIRM } })[number],
    nameOf: async (id) => (id === DIRECTOR ? 'Dora' : undefined),
    representation: async ({ represented }) => {
      if (represented === undefined) return undefined
      if (!mayAct) throw Refused()
      return { basis: 'director', actor: 'Dora', represented: 'The firm' }
    },
  })
  const workflow = createWorkflow({
    ...home.workflow,
    steps: cases.steps,
    definition,
    decide,
    calendar,
    money: (value) => ({ value, currency: 'LWD' }),
  })
  cases.followProcesses(workflow)
  await home.jobs.start()
})
after(() => home.stop())

async function sent(partner = 'bo', context = person(ANN)) {
  const draft = await cases.startDraft({ service: 'pact', language: 'en', name: 'Ann' }, context)
  const body = { 'partner-number': partner, 'partner-born': '1990-01-01', terms: 'half and half', secret: 'my own' }
  await cases.saveDraft({ draft: draft.id, page: 'who', body, version: 1 }, context)
  const receipt = await cases.submit(draft.id, context)
  await home.jobs.idle()
  return receipt
}

test('every statement fits the schema, and the walls stand', async () => {
  assert.deepEqual((await prepareAll(home, 'cases')).faults, [])
  const { faults } = await checkWalls(home.url)
  assert.deepEqual(
    faults.filter(({ what }) => what.includes('cases.')),
    [],
  )
})

test('the invited party sees what concerns it and no more, and its answer moves the case of another', async () => {
  const { caseId, reference } = await sent()
  const [request] = await cases.requestsOf(person(BO))

  assert.deepEqual([request?.reference, request?.party, request?.name], [reference, 'partner', 'co-sign'])
  const shown = await cases.getRequest(request!.id, person(BO))
  assert.deepEqual([shown.applicant, shown.facts], ['Ann', { terms: 'half and half' }])
  assert.ok(!JSON.stringify(shown).includes('my own'))
  await assert.rejects(cases.getApplication(reference, person(BO)), code('application-not-found'))
  assert.equal((await cases.getApplication(reference, person(ANN))).waitsFor, 'party')

  await cases.answer({ request: request!.id, outcome: 'agree', body: {} }, person(BO))
  await cases.answer({ request: request!.id, outcome: 'agree', body: {} }, person(BO))
  await home.jobs.idle()
  const after = await cases.getApplication(reference, person(ANN))
  assert.deepEqual([after.status, after.result], ['closed', 'signed'])
  assert.ok(after.timeline.some(({ kind, by }) => kind === 'request-answered' && by === 'party'))
  assert.equal((await cases.getCase({ id: caseId, reason: 'a test' }, officer('sana'))).result, 'signed')
})

test('neither the applicant nor anybody else answers for the party', async () => {
  await sent()
  const [request] = await cases.requestsOf(person(BO))
  const answer = { request: request!.id, outcome: 'agree', body: {} }

  for (const other of [person(ANN), person(EVE)]) {
    assert.deepEqual(await cases.requestsOf(other), [])
    await assert.rejects(cases.answer(answer, other), code('request-not-found'))
    await assert.rejects(cases.getRequest(request!.id, other), code('request-not-found'))
  }
  await assert.rejects(cases.answer({ ...answer, outcome: 'perhaps' }, person(BO)), code('outcome-not-offered'))
  await cases.answer({ ...answer, outcome: 'askForChange', body: { wish: 'two thirds' } }, person(BO))
  await assert.rejects(cases.answer(answer, person(BO)), code('request-ended'))
})

test('who does not answer in time has not agreed, and the clock of the law stood still', async () => {
  const { caseId, reference } = await sent()
  const before = await cases.getCase({ id: caseId, reason: 'a test' }, officer('sana'))

  await home.clock.move('P11D')
  await home.jobs.idle()

  const after = await cases.getApplication(reference, person(ANN))
  assert.deepEqual([after.status, after.result], ['closed', 'unsigned'])
  assert.ok(before.clock?.pausedAt)
  assert.ok(after.timeline.some(({ kind, by }) => kind === 'request-expired' && by === 'law'))
})

test('an organisation is asked through whoever represents it, and only while they do', async () => {
  const { reference } = await sent('firm')
  const [request] = await cases.requestsOf(director)
  assert.equal(request?.party, 'partner')

  mayAct = false
  await assert.rejects(cases.getRequest(request!.id, director), code('acting-ended'))
  await assert.rejects(
    cases.answer({ request: request!.id, outcome: 'agree', body: {} }, director),
    code('acting-ended'),
  )
  mayAct = true
  await cases.answer({ request: request!.id, outcome: 'agree', body: {} }, director)
  await home.jobs.idle()
  assert.equal((await cases.getApplication(reference, person(ANN))).result, 'signed')
})

test('nobody is named by an id that was made up, nor applied for without a right', async () => {
  const context = person(ANN)
  const draft = await cases.startDraft({ service: 'pact', language: 'en' }, context)
  const body = { 'partner-number': 'nobody', 'partner-born': '1990-01-01', terms: 'x', secret: 'y' }
  await assert.rejects(
    cases.saveDraft({ draft: draft.id, page: 'who', body, version: 1 }, context),
    code('answers-not-valid'),
  )
  const answers = {
    partner: { number: 'nobody', born: '1990-01-01', id: EVE, kind: 'person' },
    terms: 'x',
    secret: 'y',
  }
  await assert.rejects(
    cases.apply({ service: 'pact', language: 'en', key: 'made-up', answers }, context),
    code('answers-not-valid'),
  )

  // A mandate that is revoked in the middle of a draft.
  const begun = await cases.startDraft({ service: 'pact', language: 'en' }, director)
  const whole = { ...body, 'partner-number': 'bo' }
  await cases.saveDraft({ draft: begun.id, page: 'who', body: whole, version: 1 }, director)
  mayAct = false
  await assert.rejects(cases.getDraft(begun.id, director), code('acting-ended'))
  await assert.rejects(cases.submit(begun.id, director), code('acting-ended'))
  await assert.rejects(cases.applicationsOf({}, director), code('acting-ended'))
  await assert.rejects(cases.startDraft({ service: 'pact', language: 'en' }, director), code('acting-ended'))
  mayAct = true
  const receipt = await cases.submit(begun.id, director)
  const seen = await cases.getApplication(receipt.reference, director)
  assert.deepEqual([seen.representative?.actor, seen.representative?.represented], ['Dora', 'The firm'])
  assert.deepEqual(
    seen.timeline.filter(({ kind }) => kind === 'submitted').map(({ by, name }) => [by, name]),
    [['representative', 'Dora']],
  )
})

// Proves that a case opens one of another agency once, on a ground, and that its end, or its parent's, comes through.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test, { after, before, beforeEach } from 'node:test'
import * as catalogue from '@ashlar/catalogue'
import type { DataUse } from '@ashlar/consent'
import { decide } from '@ashlar/decisions'
import { createCalendar } from '@ashlar/kernel/calendar'
import { isProblem } from '@ashlar/kernel/problem'
import type { Context } from '@ashlar/kernel/sql'
import { house, type TestHouse } from '@ashlar/kernel/testing'
import { createWorkflow, type Workflow } from '@ashlar/workflow'
import { type Cases, createCases } from './cases.ts'
import { countryFile, person, workingDays } from './lowland-test.ts'

const service = (id: string, authority: string, prefix: string, rest: string) =>
  [
    `services/${id}/service.yaml`,
    `service: ${id}
version: 1.0.0
authority: ${authority}
law: [Act s.1]
audience: [person]
channels: [web, event]
sign-in: low
prefix: ${prefix}
parties: { applicant: { is: person } }
${rest}`,
  ] as const
const files = new Map<string, string>([
  countryFile(),
  service(
    'register',
    'registry',
    'RG',
    `form:
  - page: child
    questions:
      childName: { type: name }
      child: { type: text }
flow:
  - parallel:
      patient:
        - step: cases.open
          with:
            service: '"join"'
            person: child
            data: '{ childName: childName }'
            register: '"births"'
            agreement: '"health-births"'
            purpose: '"care"'
            case: case.reference
          as: patient
      quick:
        - wait: { for: 1 hour }
  - when: patient.result = "granted"
    then: [{ close: registered }]
    else: [{ close: partly }]
`,
  ),
  service(
    'join',
    'health',
    'JN',
    `form:
  - page: child
    questions:
      childName: { type: name }
flow:
  - task: enrol
    role: clerk
    facts: [childName]
    outcomes: [enrol, refuse]
  - when: enrol.outcome = "enrol"
    then: [{ close: granted }]
    else: [{ close: refused }]
`,
  ),
])
const { country, problems } = catalogue.readCountry('lowland', files)
assert.deepEqual(problems, [])

const calendar = createCalendar(workingDays)
const clerk: Context = {
  tenant: 'health',
  actor: { kind: 'staff', id: 'clara' },
  roles: ['clerk'],
  purpose: 'case-work',
  channel: 'web',
  trace: 'test',
}

let home: TestHouse<'cases' | 'workflow'>
let cases: Cases
let workflow: Workflow
let uses: DataUse[] = []
let permitted = true
/** How often the log stumbles after the other case was opened or before. */
let stumble = 0

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
    lookUp: async () => ({ records: [], count: 0, bestScore: 0, use: '', at: '' }),
    consent: {
      permits: async ({ reader, fields }) =>
        permitted && reader === 'health' && fields.join() === 'childName'
          ? { permitted: true, agreement: { law: 'Health Act s.9', basis: 'law' } as never }
          : { permitted: false, reason: 'other-fields', detail: 'not these' },
      record: async (use) => {
        if (stumble-- > 0) throw new Error('killed')
        uses.push(use)
        return randomUUID()
      },
    },
  })
  workflow = createWorkflow({
    ...home.workflow,
    steps: cases.steps,
    definition,
    decide,
    calendar,
    money: (amount) => ({ value: amount * 100, currency: 'LWD' }),
    limits: { attempts: 3 },
  })
  cases.followProcesses(workflow)
  await home.jobs.start()
})
after(() => home?.stop())
beforeEach(() => {
  uses = []
  permitted = true
})

async function register(parent: Context, child = randomUUID()) {
  const answers = { childName: 'Noor', child }
  const receipt = await cases.apply({ service: 'register', language: 'en', key: randomUUID(), answers }, parent)
  await home.jobs.idle()
  const [application] = (await cases.applicationsOf({}, person(child))).applications
  return { ...receipt, child, application }
}

async function decideOn(caseId: string, outcome: string) {
  const task = (await cases.queue({ limit: 100 }, clerk)).tasks.find((task) => task.caseId === caseId)!
  const view = await cases.getCase({ id: caseId }, clerk)
  await cases.decide({ task: task.task, outcome, version: view.version }, clerk)
  await home.jobs.idle()
}

test('a case opens one of another agency for the child, under an agreement, and shows how it stands', async () => {
  const parent = person()

  const { caseId, child, application, reference } = await register(parent)
  const [leg, ...others] = await cases.legsOf(caseId, parent)
  const seen = await cases.getApplication(caseId, parent)

  assert.equal(application?.service.id, 'join')
  assert.deepEqual(others, [])
  assert.deepEqual(
    [leg?.service, leg?.authority, leg?.status, leg?.waitsFor],
    ['join', 'health', 'in-progress', 'officer'],
  )
  assert.ok(seen.timeline.some(({ kind }) => kind === 'leg-opened'))
  const [use] = uses.filter(({ register }) => register === 'births')
  assert.deepEqual(
    [use?.reader, use?.fields, use?.law, use?.case, new Set(use?.persons)],
    ['health', ['childName'], 'Health Act s.9', reference, new Set([child, parent.subject])],
  )
})

test('its result comes back and moves the first case on; the applicant reads both ends in one timeline', async () => {
  const parent = person()
  const { caseId, application } = await register(parent)

  await decideOn(application!.caseId, 'enrol')
  await home.clock.move('PT2H')
  await home.jobs.idle()

  const seen = await cases.getApplication(caseId, parent)
  const [leg] = await cases.legsOf(caseId, parent)
  assert.deepEqual([seen.status, seen.result, leg?.result], ['closed', 'registered', 'granted'])
  assert.deepEqual(
    seen.timeline.map(({ kind }) => kind).filter((kind) => kind.startsWith('leg')),
    ['leg-opened', 'leg-ended'],
  )
})

test('one leg is refused, and the whole ends with what was reached', async () => {
  const parent = person()
  const { caseId, application } = await register(parent)

  await decideOn(application!.caseId, 'refuse')
  await home.clock.move('PT2H')
  await home.jobs.idle()

  assert.equal((await cases.getApplication(caseId, parent)).result, 'partly')
})

test('killed on the way, it opens one case', async () => {
  const parent = person()
  stumble = 1

  const { caseId, child } = await register(parent)

  assert.equal((await cases.legsOf(caseId, parent)).length, 1)
  assert.equal((await cases.applicationsOf({}, person(child))).applications.length, 1)
})

test('without an agreement nothing is opened or passed on, and a person has to look at it', async () => {
  permitted = false
  const parent = person()

  const { caseId, application } = await register(parent)

  assert.equal(application, undefined)
  assert.deepEqual(await cases.legsOf(caseId, parent), [])
  assert.equal((await cases.getApplication(caseId, parent)).stuck, true)
})

test('who takes the first case back takes the other with it', async () => {
  const parent = person()
  const { caseId, application, child } = await register(parent)

  await cases.withdraw({ case: caseId }, parent)
  await home.jobs.idle()

  const taken = await cases.getApplication(application!.caseId, person(child))
  assert.deepEqual([taken.status, taken.result], ['closed', 'withdrawn'])
})

test('nobody else learns how the legs stand; the agency that has one sees all of them, and no more than that', async () => {
  const parent = person()
  const { caseId, application } = await register(parent)

  assert.deepEqual(await cases.legsOf(caseId, person()), [])
  assert.deepEqual(await cases.legsOf(caseId, { ...clerk, tenant: 'police' }), [])
  const seen = await cases.legsOf(application!.caseId, clerk)
  assert.deepEqual(
    seen.map(({ service, authority }) => [service, authority]),
    [['register', 'registry']],
  )
  assert.deepEqual(Object.keys(seen[0]!).sort(), ['authority', 'openedAt', 'reference', 'service', 'status', 'stuck'])
  await assert.rejects(cases.legsOf('x', parent), (error) => isProblem(error) && error.code === 'case-not-found')
})

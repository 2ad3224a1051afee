// Proves through the door, on a real database: one submission, one state, one decision, and clocks that stop and go on.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test, { after, before } from 'node:test'
import * as catalogue from '@ashlar/catalogue'
import type { DataUse } from '@ashlar/consent'
import { decide } from '@ashlar/decisions'
import { createCalendar } from '@ashlar/kernel/calendar'
import { isProblem } from '@ashlar/kernel/problem'
import type { Context } from '@ashlar/kernel/sql'
import { checkWalls } from '@ashlar/kernel/sql'
import { house, prepareAll, type TestHouse } from '@ashlar/kernel/testing'
import { createWorkflow, type Outcome, type Workflow } from '@ashlar/workflow'
import { type CaseNeeds, type Cases, createCases } from './cases.ts'
import { code, countryFile, person, populationFile, workingDays } from './lowland-test.ts'

const files = new Map<string, string>([
  countryFile(),
  populationFile,
  [
    'services/permit/service.yaml',
    `service: permit
version: 1.0.0
authority: labour
law: [Permit Act s.1]
audience: [person]
channels: [web, api]
sign-in: low
prefix: PM
parties: { applicant: { is: person } }
evidence:
  person:
    register: population
    by: { personNumber: applicant.id }
    fields: [fullName]
    purpose: permits
    agreement: labour-population
    at: form
form:
  - page: purpose
    questions:
      purpose: { type: choice, options: [quick, work, other] }
  - page: detail
    when: purpose = "other"
    questions:
      detail: { type: text, max: 200 }
flow:
  - when: purpose = "quick"
    then:
      - close: granted
  - task: decide-permit
    role: permit-officer
    facts: [person, purpose]
    outcomes: [grant, refuse]
    reasons: { refuse: [incomplete, notEntitled] }
    within: 10 working days
    on-expiry: grant
  - when: decidePermit.outcome = "grant"
    then:
      - close: granted
    else:
      - close: refused
clock: { term: 30 days, from: submitted, on-breach: alarm }
`,
  ],
  [
    'services/question/service.yaml',
    `service: question
version: 1.0.0
authority: labour
law: [Permit Act s.2]
audience: [anyone]
channels: [web]
sign-in: none
prefix: QU
parties: { applicant: { is: either } }
form:
  - page: words
    questions:
      words: { type: text, max: 200 }
      copy: { type: yesNo, optional: true }
flow:
  - ask: more
    questions: { colour: { type: choice, options: [red, green] } }
    within: 5 days
    outcomes: [given, withheld]
    on-expiry: withheld
  - when: more.outcome = "given" and more.answers.colour = "green"
    then:
      - close: granted
    else:
      - close: refused
clock: { term: 10 days, from: submitted, on-breach: alarm }
`,
  ],
  [
    'services/slow/service.yaml',
    `service: slow
version: 1.0.0
authority: labour
law: [Permit Act s.3]
audience: [anyone]
channels: [web]
sign-in: none
prefix: SL
parties: { applicant: { is: either } }
form:
  - page: words
    questions:
      words: { type: text, max: 200 }
flow:
  - task: read
    role: slow-officer
    facts: [words]
    outcomes: [done]
  - close: granted
clock: { term: 10 days, from: submitted, on-breach: alarm }
`,
  ],
  [
    'services/paper/service.yaml',
    `service: paper
version: 1.0.0
authority: labour
law: [Permit Act s.5]
audience: [anyone]
channels: [web, api]
sign-in: none
prefix: PA
parties: { applicant: { is: either } }
form:
  - page: proof
    questions:
      proof: { type: file, max: 1, accept: [application/pdf] }
      more: { type: file, optional: true }
flow:
  - close: granted
`,
  ],
  [
    'services/fragile/service.yaml',
    `service: fragile
version: 1.0.0
authority: labour
law: [Permit Act s.4]
audience: [anyone]
channels: [web]
sign-in: none
prefix: FR
parties: { applicant: { is: either } }
form:
  - page: words
    questions:
      words: { type: text, max: 200 }
flow:
  - step: test.fragile
  - close: granted
`,
  ],
])
const { country, problems } = catalogue.readCountry('lowland', files)
assert.deepEqual(problems, [])

const calendar = createCalendar(workingDays)
const guest = (id: string = randomUUID()): Context => ({ ...person(id), actor: { kind: 'anonymous', id: '' } })
const officer = (id: string, more: Partial<Context> = {}): Context => ({
  tenant: 'labour',
  actor: { kind: 'staff', id },
  roles: ['permit-officer'],
  unit: 'permits',
  purpose: 'case-work',
  channel: 'web',
  trace: 'test',
  ...more,
})
const sana = officer('sana')
const ravi = officer('ravi')

let home: TestHouse<'cases' | 'workflow'>
let cases: Cases
let workflow: Workflow
let looked: Parameters<CaseNeeds['lookUp']>[0][]
let uses: DataUse[]
let attached: { files: string[]; caseId: string; subject: string | undefined }[]
let versions: Record<string, catalogue.PublicService>
/** What the step of another block answers. */
let fragile: Outcome = { done: null }

before(async () => {
  home = await house({ blocks: ['cases', 'workflow'] })
  looked = []
  uses = []
  attached = []
  versions = { ...country!.services }
  const definition = async (id: string, version?: string) => {
    const found = version === undefined ? versions[id] : (versions[`${id}@${version}`] ?? versions[id])
    if (found === undefined) throw new Error(`no ${id}`)
    return found
  }
  cases = createCases({
    ...home.cases,
    calendar,
    form: catalogue,
    decide,
    decimals: 2,
    leads: ['team-lead'],
    definition,
    attachFiles: async (files, caseId, { subject, tenant }) => {
      assert.equal(tenant, null)
      attached.push({ files, caseId, subject })
    },
    lookUp: async (request) => {
      looked.push(request)
      const values = { fullName: `Person ${String(request.by?.personNumber).slice(0, 4)}` }
      const records = [{ id: randomUUID(), values, version: 1, at: home.clock.now().toISOString() }]
      return { records, count: 1, bestScore: 0, use: randomUUID(), at: home.clock.now().toISOString() }
    },
    consent: {
      record: async (use) => {
        uses.push(use)
        return randomUUID()
      },
    },
  })
  workflow = createWorkflow({
    ...home.workflow,
    steps: [...cases.steps, { name: 'test.fragile', run: async (commands) => commands.map(() => fragile) }],
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

/** A draft with the first page saved. */
async function draftFor(context: Context, purpose = 'work') {
  const draft = await cases.startDraft({ service: 'permit', language: 'en', name: 'Amina' }, context)
  return cases.saveDraft({ draft: draft.id, page: 'purpose', body: { purpose }, version: draft.version }, context)
}

async function submitted(context: Context, purpose = 'work') {
  const draft = await draftFor(context, purpose)
  const receipt = await cases.submit(draft.id, context)
  await home.jobs.idle()
  return receipt
}

test('a draft keeps each page and its evidence, and knows what is next', async () => {
  const context = person()
  const before = looked.length

  const draft = await cases.startDraft({ service: 'permit', language: 'en' }, context)
  const asked = await cases.saveDraft(
    { draft: draft.id, page: 'purpose', body: { purpose: 'other' }, version: 1 },
    context,
  )
  const done = await cases.saveDraft({ draft: draft.id, page: 'detail', body: { detail: 'آمنة' }, version: 2 }, context)

  assert.equal(draft.form.next?.page.id, 'purpose')
  assert.deepEqual(draft.evidence[0]?.fact, { fullName: `Person ${context.subject!.slice(0, 4)}` })
  assert.equal(asked.form.next?.page.id, 'detail')
  assert.equal(done.form.isComplete, true)
  assert.equal(looked.length, before + 1, 'the same keys are looked up once')
  assert.deepEqual((await cases.getDraft(draft.id, context)).form.answers, { purpose: 'other', detail: 'آمنة' })
  assert.equal((await cases.draftsOf(context)).length, 1)
})

test('answers that are not as they must be are refused by question, and nothing is saved', async () => {
  const context = person()
  const draft = await cases.startDraft({ service: 'permit', language: 'en' }, context)

  const wrong = cases.saveDraft(
    { draft: draft.id, page: 'purpose', body: { purpose: 'x'.repeat(1000) }, version: 1 },
    context,
  )

  await assert.rejects(wrong, (error) => {
    assert.ok(isProblem(error) && error.code === 'answers-not-valid')
    assert.equal(error.errors?.[0]?.pointer, '/answers/purpose')
    return true
  })
  await assert.rejects(
    cases.saveDraft({ draft: draft.id, page: 'detail', body: {}, version: 1 }, context),
    code('page-not-found'),
  )
  assert.equal((await cases.getDraft(draft.id, context)).version, 1)
})

test('two tabs: the second save of another page is refused and told the version; the same form twice is one save', async () => {
  const context = person()
  const draft = await cases.startDraft({ service: 'permit', language: 'en' }, context)
  const save = (purpose: string) =>
    cases.saveDraft({ draft: draft.id, page: 'purpose', body: { purpose }, version: 1 }, context)

  const twice = await Promise.all([save('work'), save('work')])
  const other = save('other')

  assert.deepEqual(
    twice.map(({ version }) => version),
    [2, 2],
  )
  await assert.rejects(
    other,
    (error) => isProblem(error) && error.code === 'draft-moved-on' && error.members?.version === 2,
  )
})

test('nobody else sees a draft: not another person, not a guest, not the agency', async () => {
  const context = person()
  const draft = await draftFor(context)

  for (const other of [person(), guest(), sana, { ...context, subject: undefined }] as Context[])
    await assert.rejects(cases.getDraft(draft.id, other), code('draft-not-found'))
  await assert.rejects(cases.getDraft('nonsense', context), code('draft-not-found'))
})

test('the same draft sent ten times at once is one case with one receipt', async () => {
  const context = person()
  const draft = await draftFor(context)

  const receipts = await Promise.all(Array.from({ length: 10 }, () => cases.submit(draft.id, context)))
  const again = await cases.submit(draft.id, context)
  await home.jobs.idle()

  assert.equal(new Set(receipts.map((receipt) => JSON.stringify(receipt))).size, 1)
  assert.deepEqual(again, receipts[0])
  assert.match(again.reference, /^PM-26-/)
  assert.equal((await cases.applicationsOf({}, context)).applications.length, 1)
  assert.equal((await workflow.of(again.caseId, { ...sana, tenant: '*' })).length, 1)
})

test('a draft that is not complete is not sent, and says which pages are missing', async () => {
  const context = person()
  const draft = await draftFor(context, 'other')

  await assert.rejects(cases.submit(draft.id, context), (error) => {
    assert.ok(isProblem(error) && error.code === 'draft-not-complete')
    assert.deepEqual(error.members?.pages, ['detail'])
    return true
  })
})

test('an application in one piece, its key used again, is one application', async () => {
  const context = person()
  const application = { service: 'permit', language: 'en', key: 'k-1', answers: { purpose: 'quick' } }

  const receipts = await Promise.all(Array.from({ length: 8 }, () => cases.apply(application, context)))
  const wrong = cases.apply({ ...application, key: 'k-2', answers: { purpose: 'never', foo: 1 } }, context)

  assert.equal(new Set(receipts.map(({ reference }) => reference)).size, 1)
  await assert.rejects(wrong, code('answers-not-valid'))
})

test('a clean case is closed by its process, and applicant and officer see the one state of it', async () => {
  const context = person()
  const { caseId, reference } = await submitted(context, 'quick')

  const seen = await cases.getApplication(reference, context)
  const opened = await cases.getCase({ id: caseId, reason: 'A call from the applicant' }, sana)

  assert.equal(seen.status, 'closed')
  assert.equal(seen.result, 'granted')
  assert.deepEqual([opened.status, opened.result, opened.version], [seen.status, seen.result, seen.version])
  assert.deepEqual(
    seen.timeline.map(({ kind, by }) => [kind, by]),
    [
      ['submitted', 'you'],
      ['closed', 'system'],
    ],
  )
})

test('an officer sees the queue by legal deadline, claims, decides; the process goes on and closes', async () => {
  const context = person()
  const { caseId, reference } = await submitted(context)

  const { tasks } = await cases.queue({ limit: 100 }, sana)
  const mine = tasks.find((task) => task.caseId === caseId)!
  assert.equal(mine.name, 'decide-permit')
  assert.equal(mine.due, '2026-03-16T23:59:59.999Z')
  await cases.claim(mine.task, sana)
  await cases.claim(mine.task, sana)
  await assert.rejects(cases.claim(mine.task, ravi), code('task-taken'))
  await assert.rejects(cases.release(mine.task, ravi), code('task-taken'))
  assert.equal((await cases.getCase({ id: caseId }, ravi)).tasks[0]?.releasable, false)
  const lead: Context = { ...ravi, roles: [...ravi.roles!, 'team-lead'] }
  assert.equal((await cases.getCase({ id: caseId }, lead)).tasks[0]?.releasable, true)
  await cases.release(mine.task, lead)
  await cases.claim(mine.task, sana)
  assert.equal((await cases.counts({}, sana)).mine, 1)
  const opened = await cases.getCase({ id: caseId }, sana)
  assert.deepEqual(opened.tasks[0]?.facts.purpose, 'work')
  assert.equal(opened.waitsFor, 'officer')
  await cases.decide(
    { task: mine.task, outcome: 'refuse', reason: 'incomplete', note: 'photo missing', version: opened.version },
    sana,
  )
  await home.jobs.idle()

  const seen = await cases.getApplication(reference, context)
  assert.equal(seen.status, 'closed')
  assert.equal(seen.result, 'refused')
  assert.deepEqual(
    seen.timeline.find(({ kind }) => kind === 'decided'),
    {
      at: '2026-03-02T09:00:00.000Z',
      kind: 'decided',
      by: 'office',
      data: { task: 'decide-permit' },
    },
  )
  const after = await cases.getCase({ id: caseId }, sana)
  assert.equal(after.tasks[0]?.decision?.note, 'photo missing')
  assert.equal(after.timeline.find(({ kind }) => kind === 'decided')?.by, 'staff:sana')
  await assert.rejects(
    cases.decide({ task: mine.task, outcome: 'grant', version: after.version }, sana),
    code('task-ended'),
  )
})

test('two officers decide one case at the same moment: one decision, the other is told', async () => {
  const { caseId } = await submitted(person())
  const { tasks, version } = await cases.getCase({ id: caseId }, sana)
  const decision = { task: tasks[0]!.id, version }

  const results = await Promise.allSettled([
    cases.decide({ ...decision, outcome: 'grant' }, sana),
    cases.decide({ ...decision, outcome: 'refuse', reason: 'notEntitled' }, ravi),
    cases.decide({ ...decision, outcome: 'grant' }, officer('lina')),
  ])
  await home.jobs.idle()

  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
  for (const result of results)
    if (result.status === 'rejected') assert.ok(['case-moved-on', 'task-ended'].includes(result.reason.code))
  const { timeline } = await cases.getCase({ id: caseId }, sana)
  assert.equal(timeline.filter(({ kind }) => kind === 'decided').length, 1)
})

test('a decision on what has changed since is refused with the version, and needs its reason and outcome', async () => {
  const { caseId } = await submitted(person())
  const { tasks, version } = await cases.getCase({ id: caseId }, sana)
  const task = tasks[0]!.id

  await assert.rejects(
    cases.decide({ task, outcome: 'grant', version: version - 1 }, sana),
    (error) => isProblem(error) && error.code === 'case-moved-on' && error.members?.version === version,
  )
  await assert.rejects(cases.decide({ task, outcome: 'refuse', version }, sana), code('decision-reason-needed'))
  await assert.rejects(cases.decide({ task, outcome: 'perhaps', version }, sana), code('outcome-not-offered'))
  await assert.rejects(
    cases.decide({ task, outcome: 'grant', version }, officer('x', { roles: ['clerk'] })),
    code('task-not-yours'),
  )
  await assert.rejects(
    cases.decide({ task, outcome: 'grant', version }, officer('x', { tenant: 'police' })),
    code('task-not-found'),
  )
})

test('opening a case is in the log before data leaves; outside one’s queue only with a reason; never from another agency', async () => {
  const subject = randomUUID()
  const { caseId, reference } = await submitted(person(subject))
  const before = uses.length
  const clerk = officer('noor', { roles: ['clerk'] })

  await cases.getCase({ id: caseId }, sana)
  await assert.rejects(cases.getCase({ id: caseId }, clerk), code('case-needs-reason'))
  await assert.rejects(cases.getCase({ id: caseId, reason: '   ' }, clerk), code('case-needs-reason'))
  await cases.getCase({ id: caseId, reason: 'Asked at the counter' }, clerk)
  await assert.rejects(
    cases.getCase({ id: caseId, reason: 'x' }, officer('x', { tenant: 'police' })),
    code('case-not-found'),
  )

  const [own, foreign, ...more] = uses.slice(before)
  assert.equal(more.length, 0)
  assert.deepEqual([own?.persons, own?.case, own?.purpose, own?.reason], [[subject], reference, 'case-work', undefined])
  assert.equal(foreign?.reason, 'Asked at the counter')
})

test('when the log cannot be written, nothing is shown', async () => {
  const { caseId } = await submitted(person())
  const broken = createCases({
    ...home.cases,
    jobs: { ...home.cases.jobs, handle: () => {} },
    events: { ...home.cases.events, subscribe: () => {}, subscribeAll: () => {} },
    calendar,
    form: catalogue,
    decide,
    decimals: 2,
    leads: ['team-lead'],
    definition: async (id) => versions[id]!,
    lookUp: async () => assert.fail(),
    consent: { record: async () => Promise.reject(new Error('the log is away')) },
  })

  await assert.rejects(broken.getCase({ id: caseId }, sana), /the log is away/)
})

test('asking stops the clock of the law, answering sets it going again, by as many days as it stood', async () => {
  const context = person()
  const { caseId, reference } = await submitted(context)
  const opened = await cases.getCase({ id: caseId }, sana)
  const asked = await cases.ask({ case: caseId, text: 'Which photo is it?', version: opened.version }, sana)
  await assert.rejects(cases.ask({ case: caseId, text: 'again', version: opened.version }, sana), code('case-moved-on'))

  const seen = await cases.getApplication(reference, context)
  assert.deepEqual([seen.status, seen.waitsFor, seen.paused], ['suspended', 'applicant', true])
  const [request] = await cases.requestsOf(context)
  assert.equal(request?.text, 'Which photo is it?')
  await home.clock.move('P7D')
  await home.jobs.idle()
  await cases.answer({ request: request!.id, text: 'The second one' }, context)
  await cases.answer({ request: request!.id, text: 'The second one' }, context)
  await assert.rejects(cases.answer({ request: request!.id, text: 'other' }, context), code('request-ended'))

  const after = await cases.getCase({ id: caseId }, sana)
  assert.deepEqual([after.status, after.waitsFor], ['in-progress', 'officer'])
  assert.equal(Date.parse(after.clock!.deadline!) - Date.parse(opened.clock!.deadline!), 7 * 86_400_000)
  // 10 working days from 2 March end on the 16th; of the 7 days that the clock stood, 5 were working days.
  assert.equal(after.tasks[0]?.due, '2026-03-23T23:59:59.999Z')
  assert.deepEqual(after.requests[0]?.answer, { text: 'The second one' })
  assert.equal(asked.version, opened.version + 1)

  await home.clock.move('P12D')
  await home.jobs.idle()
  assert.equal((await cases.getApplication(reference, context)).status, 'in-progress', 'its own day has not come')
  await home.clock.move('P3D')
  await home.jobs.idle()
  const deemed = await cases.getApplication(reference, context)
  assert.deepEqual([deemed.status, deemed.result], ['closed', 'granted'])
  assert.ok(deemed.timeline.some(({ kind, by }) => kind === 'deemed' && by === 'law'))
})

test('what the law supposes at the end of a term cannot be decided any more, and until then only by the officer', async () => {
  const contexts = Array.from({ length: 8 }, () => person())
  const receipts = await Promise.all(contexts.map((context) => submitted(context)))
  const opened = await Promise.all(receipts.map(({ caseId }) => cases.getCase({ id: caseId }, sana)))
  const due = new Date(opened[0]!.tasks[0]!.due!)
  const decide = ({ tasks, version }: (typeof opened)[number]) =>
    cases.decide({ task: tasks[0]!.id, outcome: 'refuse', reason: 'incomplete', version }, sana).then(
      () => 'decided',
      (error) => error.code as string,
    )

  await home.clock.move(new Date(due.getTime() - 1))
  const inTime = await Promise.all(opened.slice(0, 3).map(decide))
  // Those of the last millisecond wait for the lock of the case while its term passes.
  const between = opened.slice(3, 5).map(decide)
  await home.clock.move(due)
  const late = await Promise.all(opened.slice(5).map(decide))
  const told = [...inTime, ...(await Promise.all(between)), ...late]
  await home.jobs.idle()

  assert.deepEqual([...inTime, ...late], [...inTime.map(() => 'decided'), ...late.map(() => 'task-ended')])
  for (const [index, { caseId }] of receipts.entries()) {
    const after = await cases.getCase({ id: caseId }, sana)
    const kinds = after.timeline.map(({ kind }) => kind).filter((kind) => kind === 'decided' || kind === 'deemed')
    assert.deepEqual(kinds, [told[index] === 'decided' ? 'decided' : 'deemed'])
    assert.equal(after.result, told[index] === 'decided' ? 'refused' : 'granted')
  }
})

test('the term of a case that passes undecided is noticed once, and shown to both', async () => {
  const context = guest()
  const slow = officer('lina', { roles: ['slow-officer'] })
  const draft = await cases.startDraft({ service: 'slow', language: 'en' }, context)
  await cases.saveDraft({ draft: draft.id, page: 'words', body: { words: 'why?' }, version: 1 }, context)
  const { reference, caseId, deadline } = await cases.submit(draft.id, context)
  await home.jobs.idle()

  const { tasks } = await cases.queue({}, slow)
  await home.clock.move('P1Y')
  await home.jobs.idle()
  await home.clock.move('P1D')
  await home.jobs.idle()

  assert.equal(tasks[0]?.caseId, caseId)
  assert.equal((await cases.counts({}, slow)).late, 1)
  const seen = await cases.getApplication(reference, context)
  const opened = await cases.getCase({ id: caseId }, slow)
  assert.equal(seen.overdue, true)
  assert.equal(seen.deadline, deadline)
  assert.equal(opened.clock?.overdue, true)
  assert.deepEqual(
    opened.timeline.filter(({ kind }) => kind === 'overdue').map(({ data }) => data),
    [{ deadline }],
  )
})

test('a question of the flow stops the clock, and its answer goes into the process', async () => {
  const context = guest()
  const draft = await cases.startDraft({ service: 'question', language: 'en' }, context)
  await cases.saveDraft({ draft: draft.id, page: 'words', body: { words: 'why?' }, version: 1 }, context)
  const { reference } = await cases.submit(draft.id, context)
  await home.jobs.idle()
  assert.equal((await cases.getApplication(reference, context)).paused, true)
  const [request] = await cases.requestsOf(context)

  await cases.answer({ request: request!.id, outcome: 'given', body: { colour: 'green' } }, context)
  await home.jobs.idle()

  const seen = await cases.getApplication(reference, context)
  assert.deepEqual([seen.status, seen.result, seen.paused], ['closed', 'granted', false])
})

test('a question of the flow that nobody answers expires, and the process takes what the law supposes', async () => {
  const context = guest()
  const draft = await cases.startDraft({ service: 'question', language: 'en' }, context)
  await cases.saveDraft({ draft: draft.id, page: 'words', body: { words: 'why?' }, version: 1 }, context)
  const { reference } = await cases.submit(draft.id, context)
  await home.jobs.idle()
  const [request] = await cases.requestsOf(context)
  await assert.rejects(
    cases.answer({ request: request!.id, outcome: 'given', body: { colour: 'blue' } }, context),
    code('answers-not-valid'),
  )
  await assert.rejects(
    cases.answer({ request: request!.id, body: { colour: 'red' } }, context),
    code('outcome-not-offered'),
  )

  await home.clock.move('P6D')
  await home.jobs.idle()

  const seen = await cases.getApplication(reference, context)
  assert.deepEqual([seen.status, seen.result], ['closed', 'refused'])
  assert.equal(seen.requests[0]?.state, 'expired')
})

test('a guest keeps a draft by its bearer id, and a code moves it to another device, once', async () => {
  const first = guest()
  const draft = await cases.startDraft({ service: 'question', language: 'en' }, first)
  await cases.saveDraft({ draft: draft.id, page: 'words', body: { words: 'one' }, version: 1 }, first)
  const { code: resume } = await cases.resumeCode(draft.id, first)
  const second = guest()

  assert.match(resume, /^[2-9CDFHJKMNPRTVWXYZ]{8}$/)
  const resumed = await cases.resumeDraft(` ${resume.slice(0, 4).toLowerCase()}-${resume.slice(4)} `, second)

  assert.equal(resumed.form.answers.words, 'one')
  await assert.rejects(cases.resumeDraft(resume, guest()), code('resume-code-not-found'))
  await assert.rejects(cases.getDraft(draft.id, first), code('draft-not-found'))
  assert.equal((await cases.submit(draft.id, second)).service.id, 'question')
})

test('a code of somebody who is signed in opens to them and to staff who act for them, and stays good for others’ tries', async () => {
  const subject = randomUUID()
  const draft = await draftFor(person(subject))
  const { code: resume } = await cases.resumeCode(draft.id, person(subject))

  await assert.rejects(cases.resumeDraft(resume, person()), code('resume-code-not-found'))
  await assert.rejects(cases.resumeDraft('XXXXXXXX', person()), code('resume-code-not-found'))
  const counter: Context = { ...sana, subject, channel: 'counter', purpose: 'assist' }

  assert.equal((await cases.resumeDraft(resume, counter)).id, draft.id)
})

test('a service that needs a sign-in takes no guests, and a withdrawn one nobody', async () => {
  await assert.rejects(
    cases.startDraft({ service: 'permit', language: 'en' }, guest()),
    code('public-service-not-open'),
  )
  const { permit } = versions
  versions.permit = { ...permit!, status: 'withdrawn' }

  await assert.rejects(
    cases.startDraft({ service: 'permit', language: 'en' }, person()),
    code('public-service-not-open'),
  )
  versions.permit = permit!
})

test('who applies is signed in as surely as the service asks, and for whom it lets them', async () => {
  const { permit } = versions
  versions.permit = { ...permit!, signIn: 'substantial' }
  const start = (more: Partial<Context>) =>
    cases.startDraft({ service: 'permit', language: 'en' }, { ...person(), ...more })
  const open = await start({ assurance: 'substantial' })

  await assert.rejects(start({ assurance: 'low' }), code('public-service-not-open'))
  await assert.rejects(start({ assurance: undefined }), code('public-service-not-open'))
  for (const kind of ['person', 'organisation'] as const)
    await assert.rejects(start({ represented: { kind, id: randomUUID() } }), code('public-service-not-open'))
  assert.equal(open.service.id, 'permit')
  versions.permit = permit!
})

test('a draft goes on under a new version: what it still takes is kept, the rest is asked anew', async () => {
  const context = person()
  const draft = await draftFor(context, 'work')
  const { permit } = versions
  const form = permit!.form.map((page) =>
    page.id === 'purpose'
      ? { ...page, questions: page.questions.map((q) => ({ ...q, options: ['study', 'quick'] })) }
      : page,
  )
  versions['permit@1.0.0'] = permit!
  versions.permit = { ...permit!, version: '2.0.0', form }

  await assert.rejects(cases.submit(draft.id, context), code('draft-not-complete'))
  const next = await cases.getDraft(draft.id, context)
  const saved = await cases.saveDraft(
    { draft: draft.id, page: 'purpose', body: { purpose: 'quick' }, version: next.version },
    context,
  )
  const receipt = await cases.submit(draft.id, context)
  await home.jobs.idle()

  assert.equal(next.form.next?.page.id, 'purpose')
  assert.equal(saved.service.version, '2.0.0')
  assert.equal(receipt.service.version, '2.0.0')
  versions.permit = permit!
})

test('a step that fails holds the case up, and applicant and officer see so until it is mended', async () => {
  const context = guest()
  const send = async () => {
    const draft = await cases.startDraft({ service: 'fragile', language: 'en' }, context)
    await cases.saveDraft({ draft: draft.id, page: 'words', body: { words: 'hello' }, version: 1 }, context)
    const receipt = await cases.submit(draft.id, context)
    await home.jobs.idle()
    return receipt
  }
  fragile = { failed: { code: 'printer-is-out-of-paper', title: 'Out of paper' } }
  const { reference, caseId } = await send()

  const held = await cases.getApplication(reference, context)
  const opened = await cases.getCase({ id: caseId, reason: 'An incident' }, sana)
  const [incident] = await workflow.incidents(sana)
  fragile = { done: null }
  await workflow.retry(incident!.id, sana)
  await home.jobs.idle()

  assert.deepEqual([held.status, held.stuck, opened.stuck], ['in-progress', true, true])
  assert.equal(held.timeline.at(-1)?.kind, 'held-up')
  const done = await cases.getApplication(reference, context)
  assert.deepEqual([done.status, done.stuck, done.result], ['closed', false, 'granted'])

  fragile = { waiting: true }
  const waiting = await send()
  const seen = await cases.getApplication(waiting.reference, context)
  assert.deepEqual([seen.status, seen.waitsFor], ['in-progress', 'test.fragile'])
  const [process] = await workflow.of(waiting.caseId, { ...sana, tenant: '*' })
  await workflow.complete(`${process!.id}:test-fragile:1`, null)
  await home.jobs.idle()
  assert.equal((await cases.getApplication(waiting.reference, context)).status, 'closed')
})

test('an objection is a case of its own, seen from both', async () => {
  const context = person()
  const first = await submitted(context, 'quick')
  const draft = await cases.startDraft({ service: 'permit', language: 'en', about: first.caseId }, context)
  await cases.saveDraft({ draft: draft.id, page: 'purpose', body: { purpose: 'work' }, version: 1 }, context)

  const second = await cases.submit(draft.id, context)
  await home.jobs.idle()

  const contested = await cases.getApplication(first.reference, context)
  assert.deepEqual(
    contested.contestedBy.map(({ reference }) => reference),
    [second.reference],
  )
  assert.deepEqual(contested.timeline.at(-1)?.data, { reference: second.reference })
  assert.equal((await cases.getApplication(second.reference, context)).about, first.caseId)
  await assert.rejects(
    cases.startDraft({ service: 'permit', language: 'en', about: first.caseId }, person()),
    code('case-not-found'),
  )
})

test('the queue pages by key without gaps or doubles, keeps to role and unit, and tells no personal data', async () => {
  await Promise.all(Array.from({ length: 7 }, () => submitted(person())))
  const seen: string[] = []
  let after: string | undefined
  for (;;) {
    const page = await cases.queue({ limit: 3, ...(after === undefined ? {} : { after }) }, sana)
    seen.push(...page.tasks.map(({ task }) => task))
    if (page.next === undefined) break
    after = page.next
  }

  const all = await cases.queue({ limit: 100 }, sana)
  const counts = await cases.counts({}, sana)
  assert.deepEqual(
    seen,
    all.tasks.map(({ task }) => task),
  )
  assert.equal(new Set(seen).size, seen.length)
  assert.equal(counts.open, seen.length)
  assert.deepEqual(
    all.tasks.map(({ due }) => due),
    all.tasks.map(({ due }) => due).toSorted(),
  )
  assert.deepEqual((await cases.queue({}, officer('x', { roles: ['clerk'] }))).tasks, [])
  assert.deepEqual((await cases.queue({}, officer('x', { tenant: 'police' }))).tasks, [])
  assert.deepEqual((await cases.queue({}, person())).tasks, [])
  assert.deepEqual((await cases.queue({ service: 'question' }, sana)).tasks, [])
  await assert.rejects(cases.queue({ after: 'nonsense', limit: 1 }, sana), code('cursor-not-valid'))
  assert.ok(!JSON.stringify(all).includes('Amina'))
})

test('files among the answers become the case’s by the transaction that sends them, as the applicant’s own', async () => {
  const applicant = person()
  const proof = { id: randomUUID(), name: 'a.pdf', type: 'application/pdf', size: 100 }
  const application = { service: 'paper', language: 'en', key: randomUUID(), answers: { proof, more: null } }

  const { caseId } = await cases.apply(application, applicant)
  await cases.apply(application, applicant)
  await home.jobs.idle()

  assert.deepEqual(attached, [{ files: [proof.id], caseId, subject: applicant.subject }])
})

test('a case is of an officer’s own work by role, unit and agency; that it was opened for a reason does not make it so', async () => {
  const { caseId, reference } = await submitted(person())
  const own = (context: Context) => cases.ownWork(caseId, context)
  const others = [
    officer('x', { tenant: 'justice' }),
    officer('y', { roles: ['slow-officer'] }),
    officer('z', { roles: [] }),
  ]
  await cases.getCase({ id: caseId, reason: 'A complaint' }, others[1]!)

  assert.deepEqual(await own(sana), { reference, service: { id: 'permit', version: '1.0.0' } })
  for (const context of [...others, person()]) assert.equal(await own(context), undefined)
  assert.equal(await cases.ownWork('nothing', sana), undefined)
})

test('notes are for the office only, and sealed', async () => {
  const context = person()
  const { caseId, reference } = await submitted(context)

  await cases.addNote({ case: caseId, text: 'Sounded upset' }, sana)

  const opened = await cases.getCase({ id: caseId }, ravi)
  assert.equal(opened.timeline.find(({ kind }) => kind === 'note')?.text, 'Sounded upset')
  assert.ok(!JSON.stringify(await cases.getApplication(reference, context)).includes('Sounded upset'))
  await assert.rejects(
    cases.addNote({ case: caseId, text: 'x' }, officer('x', { roles: ['clerk'] })),
    code('case-needs-reason'),
  )
})

test('another person sees nothing of a case', async () => {
  const context = person()
  const { reference, caseId } = await submitted(context)

  for (const id of [reference, caseId, 'PM-26-00000-00000', "'; drop table"])
    await assert.rejects(cases.getApplication(id, person()), code('application-not-found'))
  assert.equal((await cases.getApplication(reference.toLowerCase().replaceAll('-', ' '), context)).caseId, caseId)
})

test('drafts that nobody came back to are let go', async () => {
  const context = person()
  const draft = await draftFor(context)

  await home.clock.move('P32D')
  await home.jobs.idle()

  await assert.rejects(cases.getDraft(draft.id, context), code('draft-not-found'))
  const [kept] = await home.cases.sql.begin(
    context,
    (sql) =>
      sql<{ state: string; content: Buffer | null }>`select state, content from cases.draft where id = ${draft.id}`,
  )
  assert.deepEqual(kept, { state: 'expired', content: null })
})

test('no answer, name or person id lies open in the tables', async () => {
  const subject = randomUUID()
  await submitted(person(subject))

  const rows = await home.cases.sql.begin(
    { ...sana, tenant: '*' },
    (sql) => sql<{ t: string }>`
    select d::text as t from cases.draft d union all select a::text from cases.application a
    union all select c::text from cases.case c union all select k::text from cases.task k
    union all select t::text from cases.timeline t union all select r::text from cases.request r`,
  )
  const text = rows.map(({ t }) => t).join('\n')
  assert.ok(rows.length > 50)
  for (const open of ['Amina', 'Sounded upset', 'Which photo', subject]) {
    assert.ok(!text.includes(open), open)
    assert.ok(!text.includes(Buffer.from(open).toString('hex')), open)
  }
})

test('every statement of both blocks is one that the migrated database takes, and the walls stand', async () => {
  for (const block of ['cases', 'workflow']) {
    const report = await prepareAll(home, block)
    assert.ok(report.examined > 10)
    assert.deepEqual(report.faults, [])
  }
  const walls = await checkWalls(home.url)
  assert.deepEqual(walls.faults, [])
})

// Proves through the door what officers do together: share work out, take the next case, confirm each other, work on many.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test, { after, before } from 'node:test'
import * as catalogue from '@ashlar/catalogue'
import { decide } from '@ashlar/decisions'
import { createCalendar } from '@ashlar/kernel/calendar'
import type { Context } from '@ashlar/kernel/sql'
import { house, type TestHouse } from '@ashlar/kernel/testing'
import { createWorkflow } from '@ashlar/workflow'
import { type Cases, createCases } from './cases.ts'
import { code, countryFile, person, populationFile, workingDays } from './lowland-test.ts'
import type { Roster } from './roster.ts'

const head = (id: string, prefix: string) => `service: ${id}
version: 1.0.0
authority: labour
law: [Act s.1]
audience: [anyone]
channels: [web, api]
sign-in: none
prefix: ${prefix}
parties: { applicant: { is: either } }
form:
  - page: words
    questions:
      words: { type: text, max: 200 }
`
const task = (more: string) => `flow:
  - task: look
    role: clerk
    facts: [words]
    outcomes: [grant, refuse]
    reasons: { refuse: [incomplete] }
    within: 10 working days
${more}
  - when: look.outcome = "grant"
    then: [{ close: granted }]
    else: [{ close: refused }]
clock: { term: 30 days, from: submitted, on-breach: alarm }
`
const files = new Map<string, string>([
  countryFile(),
  populationFile,
  ['services/plain/service.yaml', head('plain', 'PL') + task('    bulk: true')],
  ['services/strict/service.yaml', head('strict', 'ST') + task('    four-eyes: true')],
  [
    'services/drawn/service.yaml',
    head('drawn', 'DR') + task('    second: { role: senior, sample: 50%, when: outcome = "refuse" }'),
  ],
  ['services/skilled/service.yaml', head('skilled', 'SK') + task('    skills: [maps]')],
])
const { country, problems } = catalogue.readCountry('lowland', files)
assert.deepEqual(problems, [])

const officer = (id: string, roles = ['clerk']): Context => ({
  tenant: 'labour',
  actor: { kind: 'staff', id },
  roles,
  unit: 'desk',
  purpose: 'case-work',
  channel: 'web',
  trace: 'test',
})
const [ana, ben, cleo] = ['ana', 'ben', 'cleo'].map((id) => officer(id)) as [Context, Context, Context]
const lead = officer('lea', ['lead'])
const senior = officer('sam', ['senior'])
const member = (id: string, more: Partial<Roster['officers'][number]> = {}): Roster['officers'][number] => ({
  id,
  tenant: 'labour',
  unit: 'desk',
  roles: ['clerk'],
  skills: [],
  share: 100,
  absences: [],
  ...more,
})
const roster: Roster = {
  officers: [
    member('ana', { skills: ['maps'] }),
    member('ben', { share: 50 }),
    member('cleo'),
    member('lea', { roles: ['lead'] }),
    member('sam', { roles: ['senior'] }),
  ],
  teams: [{ tenant: 'labour', unit: 'desk', assignment: 'manual' }],
}

let home: TestHouse<'cases' | 'workflow'>
let cases: Cases
let uses: { reason?: string }[]

const definition = async (id: string) => country!.services[id]!
const build = () => {
  const made = createCases({
    ...home.cases,
    calendar: createCalendar(workingDays),
    form: catalogue,
    decide,
    decimals: 2,
    leads: ['lead'],
    roster,
    definition,
    attachFiles: async () => {},
    lookUp: async () => ({
      records: [],
      count: 0,
      bestScore: 0,
      use: randomUUID(),
      at: home.clock.now().toISOString(),
    }),
    consent: {
      record: async (use) => {
        uses.push(use)
        return randomUUID()
      },
    },
  })
  return made
}

before(async () => {
  home = await house({ blocks: ['cases', 'workflow'] })
  uses = []
  cases = build()
  const workflow = createWorkflow({
    ...home.workflow,
    steps: cases.steps,
    definition,
    decide,
    calendar: createCalendar(workingDays),
    money: (amount) => ({ value: amount * 100, currency: 'LWD' }),
  })
  cases.followProcesses(workflow)
  await home.jobs.start()
})
after(() => home?.stop())

async function apply(service: string, context?: Context, words: string = randomUUID()): Promise<string> {
  const id = randomUUID()
  const who: Context = context ?? {
    tenant: null,
    actor: { kind: 'person', id },
    subject: id,
    assurance: 'high',
    purpose: 'apply',
    channel: 'web',
    trace: 'test',
  }
  const { caseId } = await cases.apply({ service, language: 'en', key: randomUUID(), answers: { words } }, who)
  await home.jobs.idle()
  return caseId
}

async function taskOf(caseId: string, who = ana) {
  const view = await cases.getCase({ id: caseId, reason: 'test' }, who)
  return { ...view.tasks.at(-1)!, version: view.version, view }
}

/** Ends what other tests left open. */
async function clear(): Promise<void> {
  for (const who of [ana, ben, cleo, senior])
    for (const one of (await cases.queue({ limit: 100 }, who)).tasks) {
      const { version, state } = await taskOf(one.caseId, who)
      const decision = { task: one.task, version }
      if (state === 'proposed') await cases.review({ ...decision, agree: true }, who).catch(() => {})
      else await cases.decide({ ...decision, outcome: 'grant' }, who).catch(() => {})
    }
  await home.jobs.idle()
}

test('a decision that needs four eyes takes effect when another confirms it, never who decided', async () => {
  const caseId = await apply('strict')
  const first = await taskOf(caseId)

  const decided = await cases.decide(
    { task: first.id, outcome: 'grant', note: 'All there', version: first.version },
    ana,
  )
  await home.jobs.idle()
  const waiting = await taskOf(caseId, ben)
  const own = await taskOf(caseId, ana)

  assert.equal(decided.waits, true)
  assert.equal(waiting.view.status, 'in-progress')
  assert.equal(waiting.state, 'proposed')
  assert.deepEqual(
    waiting.proposals.map(({ outcome, note, by, sampled }) => ({ outcome, note, by, sampled })),
    [{ outcome: 'grant', note: 'All there', by: 'staff:ana', sampled: false }],
  )
  assert.equal(own.yours, false)
  assert.equal(waiting.yours, true)
  const review = { task: first.id, agree: true, version: waiting.version }
  await assert.rejects(cases.review(review, ana), code('officer-excluded'))
  await assert.rejects(cases.claim(first.id, ana), code('officer-excluded'))
  await assert.rejects(
    cases.decide({ task: first.id, outcome: 'grant', version: waiting.version }, ben),
    code('decision-waits'),
  )
  const both = await Promise.allSettled([cases.review(review, ben), cases.review(review, cleo)])
  await home.jobs.idle()
  const done = await taskOf(caseId)

  assert.equal(both.filter(({ status }) => status === 'fulfilled').length, 1)
  assert.equal(done.view.result, 'granted')
  assert.equal(done.decision?.by, 'staff:ana')
  assert.match(done.decision?.confirmedBy ?? '', /^staff:(ben|cleo)$/)
})

test('who does not agree sends it back with a note, to who decided', async () => {
  const caseId = await apply('strict')
  const first = await taskOf(caseId)
  await cases.decide({ task: first.id, outcome: 'grant', version: first.version }, ana)
  const { version } = await taskOf(caseId)

  await assert.rejects(cases.review({ task: first.id, agree: false, version }, ben), code('review-needs-note'))
  await cases.review({ task: first.id, agree: false, note: 'The stamp is missing', version }, ben)
  const back = await taskOf(caseId)

  assert.equal(back.state, 'claimed')
  assert.equal(back.claimedBy, 'ana')
  assert.equal(back.proposals[0]?.review, 'The stamp is missing')
  await cases.decide({ task: first.id, outcome: 'refuse', reason: 'incomplete', version: back.version }, ana)
  assert.equal((await taskOf(caseId)).state, 'proposed')
  await clear()
})

test('a sample is drawn by a lot that stays, goes to the role of the second, and a condition always asks for one', async () => {
  const waits: boolean[] = []
  for (let n = 0; n < 24; n += 1) {
    const caseId = await apply('drawn')
    const { id, version } = await taskOf(caseId)
    waits.push((await cases.decide({ task: id, outcome: 'grant', version }, ana)).waits)
  }
  const caseId = await apply('drawn')
  const { id, version } = await taskOf(caseId)
  const refused = await cases.decide({ task: id, outcome: 'refuse', reason: 'incomplete', version }, ana)
  const queue = await cases.queue({ status: 'second-look', limit: 100 }, senior)

  const drawn = waits.filter(Boolean).length
  assert.ok(drawn > 3 && drawn < 21, `${drawn} of 24`)
  assert.equal(refused.waits, true)
  assert.equal(queue.tasks.length, drawn + 1)
  assert.ok((await taskOf(caseId, senior)).yours)
  await clear()
})

test('many officers who take the next case at once get different ones, the most urgent first, none that is not for them', async () => {
  const ids: string[] = []
  for (let n = 0; n < 6; n += 1) ids.push(await apply('plain'))
  const skilled = await apply('skilled')
  await cases.declareConflict(ids[0]!, ben)

  const taken = await Promise.all([ana, ben, cleo, ana, ben, cleo].map((who) => cases.takeNext(who)))
  const bens = (await cases.queue({ mine: true }, ben)).tasks.map(({ caseId }) => caseId)

  const cases1 = taken.map((one) => one?.caseId)
  assert.equal(new Set(cases1).size, 6)
  assert.ok(!bens.includes(ids[0]!), 'he has declared an interest')
  assert.ok(
    !bens.includes(skilled) &&
      !(await cases.queue({ mine: true }, cleo)).tasks.some(({ caseId }) => caseId === skilled),
  )
  await clear()
})

test('who has declared an interest gives the task back and can take or decide none; their colleagues can', async () => {
  const caseId = await apply('plain')
  const { id, version } = await taskOf(caseId)
  await cases.claim(id, ana)

  await cases.declareConflict(caseId, ana)
  const seen = await taskOf(caseId, ana)

  assert.equal(seen.claimedBy, undefined)
  assert.equal(seen.view.excluded, true)
  assert.equal(seen.yours, false)
  await assert.rejects(cases.claim(id, ana), code('officer-excluded'))
  await assert.rejects(cases.decide({ task: id, outcome: 'grant', version }, ana), code('officer-excluded'))
  await assert.rejects(cases.handOver({ task: id, to: 'ana' }, lead), code('officer-excluded'))
  assert.deepEqual((await cases.colleaguesFor(id, ben)).map(({ id }) => id).sort(), ['ben', 'cleo'])
  await cases.decide({ task: id, outcome: 'grant', version }, ben)
  await home.jobs.idle()
})

test('tasks are handed over to who may do them, by who has them or leads', async () => {
  const caseId = await apply('plain')
  const { id } = await taskOf(caseId)
  await cases.claim(id, ana)

  await assert.rejects(cases.handOver({ task: id, to: 'ben' }, cleo), code('task-taken'))
  await assert.rejects(cases.handOver({ task: id, to: 'sam' }, ana), code('officer-not-fit'))
  await cases.handOver({ task: id, to: 'ben' }, ana)
  const given = await taskOf(caseId)
  await cases.handOver({ task: id, to: 'cleo' }, lead)

  assert.deepEqual([given.claimedBy, given.assigned], ['ben', true])
  assert.equal((await taskOf(caseId)).claimedBy, 'cleo')
  await clear()
})

test('a leader shares out by load, skill and working time, passes over who is away, and gives on what they have', async () => {
  for (let n = 0; n < 9; n += 1) await apply('plain')
  const skilled = await apply('skilled')
  const absence = await cases.noteAbsence(
    { officer: 'cleo', from: home.clock.today(), until: home.clock.today() },
    lead,
  )

  await assert.rejects(cases.shareOut(ana), code('leaders-only'))
  const shared = await cases.shareOut(lead)
  const board = await cases.teamBoard(lead)
  const by = Object.fromEntries(board.members.map((one) => [one.id, one.open]))
  await cases.dropAbsence(absence, lead)
  const moved = await cases.rebalance('ana', lead)
  const later = await cases.teamBoard(lead)

  assert.deepEqual(shared, { assigned: 10, left: 0 })
  assert.equal(by.cleo, 0)
  assert.ok(by.ana! >= 6 && by.ben! >= 3, JSON.stringify(by))
  assert.equal((await taskOf(skilled)).claimedBy, 'ana', 'only she reads maps')
  assert.equal(moved.assigned, by.ana)
  assert.ok(later.members.find(({ id }) => id === 'cleo')!.open > 0)
  assert.equal(board.due.length, 15)
  await clear()
})

test('views are kept, shared in the unit, and count what they show', async () => {
  await apply('plain')
  await apply('strict')
  await cases.saveView({ name: 'Mine alone', choice: { service: 'plain' }, isShared: false }, ana)
  const shared = await cases.saveView({ name: 'Strict ones', choice: { service: 'strict' }, isShared: true }, ana)

  const [anas, bens] = [await cases.savedViews(ana), await cases.savedViews(ben)]
  const counts = await cases.countsOf(
    anas.map(({ choice }) => choice),
    ana,
  )

  assert.deepEqual(anas.map(({ name }) => name).sort(), ['Mine alone', 'Strict ones'])
  assert.deepEqual(
    bens.map(({ name }) => name),
    ['Strict ones'],
  )
  assert.deepEqual(counts, [1, 1])
  await assert.rejects(cases.dropView(shared.id, ben), code('view-not-found'))
  await cases.dropView(shared.id, lead)
  assert.deepEqual(await cases.savedViews(ben), [])
  await clear()
})

test('the queue filters by reference, status and applicant, sorts both ways, and pages without loss', async () => {
  const ids: string[] = []
  for (let n = 0; n < 5; n += 1) ids.push(await apply('plain'))
  const { view } = await taskOf(ids[2]!)

  const found = await cases.queue({ search: view.reference.slice(0, 9).toLowerCase() }, ana)
  const newest = await cases.queue({ sort: 'newest', limit: 2 }, ana)
  const more = await cases.queue({ sort: 'newest', limit: 3, after: newest.next! }, ana)
  const persons = await cases.queue({ applicant: 'person', status: 'to-decide' }, ana)
  const nobody = await cases.queue({ applicant: 'organisation' }, ana)
  const exported = []
  for await (const rows of cases.exportQueue({ choice: {}, format: 'csv' }, ana)) exported.push(...rows)

  assert.ok(found.tasks.some(({ caseId }) => caseId === ids[2]))
  assert.deepEqual(
    [...newest.tasks, ...more.tasks].map(({ caseId }) => caseId),
    ids.toReversed(),
  )
  assert.equal(persons.tasks.length, 5)
  assert.equal(nobody.tasks.length, 0)
  assert.equal(exported.length, 5)
  const [log] = await home.cases.sql.read(ana, (sql) => sql`select officer, format, rows from cases.list_export`)
  assert.deepEqual(log, { officer: 'ana', format: 'csv', rows: 5 })
  await clear()
})

test('many are assigned at once, told before for each, and put back within ten minutes', async () => {
  const ids: string[] = []
  for (let n = 0; n < 3; n += 1) ids.push(await apply('plain'))
  const tasks = await Promise.all(ids.map(async (id) => (await taskOf(id)).id))
  await cases.claim(tasks[1]!, cleo)

  const ready = await cases.prepareBulk({ act: 'assign', to: 'ben', choice: {} }, ana)
  const before = (await cases.queue({ assignee: 'ben' }, ana)).tasks.length
  await Promise.all([cases.startBulk(ready.id, ana), cases.startBulk(ready.id, ana)])
  await home.jobs.idle()
  const done = await cases.getBulk(ready.id, ana)
  const bens = await cases.queue({ assignee: 'ben' }, ana)
  await cases.claim(tasks[2]!, ben)
  const undone = await cases.undoBulk(ready.id, ana)

  assert.deepEqual(ready.rows.map(({ state, problem }) => [state, problem]).sort(), [
    ['refused', 'task-taken'],
    ['waiting', undefined],
    ['waiting', undefined],
  ])
  assert.equal(before, 0)
  assert.equal(done.rows.filter(({ state }) => state === 'done').length, 2)
  assert.equal(bens.tasks.length, 2)
  assert.equal(undone.state, 'undone')
  assert.equal((await cases.queue({ assignee: 'ben' }, ana)).tasks.length, 0)
  await assert.rejects(cases.getBulk(ready.id, ben), code('bulk-not-found'))
  await clear()
})

test('many decisions wait ten minutes, can be undone until then, and take effect once, also when the server began anew', async () => {
  const ids: string[] = []
  for (let n = 0; n < 4; n += 1) ids.push(await apply('plain'))
  const strict = await apply('strict')
  const wanted = { act: 'decide' as const, outcome: 'grant', note: 'As the others' }
  const tasks = await Promise.all([...ids, strict].map(async (id) => (await taskOf(id)).id))

  const first = await cases.prepareBulk({ ...wanted, tasks }, ana)
  const held = await cases.startBulk(first.id, ana)
  const during = await taskOf(ids[0]!)
  const undone = await cases.undoBulk(first.id, ana)
  await home.clock.move('PT11M')
  await home.jobs.idle()
  const after1 = await taskOf(ids[0]!)
  const second = await cases.startBulk((await cases.prepareBulk({ ...wanted, tasks }, ana)).id, ana)
  await home.jobs.stop()
  await home.clock.move('PT11M')
  await home.jobs.start()
  await home.jobs.idle()
  const done = await cases.getBulk(second.id, ana)

  assert.deepEqual(
    held.rows.map(({ state, problem }) => problem ?? state),
    ['held', 'held', 'held', 'held', 'bulk-not-allowed'],
  )
  assert.equal(during.claimedBy, 'ana')
  assert.equal(undone.state, 'undone')
  assert.equal(after1.view.status, 'in-progress')
  assert.equal(after1.claimedBy, undefined)
  assert.equal(done.state, 'done')
  assert.equal(done.rows.filter(({ state }) => state === 'done').length, 4)
  assert.equal((await taskOf(ids[3]!)).view.result, 'granted')
  await assert.rejects(cases.undoBulk(second.id, ana), code('undo-too-late'))
  await clear()
})

test('the same application twice is hinted at, decided together, and each has its own decision; joining can be undone', async () => {
  const who = person()
  const [a, b] = [await apply('plain', who, 'the same'), await apply('plain', who, 'the same')]

  const { view } = await taskOf(a)
  const link = await cases.joinCases({ leading: a, other: b }, ana)
  const joined = await cases.queue({}, ana)
  await assert.rejects(cases.joinCases({ leading: b, other: a }, ana), code('join-not-possible'))
  await cases.separateCases(link, ana)
  const separate = await cases.queue({}, ana)
  await cases.joinCases({ leading: a, other: b }, ana)
  const first = await taskOf(a)
  await cases.decide({ task: first.id, outcome: 'grant', version: first.version }, ana)
  await home.jobs.idle()
  const other = await taskOf(b)

  assert.deepEqual(view.related[0]?.why, ['same-person', 'same-answers'])
  assert.equal(joined.tasks.length, 1)
  assert.equal(separate.tasks.length, 2)
  assert.equal(other.view.result, 'granted')
  assert.equal(other.decision?.outcome, 'grant')
  await clear()
})

test('all cases of a person are opened for a reason, which is in their log before', async () => {
  const who = person()
  const [a, b] = [await apply('plain', who), await apply('strict', who)]
  const outsider = officer('sam', ['senior'])

  await assert.rejects(cases.personOf({ case: a }, outsider), code('case-needs-reason'))
  const before = uses.length
  const seen = await cases.personOf({ case: a, reason: 'A call from them' }, outsider)

  assert.deepEqual(new Set(seen.cases.map(({ id }) => id)), new Set([a, b]))
  assert.equal(uses.length, before + 1)
  assert.equal(uses.at(-1)?.reason, 'A call from them')
  await clear()
})

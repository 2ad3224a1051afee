// Decisions are kept with their traces: once, sealed, seen by whom they concern, and made again to the same result.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Shape } from '@ashlar/kernel/feel'
import { createHttp, type Http } from '@ashlar/kernel/http'
import { createLog } from '@ashlar/kernel/log'
import { createMetrics } from '@ashlar/kernel/metrics'
import type { Context } from '@ashlar/kernel/sql'
import { house, type TestHouse } from '@ashlar/kernel/testing'
import { parse } from 'yaml'
import {
  createDecisions,
  type Decisions,
  decide,
  decisionJobs,
  decisionRoutes,
  decisionSteps,
  type NewDecision,
  type RuleTable,
  writeDmn,
} from './index.ts'

const GRACE = '01900000-0000-7000-8000-000000000001'
const SAM = '01900000-0000-7000-8000-000000000002'
const CASE = '01900000-0000-7000-8000-00000000000c'
const service = { id: 'fine', version: '1.0.0' }
const table: RuleTable = parse(`
  name: price
  inputs: { days: (today - fine.placedOn).days, driver: fine.driver }
  rows:
    - { if: { days: "<= 60" }, then: { percent: "65" }, law: s.41(3) }
    - { if: {}, then: { percent: "100" }, law: s.41 }
`)
const shape: Shape = { fine: { placedOn: 'date', driver: 'string' }, today: 'date' }
const { trace } = decide(
  table,
  { fine: { placedOn: '2026-02-01', driver: 'Grace Hopper' }, today: '2026-03-02' },
  { facts: shape },
)

const ground = { purpose: 'case-work', channel: 'web', trace: 't' } as const
const authority = { tenant: 'police', actor: { kind: 'system', id: 'workflow' }, ...ground } as const
const officer: Context = { tenant: 'police', actor: { kind: 'staff', id: 'omar' }, roles: ['officer'], ...ground }
const elsewhere: Context = { ...officer, tenant: 'health' }
const asPerson = (id: string): Context => ({ tenant: null, actor: { kind: 'person', id }, subject: id, ...ground })

let home: TestHouse<'decisions'>
let decisions: Decisions
let tablesAsked = 0
const needs = () => ({
  ...home.decisions,
  ruleOf: async () => {
    tablesAsked++
    return { table, facts: shape }
  },
})

before(async () => {
  home = await house({ blocks: ['decisions'] })
  decisions = createDecisions(needs())
  decisionJobs(decisions, home.jobs)
  await home.jobs.start()
})
after(() => home.stop())

let keys = 0
const decision = (part: Partial<NewDecision> = {}): NewDecision => ({
  key: `instance:price:${++keys}`,
  trace,
  caseId: CASE,
  service,
  context: { ...authority, subject: GRACE },
  ...part,
})

test('a decision is recorded once, and read with its table, its law and its explanation', async () => {
  const one = decision()
  const id = await decisions.record(one)
  const again = await decisions.record(one)
  const found = await decisions.get(id, officer)

  assert.equal(again, id)
  assert.deepEqual(found.trace, trace)
  assert.deepEqual(found.table, table)
  assert.equal(found.decidedAt, '2026-03-02T09:00:00.000Z')
  assert.deepEqual(found.explanation.decided[0]!.law, 's.41(3)')
  assert.equal(tablesAsked, 1)
})

test('the agency and the person see it, nobody else', async () => {
  const id = await decisions.record(decision())
  const notFound = (error: unknown) => (error as { code?: string }).code === 'decision-not-found'

  assert.equal((await decisions.get(id, asPerson(GRACE))).id, id)
  await assert.rejects(decisions.get(id, asPerson(SAM)), notFound)
  await assert.rejects(decisions.get(id, elsewhere), notFound)
  await assert.rejects(decisions.get('nonsense', officer), notFound)
  assert.deepEqual(await decisions.ofCase(CASE, elsewhere), [])
})

test('what it knows of a person is sealed, and gone with the key; nothing of it can be changed', async () => {
  const id = await decisions.record(decision({ context: { ...authority, subject: SAM } }))
  const sql = home.decisions.sql
  const [row] = await sql.begin(
    officer,
    (sql) => sql`select sealed, clear, person from decisions.decision where id = ${id}`,
  )

  assert.ok(!Buffer.from(row!.sealed as Buffer).includes('Grace'))
  assert.equal(row!.clear, null)
  assert.notEqual(row!.person, SAM)
  await assert.rejects(
    sql.begin(officer, (sql) => sql`update decisions.decision set rule = 'x' where id = ${id}`),
    /permission/,
  )
  await assert.rejects(
    sql.begin(officer, (sql) => sql`delete from decisions.rule_table`),
    /permission/,
  )
  await home.keys.erase(home.pairwise.of('decisions', SAM))
  await assert.rejects(decisions.get(id, officer))
})

test('without a person the trace stands in the clear', async () => {
  const id = await decisions.record(decision({ context: authority }))

  assert.deepEqual((await decisions.get(id, officer)).trace, trace)
})

test('it is made again to the same result, and a difference is told', async () => {
  const same = await decisions.record(decision())
  const forged = await decisions.record(decision({ trace: { ...trace, output: { percent: 5 }, inputs: { days: 3 } } }))

  assert.deepEqual(await decisions.replay(same, officer), { same: true, differences: [] })
  assert.deepEqual(await decisions.replay(forged, officer), {
    same: false,
    differences: [
      { what: 'output', recorded: { percent: 5 }, now: { percent: 65 } },
      { what: 'inputs/days', recorded: 3, now: 29 },
      { what: 'inputs/driver', recorded: null, now: 'Grace Hopper' },
    ],
  })
})

test('a trace of another table than the published one is a fault', async () => {
  await assert.rejects(decisions.record(decision({ trace: { ...trace, hash: '0'.repeat(64) } })), /is not the one/)
})

test('many at the same time, the same ones too, are each recorded once and in order', async () => {
  const caseId = '01900000-0000-7000-8000-00000000000d'
  const batch = Array.from({ length: 20 }, () => decision({ caseId }))
  const fresh = createDecisions(needs())

  const [first, second] = await Promise.all([decisions.recordAll(batch), fresh.recordAll([...batch, ...batch])])

  assert.deepEqual(second, [...first, ...first])
  assert.deepEqual((await decisions.ofCase(caseId, officer)).map(({ id }) => id).sort(), [...first].sort())
})

test('a process has its decisions recorded', async () => {
  const [step] = decisionSteps(decisions)
  const input = { rule: 'price', output: trace.output, trace: trace as never }
  const command = {
    key: 'i:n:1',
    instance: 'i',
    caseId: CASE,
    service,
    context: { ...authority, subject: GRACE },
    input,
  }

  const [once] = await step.run([command])
  const [twice] = await step.run([command])

  assert.deepEqual(once, twice)
  assert.equal((await decisions.get((once as { done: { id: string } }).done.id, officer)).rule, 'price')
})

test('over HTTP: read, list, replay; another agency finds nothing', async () => {
  const callers: Record<string, { context: Context; scopes: string[] }> = {
    officer: { context: officer, scopes: ['decisions.read'] },
    elsewhere: { context: elsewhere, scopes: ['decisions.read'] },
    unscoped: { context: officer, scopes: [] },
  }
  const http: Http = createHttp({
    log: createLog({ level: 'silent' as never }),
    metrics: createMetrics(),
    authenticate: async (request) => callers[request.headers.authorization ?? ''],
    baseUrl: 'http://localhost:8080',
    sql: home.kernel,
  })
  decisionRoutes(decisions, http)
  const id = await decisions.record(decision())
  const ask = async (who: string, url: string) => {
    const answer = await http.inject({ method: 'GET', url: `/api/decisions/v1${url}`, headers: { authorization: who } })
    return { status: answer.statusCode, body: answer.json() }
  }

  const read = await ask('officer', `/decisions/${id}`)

  assert.equal(read.status, 200)
  assert.deepEqual(read.body.output, { percent: 65 })
  assert.equal(read.body.decided[0].conditions[0].value, 29)
  assert.deepEqual((await ask('officer', `/decisions/${id}/replay`)).body, { same: true, differences: [] })
  assert.ok((await ask('officer', `/cases/${CASE}/decisions`)).body.decisions.length > 0)
  assert.equal((await ask('elsewhere', `/decisions/${id}`)).status, 404)
  assert.equal((await ask('unscoped', `/decisions/${id}`)).status, 403)
  await http.close()
})

test('a changed rule is tried on what was decided: in the background, once, for the own agency, without the erased', async () => {
  const ADA = '01900000-0000-7000-8000-000000000003'
  const parking = { id: 'parking', version: '1.0.0' }
  const changed = { ...table, rows: parse('[{ if: {}, then: { percent: "50" }, law: s.41 }]') }
  const cases = [1, 2, 3].map((n) => `01900000-0000-7000-8000-0000000000a${n}`)
  for (const [n, caseId] of cases.entries())
    await decisions.record(
      decision({ caseId, service: parking, context: { ...authority, subject: n === 2 ? ADA : GRACE } }),
    )
  await home.keys.erase(home.pairwise.of('decisions', ADA))
  const wanted = { service: 'parking', rule: 'price', change: { table: changed, amounts: {} } }

  const id = await decisions.replays.begin(wanted, officer)
  const theirs = await decisions.replays.begin(wanted, elsewhere)
  await home.jobs.idle()
  await decisions.replays.run(id)
  const { state, report } = await decisions.replays.get(id, officer)

  assert.equal(state, 'done')
  assert.deepEqual(report!.results, [{ from: { percent: 65 }, to: { percent: 50 }, decisions: 2 }])
  assert.deepEqual([report!.decisions, report!.erased], [2, 1])
  assert.deepEqual(report!.examples.map((one) => one.case).sort(), cases.slice(0, 2))
  assert.equal((await decisions.replays.get(theirs, elsewhere)).report!.decisions, 0)
  await assert.rejects(decisions.replays.get(id, elsewhere), /rule-replay-not-found|There is no trial/)
  assert.ok(!JSON.stringify(report).includes('Grace'))
})

test('over HTTP a changed rule is tried, and one that is no rule is refused', async () => {
  const http: Http = createHttp({
    log: createLog({ level: 'silent' as never }),
    metrics: createMetrics(),
    authenticate: async () => ({ context: officer, scopes: ['decisions.replay'] }),
    baseUrl: 'http://localhost:8080',
    sql: home.kernel,
  })
  decisionRoutes(decisions, http)
  let asked = 0
  const post = async (rows: string) => {
    const answer = await http.inject({
      method: 'POST',
      url: '/api/decisions/v1/replays',
      headers: { 'idempotency-key': `try-${++asked}` },
      payload: { service: 'fine', rule: 'price', table: { inputs: table.inputs, rows: parse(rows) } },
    })
    return { status: answer.statusCode, body: answer.json() }
  }

  const begun = await post('[{ if: { days: <= 10 }, then: { percent: "65" } }]')
  const broken = await post('[{ if: { days: < }, then: { percent: "65" } }]')
  await home.jobs.idle()
  const done = (await http.inject({ url: `/api/decisions/v1/replays/${begun.body.id}` })).json()

  assert.equal(begun.status, 202)
  assert.equal(done.state, 'done')
  assert.ok(done.report.decisions > 0 && done.report.changed === done.report.decisions)
  assert.equal(broken.status, 422)
  assert.equal(broken.body.errors[0].pointer, '/table/rows/0/if/days')
  await http.close()
})

test('a decision of a DMN file is kept, explained and made again like one of a table', async () => {
  const xml = writeDmn({ name: 'fine', namespace: 'urn:fine', rules: [table], facts: shape })
  const inputs = { fine: 'fine', today: 'today' }
  const model = { file: 'fine.dmn', decision: 'price', xml, imports: [] }
  const rule: RuleTable = { name: 'price', inputs, rows: [], model }
  const facts = { fine: { placedOn: '2026-02-01', driver: 'Grace Hopper' }, today: '2026-03-02' }
  const made = decide(rule, facts, { facts: shape })
  const kept = createDecisions({ ...home.decisions, ruleOf: async () => ({ table: rule, facts: shape }) })

  const id = await kept.record(decision({ trace: made.trace, context: { ...authority, subject: GRACE } }))
  const found = await kept.get(id, officer)

  assert.deepEqual(made.output, { percent: 65 })
  assert.deepEqual(found.trace.laws, ['s.41(3)'])
  assert.deepEqual(found.explanation.decided, [
    {
      row: 1,
      law: 's.41(3)',
      conditions: [
        {
          input: 'days',
          label: 'rule.price.input.days',
          needed: [{ kind: 'atMost', value: 60 }],
          not: false,
          value: 29,
          passed: true,
        },
      ],
    },
  ])
  assert.deepEqual(await kept.replay(id, officer), { same: true, differences: [] })
})

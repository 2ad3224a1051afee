// Tests of consent over HTTP: one's own log, asking why, and the office's answer.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createHttp, type Http } from '@ashlar/kernel/http'
import { createLog } from '@ashlar/kernel/log'
import { createMetrics } from '@ashlar/kernel/metrics'
import type { Context } from '@ashlar/kernel/sql'
import { house, type TestHouse } from '@ashlar/kernel/testing'
import { type Consent, consentRoutes, createConsent } from './index.ts'

const GRACE = '01900000-0000-7000-8000-000000000001'
const ground = { purpose: 'x', channel: 'web', trace: 't' } as const
const grace: Context = { tenant: null, actor: { kind: 'person', id: GRACE }, subject: GRACE, ...ground }
const sana: Context = { tenant: 'justice', actor: { kind: 'staff', id: 'sana' }, roles: ['records-officer'], ...ground }
const callers: Record<string, { context: Context; scopes: string[] }> = {
  grace: { context: grace, scopes: ['consent.read', 'consent.ask', 'consent.give'] },
  sana: { context: sana, scopes: ['consent.read', 'consent.answer'] },
}

let home: TestHouse<'consent'>
let consent: Consent
let http: Http

before(async () => {
  home = await house({ blocks: ['consent'] })
  consent = createConsent(home.consent)
  http = createHttp({
    log: createLog({ level: 'silent' as never }),
    metrics: createMetrics(),
    authenticate: async (request) => callers[request.headers.authorization ?? ''],
    baseUrl: 'http://localhost:8080',
    sql: home.kernel,
  })
  consentRoutes(consent, http)
  await http.ready()
  await consent.publishAgreements([
    {
      id: 'bank-income',
      reader: 'bank',
      authority: 'tax',
      register: 'incomes',
      fields: ['income'],
      writes: [],
      purposes: ['loan'],
      law: 'Banking Act s.2',
      basis: 'consent',
    },
  ])
})
after(async () => {
  await http.close()
  await home.stop()
})

let keys = 0
const ask = async (who: string, method: 'GET' | 'POST', url: string, body?: object) => {
  const answer = await http.inject({
    method,
    url: `/api/consent/v1${url}`,
    headers: {
      authorization: who,
      ...(method === 'POST' ? { 'idempotency-key': `key-${++keys}` } : {}),
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { payload: JSON.stringify(body) } : {}),
  })
  return { status: answer.statusCode, headers: answer.headers, body: answer.json() }
}

test('a person reads who used their data, page by page, asks why, and reads the answer', async () => {
  const use = {
    outcome: 'read' as const,
    reader: 'justice',
    register: 'population',
    fields: ['fullName'],
    persons: [GRACE],
    shown: 1,
    basis: 'role' as const,
    purpose: 'counter',
    law: 'Civil Status Act s.3',
    reason: 'Asked at the counter',
    context: sana,
  }
  const ids = await consent.recordAll([use, use, use])

  const first = await ask('grace', 'GET', '/uses?limit=2')
  const second = await ask('grace', 'GET', `/uses?limit=2&cursor=${first.body.next}`)
  const asked = await ask('grace', 'POST', `/uses/${ids[0]}/question`, { question: 'Why?' })
  const waiting = await ask('sana', 'GET', '/questions')
  const answered = await ask('sana', 'POST', `/questions/${asked.body.id}/answer`, { answer: 'You asked us to.' })

  assert.deepEqual([first.body.uses.length, second.body.uses.length, second.body.next], [2, 1, undefined])
  assert.match(String(first.headers.link), /rel="next"/)
  assert.equal(asked.status, 201)
  assert.equal(waiting.body.questions[0].question, 'Why?')
  assert.equal(answered.body.state, 'answered')
  assert.equal((await ask('grace', 'GET', '/uses?cursor=nonsense')).status, 400)
  assert.equal((await ask('sana', 'GET', '/uses')).status, 403)
  assert.equal((await ask('grace', 'POST', `/questions/${asked.body.id}/answer`, { answer: 'x' })).status, 403)
  assert.equal((await ask('grace', 'POST', `/uses/${GRACE}/question`, { question: 'Why?' })).status, 404)
})

test('a person consents and takes it back', async () => {
  const given = await ask('grace', 'POST', '/consents', { agreement: 'bank-income', purpose: 'loan' })
  const withdrawn = await ask('grace', 'POST', `/consents/${given.body.id}/withdraw`)
  const none = await ask('grace', 'POST', '/consents', { agreement: 'bank-income', purpose: 'curiosity' })

  assert.equal(given.status, 201)
  assert.ok(withdrawn.body.withdrawnAt)
  assert.equal(none.status, 404)
  assert.equal((await ask('grace', 'GET', '/consents')).body.consents.length, 1)
})

// Proves that an agency is told once with evidence: when it is down, slow, killed in the middle, or somebody else answers.
import assert from 'node:assert/strict'
import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto'
import test, { after, before, beforeEach } from 'node:test'
import type { DataUse } from '@ashlar/consent'
import { isProblem } from '@ashlar/kernel/problem'
import { type Context, checkWalls } from '@ashlar/kernel/sql'
import { house, type TestHouse } from '@ashlar/kernel/testing'
import {
  type AgencySystem,
  createExchange,
  digestOf,
  type Envelope,
  type Exchange,
  exchangeSteps,
  openEnvelope,
  type Post,
  publicKeyOf,
  sealEnvelope,
  type Telling,
  toCompact,
} from './index.ts'

const keyOf = () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return { privateKey, x: String(publicKey.export({ format: 'jwk' }).x) }
}
const benefits = keyOf()
const hospital = keyOf()
const stranger = keyOf()
const systems: AgencySystem[] = [
  {
    agency: 'insurance',
    system: 'benefits',
    address: 'http://a',
    key: benefits.x,
    hears: ['birthRegistered'],
    tells: {},
  },
  { agency: 'tax', system: 'persons', address: 'http://b', key: benefits.x, hears: ['birthRegistered'], tells: {} },
  {
    agency: 'health',
    system: 'hospitals',
    key: hospital.x,
    hears: [],
    tells: {
      'hospitals.birthNotified': {
        persons: { mother: { register: 'population', by: 'personNumber', agreement: 'a', purpose: 'p' } },
        writes: { register: 'deliveries', key: 'number', agreement: 'b', purpose: 'p' },
        key: 'number',
      },
    },
  },
]
const signer = (key: KeyObject) => async (bytes: Buffer) => ({ kid: 'k', signature: sign(null, bytes, key) })

type How = 'up' | 'down' | 'silent' | 'forged' | 'other' | 'refuses'
let home: TestHouse<'exchange'>
let exchange: Exchange
let how: Record<string, How>
let posted: { agency: string; id: string; envelope: Envelope }[]
let uses: DataUse[]
let written: object[]
let happened: { type: string; key: string; data: object }[]
let permitted = true
let stumble = 0

const post: Post = async ({ agency }, { id, envelope }) => {
  posted.push({ agency, id, envelope })
  const now = how[agency] ?? 'up'
  if (now === 'silent') throw new Error('ECONNREFUSED')
  if (now === 'down') return { status: 503, body: {} }
  const content = {
    id,
    digest: now === 'other' ? 'of another message' : digestOf(envelope),
    state: now === 'refuses' ? 'refused' : 'accepted',
  }
  const key = now === 'forged' ? stranger.privateKey : benefits.privateKey
  return { status: 200, body: await sealEnvelope('receipt', content, signer(key)) }
}

before(async () => {
  home = await house({ blocks: ['exchange'] })
  exchange = createExchange({
    ...home.exchange,
    consent: {
      permits: async () =>
        permitted
          ? { permitted: true, agreement: { law: 'Act s.1', basis: 'law' } as never }
          : { permitted: false, reason: 'other-fields', detail: 'The agreement does not let read: income.' },
      recordAll: async (list) => {
        uses.push(...list)
        return list.map(() => randomUUID())
      },
    },
    registries: {
      lookUp: async ({ register, by }) => {
        const known = register === 'population' ? by?.personNumber === '77' : written.length > 0
        const records = known ? [{ id: mother, values: {}, version: 1, at: '' }] : []
        return { records, count: records.length, bestScore: 0, use: '', at: '' }
      },
      write: async ({ set }) => {
        written.push(set)
        return { id: randomUUID(), version: 1 }
      },
    },
    systems: () => systems,
    instance: 'LOW',
    post,
    audience: 'https://house.example',
    happened: async (news) => {
      if (stumble-- > 0) throw new Error('killed')
      happened.push(news)
    },
  })
  await home.jobs.start()
})
after(() => home?.stop())
beforeEach(() => {
  how = {}
  posted = []
  uses = []
  written = []
  happened = []
  permitted = true
})

const mother = randomUUID()
const code = (wanted: string) => (error: unknown) => isProblem(error) && error.code === wanted
const context = (subject = randomUUID()): Context => ({
  tenant: 'registry',
  actor: { kind: 'system', id: 'workflow' },
  subject,
  purpose: 'process',
  channel: 'system',
  trace: 't',
})
const telling = (more: Partial<Telling> = {}): Telling => ({
  key: randomUUID(),
  agency: 'insurance',
  message: 'birthRegistered',
  data: { number: 'B-1', childName: 'نور' },
  ground: { register: 'births', agreement: 'insurance-births', purpose: 'pay-leave' },
  case: { id: randomUUID(), reference: 'VB-26-1', service: 'register-birth' },
  context: context(),
  ...more,
})
const idle = async () => {
  await home.jobs.idle()
}

test('an agency is told once, signed by the authority that tells, and its signed receipt is kept', async () => {
  const order = telling()

  await Promise.all(Array.from({ length: 5 }, () => exchange.tell(order)))
  await idle()

  const outcome = await exchange.outcomeOf(order.key)
  const [view] = await exchange.messagesOf([order.case.id], order.context)
  const evidence = await exchange.evidence(view!.id, order.context)
  const [key] = (await home.exchange.keys.publicKeys()).filter(({ authority }) => authority === 'registry')
  const said = openEnvelope('message', posted[0]!.envelope, publicKeyOf(key!.x))
  assert.equal(posted.length, 1)
  assert.equal(outcome?.state, 'acknowledged')
  assert.deepEqual(
    [said?.from, said?.to, said?.law, said?.data],
    ['LOW/registry', 'LOW/insurance/benefits', 'Act s.1', order.data],
  )
  assert.equal(openEnvelope('receipt', evidence.receipt, publicKeyOf(benefits.x))?.digest, evidence.digest)
  const [use] = uses
  assert.deepEqual(
    [use?.reader, use?.fields, use?.persons],
    ['insurance', ['number', 'childName'], [order.context.subject]],
  )
})

test('what no agreement covers is not told, and nothing of it is kept', async () => {
  permitted = false
  const order = telling({ data: { income: 1 } })

  await assert.rejects(exchange.tell(order), code('sharing-not-agreed'))
  await assert.rejects(exchange.tell(telling({ message: 'somethingElse' })), code('agency-system-not-found'))
  await idle()

  assert.deepEqual([posted, uses, await exchange.messagesOf([order.case.id], order.context)], [[], [], []])
})

test('while one agency is down the other is told, who waits for whom is shown, and it is told when it comes back', async () => {
  how = { insurance: 'down' }
  const waiting = [telling(), telling(), telling()]
  const other = telling({ agency: 'tax' })

  for (const order of [...waiting, other]) await exchange.tell(order)
  await idle()
  const [view] = await exchange.messagesOf([waiting[0]!.case.id], waiting[0]!.context)
  const state = (await exchange.state()).find(({ agency }) => agency === 'insurance')
  const calls = posted.filter(({ agency }) => agency === 'insurance').length
  how = {}
  await home.clock.move('PT10M')
  await idle()

  assert.equal((await exchange.outcomeOf(other.key))?.state, 'acknowledged')
  assert.deepEqual([view?.state, view?.failure], ['waiting', 'answered-503'])
  assert.ok(view?.downSince && state?.downSince && state.nextAttempt)
  assert.equal(state?.waiting, 3)
  assert.equal(calls, 1, 'one message probes a silent system; the others wait for what it finds')
  for (const { key } of waiting) assert.equal((await exchange.outcomeOf(key))?.state, 'acknowledged')
  assert.equal((await exchange.state()).find(({ agency }) => agency === 'insurance')?.downSince, undefined)
})

test('an operator need not wait for the next attempt', async () => {
  how = { insurance: 'silent' }
  const order = telling()
  await exchange.tell(order)
  await idle()
  how = {}

  await exchange.tryNow('insurance', 'benefits')
  await idle()

  assert.equal((await exchange.outcomeOf(order.key))?.state, 'acknowledged')
})

test('a receipt that somebody else signed, or that is for another message, counts for nothing', async () => {
  for (const wrong of ['forged', 'other'] as const) {
    how = { insurance: wrong }
    const order = telling()
    await exchange.tell(order)
    await idle()
    const [view] = await exchange.messagesOf([order.case.id], order.context)
    how = {}
    await home.clock.move('PT10M')
    await idle()

    assert.deepEqual([view?.state, view?.failure], ['waiting', 'receipt-not-valid'])
    assert.equal((await exchange.outcomeOf(order.key))?.state, 'acknowledged')
    const sent = posted.filter(({ id }) => id === view?.id)
    assert.equal(new Set(sent.map(({ envelope }) => digestOf(envelope))).size, 1, 'signed once, sent as it is')
  }
})

test('an agency may refuse, and that is an outcome', async () => {
  how = { insurance: 'refuses' }
  const order = telling()

  await exchange.tell(order)
  await idle()

  assert.equal((await exchange.outcomeOf(order.key))?.state, 'refused')
})

test('a term that ends gives up the message, unless it was acknowledged a moment ago', async () => {
  const [step] = exchangeSteps(exchange)
  const command = (order: Telling) => ({
    key: order.key,
    instance: 'i',
    caseId: order.case.id,
    service: { id: 'register-birth', version: '1.0.0' },
    context: order.context,
    input: { agency: order.agency, message: order.message, data: order.data, ...order.ground },
    onExpiry: { outcome: 'late' },
  })
  const [late, done] = [telling(), telling({ agency: 'tax' })]
  how = { insurance: 'down' }
  const started = await step.run([late, done].map(command))
  await idle()

  const expired = await step.expire!([late, done].map(command))
  how = {}
  await home.clock.move('PT10M')
  await idle()

  assert.deepEqual(started, [{ waiting: true }, { waiting: true }])
  assert.deepEqual(
    expired.map((outcome) => ('done' in outcome ? (outcome.done as { state: string }).state : '')),
    ['expired', 'acknowledged'],
  )
  assert.equal(posted.filter(({ id }) => id === posted[0]?.id).length, 1, 'what was given up is not sent any more')
})

test('nobody but the authority and the person sees a message', async () => {
  const order = telling()
  await exchange.tell(order)

  const others = [
    { ...context(), tenant: 'tax' },
    { ...context(), tenant: null },
  ]
  for (const other of others) assert.deepEqual(await exchange.messagesOf([order.case.id], other), [])
  assert.deepEqual((await checkWalls(home.url)).faults, [])
})

const caller = { agency: 'health', system: 'hospitals' }
const notice = async (more: object = {}, key = hospital.privateKey) =>
  sealEnvelope(
    'notice',
    {
      id: randomUUID(),
      from: 'health/hospitals',
      event: 'hospitals.birthNotified',
      data: { number: 'D-1', mother: '77', bornOn: '2026-01-02' },
      ...more,
    },
    signer(key),
  )

test('what a system tells is receipted, written into its register with persons known, and passed on', async () => {
  const receipt = await exchange.receive(await notice(), caller)
  await idle()

  const [key] = (await home.exchange.keys.publicKeys()).filter(({ authority }) => authority === 'exchange')
  assert.equal(openEnvelope('receipt', receipt, publicKeyOf(key!.x))?.state, 'accepted')
  assert.deepEqual(written, [{ number: 'D-1', mother, bornOn: '2026-01-02' }])
  assert.deepEqual(happened, [
    {
      type: 'hospitals.birthNotified',
      key: 'health D-1',
      data: { number: 'D-1', mother, bornOn: '2026-01-02', agency: 'health' },
    },
  ])
})

test('told twice, at once, or with another number, it is the same news; changed under one number it is refused', async () => {
  const same = await notice()
  const id = randomUUID()

  const receipts = await Promise.all([exchange.receive(same, caller), exchange.receive(same, caller)])
  await exchange.receive(await notice(), caller)
  await exchange.receive(await notice({ id, data: { number: 'D-8' } }), caller)
  await assert.rejects(exchange.receive(await notice({ id, data: { number: 'D-9' } }), caller), code('notice-changed'))
  await idle()

  assert.deepEqual(receipts[0], receipts[1])
  assert.equal(written.length, 1)
  assert.deepEqual(new Set(happened.map(({ key }) => key)), new Set(['health D-1', 'health D-8']))
})

test('killed while it was passed on, it is passed on again', async () => {
  stumble = 2

  await exchange.receive(await notice({ data: { number: 'D-5', mother: '77' } }), caller)
  await idle()

  assert.deepEqual(
    happened.map(({ key }) => key),
    ['health D-5'],
  )
})

test('a notice with a wrong signature, of another system, or of an event that is not its own is refused', async () => {
  const changed = { ...(await notice()), payload: Buffer.from('{"from":"health/hospitals"}').toString('base64url') }
  const cases: [Promise<Envelope> | Envelope | object, string][] = [
    [notice({}, stranger.privateKey), 'notice-not-signed'],
    [changed, 'notice-not-signed'],
    [notice({ from: 'tax/persons' }), 'notice-not-signed'],
    [notice({ event: 'courts.convicted' }), 'notice-not-told'],
    [notice({ event: 'constructor' }), 'notice-not-told'],
    [notice({ id: 'x' }), 'notice-not-valid'],
    [notice({ data: [] }), 'notice-not-valid'],
    [{ protected: 1 }, 'notice-not-signed'],
  ]

  for (const [envelope, wanted] of cases)
    await assert.rejects(exchange.receive(await envelope, caller), code(wanted), wanted)
})

test('a system proves itself by a bearer that it signed for this house a moment ago', async () => {
  const now = Math.floor(Date.now() / 1000)
  const call = async (more: object = {}, key = hospital.privateKey) =>
    toCompact(
      await sealEnvelope(
        'call',
        { iss: 'health/hospitals', aud: 'https://house.example', iat: now, exp: now + 120, ...more },
        signer(key),
      ),
    )

  assert.deepEqual(exchange.authenticate(await call()), caller)
  const wrong = [
    call({ aud: 'https://elsewhere.example' }),
    call({ exp: now - 1 }),
    call({ exp: now + 86_400 }),
    call({ iat: now + 3_600 }),
    call({ iss: 'health/nobody' }),
    call({}, stranger.privateKey),
  ]
  for (const bearer of wrong) assert.equal(exchange.authenticate(await bearer), undefined)
  for (const bearer of ['', 'a.b.c', 'x'.repeat(43)]) assert.equal(exchange.authenticate(bearer), undefined)
})

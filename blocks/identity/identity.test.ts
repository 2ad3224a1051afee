// Tests of identity through its door: codes, passkeys, sessions, staff, doors, mandates, and the walls below.
import assert from 'node:assert/strict'
import { after, before, mock, test } from 'node:test'
import { isProblem } from '@ashlar/kernel/problem'
import type { Context } from '@ashlar/kernel/sql'
import { house, prepareAll, type TestHouse } from '@ashlar/kernel/testing'
import { createIdentity, type Identity, type Officer, type Visitor } from './index.ts'
import { testAuthenticator } from './test-authenticator.ts'
import { networkOf } from './throttle.ts'

const GRACE = '01900000-0000-7000-8000-000000000001'
const ROSE = '01900000-0000-7000-8000-000000000002'
const OMAR = '01900000-0000-7000-8000-000000000003'
const VIC = '01900000-0000-7000-8000-000000000004'
const site = { name: 'Veridia', origin: 'https://veridia.example' }
const sana: Officer = {
  id: 'sana',
  name: 'Sana Rahimi',
  agency: 'justice',
  unit: 'records',
  roles: ['records-officer'],
  email: 'sana@justice.example',
  language: 'en',
  door: true,
}

let home: TestHouse<'identity'>
let identity: Identity
let closed: Identity
const sent: { address: string; code: string; language: string }[] = []
let visitors = 0
/** Everybody comes from elsewhere, unless a test says otherwise. */
const visitor = (more: Partial<Visitor> = {}): Visitor => ({
  ip: `198.51.${visitors >> 8}.${visitors++ & 255}`,
  ...more,
})

before(async () => {
  home = await house({ blocks: ['identity'] })
  const needs = {
    ...home.identity,
    secret: Buffer.alloc(32, 7),
    site,
    scopes: { person: ['cases.apply'], staff: ['cases.read'], roles: { 'records-officer': ['cases.decide'] } },
    sendCode: async (address: string, code: string, language: string) => void sent.push({ address, code, language }),
  }
  identity = createIdentity({ ...needs, demo: true })
  closed = createIdentity({ ...needs, jobs: { ...home.jobs, handle: () => {} } })
  await home.jobs.start()
  await identity.publishStaff([sana])
  await identity.openAccounts([
    {
      person: GRACE,
      name: 'Grace Okoro',
      address: 'Grace@Example.org',
      language: 'fr',
      level: 'substantial',
      door: 'grace',
    },
    { person: OMAR, name: 'عمر سليمان', address: 'omar@example.org', level: 'high' },
  ])
})
after(() => home.stop())

const refused = (code: string) => (error: unknown) => {
  assert.ok(isProblem(error), String(error))
  assert.equal(error.code, code)
  return true
}
const codeFor = async (address: string) => {
  const { challenge } = await identity.code.send({ address, language: 'en', visitor: visitor() })
  await home.jobs.idle()
  return { challenge, code: sent.at(-1)?.code as string }
}
const rows = (context: Context, table: string) =>
  home.database('ashlar_identity').begin(context, async (sql) => {
    if (table === 'account') return (await sql`select * from identity.account`).length
    if (table === 'session') return (await sql`select * from identity.session`).length
    if (table === 'passkey') return (await sql`select * from identity.passkey`).length
    return (await sql`select * from identity.mandate`).length
  })

test('every statement fits the schema', async () => {
  const report = await prepareAll(home, 'identity')

  assert.ok(report.examined > 25)
  assert.deepEqual(report.faults, [])
})

test('a person signs in by a code, in the digits of any script, in the language of their account', async () => {
  const { challenge, code } = await codeFor(' grace@EXAMPLE.org ')
  const arabic = code.replace(/\d/g, (digit) => String.fromCodePoint(0x660 + Number(digit)))

  const { token, session } = await identity.code.verify({
    challenge,
    code: `${arabic.slice(0, 3)} ${arabic.slice(3)}`,
    visitor: visitor(),
  })

  assert.equal(sent.at(-1)?.language, 'fr')
  assert.equal(session.name, 'Grace Okoro')
  assert.deepEqual(session.scopes, ['cases.apply'])
  assert.deepEqual([session.level, session.method], ['substantial', 'code'])
  assert.deepEqual(
    [session.context.tenant, session.context.subject, session.context.actor],
    [null, GRACE, { kind: 'person', id: GRACE }],
  )
  assert.deepEqual((await identity.authenticate(token))?.id, session.id)
})

test('a code works once, for its challenge, for ten minutes', async () => {
  const first = await codeFor('omar@example.org')
  const second = await codeFor('omar@example.org')
  const verify = (challenge: string, code: string) => identity.code.verify({ challenge, code, visitor: visitor() })

  await assert.rejects(verify(first.challenge, second.code), refused('code-not-accepted'))
  const both = await Promise.allSettled([verify(first.challenge, first.code), verify(first.challenge, first.code)])
  assert.equal(both.filter(({ status }) => status === 'fulfilled').length, 1)
  await assert.rejects(verify(first.challenge, first.code), refused('code-not-accepted'))
  await assert.rejects(verify('not a uuid', second.code), refused('code-not-accepted'))

  mock.timers.enable({ apis: ['Date'], now: Date.now() + 11 * 60_000 })
  await assert.rejects(verify(second.challenge, second.code), refused('code-not-accepted'))
  mock.timers.reset()
})

test('an address without an account is answered like one with it, and nothing is sent', async () => {
  const before = sent.length

  const known = await identity.code.send({ address: 'omar@example.org', language: 'en', visitor: visitor() })
  const unknown = await identity.code.send({ address: 'nobody@example.org', language: 'en', visitor: visitor() })
  await home.jobs.idle()

  assert.deepEqual(Object.keys(unknown), Object.keys(known))
  assert.equal(sent.length, before + 1)
  await assert.rejects(
    identity.code.verify({ challenge: unknown.challenge, code: '000000', visitor: visitor() }),
    refused('code-not-accepted'),
  )
  for (const address of ['', 'x', 'a@', 'a b@c', 'a@b\r\nbcc: x@y', `${'a'.repeat(300)}@b`, '\0@b'])
    await assert.rejects(
      identity.code.send({ address, language: 'en', visitor: visitor() }),
      refused('address-not-valid'),
    )
})

test('codes cannot be guessed: five tries a challenge, also all at once, and few for an address', async () => {
  await identity.openAccounts([{ person: VIC, name: 'Vic', address: 'vic@example.org', level: 'low', door: 'vic' }])
  const { session } = await identity.openDoor('vic', visitor())
  const key = testAuthenticator(site)
  const making = await identity.passkey.registerOptions(session)
  await identity.passkey.register(session, { challenge: making.challenge, response: key.register(making.options) })
  const { challenge, code } = await codeFor('vic@example.org')
  const wrong = code === '000000' ? '000001' : '000000'
  const guess = (challenge: string, code: string) => identity.code.verify({ challenge, code, visitor: visitor() })

  const guesses = await Promise.allSettled(Array.from({ length: 40 }, () => guess(challenge, wrong)))
  assert.ok(guesses.every(({ status }) => status === 'rejected'))
  await assert.rejects(guess(challenge, code), refused('code-not-accepted'))

  let tried = 5
  let stopped = false
  for (let round = 0; round < 4 && !stopped; round++) {
    const next = await codeFor('vic@example.org').catch(() => undefined)
    for (let i = 0; next && i < 5 && !stopped; i++) {
      tried++
      await guess(next.challenge, next.code === '000000' ? '000001' : '000000').catch((error) => {
        stopped = error.code !== 'code-not-accepted'
      })
    }
  }
  assert.ok(tried <= 25, String(tried))
  // Only a few more codes may be sent to the address, whoever asks.
  const more = await Promise.allSettled(Array.from({ length: 10 }, () => codeFor('vic@example.org')))
  assert.ok(more.some((one) => one.status === 'rejected' && one.reason.code === 'too-many-attempts'))
  // The one whose address is under attack comes in by passkey.
  const asking = await identity.passkey.signInOptions(visitor())
  const response = key.signIn(asking.options)
  const signedIn = await identity.passkey.signIn({ challenge: asking.challenge, response, visitor: visitor() })
  assert.equal(signedIn.session.name, 'Vic')
})

test('a network is throttled exactly, however many try at once', async () => {
  const ip = '203.0.113.9'
  const tries = await Promise.allSettled(
    Array.from({ length: 100 }, () => identity.code.verify({ challenge: GRACE, code: '000000', visitor: { ip } })),
  )

  const throttled = tries.filter((one) => one.status === 'rejected' && one.reason.code === 'too-many-attempts')
  assert.equal(throttled.length, 40)
  assert.equal(networkOf('2001:db8:1:2:aaaa::1'), networkOf('2001:db8:1:2::ffff'))
  assert.notEqual(networkOf('2001:db8:1:2::1'), networkOf('2001:db8:1:3::1'))
  assert.equal(networkOf('::ffff:198.51.100.7'), '198.51.100.7')
})

test('messaging learns where persons can be reached, and of nobody else', async () => {
  const contacts = await identity.contactsOf([GRACE, ROSE])

  assert.deepEqual([...contacts], [[GRACE, { email: 'grace@example.org', language: 'fr' }]])
})

test('signing in changes the token: one planted before is dead, and one signed in with before, too', async () => {
  const planted = 'A'.repeat(43)
  const door = await identity.openDoor('grace', visitor({ token: planted }))
  const again = await identity.openDoor('grace', visitor({ token: door.token }))

  assert.notEqual(door.token, planted)
  assert.equal(await identity.authenticate(planted), undefined)
  assert.equal(await identity.authenticate(door.token), undefined)
  assert.ok(await identity.authenticate(again.token))
})

test('signing out ends the session at once; no token, no session', async () => {
  const { token } = await identity.openDoor('grace', visitor())
  assert.ok(await identity.authenticate(token))

  await identity.signOut(token)
  await identity.signOut(token)

  assert.equal(await identity.authenticate(token), undefined)
  for (const none of [
    undefined,
    '',
    'x',
    'A'.repeat(43),
    `${token}=`,
    'A'.repeat(1_000_000),
    `'or 1=1${'-'.repeat(36)}`,
  ])
    assert.equal(await identity.authenticate(none), undefined)
})

test('a session ends when idle, and after some hours whatever happens', async () => {
  const { token } = await identity.openDoor('grace', visitor())
  const start = Date.now()
  const isOpenAfter = async (minutes: number) => {
    mock.timers.setTime(start + minutes * 60_000)
    return (await identity.authenticate(token)) !== undefined
  }

  mock.timers.enable({ apis: ['Date'], now: start })
  const used = []
  for (let minutes = 20; minutes <= 720; minutes += 20) used.push(await isOpenAfter(minutes))
  const idle = await identity.openDoor('grace', visitor())
  mock.timers.setTime(start + 752 * 60_000)
  const left = await identity.authenticate(idle.token)
  mock.timers.reset()

  assert.deepEqual(used.indexOf(false), 35)
  assert.equal(left, undefined)
})

test('neither tokens, names, addresses nor codes stand in the database', async () => {
  const { token } = await identity.openDoor('grace', visitor())
  await codeFor('grace@example.org')

  const everything: Context = {
    tenant: '*',
    actor: { kind: 'system', id: 'x' },
    purpose: 'x',
    channel: 'system',
    trace: 'x',
  }
  const dump = JSON.stringify(
    await home
      .database('ashlar_identity')
      .begin(everything, async (sql) => [
        await sql`select account::text from identity.account`,
        await sql`select session::text from identity.session`,
        await sql`select challenge::text from identity.challenge`,
      ]),
  )
  for (const secret of [
    token,
    Buffer.from(token).toString('hex'),
    'Grace',
    'grace@example.org',
    GRACE,
    Buffer.from('Grace Okoro').toString('hex'),
  ])
    assert.ok(!dump.includes(secret), secret)
})

test('a passkey is made by who is signed in, and signs in without a name, above codes', async () => {
  const { token, session } = await identity.openDoor('grace', visitor())
  const key = testAuthenticator(site)
  const making = await identity.passkey.registerOptions(session)
  await identity.passkey.register(session, { challenge: making.challenge, response: key.register(making.options) })

  const asking = await identity.passkey.signInOptions(visitor())
  const signedIn = await identity.passkey.signIn({
    challenge: asking.challenge,
    response: key.signIn(asking.options),
    visitor: visitor({ token }),
  })

  assert.equal(signedIn.session.name, 'Grace Okoro')
  assert.deepEqual([signedIn.session.method, signedIn.session.level], ['passkey', 'substantial'])
  assert.equal(await identity.authenticate(token), undefined)
})

test('a passkey is refused for another site, another challenge, a second time, without verifying the user, unknown, or copied', async () => {
  const { session } = await identity.openDoor('grace', visitor())
  const other = (await identity.openDoor('sana', visitor())).session
  const key = testAuthenticator(site)
  const making = await identity.passkey.registerOptions(session)
  const notMine = await identity.passkey.registerOptions(other)
  const evil = testAuthenticator({ origin: 'https://evil.example' })
  const register = (challenge: string, response: ReturnType<typeof key.register>) =>
    identity.passkey.register(session, { challenge, response })

  await assert.rejects(register(notMine.challenge, key.register(notMine.options)), refused('passkey-not-accepted'))
  await assert.rejects(
    register((await identity.passkey.registerOptions(session)).challenge, evil.register(making.options)),
    refused('passkey-not-accepted'),
  )
  await register(making.challenge, key.register(making.options))
  await assert.rejects(register(making.challenge, key.register(making.options)), refused('passkey-not-accepted'))

  const signIn = (challenge: string, response: ReturnType<typeof key.signIn>) =>
    identity.passkey.signIn({ challenge, response, visitor: visitor() })
  const ask = () => identity.passkey.signInOptions(visitor())
  const [a, b, c, d, e] = await Promise.all([ask(), ask(), ask(), ask(), ask()])
  const old = key.signIn(a.options)
  await assert.rejects(signIn(b.challenge, key.signIn(a.options)), refused('passkey-not-accepted'))
  await assert.rejects(signIn(c.challenge, key.signIn(c.options, { verified: false })), refused('passkey-not-accepted'))
  await assert.rejects(signIn(d.challenge, testAuthenticator(site).signIn(d.options)), refused('passkey-not-accepted'))
  const response = key.signIn(a.options)
  await signIn(a.challenge, response)
  await assert.rejects(signIn(a.challenge, response), refused('passkey-not-accepted'))
  // A copy of the key counts on its own: its counter lies behind.
  await assert.rejects(signIn(e.challenge, { ...old }), refused('passkey-not-accepted'))
  for (const broken of [
    {},
    { id: 5 },
    { id: 'x', response: null },
    { ...response, response: { clientDataJSON: '\0' } },
  ])
    await assert.rejects(signIn((await ask()).challenge, broken as never), refused('passkey-not-accepted'))
})

test('only a recent sign-in may add a passkey', async () => {
  const { session } = await identity.openDoor('grace', visitor())
  const old = { ...session, signedInAt: new Date(Date.now() - 16 * 60_000).toISOString() }

  await assert.rejects(identity.passkey.registerOptions(old), refused('recent-sign-in-needed'))
})

test('an officer acts within the agency, with scopes by role', async () => {
  const { challenge, code } = await codeFor('sana@justice.example')
  const { session } = await identity.code.verify({ challenge, code, visitor: visitor() })

  assert.deepEqual(session.scopes.toSorted(), ['cases.decide', 'cases.read'])
  assert.equal(session.level, 'substantial')
  const { tenant, actor, unit, roles, subject } = session.context
  assert.deepEqual(
    { tenant, actor, unit, roles, subject },
    {
      tenant: 'justice',
      actor: { kind: 'staff', id: 'sana' },
      unit: 'records',
      roles: ['records-officer'],
      subject: undefined,
    },
  )
})

test('publishing staff again changes nothing; a changed or dismissed officer is signed out', async () => {
  const { token } = await identity.openDoor('sana', visitor())

  assert.deepEqual(await identity.publishStaff([sana]), { published: [], ended: [] })
  assert.ok(await identity.authenticate(token))
  assert.deepEqual(await identity.publishStaff([{ ...sana, roles: ['clerk'] }]), { published: ['sana'], ended: [] })
  assert.equal(await identity.authenticate(token), undefined)

  const again = await identity.openDoor('sana', visitor())
  assert.deepEqual(again.session.scopes, ['cases.read'])
  assert.deepEqual(await identity.publishStaff([]), { published: [], ended: ['sana'] })
  assert.equal(await identity.authenticate(again.token), undefined)
  await assert.rejects(identity.openDoor('sana', visitor()), refused('door-closed'))
  assert.deepEqual(await identity.publishStaff([sana]), { published: ['sana'], ended: [] })
  assert.ok((await identity.openDoor('sana', visitor())).token)
})

test('doors open in the demo only', async () => {
  assert.deepEqual(
    (await identity.doors()).map(({ id, kind, name }) => [id, kind, name]),
    [
      ['grace', 'person', 'Grace Okoro'],
      ['vic', 'person', 'Vic'],
      ['sana', 'staff', 'Sana Rahimi'],
    ],
  )
  await assert.rejects(identity.openDoor('omar', visitor()), refused('door-closed'))
  await assert.rejects(identity.openDoor("' or true", visitor()), refused('door-closed'))

  assert.deepEqual(await closed.doors(), [])
  await assert.rejects(closed.openDoor('grace', visitor()), refused('door-closed'))
})

test('a parent acts for a child until it comes of age; the header, the context and the token say so', async () => {
  const mandate = {
    holder: GRACE,
    represented: { kind: 'person' as const, id: ROSE, name: 'Rose Okoro' },
    basis: 'parent' as const,
    validFrom: '2026-01-21',
    validUntil: '2026-03-12',
  }
  assert.equal(await identity.grantMandates([mandate]), 1)
  assert.equal(await identity.grantMandates([mandate]), 0)
  const { token } = await identity.openDoor('grace', visitor())

  const acting = await identity.actFor(token, ROSE)

  assert.equal(await identity.authenticate(token), undefined)
  assert.deepEqual(acting.session.represented, { kind: 'person', id: ROSE, name: 'Rose Okoro' })
  assert.deepEqual(acting.session.context.actor, { kind: 'person', id: GRACE })
  assert.equal(acting.session.context.subject, ROSE)
  assert.deepEqual(acting.session.context.represented, { kind: 'person', id: ROSE })
  const back = await identity.actFor(acting.token, null)
  assert.deepEqual([back.session.represented, back.session.context.subject], [undefined, GRACE])
  assert.ok(await identity.mayAct(GRACE, ROSE))
  assert.ok(await identity.mayAct(GRACE, GRACE))
  assert.ok(!(await identity.mayAct(ROSE, GRACE)))
  assert.ok(!(await identity.mayAct(OMAR, ROSE)))
  await assert.rejects(identity.actFor(back.token, OMAR), refused('may-not-act-for'))
  await assert.rejects(identity.actFor(back.token, 'nobody'), refused('may-not-act-for'))
  await assert.rejects(identity.actFor('A'.repeat(43), ROSE), refused('sign-in-needed'))

  await home.clock.move('P10D')
  assert.ok(!(await identity.mayAct(GRACE, ROSE)))
  assert.deepEqual(await identity.mandatesOf(GRACE), [])
})

test('when a mandate ends, so does the session in which it is used', async () => {
  const mandate = {
    holder: GRACE,
    represented: { kind: 'person' as const, id: ROSE, name: 'Rose Okoro' },
    basis: 'mandate' as const,
    validFrom: '2026-01-21',
  }
  await identity.grantMandates([mandate])
  const own = await identity.openDoor('grace', visitor())
  const acting = await identity.actFor((await identity.openDoor('grace', visitor())).token, ROSE)

  await identity.endMandate({ holder: GRACE, represented: ROSE, basis: 'mandate' })

  assert.equal(await identity.authenticate(acting.token), undefined)
  assert.ok(await identity.authenticate(own.token))
})

test('of many who exchange one token at once, one gets the new one', async () => {
  const { token } = await identity.openDoor('grace', visitor())

  const exchanged = await Promise.allSettled(Array.from({ length: 10 }, () => identity.actFor(token, null)))

  assert.equal(exchanged.filter(({ status }) => status === 'fulfilled').length, 1)
})

test('the walls stand below the code: accounts, sessions, passkeys and mandates of others are not seen', async () => {
  const person = (id: string): Context => ({
    tenant: null,
    actor: { kind: 'person', id },
    subject: id,
    purpose: 'x',
    channel: 'web',
    trace: 'x',
  })
  await identity.openDoor('grace', visitor())

  for (const table of ['account', 'session', 'passkey', 'mandate']) {
    assert.equal(await rows({ ...person(GRACE), subject: undefined }, table), 0, table)
    assert.equal(await rows({ ...person(GRACE), subject: undefined, tenant: 'police' }, table), 0, table)
  }
  assert.equal(await rows(person(GRACE), 'account'), 1)
  assert.equal(await rows(person(OMAR), 'mandate'), 0)
  assert.equal((await home.database('ashlar_identity')`select * from identity.session`).length, 0)
})

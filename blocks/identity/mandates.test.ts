// Tests of mandates through the door of identity: given, accepted, limited, chained, given on, revoked, and who tries without.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { uuidOf } from '@ashlar/kernel/identifiers'
import { isProblem } from '@ashlar/kernel/problem'
import type { Context } from '@ashlar/kernel/sql'
import { house, prepareAll, type TestHouse } from '@ashlar/kernel/testing'
import { createIdentity, type Gift, type Identity, type Mandate, type Session } from './index.ts'

const idOf = (name: string) => uuidOf(`test ${name}`)
const people = ['grace', 'liam', 'amina', 'rose', 'eve']
const companies: Record<string, string | undefined> = { reef: 'grace', books: 'amina', crane: 'eve' }
let home: TestHouse<'identity'>
let identity: Identity

before(async () => {
  home = await house({ blocks: ['identity'] })
  identity = createIdentity({
    ...home.identity,
    secret: Buffer.alloc(32, 7),
    site: { name: 'Veridia', origin: 'https://veridia.example' },
    scopes: { person: ['cases.apply', 'messaging.read'], staff: [], roles: {} },
    sendCode: async () => {},
    demo: true,
    // The registers: companies with their directors, and one child.
    legal: async (person): Promise<Mandate[]> => [
      ...Object.entries(companies)
        .filter(([, director]) => director !== undefined && idOf(director) === person)
        .map(([name]) => ({
          holder: person,
          represented: { kind: 'organisation' as const, id: idOf(name), name: `The ${name}` },
          basis: 'director' as const,
          validFrom: '2020-01-01',
        })),
      ...(person === idOf('grace')
        ? [
            {
              holder: person,
              represented: { kind: 'person' as const, id: idOf('rose'), name: 'Rose' },
              basis: 'parent' as const,
              validFrom: '2020-01-01',
              validUntil: '2036-01-01',
            },
          ]
        : []),
    ],
    findParty: async ({ number, ...named }) => {
      if (named.kind === 'organisation')
        return number in companies ? { kind: 'organisation', id: idOf(number), name: `The ${number}` } : undefined
      return people.includes(number) && named.born === '1990-01-01'
        ? { kind: 'person', id: idOf(number), name: number }
        : undefined
    },
  })
  await identity.openAccounts(people.map((name) => ({ person: idOf(name), name, level: 'high' as const, door: name })))
})
after(() => home.stop())

const refused = (code: string, limit?: string) => (error: unknown) => {
  assert.ok(isProblem(error), String(error))
  assert.equal(error.code, code)
  if (limit !== undefined) assert.equal(error.members?.limit, limit)
  return true
}
let visitors = 0
async function enter(name: string, as?: string): Promise<{ token: string; session: Session }> {
  const signedIn = await identity.openDoor(name, { ip: `203.0.113.${visitors++ % 250}` })
  return as === undefined ? signedIn : identity.actFor(signedIn.token, idOf(as))
}
const to = (number: string): Gift['to'] => ({ kind: 'person', number, born: '1990-01-01' })
/** Given by one, in the name of another if need be, and accepted by the third. */
async function mandate(from: [string, string?], holder: string | [string, string], more: Partial<Gift> = {}) {
  const [who, organisation] = [holder].flat()
  const gift: Gift = {
    to: organisation === undefined ? to(who as string) : { kind: 'organisation', number: organisation },
    ...more,
  }
  const given = await identity.giveMandate(gift, (await enter(...from)).session)
  await identity.acceptMandate(given.id, (await enter(who as string, organisation)).session)
  return given.id
}
const contextOf = async (name: string, as: string): Promise<Context> => ({
  tenant: null,
  actor: { kind: 'person', id: idOf(name) },
  subject: idOf(as),
  represented: { kind: as in companies ? 'organisation' : 'person', id: idOf(as) },
  purpose: 'apply',
  channel: 'web',
  trace: 'test',
})
const can = async (name: string, as: string, deed = {}, by?: string[]) =>
  identity.representation(await contextOf(name, as), { act: 'apply', ...deed }, by)

test('every statement fits the schema', async () => {
  const report = await prepareAll(home, 'identity')

  assert.deepEqual(report.faults, [])
})

test('registers say who is director and parent; both names are known of each deed', async () => {
  const all = await identity.mandatesOf(idOf('grace'))

  assert.deepEqual(
    all.map(({ represented, basis }) => [represented.name, basis]),
    [
      ['The reef', 'director'],
      ['Rose', 'parent'],
    ],
  )
  const representation = await can('grace', 'reef', {}, ['director'])
  assert.deepEqual(
    [representation?.actor, representation?.represented, representation?.basis],
    ['grace', 'The reef', 'director'],
  )
  await assert.rejects(can('grace', 'reef', {}, ['mandate']), refused('may-not-act-for'))
  await assert.rejects(can('liam', 'reef'), refused('acting-ended'))
})

test('a mandate has no effect until it is accepted, and none after it is declined', async () => {
  const given = await identity.giveMandate({ to: to('liam') }, (await enter('grace', 'reef')).session)
  const liam = await enter('liam')

  assert.equal(given.state, 'offered')
  await assert.rejects(can('liam', 'reef'), refused('acting-ended'))
  await assert.rejects(identity.actFor((await enter('liam')).token, idOf('reef')), refused('may-not-act-for'))
  // Nobody else can accept it, nor see it.
  await assert.rejects(identity.acceptMandate(given.id, (await enter('eve')).session), refused('mandate-not-found'))
  await assert.rejects(
    identity.acceptMandate(given.id, (await enter('grace', 'reef')).session),
    refused('mandate-not-found'),
  )
  await identity.declineMandate(given.id, liam.session)
  await assert.rejects(identity.acceptMandate(given.id, liam.session), refused('mandate-moved-on'))
  await assert.rejects(can('liam', 'reef'), refused('acting-ended'))
  assert.deepEqual(
    (await identity.mandatesHeld(liam.session)).map(({ state, represented }) => [state, represented.name]),
    [['declined', 'The reef']],
  )
})

test('services, acts, money and time limit it', async () => {
  const today = home.clock.today()
  const id = await mandate(['grace', 'reef'], 'liam', {
    services: ['work-permit'],
    acts: ['apply'],
    limit: { value: 50_000, currency: 'VRD' },
    validUntil: `${Number(today.slice(0, 4)) + 1}${today.slice(4)}`,
  })

  assert.equal(
    (await can('liam', 'reef', { service: 'work-permit', amount: { value: 50_000, currency: 'VRD' } }))?.mandate,
    id,
  )
  await assert.rejects(can('liam', 'reef', { service: 'fine' }), refused('mandate-too-narrow', 'service'))
  await assert.rejects(can('liam', 'reef', { act: 'follow' }), refused('mandate-too-narrow', 'act'))
  for (const amount of [
    { value: 50_001, currency: 'VRD' },
    { value: 1, currency: 'EUR' },
  ])
    await assert.rejects(
      can('liam', 'reef', { service: 'work-permit', amount }),
      refused('mandate-too-narrow', 'limit'),
    )

  await home.clock.move('P366D')
  await assert.rejects(can('liam', 'reef', { service: 'work-permit' }), refused('acting-ended'))
  assert.equal(
    (await identity.mandatesHeld((await enter('liam')).session)).find((one) => one.id === id)?.state,
    'expired',
  )
})

test('who may act in some services only has no scopes but for these; who may act in all, has them all', async () => {
  const id = await mandate(['grace', 'reef'], 'liam', { services: ['work-permit'] })
  const { token } = await enter('liam', 'reef')

  const some = await identity.authenticate(token)
  const all = await identity.authenticate((await enter('grace', 'reef')).token)

  assert.deepEqual([some?.isLimited, some?.scopes], [true, ['cases.apply']])
  assert.deepEqual([all?.isLimited, all?.scopes], [undefined, ['cases.apply', 'messaging.read']])
  await identity.revokeMandate(id, (await enter('grace', 'reef')).session)
})

test('revoked, it ends at once: the deed, the session, and what was given on under it', async () => {
  const id = await mandate(['grace', 'reef'], 'liam', { mayDelegate: true })
  const acting = await enter('liam', 'reef')
  const further = await identity.giveMandate({ to: to('amina'), services: ['fine'] }, acting.session)
  await identity.acceptMandate(further.id, (await enter('amina')).session)
  assert.ok(await can('amina', 'reef', { service: 'fine' }))

  await assert.rejects(identity.revokeMandate(id, (await enter('eve')).session), refused('mandate-not-found'))
  await identity.revokeMandate(id, (await enter('grace', 'reef')).session)

  await assert.rejects(can('liam', 'reef'), refused('acting-ended'))
  await assert.rejects(can('amina', 'reef', { service: 'fine' }), refused('acting-ended'))
  assert.equal(await identity.authenticate(acting.token), undefined)
  // Twice is as once.
  await identity.revokeMandate(id, (await enter('grace', 'reef')).session)
})

test('who holds a mandate may give it on only if it says so, and never more than they have', async () => {
  const plain = await mandate(['grace', 'reef'], 'liam')
  const acting = await enter('liam', 'reef')
  await assert.rejects(identity.giveMandate({ to: to('amina') }, acting.session), refused('may-not-delegate'))
  await identity.revokeMandate(plain, (await enter('grace', 'reef')).session)

  await mandate(['grace', 'reef'], 'liam', {
    mayDelegate: true,
    services: ['fine'],
    limit: { value: 100, currency: 'VRD' },
  })
  const narrow = (await enter('liam', 'reef')).session
  const give = (more: Partial<Gift>) => identity.giveMandate({ to: to('amina'), ...more }, narrow)
  await assert.rejects(give({}), refused('mandate-too-narrow'))
  await assert.rejects(give({ services: ['fine', 'work-permit'] }), refused('mandate-too-narrow'))
  await assert.rejects(
    give({ services: ['fine'], limit: { value: 101, currency: 'VRD' } }),
    refused('mandate-too-narrow'),
  )
  assert.ok(await give({ services: ['fine'], limit: { value: 99, currency: 'VRD' } }))
  // Nor may they accept or revoke for the company.
  await assert.rejects(identity.acceptMandate(idOf('none'), narrow), refused('may-not-delegate'))
})

test('a chain has two links: the director of an organisation uses its mandate, and nobody goes further', async () => {
  // The reef empowers the books; their director is amina. The books empower the crane; its director is eve.
  await mandate(['grace', 'reef'], ['amina', 'books'], { services: ['work-permit'] })
  await mandate(['amina', 'books'], ['eve', 'crane'])

  const through = await can('amina', 'reef', { service: 'work-permit' }, ['mandate'])
  assert.deepEqual([through?.basis, through?.via], ['mandate', 'The books'])
  assert.ok(await can('eve', 'books'))
  await assert.rejects(can('eve', 'reef', { service: 'work-permit' }), refused('acting-ended'))
  // An employee of the books has no part in it, since the reef did not say so.
  await mandate(['amina', 'books'], 'liam')
  assert.ok(await can('liam', 'books'))
  const employee = (await identity.mandatesOf(idOf('liam'))).filter(({ via }) => via !== undefined)
  assert.deepEqual(employee, [])
})

test('a director who leaves the register stops at once, and so does who acts through them', async () => {
  const acting = await enter('amina', 'books')
  companies.books = undefined

  await identity.recheckRepresentatives(idOf('books'))

  await assert.rejects(can('amina', 'books'), refused('acting-ended'))
  assert.equal(await identity.authenticate(acting.token), undefined)
  assert.ok(!(await identity.mayAct(idOf('amina'), idOf('reef'))))
})

test('who is to get it is found by number and date of birth together, and guessing is slow', async () => {
  const { session } = await enter('eve')
  const give = (gift: Partial<Gift>) => identity.giveMandate({ to: to('liam'), ...gift }, session)

  await assert.rejects(
    give({ to: { kind: 'person', number: 'liam', born: '1990-01-02' } }),
    refused('holder-not-found'),
  )
  await assert.rejects(give({ to: to('eve') }), refused('mandate-not-valid'))
  for (const wrong of [
    { services: [] },
    { acts: [] },
    { limit: { value: -1, currency: 'VRD' } },
    { validUntil: '2020-01-01' },
  ])
    await assert.rejects(give(wrong as Partial<Gift>), refused('mandate-not-valid'))
  const tries = await Promise.allSettled(Array.from({ length: 260 }, () => give({ to: to('nobody') })))
  assert.ok(
    tries.some((one) => one.status === 'rejected' && isProblem(one.reason) && one.reason.code === 'too-many-attempts'),
  )
})

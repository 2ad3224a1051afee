// Proves sealing, erasing, signing and both rotations, also twice and at the same time.
import assert from 'node:assert/strict'
import { createPublicKey, randomBytes, verify } from 'node:crypto'
import test, { after, before } from 'node:test'
import type { Database } from '../sql/index.ts'
import { house, type TestHouse } from '../testing/index.ts'
import { createKeys } from './index.ts'

let home: TestHouse
let database: Database
before(async () => {
  home = await house({ blocks: [] })
  database = home.database('ashlar_keys')
})
after(() => home?.stop())

const master = Buffer.alloc(32, 1)
const keysOf = (use: Buffer | [Buffer, ...Buffer[]] = master) =>
  createKeys({ sql: database, master: use, clock: home.clock })
let subjects = 0
const newSubject = () => `subject-${++subjects}`

test('what is sealed opens for its subject, here and in another process, whatever it is', async () => {
  const keys = keysOf()
  const subject = newSubject()
  for (const data of [Buffer.alloc(0), Buffer.from('آمنة'), randomBytes(100_000)]) {
    const sealed = await keys.seal(subject, data)

    assert.deepEqual(await keys.open(subject, sealed), data)
    assert.deepEqual(await keysOf().open(subject, sealed), data)
  }
  const text = await keys.seal(subject, 'the same')
  assert.notDeepEqual(text, await keys.seal(subject, 'the same'))
})

test('it opens for nobody else, and not when one bit has changed', async () => {
  const keys = keysOf()
  const [subject, other] = [newSubject(), newSubject()]
  const sealed = await keys.seal(subject, 'mine')

  await assert.rejects(keys.open(other, sealed), { code: 'cannot-open' })
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed)
    changed[at]! ^= 1
    await assert.rejects(keys.open(subject, changed), { code: 'cannot-open' }, `byte ${at}`)
  }
  for (const nonsense of [Buffer.alloc(0), Buffer.alloc(44), Buffer.from('plain text')])
    await assert.rejects(keys.open(subject, nonsense), { code: 'cannot-open' })
})

test('erased is erased, twice as well, and a new beginning has a new key', async () => {
  const keys = keysOf()
  const subject = newSubject()
  const sealed = await keys.seal(subject, 'gone')
  const unharmed = await keys.seal(newSubject(), 'stays')

  await keys.erase(subject)
  await keys.erase(subject)

  await assert.rejects(keys.open(subject, sealed), { code: 'subject-erased', status: 410 })
  await assert.rejects(keysOf().open(subject, sealed), { code: 'subject-erased' })
  const anew = await keys.seal(subject, 'back again')
  assert.equal((await keys.open(subject, anew)).toString(), 'back again')
  assert.equal((await keys.open(`subject-${subjects}`, unharmed)).toString(), 'stays')
})

test('many open at once, in their order; the erased are told, and what is another’s is refused', async () => {
  const keys = keysOf()
  const [subject, gone] = [newSubject(), newSubject()]
  const [mine, again, theirs] = [
    await keys.seal(subject, 'one'),
    await keys.seal(subject, 'two'),
    await keys.seal(gone, 'three'),
  ]
  await keys.erase(gone)
  const items = [
    { subject, sealed: again },
    { subject: gone, sealed: theirs },
    { subject, sealed: mine },
  ]

  const opened = await keysOf().openMany(items)

  assert.deepEqual(
    opened.map((one) => one?.toString()),
    ['two', undefined, 'one'],
  )
  assert.deepEqual(await keys.openMany([]), [])
  await assert.rejects(keys.openMany([{ subject: gone, sealed: mine }]), { code: 'cannot-open' })
  await assert.rejects(keys.openMany([{ subject, sealed: Buffer.alloc(60) }]), { code: 'cannot-open' })
})

test('a process that knows an erased key does not seal anything new with it', async () => {
  const [here, there] = [keysOf(), keysOf()]
  const subject = newSubject()
  await there.seal(subject, 'before')

  await here.erase(subject)
  const sealed = await there.seal(subject, 'after')

  assert.equal((await here.open(subject, sealed)).toString(), 'after')
})

test('ten at once make one key for a new subject and one for a new authority', async () => {
  const subject = newSubject()
  const sealed = await Promise.all(Array.from({ length: 10 }, () => keysOf().seal(subject, 'x')))
  const signed = await Promise.all(Array.from({ length: 10 }, () => keysOf().sign('rush', Buffer.from('x'))))

  assert.equal(new Set(sealed.map((one) => one.toString('hex', 1, 17))).size, 1)
  assert.equal(new Set(signed.map((one) => one.kid)).size, 1)
})

test('a copy of the tables lists no subject', async () => {
  await keysOf().seal('findable-subject', 'x')
  const rows = await database`select t::text from keys.data_key t`

  assert.ok(rows.length > 0)
  const dump = JSON.stringify(rows)
  assert.equal(dump.includes('findable') || dump.includes(Buffer.from('findable').toString('hex')), false)
})

test('an authority signs, its public key verifies, and a retired key verifies still', async () => {
  const keys = keysOf()
  const bytes = Buffer.from('extract CR-26')
  const before = await keys.sign('justice', bytes)
  home.clock.move('+1d')
  await keys.rotate('justice')
  const afterwards = await keys.sign('justice', bytes)

  const published = (await keys.publicKeys()).filter((key) => key.authority === 'justice')

  assert.notEqual(before.kid, afterwards.kid)
  assert.deepEqual(
    published.map((key) => [key.kid, key.notAfter === undefined]),
    [
      [before.kid, false],
      [afterwards.kid, true],
    ],
  )
  for (const { kid, signature } of [before, afterwards]) {
    const jwk = published.find((key) => key.kid === kid)!
    const key = createPublicKey({ key: { kty: jwk.kty, crv: jwk.crv, x: jwk.x }, format: 'jwk' })
    assert.ok(verify(null, bytes, key, signature))
    assert.equal(verify(null, Buffer.from('extract CR-27'), key, signature), false)
  }
  assert.equal(JSON.stringify(published).includes('"d"'), false)
})

test('two rotations at once leave one active key', async () => {
  await keysOf().sign('twins', Buffer.from('x'))

  await Promise.all([keysOf().rotate('twins'), keysOf().rotate('twins')])

  const keys = (await keysOf().publicKeys()).filter((key) => key.authority === 'twins')
  assert.equal(keys.filter((key) => key.notAfter === undefined).length, 1)
})

test('the master key is rotated without losing anything, twice at once, and the former one is needed no more', async () => {
  const subject = newSubject()
  const sealed = await keysOf().seal(subject, 'kept')
  const { kid } = await keysOf().sign('treasury', Buffer.from('x'))
  const gone = newSubject()
  const erased = await keysOf().seal(gone, 'x')
  await keysOf().erase(gone)
  const next = Buffer.alloc(32, 2)

  await assert.rejects(keysOf(next).open(subject, sealed), /not among those given/)
  const [one, two] = await Promise.all([keysOf([next, master]).rotateMaster(), keysOf([next, master]).rotateMaster()])

  assert.ok(one + two > 0)
  assert.equal(await keysOf([next, master]).rotateMaster(), 0)
  assert.equal((await keysOf(next).open(subject, sealed)).toString(), 'kept')
  assert.equal((await keysOf(next).sign('treasury', Buffer.from('x'))).kid, kid)
  assert.equal((await keysOf(next).open(subject, await keysOf(next).seal(subject, 'also'))).toString(), 'also')
  await assert.rejects(keysOf(next).open(gone, erased), { code: 'subject-erased' })
  await assert.rejects(keysOf(master).seal(subject, 'x'), /not among those given/)
  assert.throws(() => keysOf(Buffer.alloc(16)), /32 bytes/)
})

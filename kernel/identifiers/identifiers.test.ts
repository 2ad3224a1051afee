// Proves that keys sort, references check themselves, and pairwise identifiers permute.
import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import {
  createPairwise,
  isPublicReference,
  isUuid,
  publicReference,
  readPublicReference,
  uuidOf,
  uuidv7,
} from './index.ts'

test('100,000 keys sort in the order they were made, and differ', () => {
  const keys = Array.from({ length: 100_000 }, () => uuidv7())

  assert.deepEqual(keys, keys.toSorted())
  assert.equal(new Set(keys).size, keys.length)
  assert.match(keys[0]!, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('keys of a standing legal clock sort too, and show its time', () => {
  const at = new Date('2031-05-06T07:08:09.010Z')
  const keys = Array.from({ length: 10_000 }, () => uuidv7(at))

  assert.deepEqual(keys, keys.toSorted())
  assert.equal(parseInt(keys[0]!.replaceAll('-', '').slice(0, 12), 16), at.getTime())
  const earlier = new Date('2026-01-01T00:00:00Z') // the clock was reset
  assert.equal(parseInt(uuidv7(earlier).replaceAll('-', '').slice(0, 12), 16), earlier.getTime())
})

test('a key of a text is a UUID of version 8, and the same for the same text', () => {
  assert.match(uuidOf('one'), /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.equal(uuidOf('one'), uuidOf('one'))
  assert.notEqual(uuidOf('one'), uuidOf('two'))
})

test('a reference has its prefix and year, no look-alikes, and a right check sign', () => {
  for (let n = 0; n < 1000; n++) {
    const reference = publicReference('CR', new Date('2026-07-01T00:00:00Z'))

    assert.match(reference, /^CR-26-[2-9CDFHJKMNPRTVWXY]{5}-[2-9CDFHJKMNPRTVWXY]{5}$/)
    assert.ok(isPublicReference(reference))
  }
  assert.throws(() => publicReference('cr'), RangeError)
})

test('every single wrong sign and every two signs that changed places are noticed', () => {
  const reference = publicReference('FN')
  const signs = '0123456789CDFHJKMNPRTVWXY'

  for (let at = 3; at < reference.length; at++) {
    if (reference[at] === '-') continue
    for (const sign of signs)
      if (sign !== reference[at])
        assert.equal(isPublicReference(reference.slice(0, at) + sign + reference.slice(at + 1)), false)
    for (let other = at + 1; other < reference.length; other++) {
      const swapped = [...reference]
      swapped[at] = reference[other]!
      swapped[other] = reference[at]!
      if (swapped.join('') !== reference) assert.equal(isPublicReference(swapped.join('')), false)
    }
  }
})

test('a reference is read as people type it', () => {
  const reference = publicReference('WPX')

  assert.equal(readPublicReference(` ${reference.toLowerCase().replaceAll('-', ' ')} `), reference)
  assert.equal(readPublicReference(reference.replaceAll('-', '')), reference)
  assert.equal(readPublicReference(reference.replaceAll('-', '–')), reference)
  fc.assert(fc.property(fc.string(), (text) => assert.equal(readPublicReference(text), undefined)))
})

test('a person is another in every sector, always the same in one, and can be found back', () => {
  const pairwise = createPairwise(Buffer.alloc(32, 7))
  fc.assert(
    fc.property(fc.uuid(), (id) => {
      const payments = pairwise.of('payments', id)

      assert.ok(isUuid(payments) && payments !== id)
      assert.equal(pairwise.of('payments', id), payments)
      assert.notEqual(pairwise.of('cases', id), payments)
      assert.equal(pairwise.back('payments', payments), id)
    }),
  )
})

test('another secret names everybody differently; a short secret and a wrong id are refused', () => {
  const id = uuidv7()

  assert.notEqual(createPairwise('a'.repeat(32)).of('x', id), createPairwise('b'.repeat(32)).of('x', id))
  assert.throws(() => createPairwise('short'), /32 bytes/)
  assert.throws(
    () => createPairwise('a'.repeat(32)).of('x', 'Amina'),
    (error: Error) => !error.message.includes('Amina'),
  )
})

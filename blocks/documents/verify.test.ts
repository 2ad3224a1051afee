// Signed statements: every changed bit is found, here and by the script that a page carries with it.
import assert from 'node:assert/strict'
import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, it } from 'node:test'
import vm from 'node:vm'
import { encodeQR } from 'qr'
import { decodeQR } from 'qr/decode.js'
import { type Statement, toCode, toSigningInput } from './statement.ts'
import { type Verdict, type VerificationKey, verifyOffline, verifyScript } from './verify.ts'

const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const { kty, crv, x } = publicKey.export({ format: 'jwk' }) as { kty: string; crv: string; x: string }
const key: VerificationKey = {
  kty,
  crv,
  x,
  kid: 'k7f3k7f3k7f3',
  authority: 'justice',
  notBefore: '2026-01-01T00:00:00Z',
}
const statement: Statement = {
  reference: 'CR-26-7K3MX-9RDT4',
  issuer: 'justice',
  kind: 'criminal-record-extract/extract',
  issuedAt: new Date('2026-04-12T08:00:00Z'),
  validUntil: new Date('2026-07-11T23:59:59Z'),
  facts: {
    fullName: 'محمد عبد الرحمن',
    formerNames: ['王小明'],
    dateOfBirth: '1990-04-12',
    entries: [],
    otherPurpose: null,
  },
}
const at = new Date('2026-05-01T00:00:00Z')

function signed(of: Statement = statement, kid = key.kid): string {
  const input = toSigningInput(of, kid)
  return `${input}.${sign(null, Buffer.from(input), privateKey).toString('base64url')}`
}

/** The same in a browser's place: only what browsers have, and no network. */
const inBrowser = vm.createContext({ atob, TextDecoder, TextEncoder, crypto, Uint8Array, JSON, Date })
vm.runInContext(`${verifyScript}; globalThis.verifyDocument = verifyDocument`, inBrowser)
const verifiers: Record<string, (text: string, keys: VerificationKey[], at: Date) => Promise<Verdict>> = {
  'on the server': verifyOffline,
  'in a page without a network': (inBrowser as { verifyDocument: typeof verifyOffline }).verifyDocument,
}

for (const [where, verify] of Object.entries(verifiers))
  describe(`a statement checked ${where}`, () => {
    it('is valid with its facts, from the whole address or alone', async () => {
      const token = signed()

      for (const text of [token, `  ${toCode('https://veridia.example', token)}\n`]) {
        const verdict = await verify(text, [key], at)
        assert.equal(verdict.outcome, 'valid')
        assert.equal(verdict.reference, 'CR-26-7K3MX-9RDT4')
        assert.equal(verdict.validUntil, '2026-07-11T23:59:59.000Z')
        assert.equal(
          JSON.stringify(verdict.facts),
          '{"fullName":"محمد عبد الرحمن","formerNames":["王小明"],"dateOfBirth":"1990-04-12","entries":[]}',
        )
      }
    })

    it('is expired after its day', async () => {
      assert.equal((await verify(signed(), [key], new Date('2026-07-12T00:00:00Z'))).outcome, 'expired')
    })

    it('is of an unknown key when the issuer has none of that name, or had it at another time', async () => {
      const at = new Date('2026-05-01T00:00:00Z')
      const outcome = async (keys: VerificationKey[]) => (await verify(signed(), keys, at)).outcome

      assert.equal(await outcome([]), 'unknown-key')
      assert.equal(await outcome([{ ...key, authority: 'health' }]), 'unknown-key')
      assert.equal(await outcome([{ ...key, kid: 'another' }]), 'unknown-key')
      assert.equal(await outcome([{ ...key, notBefore: '2026-04-13T00:00:00Z' }]), 'unknown-key')
      assert.equal(await outcome([{ ...key, notAfter: '2026-04-11T00:00:00Z' }]), 'unknown-key')
      assert.equal(await outcome([{ ...key, notAfter: '2026-04-13T00:00:00Z' }]), 'valid')
    })

    it('is never valid with any sign changed', async () => {
      const token = signed()
      const outcomes = new Set<string>()
      for (let n = 0; n < token.length; n++) {
        const other = token[n] === 'A' ? 'B' : 'A'
        const verdict = await verify(token.slice(0, n) + other + token.slice(n + 1), [key], at)
        const isSame = Buffer.from(token.slice(token.lastIndexOf('.') + 1), 'base64url').equals(
          Buffer.from((token.slice(0, n) + other + token.slice(n + 1)).split('.')[2] ?? '', 'base64url'),
        )
        // The last sign of the signature has four bits that mean nothing.
        if (n === token.length - 1 && isSame) continue
        outcomes.add(verdict.outcome)
      }

      assert.deepEqual([...outcomes].sort(), ['tampered', 'unknown-key', 'unreadable'])
    })

    it('is unreadable when it is something else', async () => {
      const none = Buffer.from('{"alg":"none","typ":"doc+jwt","kid":"k7f3k7f3k7f3"}').toString('base64url')
      const token = signed()
      const others = ['', '#', 'hello', 'a.b.c', '....', 'x'.repeat(5000), `${none}.${token.split('.')[1]}.`]
      const ofNull = Buffer.from('null').toString('base64url')
      const ofAccess = Buffer.from('{"alg":"EdDSA","typ":"at+jwt","kid":"k7f3k7f3k7f3"}').toString('base64url')

      for (const text of [...others, `${ofNull}.${ofNull}.`, `${ofAccess}.${token.split('.')[1]}.AA`])
        assert.equal((await verify(text, [key], at)).outcome, 'unreadable', text.slice(0, 60))
    })
  })

describe('the code', () => {
  it('holds as many facts as there is room for, and names the others', async () => {
    const facts = { short: 'yes', long: 'ا'.repeat(400), entries: [{ a: 1 }, { a: 2 }], big: 'x'.repeat(300) }
    const token = signed({ ...statement, facts })

    const verdict = await verifyOffline(token, [key], at)

    assert.deepEqual(verdict.facts, { short: 'yes', entries: 2, big: 'x'.repeat(300) })
    assert.deepEqual(verdict.leftOut, ['long'])
    assert.ok(toCode('https://services.veridia.example', token).length < 1000)
  })

  it('is read back from its drawing', () => {
    const code = toCode('https://veridia.example', signed())
    const modules = encodeQR(code, 'raw', { ecc: 'medium', border: 4, scale: 4 })
    const size = modules.length
    const data = new Uint8Array(size * size * 4)
    for (const [at, dark] of modules.flat().entries()) data.set(dark ? [0, 0, 0, 255] : [255, 255, 255, 255], at * 4)

    assert.equal(decodeQR({ width: size, height: size, data }, { timeLimit: 2000 }), code)
  })

  it('needs a script of less than 4 KB to be checked in a page', () => {
    assert.ok(Buffer.byteLength(verifyScript) < 4096, `${Buffer.byteLength(verifyScript)} bytes`)
    assert.doesNotMatch(verifyScript, /<\/script|<!--/)
  })
})

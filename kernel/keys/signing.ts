// Signs for an authority with its Ed25519 key (RFC 8032), and publishes its keys, retired ones too (RFC 7517, 8037).
import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { machineTime } from '../clock/index.ts'
import type { KeyStore, SigningKeyRow } from './store.ts'
import type { Wrapping } from './wrapping.ts'

export interface Signature {
  kid: string
  signature: Buffer
}

/** A public key as a JWK, and for whom and when it signed. */
export interface PublicKey {
  kty: string
  crv: string
  x: string
  kid: string
  alg: 'EdDSA'
  use: 'sig'
  authority: string
  /** ISO 8601. */
  notBefore: string
  /** When it was retired; absent while it signs. What it signed before stays good. */
  notAfter?: string
}

/** How long a process goes on with a key that another process has rotated away; machine time, milliseconds. */
const KEPT_FOR = 30_000

export function createSigning(store: KeyStore, wrapping: Wrapping, clock: { now(): Date }) {
  const active = new Map<string, { kid: string; key: KeyObject; until: number }>()

  async function keyOf(authority: string): Promise<{ kid: string; key: KeyObject }> {
    const known = active.get(authority)
    if (known !== undefined && known.until > machineTime.now().getTime()) return known
    let row = await store.findActiveSigningKey(authority)
    if (row === undefined) {
      await store.insertSigningKey(makeKey(authority, wrapping, clock.now()))
      row = await store.findActiveSigningKey(authority)
    }
    if (row === undefined) throw new Error(`the signing key of ${authority} is being replaced over and over`)
    const der = wrapping.unwrap(row.wrapped, signingPurposeOf(row.kid), row.master)
    const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    const kept = { kid: row.kid, key, until: machineTime.now().getTime() + KEPT_FOR }
    active.set(authority, kept)
    return kept
  }

  return {
    async sign(authority: string, bytes: Buffer): Promise<Signature> {
      const { kid, key } = await keyOf(authority)
      return { kid, signature: sign(null, bytes, key) }
    },

    async publicKeys(): Promise<PublicKey[]> {
      const rows = await store.listSigningKeys()
      return rows.map((row) => ({
        ...row.public,
        kid: row.kid,
        alg: 'EdDSA' as const,
        use: 'sig' as const,
        authority: row.authority,
        notBefore: row.notBefore.toISOString(),
        ...(row.notAfter === null ? {} : { notAfter: row.notAfter.toISOString() }),
      }))
    },

    /** Two at once: one wins, and the other's rotation is that one. */
    async rotate(authority: string): Promise<void> {
      const { kid } = await keyOf(authority)
      const now = clock.now()
      // Other processes may sign with the former key until they look again.
      const until = new Date(now.getTime() + 2 * KEPT_FOR)
      await store.replaceSigningKey(kid, until, makeKey(authority, wrapping, now))
      active.delete(authority)
    },
  }
}

function makeKey(authority: string, wrapping: Wrapping, now: Date): Omit<SigningKeyRow, 'notAfter'> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const { kty, crv, x } = publicKey.export({ format: 'jwk' }) as { kty: string; crv: string; x: string }
  // The first 72 bits of the thumbprint (RFC 7638): enough to tell keys apart, and short enough for a QR code.
  const thumbprint = createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest()
  const kid = thumbprint.subarray(0, 9).toString('base64url')
  const der = privateKey.export({ format: 'der', type: 'pkcs8' })
  return {
    kid,
    authority,
    wrapped: wrapping.wrap(der, signingPurposeOf(kid)),
    public: { kty, crv, x },
    master: wrapping.master,
    notBefore: now,
  }
}

export function signingPurposeOf(kid: string): string {
  return `signing-key ${kid}`
}

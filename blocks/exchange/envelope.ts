// The signed envelope (JWS, RFC 7515 and 8037): what is sent, what is answered, and how a system proves itself. Pure.
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'

/** Flattened JSON serialisation; `kid` names the key and is not part of what is signed. */
export interface Envelope {
  protected: string
  payload: string
  signature: string
  header?: { kid: string }
}

export type EnvelopeType = 'message' | 'receipt' | 'notice' | 'call'

export type Sign = (bytes: Buffer) => Promise<{ kid: string; signature: Buffer }>

const MOST_BYTES = 128 * 1024
const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const headerOf = (type: EnvelopeType) => encode({ alg: 'EdDSA', typ: `ashlar-${type}+jws` })

export async function sealEnvelope(type: EnvelopeType, content: object, sign: Sign): Promise<Envelope> {
  const [head, payload] = [headerOf(type), encode(content)]
  const { kid, signature } = await sign(Buffer.from(`${head}.${payload}`))
  return { protected: head, payload, signature: signature.toString('base64url'), header: { kid } }
}

/** What it says, if it is of this type and signed with this key; undefined if anything is amiss. */
export function openEnvelope(
  type: EnvelopeType,
  envelope: unknown,
  key: KeyObject,
): Record<string, unknown> | undefined {
  if (!isEnvelope(envelope) || envelope.protected !== headerOf(type)) return undefined
  const bytes = Buffer.from(`${envelope.protected}.${envelope.payload}`)
  if (!verify(null, bytes, key, Buffer.from(envelope.signature, 'base64url'))) return undefined
  const content = contentOf(envelope)
  return typeof content === 'object' && content !== null ? (content as Record<string, unknown>) : undefined
}

/** As it is written in a bearer header. */
export function toCompact({ protected: head, payload, signature }: Envelope): string {
  return `${head}.${payload}.${signature}`
}

export function fromCompact(text: string): Envelope | undefined {
  const [head, payload, signature, more] = text.split('.')
  if (!head || !payload || !signature || more !== undefined) return undefined
  return { protected: head, payload, signature }
}

/** What a receipt names: SHA-256 of all that was signed, and of the signature. */
export function digestOf(envelope: Envelope): string {
  return createHash('sha256').update(toCompact(envelope)).digest('base64url')
}

/** What it says, without looking whether it is true: whose key to look with. */
export function contentOf({ payload }: Envelope): unknown {
  try {
    return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}

export function isEnvelope(value: unknown): value is Envelope {
  const { protected: head, payload, signature } = (value ?? {}) as Partial<Envelope>
  const parts = [head, payload, signature]
  return parts.every((part) => typeof part === 'string' && part.length > 0 && part.length < MOST_BYTES)
}

/** A public key as agencies declare it: `x` of an Ed25519 JWK. */
export function publicKeyOf(x: string): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
}

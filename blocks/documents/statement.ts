// The signed statement on a document: a JWS that holds what a checker needs and that fits into a QR code.
import { createHash } from 'node:crypto'
import type { Json } from '@ashlar/workflow'
import { encodeQR } from 'qr'

export interface Statement {
  reference: string
  issuer: string
  /** '<service>/<output>' */
  kind: string
  issuedAt: Date
  validUntil?: Date
  facts: Record<string, Json>
}

/** Bytes of the claims: with head, signature and address a code of at most about 900 signs, readable from paper at 38 mm. */
const room = 520

/**
 * The part that is signed (RFC 7515: head and payload). `kid` names the key, so it must be known before.
 * `typ` keeps a signature made for a document from being taken for anything else (RFC 8725, 3.11).
 */
export function toSigningInput(statement: Statement, kid: string): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value), 'utf8').toString('base64url')
  return `${part({ alg: 'EdDSA', typ: 'doc+jwt', kid })}.${part(toClaims(statement))}`
}

/** Names of RFC 7519; `out` names the facts for which there was no room. */
function toClaims({ reference, issuer, kind, issuedAt, validUntil, facts }: Statement) {
  const stated = Object.entries(facts)
    .map(([name, fact]) => [name, brief(fact)] as const)
    .filter(([, fact]) => fact !== undefined)
  const left: string[] = []
  for (;;) {
    const claims = {
      iss: issuer,
      jti: reference,
      kind,
      iat: seconds(issuedAt),
      ...(validUntil ? { exp: seconds(validUntil) } : {}),
      facts: Object.fromEntries(stated),
      ...(left.length ? { out: left } : {}),
    }
    if (stated.length === 0 || Buffer.byteLength(JSON.stringify(claims)) <= room) return claims
    const longest = stated.reduce((most, one) => (sizeOf(one[1]) > sizeOf(most[1]) ? one : most))
    stated.splice(stated.indexOf(longest), 1)
    left.push(longest[0])
  }
}

const seconds = (at: Date): number => Math.floor(at.getTime() / 1000)
const sizeOf = (fact: unknown): number => Buffer.byteLength(JSON.stringify(fact))

/** Of a list of things only how many there are. What is absent is left out; an empty list is stated. */
function brief(fact: Json | undefined): Json | undefined {
  if (fact === null || fact === undefined || fact === '') return undefined
  if (!Array.isArray(fact)) return fact
  if (fact.some((item) => typeof item === 'object' && item !== null)) return fact.length
  return fact
}

/**
 * What the code says: the page that checks, and the statement behind the `#`, which browsers do not send to the server, so
 * that no log ever holds it. (The `#` is why the code cannot be in the denser alphanumeric mode of QR.)
 */
export const toCode = (baseUrl: string, token: string): string => `${baseUrl}/verify#${token}`

/** The code as an SVG drawing; with more redundancy while it is small. */
export const drawCode = (code: string): string =>
  encodeQR(code, 'svg', { ecc: code.length < 660 ? 'medium' : 'low', border: 2, optimize: true })

export const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest()

export const tokenIn = (text: string): string => text.trim().replace(/^[^#]*#/, '')

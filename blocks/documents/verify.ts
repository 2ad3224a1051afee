// Checks a signed statement with nothing but the issuer's public keys: here, and in a browser without a network.

export type Outcome =
  | 'valid'
  /** The signature does not fit what is stated. */
  | 'tampered'
  /** No key of the issuer by this name was good when it says it was issued. */
  | 'unknown-key'
  | 'expired'
  /** Taken back by the issuer; only found out online. */
  | 'revoked'
  /** Rightly signed, but the issuer has no record of it; only found out online. */
  | 'not-recorded'
  /** No statement at all. */
  | 'unreadable'

/** `reference` and the rest are there only if the signature is good. */
export interface Verdict {
  outcome: Outcome
  reference?: string
  issuer?: string
  /** '<service>/<output>' */
  kind?: string
  issuedAt?: string
  validUntil?: string
  facts?: Record<string, unknown>
  /** Facts of the letter that the code had no room for, by name. */
  leftOut?: string[]
  revokedAt?: string
}

/** A public key of an issuer (RFC 7517, 8037), as `keys.publicKeys()` gives it. */
export interface VerificationKey {
  kty: string
  crv: string
  x: string
  kid: string
  authority: string
  notBefore: string
  notAfter?: string
}

/**
 * Takes the text of a code: an address with a JWS (RFC 7515, EdDSA) behind the `#`, or the JWS alone. It stands alone and
 * uses only what browsers have, for `verifyScript` is this very function.
 */
export async function verifyOffline(text: string, keys: VerificationKey[], at: Date): Promise<Verdict> {
  const bytes = (part: string) =>
    Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), (sign) => sign.charCodeAt(0))
  const json = (part: string) => JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes(part)))
  const parts =
    text.length > 4000
      ? []
      : text
          .trim()
          .replace(/^[^#]*#/, '')
          .split('.')
  let head: { alg?: unknown; typ?: unknown; kid?: unknown }
  let claims: {
    iss?: unknown
    jti: string
    kind: string
    iat: number
    exp?: number
    facts: Record<string, unknown>
    out?: string[]
  }
  let signature: Uint8Array<ArrayBuffer>
  try {
    head = json(parts[0] ?? '')
    claims = json(parts[1] ?? '')
    signature = bytes(parts[2] ?? '')
  } catch {
    return { outcome: 'unreadable' }
  }
  if (parts.length !== 3 || head?.alg !== 'EdDSA' || head.typ !== 'doc+jwt' || typeof claims?.iat !== 'number')
    return { outcome: 'unreadable' }

  const key = keys.find(({ kid, authority }) => kid === head.kid && authority === claims.iss)
  if (key?.crv !== 'Ed25519') return { outcome: 'unknown-key' }
  const { kty, crv, x } = key
  const imported = await crypto.subtle.importKey('jwk', { kty, crv, x }, 'Ed25519', false, ['verify'])
  const signed = new TextEncoder().encode(`${parts[0]}.${parts[1]}`)
  if (!(await crypto.subtle.verify('Ed25519', imported, signature, signed))) return { outcome: 'tampered' }

  const minute = 60000
  const issued = claims.iat * 1000
  const early = issued + minute < Date.parse(key.notBefore)
  const late = key.notAfter !== undefined && issued - minute > Date.parse(key.notAfter)
  if (early || late) return { outcome: 'unknown-key' }
  const stated: Omit<Verdict, 'outcome'> = {
    reference: claims.jti,
    issuer: key.authority,
    kind: claims.kind,
    issuedAt: new Date(issued).toISOString(),
    facts: claims.facts,
  }
  if (claims.out) stated.leftOut = claims.out
  if (claims.exp === undefined) return { outcome: 'valid', ...stated }
  stated.validUntil = new Date(claims.exp * 1000).toISOString()
  return { outcome: claims.exp * 1000 < at.getTime() ? 'expired' : 'valid', ...stated }
}

/**
 * For a page that carries the keys with it: defines `verifyDocument(text, keys, at)`, which gives a promise of a Verdict
 * and needs no network. Types were already stripped from the function when it was loaded.
 */
export const verifyScript = `const verifyDocument=${verifyOffline.toString().replace(/\n\s+/g, '\n')}`

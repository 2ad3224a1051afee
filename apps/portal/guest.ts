// Guests: people who apply without signing in. A cookie holds who they are to us; a link lets them follow one application
// from another device.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import type { Visit } from '@ashlar/face'
import { NotSignedIn } from '@ashlar/kernel/http'
import { uuidOf } from '@ashlar/kernel/identifiers'
import type { Context } from '@ashlar/kernel/sql'

const COOKIE = 'ashlar_guest'
/** As long as a draft is kept, and the usual terms of the law; days. */
const KEPT_DAYS = 90

export interface Guests {
  /** As whom the visitor acts: the person, or the guest of their cookie. Throws NotSignedIn if they are neither. */
  contextOf(visit: Visit, purpose: string): Context
  /** The same, and a new guest if they are neither. */
  welcome(visit: Visit, purpose: string): Context
  /** The guest of the cookie, whether or not somebody is signed in. */
  guestOf(visit: Visit, purpose: string): Context | undefined
  /** As whom the visitor may follow this one application: themselves, or the guest of their link (`?key=`). */
  followerOf(visit: Visit, reference: string): Context
  /** What the link of a guest carries: it opens this one application, and nothing else. '' for who is signed in. */
  keyOf(context: Context, reference: string): string
  /** The device forgets the guest. */
  forget(visit: Visit): void
}

interface GuestNeeds {
  secret: Buffer
  baseUrl: string
}

export function createGuests({ secret, baseUrl }: GuestNeeds): Guests {
  if (secret.length < 32) throw new RangeError('the secret of the portal needs at least 32 bytes')
  const sealing = Buffer.from(hkdfSync('sha256', secret, 'ashlar portal', 'links of guests', 32))
  const secure = baseUrl.startsWith('https:')
  // Over https by a name that browsers take from this host alone (RFC 6265bis, 4.1.3).
  const name = secure ? `__Host-${COOKIE}` : COOKIE
  const cookie = { path: '/', httpOnly: true, sameSite: 'lax', secure } as const

  const guestOf = (visit: Visit, purpose: string): Context | undefined => {
    const token = visit.request.cookies[name]
    return isToken(token) ? asGuest(idOf(token), visit, purpose) : undefined
  }
  const personOf = ({ request }: Visit, purpose: string): Context | undefined => {
    const context = request.caller?.context
    return context?.subject === undefined ? undefined : { ...context, purpose, channel: 'web', trace: request.id }
  }
  const contextOf = (visit: Visit, purpose: string): Context => {
    const context = personOf(visit, purpose) ?? guestOf(visit, purpose)
    if (context === undefined) throw NotSignedIn()
    return context
  }

  return {
    contextOf,
    guestOf,

    welcome: (visit, purpose) => {
      const known = personOf(visit, purpose) ?? guestOf(visit, purpose)
      if (known !== undefined) return known
      const token = randomBytes(32).toString('base64url')
      visit.reply.setCookie(name, token, { ...cookie, maxAge: KEPT_DAYS * 86_400 })
      return asGuest(idOf(token), visit, purpose)
    },

    followerOf: (visit, reference) => {
      const key = (visit.request.query as { key?: unknown } | undefined)?.key
      const guest = typeof key === 'string' ? open(key) : undefined
      if (guest !== undefined && guest.reference === reference) return asGuest(guest.id, visit, 'follow')
      return contextOf(visit, 'follow')
    },

    keyOf: ({ actor, subject }, reference) =>
      actor.kind === 'anonymous' && subject !== undefined ? seal(`${subject} ${reference}`) : '',

    forget: ({ reply }) => void reply.clearCookie(name, cookie),
  }

  function seal(text: string): string {
    const iv = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', sealing, iv)
    return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url')
  }

  function open(key: string): { id: string; reference: string } | undefined {
    const bytes = Buffer.from(key.slice(0, 400), 'base64url')
    if (bytes.length < 29) return undefined
    try {
      const decipher = createDecipheriv('aes-256-gcm', sealing, bytes.subarray(0, 12))
      decipher.setAuthTag(bytes.subarray(-16))
      const text = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('utf8')
      const [id = '', reference = ''] = text.split(' ')
      return { id, reference }
    } catch {
      return undefined // Not sealed by us.
    }
  }
}

const isToken = (text: string | undefined): text is string => text !== undefined && /^[\w-]{43}$/.test(text)

/** The id by which blocks know a guest follows from the cookie, and the cookie does not follow from it. */
const idOf = (token: string): string => uuidOf(`guest ${token}`)

function asGuest(id: string, { request }: Visit, purpose: string): Context {
  return {
    tenant: null,
    actor: { kind: 'anonymous', id },
    subject: id,
    purpose,
    channel: 'web',
    trace: request.id,
  }
}

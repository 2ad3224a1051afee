// What follows from the secret of identity: hashes of addresses, one-time codes, keys of allowances. Pure.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import { toLatinDigits } from '@ashlar/kernel/language'

export interface Secrets {
  /** Finds an account by its address, without keeping the address readable. */
  hashOfAddress(address: string): Buffer
  /** Six digits that follow from the challenge, so that they are kept nowhere and sent again alike. */
  codeOf(challenge: string): string
  /** Whether these are the digits, in any script, in time that tells nothing. */
  isCodeOf(challenge: string, code: string): boolean
  /** Names who tries what, unreadably. */
  keyOfAllowance(what: string, who: string): Buffer
  /** For what waits in a job. */
  seal(text: string): string
  open(sealed: string): string
}

export function createSecrets(secret: Buffer): Secrets {
  if (secret.length < 32) throw new RangeError('the secret of identity needs at least 32 bytes')
  const key = (name: string) => Buffer.from(hkdfSync('sha256', secret, 'ashlar identity', name, 32))
  const [addresses, codes, allowances, sealing] = [key('addresses'), key('codes'), key('allowances'), key('sealing')]
  const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest()

  const codeOf = (challenge: string) => String(hmac(codes, challenge).readUIntBE(0, 6) % 1_000_000).padStart(6, '0')

  return {
    hashOfAddress: (address) => hmac(addresses, address),
    codeOf,
    isCodeOf: (challenge, code) => {
      const given = Buffer.alloc(6)
      given.write(toDigits(code).slice(0, 7))
      return timingSafeEqual(given, Buffer.from(codeOf(challenge))) && toDigits(code).length === 6
    },
    keyOfAllowance: (what, who) => hmac(allowances, `${what} ${who}`),
    seal: (text) => {
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', sealing, iv)
      return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url')
    },
    open: (text) => {
      const sealed = Buffer.from(text, 'base64url')
      const decipher = createDecipheriv('aes-256-gcm', sealing, sealed.subarray(0, 12))
      decipher.setAuthTag(sealed.subarray(-16))
      return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString('utf8')
    },
  }
}

/** The digits of what somebody typed: those of any script count, spaces and dashes do not. */
function toDigits(code: string): string {
  return toLatinDigits(code.slice(0, 40)).replace(/[^0-9]/g, '')
}

/** Lower case, without spaces around it; undefined if it cannot be an e-mail address. */
export function readAddress(text: string): string | undefined {
  const address = text.normalize('NFKC').trim().toLowerCase()
  return address.length <= 254 && /^[^\s@<>,;:"\\()[\]\p{Cc}]+@[^\s@<>,;:"\\()[\]\p{Cc}]+$/u.test(address)
    ? address
    : undefined
}

// The keys of systems in the sandbox: made from the installation's secret, so that nothing has to be handed over.
import { createHmac, createPrivateKey, type KeyObject } from 'node:crypto'

/** An Ed25519 key in PKCS #8 is this and 32 bytes. */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex')

export function sandboxKeyOf(secret: string, system: string): { key: KeyObject; x: string } {
  const seed = createHmac('sha256', Buffer.from(secret, 'base64')).update(`agency system ${system}`).digest()
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: 'der', type: 'pkcs8' })
  return { key, x: String(key.export({ format: 'jwk' }).x) }
}

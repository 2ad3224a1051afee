// Wrapping keys under the master key: AES-256-GCM, bound to what the key is for.
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto'

export const NONCE = 12
export const TAG = 16

/** AES-256-GCM as nonce, ciphertext, tag. Keys are KeyObjects: with a Buffer each call takes twice as long. */
export function encrypt(key: KeyObject, data: Buffer, bound: Buffer): Buffer {
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(bound)
  return Buffer.concat([nonce, cipher.update(data), cipher.final(), cipher.getAuthTag()])
}

/** Throws if the key, the data or what it is bound to is another. */
export function decrypt(key: KeyObject, sealed: Buffer, bound: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE), { authTagLength: TAG })
  decipher.setAAD(bound).setAuthTag(sealed.subarray(sealed.length - TAG))
  return Buffer.concat([decipher.update(sealed.subarray(NONCE, sealed.length - TAG)), decipher.final()])
}

export interface Wrapping {
  /** Names the current master without telling it. */
  master: string
  /** `purpose` ('data-key <id>') is bound: a wrapped key put into another row does not unwrap. */
  wrap(key: Buffer, purpose: string): Buffer
  unwrap(wrapped: Buffer, purpose: string, master: string): Buffer
}

/** The first master wraps; the others only unwrap, while a rotation is under way. */
export function createWrapping(masters: [Buffer, ...Buffer[]]): Wrapping {
  for (const master of masters) if (master.length < 32) throw new RangeError('a master key needs at least 32 bytes')
  const byId = new Map(
    masters.map((master) => {
      const id = createHash('sha256').update('ashlar master id').update(master).digest('hex').slice(0, 12)
      return [id, createSecretKey(Buffer.from(hkdfSync('sha256', master, 'ashlar keys v1', 'wrap', 32)))] as const
    }),
  )
  const master = [...byId.keys()][0]!

  return {
    master,
    wrap: (key, purpose) => encrypt(byId.get(master)!, key, Buffer.from(purpose)),
    unwrap: (wrapped, purpose, id) => {
      const found = byId.get(id)
      if (found === undefined) throw new Error(`the master key '${id}' is not among those given`)
      return decrypt(found, wrapped, Buffer.from(purpose))
    },
  }
}

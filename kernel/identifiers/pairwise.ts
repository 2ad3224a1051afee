// Pairwise identifiers: one person is another UUID in every sector, and only the holder of the secret can join them.
import { type Cipheriv, createCipheriv, createDecipheriv, type Decipheriv, hkdfSync } from 'node:crypto'
import { isUuid } from './uuid.ts'

export interface Pairwise {
  /** The person's identifier in the sector (a block's name); always the same. Throws RangeError if `id` is no UUID. */
  of(sector: string, id: string): string
  /** The way back, for those who hold the secret. */
  back(sector: string, id: string): string
}

const SALT = 'ashlar pairwise identifiers v1'

/**
 * Why AES on one block: the 16 bytes of a UUID are exactly one block, and AES under a key is a permutation of all
 * blocks. So two persons never get the same identifier, none needs a table, and without the key the result cannot be
 * told from random (the time in a UUIDv7 disappears too). Each sector has its own key (HKDF-SHA-256 of the secret, the
 * sector's name as info), so identifiers of two sectors cannot be joined, nor one sector's key computed from another's.
 *
 * Limits. It is deterministic on purpose: inside one sector the same person is the same identifier. It is a name, not
 * a seal: it neither proves who made it nor detects a changed bit (a changed one is simply nobody's). It is reversible
 * by whoever holds the secret, so the data stay personal data (GDPR recital 26), and the secret belongs with the keys,
 * apart from the backups. Changing the secret renames everybody in every block: a migration, not a rotation. The result
 * carries no UUID version; Postgres's `uuid` and our `isUuid` do not mind.
 */
export function createPairwise(secret: Buffer | string): Pairwise {
  const bytes = typeof secret === 'string' ? Buffer.from(secret, 'utf8') : secret
  if (bytes.length < 32) throw new RangeError('the pairwise secret needs at least 32 bytes')
  const sectors = new Map<string, { cipher: Cipheriv; decipher: Decipheriv }>()

  const sectorOf = (name: string) => {
    let sector = sectors.get(name)
    if (sector === undefined) {
      const key = Buffer.from(hkdfSync('sha256', bytes, SALT, name, 32))
      // Single blocks without padding: each update() gives its block at once, so one object serves every call.
      sector = {
        cipher: createCipheriv('aes-256-ecb', key, null).setAutoPadding(false),
        decipher: createDecipheriv('aes-256-ecb', key, null).setAutoPadding(false),
      }
      sectors.set(name, sector)
    }
    return sector
  }

  return {
    of: (sector, id) => through(sectorOf(sector).cipher, id),
    back: (sector, id) => through(sectorOf(sector).decipher, id),
  }
}

function through(permutation: Cipheriv | Decipheriv, id: string): string {
  if (!isUuid(id)) throw new RangeError('not a UUID') // the value is left out: it may be somebody's
  const hex = permutation.update(Buffer.from(id.replaceAll('-', ''), 'hex')).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

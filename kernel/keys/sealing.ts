// Seals what a subject wrote under the subject's own key, so that destroying one key erases all of it.
import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { machineTime } from '../clock/index.ts'
import { gather } from '../gather/index.ts'
import { uuidv7 } from '../identifiers/index.ts'
import { CannotOpen, SubjectErased } from './problems.ts'
import type { DataKeyRow, KeyStore } from './store.ts'
import { decrypt, encrypt, NONCE, TAG, type Wrapping } from './wrapping.ts'

/**
 * Sealed, version 1: one byte 1 · 16 bytes id of the data key · 12 bytes nonce · ciphertext · 16 bytes tag.
 * The first 17 bytes and the subject are authenticated (AAD): a sealed value moved to another subject does not open.
 */
const VERSION = 1
const HEAD = 17

const KEPT = 10_000
/** Keys are asked for in batches of what came together. */
const GATHERED = { most: 500, atOnce: 4 }
/** How long another process may still open what was erased; machine time, milliseconds. */
const KEPT_FOR = 30_000

interface Kept {
  key: KeyObject
  until: number
}

export function createSealing(store: KeyStore, wrapping: Wrapping) {
  const kept = new Map<string, Kept>() // oldest use first
  let secret: Promise<KeyObject> | undefined

  /** The subject as the table knows it. */
  async function lookup(subject: string): Promise<Buffer> {
    secret ??= readLookupSecret(store, wrapping).then(createSecretKey, (error) => {
      secret = undefined // the next call tries again
      throw error
    })
    return createHmac('sha256', await secret)
      .update(subject, 'utf8')
      .digest()
  }

  function keep(id: string, bytes: Buffer): KeyObject {
    const key = createSecretKey(bytes)
    kept.delete(id)
    kept.set(id, { key, until: machineTime.now().getTime() + KEPT_FOR })
    if (kept.size > KEPT) kept.delete(kept.keys().next().value!)
    return key
  }

  /** One statement for all that seal at about the same time; keys that there are not yet are made. */
  const rowFor = gather(async (subjects: Buffer[]): Promise<(DataKeyRow | undefined)[]> => {
    const distinct = new Map(subjects.map((subject) => [subject.toString('base64'), subject]))
    const find = async (wanted: Buffer[]) =>
      (await store.findDataKeysOf(wanted)).map((row) => [row.subject.toString('base64'), row] as const)
    const rows = new Map(await find([...distinct.values()]))
    const missing = [...distinct].filter(([name]) => !rows.has(name)).map(([, subject]) => subject)
    if (missing.length > 0) {
      const fresh = missing.map((subject) => {
        const id = uuidv7()
        return { id, subject, wrapped: wrapping.wrap(randomBytes(32), purposeOf(id)), master: wrapping.master }
      })
      await store.insertDataKeys(fresh, machineTime.now())
      for (const [name, row] of await find(missing)) rows.set(name, row)
    }
    return subjects.map((subject) => rows.get(subject.toString('base64')))
  }, GATHERED)

  const rowById = gather(async (ids: string[]): Promise<(DataKeyRow | undefined)[]> => {
    const rows = new Map((await store.findDataKeys([...new Set(ids)])).map((row) => [row.id, row]))
    return ids.map((id) => rows.get(id))
  }, GATHERED)

  /** Asks the database each time: a key erased meanwhile in another process must not seal anything new. */
  async function keyFor(subject: string): Promise<{ id: string; key: KeyObject }> {
    const row = await rowFor(await lookup(subject))
    if (row?.wrapped == null) throw new Error('the key of this subject was erased while it was being used')
    const known = kept.get(row.id)
    return { id: row.id, key: known?.key ?? keep(row.id, wrapping.unwrap(row.wrapped, purposeOf(row.id), row.master)) }
  }

  async function keyById(id: string): Promise<KeyObject> {
    const known = kept.get(id)
    if (known !== undefined && known.until > machineTime.now().getTime()) {
      kept.delete(id)
      kept.set(id, known)
      return known.key
    }
    kept.delete(id)
    const row = await rowById(id)
    if (row === undefined) throw CannotOpen('The key it names is not one of ours.')
    if (row.wrapped === null) throw SubjectErased()
    return keep(id, wrapping.unwrap(row.wrapped, purposeOf(id), row.master))
  }

  return {
    async seal(subject: string, data: Buffer | string): Promise<Buffer> {
      const { id, key } = await keyFor(subject)
      const head = Buffer.concat([Buffer.from([VERSION]), Buffer.from(id.replaceAll('-', ''), 'hex')])
      const plain = typeof data === 'string' ? Buffer.from(data, 'utf8') : data
      return Buffer.concat([head, encrypt(key, plain, boundTo(head, subject))])
    },

    async open(subject: string, sealed: Buffer): Promise<Buffer> {
      if (sealed.length < HEAD + NONCE + TAG || sealed[0] !== VERSION) throw CannotOpen('It is not sealed as we seal.')
      const head = sealed.subarray(0, HEAD)
      const key = await keyById(keyIdOf(sealed))
      try {
        return decrypt(key, sealed.subarray(HEAD), boundTo(head, subject))
      } catch {
        throw CannotOpen('It was sealed for another subject, or was changed.')
      }
    },

    async openMany(items: { subject: string; sealed: Buffer }[]): Promise<(Buffer | undefined)[]> {
      for (const { sealed } of items)
        if (sealed.length < HEAD + NONCE + TAG || sealed[0] !== VERSION)
          throw CannotOpen('It is not sealed as we seal.')
      const ids = items.map(({ sealed }) => keyIdOf(sealed))
      const rows = await store.listDataKeys(ids)
      return items.map(({ subject, sealed }, n) => {
        const { id, wrapped, master } = rows[n]!
        if (id === null) throw CannotOpen('The key it names is not one of ours.')
        if (wrapped === null) return undefined
        const key = createSecretKey(wrapping.unwrap(wrapped, purposeOf(id), master))
        try {
          return decrypt(key, sealed.subarray(HEAD), boundTo(sealed.subarray(0, HEAD), subject))
        } catch {
          throw CannotOpen('It was sealed for another subject, or was changed.')
        }
      })
    },

    async erase(subject: string): Promise<void> {
      for (const id of await store.eraseDataKeys(await lookup(subject), machineTime.now())) kept.delete(id)
    },
  }
}

async function readLookupSecret(store: KeyStore, wrapping: Wrapping): Promise<Buffer> {
  let row = await store.findLookupSecret()
  if (row === undefined) {
    await store.insertLookupSecret({ wrapped: wrapping.wrap(randomBytes(32), LOOKUP), master: wrapping.master })
    row = await store.findLookupSecret()
  }
  return wrapping.unwrap(row!.wrapped, LOOKUP, row!.master)
}

/** The id of the key that something is sealed with. */
function keyIdOf(sealed: Buffer): string {
  const hex = sealed.toString('hex', 1, HEAD)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

export const LOOKUP = 'lookup-secret'

export function purposeOf(id: string): string {
  return `data-key ${id}`
}

function boundTo(head: Buffer, subject: string): Buffer {
  return Buffer.concat([head, Buffer.from(subject, 'utf8')])
}

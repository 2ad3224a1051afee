// Keys of the house: a data key for each subject, signing keys for each authority, all wrapped by one master key.
import { machineTime } from '../clock/index.ts'
import type { Sql } from '../sql/index.ts'
import { createSealing, LOOKUP, purposeOf } from './sealing.ts'
import { createSigning, type PublicKey, type Signature, signingPurposeOf } from './signing.ts'
import { keyStore } from './store.ts'
import { createWrapping } from './wrapping.ts'

export interface Keys {
  /** Seals under the subject's key, which is made at first use. `subject` is the block's own identifier of the person. */
  seal(subject: string, data: Buffer | string): Promise<Buffer>
  /** Throws SubjectErased (410) or CannotOpen (422: another subject's, changed, or not sealed here). */
  open(subject: string, sealed: Buffer): Promise<Buffer>
  /**
   * Many at once, by one statement, for those who go through all that there is: up to a thousand, in their order;
   * undefined where the subject was erased. Their keys are not kept. Throws CannotOpen.
   */
  openMany(sealed: { subject: string; sealed: Buffer }[]): Promise<(Buffer | undefined)[]>
  /**
   * Destroys the subject's key: whatever it sealed can never be opened again, here at once, in other processes within
   * 30 seconds. Sealing afterwards begins a new key. Doing it twice is the same.
   */
  erase(subject: string): Promise<void>
  sign(authority: string, bytes: Buffer): Promise<Signature>
  /** The public keys of all authorities, retired ones too. */
  publicKeys(): Promise<PublicKey[]>
  /** Retires the authority's signing key and makes a new one. */
  rotate(authority: string): Promise<void>
  /**
   * Wraps every key under the first master that another one still wraps, and says how many. May be stopped and run
   * again, also twice at once; then the former master can be taken away.
   */
  rotateMaster(): Promise<number>
}

interface KeysNeeds {
  /** As role ashlar_keys. */
  sql: Sql
  /** 32 random bytes or more, kept apart from the database; when rotating: the new one first, then the former ones. */
  master: Buffer | [Buffer, ...Buffer[]]
  /** When a signing key began and ended to sign. */
  clock?: { now(): Date }
}

export function createKeys({ sql, master, clock = machineTime }: KeysNeeds): Keys {
  const store = keyStore(sql)
  const wrapping = createWrapping(Array.isArray(master) ? master : [master])
  const rewrap = (key: { wrapped: Buffer; master: string }, purpose: string) => ({
    wrapped: wrapping.wrap(wrapping.unwrap(key.wrapped, purpose, key.master), purpose),
    master: wrapping.master,
  })

  return {
    ...createSealing(store, wrapping),
    ...createSigning(store, wrapping, clock),

    async rotateMaster() {
      let count = 0
      const secret = await store.findLookupSecret()
      if (secret !== undefined && secret.master !== wrapping.master) {
        await store.rewrapLookupSecret(secret.master, rewrap(secret, LOOKUP))
        count++
      }
      for (const key of await store.listSigningKeys()) {
        if (key.master === wrapping.master) continue
        await store.rewrapSigningKey(key.kid, key.master, rewrap(key, signingPurposeOf(key.kid)))
        count++
      }
      for (;;) {
        const keys = await store.listForeignDataKeys(wrapping.master)
        if (keys.length === 0) return count
        for (const key of keys) {
          const wrapped = rewrap({ wrapped: key.wrapped!, master: key.master }, purposeOf(key.id))
          await store.rewrapDataKey(key.id, key.master, wrapped)
          count++
        }
      }
    },
  }
}

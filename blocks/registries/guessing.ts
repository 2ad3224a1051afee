// Keeps those who are not known from finding a record by trying: few misses for each value, exact however many at once.
import { createHash } from 'node:crypto'
import { machineTime } from '@ashlar/kernel/clock'
import type { Sql } from '@ashlar/kernel/sql'
import { TooManyGuesses } from './problems.ts'
import { keyOf, type Register, type Values } from './register.ts'
import { registryStore } from './store.ts'

/** Ten misses at once, then one in ten minutes, for one plate or one number. */
const EVERY_MS = 10 * 60_000
const BURST = 10

export function createGuessing(sql: Sql) {
  const store = registryStore(sql)
  return {
    /** Counts before it is known whether it hits, so that tries at once cannot outnumber the limit. */
    async take(register: Register, by: Values): Promise<void> {
      const now = machineTime.now()
      for (const key of keysOf(register, by))
        if (!(await store.takeGuess(key, EVERY_MS, BURST, now))) throw TooManyGuesses(EVERY_MS / 1000)
    },

    /** A hit was no guess. */
    async giveBack(register: Register, by: Values): Promise<void> {
      await store.giveGuessBack(keysOf(register, by), EVERY_MS)
    },
  }
}

function keysOf(register: Register, by: Values): Buffer[] {
  return register.access.bearer
    .map((field) => `${register.id} ${field} ${keyOf(by[field] ?? '', register.fields[field]?.is)}`)
    .map((value) => createHash('sha256').update(value).digest())
    .sort(Buffer.compare)
}

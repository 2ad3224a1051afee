// Mandates: who may act for whom. Parents and guardians of children, directors of companies, and powers given.
import type { Clock } from '@ashlar/kernel/clock'
import { isUuid, type Pairwise, uuidv7 } from '@ashlar/kernel/identifiers'
import type { Keys } from '@ashlar/kernel/keys'
import type { Database } from '@ashlar/kernel/sql'
import { MayNotActFor } from './problems.ts'
import { SECTOR, type Session, type Sessions, type SignedIn, worker } from './sessions.ts'
import { identityStore, type MandateRow } from './store.ts'

export interface Mandate {
  /** The person who may act. */
  holder: string
  represented: { kind: 'person' | 'organisation'; id: string; name: string }
  basis: 'parent' | 'guardian' | 'mandate' | 'director'
  /** Days; `validUntil` is the first on which it no longer holds: a child's coming of age. */
  validFrom: string
  validUntil?: string
}

export interface Mandates {
  /** Those that are there already stay as they are; gives how many are new. */
  grant(mandates: Mandate[]): Promise<number>
  /** Sessions in which the holder acts for them end, too. */
  end(mandate: Pick<Mandate, 'holder' | 'basis'> & { represented: string }): Promise<void>
  /** For whom the person may act today. */
  of(person: string): Promise<Mandate[]>
  /** Whether the person may act for the other today; everybody may act for themself. */
  mayAct(person: string, represented: string): Promise<boolean>
  /** The session goes on for somebody else (or, with null, for oneself) under a new token. Throws MayNotActFor (403). */
  actFor(token: string, session: Session, represented: string | null): Promise<SignedIn>
}

interface MandateNeeds {
  sql: Database
  clock: Clock
  keys: Keys
  pairwise: Pairwise
  sessions: Sessions
}

const BATCH = 2000

export function createMandates({ sql, clock, keys, pairwise, sessions }: MandateNeeds): Mandates {
  const find = (person: string, represented?: string): Promise<MandateRow[]> =>
    sql.begin(worker, (sql) =>
      identityStore(sql).mandatesOf(
        pairwise.of(SECTOR, person),
        clock.today(),
        ...(represented === undefined ? [] : [pairwise.of(SECTOR, represented)]),
      ),
    )
  const nameIn = async (row: MandateRow) => (await keys.open(row.represented, row.represented_name)).toString('utf8')

  return {
    async grant(mandates) {
      const now = clock.now()
      let added = 0
      for (let i = 0; i < mandates.length; i += BATCH) {
        const rows = await Promise.all(
          mandates.slice(i, i + BATCH).map(async ({ holder, represented, basis, validFrom, validUntil }) => {
            const id = pairwise.of(SECTOR, represented.id)
            return {
              id: uuidv7(),
              holder: pairwise.of(SECTOR, holder),
              represented_kind: represented.kind,
              represented: id,
              represented_name: await keys.seal(id, represented.name),
              basis,
              valid_from: validFrom,
              valid_until: validUntil ?? null,
              granted_at: now,
            }
          }),
        )
        added += await sql.begin(worker, (sql) => identityStore(sql).insertMandates(rows))
      }
      return added
    },

    end: async ({ holder, represented, basis }) => {
      const [person, other] = [pairwise.of(SECTOR, holder), pairwise.of(SECTOR, represented)]
      await sql.begin(worker, async (sql) => {
        await identityStore(sql).endMandate(person, other, basis, clock.now())
        await identityStore(sql).endSessionsFor(person, other)
      })
      sessions.forget()
    },

    of: async (person) =>
      Promise.all(
        (await find(person)).map(async (row) => ({
          holder: person,
          represented: {
            kind: row.represented_kind,
            id: pairwise.back(SECTOR, row.represented),
            name: await nameIn(row),
          },
          basis: row.basis,
          validFrom: row.valid_from,
          ...(row.valid_until === null ? {} : { validUntil: row.valid_until }),
        })),
      ),

    mayAct: async (person, represented) => {
      if (!isUuid(person) || !isUuid(represented)) return false
      return person === represented || (await find(person, represented)).length > 0
    },

    async actFor(token, session, represented) {
      if (session.context.actor.kind !== 'person') throw MayNotActFor()
      const holder = session.context.actor.id
      if (represented === null || represented === holder) return sessions.exchange(token, undefined)
      const [row] = isUuid(represented) ? await find(holder, represented) : []
      if (!row) throw MayNotActFor()
      return sessions.exchange(token, { row, name: await nameIn(row) })
    },
  }
}

// SQL of offers, and of what triggers of time have looked at.
import type { Sql } from '@ashlar/kernel/sql'
import type { OfferState } from './offer.ts'

export interface OfferRow {
  id: string
  key: string
  tenant: string
  person: string
  service: string
  name: string
  state: OfferState
  prefill: Buffer
  draft: string | null
  madeAt: Date
  lapsesAt: Date | null
  endedAt: Date | null
}

export const offerStore = (sql: Sql) => {
  const columns = sql.part`id, key, tenant, person, service, name, state, prefill, draft, made_at as "madeAt",
    lapses_at as "lapsesAt", ended_at as "endedAt"`

  return {
    /** False if it was made before. */
    insertOnce: async (row: OfferRow): Promise<boolean> => {
      const rows = await sql`
        insert into cases.offer (id, key, tenant, person, service, name, state, prefill, draft, made_at, lapses_at, ended_at)
        values (${row.id}, ${row.key}, ${row.tenant}, ${row.person}, ${row.service}, ${row.name}, ${row.state},
          ${row.prefill}, ${row.draft}, ${row.madeAt}, ${row.lapsesAt}, ${row.endedAt})
        on conflict (key) do nothing returning id`
      return rows.length === 1
    },

    byKey: async (key: string): Promise<OfferRow | undefined> => {
      const rows = await sql<OfferRow>`select ${columns} from cases.offer where key = ${key}`
      return rows[0]
    },

    find: async (id: string): Promise<OfferRow | undefined> => {
      const rows = await sql<OfferRow>`select ${columns} from cases.offer where id = ${id}`
      return rows[0]
    },

    lock: async (id: string): Promise<OfferRow | undefined> => {
      const rows = await sql<OfferRow>`select ${columns} from cases.offer where id = ${id} for update`
      return rows[0]
    },

    openOf: (person: string, limit: number) => sql<OfferRow>`
      select ${columns} from cases.offer where person = ${person} and state = 'open' order by made_at desc limit ${limit}`,

    /** Those of these persons who have open offers. */
    offered: async (persons: string[]): Promise<string[]> => {
      const rows = await sql<{ person: string }>`
        select distinct person from cases.offer where person = any(${persons}::uuid[]) and state = 'open'`
      return rows.map(({ person }) => person)
    },

    move: (id: string, state: OfferState, at: Date) => sql`
      update cases.offer set state = ${state}, ended_at = ${at} where id = ${id} and state = 'open'`,

    setDraft: (id: string, draft: string) => sql`
      update cases.offer set draft = ${draft} where id = ${id} and state = 'open'`,

    lookedAt: async (keys: string[]): Promise<Set<string>> => {
      const rows = await sql<{ key: string }>`select key from cases.triggered where key = any(${keys}::uuid[])`
      return new Set(rows.map(({ key }) => key))
    },

    markLookedAt: (key: string, at: Date) => sql`
      insert into cases.triggered (key, at) values (${key}, ${at}) on conflict (key) do nothing`,
  }
}

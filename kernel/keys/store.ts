// The tables of keys; no other file knows them.
import type { Sql } from '../sql/index.ts'

export interface DataKeyRow {
  id: string
  wrapped: Buffer | null
  master: string
}

export interface SigningKeyRow {
  kid: string
  authority: string
  wrapped: Buffer
  public: { kty: string; crv: string; x: string }
  master: string
  notBefore: Date
  notAfter: Date | null
}

export interface Wrapped {
  wrapped: Buffer
  master: string
}

export const keyStore = (sql: Sql) => ({
  /** Those of these ids that there are. */
  findDataKeys: (ids: string[]): Promise<DataKeyRow[]> =>
    sql<DataKeyRow>`select id, wrapped, master from keys.data_key where id = any(${ids})`,

  /** The same, one row for each id in their order; `id` is null where there is none. */
  listDataKeys: (ids: string[]): Promise<(Omit<DataKeyRow, 'id'> & { id: string | null })[]> =>
    sql<Omit<DataKeyRow, 'id'> & { id: string | null }>`
      select k.id, k.wrapped, k.master
      from unnest(${ids}::uuid[]) with ordinality as wanted (id, place) left join keys.data_key k on k.id = wanted.id
      order by wanted.place`,

  /** The living keys of these subjects. */
  findDataKeysOf: (subjects: Buffer[]): Promise<(DataKeyRow & { subject: Buffer })[]> =>
    sql<DataKeyRow & { subject: Buffer }>`
      select id, subject, wrapped, master from keys.data_key
      where subject = any(${subjects}) and erased_at is null`,

  /** Where somebody else was first, nothing. */
  insertDataKeys: async (keys: (Wrapped & { id: string; subject: Buffer })[], madeAt: Date): Promise<void> => {
    const columns = { id: 'uuid', subject: 'bytea', wrapped: 'bytea', master: 'text' }
    await sql`
      insert into keys.data_key (id, subject, wrapped, master, made_at)
      select id, subject, wrapped, master, ${madeAt} from ${sql.unnest(columns, keys)}
      order by subject
      on conflict (subject) where erased_at is null do nothing`
  },

  eraseDataKeys: async (subject: Buffer, at: Date): Promise<string[]> => {
    const rows = await sql<{ id: string }>`
      update keys.data_key set wrapped = null, erased_at = ${at}
      where subject = ${subject} and erased_at is null returning id`
    return rows.map((row) => row.id)
  },

  findLookupSecret: async (): Promise<Wrapped | undefined> => {
    const [row] = await sql<Wrapped>`select wrapped, master from keys.lookup_secret`
    return row
  },

  insertLookupSecret: async ({ wrapped, master }: Wrapped): Promise<void> => {
    await sql`insert into keys.lookup_secret (wrapped, master) values (${wrapped}, ${master}) on conflict do nothing`
  },

  findActiveSigningKey: async (authority: string): Promise<SigningKeyRow | undefined> => {
    const [row] = await sql<SigningKeyRow>`
      select kid, authority, wrapped, public, master, not_before as "notBefore", not_after as "notAfter"
      from keys.signing_key where authority = ${authority} and not_after is null`
    return row
  },

  listSigningKeys: async (): Promise<SigningKeyRow[]> =>
    sql<SigningKeyRow>`
      select kid, authority, wrapped, public, master, not_before as "notBefore", not_after as "notAfter"
      from keys.signing_key order by authority, not_before, kid`,

  /** Nothing if the authority has an active key already. */
  insertSigningKey: async (key: Omit<SigningKeyRow, 'notAfter'>): Promise<void> => {
    await sql`
      insert into keys.signing_key (kid, authority, wrapped, public, master, not_before)
      values (${key.kid}, ${key.authority}, ${key.wrapped}, ${sql.json(key.public)}, ${key.master}, ${key.notBefore})
      on conflict (authority) where not_after is null do nothing`
  },

  /** Retires one key and makes the next one active, in one statement; nothing if the former is not active any more. */
  replaceSigningKey: async (former: string, until: Date, next: Omit<SigningKeyRow, 'notAfter'>): Promise<void> => {
    await sql`
      with retired as (
        update keys.signing_key set not_after = ${until} where kid = ${former} and not_after is null returning authority
      )
      insert into keys.signing_key (kid, authority, wrapped, public, master, not_before)
      select ${next.kid}, authority, ${next.wrapped}::bytea, ${sql.json(next.public)}::jsonb, ${next.master},
        ${next.notBefore}::timestamptz
      from retired`
  },

  /** Up to 500 keys that another master wraps. */
  listForeignDataKeys: async (master: string): Promise<DataKeyRow[]> =>
    sql<DataKeyRow>`
      select id, wrapped, master from keys.data_key
      where master <> ${master} and erased_at is null order by id limit 500`,

  /** Only if it is still wrapped as it was read: an erased key stays erased. */
  rewrapDataKey: async (id: string, from: string, { wrapped, master }: Wrapped): Promise<void> => {
    await sql`
      update keys.data_key set wrapped = ${wrapped}, master = ${master}
      where id = ${id} and master = ${from} and erased_at is null`
  },

  rewrapSigningKey: async (kid: string, from: string, { wrapped, master }: Wrapped): Promise<void> => {
    await sql`update keys.signing_key set wrapped = ${wrapped}, master = ${master} where kid = ${kid} and master = ${from}`
  },

  rewrapLookupSecret: async (from: string, { wrapped, master }: Wrapped): Promise<void> => {
    await sql`update keys.lookup_secret set wrapped = ${wrapped}, master = ${master} where master = ${from}`
  },
})

export type KeyStore = ReturnType<typeof keyStore>

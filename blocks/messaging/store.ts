// SQL of messaging; no other file knows these tables.
import type { Sql } from '@ashlar/kernel/sql'
import type { DeliveryState } from './message.ts'

export interface MessageRow {
  id: string
  key: string
  tenant: string
  person: string | null
  service: string
  version: string
  name: string
  language: string
  case_id: string | null
  words: Buffer
  in_inbox: boolean
  sent_at: Date
  read_at: Date | null
}

export interface DeliveryRow {
  id: string
  message: string
  tenant: string
  person: string | null
  channel: 'email' | 'sms'
  address: Buffer
  state: DeliveryState
}

export interface DeliveryWithWords extends DeliveryRow {
  language: string
  words: Buffer
  case_id: string | null
}

export interface PreferenceRow {
  person: string
  language: string | null
  email: boolean
  sms: boolean
}

const messageColumns = {
  id: 'uuid',
  key: 'text',
  tenant: 'text',
  person: 'uuid',
  service: 'text',
  version: 'text',
  name: 'text',
  language: 'text',
  case_id: 'uuid',
  words: 'bytea',
  in_inbox: 'boolean',
  sent_at: 'timestamptz',
}
const deliveryColumns = {
  id: 'uuid',
  message: 'uuid',
  tenant: 'text',
  person: 'uuid',
  channel: 'text',
  address: 'bytea',
  state: 'text',
  queued_at: 'timestamptz',
}

export const messageStore = (sql: Sql) => ({
  /** Which of these keys were told before. */
  async known(keys: string[]): Promise<Map<string, string>> {
    const rows = await sql<{ key: string; id: string }>`select key, id from messaging.message where key = any(${keys})`
    return new Map(rows.map(({ key, id }) => [key, id]))
  },

  /** Ids of the rows that were new; a key that another transaction told at the same moment is left out. */
  async insertOnce(rows: Omit<MessageRow, 'read_at'>[]): Promise<Set<string>> {
    const inserted = await sql<{ id: string }>`
      insert into messaging.message (id, key, tenant, person, service, version, name, language, case_id, words, in_inbox, sent_at)
      select id, key, tenant, person, service, version, name, language, case_id, words, in_inbox, sent_at
      from ${sql.unnest(messageColumns, rows)}
      on conflict (key) do nothing returning id`
    return new Set(inserted.map(({ id }) => id))
  },

  async insertDeliveries(rows: (DeliveryRow & { queued_at: Date })[]): Promise<void> {
    if (!rows.length) return
    await sql`
      insert into messaging.delivery (id, message, tenant, person, channel, address, state, queued_at)
      select id, message, tenant, person, channel, address, state, queued_at from ${sql.unnest(deliveryColumns, rows)}`
  },

  inbox: (person: string, before: string | null, limit: number): Promise<MessageRow[]> =>
    sql<MessageRow>`
      select * from messaging.message
      where person = ${person} and in_inbox and (${before}::uuid is null or id < ${before})
      order by id desc limit ${limit}`,

  async unread(person: string): Promise<number> {
    const [row] = await sql<{ count: number }>`
      select count(*)::int as count from (
        select from messaging.message where person = ${person} and in_inbox and read_at is null limit 100
      ) as unread_ones`
    return row?.count ?? 0
  },

  async find(id: string, person: string): Promise<MessageRow | undefined> {
    const [row] =
      await sql<MessageRow>`select * from messaging.message where id = ${id} and person = ${person} and in_inbox`
    return row
  },

  async markRead(id: string, person: string, at: Date): Promise<void> {
    await sql`
      update messaging.message set read_at = coalesce(read_at, ${at}::timestamptz) where id = ${id} and person = ${person}`
  },

  /** Those of these that have not ended. */
  queued: (ids: string[]): Promise<DeliveryWithWords[]> => sql<DeliveryWithWords>`
    select d.id, d.message, d.tenant, d.person, d.channel, d.address, d.state, m.language, m.words, m.case_id
    from messaging.delivery d join messaging.message m on m.id = d.message
    where d.id = any(${ids}) and d.state = 'queued'`,

  /** Gives the ids of those that had not ended before. */
  async endDeliveries(
    ends: { id: string; state: DeliveryState; failure: string | null }[],
    at: Date,
  ): Promise<Set<string>> {
    const ended = await sql<{ id: string }>`
      update messaging.delivery d set state = ends.state, failure = ends.failure, ended_at = ${at}
      from (select * from ${sql.unnest({ id: 'uuid', state: 'text', failure: 'text' }, ends)} order by id) as ends
      where d.id = ends.id and d.state = 'queued' returning d.id`
    return new Set(ended.map(({ id }) => id))
  },

  preferences: (persons: string[]): Promise<PreferenceRow[]> =>
    sql<PreferenceRow>`select person, language, email, sms from messaging.preference where person = any(${persons})`,

  async setPreferences(row: PreferenceRow, at: Date): Promise<void> {
    await sql`
      insert into messaging.preference (person, language, email, sms, changed_at)
      values (${row.person}, ${row.language}, ${row.email}, ${row.sms}, ${at})
      on conflict (person) do update
        set language = excluded.language, email = excluded.email, sms = excluded.sms, changed_at = excluded.changed_at`
  },
})

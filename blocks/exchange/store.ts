// SQL of messages, notices, and whether systems answer.
import type { Sql } from '@ashlar/kernel/sql'
import type { Envelope } from './envelope.ts'
import type { MessageState } from './message.ts'

export interface MessageRow {
  id: string
  key: string
  tenant: string
  person: string | null
  agency: string
  system: string
  name: string
  caseId: string
  service: string
  state: MessageState
  envelope: Buffer
  digest: string
  attempts: number
  failure: string | null
  queuedAt: Date
  endedAt: Date | null
  receipt: Envelope | null
}

export interface NoticeRow {
  id: string
  tenant: string
  system: string
  event: string
  key: string
  digest: string
  content: Buffer
  receipt: Envelope
  receivedAt: Date
  doneAt: Date | null
}

export interface LinkRow {
  agency: string
  system: string
  downSince: Date | null
  failures: number
  failure: string | null
  nextAt: Date | null
}

export const exchangeStore = (sql: Sql) => {
  const columns = sql.part`id, key, tenant, person, agency, system, name, case_id as "caseId", service, state, envelope,
    digest, attempts, failure, queued_at as "queuedAt", ended_at as "endedAt", receipt`
  const links = sql.part`agency, system, down_since as "downSince", failures, failure, next_at as "nextAt"`

  return {
    /** False if it is there already. */
    insertOnce: async (row: MessageRow): Promise<boolean> => {
      const rows = await sql`
        insert into exchange.message (id, key, tenant, person, agency, system, name, case_id, service, state, envelope,
          digest, attempts, queued_at)
        values (${row.id}, ${row.key}, ${row.tenant}, ${row.person}, ${row.agency}, ${row.system}, ${row.name},
          ${row.caseId}, ${row.service}, ${row.state}, ${row.envelope}, ${row.digest}, ${row.attempts}, ${row.queuedAt})
        on conflict do nothing returning id`
      return rows.length === 1
    },

    byKey: async (key: string): Promise<MessageRow | undefined> => {
      const rows = await sql<MessageRow>`select ${columns} from exchange.message where key = ${key}`
      return rows[0]
    },

    find: async (id: string): Promise<MessageRow | undefined> => {
      const rows = await sql<MessageRow>`select ${columns} from exchange.message where id = ${id}`
      return rows[0]
    },

    ofCases: (cases: string[]) => sql<MessageRow>`
      select ${columns} from exchange.message where case_id = any(${cases}) order by queued_at, id`,

    /** False if it does not wait any more. */
    end: async (id: string, state: MessageState, receipt: Envelope | null, at: Date): Promise<boolean> => {
      const rows = await sql`
        update exchange.message set state = ${state}, ended_at = ${at}, attempts = attempts + 1, failure = null,
          receipt = ${receipt === null ? null : sql.json(receipt)}
        where id = ${id} and state = 'waiting' returning id`
      return rows.length === 1
    },

    failed: (id: string, failure: string) => sql`
      update exchange.message set attempts = attempts + 1, failure = ${failure} where id = ${id} and state = 'waiting'`,

    waitingFor: (agency: string, system: string, limit: number) => sql<{ id: string }>`
      select id from exchange.message where agency = ${agency} and system = ${system} and state = 'waiting'
      order by queued_at limit ${limit}`,

    waiting: () => sql<{ agency: string; system: string; count: number; since: Date }>`
      select agency, system, count(*)::int as count, min(queued_at) as since from exchange.message
      where state = 'waiting' group by agency, system`,

    link: async (agency: string, system: string): Promise<LinkRow | undefined> => {
      const rows =
        await sql<LinkRow>`select ${links} from exchange.link where agency = ${agency} and system = ${system}`
      return rows[0]
    },

    links: () => sql<LinkRow>`select ${links} from exchange.link order by agency, system`,

    linkFailed: (agency: string, system: string, failure: string, at: Date, nextAt: Date) => sql`
      insert into exchange.link (agency, system, down_since, failures, failure, next_at)
      values (${agency}, ${system}, ${at}, 1, ${failure}, ${nextAt})
      on conflict (agency, system) do update set down_since = coalesce(link.down_since, excluded.down_since),
        failures = link.failures + 1, failure = excluded.failure, next_at = excluded.next_at`,

    /** Whether it did not answer before. */
    linkAnswered: async (agency: string, system: string): Promise<boolean> => {
      const rows = await sql`
        update exchange.link set down_since = null, failures = 0, failure = null, next_at = null
        where agency = ${agency} and system = ${system} and down_since is not null returning agency`
      return rows.length === 1
    },

    tryAt: (agency: string, system: string, at: Date) => sql`
      update exchange.link set next_at = ${at} where agency = ${agency} and system = ${system}`,

    insertNotice: async (row: NoticeRow): Promise<boolean> => {
      const rows = await sql`
        insert into exchange.notice (id, tenant, system, event, key, digest, content, receipt, received_at)
        values (${row.id}, ${row.tenant}, ${row.system}, ${row.event}, ${row.key}, ${row.digest}, ${row.content},
          ${sql.json(row.receipt)}, ${row.receivedAt})
        on conflict (id) do nothing returning id`
      return rows.length === 1
    },

    notice: async (id: string): Promise<NoticeRow | undefined> => {
      const rows = await sql<NoticeRow>`
        select id, tenant, system, event, key, digest, content, receipt, received_at as "receivedAt", done_at as "doneAt"
        from exchange.notice where id = ${id}`
      return rows[0]
    },

    noticeDone: (id: string, at: Date) => sql`update exchange.notice set done_at = ${at} where id = ${id}`,
  }
}

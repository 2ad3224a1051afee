// SQL of mandates, and of the sessions in which they are used.
import type { Sql } from '@ashlar/kernel/sql'
import type { Act, Basis, PartyKind } from './mandate.ts'

export interface MandateRow {
  id: string
  holder_kind: PartyKind
  holder: string
  holder_name: Buffer | null
  represented_kind: PartyKind
  represented: string
  represented_name: Buffer
  basis: Basis
  services: string[] | null
  acts: Act[] | null
  limit_value: string | number | null
  limit_currency: string | null
  may_delegate: boolean
  from_mandate: string | null
  given_by: string | null
  valid_from: string
  valid_until: string | null
  granted_at: Date
  accepted_at: Date | null
  declined_at: Date | null
  ended_at: Date | null
  checked_at: Date | null
}

const MOST = 200

export const mandateStore = (sql: Sql) => {
  const columns = sql.part`id, holder_kind, holder, holder_name, represented_kind, represented, represented_name, basis,
    services, acts, limit_value, limit_currency, may_delegate, from_mandate, given_by, valid_from, valid_until, granted_at,
    accepted_at, declined_at, ended_at, checked_at`

  return {
    /** What the law gives is there once; what people give, as often as they do. */
    async insert(rows: MandateRow[]): Promise<number> {
      if (rows.length === 0) return 0
      const added = await sql`
        insert into identity.mandate (id, holder_kind, holder, holder_name, represented_kind, represented,
          represented_name, basis, services, acts, limit_value, limit_currency, may_delegate, from_mandate, given_by,
          valid_from, valid_until, granted_at, accepted_at, checked_at)
        select id, holder_kind, holder, holder_name, represented_kind, represented, represented_name, basis,
          case when services is null then null else array(select jsonb_array_elements_text(services)) end,
          case when acts is null then null else array(select jsonb_array_elements_text(acts)) end,
          limit_value, limit_currency, may_delegate, from_mandate, given_by, valid_from, valid_until, granted_at,
          accepted_at, checked_at
        from ${sql.unnest(insertColumns, rows)}
        on conflict do nothing
        returning id`
      return added.length
    },

    /** Of these holders, that hold on this day; of one represented, where it is named. */
    async inForce(holders: string[], day: string, represented?: string): Promise<MandateRow[]> {
      const one = represented === undefined ? sql.part`` : sql.part`and represented = ${represented}`
      return sql`
        select ${columns} from identity.mandate
        where holder = any(${holders}) ${one} and ended_at is null and accepted_at is not null and valid_from <= ${day}
          and (valid_until is null or valid_until > ${day})
        order by basis, id limit ${MOST}`
    },

    async find(id: string): Promise<MandateRow | undefined> {
      const [row] = await sql<MandateRow>`select ${columns} from identity.mandate where id = ${id}`
      return row
    },

    /** Locked, with those that were given on under it. */
    async lock(id: string): Promise<MandateRow[]> {
      return sql`
        with recursive line as (
          select id from identity.mandate where id = ${id}
          union select m.id from identity.mandate m join line on m.from_mandate = line.id)
        select ${columns} from identity.mandate where id in (select id from line) for update`
    },

    async givenBy(represented: string): Promise<MandateRow[]> {
      return sql`
        select ${columns} from identity.mandate where represented = ${represented} and given_by is not null
        order by granted_at desc, id limit ${MOST}`
    },

    async heldBy(holder: string): Promise<MandateRow[]> {
      return sql`
        select ${columns} from identity.mandate where holder = ${holder} and given_by is not null
        order by granted_at desc, id limit ${MOST}`
    },

    async accept(id: string, at: Date): Promise<void> {
      await sql`update identity.mandate set accepted_at = ${at} where id = ${id}`
    },

    async decline(id: string, at: Date): Promise<void> {
      await sql`update identity.mandate set declined_at = ${at}, ended_at = ${at} where id = ${id}`
    },

    async end(ids: string[], at: Date): Promise<void> {
      await sql`update identity.mandate set ended_at = ${at} where id = any(${ids}) and ended_at is null`
    },

    async endOf(holder: string, represented: string, basis: string, at: Date): Promise<void> {
      await sql`
        update identity.mandate set ended_at = ${at}
        where holder = ${holder} and represented = ${represented} and basis = ${basis} and ended_at is null`
    },

    /** What a register said of this person, to be compared with what it says now. */
    async byRegister(holder: string): Promise<MandateRow[]> {
      return sql`
        select ${columns} from identity.mandate
        where holder = ${holder} and checked_at is not null and ended_at is null for update`
    },

    async checked(ids: string[], at: Date): Promise<void> {
      await sql`update identity.mandate set checked_at = ${at} where id = any(${ids})`
    },

    /** A register changed: whoever represents these is looked up anew. */
    async holdersOf(represented: string): Promise<string[]> {
      const rows = await sql<{ holder: string }>`
        select holder from identity.mandate
        where represented = ${represented} and checked_at is not null and ended_at is null`
      return rows.map(({ holder }) => holder)
    },

    async endSessionsFor(holders: string[], represented: string): Promise<void> {
      await sql`delete from identity.session where person = any(${holders}) and represented = ${represented}`
    },
  }
}

const insertColumns = {
  id: 'uuid',
  holder_kind: 'text',
  holder: 'uuid',
  holder_name: 'bytea',
  represented_kind: 'text',
  represented: 'uuid',
  represented_name: 'bytea',
  basis: 'text',
  services: 'jsonb',
  acts: 'jsonb',
  limit_value: 'bigint',
  limit_currency: 'text',
  may_delegate: 'boolean',
  from_mandate: 'uuid',
  given_by: 'uuid',
  valid_from: 'date',
  valid_until: 'date',
  granted_at: 'timestamptz',
  accepted_at: 'timestamptz',
  checked_at: 'timestamptz',
}

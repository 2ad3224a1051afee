// SQL of identity: accounts, sessions, passkeys, challenges and allowances.
import type { Sql } from '@ashlar/kernel/sql'
import type { Level, Method } from './account.ts'

export interface AccountRow {
  id: string
  kind: 'person' | 'staff'
  tenant: string | null
  person: string | null
  staff: string | null
  address_hash: Buffer | null
  address: Buffer | null
  name: Buffer
  language: string | null
  level: Level
  unit: string | null
  roles: string[]
  door: string | null
  declared: string | null
}

export interface SessionRow {
  token_hash: Buffer
  id: string
  account: string
  kind: 'person' | 'staff'
  tenant: string | null
  person: string | null
  staff: string | null
  unit: string | null
  roles: string[]
  language: string | null
  level: Level
  method: Method
  name: Buffer
  represented_kind: 'person' | 'organisation' | null
  represented: string | null
  represented_name: Buffer | null
  opened_at: Date
  seen_at: Date
  idle_at: Date
  expires_at: Date
}

export interface PasskeyRow {
  id: string
  account: string
  public_key: Buffer
  counter: number
  transports: string[]
}

export interface ChallengeRow {
  id: string
  kind: 'code' | 'passkey-register' | 'passkey-sign-in'
  address_hash: Buffer | null
  account: string | null
  value: string | null
}

export const identityStore = (sql: Sql) => {
  const accountColumns = sql.part`id, kind, tenant, person, staff, address_hash, address, name, language, level, unit, roles,
    door, declared`

  return {
    async accountByAddress(hash: Buffer): Promise<AccountRow | undefined> {
      const [row] = await sql<AccountRow>`
        select ${accountColumns} from identity.account where address_hash = ${hash} and ended_at is null`
      return row
    },

    async account(id: string): Promise<AccountRow | undefined> {
      const [row] = await sql<AccountRow>`
        select ${accountColumns} from identity.account where id = ${id} and ended_at is null`
      return row
    },

    async accountByDoor(door: string): Promise<AccountRow | undefined> {
      const [row] = await sql<AccountRow>`
        select ${accountColumns} from identity.account where door = ${door} and ended_at is null`
      return row
    },

    async doors(): Promise<AccountRow[]> {
      return sql`
        select ${accountColumns} from identity.account where door is not null and ended_at is null order by kind, door`
    },

    async staff(): Promise<(AccountRow & { ended: boolean })[]> {
      return sql`
        select ${accountColumns}, ended_at is not null as ended from identity.account where kind = 'staff' order by staff`
    },

    async accountsOf(persons: string[]): Promise<AccountRow[]> {
      return sql`
        select ${accountColumns} from identity.account where person = any(${persons}) and ended_at is null`
    },

    async knownPersons(persons: string[]): Promise<Set<string>> {
      const rows = await sql<{ person: string }>`select person from identity.account where person = any(${persons})`
      return new Set(rows.map(({ person }) => person))
    },

    /** Accounts of these persons, to write to them. */
    contacts: (persons: string[]) =>
      sql<{ id: string; person: string; address: Buffer | null; language: string | null }>`
        select id, person, address, language from identity.account where person = any(${persons})`,

    async lockAccounts(): Promise<void> {
      await sql`select pg_advisory_xact_lock(hashtext('identity.account'))`
    },

    async insertAccount(row: AccountRow, at: Date): Promise<void> {
      await sql`
        insert into identity.account (id, kind, tenant, person, staff, address_hash, address, name, language, level, unit,
          roles, door, declared, opened_at)
        values (${row.id}, ${row.kind}, ${row.tenant}, ${row.person}, ${row.staff}, ${row.address_hash}, ${row.address},
          ${row.name}, ${row.language}, ${row.level}, ${row.unit}, ${row.roles}, ${row.door}, ${row.declared}, ${at})`
    },

    async updateAccount(row: AccountRow): Promise<void> {
      await sql`
        update identity.account set tenant = ${row.tenant}, address_hash = ${row.address_hash}, address = ${row.address},
          name = ${row.name}, language = ${row.language}, level = ${row.level}, unit = ${row.unit}, roles = ${row.roles},
          door = ${row.door}, declared = ${row.declared}, ended_at = null
        where id = ${row.id}`
    },

    async endAccounts(ids: string[], at: Date): Promise<void> {
      await sql`
        update identity.account set ended_at = ${at}, address_hash = null, address = null, door = null, declared = null
        where id = any(${ids})`
    },

    async endSessionsOf(accounts: string[]): Promise<void> {
      await sql`delete from identity.session where account = any(${accounts})`
    },

    sessionsOf: (tokens: Buffer[], now: Date) => sql<SessionRow>`
      select session.* from unnest(${tokens}::bytea[]) as asked(token)
      cross join lateral identity.session_of(asked.token, ${now}) as session`,

    async insertSession(row: SessionRow): Promise<void> {
      await sql`
        insert into identity.session (token_hash, id, account, kind, tenant, person, staff, unit, roles, language, level,
          method, name, represented_kind, represented, represented_name, opened_at, seen_at, idle_at, expires_at)
        values (${row.token_hash}, ${row.id}, ${row.account}, ${row.kind}, ${row.tenant}, ${row.person}, ${row.staff},
          ${row.unit}, ${row.roles}, ${row.language}, ${row.level}, ${row.method}, ${row.name}, ${row.represented_kind},
          ${row.represented}, ${row.represented_name}, ${row.opened_at}, ${row.seen_at}, ${row.idle_at},
          ${row.expires_at})`
    },

    async touchSession(token: Buffer, now: Date, idleAt: Date): Promise<void> {
      await sql`
        update identity.session set seen_at = ${now}, idle_at = least(${idleAt}::timestamptz, expires_at)
        where token_hash = ${token} and seen_at < ${now}`
    },

    async deleteSession(token: Buffer): Promise<void> {
      await sql`delete from identity.session where token_hash = ${token}`
    },

    /** Gives the session away: of two who exchange one token at once, one gets it. */
    async takeSession(token: Buffer, now: Date): Promise<SessionRow | undefined> {
      const [row] = await sql<SessionRow>`
        delete from identity.session where token_hash = ${token} and idle_at > ${now} and expires_at > ${now} returning *`
      return row
    },

    /** What has expired goes, a few at a time. */
    async clean(now: Date): Promise<void> {
      await sql`
        delete from identity.session where token_hash in (
          select token_hash from identity.session where expires_at < ${now} limit 20 for update skip locked)`
      await sql`
        delete from identity.challenge where id in (
          select id from identity.challenge where expires_at < ${now} limit 20 for update skip locked)`
      await sql`
        delete from identity.allowance where key in (
          select key from identity.allowance where full_at < ${now} limit 20 for update skip locked)`
    },

    async insertChallenge(row: ChallengeRow, expiresAt: Date): Promise<void> {
      await sql`
        insert into identity.challenge (id, kind, address_hash, account, value, expires_at)
        values (${row.id}, ${row.kind}, ${row.address_hash}, ${row.account}, ${row.value}, ${expiresAt})`
    },

    /** Counts the try before it is known whether it is right, so that tries at once cannot outnumber the limit. */
    async tryCode(id: string, most: number, now: Date): Promise<ChallengeRow | undefined> {
      const [row] = await sql<ChallengeRow>`
        update identity.challenge set tries = tries + 1
        where id = ${id} and kind = 'code' and tries < ${most} and expires_at > ${now}
        returning id, kind, address_hash, account, value`
      return row
    },

    async findChallenge(id: string, now: Date): Promise<ChallengeRow | undefined> {
      const [row] = await sql<ChallengeRow>`
        select id, kind, address_hash, account, value from identity.challenge where id = ${id} and expires_at > ${now}`
      return row
    },

    /** Each challenge is answered once. */
    async takeChallenge(id: string, kind: ChallengeRow['kind'], now: Date): Promise<ChallengeRow | undefined> {
      const [row] = await sql<ChallengeRow>`
        delete from identity.challenge where id = ${id} and kind = ${kind} and expires_at > ${now}
        returning id, kind, address_hash, account, value`
      return row
    },

    /**
     * Takes one from the allowance, or nothing if it is used up (GCRA: `every` milliseconds one more, `burst` at once).
     * Exact however many ask at once, for the row is locked. What lies further ahead than it ever could was written
     * before the machine's clock stepped back, and begins anew.
     */
    async take(key: Buffer, every: number, burst: number, now: Date): Promise<boolean> {
      const after = (times: number) => new Date(now.getTime() + every * times)
      const rows = await sql`
        insert into identity.allowance (key, full_at) values (${key}, ${after(1)})
        on conflict (key) do update set full_at = case
          when allowance.full_at > ${after(burst + 1)}::timestamptz then excluded.full_at
          else greatest(allowance.full_at, ${now}::timestamptz) + ${every}::float8 * interval '1 millisecond' end
        where allowance.full_at <= ${after(burst - 1)}::timestamptz
          or allowance.full_at > ${after(burst + 1)}::timestamptz
        returning 1`
      return rows.length > 0
    },

    async passkeysOf(account: string): Promise<PasskeyRow[]> {
      return sql`select id, account, public_key, counter, transports from identity.passkey where account = ${account}`
    },

    async findPasskey(id: string): Promise<PasskeyRow | undefined> {
      const [row] = await sql<PasskeyRow>`
        select id, account, public_key, counter, transports from identity.passkey where id = ${id}`
      return row
    },

    async insertPasskey(
      row: PasskeyRow & { tenant: string | null; person: string | null; backedUp: boolean; at: Date },
    ) {
      const added = await sql`
        insert into identity.passkey (id, account, tenant, person, public_key, counter, transports, backed_up, added_at)
        values (${row.id}, ${row.account}, ${row.tenant}, ${row.person}, ${row.public_key}, ${row.counter},
          ${row.transports}, ${row.backedUp}, ${row.at})
        on conflict (id) do nothing
        returning id`
      return added.length > 0
    },

    async usePasskey(id: string, counter: number, at: Date): Promise<void> {
      await sql`update identity.passkey set counter = ${counter}, used_at = ${at} where id = ${id}`
    },
  }
}

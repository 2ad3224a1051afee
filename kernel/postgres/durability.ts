// Whether a server keeps what it has acknowledged.
import type { Client } from 'pg'
import { PostgresRefusal } from './refusal.ts'
import { DURABILITY } from './settings.ts'

/** Throws when an acknowledged transaction could be lost: fsync, synchronous commit, page writes, checksums. */
export async function checkDurability(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string; setting: string }>(
    'select name, setting from pg_settings where name = any($1) order by name',
    [DURABILITY],
  )
  // What is set for one role or database alone is not seen by this session.
  const { rows: own } = await client.query<{ name: string; setting: string; whose: string }>(
    `select split_part(one, '=', 1) as name, split_part(one, '=', 2) as setting,
       coalesce(r.rolname, d.datname, 'all') as whose
     from pg_db_role_setting s cross join unnest(s.setconfig) as one
     left join pg_roles r on r.oid = s.setrole left join pg_database d on d.oid = s.setdatabase
     where split_part(one, '=', 1) = any($1)`,
    [DURABILITY],
  )
  const off = [
    ...rows.filter(forgets).map((row) => row.name),
    ...own.filter(forgets).map(({ name, whose }) => `${name} (of ${whose})`),
  ]
  const seen = new Set(rows.map((row) => row.name))
  const missing = DURABILITY.filter((name) => !seen.has(name))
  if (off.length + missing.length === 0) return
  throw new PostgresRefusal(
    'not-durable',
    `The database would lose what it has acknowledged: ${[...off, ...missing].join(', ')} is off. ` +
      'Turn it on in postgresql.conf (and postgresql.auto.conf, alter role, alter database), or make the folder anew; ' +
      'data checksums can be turned on with pg_checksums while the server is stopped.',
  )
}

const forgets = ({ setting }: { setting: string }): boolean =>
  !/^(on|remote_write|remote_apply|true|yes|1)$/i.test(setting)

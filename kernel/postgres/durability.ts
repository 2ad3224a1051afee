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
  const off = rows.filter((row) => row.setting === 'off' || row.setting === 'local').map((row) => row.name)
  const seen = new Set(rows.map((row) => row.name))
  const missing = DURABILITY.filter((name) => !seen.has(name))
  if (off.length + missing.length === 0) return
  throw new PostgresRefusal(
    'not-durable',
    `The database would lose what it has acknowledged: ${[...off, ...missing].join(', ')} is off. ` +
      'Turn it on in postgresql.conf (and postgresql.auto.conf), or make the folder anew; data checksums can be ' +
      'turned on with pg_checksums while the server is stopped.',
  )
}

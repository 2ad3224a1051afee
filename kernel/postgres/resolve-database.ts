// Which database to use: the operator's, when one is named, else the embedded one of the data folder.
import { mkdir } from 'node:fs/promises'
import { Client } from 'pg'
import { passwordOf, secretOf } from './cluster.ts'
import { checkDurability } from './durability.ts'
import { PostgresRefusal } from './refusal.ts'
import { startPostgres } from './start-postgres.ts'

export interface DatabaseChoice {
  /** Of a role that may create roles and schemas; holds a secret. */
  url: string
  kind: 'embedded' | 'operator'
  adopted: boolean
  /** The password of one of our own roles. */
  password(role: string): string
  stop(): Promise<void>
}

const FLOOR = 150_000 // PostgreSQL 15

export async function resolveDatabase(options: {
  databaseUrl?: string
  folder: string
  label?: string
  log?: (message: string) => void
}): Promise<DatabaseChoice> {
  if (!options.databaseUrl) {
    const server = await startPostgres(options)
    return { url: server.url, kind: 'embedded', adopted: server.adopted, password: server.password, stop: server.stop }
  }
  await checkOperators(options.databaseUrl)
  await mkdir(options.folder, { recursive: true, mode: 0o700 })
  const secret = await secretOf(options.folder)
  return {
    url: options.databaseUrl,
    kind: 'operator',
    adopted: true,
    password: (role) => passwordOf(secret, role),
    stop: async () => {},
  }
}

async function checkOperators(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<{ version: number }>(
      "select current_setting('server_version_num')::int as version",
    )
    if ((rows[0]?.version ?? 0) < FLOOR) {
      throw new PostgresRefusal('wrong-version', 'DATABASE_URL points to a PostgreSQL older than 15')
    }
    await checkDurability(client)
  } finally {
    await client.end()
  }
}

// Examines the database: one's own is reached, new enough, durable and lets us make roles; the embedded one's files are in order.
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { checkDurability } from '@ashlar/kernel/postgres'
import type { Settings } from '@ashlar/server'
import { Client } from 'pg'
import { type Finding, fault, fine, type Surroundings } from './finding.ts'

const about = 'database'
const embeddedMajor = '18'

export async function examineDatabase(at: Surroundings, { database, data }: Settings): Promise<Finding[]> {
  return database.url ? examineOwn(database.url, at) : [examineEmbedded(join(resolve(data.folder), 'postgres'))]
}

async function examineOwn(url: string, { now }: Surroundings): Promise<Finding[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException
    return [
      fault(about, `DATABASE_URL cannot be reached: ${message || code}.`, 'correct DATABASE_URL, or start that server'),
    ]
  }
  try {
    return await examineConnected(client, now())
  } catch (error) {
    return [fault(about, (error as Error).message, 'let its operator look')]
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function examineConnected(client: Client, now: Date): Promise<Finding[]> {
  const { rows } = await client.query<{ version: number; shown: string; roles: boolean; create: boolean; at: Date }>(
    `select current_setting('server_version_num')::int as version, current_setting('server_version') as shown,
       (select rolsuper or rolcreaterole from pg_roles where rolname = current_user) as roles,
       has_database_privilege(current_database(), 'create') as create, clock_timestamp() as at`,
  )
  const { version, shown, roles, create, at } = rows[0]!
  const findings: Finding[] = []
  if (version < 150_000) findings.push(fault(about, `PostgreSQL ${shown} is too old.`, 'use PostgreSQL 15 or newer'))
  if (!roles || !create)
    findings.push(
      fault(
        about,
        `The user of DATABASE_URL may not ${roles ? 'make schemas' : 'make roles'}: each block has a role and a schema of its own.`,
        'grant it: alter role … createrole; grant create on database … to …',
      ),
    )
  await checkDurability(client).catch((error: Error) =>
    findings.push(fault(about, error.message, 'switch it on: alter system set … = on, then reload')),
  )
  const apart = Math.abs(at.getTime() - now.getTime()) / 1000
  if (apart > 5)
    findings.push(
      fault(
        'clock',
        `This computer's clock and the database's are ${Math.round(apart)} s apart.`,
        'let both follow NTP',
      ),
    )
  return findings.length ? findings : [fine(about, `PostgreSQL ${shown}, durable`)]
}

function examineEmbedded(home: string): Finding {
  const cluster = join(home, 'cluster')
  if (!existsSync(cluster)) return fine(about, 'is made at the first start')
  if (existsSync(join(home, 'only-for-tests')))
    return fault(about, `${home} was written by a test, without durability.`, 'use another data folder')
  const made = readIf(join(cluster, 'PG_VERSION')).trim()
  if (made !== embeddedMajor)
    return fault(
      about,
      made
        ? `${cluster} was made by PostgreSQL ${made}, and this program brings ${embeddedMajor}.`
        : `${cluster} has no PG_VERSION: it is not whole.`,
      made ? 'start the older program, export, and import into a new folder' : 'put the folder back from a backup',
    )
  const off = ['postgresql.conf', 'postgresql.auto.conf'].flatMap((file) =>
    readIf(join(cluster, file))
      .split('\n')
      .filter((line) => /^\s*(fsync|synchronous_commit|full_page_writes)\s*=?\s*'?(off|false|no|0|local)\b/i.test(line))
      .map((line) => `${file}: ${line.trim()}`),
  )
  return off.length
    ? fault(about, `It would lose what it has acknowledged. ${off.join('; ')}.`, 'take that line out')
    : fine(about, `embedded PostgreSQL ${made}`)
}

function readIf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

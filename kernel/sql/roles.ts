// The roles of a block: an owner that migrates, a login that serves and reaches nothing but its own schema.
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from 'pg'

/** What every block's roles may do in the kernel hangs on this one. */
const GROUP = 'ashlar_block'

export async function ensureGroupRole(client: Client): Promise<void> {
  await retried(async () => {
    if (!(await hasRole(client, GROUP))) await client.query(`create role ${GROUP} nologin`)
  })
}

export async function ensureBlockRoles(
  client: Client,
  block: string,
  password?: (role: string) => string,
): Promise<void> {
  if (!/^[a-z][a-z0-9_]*$/.test(block)) throw new Error(`Not a name for a block: ${block}`)
  const [owner, login] = [`ashlar_${block}_owner`, `ashlar_${block}`]
  await retried(async () => {
    if (!(await hasRole(client, owner))) await client.query(`create role ${owner} nologin`)
    if (!(await hasRole(client, login))) await client.query(`create role ${login} login`)
    for (const role of [owner, login]) {
      if (!(await isMember(client, role, GROUP))) await client.query(`grant ${GROUP} to ${role}`)
    }
    if (!(await mayBecome(client, owner))) await client.query(`grant ${owner} to current_user`)
    if (password) await setPassword(client, login, password(login))
  })
  await client.query(`
    create schema if not exists ${block} authorization ${owner};
    grant usage on schema ${block} to ${login};
    alter default privileges for role ${owner} in schema ${block}
      grant select, insert, update, delete on tables to ${login};
    alter default privileges for role ${owner} in schema ${block} grant usage, select on sequences to ${login};
  `)
}

async function hasRole(client: Client, role: string): Promise<boolean> {
  const { rowCount } = await client.query('select 1 from pg_roles where rolname = $1', [role])
  return rowCount === 1
}

async function isMember(client: Client, role: string, group: string): Promise<boolean> {
  const { rows } = await client.query<{ yes: boolean }>("select pg_has_role($1, $2, 'member') as yes", [role, group])
  return rows[0]?.yes ?? false
}

/** Since PostgreSQL 16 who makes a role may grant it, but not yet become it. */
async function mayBecome(client: Client, role: string): Promise<boolean> {
  const { rows } = await client.query<{ yes: boolean }>(
    `select pg_has_role($1,
       case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end) as yes`,
    [role],
  )
  return rows[0]?.yes ?? false
}

/** Set only when it differs, and as a verifier, so that no password ever stands in a statement. */
async function setPassword(client: Client, role: string, password: string): Promise<void> {
  const { rows } = await client.query<{ iterations: string | null }>(
    "select current_setting('scram_iterations', true) as iterations",
  )
  const kept = await client
    .query<{ rolpassword: string | null }>('select rolpassword from pg_authid where rolname = $1', [role])
    .then((result) => result.rows[0]?.rolpassword ?? undefined)
    .catch(() => undefined) // Only a superuser may read it.
  if (kept && kept === verifierLike(kept, password)) return
  const verifier = scramVerifier(password, randomBytes(16), Number(rows[0]?.iterations ?? 4096))
  await client.query(`alter role ${role} password '${verifier}'`)
}

function verifierLike(kept: string, password: string): string | undefined {
  const [, iterations, salt] = /^SCRAM-SHA-256\$(\d+):([^$]+)\$/.exec(kept) ?? []
  return iterations && salt ? scramVerifier(password, Buffer.from(salt, 'base64'), Number(iterations)) : undefined
}

/** RFC 5803. */
function scramVerifier(password: string, salt: Buffer, iterations: number): string {
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, iterations, 32, 'sha256')
  const sign = (text: string) => createHmac('sha256', salted).update(text).digest()
  const stored = createHash('sha256').update(sign('Client Key')).digest('base64')
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${stored}:${sign('Server Key').toString('base64')}`
}

/** Roles belong to the whole server: another database's migration may make them at the same moment. */
const RACES = new Set(['23505', '42710', 'XX000'])

async function retried(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt >= 20 || !RACES.has((error as { code?: string }).code ?? '')) throw error
      await delay(5 + Math.random() * 20)
    }
  }
}

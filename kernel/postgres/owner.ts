// One owner at a time: the owner holds a lock inside the database, which falls with its process however that ends.
import { existsSync, readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from 'pg'
import type { Cluster } from './cluster.ts'
import { PostgresRefusal } from './refusal.ts'

const LOCK = '1095976012, 1' // 'ASHL'
const PATIENCE_MS = 800

interface OwnerNote {
  pid: number
  since: string
  label?: string
}

export async function becomeOwner(client: Client, cluster: Cluster, label?: string): Promise<void> {
  const note = join(cluster.folder, 'owner.json')
  // A killed owner's session ends a moment after its process.
  for (const until = Date.now() + PATIENCE_MS; ; await delay(40)) {
    const { rows } = await client.query<{ got: boolean }>(`select pg_try_advisory_lock(${LOCK}) as got`)
    if (rows[0]?.got) break
    if (Date.now() > until) throw held(cluster, note)
  }
  const owner: OwnerNote = { pid: process.pid, since: new Date().toISOString(), label }
  await writeFile(`${note}.new`, JSON.stringify(owner), { mode: 0o600 })
  await rename(`${note}.new`, note)
}

function held(cluster: Cluster, note: string): PostgresRefusal {
  const owner = existsSync(note) ? (JSON.parse(readFileSync(note, 'utf8')) as OwnerNote) : undefined
  const who = owner
    ? `process ${owner.pid}${owner.label ? ` at ${owner.label}` : ''}, since ${owner.since}`
    : 'another process'
  return new PostgresRefusal(
    'held',
    `${cluster.folder} is already in use by ${who}. Stop it first, or use another folder.`,
  )
}

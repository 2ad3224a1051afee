// Where the database's socket stands: a short path, the same each time, and nobody else's.
import { createHash } from 'node:crypto'
import { chownSync, existsSync, lstatSync, mkdirSync } from 'node:fs'
import type { Cluster } from './cluster.ts'
import { PostgresRefusal } from './refusal.ts'

/** A socket's path has at most 107 bytes, so it cannot stand in the data folder. */
export function makeSocketFolder(cluster: Cluster): string {
  const owner = cluster.identity.uid ?? process.getuid?.() ?? 0
  const name = createHash('sha256').update(cluster.folder).digest('hex').slice(0, 10)
  for (let attempt = 0; attempt < 20; attempt++) {
    const folder = `/tmp/ashlar-${name}${attempt ? `-${attempt}` : ''}`
    if (!existsSync(folder)) {
      mkdirSync(folder, { mode: 0o700 })
      if (cluster.identity.uid !== undefined) chownSync(folder, cluster.identity.uid, cluster.identity.gid ?? 0)
    }
    // Anybody may have left one of that name in /tmp.
    const stat = lstatSync(folder)
    if (stat.isDirectory() && stat.uid === owner && (stat.mode & 0o077) === 0) return folder
  }
  throw new PostgresRefusal('did-not-start', `No folder for the database's socket can be made in /tmp (ashlar-${name})`)
}

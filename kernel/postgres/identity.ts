// Under which user of the machine the database runs: Postgres refuses root, so root hands it to somebody harmless.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** undefined uid: run as we are. */
export interface Identity {
  uid?: number
  gid?: number
}

const NOBODY = { uid: 65534, gid: 65534 }

/** As root: who already owns the data, else who owns the place it will stand in (if not root), else nobody. */
export function identityFor(folder: string, cluster: string): Identity {
  if (process.getuid?.() !== 0) return {}
  if (existsSync(cluster)) {
    const { uid, gid } = statSync(cluster)
    return uid === 0 ? nobody() : { uid, gid }
  }
  const { uid, gid } = statSync(nearestExisting(folder))
  return uid !== 0 && passwd().some((user) => user.uid === uid) ? { uid, gid } : nobody()
}

function nobody(): Identity {
  return passwd().find((user) => user.name === 'nobody') ?? NOBODY
}

function passwd(): { name: string; uid: number; gid: number }[] {
  if (!existsSync('/etc/passwd')) return []
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
  return lines
    .map((line) => line.split(':'))
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter((user) => user.name !== '')
}

function nearestExisting(folder: string): string {
  let at = resolve(folder)
  while (!existsSync(at)) at = dirname(at)
  return at
}

// The folder of one database cluster: made once, whole or not at all, with secrets of its own.

import { spawn } from 'node:child_process'
import { createHmac, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { chmod, chown, link, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isAlive } from './alive.ts'
import type { Binaries } from './binaries.ts'
import type { Identity } from './identity.ts'
import { PostgresRefusal } from './refusal.ts'

export const SUPERUSER = 'ashlar'
const MAJOR = '18'

export interface Cluster {
  /** Ours: secret, log and owner's note. Others may not enter. */
  folder: string
  /** PGDATA, belonging to the database's user. */
  data: string
  secret: string
  log: string
  identity: Identity
  /** How a program that already stands in `data` names it, though it may not be able to walk there. */
  dataArgument: string
}

export async function openCluster(folder: string, binaries: Binaries, identity: Identity): Promise<Cluster> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
  const home = realpathSync(folder)
  const cluster: Cluster = {
    folder: home,
    data: join(home, 'cluster'),
    secret: await secretOf(home),
    log: join(home, 'postgres.log'),
    identity,
    dataArgument: identity.uid !== undefined && process.platform === 'linux' ? '/proc/self/cwd' : join(home, 'cluster'),
  }
  await removeDrafts(home)
  if (!existsSync(cluster.data)) await createCluster(cluster, binaries)

  const version = readFileSync(join(cluster.data, 'PG_VERSION'), 'utf8').trim()
  if (version !== MAJOR) {
    throw new PostgresRefusal(
      'wrong-version',
      `${cluster.data} was made by PostgreSQL ${version}, and this program brings ${MAJOR}. ` +
        'Start the older program, export the data, and import it into a new folder.',
    )
  }
  return cluster
}

/** Passwords are derived, so one secret is all that must be kept and backed up. */
export function passwordOf(secret: string, role: string): string {
  return createHmac('sha256', secret).update(`role:${role}`).digest('base64url')
}

/** Two that start at once agree on one secret, and nobody ever reads half of it. */
export async function secretOf(folder: string): Promise<string> {
  const file = join(folder, 'secret')
  if (!existsSync(file)) {
    const draft = `${file}.${process.pid}`
    await writeFile(draft, randomBytes(32).toString('base64url'), { mode: 0o600 })
    await link(draft, file).catch((error) => {
      if (error.code !== 'EEXIST') throw error
    })
    await rm(draft)
  }
  return readFileSync(file, 'utf8').trim()
}

async function createCluster(cluster: Cluster, binaries: Binaries): Promise<void> {
  const draft = `${cluster.data}.new-${process.pid}-${randomBytes(3).toString('hex')}`
  const scratch = await mkdtemp(join(tmpdir(), 'ashlar-init-'))
  const { uid, gid } = cluster.identity
  const passwordFile = join(scratch, 'password')
  try {
    await mkdir(draft, { mode: 0o700 })
    await writeFile(passwordFile, passwordOf(cluster.secret, SUPERUSER), { mode: 0o600 })
    if (uid !== undefined && gid !== undefined) {
      for (const path of [draft, scratch, passwordFile]) await chown(path, uid, gid)
    }
    await run(
      binaries.initdb,
      [
        `--pgdata=${uid !== undefined && process.platform === 'linux' ? cluster.dataArgument : draft}`,
        `--username=${SUPERUSER}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--locale=C',
        '--data-checksums',
        '--no-instructions',
      ],
      draft,
      cluster.identity,
    )
    await rename(draft, cluster.data).catch(async (error) => {
      if (!existsSync(cluster.data)) throw error
    })
  } finally {
    await rm(draft, { recursive: true, force: true })
    await rm(scratch, { recursive: true, force: true })
  }
}

async function run(program: string, args: string[], cwd: string, identity: Identity): Promise<void> {
  const child = spawn(program, args, { cwd, env: plainEnvironment(), ...identity, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text))
  const code = await new Promise<number | null>((done, fail) => {
    child.on('error', fail)
    child.on('close', done)
  })
  if (code !== 0) throw new PostgresRefusal('did-not-start', `initdb failed (${code}): ${said.slice(-2000)}`)
}

export function plainEnvironment(): NodeJS.ProcessEnv {
  return { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' }
}

/** Half-made clusters of starts that were killed. */
async function removeDrafts(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = /^cluster\.new-(\d+)-/.exec(name)?.[1]
    if (pid && !isAlive(Number(pid))) await rm(join(folder, name), { recursive: true, force: true })
  }
}

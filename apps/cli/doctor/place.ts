// Examines the places that are written to: the data folder and its secrets, the disk, the folder for sockets, memory.
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Settings } from '@ashlar/server'
import { type Finding, fault, fine, megabytes, type Surroundings, warning } from './finding.ts'

const leastDisk = { fault: 300_000_000, warning: 2_000_000_000 }
const leastMemory = 400_000_000

export async function examinePlace(at: Surroundings, settings: Settings): Promise<Finding[]> {
  const folder = resolve(settings.data.folder)
  return [
    examineFolder(folder),
    examineSecrets(folder),
    examineDisk(at, nearestExisting(folder)),
    examineTemporary(at),
    examineMemory(at),
  ]
}

function examineFolder(folder: string): Finding {
  if (!existsSync(folder)) {
    const parent = nearestExisting(folder)
    return isWritable(parent)
      ? fine('data', `${folder} is not there yet; the first start makes it`)
      : fault('data', `${folder} cannot be made: ${parent} may not be written to.`, 'choose another place with --data')
  }
  const stat = statSync(folder)
  if (!stat.isDirectory()) return fault('data', `${folder} is a file.`, 'choose another place with --data')
  if (!isWritable(folder))
    return fault(
      'data',
      `${folder} may not be written to by user ${process.getuid?.() ?? '?'}; it belongs to user ${stat.uid}.`,
      'start as that user, or hand the folder over with chown',
    )
  if (stat.mode & 0o077)
    return warning('data', `${folder} is open to other users of this computer.`, `chmod 700 ${folder}`)
  return fine('data', folder)
}

/** Without its secrets, sealed data cannot be read again: a new file must never take their place. */
function examineSecrets(folder: string): Finding {
  const file = join(folder, 'secrets.json')
  if (!existsSync(file))
    return existsSync(join(folder, 'postgres', 'cluster'))
      ? fault(
          'secrets',
          `${file} is gone, but there is data: what was sealed with it cannot be read.`,
          'put the file back from its own backup before you start',
        )
      : fine('secrets', 'are made at the first start')
  try {
    JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'EACCES' ? 'may not be read' : 'is damaged'
    return fault('secrets', `${file} ${reason}.`, 'put the file back from its own backup')
  }
  if (statSync(file).mode & 0o077)
    return fault('secrets', `${file} is open to other users of this computer.`, `chmod 600 ${file}`)
  return fine('secrets', 'are there, for their owner only')
}

function examineDisk({ freeBytes }: Surroundings, folder: string): Finding {
  const free = freeBytes(folder)
  const says = `${megabytes(free)} are free where ${folder} stands`
  const mend = 'free some space, or choose another disk with --data'
  if (free < leastDisk.fault) return fault('disk', `${says}: the database would stop.`, mend)
  return free < leastDisk.warning ? warning('disk', `${says}.`, mend) : fine('disk', says)
}

/** Sockets have short paths, so they stand under the folder for temporary files. */
function examineTemporary({ temporary }: Surroundings): Finding {
  return existsSync(temporary) && isWritable(temporary)
    ? fine('temporary', `${temporary} can be written to`)
    : fault('temporary', `${temporary} cannot be written to: the database has no place for its socket.`, 'set TMPDIR')
}

function examineMemory({ freeMemory }: Surroundings): Finding {
  const free = freeMemory()
  return free < leastMemory
    ? warning('memory', `${megabytes(free)} of memory are free; the country needs about 400.`, 'stop something else')
    : fine('memory', `${megabytes(free)} are free`)
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}

function nearestExisting(folder: string): string {
  return existsSync(folder) ? folder : nearestExisting(dirname(folder))
}

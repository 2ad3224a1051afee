// Keeps a country as it was read and checked, so that a start reads it anew only when a file of it, or of the program, changed.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { deserialize, serialize } from 'node:v8'
import type { Country } from '@ashlar/catalogue'

const root = fileURLToPath(new URL('../../', import.meta.url))
/** What reads and checks countries, and what that stands on. */
const program = ['adapters', 'apps/cli', 'apps/server', 'blocks', 'kernel']

/** `file` holds what was read last; it is ours alone, as the folder that it stands in. */
export async function keptCountry(folder: string, file: string, read: () => Promise<Country>): Promise<Country> {
  const key = keyOf(folder)
  const kept = find(file)
  if (kept?.key === key) return kept.country
  const country = await read()
  // Nothing changed while it was read.
  if (keyOf(folder) === key) keep(file, { key, country })
  return country
}

interface Kept {
  key: string
  country: Country
}

function find(file: string): Kept | undefined {
  try {
    return deserialize(readFileSync(file)) as Kept
  } catch {
    return undefined // none yet, or half a file
  }
}

/** A start without it is slower, and not worth failing for. */
function keep(file: string, kept: Kept): void {
  try {
    writeFileSync(`${file}.new`, serialize(kept), { mode: 0o600 })
    renameSync(`${file}.new`, file)
  } catch (error) {
    process.stderr.write(`The country could not be kept: ${(error as Error).message}\n`)
  }
}

/** The bytes of the country's files; of the program's, when they were written and how long they are. */
function keyOf(folder: string): string {
  const hash = createHash('sha256').update(`${process.version} ${folder}`)
  for (const path of filesIn(folder)) hash.update(`\0${path}\0`).update(readFileSync(path))
  const modules = join(root, 'node_modules/.package-lock.json')
  const code = program.flatMap((part) => filesIn(join(root, part)).filter((path) => path.endsWith('.ts')))
  for (const path of [modules, ...code]) {
    const stat = statSync(path, { throwIfNoEntry: false })
    hash.update(`\0${path}\0${stat?.size} ${stat?.mtimeMs}`)
  }
  return hash.digest('base64url')
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && !relative(folder, entry.parentPath).includes('node_modules'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

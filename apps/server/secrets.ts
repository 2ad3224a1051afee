// The secrets of an installation: made once, at random, kept in a file that only its owner reads.
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Secrets {
  /** Wraps the keys of persons and authorities. */
  master: string
  /** Turns a person's id into each block's own. */
  pairwise: string
  /** Signs form tokens and cursors. */
  forms: string
  /** Proves that a command of this installation's owner calls, such as `ashlar clock`. */
  operator: string
  providerKey: string
  providerSecret: string
}

const names: (keyof Secrets)[] = ['master', 'pairwise', 'forms', 'operator', 'providerKey', 'providerSecret']

/** Reads data/secrets.json, or makes it; base64 of 32 bytes each. Back it up apart from the data. */
export function secretsOf(folder: string): Secrets {
  const file = join(folder, 'secrets.json')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  try {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as Secrets
    const lost = names.filter((name) => typeof kept[name] !== 'string')
    if (lost.length) throw new Error(`${file} lacks ${lost.join(', ')}: put the file of this data back`)
    return kept
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const made = Object.fromEntries(names.map((name) => [name, randomBytes(32).toString('base64')])) as unknown as Secrets
  writeFileSync(`${file}.new`, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600, flush: true })
  renameSync(`${file}.new`, file)
  return made
}

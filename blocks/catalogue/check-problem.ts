// What is wrong in the files of a country: where, why, and what mends it.
import { nearest } from '@ashlar/kernel/language'

export interface CheckProblem {
  /** Path inside the folder of the country. */
  file: string
  line: number
  column: number
  /** kebab-case: 'unknown-key', 'missing-text', … */
  code: string
  message: string
  mend: string
  /** error: cannot be published. draft: stands in a draft, which may be unfinished. warning: works, but look at it. */
  severity: 'error' | 'draft' | 'warning'
}

/** Something that is wrong at a place of a file. */
export interface Finding {
  code: string
  message: string
  mend: string
  severity?: CheckProblem['severity']
}

/** "Did you mean" with the nearest of the names, else what there is. */
export function suggest(word: string, names: Iterable<string>): string {
  const known = [...names]
  const near = nearest(word, known)
  if (near !== undefined) return `write '${near}'`
  if (known.length === 0) return 'there is none to choose from'
  const shown = known.slice(0, 12).map((name) => `'${name}'`)
  return `choose from ${shown.join(', ')}${known.length > shown.length ? ', …' : ''}`
}

export function toLine({ file, line, column, severity, message, mend }: CheckProblem): string {
  return `${file}:${line}:${column} ${severity}: ${message}; ${mend}`
}

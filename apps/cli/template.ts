// Writes the files of a template into a place, with its words put in; never over a file that stands there.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { formatFile } from '@ashlar/catalogue'

const templates = fileURLToPath(new URL('./templates/', import.meta.url))
const schemas = fileURLToPath(new URL('../../blocks/catalogue/schemas', import.meta.url))

export interface Place {
  /** The folder to write into. */
  target: string
  /** In kebab-case. */
  name: string
  /** Further words by name; `agency` is put in for `__agency__`. */
  words: Record<string, string>
}

/**
 * Gives the paths written. `wanted` chooses files by their path in the template; `as` names the one file chosen.
 * Code stands in the templates as `.ts.txt`, so that it is not taken for the program's own.
 */
export function writeTemplate(
  template: string,
  { target, name, words }: Place,
  wanted: (file: string) => boolean = () => true,
  as?: string,
): string[] {
  const folder = join(templates, template)
  const all: Record<string, string> = { ...wordsOf(name), ...words }
  return filesIn(folder)
    .filter(wanted)
    .map((file) => {
      const path = join(target, as ?? fill(file.replace(/\.txt$/, ''), all))
      const text = fill(readFileSync(join(folder, file), 'utf8'), { ...all, schemas: relative(dirname(path), schemas) })
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, path.endsWith('.yaml') ? formatFile(text) : text, { flag: 'wx' })
      return path
    })
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort()
}

function fill(text: string, words: Record<string, string>): string {
  return text.replaceAll(/__([A-Za-z]+)__/g, (_, word: string) => {
    const value = words[word]
    if (value === undefined) throw new Error(`a template wants __${word}__, which nobody gives`)
    return value
  })
}

/** fishing-licence → Fishing licence */
export function toTitle(name: string): string {
  const words = name.replaceAll('-', ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function wordsOf(name: string): Record<string, string> {
  const Pascal = name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
  return { name, Title: toTitle(name), Pascal, camel: Pascal.charAt(0).toLowerCase() + Pascal.slice(1) }
}

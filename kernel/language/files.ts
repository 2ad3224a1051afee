// Reads texts/<language>.yaml files: nested keys, strings as leaves.
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

/** Nested texts; { home: { title: 'Welcome' } } is the text 'home.title'. */
export interface TextTree {
  [key: string]: string | TextTree
}

/** Every `<language>.yaml` of a folder, by language. An unreadable file is a fault that names it. */
export async function readTexts(folder: string | URL): Promise<Record<string, TextTree>> {
  const place = folder instanceof URL ? fileURLToPath(folder) : folder
  const files = (await readdir(place)).filter((file) => file.endsWith('.yaml')).sort()
  const trees = await Promise.all(
    files.map(async (file) => {
      const source = await readFile(path.join(place, file), 'utf8')
      try {
        // Texts such as `no` and `2026` are words here, never booleans or numbers.
        return [file.slice(0, -'.yaml'.length), (parse(source, { schema: 'failsafe' }) ?? {}) as TextTree] as const
      } catch (cause) {
        throw new Error(`${path.join(place, file)} is not YAML: ${(cause as Error).message}`, { cause })
      }
    }),
  )
  return Object.fromEntries(trees)
}

/** The texts of a tree by their full keys; what is no text is reported by its key. */
export function flatten(tree: TextTree, report: (key: string) => void): Map<string, string> {
  const flat = new Map<string, string>()
  const walk = (part: TextTree, prefix: string) => {
    for (const [name, value] of Object.entries(part)) {
      const key = prefix + name
      if (typeof value === 'string') flat.set(key, value)
      else if (typeof value === 'object' && value !== null && !Array.isArray(value)) walk(value, `${key}.`)
      else report(key)
    }
  }
  walk(tree, '')
  return flat
}

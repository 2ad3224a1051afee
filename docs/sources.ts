// The source files of blocks, adapters, kernel and apps, without their tests, for pages that are read off the code.
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'

export interface Source {
  path: string
  /** 'blocks/payments', 'kernel/http', … */
  home: string
  text: string
}

export async function sourcesOf(root: string, rooms: string[]): Promise<Source[]> {
  const found: Source[] = []
  for (const room of rooms)
    for (const entry of await readdir(join(root, room), { recursive: true, withFileTypes: true })) {
      const path = relative(root, join(entry.parentPath, entry.name))
      if (!entry.isFile() || !path.endsWith('.ts') || /test|node_modules|\.d\.ts$/.test(path)) continue
      const home = path.split('/').slice(0, 2).join('/')
      found.push({ path, home, text: await readFile(join(root, path), 'utf8') })
    }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1))
}

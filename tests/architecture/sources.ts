// Lists the source files of the house.
import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'

const rooms = ['kernel', 'blocks', 'adapters', 'ui', 'apps', 'tests', 'bench', 'docs']

/** Paths of files ending in `ending`, relative to `root`, sorted; generated and installed folders are left out. */
export async function sources(root: string, ending = '.ts', folders = rooms): Promise<string[]> {
  const found: string[] = []
  for (const folder of folders) {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => [])
    for (const entry of entries) {
      const path = relative(root, join(entry.parentPath, entry.name))
      if (entry.isFile() && path.endsWith(ending) && !/(^|\/)(node_modules|\.out|dist)\//.test(path)) found.push(path)
    }
  }
  return found.sort()
}

// Where bytes are kept that are too large for a table: the type, and a folder that fulfils it.
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Keeps bytes under their own hash. What is put here is sealed before: a store need not be trusted to keep a secret. */
export interface FileStore {
  /** Resolves when the bytes are safe; the same bytes twice are kept once. */
  put(bytes: Buffer): Promise<string>
  /** undefined if there is no such file. */
  find(name: string): Promise<Buffer | undefined>
  remove(name: string): Promise<void>
}

export function createFolderStore(folder: string): FileStore {
  /** 'ab/abcdef…': no folder grows too large. Only names that we gave lead anywhere. */
  const pathOf = (name: string): string => {
    if (!/^[0-9a-f]{64}$/.test(name)) throw new RangeError('not the name of a stored file')
    return join(folder, name.slice(0, 2), name)
  }

  return {
    async put(bytes) {
      const name = createHash('sha256').update(bytes).digest('hex')
      const path = pathOf(name)
      const draft = join(folder, `${randomUUID()}.part`)
      await mkdir(dirname(path), { recursive: true })
      const file = await open(draft, 'wx', 0o600)
      try {
        await file.writeFile(bytes)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(draft, path)
      await syncFolder(dirname(path))
      return name
    },

    find: (name) =>
      readFile(pathOf(name)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined
        throw error
      }),

    remove: (name) => rm(pathOf(name), { force: true }),
  }
}

/** Without this a rename may be lost with the power. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

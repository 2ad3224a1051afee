// Unused: knip finds no file, export or dependency that nobody uses.
import { type Check, run } from './finding.ts'
import { sources } from './sources.ts'

export const unused: Check = async (root) => {
  const { code, out } = await run('knip', ['--no-progress', '--reporter', 'compact'], root)
  const files = await sources(root)
  return { examined: files.length, unit: 'files', problems: code ? [out.trim().slice(0, 6000)] : [] }
}

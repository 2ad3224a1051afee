// Texts: every country folder is in order, and no text is missing in any of its languages.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { checkCountryFolder } from '@ashlar/cli'
import type { Check } from './finding.ts'

export const texts: Check = async (root) => {
  const folders = ['countries', 'tests/country']
  const problems: string[] = []
  let examined = 0
  for (const folder of folders)
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      if (!entry.isDirectory()) continue
      const report = await checkCountryFolder(join(root, folder, entry.name))
      examined += report.texts
      problems.push(
        ...report.problems.map((problem) => `${problem.file}:${problem.line} ${problem.message} ${problem.mend}`),
      )
    }
  return { examined, unit: 'texts', problems }
}

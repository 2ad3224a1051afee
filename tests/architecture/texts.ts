// Texts: every country folder is in order, and neither a country's nor the house's own texts lack one in any language.
import { readdir } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { checkCountryFolder } from '@ashlar/cli'
import { createTexts, readTexts } from '@ashlar/kernel/language'
import type { Check } from './finding.ts'
import { sources } from './sources.ts'

/** The languages in which the house itself speaks to people. */
const languages = [
  { code: 'en', name: 'English', direction: 'ltr' },
  { code: 'ar', name: 'العربية', direction: 'rtl' },
  { code: 'fr', name: 'Français', direction: 'ltr' },
] as const

export const texts: Check = async (root) => {
  const folders = ['countries', 'tests/country']
  const problems: string[] = []
  let examined = 0
  for (const folder of folders)
    for (const entry of await readdir(join(root, folder), { withFileTypes: true }).catch(() => [])) {
      if (!entry.isDirectory()) continue
      const report = await checkCountryFolder(join(root, folder, entry.name))
      examined += report.texts
      problems.push(
        ...report.problems.map((problem) => `${problem.file}:${problem.line} ${problem.message} ${problem.mend}`),
      )
    }
  for (const folder of await textFolders(root)) {
    const own = createTexts({ languages: [...languages], texts: await readTexts(folder) })
    examined += own.keys().length * languages.length
    problems.push(
      ...own
        .problems()
        .map(({ language, message }) => `${relative(root, join(folder, `${language}.yaml`))} ${message}`),
    )
  }
  return { examined, unit: 'texts', problems }
}

/** Folders of texts beside the code; those in templates are of services to be written. */
async function textFolders(root: string): Promise<string[]> {
  const files = await sources(root, '.yaml', ['kernel', 'blocks', 'adapters', 'ui', 'apps'])
  const found = files
    .map((path) => dirname(path))
    .filter((path) => /(^|\/)texts$/.test(path) && !/\/templates\//.test(path))
  return [...new Set(found)].map((path) => join(root, path))
}

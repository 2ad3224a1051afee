// Declared: a package imports only what a package.json declares: our packages in its own, third parties in the root's.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Check } from './finding.ts'
import { sources } from './sources.ts'

const importOf =
  /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s+['"]([^'"]+)['"]/g

export const declared: Check = async (root) => {
  const problems: string[] = []
  const files = await sources(root)
  const third = new Set(
    Object.keys(
      await packageOf(root, '.').then((all) => ({
        ...all.dependencies,
        ...all.optionalDependencies,
        ...all.devDependencies,
      })),
    ),
  )
  let examined = 0
  for (const file of files) {
    const home = /^(kernel|ui|blocks\/[^/]+|adapters\/[^/]+|apps\/[^/]+)\//.exec(file)?.[1]
    const own = home ? await packageOf(root, home) : undefined
    const text = await readFile(join(root, file), 'utf8')
    for (const match of text.matchAll(importOf)) {
      const specifier = match[1] ?? match[2] ?? match[3] ?? ''
      if (
        specifier.startsWith('.') ||
        specifier.startsWith('node:') ||
        specifier.startsWith('file:') ||
        !/^[@a-z]/.test(specifier)
      )
        continue
      examined += 1
      const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
      if (name.startsWith('@ashlar/')) {
        if (own && own.name !== name && !own.dependencies?.[name] && !(isTest(file) && own.devDependencies?.[name]))
          problems.push(`${file}: declare "${name}": "*" in ${home}/package.json`)
      } else if (!third.has(name)) problems.push(`${file}: declare "${name}" in the root's package.json`)
    }
  }
  return { examined, unit: 'imports', problems: [...new Set(problems)] }
}

const isTest = (file: string): boolean => /(\.test|-test|-contract)\.ts$/.test(file)

interface Package {
  name?: string
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}

const packageOf = async (root: string, folder: string): Promise<Package> =>
  JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8')) as Package

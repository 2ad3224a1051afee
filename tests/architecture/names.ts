// Names: no drawer files, a first line that says what a file is, and no code called "service".
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Check } from './finding.ts'
import { sources } from './sources.ts'

const drawer = /(^|\/)(utils?|helpers?|common|shared|misc|lib)(\/|\.ts$|-)/
const codeCalledService = /\b(?:class|function|interface)\s+\w*Service\b(?!Definition)/

/** Planted faults, and DMN, whose own word is *decision service*. */
const isElsewhere = /^(tests\/(architecture|tck)|blocks\/decisions\/dmn)\//

export const names: Check = async (root) => {
  const problems: string[] = []
  const files = await sources(root)
  for (const file of files) {
    const text = await readFile(join(root, file), 'utf8')
    if (drawer.test(file)) problems.push(`${file}: name the thing by what it does; there are no drawers`)
    if (!/^(#!.*\n)?\/[/*]/.test(text)) problems.push(`${file}: open the file with one sentence that says what it is`)
    const called = codeCalledService.exec(text)
    if (called && !/PublicService/.test(called[0]) && !isElsewhere.test(file))
      problems.push(`${file}: "${called[0]}": a service is always a public service`)
    if (!/^[a-z0-9./-]+$/.test(file)) problems.push(`${file}: name files in kebab-case`)
  }
  return { examined: files.length, unit: 'files', problems }
}

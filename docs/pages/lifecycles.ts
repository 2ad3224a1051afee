// The page of lifecycles: every thing that has states, drawn from its table.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Lifecycle } from '@ashlar/kernel/lifecycle'
import { page } from '../markdown.ts'
import { sourcesOf } from '../sources.ts'

export async function lifecyclesPage(root: string): Promise<string> {
  const sections: string[] = []
  for (const { path, home, text } of await sourcesOf(root, ['blocks']))
    for (const [, name] of text.matchAll(/export const (\w+Lifecycle) = lifecycle\(/g)) {
      const module = (await import(pathToFileURL(join(root, path)).href)) as Record<string, Lifecycle<string, string>>
      const thing = name!.replace(/Lifecycle$/, '').replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
      const drawing = `\`\`\`mermaid\n${module[name!]!.mermaid().trimEnd()}\n\`\`\``
      sections.push(`## ${thing} (${home.replace('blocks/', '')})\n\nFrom [${path}](../../${path}).\n\n${drawing}`)
    }
  return page(
    'Lifecycles',
    'the tables in the code',
    'An event that the table does not have in a state is refused with `not-possible-now`.',
    ...sections,
  )
}

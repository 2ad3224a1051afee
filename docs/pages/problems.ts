// The page of problems: every refusal that a caller may meet.
import { declaredProblems } from '@ashlar/kernel/problem'
import { code, page, table } from '../markdown.ts'
import { sourcesOf } from '../sources.ts'

export async function problemsPage(root: string): Promise<string> {
  const homes = new Map<string, string>()
  for (const { home, text } of await sourcesOf(root, ['kernel', 'blocks', 'adapters', 'apps']))
    for (const [, name] of text.matchAll(/\bproblem\(\s*'([a-z0-9-]+)'/g)) homes.set(name!, home)
  const rows = declaredProblems()
    .filter(({ code }) => homes.has(code))
    .sort((a, b) => (a.code < b.code ? -1 : 1))
  return page(
    'Problems',
    'the declarations in problems.ts of each block',
    `A refusal that is expected is told as RFC 9457; its \`type\` is \`<base>/problems/<code>\`, a page that explains it. Programs
compare \`code\`; titles and details are for people and may change.`,
    table(
      ['code', 'status', 'title', 'what to do', 'from'],
      rows.map(({ code: name, status, title, about = '' }) => [
        code(name),
        String(status),
        title,
        about,
        homes.get(name) ?? '',
      ]),
    ),
  )
}

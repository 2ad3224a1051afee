// The page of routes: what each block answers over HTTP, and who may ask.
import { code, codes, page, table } from '../markdown.ts'
import type { Wired, WiredRoute } from '../wiring.ts'

export function routesPage({ routes }: Wired): string {
  const documented = routes.filter(({ path }) => path.startsWith('/api/'))
  const byBlock = Map.groupBy(documented, ({ path }) => path.split('/')[2] ?? '')
  const sections = [...byBlock].map(([block, rows]) => `## ${block}\n\n${tableOf(rows)}`)
  return page(
    'Routes',
    'the routes as the blocks declare them',
    `The same as OpenAPI 3.1: [contracts/openapi.json](../../contracts/openapi.json), and at \`/developers\` of a running country.
Every write carries an \`Idempotency-Key\`; every refusal is a [problem](problems.md).`,
    ...sections,
    '## The house itself',
    tableOf(routes.filter(({ path }) => !path.startsWith('/api/'))),
  )
}

const tableOf = (routes: WiredRoute[]): string =>
  table(
    ['route', 'what it does', 'who', 'may refuse with'],
    routes.map(({ method, path, summary, scope, public: why, problems }) => [
      code(`${method} ${path}`),
      summary,
      scope ? code(scope) : `anybody: ${why}`,
      codes(problems),
    ]),
  )

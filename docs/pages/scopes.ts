// The page of scopes: what each lets a caller do, and who has it.
import { scopes } from '../../apps/server/scopes.ts'
import { code, codes, page, table } from '../markdown.ts'
import type { Wired } from '../wiring.ts'

export function scopesPage({ routes }: Wired): string {
  const asked = Map.groupBy(
    routes.filter(({ scope }) => scope !== undefined),
    ({ scope }) => scope!,
  )
  const names = [
    ...new Set([...asked.keys(), ...scopes.person, ...scopes.staff, ...Object.values(scopes.roles ?? {}).flat()]),
  ].sort()
  return page(
    'Scopes',
    'the routes and apps/server/scopes.ts',
    `A scope says what kind of thing a caller may do. Whether *this* record is theirs, the block asks: row-level rights stand in
the SQL. A scope that no route of a block names is asked for by a face.`,
    table(
      ['scope', 'who has it', 'routes'],
      names.map((scope) => [
        code(scope),
        holdersOf(scope).join(', ') || 'nobody yet',
        codes((asked.get(scope) ?? []).map(({ method, path }) => `${method} ${path}`)),
      ]),
    ),
  )
}

function holdersOf(scope: string): string[] {
  return [
    ...(scopes.person.includes(scope) ? ['people'] : []),
    ...(scopes.staff.includes(scope) ? ['officers'] : []),
    ...Object.entries(scopes.roles ?? {})
      .filter(([, held]) => held.includes(scope))
      .map(([role]) => `role \`${role}\``),
  ]
}

// The walls under the application (C4): every table of the migrated database has row-level security or says why not, and
// no block's role reaches another's tables; proved again on a table that has none.
import { checkWalls, databaseUrl } from '@ashlar/kernel/sql'
import { Client } from 'pg'
import { type Figure, figure } from './figure.ts'
import { query } from './people.ts'
import type { Product } from './product.ts'

export async function wallsStand(product: Product): Promise<Figure[]> {
  const { examined, faults } = await checkWalls(product.superuser())
  await query(product, 'create table cases.planted (id uuid primary key, tenant text not null)')
  await query(product, 'alter table cases.planted owner to ashlar_cases_owner')
  await query(product, 'grant select on cases.draft to ashlar_payments')
  const planted = await checkWalls(product.superuser())
  await query(product, 'drop table cases.planted')
  await query(product, 'revoke select on cases.draft from ashlar_payments')
  const found = planted.faults.filter(({ what }) => /cases\.planted|ashlar_payments can reach/.test(what)).length
  return [
    figure('C4', 'Tables without a wall, roles that reach past one', faults.length, '= 0', {
      examined,
      findings: faults.map(({ what }) => what),
    }),
    figure('C4', 'Planted: a table without a wall and a role that reaches too far are found', found, '>= 2'),
    ...(await foreignRows(product)),
  ]
}

/** As each block's own role: without saying who acts there are no rows; as another agency there are none of this one's. */
async function foreignRows(product: Product): Promise<Figure[]> {
  const tables = await query<{ schema: string; name: string }>(
    product,
    `select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and c.relrowsecurity and n.nspname not in ('pg_catalog', 'information_schema')
       and has_table_privilege('ashlar_' || n.nspname, c.oid, 'select')`,
  )
  const findings: string[] = []
  for (const { schema, name } of tables) {
    const role = `ashlar_${schema}`
    const client = new Client({ connectionString: databaseUrl({ ...product.roleUrl(role), role }) })
    await client.connect()
    try {
      for (const settings of [
        '',
        "select set_config('ashlar.tenant', 'nowhere', true)",
        "select set_config('ashlar.tenant', '', true)",
      ]) {
        await client.query('begin')
        if (settings) await client.query(settings)
        const { rows } = await client.query<{ count: number }>(`select count(*)::int as count from ${schema}.${name}`)
        await client.query('rollback')
        if (rows[0]!.count > 0) findings.push(`${schema}.${name}: ${rows[0]!.count} rows for ${settings || 'nobody'}`)
      }
    } finally {
      await client.end()
    }
  }
  return [
    figure('C4', 'Tables that show rows to nobody or to another agency', findings.length, '= 0', {
      examined: tables.length,
      findings,
    }),
  ]
}

// Checks that the walls between blocks, tenants and persons stand in a migrated database.
import { Client } from 'pg'

export interface WallFault {
  what: string
  mend: string
}

export interface WallReport {
  /** Tables looked at; zero means that nothing was checked. */
  examined: number
  faults: WallFault[]
}

interface Table {
  schema: string
  name: string
  kind: string
  owner: string
  walled: boolean
  policies: number
  comment: string | null
}

/** Needs the url of a role that sees the whole catalogue. */
export async function checkWalls(url: string): Promise<WallReport> {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    const tables = (await client.query<Table>(TABLES)).rows
    const strays = (await client.query<{ role: string; place: string }>(REACH)).rows
    const roles = (await client.query<{ role: string }>(ALMIGHTY)).rows
    const definers = (await client.query<{ place: string }>(DEFINERS)).rows
    return {
      examined: tables.length,
      faults: [
        ...tables.flatMap(faultsOf),
        ...strays.map(({ role, place }) => ({
          what: `${role} can reach ${place}, which is another block's`,
          mend: `revoke all on ${place} from ${role}; ask the other block through its door`,
        })),
        ...roles.map(({ role }) => ({
          what: `${role} is above the walls (superuser or bypassrls)`,
          mend: `alter role ${role} nosuperuser nobypassrls`,
        })),
        ...definers.map(({ place }) => ({
          what: `${place} runs with its owner's rights (security definer)`,
          mend: "make it security invoker, or say why: comment on function … is 'platform: …'",
        })),
      ],
    }
  } finally {
    await client.end()
  }
}

function faultsOf(table: Table): WallFault[] {
  const place = `${table.schema}.${table.name}`
  const owner = `ashlar_${table.schema}_owner`
  const platform = table.comment?.startsWith('platform') ?? false
  const faults: WallFault[] = []
  if (table.owner !== owner) {
    faults.push({
      what: `${place} belongs to ${table.owner}`,
      mend: `make it in a migration of the block "${table.schema}", whose owner is ${owner}`,
    })
  }
  if (!platform && (table.kind === 'm' || !table.walled || table.policies === 0)) {
    faults.push({
      what: `${place} has no row-level security`,
      mend:
        `alter table ${place} enable row level security; alter table ${place} force row level security; create policy … ` +
        `using (kernel.sees(tenant, person)); or, if no row belongs to a tenant or person: comment on table ${place} is 'platform: why'`,
    })
  }
  return faults
}

const OURS = "n.nspname !~ '^pg_' and n.nspname <> 'information_schema'"

const TABLES = `
  select n.nspname as schema, c.relname as name, c.relkind::text as kind, c.relowner::regrole::text as owner,
    c.relrowsecurity and c.relforcerowsecurity as walled, obj_description(c.oid, 'pg_class') as comment,
    (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'm') and not c.relispartition and ${OURS}
    and not exists (select 1 from pg_depend d where d.objid = c.oid and d.deptype = 'e')
  order by 1, 2`

/** Login roles with any right on a table of another schema, the kernel's included. */
const REACH = `
  select r.rolname as role, n.nspname || '.' || c.relname as place
  from pg_roles r, pg_class c join pg_namespace n on n.oid = c.relnamespace
  where r.rolname ~ '^ashlar_' and r.rolcanlogin and c.relkind in ('r', 'p', 'm', 'v') and ${OURS}
    and not exists (select 1 from pg_depend d where d.objid = c.oid and d.deptype = 'e')
    and r.rolname <> 'ashlar_' || n.nspname
    and has_table_privilege(r.oid, c.oid, 'select, insert, update, delete')
  order by 1, 2`

const ALMIGHTY = "select rolname as role from pg_roles where rolname ~ '^ashlar_' and (rolsuper or rolbypassrls)"

const DEFINERS = `
  select n.nspname || '.' || p.proname as place
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where p.prosecdef and ${OURS} and coalesce(obj_description(p.oid, 'pg_proc'), '') !~ '^platform'
    and not exists (select 1 from pg_depend d where d.objid = p.oid and d.deptype = 'e')
  order by 1`

// Invented people who are signed in: their accounts are opened as the demo opens them, beside the running product.
import { createIdentity } from '@ashlar/identity'
import { machineTime } from '@ashlar/kernel/clock'
import { createPairwise } from '@ashlar/kernel/identifiers'
import { createKeys } from '@ashlar/kernel/keys'
import { connect, type Database } from '@ashlar/kernel/sql'
import { Client } from 'pg'
import type { Product } from './product.ts'

export interface SignedInPerson {
  /** The register's id. */
  person: string
  name: string
  /** For `Authorization: Bearer` and for the cookie alike. */
  token: string
}

/** The session's cookie. */
export const COOKIE = 'ashlar_session'

/** Signs in adults whose birth dates are in no criminal record, so that their extracts are clean; and who have no fines. */
export async function signInPeople(product: Product, count: number): Promise<SignedInPerson[]> {
  const people = await query<{ id: string; name: string }>(
    product,
    `select r.id, r.values ->> 'fullName' as name from registries.record r
     where r.register = 'population' and r.values ->> 'dateOfBirth' < '2000-01-01'
       and not exists (select 1 from registries.record c
         where c.register = 'criminal-records' and c.values ->> 'dateOfBirth' = r.values ->> 'dateOfBirth')
       and not exists (select 1 from registries.record f
         where f.register = 'fines' and f.values ->> 'driver' = r.id::text)
     order by r.id limit $1`,
    [count],
  )
  if (people.length < count) throw new Error(`only ${people.length} people to sign in, ${count} wanted`)
  return withIdentity(product, async (identity) => {
    const door = (id: string) => `trust-${id}`
    await identity.openAccounts(
      people.map(({ id, name }, at) => ({
        person: id,
        name,
        address: `person-${at}@people.example`,
        language: 'en',
        level: 'high' as const,
        door: door(id),
      })),
    )
    const signedIn: SignedInPerson[] = []
    for (const [at, { id, name }] of people.entries()) {
      // Doors are counted by network; each hundred comes from another one.
      const { token } = await identity.openDoor(door(id), { ip: `10.0.${Math.floor(at / 100)}.1` })
      signedIn.push({ person: id, name, token })
    }
    return signedIn
  })
}

/** Signs in somebody invented by hand, also one whom the demo shows no door to; gives the session's token. */
export async function signInPerson(product: Product, personNumber: string): Promise<string> {
  const [person] = await query<{ id: string }>(
    product,
    `select id from registries.record where register = 'population' and values ->> 'personNumber' = $1`,
    [personNumber],
  )
  if (!person) throw new Error(`nobody has the number ${personNumber}`)
  const pairwise = createPairwise(Buffer.from(product.secrets().pairwise ?? '', 'base64'))
  const [account] = await query<{ door: string }>(
    product,
    `update identity.account set door = coalesce(door, $2) where person = $1 returning door`,
    [pairwise.of('identity', person.id), `trust-${person.id}`],
  )
  if (!account) throw new Error(`who has the number ${personNumber} has no account`)
  return withIdentity(product, async (identity) => (await identity.openDoor(account.door, { ip: '10.2.0.1' })).token)
}

/** Signs in an officer of the country, also one whom the demo shows no door to. */
export async function signInOfficer(product: Product, staff: string): Promise<string> {
  await query(product, 'update identity.account set door = staff where staff = $1', [staff])
  return withIdentity(product, async (identity) => (await identity.openDoor(staff, { ip: '10.1.0.1' })).token)
}

async function withIdentity<T>(
  product: Product,
  work: (identity: Pick<ReturnType<typeof createIdentity>, 'openAccounts' | 'openDoor'>) => Promise<T>,
): Promise<T> {
  const { pairwise: secret = '', master = '' } = product.secrets()
  const pairwise = createPairwise(Buffer.from(secret, 'base64'))
  const open: Database[] = []
  const as = (block: string) => {
    const role = `ashlar_${block}`
    const sql = connect({ ...product.roleUrl(role), role, sector: block, pairwise, max: 2 })
    open.push(sql)
    return sql
  }
  const nothing = () => Promise.reject(new Error('nobody sends codes here'))
  const identity = createIdentity({
    sql: as('identity'),
    clock: { ...machineTime, zone: 'UTC', today: () => machineTime.now().toISOString().slice(0, 10) },
    jobs: { handle() {}, add: nothing } as never,
    keys: createKeys({ sql: as('keys'), master: Buffer.from(master, 'base64') }),
    pairwise,
    secret: Buffer.from(secret, 'base64'),
    sendCode: nothing,
    site: { name: 'trust', origin: product.url },
    scopes: { person: [], staff: [], roles: {} },
    demo: true,
  })
  try {
    return await work(identity)
  } finally {
    await Promise.all(open.map((sql) => sql.close()))
  }
}

/** One statement as the database's superuser. */
export async function query<Row extends object>(
  product: Pick<Product, 'superuser'>,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new Client({ connectionString: product.superuser(), application_name: 'ashlar trust' })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query<Row>(text, values)).rows
  } finally {
    await client.end()
  }
}

// Accounts of persons and staff: opened by whoever is sure of them, ended when an officer leaves.
import { createHash } from 'node:crypto'
import type { Clock } from '@ashlar/kernel/clock'
import { type Pairwise, uuidv7 } from '@ashlar/kernel/identifiers'
import type { Keys } from '@ashlar/kernel/keys'
import type { Database } from '@ashlar/kernel/sql'
import type { Contact, Officer, PersonAccount } from './account.ts'
import { readAddress, type Secrets } from './secrets.ts'
import { SECTOR, type Sessions, worker } from './sessions.ts'
import { type AccountRow, identityStore } from './store.ts'

interface AccountNeeds {
  sql: Database
  clock: Clock
  keys: Keys
  pairwise: Pairwise
  secrets: Secrets
  sessions: Sessions
}

export type Accounts = ReturnType<typeof createAccounts>

export function createAccounts({ sql, clock, keys, pairwise, secrets, sessions }: AccountNeeds) {
  /** Under whose key name and address are sealed: erasing it leaves an account that says nothing. */
  const subjectOf = ({ id, person }: Pick<AccountRow, 'id' | 'person'>) => person ?? `staff ${id}`

  const sealed = async (row: Pick<AccountRow, 'id' | 'person'>, name: string, address: string | undefined) => {
    const known = address === undefined ? undefined : readAddress(address)
    return {
      name: await keys.seal(subjectOf(row), name),
      address: known === undefined ? null : await keys.seal(subjectOf(row), known),
      address_hash: known === undefined ? null : secrets.hashOfAddress(known),
    }
  }

  const officerRow = async (officer: Officer, id: string, declared: string): Promise<AccountRow> => ({
    ...(await sealed({ id, person: null }, officer.name, officer.email)),
    id,
    kind: 'staff',
    tenant: officer.agency,
    person: null,
    staff: officer.id,
    language: officer.language ?? null,
    level: 'high',
    unit: officer.unit ?? null,
    roles: officer.roles,
    door: officer.door ? officer.id : null,
    declared,
  })

  const personRow = async (account: PersonAccount, person: string): Promise<AccountRow> => {
    const id = uuidv7()
    return {
      ...(await sealed({ id, person }, account.name, account.address)),
      id,
      kind: 'person',
      tenant: null,
      person,
      staff: null,
      language: account.language ?? null,
      level: account.level,
      unit: null,
      roles: [],
      door: account.door ?? null,
      declared: null,
    }
  }

  return {
    /** Makes these the officers; who is not among them has no account any more, and who changed signs in anew. */
    async publishStaff(officers: Officer[]): Promise<{ published: string[]; ended: string[] }> {
      const report = await sql.begin(worker, async (sql) => {
        const store = identityStore(sql)
        await store.lockAccounts()
        const known = new Map((await store.staff()).map((row) => [row.staff as string, row]))
        const changed = officers.filter((officer) => known.get(officer.id)?.declared !== hashOf(officer))
        const gone = [...known.values()].filter(
          ({ staff, ended }) => !ended && !officers.some((officer) => officer.id === staff),
        )
        await store.endAccounts(
          gone.map(({ id }) => id),
          clock.now(),
        )
        for (const officer of changed) {
          const before = known.get(officer.id)
          const row = await officerRow(officer, before?.id ?? uuidv7(), hashOf(officer))
          await (before ? store.updateAccount(row) : store.insertAccount(row, clock.now()))
        }
        const stale = changed.flatMap(({ id }) => known.get(id)?.id ?? [])
        await store.endSessionsOf([...stale, ...gone.map(({ id }) => id)])
        return { published: changed.map(({ id }) => id), ended: gone.map(({ staff }) => staff as string) }
      })
      sessions.forget()
      return report
    },

    /** Opens accounts of persons; those that have one keep it as it is. Gives how many are new. */
    async openAccounts(accounts: PersonAccount[]): Promise<number> {
      const persons = accounts.map(({ person }) => pairwise.of(SECTOR, person))
      return sql.begin(worker, async (sql) => {
        const store = identityStore(sql)
        await store.lockAccounts()
        const known = await store.knownPersons(persons)
        const added = accounts.filter((_, i) => !known.has(persons[i] as string))
        for (const account of added)
          await store.insertAccount(await personRow(account, pairwise.of(SECTOR, account.person)), clock.now())
        return added.length
      })
    },

    ofAddressHash: (hash: Buffer) => sql.begin(worker, (sql) => identityStore(sql).accountByAddress(hash)),
    find: (id: string) => sql.begin(worker, (sql) => identityStore(sql).account(id)),
    ofDoor: (door: string) => sql.begin(worker, (sql) => identityStore(sql).accountByDoor(door)),
    withDoors: () => sql.begin(worker, (sql) => identityStore(sql).doors()),

    /** Where to reach persons, as far as their accounts say. */
    async contactsOf(persons: string[]): Promise<Map<string, Contact>> {
      const byPairwise = new Map(persons.map((person) => [pairwise.of(SECTOR, person), person]))
      const rows = await sql.begin(worker, (sql) => identityStore(sql).accountsOf([...byPairwise.keys()]))
      const contacts = await Promise.all(
        rows.map(
          async (row): Promise<[string, Contact]> => [
            byPairwise.get(row.person as string) as string,
            {
              ...(row.address ? { email: (await keys.open(subjectOf(row), row.address)).toString('utf8') } : {}),
              ...(row.language === null ? {} : { language: row.language }),
            },
          ],
        ),
      )
      return new Map(contacts)
    },

    /** The name of the person's account; undefined if there is none. */
    async nameOfPerson(person: string): Promise<string | undefined> {
      const [row] = await sql.begin(worker, (sql) => identityStore(sql).accountsOf([pairwise.of(SECTOR, person)]))
      return row && (await keys.open(subjectOf(row), row.name)).toString('utf8')
    },

    async nameOf(row: AccountRow): Promise<string> {
      return (await keys.open(subjectOf(row), row.name)).toString('utf8')
    },
  }
}

function hashOf({ id, name, agency, unit, roles, email, language, door }: Officer): string {
  const parts = [id, name, agency, unit ?? '', roles, email ?? '', language ?? '', door ?? false]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

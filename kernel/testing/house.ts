// A house for tests: the named blocks' migrations on a fresh database, and for each block what its create function needs.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { TestClock } from '@ashlar/kernel/clock'
import { stoppedClock } from '@ashlar/kernel/clock'
import type { Pairwise } from '@ashlar/kernel/identifiers'
import { createPairwise } from '@ashlar/kernel/identifiers'
import type { BlockMigrations, Database } from '@ashlar/kernel/sql'
import { connect, databaseUrl } from '@ashlar/kernel/sql'
import { freshDatabase } from './template.ts'
import { testServer } from './test-server.ts'

export interface HouseOptions<Name extends string> {
  blocks: readonly Name[]
  /** Where the clock stands. */
  at?: string
  zone?: string
  /** Migrations of blocks that do not stand in blocks/. */
  migrations?: Partial<Record<Name, URL>>
}

/** What a block's create function asks for. */
export interface BlockRoom {
  sql: Database
  clock: TestClock
  pairwise: Pairwise
}

export type TestHouse<Name extends string = string> = Record<Name, BlockRoom> & {
  /** Of the superuser, for this house's database. */
  url: string
  clock: TestClock
  pairwise: Pairwise
  /** The kernel's own role: idempotency, clock, outbox, jobs. */
  kernel: Database
  /** As another role of the house, e.g. 'ashlar_payments'. */
  database(role: string): Database
  stop(): Promise<void>
}

const PAIRWISE_SECRET = 'a secret for tests, of thirty-two bytes or more'

export async function house<const Name extends string>(options: HouseOptions<Name>): Promise<TestHouse<Name>> {
  const server = await testServer()
  const blocks = options.blocks.map((name) => ({ name, folder: migrationsOf(name, options.migrations) }))
  const name = await freshDatabase(server, blocks.filter(hasFolder))
  const url = databaseUrl({ url: server.url, database: name })

  const clock = stoppedClock(options.at ?? '2026-03-02T09:00:00Z', options.zone)
  const pairwise = createPairwise(PAIRWISE_SECRET)
  const open: Database[] = []
  const database = (role: string, sector = role.replace(/^ashlar_/, '')) => {
    const sql = connect({ url, role, password: server.password(role), sector, pairwise, max: 4 })
    open.push(sql)
    return sql
  }
  const kernel = database('ashlar_kernel')
  const rooms = options.blocks.map((block) => [block, { sql: database(`ashlar_${block}`), clock, pairwise }])

  return {
    ...Object.fromEntries(rooms),
    url,
    clock,
    pairwise,
    kernel,
    database,
    stop: async () => {
      await Promise.all(open.map((sql) => sql.close()))
      await server.admin((client) => client.query(`drop database if exists ${name} with (force)`))
    },
  }
}

function migrationsOf(name: string, elsewhere: Partial<Record<string, URL>> | undefined): URL {
  return elsewhere?.[name] ?? new URL(`../../blocks/${name}/migrations/`, import.meta.url)
}

/** A block without tables has no migrations. */
function hasFolder(block: BlockMigrations): boolean {
  return existsSync(fileURLToPath(block.folder))
}

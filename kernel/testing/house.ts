// A house for tests: the named blocks' migrations on a fresh database, and for each block what its create function needs.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { TestClock } from '@ashlar/kernel/clock'
import { stoppedClock } from '@ashlar/kernel/clock'
import type { Events } from '@ashlar/kernel/events'
import { createEvents } from '@ashlar/kernel/events'
import type { Pairwise } from '@ashlar/kernel/identifiers'
import { createPairwise } from '@ashlar/kernel/identifiers'
import type { Jobs } from '@ashlar/kernel/jobs'
import { createJobs } from '@ashlar/kernel/jobs'
import type { Keys } from '@ashlar/kernel/keys'
import { createKeys } from '@ashlar/kernel/keys'
import type { BlockMigrations, Database } from '@ashlar/kernel/sql'
import { connect, databaseUrl } from '@ashlar/kernel/sql'
import { freshDatabase } from './template.ts'
import { testServer } from './test-server.ts'

export interface HouseOptions<Name extends string> {
  /** Names of folders in blocks/. */
  blocks: readonly Name[]
  /** Where the clock stands; 2026-03-02T09:00:00Z. */
  at?: string
  zone?: string
  /** Migrations of blocks that do not stand in blocks/. */
  migrations?: Partial<Record<NoInfer<Name>, URL>>
}

/** What a block's create function asks for. */
export interface BlockRoom {
  /** As the block's login role, with its pairwise sector. */
  sql: Database
  clock: TestClock
  events: Events
  jobs: Jobs
  keys: Keys
  pairwise: Pairwise
}

export type TestHouse<Name extends string = never> = Record<Name, BlockRoom> & {
  /** Of the superuser, for this house's database. */
  url: string
  clock: TestClock
  events: Events
  /** Not started: jobs.start() once all handlers and subscriptions are there, then jobs.idle(). */
  jobs: Jobs
  keys: Keys
  pairwise: Pairwise
  /** As role ashlar_kernel: stored answers, clock, outbox, jobs. */
  kernel: Database
  /** As another role of this house, e.g. 'ashlar_payments'. */
  database(role: string): Database
  stop(): Promise<void>
}

const KERNEL = new URL('../', import.meta.url)
const BLOCKS = new URL('../../blocks/', import.meta.url)
const SECRET = (of: string) => createHash('sha256').update(`a secret for tests: ${of}`).digest()
/** Failures are tried again at once, so that idle() is soon there. */
const REST = { firstMs: 2, maxMs: 20 }

export async function house<const Name extends string>(options: HouseOptions<Name>): Promise<TestHouse<Name>> {
  const server = await testServer()
  const name = await freshDatabase(server, migrationsOf(options))
  const url = databaseUrl({ url: server.url, database: name })

  const clock = stoppedClock(options.at ?? '2026-03-02T09:00:00Z', options.zone)
  const pairwise = createPairwise(SECRET('pairwise'))
  const open: Database[] = []
  const database = (role: string) => {
    const sector = role.replace(/^ashlar_/, '')
    const sql = connect({ url, role, password: server.password(role), sector, pairwise, max: 4 })
    open.push(sql)
    return sql
  }
  const kernel = database('ashlar_kernel')
  const jobs = createJobs({ sql: kernel, clock, rest: REST })
  const events = createEvents({ sql: kernel, jobs, clock })
  const keys = createKeys({ sql: database('ashlar_keys'), master: SECRET('master'), clock })
  const room = (block: string): BlockRoom => ({
    sql: database(`ashlar_${block}`),
    clock,
    events,
    jobs,
    keys,
    pairwise,
  })

  return {
    ...(Object.fromEntries(options.blocks.map((block) => [block, room(block)])) as Record<Name, BlockRoom>),
    url,
    clock,
    events,
    jobs,
    keys,
    pairwise,
    kernel,
    database,
    stop: async () => {
      await jobs.stop()
      await Promise.all(open.map((sql) => sql.close()))
      await server.drop(name)
    },
  }
}

/** A block without tables has an empty schema. */
function migrationsOf<Name extends string>({ blocks, migrations }: HouseOptions<Name>): BlockMigrations[] {
  const elsewhere = migrations as Partial<Record<string, URL>> | undefined
  const folderOf = (name: string) => elsewhere?.[name] ?? new URL(`${name}/migrations/`, BLOCKS)
  return [
    { name: 'keys', folder: new URL('keys/migrations/', KERNEL) },
    ...blocks.map((name) => ({ name, folder: folderOf(name) })),
  ].map((block) => (existsSync(fileURLToPath(block.folder)) ? block : { name: block.name }))
}

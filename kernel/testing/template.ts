// A migrated database to copy from, made once for each set of migrations, by whichever test process comes first.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { BlockMigrations } from '@ashlar/kernel/sql'
import { databaseUrl, migrate } from '@ashlar/kernel/sql'
import type { TestServer } from './test-server.ts'

const KERNEL = fileURLToPath(new URL('../', import.meta.url))
const made = new Map<string, Promise<void>>()
let count = 0

/** A fresh database with these migrations; gives its name. */
export async function freshDatabase(server: TestServer, blocks: BlockMigrations[]): Promise<string> {
  const template = `template_${hashOf(blocks)}`
  let ready = made.get(template)
  if (!ready) {
    ready = makeTemplate(server, template, blocks)
    made.set(template, ready)
  }
  await ready
  const name = `house_${process.pid}_${++count}`
  await server.admin((client) => client.query(`create database ${name} template ${template}`))
  return name
}

async function makeTemplate(server: TestServer, template: string, blocks: BlockMigrations[]): Promise<void> {
  await server.admin(async (client) => {
    await client.query('select pg_advisory_lock(hashtext($1))', [template])
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [template])
    if (rowCount) return
    const draft = `draft_${process.pid}_${++count}`
    await client.query(`create database ${draft}`)
    try {
      await migrate({ url: databaseUrl({ url: server.url, database: draft }), blocks, password: server.password })
    } catch (error) {
      await client.query(`drop database ${draft} with (force)`)
      throw error
    }
    await client.query(`alter database ${draft} rename to ${template}`)
  })
}

/** Of the files, and of the code that runs them. */
function hashOf(blocks: BlockMigrations[]): string {
  const hash = createHash('sha256')
  const kernel = [
    'sql/migrate.ts',
    'sql/roles.ts',
    ...list(`${KERNEL}sql/migrations/`).map((f) => `sql/migrations/${f}`),
  ]
  for (const file of kernel) hash.update(readFileSync(KERNEL + file))
  for (const block of blocks) {
    hash.update(`\0${block.name}`)
    if (!block.folder) continue
    const folder = `${fileURLToPath(block.folder).replace(/\/$/, '')}/`
    for (const file of list(folder)) hash.update(`\0${file}\0`).update(readFileSync(folder + file))
  }
  return hash.digest('hex').slice(0, 20)
}

function list(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : []
}

// Brings a database up to date: one schema, one owner and one login role a block; files run once, forward only.
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { ensureBlockRoles, ensureGroupRole } from './roles.ts'

export interface BlockMigrations {
  name: string
  /** Holds 0001-….sql and so on; a block without tables has none. */
  folder?: URL
}

export interface MigrationReport {
  applied: { block: string; file: string }[]
  /** Files that had run before. */
  known: number
}

interface MigrateOptions {
  url: string
  blocks: BlockMigrations[]
  clock?: { now(): Date }
  /** The password of a login role; left out, login roles keep the one they have. */
  password?: (role: string) => string
}

interface MigrationFile {
  file: string
  text: string
  hash: string
}

const KERNEL: BlockMigrations = { name: 'kernel', folder: new URL('./migrations/', import.meta.url) }
/** Search by trigrams, ranges that exclude each other, and accents: every block may use them. */
const EXTENSIONS = ['pg_trgm', 'btree_gist', 'unaccent']
const LOCK = '1095976012, 2'

export async function migrate(options: MigrateOptions): Promise<MigrationReport> {
  const blocks = [KERNEL, ...options.blocks]
  const files = await Promise.all(blocks.map((block) => readFiles(block)))
  const client = new Client({ connectionString: options.url, application_name: 'ashlar migrate' })
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query(`select pg_advisory_lock(${LOCK})`)
    await prepareDatabase(client)
    const report: MigrationReport = { applied: [], known: 0 }
    for (const [index, block] of blocks.entries()) {
      await ensureBlockRoles(client, block.name, options.password)
      await migrateBlock(client, block.name, files[index] ?? [], options.clock ?? machine, report)
    }
    return report
  } finally {
    await client.end()
  }
}

const machine = { now: () => new Date() }

async function readFiles(block: BlockMigrations): Promise<MigrationFile[]> {
  if (!block.folder) return []
  const folder = new URL(block.folder.href.replace(/\/?$/, '/'))
  const names = (await readdir(fileURLToPath(folder))).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (file) => {
      if (!/^\d{4}-[a-z0-9-]+\.sql$/.test(file)) throw new Error(`${block.name}/${file}: name it 0001-what-it-does.sql`)
      const text = await readFile(new URL(file, folder), 'utf8')
      return { file, text, hash: createHash('sha256').update(text).digest('hex') }
    }),
  )
}

async function prepareDatabase(client: Client): Promise<void> {
  await ensureGroupRole(client)
  const { rows } = await client.query<{ extname: string }>('select extname from pg_extension')
  for (const name of EXTENSIONS.filter((name) => !rows.some((row) => row.extname === name))) {
    await client.query(`create extension if not exists ${name} schema public`)
  }
}

async function migrateBlock(
  client: Client,
  block: string,
  files: MigrationFile[],
  clock: { now(): Date },
  report: MigrationReport,
): Promise<void> {
  const done = await ledgerOf(client, block)
  refuseGaps(block, files, done)
  for (const file of files) {
    const hash = done.get(file.file)
    if (hash === file.hash) {
      report.known++
      continue
    }
    if (hash) {
      throw new Error(
        `${block}/${file.file} was changed after it had run. Put it back as it was, and write a further file instead.`,
      )
    }
    await apply(client, block, file, clock)
    report.applied.push({ block, file: file.file })
  }
}

async function ledgerOf(client: Client, block: string): Promise<Map<string, string>> {
  const { rows: exists } = await client.query<{ there: boolean }>(
    "select to_regclass('kernel.migration') is not null as there",
  )
  if (!exists[0]?.there) return new Map()
  const { rows } = await client.query<{ file: string; hash: string }>(
    'select file, hash from kernel.migration where block = $1',
    [block],
  )
  return new Map(rows.map((row) => [row.file, row.hash]))
}

/** Forward only: what ran must still be there, and nothing may be slipped in before it. */
function refuseGaps(block: string, files: MigrationFile[], done: Map<string, string>): void {
  const names = new Set(files.map((file) => file.file))
  const lost = [...done.keys()].filter((file) => !names.has(file))
  if (lost.length > 0)
    throw new Error(`${block}/${lost[0]} has run in this database but is gone: is the program older?`)
  const last = [...done.keys()].sort().at(-1) ?? ''
  const late = files.find((file) => !done.has(file.file) && file.file < last)
  if (late)
    throw new Error(`${block}/${late.file} comes before ${last}, which has run already: give it a later number.`)
}

/** As the block's owner, so that a file can touch nothing but its own schema; seeing all rows, so that it can mend them. */
async function apply(client: Client, block: string, file: MigrationFile, clock: { now(): Date }): Promise<void> {
  try {
    await client.query(
      `begin; set local lock_timeout = '1s'; set local statement_timeout = '15min'; set local role ashlar_${block}_owner;
       select set_config('ashlar.tenant', '*', true)`,
    )
    await client.query(file.text)
    await client.query('reset role')
    await client.query('insert into kernel.migration (block, file, hash, applied_at) values ($1, $2, $3, $4)', [
      block,
      file.file,
      file.hash,
      clock.now(),
    ])
    await client.query('commit')
  } catch (cause) {
    await client.query('rollback').catch(() => {})
    throw new Error(`${block}/${file.file}: ${(cause as Error).message}${place(file.text, cause)}`, { cause })
  }
}

function place(text: string, error: unknown): string {
  const position = Number((error as { position?: string }).position)
  if (!position) return ''
  const before = text.slice(0, position - 1).split('\n')
  return ` (line ${before.length}: ${text.split('\n')[before.length - 1]?.trim()})`
}

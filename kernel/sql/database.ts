// One block's small pool of connections under its own role.
import pg from 'pg'
import type { Context } from './context.ts'
import { settingsOf } from './context.ts'
import type { Sql } from './statement.ts'
import { look, put, refuseInside, run, runner, transact } from './transaction.ts'
import { types } from './types.ts'

export interface ConnectOptions {
  /** Of the database; its user is replaced by `role`. */
  url: string
  role: string
  password?: string
  /** With `pairwise`: the subject of a context is made known to the database as this sector's identifier of them. */
  sector?: string
  pairwise?: { of(sector: string, id: string): string }
  max?: number
  /** Milliseconds a statement may take; 0 is no limit. */
  statementTimeout?: number
  onError?: (error: Error) => void
}

export interface Database extends Sql {
  readonly role: string
  readonly url: string
  /**
   * Looks at one moment of the database on behalf of somebody, in one round trip: all that `ask` asks before it first
   * waits. Cannot write; what follows from an answer is asked by another read().
   */
  read<T>(context: Context, ask: (sql: Sql) => Promise<T>): Promise<T>
  /**
   * Writes on behalf of somebody in one transaction and one round trip: all that `ask` asks before it first waits. Is
   * committed unless a statement fails, whatever `ask` makes of the answers; what depends on them is decided in the SQL.
   */
  write<T>(context: Context, ask: (sql: Sql) => Promise<T>): Promise<T>
  close(): Promise<void>
}

const IDLE_MS = 30_000
const CONNECT_MS = 10_000

/** Opens nothing yet: connections are made when first needed and closed when idle. */
export function connect(options: ConnectOptions): Database {
  const url = databaseUrl(options)
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 6,
    idleTimeoutMillis: IDLE_MS,
    connectionTimeoutMillis: CONNECT_MS,
    allowExitOnIdle: true,
    keepAlive: true,
    application_name: options.role,
    statement_timeout: options.statementTimeout ?? 15_000,
    lock_timeout: 10_000,
    types,
    pipeline: true,
  })
  // Without a listener a lost idle connection would end the process.
  pool.on('error', options.onError ?? (() => {}))

  const subjectOf = (context: Context) =>
    context.subject && options.pairwise ? options.pairwise.of(options.sector ?? '', context.subject) : context.subject

  const sql = runner((strings, values) => {
    refuseInside(pool, 'A statement on the outer sql')
    return run(pool, strings, values)
  })
  const begin = async <T>(context: Context, work: (sql: Sql) => Promise<T>): Promise<T> => {
    refuseInside(pool, 'begin()')
    const settings = settingsOf(context, subjectOf(context))
    return transact(pool, await pool.connect(), settings, work)
  }

  const read = async <T>(context: Context, ask: (sql: Sql) => Promise<T>): Promise<T> => {
    refuseInside(pool, 'read()')
    const settings = settingsOf(context, subjectOf(context))
    return look(pool, await pool.connect(), settings, ask)
  }
  const write = async <T>(context: Context, ask: (sql: Sql) => Promise<T>): Promise<T> => {
    refuseInside(pool, 'write()')
    const settings = settingsOf(context, subjectOf(context))
    return put(pool, await pool.connect(), settings, ask)
  }
  let closed: Promise<void> | undefined
  const close = () => (closed ??= pool.end())
  return Object.assign(sql, { begin, read, write, close, role: options.role, url }) as unknown as Database
}

/** The same database as somebody else, or another database of the same server. */
export function databaseUrl(options: { url: string; role?: string; password?: string; database?: string }): string {
  const url = new URL(options.url)
  if (options.role) {
    url.username = encodeURIComponent(options.role)
    url.password = encodeURIComponent(options.password ?? '')
  }
  if (options.database) url.pathname = `/${encodeURIComponent(options.database)}`
  return url.href
}

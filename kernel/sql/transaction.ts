// A transaction on one connection: who acts is set in the same round trip as BEGIN and what is asked first, and ends with it.
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Writable } from 'node:stream'
import type { ClientBase, PoolClient } from 'pg'
import { escapeLiteral } from 'pg'
import type { Sql } from './statement.ts'
import { json, part, statement, unnest } from './statement.ts'

interface Open {
  pool: object
  active: boolean
}

const LATE = 'read() and write() ask all at once: what follows from an answer is asked by another call'
const IGNORED = 'Nothing was committed: a statement failed and its error was ignored'

const current = new AsyncLocalStorage<Open>()
const listeners = new WeakMap<Sql, (() => void)[]>()

/** Calls back once the transaction that `sql` belongs to is committed; at once when `sql` is none. */
export function afterCommit(sql: Sql, listener: () => void): void {
  const waiting = listeners.get(sql)
  if (waiting) waiting.push(listener)
  else listener()
}

/**
 * A statement whose answer its transaction need not wait for: what follows is sent behind it. If it fails, nothing is
 * committed and begin() throws its error. Outside of a transaction it is waited for.
 */
export async function alongside<Row extends object>(
  sql: Sql,
  asked: Promise<Row[]>,
  answered: (rows: Row[]) => void = () => {},
): Promise<void> {
  const told = asked.then(answered)
  if (!listeners.has(sql)) return told
  told.catch(() => {})
}

/** A statement outside of the transaction it was meant for, or one that waits for a connection while holding one. */
export function refuseInside(pool: object, what: string): void {
  const open = current.getStore()
  if (open?.active && open.pool === pool) {
    throw new Error(`${what} inside a transaction of the same database: use the sql that begin() handed to you`)
  }
}

export async function transact<T>(
  pool: object,
  client: PoolClient,
  settings: Record<string, string>,
  work: (sql: Sql) => Promise<T>,
): Promise<T> {
  const open: Open = { pool, active: true }
  const underWay = new Set<Promise<object[]>>()
  let failure: Error | undefined
  const sql = runner((strings, values) => {
    if (!open.active) throw new Error('This transaction has ended: its sql may not be used any more')
    const asked = run(client, strings, values)
    underWay.add(asked)
    asked.then(
      () => underWay.delete(asked),
      (error) => {
        underWay.delete(asked)
        failure ??= error
      },
    )
    return asked
  })
  const committed: (() => void)[] = []
  listeners.set(sql, committed)
  const held = hold(client)
  try {
    // Only an operator who cancels in this very moment could end BEGIN alone; what is behind it then sees no rows.
    const sent = atOnce(
      client,
      () => [client.query(beginText('begin', settings)), current.run(open, async () => work(sql))] as const,
    )
    // Whoever began nothing learns that, and not what became of the statements behind it.
    const [began, worked] = await Promise.allSettled(sent)
    if (began.status === 'rejected') throw began.reason
    if (worked.status === 'rejected') throw isOfAnother(worked.reason) ? (failure ?? worked.reason) : worked.reason
    open.active = false
    const left = [...underWay]
    const { command } = await client.query('commit')
    for (const one of await Promise.allSettled(left)) if (one.status === 'rejected') throw one.reason
    // Postgres answers so, without an error, when a statement failed and the work went on all the same.
    if (command === 'ROLLBACK') throw new Error(IGNORED)
    held.release()
    for (const listener of committed) listener()
    return worked.value as T
  } catch (error) {
    open.active = false
    await client.query('rollback').catch(held.breaks)
    held.release()
    throw error
  } finally {
    listeners.delete(sql)
  }
}

/** Postgres says so of every statement behind one that failed. */
const isOfAnother = (error: unknown) => (error as { code?: string } | null)?.code === '25P02'

const LOOK = 'begin isolation level repeatable read read only'

/** BEGIN, all that `ask` asks before it first waits, and COMMIT: one round trip. */
export function look<T>(
  pool: object,
  client: PoolClient,
  settings: Record<string, string>,
  ask: (sql: Sql) => Promise<T>,
): Promise<T> {
  return inOneTrip({ pool, client, begin: beginText(LOOK, settings), ask })
}

/** The same for what is written: what follows from an answer is another transaction's. */
export function put<T>(
  pool: object,
  client: PoolClient,
  settings: Record<string, string>,
  ask: (sql: Sql) => Promise<T>,
): Promise<T> {
  return inOneTrip({ pool, client, begin: beginText('begin', settings), ask })
}

interface OneTrip<T> {
  pool: object
  client: PoolClient
  begin: string
  ask: (sql: Sql) => Promise<T>
}

async function inOneTrip<T>({ pool, client, begin, ask }: OneTrip<T>): Promise<T> {
  const open: Open = { pool, active: true }
  const sql = runner((strings, values) => {
    if (!open.active) throw new Error(LATE)
    const asked = run(client, strings, values)
    asked.catch((error) => {
      failure ??= error
    })
    return asked
  })
  let failure: Error | undefined
  const committed: (() => void)[] = []
  listeners.set(sql, committed)
  const held = hold(client)
  const { asked, around } = atOnce(client, () => {
    const begun = client.query(begin)
    const asked = Promise.allSettled([current.run(open, async () => ask(sql))])
    open.active = false
    return { asked, around: Promise.allSettled([begun, client.query('commit')]) }
  })
  const [began, ended] = await around
  if (ended.status === 'rejected') held.breaks(ended.reason as Error)
  held.release()
  const [answer] = await asked
  listeners.delete(sql)
  for (const part of [began, answer, ended]) if (part.status === 'rejected') throw part.reason
  // Postgres answers so, without an error, when a statement failed and its error was ignored.
  if ((ended as PromiseFulfilledResult<{ command: string }>).value.command === 'ROLLBACK')
    throw new Error(IGNORED, { cause: failure })
  for (const listener of committed) listener()
  return (answer as PromiseFulfilledResult<T>).value
}

/** What is sent meanwhile leaves in one write. */
function atOnce<T>(client: PoolClient, send: () => T): T {
  const { stream } = (client as unknown as { connection: { stream: Writable } }).connection
  stream.cork()
  try {
    return send()
  } finally {
    stream.uncork()
  }
}

/** A connection that breaks while it is ours is not given back to others. */
function hold(client: PoolClient) {
  let broken: Error | undefined
  const breaks = (error: Error) => {
    broken = error
  }
  client.on('error', breaks)
  return {
    breaks,
    release: () => {
      client.off('error', breaks)
      client.release(broken)
    },
  }
}

function beginText(begin: string, settings: Record<string, string>): string {
  const sets = Object.entries(settings).map(([name, value]) => {
    if (value.includes('\0')) throw new Error(`The setting ${name} holds a NUL character`)
    return `set local ${name} = ${escapeLiteral(value)}`
  })
  return `${begin}; ${sets.join('; ')}`
}

export function run<Row extends object>(
  client: Pick<ClientBase, 'query'>,
  strings: TemplateStringsArray,
  values: readonly unknown[],
): Promise<Row[]> {
  return client.query<Row>(statement(strings, values)).then((result) => result.rows)
}

/** The callable with its fragments; begin is refused until a database puts its own in. */
export function runner(execute: (strings: TemplateStringsArray, values: readonly unknown[]) => Promise<object[]>): Sql {
  const sql = async (strings: TemplateStringsArray, ...values: unknown[]) => execute(strings, values)
  const begin = async () => {
    throw new Error('begin() inside a transaction: it does not nest')
  }
  return Object.assign(sql, { part, json, unnest, begin }) as unknown as Sql
}

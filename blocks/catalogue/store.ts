// SQL of published definitions; no other file knows these tables.
import type { Sql } from '@ashlar/kernel/sql'

export type Kind = 'service' | 'country'

export interface Definition {
  kind: Kind
  id: string
  version: string
  hash: string
  content: unknown
}

export const catalogueStore = (sql: Sql) => ({
  /** Keeps a version; gives the hash that is kept under it, which is another one if the version was taken before. */
  async keep({ kind, id, version, hash, content }: Definition, at: Date): Promise<{ hash: string; isNew: boolean }> {
    const inserted = await sql<{ hash: string }>`
      insert into catalogue.definition (kind, id, version, hash, content, published_at)
      values (${kind}, ${id}, ${version}, ${hash}, ${JSON.stringify(content)}::json, ${at})
      on conflict (kind, id, version) do nothing
      returning hash`
    if (inserted[0] !== undefined) return { hash: inserted[0].hash, isNew: true }
    const [kept] = await sql<{ hash: string }>`
      select hash from catalogue.definition where kind = ${kind} and id = ${id} and version = ${version}`
    return { hash: kept?.hash ?? '', isNew: false }
  },

  /** Makes a version the one that counts; false if it was already. */
  async makeCurrent(kind: Kind, id: string, version: string, at: Date): Promise<boolean> {
    const changed = await sql`
      insert into catalogue.current_definition as c (kind, id, version, since)
      values (${kind}, ${id}, ${version}, ${at})
      on conflict (kind, id) do update set version = excluded.version, since = excluded.since
      where c.version <> excluded.version
      returning id`
    return changed.length > 0
  },

  /** Services that are no longer in the country are no longer offered; their versions stay for their cases. */
  async endOthers(ids: string[]): Promise<string[]> {
    const ended = await sql<{ id: string }>`
      delete from catalogue.current_definition where kind = 'service' and not (id = any(${ids}::text[])) returning id`
    return ended.map(({ id }) => id)
  },

  async current(kind: Kind): Promise<{ id: string; version: string }[]> {
    return sql<{ id: string; version: string }>`
      select id, version from catalogue.current_definition where kind = ${kind} order by id`
  },

  async content<T>(kind: Kind, id: string, version: string): Promise<T | undefined> {
    const [row] = await sql<{ content: T }>`
      select content from catalogue.definition where kind = ${kind} and id = ${id} and version = ${version}`
    return row?.content
  },

  async versions(id: string): Promise<{ version: string; hash: string; published_at: Date }[]> {
    return sql<{ version: string; hash: string; published_at: Date }>`
      select version, hash, published_at from catalogue.definition
      where kind = 'service' and id = ${id} order by published_at, version`
  },

  /** One publishes at a time; the others wait. */
  async lock(): Promise<void> {
    await sql`select pg_advisory_xact_lock(hashtextextended('catalogue.publish', 0))`
  },
})

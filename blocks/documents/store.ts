// SQL of documents and uploads; no other file knows these tables.
import type { Sql } from '@ashlar/kernel/sql'
import type { DocumentState } from './document.ts'
import type { FileType } from './file.ts'

export interface DocumentRow {
  id: string
  key: string
  reference: string
  tenant: string
  person: string | null
  service: string
  version: string
  output: string
  language: string
  case_id: string | null
  sealed: Buffer
  digest: Buffer
  kid: string
  issued_at: Date
  valid_until: Date | null
  state: DocumentState
  revoked_at: Date | null
  revoked_reason: string | null
  file: string | null
}

export type NewDocument = Omit<DocumentRow, 'revoked_at' | 'revoked_reason' | 'file'>

export interface UploadRow {
  id: string
  tenant: string
  person: string | null
  case_id: string | null
  name: Buffer
  type: FileType
  size: number
  digest: Buffer
  file: string
  uploaded_at: Date
}

const columns = {
  id: 'uuid',
  key: 'text',
  reference: 'text',
  tenant: 'text',
  person: 'uuid',
  service: 'text',
  version: 'text',
  output: 'text',
  language: 'text',
  case_id: 'uuid',
  sealed: 'bytea',
  digest: 'bytea',
  kid: 'text',
  issued_at: 'timestamptz',
  valid_until: 'timestamptz',
  state: 'text',
}

export const documentStore = (sql: Sql) => ({
  async byKeys(keys: string[]): Promise<DocumentRow[]> {
    return sql<DocumentRow>`select * from documents.document where key = any(${keys})`
  },

  /** Ids of the rows that are new: neither their key nor their reference was there. */
  async insertOnce(rows: NewDocument[]): Promise<Set<string>> {
    const inserted = await sql<{ id: string }>`
      insert into documents.document (id, key, reference, tenant, person, service, version, output, language, case_id,
        sealed, digest, kid, issued_at, valid_until, state)
      select id, key, reference, tenant, person, service, version, output, language, case_id,
        sealed, digest, kid, issued_at, valid_until, state
      from ${sql.unnest(columns, rows)}
      on conflict do nothing returning id`
    return new Set(inserted.map(({ id }) => id))
  },

  async find(id: string): Promise<DocumentRow | undefined> {
    const [row] = await sql<DocumentRow>`select * from documents.document where id = ${id}`
    return row
  },

  async byReference(reference: string): Promise<DocumentRow | undefined> {
    const [row] = await sql<DocumentRow>`select * from documents.document where reference = ${reference}`
    return row
  },

  /** The latest first, before the document `before`. */
  async ofPerson(person: string, before: string | null, limit: number): Promise<DocumentRow[]> {
    return sql<DocumentRow>`
      select * from documents.document
      where person = ${person} and (${before}::uuid is null or id < ${before}::uuid)
      order by id desc limit ${limit}`
  },

  async ofCase(caseId: string): Promise<DocumentRow[]> {
    return sql<DocumentRow>`select * from documents.document where case_id = ${caseId} order by id desc limit 100`
  },

  /** The row if this revoked it; undefined if it was revoked before. */
  async revoke(id: string, reason: string, at: Date): Promise<DocumentRow | undefined> {
    const [row] = await sql<DocumentRow>`
      update documents.document set state = 'revoked', revoked_at = ${at}, revoked_reason = ${reason}
      where id = ${id} and state = 'issued' returning *`
    return row
  },

  /** false if it was printed meanwhile. */
  async keepFile(id: string, file: string, at: Date): Promise<boolean> {
    const rows = await sql`
      update documents.document set file = ${file}, printed_at = ${at} where id = ${id} and file is null returning id`
    return rows.length > 0
  },

  /** The file is gone from the store, so that the letter is printed again. */
  async loseFile(id: string, file: string): Promise<void> {
    await sql`update documents.document set file = null, printed_at = null where id = ${id} and file = ${file}`
  },
})

export const uploadStore = (sql: Sql) => ({
  async insert(row: UploadRow): Promise<void> {
    await sql`
      insert into documents.upload (id, tenant, person, case_id, name, type, size, digest, file, uploaded_at)
      values (${row.id}, ${row.tenant}, ${row.person}, ${row.case_id}, ${row.name}, ${row.type}, ${row.size},
        ${row.digest}, ${row.file}, ${row.uploaded_at})`
  },

  async find(id: string): Promise<UploadRow | undefined> {
    const [row] = await sql<UploadRow>`select * from documents.upload where id = ${id}`
    return row
  },

  async remove(id: string): Promise<UploadRow | undefined> {
    const [row] = await sql<UploadRow>`delete from documents.upload where id = ${id} and case_id is null returning *`
    return row
  },

  /** Files of a draft become the case's, once. */
  async attach(ids: string[], caseId: string): Promise<void> {
    await sql`
      update documents.upload set case_id = ${caseId} where id = any(${ids}::uuid[]) and case_id is null`
  },
})

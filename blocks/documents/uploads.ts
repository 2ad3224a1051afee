// Files that people hand in: told apart by content, sealed, and given back as attachments.

import { createHash } from 'node:crypto'
import type { Clock } from '@ashlar/kernel/clock'
import { isUuid, type Pairwise, uuidv7 } from '@ashlar/kernel/identifiers'
import type { Keys } from '@ashlar/kernel/keys'
import type { Context, Database } from '@ashlar/kernel/sql'
import { type FileType, readFileType, safeName } from './file.ts'
import type { FileStore } from './file-store.ts'
import { FileRefused, UploadNotFound } from './problems.ts'
import { noterOf, type ReadingNeeds } from './reading.ts'
import { uploadStore } from './store.ts'

export interface UploadedFile {
  id: string
  name: string
  type: FileType
  size: number
  uploadedAt: string
  caseId?: string
}

/** Looks for harmful software; true if it found some. */
export type Scan = (bytes: Buffer) => Promise<boolean>

export interface Uploads {
  /** `tenant` is the agency that will read it. Throws FileRefused. */
  store(
    upload: { name: string; bytes: Buffer; tenant: string; caseId?: string },
    context: Context,
  ): Promise<UploadedFile>
  /** Throws UploadNotFound, also for another person's. That an officer reads it is written down first. */
  get(id: string, context: Context): Promise<UploadedFile & { bytes: Buffer }>
  /** Takes back a file that no case has yet; unknown ones are ignored. */
  remove(id: string, context: Context): Promise<void>
  /** The files of a draft become the case's. */
  attach(ids: string[], caseId: string, context: Context): Promise<void>
}

export interface UploadNeeds extends ReadingNeeds {
  sql: Database
  clock: Clock
  keys: Keys
  pairwise: Pairwise
  fileStore: FileStore
  scan?: Scan
}

export function createUploads({ sql, clock, keys, pairwise, fileStore, scan, ...more }: UploadNeeds): Uploads {
  const noteReading = noterOf({ ...more, pairwise })

  return {
    async store({ name, bytes: sent, tenant, caseId }, context) {
      const { type, bytes } = readFileType(sent)
      if (await scan?.(bytes)) throw FileRefused('infected')
      const id = uuidv7()
      const person = context.subject ? pairwise.of('documents', context.subject) : null
      const subject = person ?? id
      const given = safeName(name, type)
      const row = {
        id,
        tenant,
        person,
        case_id: caseId ?? null,
        name: await keys.seal(subject, given),
        type,
        size: bytes.length,
        digest: createHash('sha256').update(bytes).digest(),
        file: await fileStore.put(await keys.seal(subject, bytes)),
        uploaded_at: clock.now(),
      }
      // Nobody signed in: the row is the agency's alone, and whoever holds the draft comes through it.
      const writer = person ? context : { ...context, tenant }
      await sql.begin(writer, (sql) => uploadStore(sql).insert(row))
      return {
        id,
        name: given,
        type,
        size: row.size,
        uploadedAt: row.uploaded_at.toISOString(),
        ...(caseId && { caseId }),
      }
    },

    async get(id, context) {
      const row = isUuid(id) ? await sql.begin(context, (sql) => uploadStore(sql).find(id)) : undefined
      if (!row) throw UploadNotFound(id)
      const { tenant: authority, case_id: caseId, person } = row
      await noteReading({ id, what: 'file', authority, caseId, person }, context)
      const sealed = await fileStore.find(row.file)
      if (!sealed) throw UploadNotFound(id)
      const subject = row.person ?? row.id
      const [name, bytes] = await Promise.all([keys.open(subject, row.name), keys.open(subject, sealed)])
      return {
        id,
        name: name.toString('utf8'),
        type: row.type,
        size: row.size,
        uploadedAt: row.uploaded_at.toISOString(),
        ...(row.case_id ? { caseId: row.case_id } : {}),
        bytes,
      }
    },

    async remove(id, context) {
      const row = isUuid(id) ? await sql.begin(context, (sql) => uploadStore(sql).remove(id)) : undefined
      if (row) await fileStore.remove(row.file)
    },

    attach: (ids, caseId, context) => sql.begin(context, (sql) => uploadStore(sql).attach(ids.filter(isUuid), caseId)),
  }
}

// Uploads (multipart/form-data): bounded in number and size, read into memory, and made the body of the request.
import type { FastifyRequest } from 'fastify'
import { BodyTooLarge, MediaTypeNotSupported, TextNotAllowed, UploadNotValid } from './problems.ts'
import { isPoison, storable } from './storable.ts'

export interface UploadLimits {
  /** Bytes of one file. */
  bytes: number
  /** Files of one request; 1 if left out. */
  files?: number
}

/** A file as it came. Name and type are what the sender claims. */
export interface Upload {
  name: string
  type: string
  bytes: Buffer
}

/** Fields of a form with files: several of one name become an array. */
export type UploadBody = Record<string, string | Upload | (string | Upload)[]>

const FIELDS = 200
const OVERHEAD = 64 * 1024

/** Refuses other kinds of content, and by the announced length, before a byte is read. */
export function refuseOtherUploads(request: FastifyRequest, { bytes, files = 1 }: UploadLimits): void {
  const type = request.headers['content-type'] ?? ''
  if (type !== '' && !type.startsWith('multipart/form-data') && !type.startsWith('application/x-www-form-urlencoded'))
    throw MediaTypeNotSupported('multipart/form-data')
  if (Number(request.headers['content-length'] ?? 0) > bytes * files + OVERHEAD) throw BodyTooLarge(bytes)
}

/** The body is an object of fields and files from then on. A file that is chosen but empty, as browsers send for "no file", is left out. */
export async function readUpload(request: FastifyRequest, { bytes, files = 1 }: UploadLimits): Promise<void> {
  if (!request.isMultipart()) {
    request.body ??= {}
    return
  }
  const body: UploadBody = Object.create(null)
  try {
    const limits = {
      fileSize: bytes,
      files,
      fields: FIELDS,
      fieldSize: OVERHEAD,
      fieldNameSize: 200,
      parts: FIELDS + files,
    }
    for await (const part of request.parts({ limits })) {
      if (part.type === 'field') add(body, part.fieldname, String(part.value ?? ''))
      else {
        const upload = { name: part.filename ?? '', type: part.mimetype, bytes: await part.toBuffer() }
        if (upload.name !== '' || upload.bytes.length > 0) add(body, part.fieldname, upload)
      }
    }
  } catch (error) {
    const { code, statusCode } = error as { code?: string; statusCode?: number }
    if (code === 'FST_REQ_FILE_TOO_LARGE') throw BodyTooLarge(bytes)
    if (statusCode === 413) throw UploadNotValid('It has too many files or fields.')
    if (code?.startsWith('FST_') || !code) throw UploadNotValid('It does not parse.')
    throw error
  }
  request.body = body
}

export function refuseMultipart(request: FastifyRequest): void {
  if (request.headers['content-type']?.startsWith('multipart/')) throw MediaTypeNotSupported('application/json')
}

function add(body: UploadBody, name: string, value: string | Upload): void {
  if (isPoison(name) || !storable(name) || !storable(typeof value === 'string' ? value : value.name))
    throw TextNotAllowed()
  const before = body[name]
  if (before === undefined) body[name] = value
  else if (Array.isArray(before)) before.push(value)
  else body[name] = [before, value]
}

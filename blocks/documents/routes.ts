// HTTP of documents: a person's own documents and files, the public check, and the issuers' keys.
import {
  decodeCursor,
  encodeCursor,
  type Http,
  linkNext,
  PageQuery,
  requireCaller,
  type Upload,
} from '@ashlar/kernel/http'
import { Type } from 'typebox'
import type { Documents } from './documents.ts'
import { largestFile } from './file.ts'
import { FileRefused } from './problems.ts'

const DocumentBody = Type.Object({
  id: Type.String(),
  reference: Type.String(),
  verifyUrl: Type.String(),
  authority: Type.String(),
  service: Type.String(),
  output: Type.String(),
  language: Type.String(),
  caseId: Type.Optional(Type.String()),
  state: Type.String(),
  issuedAt: Type.String(),
  validUntil: Type.Optional(Type.String()),
  revokedAt: Type.Optional(Type.String()),
  revokedReason: Type.Optional(Type.String()),
})
const Facts = Type.Record(Type.String(), Type.Unknown())
const OpenedBody = Type.Object({ ...DocumentBody.properties, facts: Facts, code: Type.Optional(Type.String()) })
const VerdictBody = Type.Object({
  outcome: Type.String(),
  reference: Type.Optional(Type.String()),
  issuer: Type.Optional(Type.String()),
  kind: Type.Optional(Type.String()),
  issuedAt: Type.Optional(Type.String()),
  validUntil: Type.Optional(Type.String()),
  facts: Type.Optional(Facts),
  leftOut: Type.Optional(Type.Array(Type.String())),
  revokedAt: Type.Optional(Type.String()),
})
const KeyBody = Type.Object({
  kty: Type.String(),
  crv: Type.String(),
  x: Type.String(),
  kid: Type.String(),
  alg: Type.Optional(Type.String()),
  use: Type.Optional(Type.String()),
  authority: Type.String(),
  notBefore: Type.String(),
  notAfter: Type.Optional(Type.String()),
})
const FileBody = Type.Object({
  id: Type.String(),
  name: Type.String(),
  type: Type.String(),
  size: Type.Integer(),
  uploadedAt: Type.String(),
  caseId: Type.Optional(Type.String()),
})
const ById = Type.Object({ id: Type.String({ format: 'uuid' }) })
const base = '/api/documents/v1'

export function documentRoutes(documents: Documents, http: Http): void {
  http.get(`${base}/documents`, {
    config: { scope: 'documents.read' },
    schema: {
      summary: 'Your documents, the latest first',
      querystring: Type.Object(PageQuery),
      response: { 200: Type.Object({ documents: Type.Array(DocumentBody), next: Type.Optional(Type.String()) }) },
    },
    handler: async (request, reply) => {
      const { subject } = requireCaller(request).context
      const { cursor, limit } = request.query
      const before = cursor === undefined ? undefined : decodeCursor(cursor, Type.String({ format: 'uuid' }))
      const page = subject ? await documents.of(subject, { limit, cursor: before }) : { documents: [] }
      const next = page.next === undefined ? undefined : encodeCursor(page.next)
      linkNext(request, reply, next)
      return { documents: page.documents, ...(next === undefined ? {} : { next }) }
    },
  })

  http.get(`${base}/documents/:id`, {
    config: { scope: 'documents.read', problems: ['document-not-found'] },
    schema: { summary: 'A document with what it states', params: ById, response: { 200: OpenedBody } },
    handler: (request) => documents.get(request.params.id, requireCaller(request).context),
  })

  http.get(`${base}/documents/:id/pdf`, {
    config: { scope: 'documents.read', problems: ['document-not-found', 'document-has-no-letter'] },
    schema: { summary: 'Its letter, as PDF/A', params: ById },
    handler: async (request, reply) => {
      const pdf = await documents.pdf(request.params.id, requireCaller(request).context)
      return reply
        .headers({
          'content-type': 'application/pdf',
          'content-disposition': `inline; filename="${request.params.id}.pdf"`,
          'cache-control': 'private, no-store',
        })
        .send(pdf)
    },
  })

  http.post(`${base}/documents/:id/revocation`, {
    config: { scope: 'documents.revoke', problems: ['document-not-found', 'document-revoked-already'] },
    schema: {
      summary: 'Take a document of your authority back',
      params: ById,
      body: Type.Object({ reason: Type.String({ minLength: 1, maxLength: 100, pattern: '^[a-zA-Z][a-zA-Z0-9-]*$' }) }),
      response: { 200: DocumentBody },
    },
    handler: (request) => documents.revoke(request.params.id, request.body.reason, requireCaller(request).context),
  })

  http.post(`${base}/verify`, {
    config: { public: 'Anyone may check a document; the code is in their hands.', idempotent: 'It changes nothing.' },
    schema: {
      summary: 'Check the text of a code, or a reference',
      body: Type.Object({ text: Type.String({ minLength: 1, maxLength: 4000 }) }),
      response: { 200: VerdictBody },
    },
    handler: (request) => documents.verify(request.body.text),
  })

  http.get(`${base}/keys`, {
    config: { public: 'Public keys are public: with them documents are checked without us.' },
    schema: {
      summary: 'The issuers’ public keys (JWK Set)',
      response: { 200: Type.Object({ keys: Type.Array(KeyBody) }) },
    },
    handler: async () => ({ keys: await documents.verificationKeys() }),
  })
}

export function uploadRoutes({ uploads }: Documents, http: Http): void {
  http.post<{ Body: { file?: Upload | string; tenant?: string } }>(`${base}/files`, {
    config: { scope: 'documents.upload', upload: { bytes: largestFile }, problems: ['file-refused'] },
    schema: {
      summary: 'Hand in a file: multipart with `file`, and the agency that will read it as `tenant`',
      response: { 201: FileBody },
    },
    handler: async (request, reply) => {
      const { file, tenant } = request.body ?? {}
      if (typeof file !== 'object' || Array.isArray(file)) throw FileRefused('empty')
      if (typeof tenant !== 'string' || !/^[a-z][a-z0-9-]{0,63}$/.test(tenant)) throw FileRefused('nobody')
      const { context } = requireCaller(request)
      return reply.code(201).send(await uploads.store({ name: file.name, bytes: file.bytes, tenant }, context))
    },
  })

  http.get(`${base}/files/:id`, {
    config: { scope: 'documents.read', problems: ['file-not-found'] },
    schema: { summary: 'A file that was handed in', params: ById },
    handler: async (request, reply) => {
      const file = await uploads.get(request.params.id, requireCaller(request).context)
      return reply.headers(attachment(file)).send(file.bytes)
    },
  })
}

/** Headers under which a stranger's file does nothing: it is saved, never shown in our origin. */
export const attachment = ({ name, type }: { name: string; type: string }): Record<string, string> => ({
  'content-type': type,
  'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, percent)}`,
  'content-security-policy': "default-src 'none'; sandbox",
  'x-content-type-options': 'nosniff',
  'cache-control': 'private, no-store',
})

const percent = (sign: string): string => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`

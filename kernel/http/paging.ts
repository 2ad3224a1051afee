// Pages of lists by cursor: where the last page ended, opaque to callers, checked when it comes back.
import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, type TSchema, Type } from 'typebox'
import { CursorNotValid } from './problems.ts'

const ajv = new Ajv({ strict: false })
;(addFormats as unknown as (ajv: Ajv) => void)(ajv)
const checks = new WeakMap<object, ValidateFunction>()

function isLike(shape: TSchema, value: unknown): boolean {
  const check = checks.get(shape) ?? ajv.compile(shape)
  checks.set(shape, check)
  return check(value)
}

/** For the schema of a list's query: ?cursor=…&limit=… */
export const PageQuery = {
  cursor: Type.Optional(Type.String({ maxLength: 500, description: 'From `next` of the page before, unchanged' })),
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
}

/** Takes the sort keys of the last row, as JSON. They are no secret and grant nothing: rights are in the query. */
export function encodeCursor(keys: unknown): string {
  return Buffer.from(JSON.stringify(keys), 'utf8').toString('base64url')
}

/** Throws CursorNotValid (400) unless it has the shape that this list gives. */
export function decodeCursor<const Shape extends TSchema>(cursor: string, shape: Shape): Static<Shape> {
  let keys: unknown
  try {
    keys = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    throw CursorNotValid()
  }
  if (!isLike(shape, keys) || JSON.stringify(keys).includes('\\u0000')) throw CursorNotValid()
  return keys as Static<Shape>
}

/** Adds Link: <…>; rel="next" (RFC 8288) for the same request with the next cursor; nothing at the end of the list. */
export function linkNext(request: FastifyRequest, reply: FastifyReply, next: string | undefined): void {
  if (next === undefined) return
  const [path, query] = request.url.split('?', 2)
  const parameters = new URLSearchParams(query)
  parameters.set('cursor', next)
  reply.header('link', `<${path}?${parameters}>; rel="next"`)
}

// Versions over HTTP: ETag tells one, If-Match insists on it (RFC 9110, RFC 6585).
import type { FastifyReply, FastifyRequest } from 'fastify'
import { IfMatchMissing, VersionMovedOn } from './problems.ts'

/** A strong ETag: version 3 is "3". */
export function etag(version: number | string): string {
  return `"${version}"`
}

/**
 * The version the caller read, for the block to compare in its own update. Throws IfMatchMissing (428) without the
 * header, also for *, since "whatever it is now" is what the header is there to prevent; VersionMovedOn (412) for a
 * version that we never gave.
 */
export function requireIfMatch(request: FastifyRequest): number {
  const header = request.headers['if-match']
  if (header === undefined || header.trim() === '*') throw IfMatchMissing()
  const version = /^"(\d{1,15})"$/.exec(header.trim())?.[1]
  if (version === undefined) throw VersionMovedOn()
  return Number(version)
}

/**
 * Sets the ETag, and says whether the caller has this version already; then answer 304 without a body:
 * `if (isKnown(request, reply, case.version)) return reply.code(304).send(null)`, with `304: Type.Null()` in the schema.
 */
export function isKnown(request: FastifyRequest, reply: FastifyReply, version: number | string): boolean {
  const tag = etag(version)
  reply.header('etag', tag)
  const given = request.headers['if-none-match'] ?? ''
  return given.split(',').some((one) => one.trim().replace(/^W\//, '') === tag)
}

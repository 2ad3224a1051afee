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
 * Sets the ETag; if the caller has this version already, answers 304 without a body and gives true:
 * `if (answerKnown(request, reply, case.version)) return reply`.
 */
export function answerKnown(request: FastifyRequest, reply: FastifyReply, version: number | string): boolean {
  const tag = etag(version)
  reply.header('etag', tag)
  const given = request.headers['if-none-match'] ?? ''
  const known = given.split(',').some((one) => one.trim().replace(/^W\//, '') === tag)
  if (known) reply.code(304).send()
  return known
}

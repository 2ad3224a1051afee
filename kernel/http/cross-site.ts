// Writes that another website makes in somebody's name are refused: by where they come from, and by a token in forms.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { CrossSiteRefused, FormExpired } from './problems.ts'
import { randomPooled } from './security.ts'

/** The hidden field of forms. */
export const FORM_TOKEN = '_token'

/**
 * Browsers say themselves where a request comes from: Sec-Fetch-Site on secure origins, Origin on every write. Neither
 * can be set by a page. Programs send neither, and have no cookies that a page could abuse. Throws CrossSiteRefused (403).
 */
export function refuseOtherSites(request: FastifyRequest, ownOrigin: string): void {
  const site = request.headers['sec-fetch-site']
  if (site !== undefined) {
    if (site !== 'same-origin' && site !== 'none') throw CrossSiteRefused()
    return
  }
  const { origin } = request.headers
  if (origin === undefined || origin === ownOrigin) return
  // The same server by another of its names, as on a local network; a page cannot choose the Host of its requests.
  if (origin !== `${request.protocol}://${request.host}`) throw CrossSiteRefused()
}

export interface FormTokens {
  /** Another text each time, so that compressing a page beside reflected input tells nothing of it (BREACH). */
  of(session: string): string
  isOf(session: string, token: unknown): boolean
}

const BYTES = 16

/** Tokens follow from the session and the secret: nothing to store, good in every tab and process, gone with the session. */
export function createFormTokens(secret: Buffer): FormTokens {
  const right = (session: string) => createHmac('sha256', secret).update(`form ${session}`).digest().subarray(0, BYTES)
  const masked = (bytes: Buffer, mask: Buffer) => Buffer.from(bytes.map((byte, at) => byte ^ mask[at]!))

  return {
    of(session) {
      const mask = Buffer.from(randomPooled(BYTES))
      return Buffer.concat([mask, masked(right(session), mask)]).toString('base64url')
    },
    isOf(session, token) {
      if (typeof token !== 'string' || token.length > 64) return false
      const bytes = Buffer.from(token, 'base64url')
      if (bytes.length !== 2 * BYTES) return false
      return timingSafeEqual(masked(bytes.subarray(BYTES), bytes.subarray(0, BYTES)), right(session))
    },
  }
}

/** Takes the token out of a form's fields, and checks it for callers with a session. Throws FormExpired (403). */
export function checkFormToken(request: FastifyRequest, tokens: FormTokens): void {
  const type = request.headers['content-type'] ?? ''
  if (!type.startsWith('application/x-www-form-urlencoded') && !type.startsWith('multipart/form-data')) return
  const body = request.body as Record<string, unknown> | null | undefined
  const token = body?.[FORM_TOKEN]
  if (body) delete body[FORM_TOKEN]
  const session = request.caller?.session
  if (session !== undefined && !tokens.isOf(session.id, token)) throw FormExpired()
}

// Why a case outside one's queue is opened: sent as a form, kept sealed in a cookie of this case for a quarter of an hour.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { machineTime } from '@ashlar/kernel/clock'
import type { FastifyReply, FastifyRequest } from 'fastify'

const REASON_COOKIE = 'ashlar_reason'
const LASTS = 15 * 60
const IV = 12
const TAG = 16
const LONGEST = 500

export interface Reasons {
  /** Keeps the reason for the pages of this case, for this officer. */
  keep(reply: FastifyReply, about: { case: string; officer: string }, reason: string): void
  /** What they said when they opened this case; undefined if nothing, or too long ago. */
  find(request: FastifyRequest, about: { case: string; officer: string }): string | undefined
}

/** Sealed, so that neither the browser's history nor whoever finds the cookie reads why; and bound to case and officer. */
export function createReasons(secret: Buffer, isSecure: boolean): Reasons {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'office reason', 32))
  const bound = ({ case: id, officer }: { case: string; officer: string }) => Buffer.from(`${officer} ${id}`)

  return {
    keep: (reply, about, reason) => {
      const iv = randomBytes(IV)
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(bound(about))
      const until = machineTime.now().getTime() + LASTS * 1000
      const text = JSON.stringify({ until, reason: reason.slice(0, LONGEST) })
      const sealed = Buffer.concat([iv, cipher.update(text), cipher.final(), cipher.getAuthTag()])
      reply.setCookie(REASON_COOKIE, sealed.toString('base64url'), {
        path: `/office/cases/${about.case}`,
        httpOnly: true,
        sameSite: 'strict',
        secure: isSecure,
        maxAge: LASTS,
      })
    },
    find: (request, about) => {
      const sealed = Buffer.from(request.cookies[REASON_COOKIE] ?? '', 'base64url')
      if (sealed.length <= IV + TAG) return undefined
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV))
        decipher.setAAD(bound(about)).setAuthTag(sealed.subarray(-TAG))
        const text = Buffer.concat([decipher.update(sealed.subarray(IV, -TAG)), decipher.final()]).toString()
        const { until, reason } = JSON.parse(text) as { until: number; reason: string }
        return until > machineTime.now().getTime() ? reason : undefined
      } catch {
        // Of another case or officer, or none of ours: as if nothing had been said.
        return undefined
      }
    },
  }
}

// How the token of a session travels: in a cookie that scripts cannot read, or in a bearer header of a program.
import { SESSION_COOKIE } from '@ashlar/face'
import type { Carrier } from '@ashlar/identity'
import type { FastifyRequest } from 'fastify'

export interface ServerCarrier extends Carrier {
  /** Whether a browser carries it without being asked, so that forms must prove where they come from. */
  isByCookie(request: FastifyRequest): boolean
}

const BEARER = 'Bearer '

/** Over https the name makes browsers refuse the cookie from any other host, path or unsafe connection (RFC 6265bis, 4.1.3). */
export function createCarrier(baseUrl: string): ServerCarrier {
  const secure = baseUrl.startsWith('https:')
  const name = secure ? `__Host-${SESSION_COOKIE}` : SESSION_COOKIE
  const options = { path: '/', httpOnly: true, sameSite: 'lax', secure } as const
  // A proxy that asks for a password of its own sends 'Basic …' along: that is no token of ours.
  const bearerOf = ({ headers: { authorization } }: FastifyRequest) =>
    authorization?.startsWith(BEARER) ? authorization.slice(BEARER.length) : undefined

  return {
    tokenOf: (request) => bearerOf(request) ?? request.cookies[name],
    isByCookie: (request) => bearerOf(request) === undefined,
    keep: (reply, { token }) => void reply.setCookie(name, token, options),
    drop: (reply) => void reply.clearCookie(name, options),
  }
}

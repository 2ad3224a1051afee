// Who calls: found out once a request, checked against the scope that the route names.
import type { FastifyRequest } from 'fastify'
import type { Context } from '../sql/index.ts'
import { NotSignedIn, ScopeMissing } from './problems.ts'

export interface Caller {
  context: Context
  /** '<block>.<verb>' each, such as 'payments.request'. */
  scopes: string[]
  /** Set for callers who come by cookie: their forms carry a token of this session. */
  session?: { id: string }
  /** To greet with; never logged. */
  name?: string
  /** Who really acts, where `name` is of somebody whom they represent; never logged. */
  actorName?: string
  /** Who really acts may see and do only a part of what concerns whom they represent. */
  isLimited?: true
  roles?: string[]
}

/** From a cookie or an Authorization header; undefined is anonymous. Cheap when neither is there. */
export type Authenticate = (request: FastifyRequest) => Promise<Caller | undefined>

/** The caller of a route that needs a scope; routes that are public may have none. Throws NotSignedIn (401). */
export function requireCaller(request: FastifyRequest): Caller {
  if (request.caller === undefined) throw NotSignedIn()
  return request.caller
}

export function guard(authenticate: Authenticate, scope: string | undefined) {
  return async (request: FastifyRequest): Promise<void> => {
    const caller = await authenticate(request)
    request.caller = caller
    if (scope === undefined) return
    if (caller === undefined) throw NotSignedIn()
    if (!caller.scopes.includes(scope)) throw ScopeMissing(scope)
  }
}

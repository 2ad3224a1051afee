// HTTP of identity: signing in by code and by passkey, one's session, and acting for others. Cookies are the server's.
import { type Http, requireCaller } from '@ashlar/kernel/http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Visitor } from './codes.ts'
import type { Identity } from './identity.ts'
import { SignInNeeded } from './problems.ts'
import type { Session, SignedIn } from './sessions.ts'

/** How the server carries tokens: a cookie of the kind __Host-, or a bearer header. */
export interface Carrier {
  tokenOf(request: FastifyRequest): string | undefined
  keep(reply: FastifyReply, signedIn: SignedIn): void
  drop(reply: FastifyReply): void
}

const Challenge = Type.String({ format: 'uuid' })
/** What a browser answers is checked by the library that reads it. */
const Response = Type.Object({ id: Type.String({ maxLength: 1400 }) }, { additionalProperties: true })
const Options = Type.Object({}, { additionalProperties: true })
const Represented = Type.Object({ kind: Type.String(), id: Type.String(), name: Type.String() })
const SessionBody = Type.Object({
  id: Type.String(),
  kind: Type.String(),
  name: Type.String(),
  language: Type.Optional(Type.String()),
  level: Type.String({ description: 'low, substantial or high' }),
  method: Type.String({ description: 'code, passkey or door' }),
  roles: Type.Array(Type.String()),
  scopes: Type.Array(Type.String()),
  represented: Type.Optional(Represented),
  signedInAt: Type.String(),
  expiresAt: Type.String(),
})
const MandateBody = Type.Object({
  represented: Represented,
  basis: Type.String({ description: 'parent, guardian, mandate or director' }),
  validFrom: Type.String(),
  validUntil: Type.Optional(Type.String()),
})
const nobody = 'Nobody is known before signing in.'
const onceOnly = 'Each challenge is answered once.'
const base = '/api/identity/v1'

export function identityRoutes(identity: Identity, http: Http, carrier: Carrier): void {
  const visitorOf = (request: FastifyRequest): Visitor => ({ ip: request.ip, token: carrier.tokenOf(request) })
  const sessionOf = async (request: FastifyRequest): Promise<Session> => {
    const session = await identity.authenticate(carrier.tokenOf(request))
    if (!session) throw SignInNeeded()
    return session
  }
  const welcome = (reply: FastifyReply, signedIn: SignedIn) => {
    carrier.keep(reply, signedIn)
    return reply.code(201).send(signedIn.session)
  }

  http.post(`${base}/codes`, {
    config: {
      public: nobody,
      idempotent: 'A second code is a second message.',
      problems: ['address-not-valid', 'too-many-attempts'],
    },
    schema: {
      summary: 'Have a one-time code sent, if the address has an account',
      body: Type.Object({ address: Type.String({ maxLength: 300 }), language: Type.String({ maxLength: 20 }) }),
      response: { 202: Type.Object({ challenge: Type.String(), expiresAt: Type.String() }) },
    },
    handler: async (request, reply) =>
      reply.code(202).send(await identity.code.send({ ...request.body, visitor: visitorOf(request) })),
  })

  http.post(`${base}/codes/verify`, {
    config: { public: nobody, idempotent: onceOnly, problems: ['code-not-accepted', 'too-many-attempts'] },
    schema: {
      summary: 'Sign in with a one-time code',
      body: Type.Object({ challenge: Challenge, code: Type.String({ maxLength: 40 }) }),
      response: { 201: SessionBody },
    },
    handler: async (request, reply) =>
      welcome(reply, await identity.code.verify({ ...request.body, visitor: visitorOf(request) })),
  })

  http.post(`${base}/passkeys/sign-in-options`, {
    config: { public: nobody, idempotent: 'A second challenge is another one.', problems: ['too-many-attempts'] },
    schema: {
      summary: 'What the browser needs to sign in with a passkey',
      response: { 200: Type.Object({ challenge: Type.String(), options: Options }) },
    },
    handler: async (request) => identity.passkey.signInOptions(visitorOf(request)) as Promise<never>,
  })

  http.post(`${base}/passkeys/sign-in`, {
    config: { public: nobody, idempotent: onceOnly, problems: ['passkey-not-accepted', 'too-many-attempts'] },
    schema: {
      summary: 'Sign in with a passkey',
      body: Type.Object({ challenge: Challenge, response: Response }),
      response: { 201: SessionBody },
    },
    handler: async (request, reply) => {
      const { challenge, response } = request.body
      const asked = { challenge, response: response as never, visitor: visitorOf(request) }
      return welcome(reply, await identity.passkey.signIn(asked))
    },
  })

  http.post(`${base}/passkeys/options`, {
    config: {
      scope: 'identity.manage',
      idempotent: 'A second challenge is another one.',
      problems: ['recent-sign-in-needed'],
    },
    schema: {
      summary: 'What the browser needs to make a passkey',
      response: { 200: Type.Object({ challenge: Type.String(), options: Options }) },
    },
    handler: async (request) => identity.passkey.registerOptions(await sessionOf(request)) as Promise<never>,
  })

  http.post(`${base}/passkeys`, {
    config: { scope: 'identity.manage', idempotent: onceOnly, problems: ['passkey-not-accepted'] },
    schema: {
      summary: 'Add a passkey',
      body: Type.Object({ challenge: Challenge, response: Response }),
      response: { 201: Type.Object({ id: Type.String() }) },
    },
    handler: async (request, reply) => {
      const { challenge, response } = request.body
      const asked = { challenge, response: response as never }
      return reply.code(201).send(await identity.passkey.register(await sessionOf(request), asked))
    },
  })

  http.get(`${base}/session`, {
    config: { scope: 'identity.read' },
    schema: { summary: 'Who is signed in', response: { 200: SessionBody } },
    handler: (request) => sessionOf(request),
  })

  http.delete(`${base}/session`, {
    config: { public: 'Signing out twice, or without having signed in, is no wrong.', idempotent: 'Ended is ended.' },
    schema: { summary: 'Sign out', response: { 204: Type.Null() } },
    handler: async (request, reply) => {
      await identity.signOut(carrier.tokenOf(request))
      carrier.drop(reply)
      return reply.code(204).send(null)
    },
  })

  http.get(`${base}/mandates`, {
    config: { scope: 'identity.read' },
    schema: {
      summary: 'For whom you may act',
      response: { 200: Type.Object({ mandates: Type.Array(MandateBody) }) },
    },
    handler: async (request) => {
      const { actor } = requireCaller(request).context
      return { mandates: actor.kind === 'person' ? await identity.mandatesOf(actor.id) : [] }
    },
  })

  http.post(`${base}/session/acting-for`, {
    config: {
      scope: 'identity.act',
      idempotent: 'The token changes, and the old one is dead.',
      problems: ['may-not-act-for'],
    },
    schema: {
      summary: 'Act for somebody else, or with null for yourself again',
      body: Type.Object({ represented: Type.Union([Type.String({ format: 'uuid' }), Type.Null()]) }),
      response: { 201: SessionBody },
    },
    handler: async (request, reply) => {
      const token = carrier.tokenOf(request)
      if (token === undefined) throw SignInNeeded()
      return welcome(reply, await identity.actFor(token, request.body.represented))
    },
  })
}

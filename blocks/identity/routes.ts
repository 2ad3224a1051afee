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
const MoneyBody = Type.Object({ value: Type.Integer({ minimum: 0 }), currency: Type.String({ maxLength: 3 }) })
const Day = Type.String({ format: 'date' })
const Kind = Type.Union([Type.Literal('apply'), Type.Literal('follow')])
const scopeParts = {
  services: Type.Optional(
    Type.Array(Type.String({ maxLength: 100 }), { maxItems: 200, description: 'Ids of public services; absent: all' }),
  ),
  acts: Type.Optional(Type.Array(Kind, { maxItems: 2, description: 'Absent: all' })),
  limit: Type.Optional({ ...MoneyBody, description: 'The most that one act may cost, in minor units; absent: any' }),
}
const AuthorityBody = Type.Object({
  represented: Represented,
  basis: Type.String({ description: 'parent, guardian, mandate or director' }),
  via: Type.Optional(Represented),
  validUntil: Type.Optional(Type.String({ description: 'The first day on which it no longer holds' })),
  mandate: Type.Optional(Type.String()),
  mayDelegate: Type.Boolean(),
  ...scopeParts,
})
const MandateBody = Type.Object({
  id: Type.String(),
  holder: Represented,
  represented: Represented,
  state: Type.String({ description: 'offered, active, declined, ended or expired' }),
  validFrom: Type.String(),
  validUntil: Type.Optional(Type.String()),
  mayDelegate: Type.Boolean(),
  givenAt: Type.String(),
  acceptedAt: Type.Optional(Type.String()),
  ...scopeParts,
})
const GiftBody = Type.Object({
  to: Type.Union([
    Type.Object({ kind: Type.Literal('person'), number: Type.String({ maxLength: 40 }), born: Day }),
    Type.Object({ kind: Type.Literal('organisation'), number: Type.String({ maxLength: 40 }) }),
  ]),
  validFrom: Type.Optional(Day),
  validUntil: Type.Optional(Day),
  mayDelegate: Type.Optional(Type.Boolean()),
  ...scopeParts,
})
const ById = Type.Object({ id: Type.String({ format: 'uuid' }) })
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
      response: { 200: Type.Object({ mandates: Type.Array(AuthorityBody) }) },
    },
    handler: async (request) => {
      const { actor } = requireCaller(request).context
      return { mandates: actor.kind === 'person' ? await identity.mandatesOf(actor.id) : [] }
    },
  })

  for (const side of ['given', 'held'] as const)
    http.get(`${base}/mandates/${side}`, {
      config: { scope: 'identity.act' },
      schema: {
        summary:
          side === 'given'
            ? 'Mandates that you, or whom you act for, have given'
            : 'Mandates that you, or whom you act for, hold or are offered',
        response: { 200: Type.Object({ mandates: Type.Array(MandateBody) }) },
      },
      handler: async (request) => {
        const session = await sessionOf(request)
        const list = side === 'given' ? identity.mandatesGiven : identity.mandatesHeld
        return { mandates: await list(session) }
      },
    })

  http.post(`${base}/mandates`, {
    config: {
      scope: 'identity.act',
      problems: [
        'holder-not-found',
        'mandate-not-valid',
        'mandate-too-narrow',
        'may-not-delegate',
        'acting-ended',
        'too-many-attempts',
      ],
    },
    schema: {
      summary: 'Give a mandate; it has no effect until the holder accepts it',
      body: GiftBody,
      response: { 201: MandateBody },
    },
    handler: async (request, reply) =>
      reply.code(201).send(await identity.giveMandate(request.body, await sessionOf(request))),
  })

  for (const [act, change] of [
    ['acceptance', identity.acceptMandate],
    ['refusal', identity.declineMandate],
  ] as const)
    http.post(`${base}/mandates/:id/${act}`, {
      config: { scope: 'identity.act', problems: ['mandate-not-found', 'mandate-moved-on', 'may-not-delegate'] },
      schema: {
        summary:
          act === 'acceptance' ? 'Accept a mandate that you are offered' : 'Decline a mandate that you are offered',
        params: ById,
        response: { 204: Type.Null() },
      },
      handler: async (request, reply) => {
        await change(request.params.id, await sessionOf(request))
        return reply.code(204).send(null)
      },
    })

  http.delete(`${base}/mandates/:id`, {
    config: { scope: 'identity.act', problems: ['mandate-not-found', 'may-not-delegate', 'acting-ended'] },
    schema: { summary: 'Revoke a mandate, or give it back; at once', params: ById, response: { 204: Type.Null() } },
    handler: async (request, reply) => {
      await identity.revokeMandate(request.params.id, await sessionOf(request))
      return reply.code(204).send(null)
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

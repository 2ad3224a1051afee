// HTTP of the exchange: what systems of agencies tell, and for operators who waits for whom.
import { type Http, requireCaller } from '@ashlar/kernel/http'
import { Type } from 'typebox'
import type { Exchange } from './exchange.ts'

const Text = Type.String()
const Part = Type.String({ minLength: 1, maxLength: 100_000 })
const EnvelopeBody = Type.Object(
  { protected: Part, payload: Part, signature: Part, header: Type.Optional(Type.Object({ kid: Text })) },
  { description: 'JWS, flattened JSON serialisation (RFC 7515), Ed25519' },
)
const StateBody = Type.Object({
  agency: Text,
  system: Text,
  waiting: Type.Integer({ description: 'Messages that wait for it' }),
  waitingSince: Type.Optional(Text),
  downSince: Type.Optional(Text),
  failure: Type.Optional(Text),
  nextAttempt: Type.Optional(Text),
})
const MessageBody = Type.Object({
  id: Text,
  agency: Text,
  system: Text,
  message: Text,
  caseId: Text,
  state: Type.String({ description: 'waiting, acknowledged, refused, expired or cancelled' }),
  queuedAt: Text,
  endedAt: Type.Optional(Text),
  attempts: Type.Integer(),
  failure: Type.Optional(Text),
  downSince: Type.Optional(Text),
})
const base = '/api/exchange/v1'

export function exchangeRoutes(exchange: Exchange, http: Http): void {
  http.post(`${base}/notices`, {
    config: {
      scope: 'exchange.notify',
      idempotent: 'A notice has a number of its own, and the same one again gets the same receipt.',
      problems: ['notice-not-signed', 'notice-not-told', 'notice-not-valid', 'notice-changed'],
    },
    schema: {
      summary: 'Tell the house what happened, as a system that is declared; the answer is a signed receipt',
      body: EnvelopeBody,
      response: { 202: EnvelopeBody },
    },
    handler: async (request, reply) => {
      const [agency = '', system = ''] = requireCaller(request).context.actor.id.split('/')
      return reply.code(202).send(await exchange.receive(request.body, { agency, system }))
    },
  })

  http.get(`${base}/systems`, {
    config: { scope: 'exchange.read' },
    schema: {
      summary: 'The systems of agencies: what waits for each, and since when one does not answer',
      response: { 200: Type.Object({ systems: Type.Array(StateBody) }) },
    },
    handler: async () => ({ systems: await exchange.state() }),
  })

  http.post(`${base}/systems/:agency/:system/attempts`, {
    config: { scope: 'exchange.mend', idempotent: 'A second attempt is one more.' },
    schema: {
      summary: 'Try a system that did not answer now, not later',
      params: Type.Object({ agency: Type.String({ maxLength: 60 }), system: Type.String({ maxLength: 60 }) }),
      response: { 204: Type.Null() },
    },
    handler: async (request, reply) => {
      await exchange.tryNow(request.params.agency, request.params.system)
      return reply.code(204).send(null)
    },
  })

  http.get(`${base}/messages/:id`, {
    config: { scope: 'exchange.read', problems: ['exchange-message-not-found'] },
    schema: {
      summary: 'A message and the receipt that the agency signed for it',
      params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
      response: {
        200: Type.Object({ message: MessageBody, digest: Text, receipt: Type.Optional(EnvelopeBody) }),
      },
    },
    handler: (request) => exchange.evidence(request.params.id, requireCaller(request).context),
  })
}

// HTTP of messaging: a person's own inbox and preferences.
import { type Http, requireCaller } from '@ashlar/kernel/http'
import { Type } from 'typebox'
import type { Messaging } from './messaging.ts'

const MessageBody = Type.Object({
  id: Type.String(),
  tenant: Type.String(),
  service: Type.String(),
  subject: Type.String(),
  body: Type.String(),
  language: Type.String(),
  caseId: Type.Optional(Type.String()),
  sentAt: Type.String(),
  readAt: Type.Optional(Type.String()),
})
const PreferencesBody = Type.Object(
  {
    language: Type.Union([Type.String({ maxLength: 20 }), Type.Null()]),
    email: Type.Boolean(),
    sms: Type.Boolean(),
  },
  { additionalProperties: false },
)
const ById = Type.Object({ id: Type.String({ format: 'uuid' }) })
const base = '/api/messaging/v1'

export function messagingRoutes(messaging: Messaging, http: Http): void {
  http.get(`${base}/messages`, {
    config: { scope: 'messaging.read', problems: ['message-cursor-wrong'] },
    schema: {
      summary: 'Your messages, the latest first',
      querystring: Type.Object({
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
        cursor: Type.Optional(Type.String({ maxLength: 100 })),
      }),
      response: { 200: Type.Object({ messages: Type.Array(MessageBody), next: Type.Optional(Type.String()) }) },
    },
    handler: (request) => messaging.inbox(personOf(request), request.query),
  })

  http.get(`${base}/messages/:id`, {
    config: { scope: 'messaging.read', problems: ['message-not-found'] },
    schema: { summary: 'One of your messages', params: ById, response: { 200: MessageBody } },
    handler: (request) => messaging.get(request.params.id, personOf(request)),
  })

  http.post(`${base}/messages/:id/read`, {
    config: { scope: 'messaging.read', idempotent: 'Read once is read.' },
    schema: { summary: 'Say that you have read it', params: ById, response: { 204: Type.Null() } },
    handler: async (request, reply) => {
      await messaging.markRead(request.params.id, personOf(request))
      return reply.code(204).send(null)
    },
  })

  http.get(`${base}/preferences`, {
    config: { scope: 'messaging.read' },
    schema: { summary: 'How you want to be reached', response: { 200: PreferencesBody } },
    handler: (request) => messaging.preferences(personOf(request)),
  })

  http.put(`${base}/preferences`, {
    config: { scope: 'messaging.read', idempotent: 'The last one said holds.' },
    schema: { summary: 'Choose how you want to be reached', body: PreferencesBody, response: { 204: Type.Null() } },
    handler: async (request, reply) => {
      await messaging.setPreferences(personOf(request), request.body)
      return reply.code(204).send(null)
    },
  })
}

/** The person who calls, or whom the caller represents. A caller without a person has no inbox: it is nobody's. */
const personOf = (request: Parameters<typeof requireCaller>[0]): string => {
  const { context } = requireCaller(request)
  return context.subject ?? '00000000-0000-0000-0000-000000000000'
}

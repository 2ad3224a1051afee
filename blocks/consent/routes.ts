// HTTP of consent: who used my data, asking why, and the consents that I gave; for an office, the questions it was asked.
import { type Http, linkNext, PageQuery, requireCaller } from '@ashlar/kernel/http'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Consent } from './consent.ts'
import { NotYourData } from './problems.ts'

const UseBody = Type.Object({
  id: Type.String(),
  at: Type.String(),
  outcome: Type.String({ description: 'read, written, nothing-found or refused' }),
  agency: Type.String(),
  by: Type.Object({
    kind: Type.String(),
    self: Type.Boolean(),
    officer: Type.Optional(Type.String({ description: 'A number that the agency can resolve' })),
    role: Type.Optional(Type.String()),
  }),
  represented: Type.Boolean(),
  register: Type.String(),
  fields: Type.Array(Type.String()),
  filter: Type.Optional(Type.String()),
  shown: Type.Integer(),
  agreement: Type.Optional(Type.String()),
  basis: Type.String({ description: 'agreement, consent, role or own-data' }),
  purpose: Type.String(),
  law: Type.String(),
  case: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String()),
  channel: Type.String(),
  question: Type.Optional(Type.String({ description: 'asked or answered' })),
})
const QuestionBody = Type.Object({
  id: Type.String(),
  use: Type.String(),
  agency: Type.String(),
  state: Type.String(),
  question: Type.String(),
  askedAt: Type.String(),
  answer: Type.Optional(Type.String()),
  answeredAt: Type.Optional(Type.String()),
})
const ConsentBody = Type.Object({
  id: Type.String(),
  agreement: Type.String(),
  agency: Type.String(),
  purpose: Type.String(),
  givenAt: Type.String(),
  expiresAt: Type.Optional(Type.String()),
  withdrawnAt: Type.Optional(Type.String()),
})
const ById = Type.Object({ id: Type.String({ format: 'uuid' }) })
const Words = Type.String({ minLength: 1, maxLength: 4000 })
const base = '/api/consent/v1'

export function consentRoutes(consent: Consent, http: Http): void {
  http.get(`${base}/uses`, {
    config: { scope: 'consent.read', problems: ['not-your-data'] },
    schema: {
      summary: 'Who used your data, the latest first',
      querystring: Type.Object(PageQuery),
      response: { 200: Type.Object({ uses: Type.Array(UseBody), next: Type.Optional(Type.String()) }) },
    },
    handler: async (request, reply) => {
      const { person, context } = personOf(request)
      const page = await consent.usesOf(person, { ...request.query, context })
      linkNext(request, reply, page.next)
      return page
    },
  })

  http.post(`${base}/uses/:id/question`, {
    config: { scope: 'consent.ask', problems: ['data-use-not-found', 'not-your-data'] },
    schema: {
      summary: 'Ask why your data was used',
      params: ById,
      body: Type.Object({ question: Words }),
      response: { 201: QuestionBody },
    },
    handler: async (request, reply) => {
      const { context } = requireCaller(request)
      return reply.code(201).send(await consent.ask({ use: request.params.id, ...request.body, context }))
    },
  })

  http.get(`${base}/questions`, {
    config: { scope: 'consent.answer' },
    schema: {
      summary: 'Questions that wait for your agency',
      response: { 200: Type.Object({ questions: Type.Array(QuestionBody) }) },
    },
    handler: async (request) => ({ questions: await consent.openQuestions(requireCaller(request).context) }),
  })

  http.post(`${base}/questions/:id/answer`, {
    config: { scope: 'consent.answer', problems: ['question-not-found', 'question-answered'] },
    schema: {
      summary: 'Answer a question about a use of data',
      params: ById,
      body: Type.Object({ answer: Words }),
      response: { 200: QuestionBody },
    },
    handler: (request) =>
      consent.answer({ question: request.params.id, ...request.body, context: requireCaller(request).context }),
  })

  http.get(`${base}/consents`, {
    config: { scope: 'consent.read', problems: ['not-your-data'] },
    schema: {
      summary: 'Consents that you gave',
      response: { 200: Type.Object({ consents: Type.Array(ConsentBody) }) },
    },
    handler: async (request) => {
      const { person, context } = personOf(request)
      return { consents: await consent.consentsOf(person, context) }
    },
  })

  http.post(`${base}/consents`, {
    config: { scope: 'consent.give', problems: ['agreement-not-found', 'consent-not-needed', 'not-your-data'] },
    schema: {
      summary: 'Consent to what an agreement says',
      body: Type.Object({
        agreement: Type.String({ maxLength: 100 }),
        purpose: Type.String({ maxLength: 100 }),
        expiresAt: Type.Optional(Type.String({ format: 'date-time' })),
      }),
      response: { 201: ConsentBody },
    },
    handler: async (request, reply) =>
      reply.code(201).send(await consent.give({ ...request.body, context: requireCaller(request).context })),
  })

  http.post(`${base}/consents/:id/withdraw`, {
    config: {
      scope: 'consent.give',
      problems: ['consent-not-found', 'not-your-data'],
      idempotent: 'Withdrawn twice is withdrawn once.',
    },
    schema: { summary: 'Take a consent back, from now on', params: ById, response: { 200: ConsentBody } },
    handler: (request) => consent.withdraw(request.params.id, requireCaller(request).context),
  })
}

function personOf(request: FastifyRequest) {
  const { context } = requireCaller(request)
  if (context.subject === undefined) throw NotYourData()
  return { person: context.subject, context }
}

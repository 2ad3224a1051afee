// HTTP of the life of a case: a longer term, withdrawal, messages, holding back from destruction.
import { etag, type Http, requireCaller, requireIfMatch } from '@ashlar/kernel/http'
import { Type } from 'typebox'
import type { Cases } from './cases.ts'

const Text = Type.String()
const Words = Type.String({ minLength: 1, maxLength: 4000 })
const Name = Type.String({ minLength: 1, maxLength: 200 })
const Moment = Type.String({ format: 'date-time' })
const ById = Type.Object({ id: Type.String({ format: 'uuid' }) })
const maybe = Type.Optional

export const LifeBody = Type.Object({
  clock: maybe(
    Type.Object({
      term: Text,
      law: maybe(Text),
      onBreach: Type.String({ description: 'alarm, granted, refused or refund' }),
      waitsForCompleteness: Type.Boolean(),
      history: Type.Array(
        Type.Object({
          at: Moment,
          kind: Type.String({
            description: 'started, stopped, resumed, extension-proposed, extended, not-extended, reminded or ended',
          }),
          law: maybe(Text),
          term: maybe(Text),
          deadline: maybe(Moment),
          reason: maybe(Text),
          request: maybe(Text),
        }),
      ),
      extension: maybe(Type.Object({ by: Text, reasons: Type.Array(Text), needs: Text, law: maybe(Text) })),
    }),
  ),
  proposedExtension: maybe(Type.Object({ id: Text, term: Text, reason: Text, law: maybe(Text), askedAt: Moment })),
  messages: Type.Array(
    Type.Object({ id: Text, side: Text, by: maybe(Text), text: Text, sentAt: Moment, readAt: maybe(Moment) }),
  ),
  relations: Type.Array(Type.Object({ caseId: Text, reference: Text, service: Text, authority: Text, kind: Text })),
  appeal: maybe(
    Type.Object({
      until: Moment,
      isOpen: Type.Boolean(),
      to: Text,
      by: Type.String({ description: 'The public service by which one appeals' }),
      suspends: Type.Boolean(),
      law: maybe(Text),
    }),
  ),
  appealed: maybe(Type.String({ description: 'confirms, replaces or sends-back' })),
  isSuspended: Type.Boolean({ description: 'The effects of the decision wait for an appeal' }),
  canWithdraw: Type.Boolean(),
  roles: Type.Array(Type.Object({ role: Text, id: Text })),
  archive: maybe(Type.Object({ destroyOn: maybe(Moment), held: Type.Boolean() })),
})

const base = '/api/cases/v1'

export function lifeRoutes(cases: Cases, http: Http): void {
  applicantRoutes(cases, http)
  officerRoutes(cases, http)
}

function applicantRoutes(cases: Cases, http: Http): void {
  http.post(`${base}/applications/:id/withdrawal`, {
    config: { scope: 'cases.apply', problems: ['application-not-found', 'cannot-withdraw'] },
    schema: {
      summary: 'Take an application back before it is decided',
      params: ById,
      body: Type.Object({ reason: maybe(Words) }),
      response: { 204: Type.Null() },
    },
    handler: async (request, reply) => {
      await cases.withdraw({ case: request.params.id, ...request.body }, requireCaller(request).context)
      return reply.code(204).send(null)
    },
  })

  http.post(`${base}/applications/:id/messages`, {
    config: { scope: 'cases.apply', problems: ['application-not-found', 'case-closed'] },
    schema: {
      summary: 'Write to the office about your running case',
      params: ById,
      body: Type.Object({ text: Words }),
      response: { 204: Type.Null() },
    },
    handler: async (request, reply) => {
      const key = String(request.headers['idempotency-key'])
      const message = { case: request.params.id, text: request.body.text, key }
      await cases.writeToOffice(message, requireCaller(request).context)
      return reply.code(204).send(null)
    },
  })

  http.post(`${base}/extensions/:id/answer`, {
    config: { scope: 'cases.apply', problems: ['extension-not-found', 'extension-ended'] },
    schema: {
      summary: 'Agree to a longer term, or not',
      params: ById,
      body: Type.Object({ agrees: Type.Boolean() }),
      response: { 204: Type.Null() },
    },
    handler: async (request, reply) => {
      const answer = { extension: request.params.id, ...request.body }
      await cases.answerExtension(answer, requireCaller(request).context)
      return reply.code(204).send(null)
    },
  })
}

function officerRoutes(cases: Cases, http: Http): void {
  http.post(`${base}/cases/:id/extension`, {
    config: {
      scope: 'cases.decide',
      problems: [
        'case-not-found',
        'case-needs-reason',
        'case-closed',
        'case-moved-on',
        'term-cannot-be-extended',
        'term-has-passed',
        'extension-reason-needed',
      ],
    },
    schema: {
      summary: 'Make the legal term longer for a reason of its law; the applicant is told, or asked',
      params: ById,
      body: Type.Object({ reason: Name }),
      response: { 201: Type.Object({ version: Type.Integer(), state: Text, deadline: Moment }) },
    },
    handler: async (request, reply) => {
      const extension = { case: request.params.id, ...request.body, version: requireIfMatch(request) }
      const extended = await cases.extendTerm(extension, requireCaller(request).context)
      return reply.code(201).header('etag', etag(extended.version)).send(extended)
    },
  })

  http.get(`${base}/clock-notices`, {
    config: { scope: 'cases.work' },
    schema: {
      summary: 'Terms that end soon or have passed, of your roles and unit',
      response: {
        200: Type.Array(
          Type.Object({
            id: Text,
            caseId: Text,
            reference: Text,
            service: Text,
            kind: Type.String({ description: 'reminder or escalation' }),
            deadline: Moment,
            at: Moment,
          }),
        ),
      },
    },
    handler: (request) => cases.clockNotices(requireCaller(request).context),
  })

  http.post(`${base}/cases/:id/messages`, {
    config: { scope: 'cases.work', problems: ['case-not-found', 'case-needs-reason', 'case-closed'] },
    schema: {
      summary: 'Write to the applicant; the clock of the law goes on',
      params: ById,
      body: Type.Object({ text: Words }),
      response: { 204: Type.Null() },
    },
    handler: async (request, reply) => {
      const key = String(request.headers['idempotency-key'])
      const message = { case: request.params.id, text: request.body.text, key }
      await cases.writeToApplicant(message, requireCaller(request).context)
      return reply.code(204).send(null)
    },
  })

  http.put(`${base}/cases/:id/hold`, {
    config: { scope: 'cases.decide', problems: ['case-not-found', 'not-a-lead', 'hold-reason-needed'] },
    schema: {
      summary: 'Keep a case from being destroyed',
      params: ById,
      body: Type.Object({ reason: Words }),
      response: { 204: Type.Null() },
    },
    handler: async (request, reply) => {
      await cases.holdCase({ case: request.params.id, ...request.body }, requireCaller(request).context)
      return reply.code(204).send(null)
    },
  })

  http.delete(`${base}/cases/:id/hold`, {
    config: { scope: 'cases.decide', problems: ['case-not-found', 'not-a-lead'] },
    schema: { summary: 'Let the term of keeping hold again', params: ById, response: { 204: Type.Null() } },
    handler: async (request, reply) => {
      await cases.releaseCase(request.params.id, requireCaller(request).context)
      return reply.code(204).send(null)
    },
  })

  http.get(`${base}/destructions`, {
    config: { scope: 'cases.work', problems: ['not-a-lead'] },
    schema: {
      summary: 'What was destroyed by law, the latest first',
      response: {
        200: Type.Array(
          Type.Object({
            reference: Text,
            service: Type.Object({ id: Text, version: Text }),
            result: maybe(Text),
            law: maybe(Text),
            closedAt: Moment,
            dueAt: Moment,
            destroyedAt: Moment,
          }),
        ),
      },
    },
    handler: (request) => cases.destructions(requireCaller(request).context),
  })
}

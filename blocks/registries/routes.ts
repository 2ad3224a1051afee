// HTTP of registries: what is kept where, what is kept about me, and look-ups under an agreement.
import { type Http, requireCaller } from '@ashlar/kernel/http'
import { Type } from 'typebox'
import { NotYourRecords } from './problems.ts'
import type { Values } from './register.ts'
import type { Registries } from './registries.ts'

const Name = Type.String({ minLength: 1, maxLength: 100 })
const AnyValues = Type.Record(Type.String({ maxLength: 100 }), Type.Unknown())
const AccessBody = Type.Object({
  agreement: Type.Optional(Name),
  purpose: Name,
  case: Type.Optional(Type.String({ maxLength: 100 })),
  reason: Type.Optional(Type.String({ maxLength: 1000 })),
})
const RecordBody = Type.Object({
  id: Type.String(),
  values: AnyValues,
  version: Type.Integer(),
  at: Type.String(),
  score: Type.Optional(Type.Number()),
})
const RegisterBody = Type.Object({
  id: Type.String(),
  authority: Type.String(),
  law: Type.Array(Type.String()),
  title: Type.Record(Type.String(), Type.String()),
  identifiers: Type.Array(Type.String()),
  indexes: Type.Array(Type.String()),
  fields: Type.Record(
    Type.String(),
    Type.Object({ is: Type.String(), label: Type.Record(Type.String(), Type.String()), personal: Type.Boolean() }),
  ),
})
const ById = Type.Object({ register: Name, id: Type.String({ format: 'uuid' }) })
const refusals = ['register-not-found', 'register-field-not-found', 'access-refused', 'data-use-log-unavailable']
const base = '/api/registries/v1'

export function registryRoutes(registries: Registries, http: Http): void {
  http.get(`${base}/registers`, {
    config: { public: 'Everybody may know which registers there are, and what they hold; not what stands in them.' },
    schema: {
      summary: 'The registers of the country and their fields',
      response: { 200: Type.Object({ registers: Type.Array(RegisterBody) }) },
    },
    handler: async () => ({ registers: await registries.registers() }),
  })

  http.get(`${base}/mine`, {
    config: { scope: 'registries.own', problems: ['not-your-records', 'data-use-log-unavailable'] },
    schema: {
      summary: 'What the registers hold about you',
      response: {
        200: Type.Object({
          registers: Type.Array(
            Type.Object({ register: Type.String(), authority: Type.String(), records: Type.Array(RecordBody) }),
          ),
        }),
      },
    },
    handler: async (request) => {
      const { context } = requireCaller(request)
      if (context.subject === undefined) throw NotYourRecords()
      return { registers: await registries.mine(context.subject, { ...context, purpose: 'my-data' }) }
    },
  })

  http.post(`${base}/registers/:register/look-ups`, {
    config: {
      scope: 'registries.look-up',
      problems: [...refusals, 'register-field-not-indexed', 'reason-needed'],
      idempotent: 'Looking twice changes nothing, and is twice in the log.',
    },
    schema: {
      summary: 'Look records up; the persons shown will see it',
      params: Type.Object({ register: Name }),
      body: Type.Object({
        by: Type.Optional(AnyValues),
        match: Type.Optional(AnyValues),
        search: Type.Optional(Type.String({ maxLength: 200 })),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
        fields: Type.Array(Name, { minItems: 1, maxItems: 100 }),
        access: AccessBody,
      }),
      response: {
        200: Type.Object({
          records: Type.Array(RecordBody),
          count: Type.Integer(),
          bestScore: Type.Number(),
          use: Type.String({ description: 'The entry in the log of data uses' }),
          at: Type.String(),
        }),
      },
    },
    handler: (request) => {
      const { context } = requireCaller(request)
      const { by, match, ...rest } = request.body
      const { register } = request.params
      return registries.lookUp({ ...rest, register, by: by as Values, match: match as Values, context })
    },
  })

  http.post(`${base}/registers/:register/records/:id/history`, {
    config: {
      scope: 'registries.look-up',
      problems: [...refusals, 'record-not-found', 'reason-needed'],
      idempotent: 'Looking twice changes nothing, and is twice in the log.',
    },
    schema: {
      summary: 'A record with its earlier versions; the person will see that you looked',
      params: ById,
      body: Type.Object({ fields: Type.Array(Name, { minItems: 1, maxItems: 100 }), access: AccessBody }),
      response: {
        200: Type.Object({
          versions: Type.Array(
            Type.Object({
              version: Type.Integer(),
              values: AnyValues,
              at: Type.String(),
              by: Type.String(),
              purpose: Type.String(),
              law: Type.String(),
              reason: Type.Optional(Type.String()),
            }),
          ),
          use: Type.String(),
        }),
      },
    },
    handler: (request) => {
      const { context } = requireCaller(request)
      return registries.history({ ...request.params, ...request.body, context })
    },
  })
}

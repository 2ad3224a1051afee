// HTTP of decisions: a decision with its explanation, those of a case, and the proof that it comes out the same.
import { type Http, requireCaller } from '@ashlar/kernel/http'
import { Type } from 'typebox'
import type { Decision, Decisions } from './decisions.ts'
import { hitPolicies } from './hit-policy.ts'
import type { RuleTable } from './rule-table.ts'

const Anything = Type.Unknown()
const asked = {
  input: Type.String(),
  label: Type.String(),
  needed: Type.Array(Anything),
  not: Type.Boolean(),
  value: Anything,
}
const Condition = Type.Object({
  ...asked,
  passed: Type.Optional(Type.Boolean()),
})
const Row = Type.Object({
  row: Type.Integer(),
  table: Type.Optional(Type.String()),
  law: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String()),
  conditions: Type.Array(Condition),
})
const DecisionBody = Type.Object({
  id: Type.String(),
  rule: Type.String(),
  case: Type.String(),
  service: Type.Object({ id: Type.String(), version: Type.String() }),
  authority: Type.String(),
  decidedAt: Type.String(),
  output: Anything,
  laws: Type.Array(Type.String()),
  facts: Type.Record(Type.String(), Anything),
  table: Type.Object({ hash: Type.String(), hit: Type.String() }),
  decided: Type.Array(Row),
  passedOver: Type.Array(Row),
  alternatives: Type.Array(
    Type.Object({
      changes: Type.Array(Type.Object({ ...asked, to: Anything })),
      output: Anything,
      law: Type.Optional(Type.String()),
      reason: Type.Optional(Type.String()),
    }),
  ),
})
const ReplayBody = Type.Object({
  same: Type.Boolean(),
  differences: Type.Array(Type.Object({ what: Type.String(), recorded: Anything, now: Anything })),
})
const NewReplay = Type.Object({
  service: Type.String({ maxLength: 60 }),
  rule: Type.String({ maxLength: 60 }),
  table: Type.Object({
    hit: Type.Optional(Type.String({ enum: [...hitPolicies] })),
    inputs: Type.Record(Type.String(), Type.String({ maxLength: 4000 })),
    rows: Type.Array(
      Type.Object({
        if: Type.Record(Type.String(), Type.String({ maxLength: 4000 })),
        // biome-ignore lint/suspicious/noThenProperty: the word of rule tables
        then: Type.Record(Type.String(), Type.String({ maxLength: 4000 })),
        law: Type.Optional(Type.String()),
        reason: Type.Optional(Type.String()),
      }),
      { maxItems: 5000 },
    ),
    outputs: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Object({
          values: Type.Optional(Type.Array(Type.String({ maxLength: 4000 }))),
          otherwise: Type.Optional(Type.String({ maxLength: 4000 })),
        }),
      ),
    ),
    model: Type.Optional(
      Type.Object({
        file: Type.String(),
        decision: Type.String(),
        xml: Type.String(),
        imports: Type.Array(Type.String()),
      }),
    ),
  }),
  amounts: Type.Optional(Type.Record(Type.String(), Type.String({ maxLength: 4000 }))),
})
const Side = Type.Object({ decisions: Type.Integer(), sum: Type.Number() })
const Differences = Type.Record(Type.String(), Type.Object({ lower: Side, higher: Side }))
const ReplayStateBody = Type.Object({
  id: Type.String(),
  service: Type.String(),
  rule: Type.String(),
  state: Type.String({ description: 'waiting, done or failed' }),
  report: Type.Optional(
    Type.Object({
      decisions: Type.Integer(),
      same: Type.Integer(),
      changed: Type.Integer(),
      results: Type.Array(Type.Object({ from: Anything, to: Anything, decisions: Type.Integer() })),
      outputs: Differences,
      amounts: Differences,
      untold: Type.Object({ facts: Type.Array(Type.String()), decisions: Type.Integer() }),
      erased: Type.Integer(),
      examples: Type.Array(Type.Object({ decision: Type.String(), case: Type.String() })),
    }),
  ),
  askedAt: Type.String(),
  doneAt: Type.Optional(Type.String()),
})
const ById = Type.Object({ id: Type.String({ format: 'uuid' }) })
const base = '/api/decisions/v1'

export function decisionRoutes(decisions: Decisions, http: Http): void {
  http.get(`${base}/decisions/:id`, {
    config: { scope: 'decisions.read', problems: ['decision-not-found'] },
    schema: { summary: 'A decision: rule, facts, law and result', params: ById, response: { 200: DecisionBody } },
    handler: async (request) => toBody(await decisions.get(request.params.id, requireCaller(request).context)),
  })

  http.get(`${base}/decisions/:id/replay`, {
    config: { scope: 'decisions.read', problems: ['decision-not-found'] },
    schema: { summary: 'The decision made again, and what differs', params: ById, response: { 200: ReplayBody } },
    handler: (request) => decisions.replay(request.params.id, requireCaller(request).context),
  })

  http.post(`${base}/replays`, {
    config: { scope: 'decisions.replay', problems: ['rule-not-sound'] },
    bodyLimit: 2_000_000,
    schema: {
      summary: 'Try a changed rule on past decisions: who gains, who loses',
      body: NewReplay,
      response: { 202: ReplayStateBody },
    },
    handler: async (request, reply) => {
      const { service, rule, table, amounts = {} } = request.body
      const { context } = requireCaller(request)
      const change = { table: { ...table, name: rule } as RuleTable, amounts }
      const id = await decisions.replays.begin({ service, rule, change }, context)
      return reply.code(202).send(await decisions.replays.get(id, context))
    },
  })

  http.get(`${base}/replays/:id`, {
    config: { scope: 'decisions.replay', problems: ['rule-replay-not-found'] },
    schema: { summary: 'What trying a changed rule came to', params: ById, response: { 200: ReplayStateBody } },
    handler: (request) => decisions.replays.get(request.params.id, requireCaller(request).context),
  })

  http.get(`${base}/cases/:id/decisions`, {
    config: { scope: 'decisions.read' },
    schema: {
      summary: 'The decisions of a case, in their order',
      params: ById,
      response: { 200: Type.Object({ decisions: Type.Array(DecisionBody) }) },
    },
    handler: async (request) => {
      const found = await decisions.ofCase(request.params.id, requireCaller(request).context)
      return { decisions: found.map(toBody) }
    },
  })
}

function toBody({ id, rule, caseId, service, authority, decidedAt, trace, explanation, alternatives }: Decision) {
  return {
    id,
    rule,
    case: caseId,
    service: { id: service.id, version: service.version },
    authority,
    decidedAt,
    output: trace.output,
    laws: trace.laws,
    facts: trace.facts,
    table: { hash: trace.hash, hit: trace.hit },
    decided: explanation.decided,
    passedOver: explanation.passedOver,
    alternatives,
  }
}

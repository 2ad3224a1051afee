// HTTP of decisions: a decision with its explanation, those of a case, and the proof that it comes out the same.
import { type Http, requireCaller } from '@ashlar/kernel/http'
import { Type } from 'typebox'
import type { Decision, Decisions } from './decisions.ts'

const Anything = Type.Unknown()
const Condition = Type.Object({
  input: Type.String(),
  label: Type.String(),
  needed: Type.Array(Anything),
  not: Type.Boolean(),
  value: Anything,
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
})
const ReplayBody = Type.Object({
  same: Type.Boolean(),
  differences: Type.Array(Type.Object({ what: Type.String(), recorded: Anything, now: Anything })),
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

function toBody({ id, rule, caseId, service, authority, decidedAt, trace, explanation }: Decision) {
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
  }
}

// What processes may do with decisions: have one recorded that a rule made.
import type { RecordInput, Step } from '@ashlar/workflow'
import type { Decisions } from './decisions.ts'
import type { Trace } from './evaluate.ts'

export function decisionSteps(decisions: Decisions): [Step<RecordInput>] {
  return [
    {
      name: 'decisions.record',
      input: {
        type: 'object',
        required: ['rule', 'output', 'trace'],
        properties: { rule: { type: 'string' }, output: {}, trace: { type: 'object' } },
      },
      output: { type: 'object', properties: { id: { type: 'string' } } },
      run: async (commands) => {
        const ids = await decisions.recordAll(
          commands.map(({ key, caseId, service, context, input }) => ({
            key,
            caseId,
            service,
            context,
            trace: input.trace as unknown as Trace,
          })),
        )
        return ids.map((id) => ({ done: { id } }))
      },
    },
  ]
}

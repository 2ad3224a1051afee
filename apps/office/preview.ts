// The letter as it would be, were the task decided so: marked as a preview, without a number, kept nowhere.
import { NotFound, requireCaller } from '@ashlar/kernel/http'
import { isProblem } from '@ashlar/kernel/problem'
import { Type } from 'typebox'
import { decidePage } from './decision.ts'
import { openCase } from './open-case.ts'
import { type OfficeRooms, office } from './rooms.ts'

const Params = Type.Object({ case: Type.String({ maxLength: 100 }), id: Type.String({ maxLength: 100 }) })
const Form = Type.Object(
  { outcome: Type.Optional(Type.String({ maxLength: 100 })), note: Type.Optional(Type.String()) },
  { additionalProperties: Type.String({ maxLength: 200 }) },
)

export function previewPages(rooms: OfficeRooms): void {
  const { http, cases, workflow, documents } = rooms

  http.post('/office/cases/:case/tasks/:id/preview', {
    ...office,
    schema: { params: Params, body: Form },
    handler: async (request, reply) => {
      const { case: caseId, id } = request.params
      const { outcome = '', note } = request.body
      const reason = (request.body as Record<string, string>)[`reason-${outcome}`]
      const given = { ...(outcome ? { outcome } : {}), ...(reason ? { reason } : {}), ...(note ? { note } : {}) }
      const { context } = requireCaller(request)
      // A reading of the case, as every other.
      const open = await openCase(rooms, request, reply, caseId)
      try {
        const { key, output } = await cases.supposed({ task: id, ...given, outcome }, context)
        const ahead = await workflow.foresee(key, output, context)
        const issue = ahead.find(({ step, input }) => step === 'documents.issue' && input.letter)
        if (issue === undefined) {
          reply.code(404)
          return decidePage(open, id, given, 'no-letter')
        }
        const { output: name, language, facts } = issue.input as { output: string; language: string; facts: object }
        const pdf = await documents.preview({
          service: open.view.service,
          output: name,
          language: language ?? open.view.language,
          facts: facts as Parameters<typeof documents.preview>[0]['facts'],
          authority: open.view.authority,
          ...(open.view.applicant.name ? { holder: open.view.applicant.name } : {}),
        })
        return reply.type('application/pdf').header('content-disposition', 'inline').send(pdf)
      } catch (error) {
        if (!isProblem(error)) throw error
        if (error.code === 'step-not-found') throw NotFound()
        reply.code(error.status)
        return decidePage(open, id, given, error.code)
      }
    },
  })
}

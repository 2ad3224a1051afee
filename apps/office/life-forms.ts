// What officers send of the life of a case: a longer term, and a message to the applicant.
import { requireCaller } from '@ashlar/kernel/http'
import { isProblem } from '@ashlar/kernel/problem'
import { Type } from 'typebox'
import { type OfficeRooms, office } from './rooms.ts'

const Params = { params: Type.Object({ id: Type.String({ maxLength: 100 }) }) }
const Field = Type.Optional(Type.String({ maxLength: 20_000 }))

/** Refusals after which the page of the case says what came between. */
const cameBetween = [
  'case-closed',
  'case-moved-on',
  'term-has-passed',
  'term-cannot-be-extended',
  'extension-reason-needed',
]

export function lifeForms({ http, faces, cases }: OfficeRooms): void {
  async function done(id: string, act: () => Promise<unknown>): Promise<string> {
    try {
      await act()
      return `/office/cases/${id}`
    } catch (error) {
      if (isProblem(error) && cameBetween.includes(error.code)) return `/office/cases/${id}?notice=${error.code}`
      throw error
    }
  }

  http.post('/office/cases/:id/extension', {
    ...office,
    schema: { ...Params, body: Type.Object({ reason: Field, version: Field }) },
    handler: async (request, reply) => {
      const { id } = request.params
      const { reason = '', version } = request.body
      const extension = { case: id, reason: reason.slice(0, 200), version: Number(version) }
      const act = () => cases.extendTerm(extension, requireCaller(request).context)
      return faces.visit(request, reply).go(await done(id, act))
    },
  })

  http.post('/office/cases/:id/messages', {
    ...office,
    schema: { ...Params, body: Type.Object({ text: Field, key: Field }) },
    handler: async (request, reply) => {
      const { id } = request.params
      const text = (request.body.text ?? '').trim().slice(0, 4000)
      const key = (request.body.key ?? '').slice(0, 100)
      const act = async () => {
        if (text !== '' && key !== '')
          await cases.writeToApplicant({ case: id, text, key }, requireCaller(request).context)
      }
      return faces.visit(request, reply).go(await done(id, act))
    },
  })
}

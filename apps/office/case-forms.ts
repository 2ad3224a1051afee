// What an officer sends from the page of a case: taking a task and giving it back, a question to the applicant, a note.
import { requireCaller } from '@ashlar/kernel/http'
import { isProblem } from '@ashlar/kernel/problem'
import { Type } from 'typebox'
import type { Typed } from './asking.ts'
import { showCase } from './case.ts'
import { openCase } from './open-case.ts'
import { type OfficeRooms, office } from './rooms.ts'

const Id = Type.String({ maxLength: 100 })
const ById = { params: Type.Object({ id: Id }) }
const WithinCase = { params: Type.Object({ case: Id, id: Id }) }
const TextForm = Type.Object({
  text: Type.Optional(Type.String()),
  version: Type.Optional(Type.String({ maxLength: 20 })),
})

const LONGEST = 4000
/** Refusals after which the page of the case says what came between. */
const cameBetween = ['task-taken', 'task-ended', 'case-closed', 'request-ended']

export function caseForms(rooms: OfficeRooms): void {
  const { http, faces, cases } = rooms

  /** Where to go after `act`: the case, and what came between if something did. */
  async function done(id: string, act: () => Promise<unknown>): Promise<string> {
    try {
      await act()
      return `/office/cases/${id}`
    } catch (error) {
      if (isProblem(error) && cameBetween.includes(error.code)) return `/office/cases/${id}?notice=${error.code}`
      throw error
    }
  }

  for (const action of ['claim', 'release'] as const)
    http.post(`/office/cases/:case/tasks/:id/${action}`, {
      ...office,
      schema: WithinCase,
      handler: async (request, reply) => {
        const { params } = request
        const act = () => cases[action](params.id, requireCaller(request).context)
        return faces.visit(request, reply).go(await done(params.case, act))
      },
    })

  http.post('/office/cases/:case/requests/:id/withdraw', {
    ...office,
    schema: WithinCase,
    handler: async (request, reply) => {
      const { params } = request
      const act = () => cases.withdrawRequest(params.id, requireCaller(request).context)
      return faces.visit(request, reply).go(await done(params.case, act))
    },
  })

  http.post('/office/cases/:id/ask', {
    ...office,
    schema: { ...ById, body: TextForm },
    handler: async (request, reply) => {
      const visit = faces.visit(request, reply)
      const { id } = request.params
      const { text = '', version } = request.body
      const again = async (code: string, status = 422) => {
        reply.code(status)
        return showCase(await openCase(rooms, request, reply, id), refused('ask-text', text, visit.t, code))
      }
      const code = faultOf(text)
      if (code) return again(code)
      try {
        const question = { case: id, text: text.trim(), version: Number(version) }
        return visit.go(await done(id, () => cases.ask(question, requireCaller(request).context)))
      } catch (error) {
        if (isProblem(error) && error.code === 'case-moved-on') return again('case-moved-on', error.status)
        throw error
      }
    },
  })

  http.post('/office/cases/:id/notes', {
    ...office,
    schema: { ...ById, body: TextForm },
    handler: async (request, reply) => {
      const visit = faces.visit(request, reply)
      const { id } = request.params
      const { text = '' } = request.body
      const code = faultOf(text)
      if (code) {
        reply.code(422)
        return showCase(await openCase(rooms, request, reply, id), refused('note-text', text, visit.t, code))
      }
      await cases.addNote({ case: id, text: text.trim() }, requireCaller(request).context)
      return visit.go(`/office/cases/${id}`)
    },
  })
}

const faultOf = (text: string): string | undefined =>
  text.trim() === '' ? 'text-needed' : text.length > LONGEST ? 'text-too-long' : undefined

const refused = (
  field: NonNullable<Typed['field']>,
  text: string,
  t: (key: string, values?: { most: number }) => string,
  code: string,
): Typed => ({ field, text, problem: t(`office.problem.${code}`, { most: LONGEST }) })

// What an officer sends from the page of a case: taking a task and giving it back, a question to the applicant, a note.
import { requireCaller } from '@ashlar/kernel/http'
import { isProblem } from '@ashlar/kernel/problem'
import { Type } from 'typebox'
import type { Typed } from './asking.ts'
import { showCase } from './case.ts'
import { openCase } from './open-case.ts'
import { reasonPage } from './reason-page.ts'
import { type OfficeRooms, office } from './rooms.ts'

const Id = Type.String({ maxLength: 100 })
const ById = { params: Type.Object({ id: Id }) }
const WithinCase = { params: Type.Object({ case: Id, id: Id }) }
const TextForm = Type.Object({
  text: Type.Optional(Type.String()),
  version: Type.Optional(Type.String({ maxLength: 20 })),
  reason: Type.Optional(Type.String({ maxLength: 60 })),
})

const LONGEST = 4000
/** Refusals after which the page of the case says what came between. */
const cameBetween = [
  'task-taken',
  'task-ended',
  'case-closed',
  'request-ended',
  'officer-excluded',
  'join-not-possible',
  'link-not-found',
  'decided-yourself',
]

export function caseForms(rooms: OfficeRooms): void {
  const { http, faces, cases, reasons } = rooms

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

  // Why it is opened: kept in a sealed cookie, never in the address.
  http.post('/office/cases/:id/open', {
    ...office,
    schema: {
      ...ById,
      body: Type.Object({
        reason: Type.Optional(Type.String({ maxLength: 2000 })),
        to: Type.Optional(Type.String({ maxLength: 10 })),
      }),
    },
    handler: async (request, reply) => {
      const visit = faces.visit(request, reply)
      const { id } = request.params
      const { reason = '', to } = request.body
      const place = to === 'person' ? 'person' : 'case'
      if (reason.trim() === '') {
        reply.code(422)
        return reasonPage(visit, id, place, true)
      }
      reasons.keep(reply, { case: id, officer: requireCaller(request).context.actor.id }, reason.trim())
      return visit.go(place === 'person' ? `/office/cases/${id}/person` : `/office/cases/${id}`)
    },
  })

  http.post('/office/cases/:id/conflict', {
    ...office,
    schema: ById,
    handler: async (request, reply) => {
      await cases.declareConflict(request.params.id, requireCaller(request).context)
      return faces.visit(request, reply).go('/office')
    },
  })

  http.post('/office/cases/:id/join', {
    ...office,
    schema: { ...ById, body: Type.Object({ other: Id }) },
    handler: async (request, reply) => {
      const { id } = request.params
      const act = () => cases.joinCases({ leading: id, other: request.body.other }, requireCaller(request).context)
      return faces.visit(request, reply).go(await done(id, act))
    },
  })

  http.post('/office/cases/:id/separate', {
    ...office,
    schema: { ...ById, body: Type.Object({ link: Id }) },
    handler: async (request, reply) => {
      const act = () => cases.separateCases(request.body.link, requireCaller(request).context)
      return faces.visit(request, reply).go(await done(request.params.id, act))
    },
  })

  http.post('/office/cases/:case/tasks/:id/review', {
    ...office,
    schema: {
      ...WithinCase,
      body: Type.Object({
        version: Type.String({ maxLength: 20 }),
        agree: Type.Optional(Type.String({ maxLength: 10 })),
        note: Type.Optional(Type.String()),
      }),
    },
    handler: async (request, reply) => {
      const { case: caseId, id } = request.params
      const { version, agree, note = '' } = request.body
      const visit = faces.visit(request, reply)
      const again = async (code: string, status: number) => {
        reply.code(status)
        return showCase(await openCase(rooms, request, reply, caseId), refused('review-note', note, visit.t, code))
      }
      if (note.length > LONGEST) return again('text-too-long', 422)
      try {
        const review = { task: id, agree: agree === 'yes', note, version: Number(version) }
        await cases.review(review, requireCaller(request).context)
        return visit.go(`/office/cases/${caseId}`)
      } catch (error) {
        if (isProblem(error) && ['review-needs-note', 'case-moved-on'].includes(error.code))
          return again(error.code, error.status)
        if (
          isProblem(error) &&
          ['task-taken', 'task-ended', 'officer-excluded', 'nothing-proposed'].includes(error.code)
        )
          return visit.go(`/office/cases/${caseId}?notice=${error.code}`)
        throw error
      }
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
      const { text = '', version, reason } = request.body
      const again = async (code: string, status = 422) => {
        reply.code(status)
        return showCase(await openCase(rooms, request, reply, id), refused('ask-text', text, visit.t, code))
      }
      const code = faultOf(text)
      if (code) return again(code)
      try {
        const why = reason ? { reason } : {}
        const question = { case: id, text: text.trim(), version: Number(version), ...why }
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

// A case that an officer has opened: what it holds, in which words, and who looks.
import type { CaseView } from '@ashlar/cases'
import type { Visit } from '@ashlar/face'
import { requireCaller } from '@ashlar/kernel/http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { OfficeRooms } from './rooms.ts'
import type { Words } from './words.ts'

export interface OpenCase {
  rooms: OfficeRooms
  visit: Visit
  words: Words
  view: CaseView
  me: string
  /** Of the database, before the case was read. */
  moment: string
}

/** Every call is a reading, and is in the log of the person it concerns. Throws CaseNotFound, CaseNeedsReason. */
export async function openCase(
  rooms: OfficeRooms,
  request: FastifyRequest,
  reply: FastifyReply,
  id: string,
): Promise<OpenCase> {
  const { context } = requireCaller(request)
  const reason = rooms.reasons.find(request, { case: id, officer: context.actor.id })
  const moment = await rooms.live.moment()
  const view = await rooms.cases.getCase({ id, ...(reason ? { reason } : {}) }, context)
  const words = await rooms.wordsOf(view.service)
  return { rooms, visit: rooms.faces.visit(request, reply), words, view, me: context.actor.id, moment }
}

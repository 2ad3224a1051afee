// Deciding a task: an outcome, one of the law's reasons for it, and a note; never on a case that changed meanwhile.
import type { TaskView } from '@ashlar/cases'
import { requireCaller } from '@ashlar/kernel/http'
import { isProblem } from '@ashlar/kernel/problem'
import { backLink, button, errorSummary, type Html, html, isolate, radios, textarea, warningText } from '@ashlar/ui'
import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { findTask } from './flow-task.ts'
import { type OpenCase, openCase } from './open-case.ts'
import { type OfficeRooms, office } from './rooms.ts'

const Params = Type.Object({ case: Type.String({ maxLength: 100 }), id: Type.String({ maxLength: 100 }) })
const Form = Type.Object(
  {
    version: Type.String({ maxLength: 20 }),
    outcome: Type.Optional(Type.String({ maxLength: 100 })),
    note: Type.Optional(Type.String()),
  },
  { additionalProperties: Type.String({ maxLength: 200 }) },
)

const LONGEST_NOTE = 4000
/** Refusals that the page explains; any other is told as "not accepted". */
const explained = [
  'outcome-not-offered',
  'decision-reason-needed',
  'case-moved-on',
  'task-taken',
  'text-too-long',
  'officer-excluded',
  'decided-yourself',
  'decision-waits',
  'no-letter',
]

interface Given {
  outcome?: string
  reason?: string
  note?: string
}

export function decisionPages(rooms: OfficeRooms): void {
  const { http, faces, cases } = rooms

  http.get('/office/cases/:case/tasks/:id/decide', {
    ...office,
    schema: { params: Params },
    handler: async (request, reply) =>
      decidePage(await openCase(rooms, request, reply, request.params.case), request.params.id, {}),
  })

  http.post('/office/cases/:case/tasks/:id/decide', {
    ...office,
    schema: { params: Params, body: Form },
    handler: async (request, reply) => {
      const { outcome, note, version } = request.body
      const { case: caseId, id } = request.params
      // Each outcome has radios of its own, so that the form works without a script.
      const reason = outcome ? (request.body as Record<string, string>)[`reason-${outcome}`] : undefined
      const given = { ...(outcome ? { outcome } : {}), ...(reason ? { reason } : {}), ...(note ? { note } : {}) }
      const again = async (status: number, problem: string) => {
        reply.code(status)
        return decidePage(await openCase(rooms, request, reply, caseId), id, given, problem)
      }
      if ((note?.length ?? 0) > LONGEST_NOTE) return again(422, 'text-too-long')
      try {
        const decision = { task: id, version: Number(version), ...given, outcome: outcome ?? '' }
        await cases.decide(decision, requireCaller(request).context)
        return faces.visit(request, reply).go(`/office/cases/${caseId}`)
      } catch (error) {
        if (!isProblem(error)) throw error
        return again(error.status, error.code)
      }
    },
  })
}

export function decidePage(open: OpenCase, id: string, given: Given, problem?: string): FastifyReply {
  const { visit, words, view } = open
  const { t, language } = visit
  const task = view.tasks.find((one) => one.id === id)
  // Decided meanwhile, by somebody else or by the law: the case says how.
  if (!task || !['open', 'claimed'].includes(task.state)) {
    visit.reply.code(200)
    return visit.go(`/office/cases/${view.id}${problem ? '?notice=task-ended' : ''}`)
  }
  const title = words.say(language, `task.${task.name}.title`)
  const message =
    problem && t(`office.problem.${explained.includes(problem) ? problem : 'refused'}`, { most: LONGEST_NOTE })
  return visit.staff({
    at: 'queue',
    title: problem ? t('office.error-title', { title }) : title,
    beforeContent: backLink({ text: view.reference, href: `/office/cases/${view.id}` }),
    content: html`
      ${message && errorSummary({ titleText: t('office.problem.title'), errorList: [{ text: message, href: whereOf(open, given, problem) }] })}
      <h1 class="govuk-heading-l">
        <span class="govuk-caption-l">${words.say(language, 'title')} <bdi dir="ltr">${view.reference}</bdi>${view.applicant.name && html` · ${isolate(view.applicant.name)}`}</span>
        ${title}
      </h1>
      <form method="post" action="/office/cases/${view.id}/tasks/${task.id}/decide" novalidate>
        ${visit.token}
        <input type="hidden" name="version" value="${view.version}">
        ${outcomes(open, task, given, problem, message)}
        ${textarea({
          id: 'note',
          name: 'note',
          rows: 3,
          value: given.note ?? '',
          label: { text: t('office.decision-note') },
          hint: { text: t('office.decision-note-hint') },
          attributes: { dir: 'auto', maxlength: String(LONGEST_NOTE) },
          ...(message && problem === 'text-too-long' ? { errorMessage: errorOf(open, message) } : {}),
        })}
        ${warningText({ text: t(hasSecond(open, task) ? 'office.decide-warning-second' : 'office.decide-warning'), iconFallbackText: t('office.warning') })}
        <div class="ashlar-row">
          ${button({ text: t('office.decide-now'), preventDoubleClick: true })}
          ${button({
            text: t('office.preview'),
            classes: 'govuk-button--secondary',
            attributes: { formaction: `/office/cases/${view.id}/tasks/${task.id}/preview`, formtarget: '_blank' },
          })}
        </div>
      </form>`,
  })
}

/** Whether the service lets decisions on this task be confirmed; which of them, nobody is told before. */
function hasSecond({ words }: OpenCase, { name }: TaskView): boolean {
  return findTask(words.service.flow, name)?.second !== undefined
}

/** What the summary of errors leads to: a changed case is looked at again, everything else is mended here. */
function whereOf({ view }: OpenCase, { outcome }: Given, problem: string | undefined): string {
  if (problem === 'case-moved-on') return `/office/cases/${view.id}`
  if (problem === 'text-too-long') return '#note'
  return problem === 'decision-reason-needed' && outcome ? `#reason-${outcome}` : '#outcome'
}

const errorOf = ({ visit }: OpenCase, text: string) => ({ text, visuallyHiddenText: visit.t('office.error') })

function outcomes(open: OpenCase, task: TaskView, given: Given, problem?: string, message?: string): Html {
  const { visit, words } = open
  const { t, language } = visit
  const isReason = problem === 'decision-reason-needed'
  return radios({
    name: 'outcome',
    idPrefix: 'outcome',
    ...(given.outcome ? { value: given.outcome } : {}),
    fieldset: { legend: { text: t('office.outcome'), classes: 'govuk-fieldset__legend--m' } },
    ...(message && !isReason && problem !== 'text-too-long' ? { errorMessage: errorOf(open, message) } : {}),
    items: task.outcomes.map((outcome) => ({
      value: outcome,
      text: words.say(language, `task.${task.name}.outcome.${outcome}`),
      ...(task.reasons[outcome]?.length
        ? {
            conditional: {
              text: radios({
                name: `reason-${outcome}`,
                idPrefix: `reason-${outcome}`,
                ...(given.outcome === outcome && given.reason ? { value: given.reason } : {}),
                fieldset: { legend: { text: t('office.reason'), classes: 'govuk-fieldset__legend--s' } },
                ...(message && isReason && given.outcome === outcome ? { errorMessage: errorOf(open, message) } : {}),
                items: task.reasons[outcome].map((reason) => ({
                  value: reason,
                  text: words.say(language, `task.${task.name}.reason.${reason}`),
                })),
              }),
            },
          }
        : {}),
    })),
  })
}

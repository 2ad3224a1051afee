// Deciding a task: an outcome, one of the law's reasons for it, and a note; never on a case that changed meanwhile.
import type { CaseView, TaskView } from '@ashlar/cases'
import type { Visit } from '@ashlar/face'
import { requireCaller } from '@ashlar/kernel/http'
import { isProblem } from '@ashlar/kernel/problem'
import { backLink, button, errorSummary, html, radios, textarea, warningText } from '@ashlar/ui'
import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { type OfficeRooms, office } from './office.ts'
import type { Words } from './words.ts'

const Params = Type.Object({ case: Type.String({ maxLength: 100 }), id: Type.String({ maxLength: 100 }) })
const Form = Type.Object(
  {
    version: Type.String({ maxLength: 20 }),
    outcome: Type.Optional(Type.String({ maxLength: 100 })),
    note: Type.Optional(Type.String({ maxLength: 4000 })),
  },
  { additionalProperties: Type.String({ maxLength: 100 }) },
)

interface Given {
  outcome?: string
  reason?: string
  note?: string
}

export function decisionPages(rooms: OfficeRooms): void {
  const { http, faces, cases, wordsOf } = rooms

  http.get('/office/cases/:case/tasks/:id/decide', {
    ...office,
    schema: { params: Params },
    handler: async (request, reply) => {
      const visit = faces.visit(request, reply)
      const { context } = requireCaller(request)
      const caseId = request.params.case
      const view = await cases.getCase({ id: caseId }, context)
      const task = view.tasks.find(({ id }) => id === request.params.id)
      if (!task || !['open', 'claimed'].includes(task.state)) return visit.go(`/office/cases/${caseId}`)
      return decidePage(visit, await wordsOf(view.service), view, task, {})
    },
  })

  http.post('/office/cases/:case/tasks/:id/decide', {
    ...office,
    schema: { params: Params, body: Form },
    handler: async (request, reply) => {
      const visit = faces.visit(request, reply)
      const { context } = requireCaller(request)
      const { outcome, note, version } = request.body
      const caseId = request.params.case
      // Each outcome has radios of its own, so that the form works without a script.
      const reason = outcome ? (request.body as Record<string, string>)[`reason-${outcome}`] : undefined
      const given = { ...(outcome ? { outcome } : {}), ...(reason ? { reason } : {}), ...(note ? { note } : {}) }
      try {
        await cases.decide(
          {
            task: request.params.id,
            outcome: outcome ?? '',
            ...(reason ? { reason } : {}),
            ...(note ? { note } : {}),
            version: Number(version),
          },
          context,
        )
        return visit.go(`/office/cases/${caseId}`)
      } catch (error) {
        if (!isProblem(error)) throw error
        const view = await cases.getCase({ id: caseId }, context)
        const task = view.tasks.find(({ id }) => id === request.params.id)
        if (!task || !['open', 'claimed'].includes(task.state)) return visit.go(`/office/cases/${caseId}`)
        reply.code(error.status)
        return decidePage(visit, await wordsOf(view.service), view, task, given, error.code)
      }
    },
  })

  function decidePage(
    visit: Visit,
    words: Words,
    view: CaseView,
    task: TaskView,
    given: Given,
    problem?: string,
  ): FastifyReply {
    const { t, language } = visit
    const title = words.say(language, `task.${task.name}.title`)
    const known = ['outcome-not-offered', 'reason-needed', 'case-moved-on', 'task-taken'].find(
      (code) => code === problem,
    )
    const message = problem ? t(`office.problem.${known ?? 'refused'}`) : undefined
    const target = problem === 'reason-needed' && given.outcome ? `#reason-${given.outcome}` : '#outcome'
    return visit.staff({
      at: 'queue',
      title: problem ? t('office.error-title', { title }) : title,
      beforeContent: backLink({ text: view.reference, href: `/office/cases/${view.id}` }),
      content: html`
        ${message && errorSummary({ titleText: t('office.problem.title'), errorList: [{ text: message, href: target }] })}
        <h1 class="govuk-heading-l">${title}</h1>
        <form method="post" action="/office/cases/${view.id}/tasks/${task.id}/decide" novalidate>
          ${visit.token}
          <input type="hidden" name="version" value="${view.version}">
          ${radios({
            name: 'outcome',
            idPrefix: 'outcome',
            ...(given.outcome ? { value: given.outcome } : {}),
            fieldset: { legend: { text: t('office.outcome'), classes: 'govuk-fieldset__legend--m' } },
            ...(message && problem !== 'reason-needed'
              ? { errorMessage: { text: message, visuallyHiddenText: t('office.error') } }
              : {}),
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
                        ...(message && problem === 'reason-needed' && given.outcome === outcome
                          ? { errorMessage: { text: message, visuallyHiddenText: t('office.error') } }
                          : {}),
                        items: task.reasons[outcome].map((reason) => ({
                          value: reason,
                          text: words.say(language, `task.${task.name}.reason.${reason}`),
                        })),
                      }),
                    },
                  }
                : {}),
            })),
          })}
          ${textarea({ id: 'note', name: 'note', rows: 3, value: given.note ?? '', label: { text: t('office.decision-note') }, hint: { text: t('office.decision-note-hint') } })}
          ${warningText({ text: t('office.decide-warning'), iconFallbackText: t('office.warning') })}
          ${button({ text: t('office.decide-now') })}
        </form>`,
    })
  }
}

// Giving a task to a colleague who may do it, the least loaded first.
import { requireCaller } from '@ashlar/kernel/http'
import { isProblem } from '@ashlar/kernel/problem'
import { backLink, button, html, insetText, isolate, radios } from '@ashlar/ui'
import { Type } from 'typebox'
import { type OfficeRooms, office } from './rooms.ts'

const Params = Type.Object({ case: Type.String({ maxLength: 100 }), id: Type.String({ maxLength: 100 }) })

export function handingPages({ http, faces, cases }: OfficeRooms): void {
  const { staff } = faces.country

  http.get('/office/cases/:case/tasks/:id/hand-over', {
    ...office,
    schema: { params: Params },
    handler: async (request, reply) => {
      const visit = faces.visit(request, reply)
      const { t, token } = visit
      const { case: caseId, id } = request.params
      const { context } = requireCaller(request)
      const fit = (await cases.colleaguesFor(id, context)).filter((one) => one.id !== context.actor.id)
      return visit.staff({
        at: 'queue',
        title: t('office.hand-over'),
        beforeContent: backLink({ text: t('office.back-to-case'), href: `/office/cases/${caseId}` }),
        content: html`
          <h1 class="govuk-heading-l">${t('office.hand-over')}</h1>
          ${fit.length === 0 && insetText({ text: t('office.nobody-fit') })}
          ${
            fit.length > 0 &&
            html`
              <form method="post" action="/office/cases/${caseId}/tasks/${id}/hand-over">
                ${token}
                ${radios({
                  name: 'to',
                  idPrefix: 'to',
                  fieldset: { legend: { text: t('office.hand-to'), classes: 'govuk-fieldset__legend--m' } },
                  hint: { text: t('office.hand-hint') },
                  items: fit.map(({ id, load }) => ({
                    value: id,
                    text: isolate(staff[id]?.name ?? id),
                    hint: { text: t('office.has-open', { count: load }) },
                  })),
                })}
                ${button({ text: t('office.hand-over-now'), preventDoubleClick: true })}
              </form>`
          }`,
      })
    },
  })

  http.post('/office/cases/:case/tasks/:id/hand-over', {
    ...office,
    schema: { params: Params, body: Type.Object({ to: Type.Optional(Type.String({ maxLength: 100 })) }) },
    handler: async (request, reply) => {
      const visit = faces.visit(request, reply)
      const { case: caseId, id } = request.params
      const { to } = request.body
      if (!to) return visit.go(`/office/cases/${caseId}/tasks/${id}/hand-over`)
      try {
        await cases.handOver({ task: id, to }, requireCaller(request).context)
        return visit.go(`/office/cases/${caseId}`)
      } catch (error) {
        if (
          !isProblem(error) ||
          !['task-taken', 'task-ended', 'officer-excluded', 'officer-not-fit'].includes(error.code)
        )
          throw error
        return visit.go(`/office/cases/${caseId}?notice=${error.code}`)
      }
    },
  })
}

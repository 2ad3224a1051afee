// Questions of people who want to know why somebody looked at their data; each has to be answered.
import { requireCaller } from '@ashlar/kernel/http'
import { button, html, textarea } from '@ashlar/ui'
import { Type } from 'typebox'
import { type OfficeRooms, office } from './rooms.ts'

export function questionPages({ http, faces, consent }: OfficeRooms): void {
  http.get('/office/questions', {
    ...office,
    handler: async (request, reply) => {
      const visit = faces.visit(request, reply)
      const { t, token } = visit
      const questions = await consent.openQuestions(requireCaller(request).context)
      return visit.staff({
        at: 'questions',
        title: t('office.questions'),
        content: html`
          <h1 class="govuk-heading-xl">${t('office.questions')}</h1>
          <p class="govuk-body">${t('office.questions-lead')}</p>
          ${questions.length === 0 && html`<p class="govuk-inset-text">${t('office.questions-empty')}</p>`}
          ${questions.map(
            ({ id, question, askedAt }) => html`
              <section class="ashlar-box">
                <h2 class="govuk-heading-s">${t('office.asked-at', { at: visit.time(askedAt) })}</h2>
                <blockquote class="govuk-inset-text">${question}</blockquote>
                <form method="post" action="/office/questions/${id}">
                  ${token}
                  ${textarea({ id: `answer-${id}`, name: 'answer', rows: 3, label: { text: t('office.answer-label') } })}
                  ${button({ text: t('office.answer-send') })}
                </form>
              </section>`,
          )}`,
      })
    },
  })

  http.post('/office/questions/:id', {
    ...office,
    schema: {
      params: Type.Object({ id: Type.String({ maxLength: 100 }) }),
      body: Type.Object({ answer: Type.String({ maxLength: 4000 }) }),
    },
    handler: async (request, reply) => {
      const answer = request.body.answer.trim()
      if (answer) await consent.answer({ question: request.params.id, answer, context: requireCaller(request).context })
      return faces.visit(request, reply).go('/office/questions')
    },
  })
}

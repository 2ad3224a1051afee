// All that this agency has of the person of a case; and finding a case by its reference. Outside one's own work it asks why.
import type { PersonView } from '@ashlar/cases'
import { requireCaller } from '@ashlar/kernel/http'
import { isProblem } from '@ashlar/kernel/problem'
import {
  backLink,
  button,
  errorSummary,
  html,
  identityBar,
  insetText,
  isolate,
  table,
  tag,
  textInput,
} from '@ashlar/ui'
import { Type } from 'typebox'
import { reasonPage } from './reason-page.ts'
import { type OfficeRooms, office } from './rooms.ts'

export function personPages(rooms: OfficeRooms): void {
  const { http, faces, cases, wordsOf, reasons } = rooms

  http.get('/office/cases/:id/person', {
    ...office,
    schema: { params: Type.Object({ id: Type.String({ maxLength: 100 }) }) },
    handler: async (request, reply) => {
      const visit = faces.visit(request, reply)
      const { id } = request.params
      const { context } = requireCaller(request)
      const reason = reasons.find(request, { case: id, officer: context.actor.id })
      try {
        const person = await cases.personOf({ case: id, ...(reason ? { reason } : {}) }, context)
        return await personPage(person)
      } catch (error) {
        if (isProblem(error) && error.code === 'case-needs-reason') return reasonPage(visit, id, 'person')
        throw error
      }

      async function personPage({ name, language, cases: found }: PersonView) {
        const { t } = visit
        const rows = await Promise.all(
          found.map(async (one) => {
            const words = await wordsOf(one.service)
            const state = one.result
              ? words.say(visit.language, `result.${one.result}.title`, {}, one.result)
              : t(one.status === 'closed' ? 'office.closed' : 'office.under-way')
            return [
              {
                text: html`<a class="govuk-link" href="/office/cases/${one.id}"><bdi dir="ltr">${one.reference}</bdi></a>`,
              },
              { text: words.say(visit.language, 'title') },
              { text: visit.date(one.submittedAt) },
              { text: tag({ text: state, classes: one.status === 'closed' ? 'govuk-tag--grey' : 'govuk-tag--blue' }) },
            ]
          }),
        )
        const own = faces.country.languages.find(({ code }) => code === language)
        return visit.staff({
          at: 'queue',
          title: t('office.person'),
          beforeContent: backLink({ text: t('office.back-to-case'), href: `/office/cases/${id}` }),
          content: html`
            ${identityBar({
              caption: t('office.person'),
              title: name ? isolate(name) : t('office.anonymous'),
              facts: [
                visit.say('office.language', {
                  language: html`<bdi lang="${language}">${own?.name ?? language}</bdi>`,
                }),
                t('office.person-cases', { count: found.length }),
              ],
            })}
            ${insetText({ text: t('office.person-limits') })}
            ${table({
              caption: t('office.person-all'),
              captionClasses: 'govuk-table__caption--m',
              stacks: true,
              head: ['case', 'service', 'received', 'status'].map((key) => ({ text: t(`office.${key}`) })),
              rows,
            })}`,
        })
      }
    },
  })

  http.get('/office/find', {
    ...office,
    schema: {
      querystring: Type.Object({
        reference: Type.Optional(Type.String({ maxLength: 60 })),
        lang: Type.Optional(Type.String({ maxLength: 35 })),
      }),
    },
    handler: async (request, reply) => {
      const visit = faces.visit(request, reply)
      const { t } = visit
      const { reference } = request.query
      const found = reference ? await cases.findCase(reference, requireCaller(request).context) : undefined
      if (found) return visit.go(`/office/cases/${found.id}`)
      const problem = reference === undefined ? undefined : t('office.problem.not-found')
      return visit.staff({
        at: 'find',
        title: problem ? t('office.error-title', { title: t('office.find') }) : t('office.find'),
        content: html`
          ${problem && errorSummary({ titleText: t('office.problem.title'), errorList: [{ text: problem, href: '#reference' }] })}
          <h1 class="govuk-heading-xl">${t('office.find')}</h1>
          <p class="govuk-body">${t('office.find-lead')}</p>
          <form method="get" action="/office/find" novalidate>
            ${textInput({
              id: 'reference',
              name: 'reference',
              value: reference ?? '',
              label: { text: t('office.find-reference') },
              hint: { text: t('office.find-hint') },
              classes: 'govuk-input--width-20',
              attributes: { dir: 'ltr', maxlength: '60', 'data-search': '' },
              ...(problem ? { errorMessage: { text: problem, visuallyHiddenText: t('office.error') } } : {}),
            })}
            ${button({ text: t('office.find-go') })}
          </form>`,
      })
    },
  })
}

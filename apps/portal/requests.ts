// An officer, or the process, asks the applicant something; the clock of the law stands still until the answer.

import type { RequestView } from '@ashlar/cases'
import type { AnswerError, FlowItem, Question } from '@ashlar/catalogue'
import type { Visit } from '@ashlar/face'
import { isProblem } from '@ashlar/kernel/problem'
import { backLink, button, errorSummary, html, isolate, radios, textarea } from '@ashlar/ui'
import type { FastifyReply } from 'fastify'
import { type OpenApplication, ofApplication, openApplication } from './application.ts'
import { reasonText } from './life.ts'
import { questionField, typedIn } from './question.ts'
import { fieldOf, fieldsOf, parameter, type Site } from './site.ts'
import { paragraphsOf } from './words.ts'

export type Ask = Extract<FlowItem, { kind: 'ask' }>

export function requestPages(site: Site): void {
  const why = 'A request is shown to the applicant whom it asks.'
  const path = '/applications/:reference/requests/:id'

  site.get(path, why, async (visit) => {
    const open = await openApplication(site, visit, parameter(visit, 'reference'))
    const request = findOpen(open, parameter(visit, 'id'))
    if (request === undefined) return visit.go(ofApplication(visit, `/applications/${open.view.reference}`))
    return requestPage(site, visit, open, request, {}, [])
  })

  site.post(path, why, async (visit) => {
    const open = await openApplication(site, visit, parameter(visit, 'reference'))
    const id = parameter(visit, 'id')
    const body = fieldsOf(visit)
    const outcome = fieldOf(visit, '_outcome')
    const text = fieldOf(visit, 'text')
    const request = findOpen(open, id)
    try {
      const answer = { request: id, body, ...(text ? { text } : {}), ...(outcome ? { outcome } : {}) }
      await site.cases.answer(answer, open.context)
      return visit.go(ofApplication(visit, `/applications/${open.view.reference}`))
    } catch (error) {
      if (!isProblem(error)) throw error
      // Answered in another tab, or its term is over: the page of the application says how it stands.
      if (error.code === 'request-ended' || request === undefined)
        return visit.go(ofApplication(visit, `/applications/${open.view.reference}`))
      const errors = errorsOf(visit, open, error.code, error.members?.answers as AnswerError[] | undefined)
      if (errors.length === 0) throw error
      visit.reply.code(422)
      return requestPage(site, visit, open, request, body, errors)
    }
  })
}

const findOpen = ({ view }: OpenApplication, id: string): RequestView | undefined =>
  view.requests.find((one) => one.id === id && one.state === 'open')

interface FieldError {
  field: string
  text: string
}

function errorsOf(visit: Visit, { words }: OpenApplication, code: string, answers: AnswerError[] = []): FieldError[] {
  const { t } = visit
  if (code === 'outcome-not-offered') return [{ field: '_outcome', text: t('portal.request.choose') }]
  return answers.map(({ question, field, key, values }) => {
    if (question === 'text') return { field: 'text', text: t('portal.request.empty') }
    const all = { ...values, question: words(`question.${question}.label`) }
    return { field, text: key.startsWith('question.') ? words(key, all) : t(key, all) }
  })
}

function requestPage(
  site: Site,
  visit: Visit,
  { view, service, words }: OpenApplication,
  request: RequestView,
  typed: Record<string, unknown>,
  errors: FieldError[],
): FastifyReply {
  const { t } = visit
  const { country } = site.faces
  const ask = request.name === undefined ? undefined : findAsk(service.flow, request.name)
  const title = ask === undefined ? t('portal.request.title') : words(`ask.${ask.name}.title`)
  const body = ask && words.maybe(`ask.${ask.name}.body`)
  const errorAt = (field: string) => errors.find((one) => one.field === field || one.field.startsWith(`${field}-`))
  const message = (field: string) => {
    const error = errorAt(field)
    return error && { text: error.text, visuallyHiddenText: t('portal.error.sign') }
  }
  const field = (question: Question) =>
    questionField({
      visit,
      words,
      country,
      service,
      question,
      facts: {},
      shown: typedIn(question, typed),
      error: errorAt(question.name)?.text,
      isHeading: false,
    })

  return visit.citizen({
    title: errors.length > 0 ? t('portal.error.title', { title }) : title,
    within: { text: words('title'), href: ofApplication(visit, `/applications/${view.reference}`) },
    noIndex: true,
    beforeContent: backLink({
      text: t('portal.back'),
      href: ofApplication(visit, `/applications/${view.reference}`),
    }),
    content: html`
      ${
        errors.length > 0 &&
        errorSummary({
          titleText: t('portal.error.summary'),
          errorList: errors.map(({ text, field }) => ({ text, href: `#${field}` })),
        })
      }
      <h1 class="govuk-heading-l">${title}</h1>
      ${request.reason && html`<p class="govuk-body">${t('portal.request.because', { why: reasonText(visit, words, request.reason) })}</p>`}
      ${request.due && html`<p class="govuk-body">${t('portal.request.due', { by: visit.date(request.due) })}</p>`}
      ${body && paragraphsOf(body).map((text) => html`<p class="govuk-body">${text}</p>`)}
      ${request.text && html`<blockquote class="govuk-inset-text">${paragraphsOf(request.text).map((text) => html`<p class="govuk-body">${isolate(text)}</p>`)}</blockquote>`}
      <form method="post" action="${ofApplication(visit, `/applications/${view.reference}/requests/${request.id}`)}" novalidate>
        ${visit.token}
        ${ask?.questions.map(field)}
        ${
          ask !== undefined &&
          ask.outcomes.length > 1 &&
          radios({
            name: '_outcome',
            idPrefix: '_outcome',
            value: String(typed._outcome ?? ''),
            fieldset: { legend: { text: t('portal.request.choose'), classes: 'govuk-fieldset__legend--s' } },
            errorMessage: message('_outcome'),
            items: ask.outcomes.map((value) => ({ value, text: words(`ask.${ask.name}.outcome.${value}`) })),
          })
        }
        ${
          ask === undefined &&
          textarea({
            name: 'text',
            rows: 8,
            value: String(typed.text ?? ''),
            label: { text: t('portal.request.answer'), classes: 'govuk-label--s' },
            errorMessage: message('text'),
            attributes: { dir: 'auto', maxlength: 4000 },
          })
        }
        <p class="govuk-body">${t('portal.request.clock')}</p>
        ${button({ text: t('portal.request.send') })}
      </form>`,
  })
}

/** Wherever it stands in the flow. */
export function findAsk(flow: unknown, name: string): Ask | undefined {
  if (typeof flow !== 'object' || flow === null) return undefined
  const item = flow as Ask
  if (item.kind === 'ask' && item.name === name) return item
  for (const part of Object.values(flow)) {
    const found = findAsk(part, name)
    if (found !== undefined) return found
  }
  return undefined
}

// What somebody is asked in the case of another: they see what concerns them, and agree, disagree or ask for a change.
import type { PartyRequest } from '@ashlar/cases'
import type { AnswerError, PublicService, Question } from '@ashlar/catalogue'
import type { Visit } from '@ashlar/face'
import { isProblem } from '@ashlar/kernel/problem'
import { backLink, button, errorSummary, type Html, html, insetText, isolate, radios, summaryList } from '@ashlar/ui'
import type { FastifyReply } from 'fastify'
import { answerText } from './answers.ts'
import { questionField, typedIn } from './question.ts'
import { type Ask, findAsk } from './requests.ts'
import { fieldOf, fieldsOf, parameter, type Site } from './site.ts'
import { paragraphsOf, shownRecord, type Words, wordsOf } from './words.ts'

interface OpenRequest {
  request: PartyRequest
  service: PublicService
  words: Words
  ask: Ask
}

interface FieldError {
  field: string
  text: string
}

export function partyRequestPages(site: Site): void {
  const why = 'A request is shown to the party whom it asks.'

  site.get('/requests/:id', why, async (visit) => page(site, visit, await open(site, visit), {}, []))

  site.post('/requests/:id', why, async (visit) => {
    const opened = await open(site, visit)
    const body = fieldsOf(visit)
    const outcome = fieldOf(visit, '_outcome')
    const context = site.guests.contextOf(visit, 'apply')
    try {
      await site.cases.answer({ request: opened.request.id, body, ...(outcome ? { outcome } : {}) }, context)
      return visit.go(`/requests/${opened.request.id}`)
    } catch (error) {
      if (!isProblem(error)) throw error
      // Answered in another tab, or its term is over: the page says how it stands.
      if (error.code === 'request-ended') return visit.go(`/requests/${opened.request.id}`)
      const errors = errorsOf(visit, opened, error.code, error.members?.answers as AnswerError[] | undefined)
      if (errors.length === 0) throw error
      visit.reply.code(422)
      return page(site, visit, opened, body, errors)
    }
  })
}

async function open(site: Site, visit: Visit): Promise<OpenRequest> {
  visit.person()
  const request = await site.cases.getRequest(parameter(visit, 'id'), site.guests.contextOf(visit, 'follow'))
  const service = await site.catalogue.get(request.service, request.version)
  const ask = findAsk(service.flow, request.name ?? '')
  if (ask === undefined) throw new Error(`${service.id} does not ask ${request.name}`)
  return { request, service, words: wordsOf(visit, service, site.faces.country), ask }
}

function errorsOf(visit: Visit, { words }: OpenRequest, code: string, answers: AnswerError[] = []): FieldError[] {
  if (code === 'outcome-not-offered') return [{ field: '_outcome', text: visit.t('portal.request.choose') }]
  return answers.map(({ question, field, key, values }) => {
    const all = { ...values, question: words(`question.${question}.label`) }
    return { field, text: key.startsWith('question.') ? words(key, all) : visit.t(key, all) }
  })
}

function page(
  site: Site,
  visit: Visit,
  { request, service, words, ask }: OpenRequest,
  typed: Record<string, unknown>,
  errors: FieldError[],
): FastifyReply {
  const { t } = visit
  const { country } = site.faces
  const title = words(`ask.${ask.name}.title`)
  const body = words.maybe(`ask.${ask.name}.body`)
  const message = (field: string) => {
    const error = errors.find((one) => one.field === field || one.field.startsWith(`${field}-`))
    return error && { text: error.text, visuallyHiddenText: t('portal.error.sign') }
  }
  const form = html`
    <form method="post" action="/requests/${request.id}" novalidate>
      ${visit.token}
      ${
        ask.outcomes.length > 1 &&
        radios({
          name: '_outcome',
          idPrefix: '_outcome',
          value: String(typed._outcome ?? ''),
          fieldset: { legend: { text: t('portal.request.choose'), classes: 'govuk-fieldset__legend--m' } },
          errorMessage: message('_outcome'),
          items: ask.outcomes.map((value) => ({ value, text: words(`ask.${ask.name}.outcome.${value}`) })),
        })
      }
      ${ask.questions.map((question) =>
        questionField({
          visit,
          words,
          country,
          service,
          question,
          facts: request.facts,
          shown: typedIn(question, typed),
          error: message(question.name)?.text,
          isHeading: false,
        }),
      )}
      ${button({ text: t('portal.request.send'), preventDoubleClick: true })}
    </form>`
  return visit.citizen({
    title: errors.length > 0 ? t('portal.error.title', { title }) : title,
    within: { text: words('title'), href: `/services/${service.id}` },
    noIndex: true,
    beforeContent: backLink({ text: t('portal.back'), href: '/' }),
    content: html`
      ${
        errors.length > 0 &&
        errorSummary({
          titleText: t('portal.error.summary'),
          errorList: errors.map(({ text, field }) => ({ text, href: `#${field}` })),
        })
      }
      <span class="govuk-caption-l">${t('portal.reference')} <bdi dir="ltr">${request.reference}</bdi></span>
      <h1 class="govuk-heading-l">${title}</h1>
      <p class="govuk-body">${visit.say('portal.party-request.asked', {
        name: isolate(request.applicant ?? t('portal.party-request.somebody')),
        party: words(`party.${request.party}`),
      })}</p>
      ${body && paragraphsOf(body).map((text) => html`<p class="govuk-body">${text}</p>`)}
      ${factBoxes(site, visit, { request, service, words })}
      ${
        request.state === 'open'
          ? html`
            ${request.due && html`<p class="govuk-body">${t('portal.request.due', { by: visit.date(request.due) })}</p>`}
            ${form}`
          : insetText({
              text: t(`portal.party-request.${request.state}`, {
                at: request.answeredAt ? visit.date(request.answeredAt) : '',
                outcome: request.outcome ? words(`ask.${ask.name}.outcome.${request.outcome}`) : '',
              }),
            })
      }`,
  })
}

/** Answers of the applicant and records of registers, as far as the definition shows them to this party. */
function factBoxes(
  site: Site,
  visit: Visit,
  { request, service, words }: Pick<OpenRequest, 'request' | 'service' | 'words'>,
): Html {
  const { country } = site.faces
  const questions = new Map(service.form.flatMap((one) => one.questions.map((question) => [question.name, question])))
  const place = { visit, words, country, service, facts: request.facts }
  const answered = Object.entries(request.facts).flatMap(([name, value]) => {
    const question: Question | undefined = questions.get(name)
    const text = question && answerText(place, question, value)
    return question === undefined || text === undefined
      ? []
      : [{ key: { text: words(`question.${name}.label`) }, value: { text } }]
  })
  const records = Object.entries(request.facts).flatMap(([name, value]) => {
    const evidence = service.evidence[name]
    const register = country.registers[evidence?.register ?? '']
    if (evidence === undefined || register === undefined) return []
    const rows = shownRecord(visit, country, register, evidence.fields, value)
    return [{ title: words(`evidence.${name}.title`), rows }]
  })
  return html`
    ${answered.length > 0 && summaryList({ rows: answered })}
    ${records.map(
      ({ title, rows }) => html`
        <h2 class="govuk-heading-m">${title}</h2>
        ${summaryList({ rows: rows.map(({ label, text }) => ({ key: { text: label }, value: { text } })) })}`,
    )}`
}

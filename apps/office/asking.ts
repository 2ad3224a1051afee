// What the applicant was asked and what they answered; and the forms to ask, and to leave a note for colleagues.
import type { RequestView } from '@ashlar/cases'
import { button, details, type Html, html, insetText, isolate, tag, textarea } from '@ashlar/ui'
import { valueText } from './facts.ts'
import { askReasonField } from './life.ts'
import type { OpenCase } from './open-case.ts'

/** What an officer typed that could not be taken, and why. */
export interface Typed {
  field?: 'ask-text' | 'note-text' | 'review-note'
  text?: string
  problem?: string
}

const colours: Record<string, string> = {
  open: 'govuk-tag--yellow',
  answered: 'govuk-tag--green',
  expired: 'govuk-tag--red',
  withdrawn: 'govuk-tag--grey',
}

export function requestsBox(open: OpenCase): Html | undefined {
  const { requests } = open.view
  if (requests.length === 0) return undefined
  return html`
    <h2 class="govuk-heading-m">${open.visit.t('office.requests')}</h2>
    ${requests.map((request) => requestBox(open, request))}`
}

function requestBox(open: OpenCase, request: RequestView): Html {
  const { visit, words, view } = open
  const { t, token } = visit
  const asked = request.name ? words.say(visit.language, `ask.${request.name}.title`) : request.text
  return html`
    <section class="ashlar-box">
      <p class="govuk-body">${tag({ text: t(`office.request.${request.state}`), classes: colours[request.state] ?? '' })}
        ${t('office.asked-at', { at: visit.time(request.askedAt) })}${request.answeredAt && html` · ${t('office.ended-at', { at: visit.time(request.answeredAt) })}`}</p>
      <blockquote class="govuk-inset-text">${asked && isolate(asked)}</blockquote>
      ${request.answer !== undefined && html`<p class="govuk-body">${answerText(open, request.answer)}</p>`}
      ${
        // What the process asks, only the process takes back.
        request.state === 'open' &&
        !request.name &&
        html`
          <form method="post" action="/office/cases/${view.id}/requests/${request.id}/withdraw">
            ${token}${button({ text: t('office.withdraw'), classes: 'govuk-button--secondary', preventDoubleClick: true })}
          </form>`
      }
    </section>`
}

/** In the applicant's own words, or the answers to the questions of the process. */
function answerText(open: OpenCase, answer: RequestView['answer']): string | Html {
  const { visit, words } = open
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return valueText(open, {}, answer)
  const { text, ...answers } = answer as { text?: string }
  return html`${typeof text === 'string' && isolate(text)}${Object.entries(answers).map(
    ([name, value]) =>
      html`<strong>${words.label(visit.language, { name })}</strong>: ${valueText(open, { name }, value)}<br>`,
  )}`
}

export function askForm(open: OpenCase, typed: Typed): Html {
  const { visit, view } = open
  const { t, token } = visit
  return details({
    id: 'ask',
    summaryText: t('office.ask'),
    open: typed.field === 'ask-text',
    text: html`
      ${view.status === 'suspended' && insetText({ text: t('office.asked-already') })}
      <form method="post" action="/office/cases/${view.id}/ask" novalidate>
        ${token}<input type="hidden" name="version" value="${view.version}">
        ${askReasonField(open)}
        ${field(open, typed, 'ask-text', t('office.ask-label'), t('office.ask-hint'))}
        ${button({ text: t('office.ask-send'), preventDoubleClick: true })}
      </form>`,
  })
}

export function noteForm(open: OpenCase, typed: Typed): Html {
  const { visit, view } = open
  const { t, token } = visit
  return details({
    id: 'note',
    summaryText: t('office.note'),
    open: typed.field === 'note-text',
    text: html`
      <form method="post" action="/office/cases/${view.id}/notes" novalidate>
        ${token}
        ${field(open, typed, 'note-text', t('office.note-label'), t('office.note-hint'))}
        ${button({ text: t('office.note-save'), classes: 'govuk-button--secondary', preventDoubleClick: true })}
      </form>`,
  })
}

/** That the case concerns the officer: for good, so it is asked once more in words. */
export function conflictForm({ visit, view }: OpenCase): Html {
  const { t, token } = visit
  return details({
    id: 'conflict',
    summaryText: t('office.conflict'),
    text: html`
      <p class="govuk-body">${t('office.conflict-text')}</p>
      <form method="post" action="/office/cases/${view.id}/conflict">
        ${token}${button({ text: t('office.conflict-declare'), classes: 'govuk-button--warning', preventDoubleClick: true })}
      </form>`,
  })
}

function field({ visit }: OpenCase, typed: Typed, id: NonNullable<Typed['field']>, label: string, hint: string): Html {
  const isHere = typed.field === id
  return textarea({
    id,
    name: 'text',
    value: isHere ? (typed.text ?? '') : '',
    label: { text: label },
    hint: { text: hint },
    attributes: { dir: 'auto', maxlength: '4000' },
    ...(isHere && typed.problem
      ? { errorMessage: { text: typed.problem, visuallyHiddenText: visit.t('office.error') } }
      : {}),
  })
}

// Asks why a case, or a person, outside one's own work is opened; what is said is sent as a form and never in an address.
import type { Visit } from '@ashlar/face'
import { backLink, button, errorSummary, html, textInput } from '@ashlar/ui'
import type { FastifyReply } from 'fastify'

export function reasonPage(visit: Visit, id: string, to: 'case' | 'person', isMissing = false): FastifyReply {
  const { t, token } = visit
  const title = t('office.reason-title')
  return visit.staff({
    at: 'queue',
    title: isMissing ? t('office.error-title', { title }) : title,
    beforeContent: backLink({ text: t('office.queue'), href: '/office' }),
    content: html`
      ${isMissing && errorSummary({ titleText: t('office.problem.title'), errorList: [{ text: t('office.problem.why-needed'), href: '#reason' }] })}
      <h1 class="govuk-heading-l">${title}</h1>
      <p class="govuk-body">${t('office.reason-text')}</p>
      <form method="post" action="/office/cases/${id}/open" novalidate>
        ${token}
        <input type="hidden" name="to" value="${to}">
        ${textInput({
          id: 'reason',
          name: 'reason',
          label: { text: t('office.reason-label') },
          attributes: { maxlength: '500', dir: 'auto' },
          ...(isMissing
            ? { errorMessage: { text: t('office.problem.why-needed'), visuallyHiddenText: t('office.error') } }
            : {}),
        })}
        ${button({ text: t('office.reason-open') })}
      </form>`,
  })
}

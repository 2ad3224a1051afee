// For who did not sign in: the link that opens one application anywhere, and leaving a device that others use, too.
import type { Visit } from '@ashlar/face'
import { button, type Html, html } from '@ashlar/ui'
import type { OpenApplication } from './application.ts'
import { queried, type Site } from './site.ts'

export const forgetForm = ({ t }: Visit): Html => html`
  <form method="post" action="/forget">
    <p class="govuk-body">${t('portal.guest.shared')}</p>
    ${button({ text: t('portal.guest.forget'), classes: 'govuk-button--secondary' })}
  </form>`

/** Nothing for who is signed in. */
export function guestLink(site: Site, visit: Visit, { view, context }: OpenApplication): Html | undefined {
  const key = site.guests.keyOf(context, view.reference)
  if (key === '') return undefined
  const { t } = visit
  return html`
    <h2 class="govuk-heading-m">${t('portal.done.follow')}</h2>
    <p class="govuk-body">${t('portal.guest.link')}</p>
    <p class="govuk-body"><a class="govuk-link" href="/applications/${view.reference}?key=${key}">${t('portal.guest.link-text', { reference: view.reference })}</a></p>
    ${queried(visit, 'key') === undefined && forgetForm(visit)}`
}

// It is sent: the reference, what happens next and when, how to follow and to keep it.
import { liveHref, type Visit } from '@ashlar/face'
import { button, buttonGroup, html, panel } from '@ashlar/ui'
import type { FastifyReply } from 'fastify'
import { type OpenApplication, ofApplication, openBill } from './application.ts'
import { issuedDocuments } from './application-page.ts'
import { contactList } from './evidence.ts'
import { guestLink } from './guest-link.ts'
import type { Site } from './site.ts'
import { agencyName, paragraphsOf } from './words.ts'

export function donePage(site: Site, visit: Visit, open: OpenApplication): FastifyReply {
  const { view, service, words, context, bills, documents: issued } = open
  const { t } = visit
  const owed = openBill(bills)
  const isClosed = view.status === 'closed'
  const key = site.guests.keyOf(context, view.reference)
  const steps = [
    ...paragraphsOf(words('after')),
    ...(view.deadline && !isClosed ? [t('portal.done.deadline', { by: visit.date(view.deadline) })] : []),
  ]
  return visit.citizen({
    title: t('portal.done.title'),
    within: { text: words('title'), href: `/services/${service.id}` },
    noIndex: true,
    live: {
      href: liveHref({ href: ofApplication(visit, `/live/applications/${view.reference}`), moment: open.moment }),
      text: t('portal.application.live'),
    },
    content: html`
      ${panel({
        titleText: isClosed && view.result ? words(`result.${view.result}.title`) : t('portal.done.title'),
        text: html`${t('portal.done.reference')}<br><strong><bdi dir="ltr">${view.reference}</bdi></strong>`,
      })}
      ${
        owed &&
        html`<p class="govuk-body">${t('portal.to-do.pay', { amount: visit.money(owed.amount) })}</p>
          ${button({ text: t('portal.pay.go'), href: ofApplication(visit, `/pay/${owed.id}?of=${view.reference}`) })}`
      }
      ${issuedDocuments(site, visit, open)}
      ${
        !(isClosed && issued.length > 0) &&
        html`<h2 class="govuk-heading-m">${t('portal.done.next')}</h2>
          <ol class="govuk-list govuk-list--number">${steps.map((step) => html`<li>${step}</li>`)}</ol>`
      }
      ${
        key === ''
          ? buttonGroup(
              button({
                text: t('portal.done.follow'),
                href: `/applications/${view.reference}`,
                classes: 'govuk-button--secondary',
              }),
            )
          : guestLink(site, visit, open)
      }
      <p class="govuk-body">${t('portal.done.keep')}</p>
      <h2 class="govuk-heading-m">${t('portal.stop.ask', { agency: agencyName(visit, site.faces.country, service.authority) })}</h2>
      ${contactList(visit, site.faces.country.agencies[service.authority]?.contact ?? {})}`,
  })
}

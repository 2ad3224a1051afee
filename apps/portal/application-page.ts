// One application: its state, what the applicant must do, how it ended, its documents, and what happened.
import type { TimelineEntry } from '@ashlar/cases'
import { liveHref, type Visit } from '@ashlar/face'
import { backLink, button, type Html, html, notificationBanner, progress, tag, timeline } from '@ashlar/ui'
import type { FastifyReply } from 'fastify'
import { type OpenApplication, ofApplication, openBill, openRequest, stateOf } from './application.ts'
import { documentCards, documentTitle } from './document-cards.ts'
import { contactList } from './evidence.ts'
import { guestLink } from './guest-link.ts'
import { legsOf, legsTable } from './legs.ts'
import { appealBox, clockBox, messagesBox, proposedExtension, relatedBox, withdrawLink } from './life.ts'
import { queried, type Site } from './site.ts'
import { agencyName, paragraphsOf, resultText } from './words.ts'

export async function applicationPage(site: Site, visit: Visit, open: OpenApplication): Promise<FastifyReply> {
  const { view, service, words, bills } = open
  const { t } = visit
  const owed = openBill(bills)
  const state = stateOf(visit, words, view, owed !== undefined)
  return visit.citizen({
    title: `${words('title')} ${view.reference}`,
    at: 'applications',
    noIndex: true,
    live: {
      href: liveHref({ href: ofApplication(visit, `/live/applications/${view.reference}`), moment: open.moment }),
      text: t('portal.application.live'),
    },
    beforeContent: backLink({ text: t('portal.applications.title'), href: '/applications' }),
    content: html`
      <span class="govuk-caption-l">${t('portal.reference')} <bdi dir="ltr">${view.reference}</bdi></span>
      <h1 class="govuk-heading-l">${words('title')}</h1>
      ${toDo(visit, open)}
      ${proposedExtension(visit, open)}
      <p class="govuk-body">${tag(state.tag)}</p>
      ${progress(state.progress)}
      <p class="govuk-body"><strong>${state.step}</strong></p>
      ${state.promise && html`<p class="govuk-body">${state.promise}</p>`}
      ${view.stuck && html`<p class="govuk-body">${t('portal.application.stuck')}</p>`}
      ${outcome(site, visit, open)}
      ${clockBox(visit, open)}
      ${issuedDocuments(site, visit, open)}
      ${await legsTable(site, visit, await legsOf(site, open))}
      ${lifeEventLinks(site, visit, open)}
      ${messagesBox(visit, open, crypto.randomUUID())}
      ${relatedBox(visit, open)}
      <h2 class="govuk-heading-m">${t('portal.application.history')}</h2>
      ${timeline({
        items: together(
          visit,
          historyOf(open).map((entry) => toItem(site, visit, open, entry)),
        ),
      })}
      ${withdrawLink(visit, open)}
      ${guestLink(site, visit, open)}
      <h2 class="govuk-heading-m">${t('portal.stop.ask', { agency: agencyName(visit, site.faces.country, service.authority) })}</h2>
      ${contactList(visit, site.faces.country.agencies[service.authority]?.contact ?? {})}`,
  })
}

/** The pages on which this stands beside everything else that belongs to the same event. */
function lifeEventLinks({ faces: { country } }: Site, visit: Visit, { service }: OpenApplication): Html | undefined {
  const events = service.lifeEvents.flatMap((id) => country.lifeEvents[id] ?? [])
  if (queried(visit, 'key') !== undefined || events.length === 0) return undefined
  return html`
    ${events.map(
      ({ id, title }) =>
        html`<p class="govuk-body"><a class="govuk-link" href="/life-events/${id}">${visit.t('portal.life-event.all', { event: visit.of(title) })}</a></p>`,
    )}`
}

/** What only the applicant can do now: pay, or answer. */
function toDo(visit: Visit, { view, words, bills }: OpenApplication): Html | undefined {
  const { t } = visit
  const owed = openBill(bills)
  if (owed !== undefined)
    return notificationBanner({
      titleText: t('portal.to-do.title'),
      text: html`
        <p class="govuk-notification-banner__heading">${t('portal.to-do.pay', { amount: visit.money(owed.amount) })}</p>
        ${button({ text: t('portal.pay.go'), href: ofApplication(visit, `/pay/${owed.id}?of=${view.reference}`) })}`,
    })
  const request = openRequest(view.requests)
  if (request === undefined) return undefined
  const question = request.name === undefined ? t('portal.request.title') : words(`ask.${request.name}.title`)
  return notificationBanner({
    titleText: t('portal.to-do.title'),
    text: html`
      <p class="govuk-notification-banner__heading">${question}</p>
      ${request.due && html`<p class="govuk-body">${t('portal.request.due', { by: visit.date(request.due) })}</p>`}
      ${button({
        text: t('portal.request.go'),
        href: ofApplication(visit, `/applications/${view.reference}/requests/${request.id}`),
      })}`,
  })
}

/** How it ended, in the service's words, and how to contest it where the law allows. */
function outcome(site: Site, visit: Visit, open: OpenApplication): Html | undefined {
  const { view, words } = open
  if (view.result === undefined) return undefined
  const body = words.maybe(`result.${view.result}.body`)
  return html`
    ${body && paragraphsOf(body).map((text) => html`<p class="govuk-body">${text}</p>`)}
    ${appealBox(site, visit, open)}`
}

/** What was issued for it so far. */
export function issuedDocuments(
  site: Site,
  visit: Visit,
  { documents, view, words }: OpenApplication,
): Html | undefined {
  if (documents.length === 0) return undefined
  return html`
    <h2 class="govuk-heading-m">${visit.t('portal.application.documents')}</h2>
    ${documentCards(
      site,
      visit,
      documents.map((document) => ({ ...document, title: documentTitle(words, document) })),
      (path) => (queried(visit, 'key') === undefined ? path : ofApplication(visit, `${path}?of=${view.reference}`)),
    )}`
}

/** What the case remembers, and what was paid and issued for it; the newest first. */
export function historyOf({ view, bills, documents }: OpenApplication): TimelineEntry[] {
  const paid = bills.flatMap(({ settledAt, amount }): TimelineEntry[] =>
    settledAt ? [{ at: settledAt, kind: 'paid', by: 'system', data: { amount: { ...amount } } }] : [],
  )
  const issued = documents.map(
    ({ issuedAt, output }): TimelineEntry => ({ at: issuedAt, kind: 'issued', by: 'system', data: { output } }),
  )
  const order = (entry: TimelineEntry) => Date.parse(entry.at)
  return [...view.timeline, ...paid, ...issued].sort((a, b) => order(a) - order(b)).reverse()
}

/** What happened several times in one minute, such as an agency told of each of five permits, is one line. */
function together(visit: Visit, items: ReturnType<typeof toItem>[]): ReturnType<typeof toItem>[] {
  const times = Map.groupBy(items, ({ title, by, at }) => JSON.stringify([title, by, at.text]))
  return [...times.values()].map(([item, ...again]) => ({
    ...item!,
    title:
      again.length === 0
        ? item!.title
        : visit.t('portal.timeline.several', { what: item!.title, count: again.length + 1 }),
  }))
}

export function toItem(
  { faces: { country } }: Site,
  visit: Visit,
  { words }: OpenApplication,
  { at, kind, by, name, data }: TimelineEntry,
) {
  const { t } = visit
  const { task, request, result, reference, deadline, output, agency, authority } = (data ?? {}) as Record<
    string,
    string | null | undefined
  >
  const { amount } = (data ?? {}) as { amount?: Parameters<Visit['money']>[0] }
  const values = {
    document: output ? documentTitle(words, { output }) : '',
    amount: amount ? visit.money(amount) : '',
    task: task ? words(`task.${task}.title`) : '',
    request: request ? words(`ask.${request}.title`) : t('portal.request.title'),
    // How a case of another agency ended, its own service says.
    result: result && !authority ? resultText(visit, words, result) : '',
    reference: reference ?? '',
    deadline: deadline ? visit.date(deadline) : '',
    agency: agency || authority ? agencyName(visit, country, agency ?? authority ?? '') : '',
  }
  return {
    title: t(`portal.timeline.${kind}`, values),
    by: t(`portal.timeline.by-${by}`, { name: name ?? '' }),
    at: { datetime: at, text: visit.time(at) },
  }
}

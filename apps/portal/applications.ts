// My applications: all of them, and each with its state, what is to be done, what happened, and what came of it.
import type { TimelineEntry } from '@ashlar/cases'
import type { Visit } from '@ashlar/face'
import {
  backLink,
  button,
  buttonGroup,
  card,
  cards,
  type Html,
  html,
  insetText,
  notificationBanner,
  pagination,
  panel,
  progress,
  tag,
  timeline,
} from '@ashlar/ui'
import type { FastifyReply } from 'fastify'
import { type OpenApplication, ofApplication, openApplication, openBill, openRequest, stateOf } from './application.ts'
import { documentCards, documentTitle } from './document-cards.ts'
import { contactList } from './evidence.ts'
import { parameter, queried, type Site, subjectOf } from './site.ts'
import { agencyName, paragraphsOf, termText, wordsOf } from './words.ts'

const PAGE = 12

export function applicationPages(site: Site): void {
  const { get, post } = site
  const why = 'Applications are shown to their applicant only; guests follow theirs by a cookie or a link.'

  get('/applications', why, (visit) => listPage(site, visit))
  get('/applications/:reference', why, async (visit) => {
    const open = await openApplication(site, visit, parameter(visit, 'reference'))
    return applicationPage(site, visit, open)
  })
  get('/applications/:reference/done', why, async (visit) => {
    const open = await openApplication(site, visit, parameter(visit, 'reference'))
    return donePage(site, visit, open)
  })
  get('/live/applications/:reference', why, async (visit) => {
    const { view, bills } = await openApplication(site, visit, parameter(visit, 'reference'))
    return site.live.stream(visit, [view.caseId, ...bills.map(({ id }) => id)])
  })
  post('/forget', 'A guest leaves a device that others use, too.', async (visit) => {
    site.guests.forget(visit)
    return visit.go('/')
  })
}

/** What somebody has under way, as cards; the home page shows the first of them. */
export async function applicationCards(
  site: Site,
  visit: Visit,
  { limit, after }: { limit: number; after?: string },
): Promise<{ items: Html[]; next?: string; ids: string[] }> {
  const context = site.guests.contextOf(visit, 'my-applications')
  const { applications, next } = await site.cases.applicationsOf({ limit, ...(after ? { after } : {}) }, context)
  const items = await Promise.all(
    applications.map(async (summary) => {
      const service = await site.catalogue.get(summary.service.id, summary.service.version)
      const words = wordsOf(visit, service, site.faces.country)
      const state = stateOf(visit, words, summary)
      return card({
        title: words('title'),
        href: `/applications/${summary.reference}`,
        tag: state.tag,
        progress: state.progress,
        lines: [
          state.step,
          ...(state.promise ? [state.promise] : []),
          html`${visit.t('portal.reference')} <bdi dir="ltr">${summary.reference}</bdi>`,
        ],
      })
    }),
  )
  return { items, ids: applications.map(({ caseId }) => caseId), ...(next ? { next } : {}) }
}

export async function draftCards(site: Site, visit: Visit): Promise<Html[]> {
  const { t } = visit
  const drafts = await site.cases.draftsOf(site.guests.contextOf(visit, 'apply'))
  return Promise.all(
    drafts.slice(0, PAGE).map(async (draft) => {
      const service = await site.catalogue.get(draft.service.id)
      return card({
        title: wordsOf(visit, service, site.faces.country)('title'),
        href: `/apply/${draft.id}`,
        tag: { text: t('portal.status.draft.tag'), classes: 'govuk-tag--grey' },
        lines: [
          t('portal.draft.saved', { at: visit.time(draft.savedAt) }),
          t('portal.draft.kept', { until: visit.date(draft.expiresAt) }),
        ],
        links: [
          { text: t('portal.draft.go-on'), href: `/apply/${draft.id}` },
          { text: t('portal.discard.link'), href: `/apply/${draft.id}/discard` },
        ],
      })
    }),
  )
}

async function listPage(site: Site, visit: Visit): Promise<FastifyReply> {
  const { t } = visit
  const after = queried(visit, 'after')
  const [running, drafts] = await Promise.all([
    applicationCards(site, visit, { limit: PAGE, ...(after ? { after } : {}) }),
    after === undefined ? draftCards(site, visit) : [],
  ])
  const items = [...drafts, ...running.items]
  return visit.citizen({
    title: t('portal.applications.title'),
    at: 'applications',
    width: 'full',
    noIndex: true,
    content: html`
      <h1 class="govuk-heading-xl">${t('portal.applications.title')}</h1>
      <h2 class="govuk-visually-hidden">${t('portal.applications.all')}</h2>
      ${
        items.length > 0
          ? cards(items)
          : html`
            <p class="govuk-body">${t('portal.applications.none')}</p>
            <p class="govuk-body"><a class="govuk-link" href="/services">${t('portal.applications.find')}</a></p>`
      }
      ${
        running.next &&
        pagination({
          landmarkLabel: t('portal.pages'),
          next: { text: t('portal.older'), href: `/applications?after=${encodeURIComponent(running.next)}` },
        })
      }
      <p class="govuk-body"><a class="govuk-link" href="/resume">${t('portal.resume.title')}</a></p>
      ${subjectOf(visit) === undefined && forgetForm(visit)}`,
  })
}

const forgetForm = ({ t }: Visit): Html => html`
  <form method="post" action="/forget">
    <p class="govuk-body">${t('portal.guest.shared')}</p>
    ${button({ text: t('portal.guest.forget'), classes: 'govuk-button--secondary' })}
  </form>`

function applicationPage(site: Site, visit: Visit, open: OpenApplication): FastifyReply {
  const { view, service, words, bills } = open
  const { t } = visit
  const owed = openBill(bills)
  const state = stateOf(visit, words, view, owed !== undefined)
  return visit.citizen({
    title: `${words('title')} ${view.reference}`,
    at: 'applications',
    noIndex: true,
    live: {
      href: ofApplication(visit, `/live/applications/${view.reference}`),
      text: t('portal.application.live'),
    },
    beforeContent: backLink({ text: t('portal.applications.title'), href: '/applications' }),
    content: html`
      <span class="govuk-caption-l">${t('portal.reference')} <bdi dir="ltr">${view.reference}</bdi></span>
      <h1 class="govuk-heading-l">${words('title')}</h1>
      ${toDo(visit, open)}
      <p class="govuk-body">${tag(state.tag)}</p>
      ${progress(state.progress)}
      <p class="govuk-body"><strong>${state.step}</strong></p>
      ${state.promise && html`<p class="govuk-body">${state.promise}</p>`}
      ${view.stuck && html`<p class="govuk-body">${t('portal.application.stuck')}</p>`}
      ${outcome(site, visit, open)}
      ${documents(site, visit, open)}
      <h2 class="govuk-heading-m">${t('portal.application.history')}</h2>
      ${timeline({ items: historyOf(open).map((entry) => toItem(visit, open, entry)) })}
      ${guestLink(site, visit, open)}
      <h2 class="govuk-heading-m">${t('portal.stop.ask', { agency: agencyName(visit, site.faces.country, service.authority) })}</h2>
      ${contactList(visit, site.faces.country.agencies[service.authority]?.contact ?? {})}`,
  })
}

/** For who did not sign in: the link that opens this application anywhere. */
function guestLink(site: Site, visit: Visit, { view, context }: OpenApplication): Html | undefined {
  const key = site.guests.keyOf(context, view.reference)
  if (key === '') return undefined
  const { t } = visit
  return html`
    <h2 class="govuk-heading-m">${t('portal.done.follow')}</h2>
    <p class="govuk-body">${t('portal.guest.link')}</p>
    <p class="govuk-body"><a class="govuk-link" href="/applications/${view.reference}?key=${key}">${t('portal.guest.link-text', { reference: view.reference })}</a></p>
    ${queried(visit, 'key') === undefined && forgetForm(visit)}`
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
function outcome(
  { faces: { country } }: Site,
  visit: Visit,
  { view, service, words }: OpenApplication,
): Html | undefined {
  if (view.result === undefined) return undefined
  const { t } = visit
  const body = words.maybe(`result.${view.result}.body`)
  const { appeal } = service
  const canAppeal = appeal?.results.includes(view.result)
  return html`
    ${body && paragraphsOf(body).map((text) => html`<p class="govuk-body">${text}</p>`)}
    ${
      appeal &&
      canAppeal &&
      insetText({
        text: html`<p class="govuk-body">${t('portal.appeal', {
          within: termText(visit, appeal.within),
          agency: agencyName(visit, country, appeal.to),
          law: appeal.law ?? '',
        })}</p>`,
      })
    }`
}

function documents(site: Site, visit: Visit, { documents, view, words }: OpenApplication): Html | undefined {
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
function historyOf({ view, bills, documents }: OpenApplication): TimelineEntry[] {
  const paid = bills.flatMap(({ settledAt, amount }): TimelineEntry[] =>
    settledAt ? [{ at: settledAt, kind: 'paid', by: 'system', data: { amount: { ...amount } } }] : [],
  )
  const issued = documents.map(
    ({ issuedAt, output }): TimelineEntry => ({ at: issuedAt, kind: 'issued', by: 'system', data: { output } }),
  )
  const order = (entry: TimelineEntry) => Date.parse(entry.at)
  return [...view.timeline, ...paid, ...issued].sort((a, b) => order(a) - order(b)).reverse()
}

function toItem(visit: Visit, { words }: OpenApplication, { at, kind, by, data }: TimelineEntry) {
  const { t } = visit
  const { task, request, result, reference, deadline, output } = (data ?? {}) as Record<
    string,
    string | null | undefined
  >
  const { amount } = (data ?? {}) as { amount?: Parameters<Visit['money']>[0] }
  const values = {
    document: output ? documentTitle(words, { output }) : '',
    amount: amount ? visit.money(amount) : '',
    task: task ? words(`task.${task}.title`) : '',
    request: request ? words(`ask.${request}.title`) : t('portal.request.title'),
    result: result ? words(`result.${result}.title`) : '',
    reference: reference ?? '',
    deadline: deadline ? visit.date(deadline) : '',
  }
  return {
    title: t(`portal.timeline.${kind}`, values),
    by: t(`portal.timeline.by-${by}`),
    at: { datetime: at, text: visit.time(at) },
  }
}

/** It is sent: the reference, what happens next and when, how to follow and to keep it. */
function donePage(site: Site, visit: Visit, open: OpenApplication): FastifyReply {
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
    live: { href: ofApplication(visit, `/live/applications/${view.reference}`), text: t('portal.application.live') },
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
      ${documents(site, visit, open)}
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

// What happened to somebody, on one page: every application that belongs to it, whose turn it is, and one timeline of all.
import { liveHref, type Visit } from '@ashlar/face'
import { NotFound } from '@ashlar/kernel/http'
import { backLink, cards, type Html, html, timeline } from '@ashlar/ui'
import type { FastifyReply } from 'fastify'
import { type OpenApplication, openApplication } from './application.ts'
import { historyOf, toItem } from './application-page.ts'
import { applicationCards } from './applications.ts'
import { legsOf, legsTable } from './legs.ts'
import { offerBoxes } from './offers.ts'
import { findServices, serviceList } from './services.ts'
import { parameter, type Site, subjectOf } from './site.ts'

const MOST = 10

export function lifeEventPages(site: Site): void {
  site.get(
    '/life-events/:id',
    'Everybody may know what the state offers; what is a person’s own only they see.',
    (visit) => lifeEventPage(site, visit, parameter(visit, 'id')),
  )
}

async function lifeEventPage(site: Site, visit: Visit, id: string): Promise<FastifyReply> {
  const { t } = visit
  const event = Object.hasOwn(site.faces.country.lifeEvents, id) ? site.faces.country.lifeEvents[id] : undefined
  if (event === undefined) throw NotFound()
  const services = (await findServices(site, visit, '')).filter(({ lifeEvents }) => lifeEvents.includes(id))
  const moment = await site.live.moment()
  const own =
    subjectOf(visit) === undefined
      ? []
      : await applicationsOf(
          site,
          visit,
          services.map(({ id }) => id),
        )
  const references = own.map(({ view }) => view.reference)
  const offers = subjectOf(visit) === undefined ? undefined : await offerBoxes(site, visit)
  const begins = services.filter(({ channels }) => channels.includes('web'))
  return visit.citizen({
    title: visit.of(event.title),
    description: visit.of(event.summary),
    at: 'services',
    ...(own.length > 0
      ? { noIndex: true, live: { href: liveHref({ href: '/live/home', moment }), text: t('portal.application.live') } }
      : {}),
    beforeContent: backLink({ text: t('portal.services.title'), href: '/services' }),
    content: html`
      <h1 class="govuk-heading-xl">${visit.of(event.title)}</h1>
      <p class="govuk-body-l">${visit.of(event.summary)}</p>
      ${offers}
      ${own.length > 0 && (await ownMatters(site, visit, own, references))}
      <h2 class="govuk-heading-m">${t('portal.life-event.services')}</h2>
      ${serviceList(begins)}`,
  })
}

async function ownMatters(site: Site, visit: Visit, own: OpenApplication[], references: string[]): Promise<Html> {
  const { t } = visit
  const running = await applicationCards(site, visit, { limit: MOST, only: references })
  const tables = await Promise.all(own.map(async (open) => legsTable(site, visit, await legsOf(site, open))))
  const lines = own
    .flatMap((open) => historyOf(open).map((entry) => ({ open, entry })))
    .sort((a, b) => Date.parse(b.entry.at) - Date.parse(a.entry.at))
  const items = lines.map(({ open, entry }) => {
    const item = toItem(site, visit, open, entry)
    return { ...item, by: html`${item.by}, ${open.words('title')}` }
  })
  return html`
    <h2 class="govuk-heading-m">${t('portal.applications.title')}</h2>
    ${cards(running.items)}
    ${tables}
    <h2 class="govuk-heading-m">${t('portal.application.history')}</h2>
    ${timeline({ items })}`
}

/** Of the person, for the services of the life event, the newest first. */
async function applicationsOf(site: Site, visit: Visit, services: string[]): Promise<OpenApplication[]> {
  const context = site.guests.contextOf(visit, 'my-applications')
  const { applications } = await site.cases.applicationsOf({ limit: 50 }, context)
  const own = applications.filter(({ service }) => services.includes(service.id)).slice(0, MOST)
  return Promise.all(own.map(({ reference }) => openApplication(site, visit, reference)))
}

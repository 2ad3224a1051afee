// The catalogue: finding a public service, and the page where each begins.
import type { PublicService } from '@ashlar/catalogue'
import type { Visit } from '@ashlar/face'
import { button, type Html, html, insetText, summaryList, textInput } from '@ashlar/ui'
import type { FastifyReply } from 'fastify'
import { parameter, queried, type Site } from './site.ts'
import { agencyName, paragraphsOf, wordsOf } from './words.ts'

type Summary = Awaited<ReturnType<Site['catalogue']['list']>>[number]

export function catalogPages(site: Site): void {
  const why = 'Everybody may know what the state offers.'

  site.get('/services', why, async (visit) => {
    const asked = queried(visit, 'q')?.slice(0, 200) ?? ''
    return listPage(site, visit, asked, await findServices(site, visit, asked))
  })
  site.get('/services/:id', why, async (visit) => startPage(site, visit, parameter(visit, 'id')))
}

/** Offered services that fit the words, whatever their accents and case; all of them for no words. */
export async function findServices(site: Site, visit: Visit, asked: string): Promise<Summary[]> {
  const words = plain(asked).split(/\s+/).filter(Boolean).slice(0, 10)
  const all = await site.catalogue.list(visit.language)
  if (words.length === 0) return all
  const { lifeEvents } = site.faces.country
  return all.filter((service) => {
    const events = service.lifeEvents.map((id) => visit.of(lifeEvents[id]?.title))
    const text = plain([service.title, service.summary, service.authorityName, ...events].join(' '))
    return words.every((word) => text.includes(word))
  })
}

/** Without accents, vowel signs and case. */
const plain = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()

export function searchForm({ t }: Visit, asked = ''): Html {
  return html`
    <form method="get" action="/services" role="search">
      ${textInput({
        name: 'q',
        value: asked,
        type: 'search',
        label: { text: t('portal.search.label'), classes: 'govuk-label--s' },
        attributes: { dir: 'auto' },
      })}
      ${button({ text: t('portal.search.go') })}
    </form>`
}

/** By life event, for people look for what happened to them, not for an office. */
export function servicesByEvent(site: Site, visit: Visit, services: Summary[]): Html {
  const { lifeEvents } = site.faces.country
  const groups = Object.values(lifeEvents)
    .map((event) => ({ event, found: services.filter((service) => service.lifeEvents.includes(event.id)) }))
    .filter(({ found }) => found.length > 0)
  const others = services.filter(({ lifeEvents: ids }) => !ids.some((id) => lifeEvents[id]))
  return html`
    ${groups.map(
      ({ event, found }) => html`
        <h2 class="govuk-heading-m"><a class="govuk-link" href="/life-events/${event.id}">${visit.of(event.title)}</a></h2>
        <p class="govuk-body">${visit.of(event.summary)}</p>
        ${serviceList(found)}`,
    )}
    ${
      others.length > 0 &&
      html`${groups.length > 0 && html`<h2 class="govuk-heading-m">${visit.t('portal.services.others')}</h2>`}
        ${serviceList(others)}`
    }`
}

export const serviceList = (services: Summary[]): Html => html`
  <ul class="govuk-list">
    ${services.map(({ id, title, summary }) => html`<li><a class="govuk-link" href="/services/${id}">${title}</a><br>${summary}</li>`)}
  </ul>`

function listPage(site: Site, visit: Visit, asked: string, found: Summary[]): FastifyReply {
  const { t } = visit
  return visit.citizen({
    title: asked ? t('portal.search.found', { count: found.length, asked }) : t('portal.services.title'),
    at: 'services',
    ...(asked ? { noIndex: true } : {}),
    content: html`
      <h1 class="govuk-heading-xl">${t('portal.services.title')}</h1>
      ${searchForm(visit, asked)}
      ${asked && html`<p class="govuk-body" role="status">${t('portal.search.found', { count: found.length, asked })}</p>`}
      ${
        found.length > 0
          ? servicesByEvent(site, visit, found)
          : html`<p class="govuk-body"><a class="govuk-link" href="/services">${t('portal.search.all')}</a></p>`
      }`,
  })
}

async function startPage(site: Site, visit: Visit, id: string): Promise<FastifyReply> {
  const service = await site.catalogue.get(id)
  const { country } = site.faces
  const words = wordsOf(visit, service, country)
  const { t } = visit
  const row = (key: string) => ({
    key: { text: t(`portal.start.${key}`) },
    value: { text: html`${paragraphsOf(words(key)).map((text) => html`<p class="govuk-body">${text}</p>`)}` },
  })
  const isOnline = service.channels.includes('web')
  return visit.citizen({
    title: words('title'),
    description: words('summary'),
    at: 'services',
    facts: factsFor(site, visit, service),
    content: html`
      <h1 class="govuk-heading-xl">${words('title')}</h1>
      <p class="govuk-body-l">${words('summary')}</p>
      ${summaryList({ rows: [row('who'), row('cost'), row('time'), row('needs')] })}
      ${
        isOnline &&
        html`
          ${insetText({ text: t(`portal.start.sign-in.${service.signIn}`) })}
          <form method="post" action="/apply/${service.id}">
            ${visit.token}
            ${button({ text: t('portal.start.now'), isStartButton: true })}
          </form>`
      }
      <h2 class="govuk-heading-m">${t('portal.start.after')}</h2>
      ${paragraphsOf(words('after')).map((text) => html`<p class="govuk-body">${text}</p>`)}
      <h2 class="govuk-heading-m">${t('portal.start.otherWays')}</h2>
      ${paragraphsOf(words('otherWays')).map((text) => html`<p class="govuk-body">${text}</p>`)}
      <p class="govuk-body"><a class="govuk-link" href="/resume">${t('portal.resume.title')}</a></p>
      <h2 class="govuk-heading-m">${t('portal.start.law')}</h2>
      <p class="govuk-body">${words('law')}</p>
      <p class="govuk-body">${t('portal.start.authority', { agency: agencyName(visit, country, service.authority) })}</p>`,
  })
}

/** For search engines, in the words of schema.org. */
function factsFor({ baseUrl, faces: { country } }: Site, visit: Visit, service: PublicService): object {
  const words = wordsOf(visit, service, country)
  return {
    '@context': 'https://schema.org',
    '@type': 'GovernmentService',
    name: words('title'),
    description: words('summary'),
    url: `${baseUrl}/services/${service.id}`,
    inLanguage: service.languages,
    serviceOperator: {
      '@type': 'GovernmentOrganization',
      name: agencyName(visit, country, service.authority),
    },
    areaServed: { '@type': 'Country', name: visit.of(country.name) },
    availableChannel: service.channels.map((channel) => ({
      '@type': 'ServiceChannel',
      name: channel,
      ...(channel === 'web' ? { serviceUrl: `${baseUrl}/services/${service.id}` } : {}),
    })),
    termsOfService: words('law'),
  }
}

// What a person is offered before they ask: taken up with what is known already, or declined.
import type { Visit } from '@ashlar/face'
import { isProblem } from '@ashlar/kernel/problem'
import { button, buttonGroup, type Html, html } from '@ashlar/ui'
import { nextHref, toOpen } from './draft.ts'
import { parameter, type Site } from './site.ts'
import { wordsOf } from './words.ts'

export function offerPages(site: Site): void {
  const why = 'An offer is to one person; nobody else finds it.'

  site.post('/offers/:id/taking', why, async (visit) => {
    visit.person()
    const context = site.guests.contextOf(visit, 'apply')
    const name = visit.request.caller?.name
    const start = { language: visit.language, ...(name ? { name } : {}) }
    const draft = await site.cases.takeOffer(parameter(visit, 'id'), start, context).catch(onlyWhenGone)
    return visit.go(draft === undefined ? '/' : nextHref(await toOpen(site, visit, draft, context)))
  })

  site.post('/offers/:id/refusal', why, async (visit) => {
    visit.person()
    await site.cases.declineOffer(parameter(visit, 'id'), site.guests.contextOf(visit, 'apply')).catch(onlyWhenGone)
    return visit.go('/')
  })
}

/** Taken, declined or lapsed meanwhile: then the first page says how things stand. */
function onlyWhenGone(error: unknown): undefined {
  if (isProblem(error) && error.code === 'offer-not-found') return undefined
  throw error
}

/** Each with its reason and until when it stands. */
export async function offerBoxes(site: Site, visit: Visit): Promise<Html | undefined> {
  const { t } = visit
  const offers = await site.cases.offersOf(site.guests.contextOf(visit, 'my-applications'))
  if (offers.length === 0) return undefined
  const boxes = await Promise.all(
    offers.map(async ({ id, service, name, lapsesAt, draft }) => {
      const words = wordsOf(visit, await site.catalogue.get(service), site.faces.country)
      return html`
        <div class="ashlar-box">
          <h3 class="govuk-heading-s">${words(`offer.${name}.title`)}</h3>
          <p class="govuk-body">${words(`offer.${name}.why`)}</p>
          ${lapsesAt && html`<p class="govuk-body">${t('portal.offer.until', { until: visit.date(lapsesAt) })}</p>`}
          ${buttonGroup(
            html`
              <form method="post" action="/offers/${id}/taking">
                ${visit.token}
                ${button({ text: t(draft === undefined ? 'portal.offer.take' : 'portal.offer.go-on') })}
              </form>`,
            html`
              <form method="post" action="/offers/${id}/refusal">
                ${visit.token}
                ${button({ text: t('portal.offer.decline'), classes: 'govuk-button--secondary' })}
              </form>`,
          )}
        </div>`
    }),
  )
  return html`<h2 class="govuk-heading-m">${t('portal.offer.title')}</h2>${boxes}`
}

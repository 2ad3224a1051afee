// For whom I act: myself, my child, my company, or who gave me a mandate. The session keeps it; every page says it.
import type { Visit } from '@ashlar/face'
import type { Authority } from '@ashlar/identity'
import { NotSignedIn } from '@ashlar/kernel/http'
import { isProblem } from '@ashlar/kernel/problem'
import { button, errorSummary, html, isolate, radios } from '@ashlar/ui'
import type { FastifyReply } from 'fastify'
import { mandatePlaces } from './mandate-words.ts'
import { fieldOf, queried, type Site } from './site.ts'
import { wordsOf } from './words.ts'

const MYSELF = 'myself'

export function actingPages(site: Site): void {
  const why = 'For whom somebody may act is shown to them only.'

  site.get('/acting', why, (visit) => actingPage(site, visit))

  site.post('/acting', why, async (visit) => {
    const chosen = fieldOf(visit, 'represented')
    const token = site.carrier.tokenOf(visit.request)
    if (token === undefined) throw NotSignedIn()
    if (chosen === undefined) {
      visit.reply.code(422)
      return actingPage(site, visit, visit.t('portal.acting.choose'))
    }
    try {
      site.carrier.keep(visit.reply, await site.identity.actFor(token, chosen === MYSELF ? null : chosen))
      return visit.go(nextOf(fieldOf(visit, 'next')))
    } catch (error) {
      // Revoked while the page was open.
      if (!isProblem(error) || error.code !== 'may-not-act-for') throw error
      visit.reply.code(403)
      return actingPage(site, visit, visit.t('portal.acting.ended'))
    }
  })
}

async function actingPage(site: Site, visit: Visit, error?: string): Promise<FastifyReply> {
  const { t } = visit
  const context = visit.request.caller?.context
  if (context?.actor.kind !== 'person') throw NotSignedIn()
  const authorities = await site.identity.mandatesOf(context.actor.id)
  // Several rights may lead to one party: it is shown once, with all of them.
  const parties = [...Map.groupBy(authorities, ({ represented }) => represented.id).values()]
  const hints = await Promise.all(
    parties.map((rights) => Promise.all(rights.map((one) => rightText(site, visit, one)))),
  )
  const title = t('portal.acting.title')
  return visit.citizen({
    title: error === undefined ? title : t('portal.error.title', { title }),
    at: 'home',
    noIndex: true,
    content: html`
      ${error !== undefined && errorSummary({ titleText: t('portal.error.summary'), errorList: [{ text: error, href: '#represented' }] })}
      <h1 class="govuk-heading-xl">${title}</h1>
      ${mandatePlaces(visit, 'acting')}
      <p class="govuk-body">${t('portal.acting.lead')}</p>
      <form method="post" action="/acting" novalidate>
        ${visit.token}
        <input type="hidden" name="next" value="${nextOf(queried(visit, 'next') ?? fieldOf(visit, 'next'))}">
        ${radios({
          name: 'represented',
          idPrefix: 'represented',
          value: context.represented?.id ?? MYSELF,
          fieldset: { legend: { text: t('portal.acting.legend'), classes: 'govuk-fieldset__legend--m' } },
          ...(error === undefined ? {} : { errorMessage: { text: error, visuallyHiddenText: t('portal.error.sign') } }),
          items: [
            { value: MYSELF, text: t('portal.acting.myself', { name: nameOf(visit) }) },
            ...parties.map(([first], n) => ({
              value: first!.represented.id,
              text: isolate(first!.represented.name),
              hint: { text: hints[n]!.join(' ') },
            })),
          ],
        })}
        ${parties.length === 0 && html`<p class="govuk-body">${t('portal.acting.nobody')}</p>`}
        ${button({ text: t('portal.continue') })}
      </form>`,
  })
}

/** "As director", "By a mandate of … for Work permit, up to 500.00 VRD an act, until 1 May". */
async function rightText(
  site: Site,
  visit: Visit,
  { basis, via, services, acts, limit, validUntil }: Authority,
): Promise<string> {
  const { t } = visit
  const titles = services && (await Promise.all(services.map((id) => titleOf(site, visit, id))))
  return [
    via === undefined ? t(`portal.mandate.basis.${basis}`) : t('portal.mandate.via', { name: via.name }),
    titles && t('portal.mandate.for-services', { services: visit.list(titles) }),
    acts?.length === 1 && t(`portal.mandate.only.${acts[0]}`),
    limit && t('portal.mandate.up-to', { amount: visit.money(limit) }),
    validUntil && t('portal.mandate.until', { day: visit.date(validUntil) }),
  ]
    .filter((part) => typeof part === 'string')
    .join(' ')
}

export async function titleOf(site: Site, visit: Visit, id: string): Promise<string> {
  const service = await site.catalogue.get(id).catch(() => undefined)
  return service === undefined ? id : wordsOf(visit, service, site.faces.country)('title')
}

const nameOf = ({ request: { caller } }: Visit): string => caller?.actorName ?? caller?.name ?? ''

/** Only a page of ours. */
function nextOf(asked: string | undefined): string {
  return asked !== undefined && /^\/(?![/\\])[^\\\p{C}]*$/u.test(asked) ? asked : '/'
}

// Beginning an application: signed in as late as the law allows, and going on where one left off.
import type { PublicService } from '@ashlar/catalogue'
import type { Visit } from '@ashlar/face'
import { isAtLeast } from '@ashlar/identity'
import { NotFound } from '@ashlar/kernel/http'
import { isProblem } from '@ashlar/kernel/problem'
import { backLink, button, errorSummary, html, radios, textInput } from '@ashlar/ui'
import type { FastifyReply } from 'fastify'
import { nextHref, toOpen } from './draft.ts'
import { fieldOf, queried, type Site, subjectOf } from './site.ts'
import { wordsOf } from './words.ts'

/** Begins a draft of a public service, or asks whether to go on with one that was begun. */
export async function start(site: Site, visit: Visit, id: string): Promise<FastifyReply> {
  const service = await site.catalogue.get(id)
  if (!service.channels.includes('web')) throw NotFound()
  // A link on another website does not begin anything in somebody's name.
  const from = visit.request.headers['sec-fetch-site']
  if (from === 'cross-site' || from === 'same-site') return visit.go(`/services/${service.id}`)
  if (!(await isSignedInEnough(site, visit, service)))
    return visit.go(`/sign-in?next=${encodeURIComponent(`/apply/${service.id}`)}`)

  const context = site.guests.welcome(visit, 'apply')
  // What only organisations may ask for begins with choosing for which one.
  const { is } = service.parties.applicant ?? { is: 'person' }
  if (context.actor.kind === 'person' && is !== 'either' && is !== (context.represented?.kind ?? 'person'))
    return visit.go(`/acting?next=${encodeURIComponent(`/apply/${service.id}`)}`)
  const begun = (await site.cases.draftsOf(context)).filter((draft) => draft.service.id === service.id)
  const [latest] = begun
  const choice = fieldOf(visit, 'draft')
  if (latest !== undefined && choice !== 'new') {
    if (latest.version === 1 || choice === latest.id) return visit.go(`/apply/${latest.id}`)
    return begunPage(site, visit, service, latest)
  }
  const name = visit.request.caller?.name
  const about = queried(visit, 'about')
  const draft = await site.cases.startDraft(
    { service: service.id, language: visit.language, ...(name ? { name } : {}), ...(about ? { about } : {}) },
    context,
  )
  return visit.go(nextHref(await toOpen(site, visit, draft, context)))
}

async function isSignedInEnough(site: Site, visit: Visit, { signIn }: PublicService): Promise<boolean> {
  if (signIn === 'none') return true
  if (subjectOf(visit) === undefined) return false
  const session = await site.identity.authenticate(site.carrier.tokenOf(visit.request))
  return session !== undefined && isAtLeast(session.level, signIn)
}

function begunPage(
  site: Site,
  visit: Visit,
  service: PublicService,
  draft: { id: string; savedAt: string },
): FastifyReply {
  const { t } = visit
  const words = wordsOf(visit, service, site.faces.country)
  const title = t('portal.begun.title')
  return visit.citizen({
    title,
    within: { text: words('title'), href: `/services/${service.id}` },
    noIndex: true,
    beforeContent: backLink({ text: t('portal.back'), href: `/services/${service.id}` }),
    content: html`
      <form method="post" action="/apply/${service.id}">
        ${visit.token}
        ${radios({
          name: 'draft',
          value: draft.id,
          fieldset: { legend: { text: title, classes: 'govuk-fieldset__legend--l', isPageHeading: true } },
          items: [
            {
              value: draft.id,
              text: t('portal.begun.go-on'),
              hint: { text: t('portal.begun.saved', { at: visit.time(draft.savedAt) }) },
            },
            { value: 'new', text: t('portal.begun.anew') },
          ],
        })}
        ${button({ text: t('portal.continue') })}
      </form>`,
  })
}

/** Going on with a draft by its code, from another device or after a call. */
export async function resume(site: Site, visit: Visit): Promise<FastifyReply> {
  const context = site.guests.welcome(visit, 'apply')
  const code = fieldOf(visit, 'code') ?? ''
  try {
    const draft = await site.cases.resumeDraft(code, context)
    return visit.go(nextHref(await toOpen(site, visit, draft, context)))
  } catch (error) {
    if (!isProblem(error) || error.code !== 'resume-code-not-found') throw error
    visit.reply.code(422)
    return resumePage(visit, { code, error: visit.t('portal.resume.not-found') })
  }
}

export function resumePage(visit: Visit, { code, error }: { code?: string; error?: string } = {}): FastifyReply {
  const { t } = visit
  const title = t('portal.resume.title')
  return visit.citizen({
    title: error === undefined ? title : t('portal.error.title', { title }),
    at: 'services',
    noIndex: true,
    beforeContent: backLink({ text: t('portal.back'), href: '/services' }),
    content: html`
      ${error && errorSummary({ titleText: t('portal.error.summary'), errorList: [{ text: error, href: '#code' }] })}
      <form method="post" action="/resume" novalidate>
        ${visit.token}
        ${textInput({
          name: 'code',
          value: code ?? '',
          label: { text: title, classes: 'govuk-label--l', isPageHeading: true },
          hint: { text: t('portal.resume.hint') },
          classes: 'govuk-input--width-10',
          autocapitalize: 'characters',
          spellcheck: false,
          attributes: { dir: 'ltr', autocomplete: 'off' },
          ...(error ? { errorMessage: { text: error, visuallyHiddenText: t('portal.error.sign') } } : {}),
        })}
        ${button({ text: t('portal.continue') })}
      </form>`,
  })
}

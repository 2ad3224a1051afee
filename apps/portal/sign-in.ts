// Signing in: by a one-time code that needs no script, or by a passkey; and signing out.
import type { Visit } from '@ashlar/face'
import { isProblem } from '@ashlar/kernel/problem'
import { backLink, button, errorSummary, html, insetText, textInput } from '@ashlar/ui'
import type { FastifyReply } from 'fastify'
import { passkey } from './passkey.ts'
import { scriptTag, serveScript } from './scripts.ts'
import { fieldOf, queried, type Site } from './site.ts'

/** Between the two pages: which code was asked for, for whom, and where to go then. */
const COOKIE = 'ashlar_sign_in'
const KEPT_SECONDS = 15 * 60

interface Pending {
  challenge: string
  address: string
  next: string
}

export function signInPages(site: Site): void {
  const { get, post } = site
  const why = 'Nobody is known before signing in.'
  serveScript(site.http, passkey)

  get('/sign-in', why, (visit) => addressPage(visit, { next: nextOf(queried(visit, 'next')) }))

  post('/sign-in', why, async (visit) => {
    const next = nextOf(fieldOf(visit, 'next'))
    const address = fieldOf(visit, 'address') ?? ''
    try {
      const { challenge } = await site.identity.code.send({
        address,
        language: visit.language,
        visitor: visitorOf(site, visit),
      })
      keep(site, visit, { challenge, address: address.trim().slice(0, 254), next })
      return visit.go('/sign-in/code')
    } catch (error) {
      if (!isProblem(error) || error.code !== 'address-not-valid') throw error
      visit.reply.code(422)
      return addressPage(visit, { next, address, error: visit.t('portal.sign-in.address-wrong') })
    }
  })

  get('/sign-in/code', why, (visit) => {
    const pending = pendingOf(visit)
    return pending === undefined ? visit.go('/sign-in') : codePage(visit, pending)
  })

  post('/sign-in/code', why, async (visit) => {
    const pending = pendingOf(visit)
    if (pending === undefined) return visit.go('/sign-in')
    try {
      const code = fieldOf(visit, 'code') ?? ''
      const visitor = visitorOf(site, visit)
      const signedIn = await site.identity.code.verify({ challenge: pending.challenge, code, visitor })
      site.carrier.keep(visit.reply, signedIn)
      visit.reply.clearCookie(COOKIE, { path: '/sign-in' })
      return visit.go(signedIn.session.kind === 'staff' && pending.next === '/' ? '/office' : pending.next)
    } catch (error) {
      if (!isProblem(error) || error.code !== 'code-not-accepted') throw error
      visit.reply.code(422)
      return codePage(visit, pending, visit.t('portal.sign-in.code-wrong'))
    }
  })

  post('/sign-out', 'Signing out twice is no wrong.', async (visit) => {
    await site.identity.signOut(site.carrier.tokenOf(visit.request))
    site.carrier.drop(visit.reply)
    return visit.go('/')
  })
}

const visitorOf = (site: Site, { request }: Visit) => {
  const token = site.carrier.tokenOf(request)
  return { ip: request.ip, ...(token === undefined ? {} : { token }) }
}

/** Only a page of ours: an address of another website would send people there with our word for it. */
function nextOf(asked: string | undefined): string {
  return asked !== undefined && /^\/(?![/\\])[^\\\p{C}]*$/u.test(asked) && !asked.startsWith('/sign-in') ? asked : '/'
}

function keep({ baseUrl }: Site, { reply }: Visit, pending: Pending): void {
  reply.setCookie(COOKIE, Buffer.from(JSON.stringify(pending)).toString('base64url'), {
    path: '/sign-in',
    httpOnly: true,
    sameSite: 'lax',
    secure: baseUrl.startsWith('https:'),
    maxAge: KEPT_SECONDS,
  })
}

function pendingOf({ request }: Visit): Pending | undefined {
  try {
    const kept = JSON.parse(Buffer.from(request.cookies[COOKIE] ?? '', 'base64url').toString('utf8')) as Pending
    const { challenge, address, next } = kept
    return typeof challenge === 'string' && typeof address === 'string'
      ? { challenge, address, next: nextOf(next) }
      : undefined
  } catch {
    return undefined
  }
}

function addressPage(
  visit: Visit,
  { next, address = '', error }: { next: string; address?: string; error?: string },
): FastifyReply {
  const { t } = visit
  const title = t('portal.sign-in.title')
  return visit.citizen({
    title: error ? t('portal.error.title', { title }) : title,
    noIndex: true,
    beforeContent: backLink({ text: t('face.home'), href: '/' }),
    content: html`
      ${error && errorSummary({ titleText: t('portal.error.summary'), errorList: [{ text: error, href: '#address' }] })}
      <h1 class="govuk-heading-l">${title}</h1>
      ${visit.isStaff && insetText({ text: t('portal.sign-in.as-staff', { name: visit.request.caller?.name ?? '' }) })}
      <p class="govuk-body">${t('portal.sign-in.lead')}</p>
      <div id="passkey" hidden>
        <p class="govuk-error-message" id="passkey-failed" role="alert"></p>
        ${button({
          text: t('portal.sign-in.passkey'),
          type: 'button',
          attributes: {
            'data-passkey': 'sign-in',
            'data-next': next,
            'data-failed': t('portal.sign-in.passkey-failed'),
          },
        })}
      </div>
      <form method="post" action="/sign-in" novalidate>
        ${visit.token}
        <input type="hidden" name="next" value="${next}">
        ${textInput({
          name: 'address',
          value: address,
          type: 'email',
          autocomplete: 'email',
          spellcheck: false,
          label: { text: t('portal.sign-in.address'), classes: 'govuk-label--s' },
          hint: { text: t('portal.sign-in.address-hint') },
          attributes: { dir: 'ltr' },
          ...(error ? { errorMessage: { text: error, visuallyHiddenText: t('portal.error.sign') } } : {}),
        })}
        ${button({ text: t('portal.sign-in.send') })}
      </form>
      ${scriptTag(passkey, visit.request.nonce)}`,
  })
}

function codePage(visit: Visit, { address, next }: Pending, error?: string): FastifyReply {
  const { t } = visit
  const title = t('portal.sign-in.code-title')
  return visit.citizen({
    title: error ? t('portal.error.title', { title }) : title,
    noIndex: true,
    beforeContent: backLink({
      text: t('portal.sign-in.other-address'),
      href: `/sign-in?next=${encodeURIComponent(next)}`,
    }),
    content: html`
      ${error && errorSummary({ titleText: t('portal.error.summary'), errorList: [{ text: error, href: '#code' }] })}
      <h1 class="govuk-heading-l">${title}</h1>
      <p class="govuk-body">${visit.say('portal.sign-in.sent', { address: html`<bdi dir="ltr">${address}</bdi>` })}</p>
      <form method="post" action="/sign-in/code" novalidate>
        ${visit.token}
        ${textInput({
          name: 'code',
          label: { text: t('portal.sign-in.code'), classes: 'govuk-label--s' },
          hint: { text: t('portal.sign-in.code-hint') },
          inputmode: 'numeric',
          autocomplete: 'one-time-code',
          spellcheck: false,
          classes: 'govuk-input--width-10',
          attributes: { dir: 'ltr' },
          ...(error ? { errorMessage: { text: error, visuallyHiddenText: t('portal.error.sign') } } : {}),
        })}
        ${button({ text: t('portal.sign-in.go') })}
      </form>`,
  })
}

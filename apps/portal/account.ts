// How I sign in, and how offices may reach me.
import type { Visit } from '@ashlar/face'
import type { Messaging } from '@ashlar/messaging'
import { backLink, banner, button, checkboxes, html, radios } from '@ashlar/ui'
import type { FastifyReply } from 'fastify'
import { passkey } from './passkey.ts'
import { scriptTag } from './scripts.ts'
import { fieldOf, fieldsOf, queried, type Site } from './site.ts'

type Preferences = Awaited<ReturnType<Messaging['preferences']>>

export function accountPages(site: Site): void {
  const why = 'An account is shown to the person whose it is.'
  site.get('/account', why, async (visit) =>
    accountPage(site, visit, await site.messaging.preferences(visit.person()), queried(visit, 'saved') !== undefined),
  )
  site.post('/account', why, async (visit) => {
    const person = visit.person()
    const chosen = [fieldsOf(visit).channels].flat()
    const language = fieldOf(visit, 'language')
    const spoken = site.faces.country.languages.some(({ code }) => code === language)
    await site.messaging.setPreferences(person, {
      language: spoken && language !== undefined ? language : null,
      email: chosen.includes('email'),
      sms: chosen.includes('sms'),
    })
    return visit.go('/account?saved=yes')
  })
}

function accountPage(site: Site, visit: Visit, preferences: Preferences, isSaved: boolean): FastifyReply {
  const { t } = visit
  const channels = (['email', 'sms'] as const).filter((channel) => preferences[channel])
  return visit.citizen({
    title: t('portal.account.title'),
    at: 'my-data',
    noIndex: true,
    beforeContent: backLink({ text: t('portal.my-data.title'), href: '/my-data' }),
    content: html`
      ${isSaved && banner({ type: 'success', signText: t('portal.account.success'), isAlert: true, text: t('portal.account.saved') })}
      <h1 class="govuk-heading-xl">${t('portal.account.title')}</h1>
      <h2 class="govuk-heading-m">${t('portal.account.passkeys')}</h2>
      <p class="govuk-body">${t('portal.account.passkeys-text')}</p>
      <div id="passkey" hidden>
        <p class="govuk-error-message" id="passkey-failed" role="alert"></p>
        ${button({
          text: t('portal.account.add-passkey'),
          type: 'button',
          classes: 'govuk-button--secondary',
          attributes: {
            'data-passkey': 'add',
            'data-next': '/account?saved=yes',
            'data-failed': t('portal.account.passkey-failed'),
          },
        })}
      </div>
      <h2 class="govuk-heading-m">${t('portal.account.messages')}</h2>
      <form method="post" action="/account">
        ${visit.token}
        ${checkboxes({
          name: 'channels',
          values: channels,
          fieldset: { legend: { text: t('portal.account.channels'), classes: 'govuk-fieldset__legend--s' } },
          hint: { text: t('portal.account.inbox') },
          items: [
            { value: 'email', text: t('portal.account.email') },
            { value: 'sms', text: t('portal.account.sms') },
          ],
        })}
        ${radios({
          name: 'language',
          value: preferences.language ?? visit.language,
          fieldset: { legend: { text: t('portal.account.language'), classes: 'govuk-fieldset__legend--s' } },
          items: site.faces.country.languages.map(({ code, name }) => ({ value: code, text: name })),
        })}
        ${button({ text: t('portal.account.save') })}
      </form>
      ${scriptTag(passkey, visit.request.nonce)}`,
  })
}

// A form that came too late (signed out meanwhile, or signed in anew): what was typed is still there, to be sent again.
import { button, type Html, html } from '@ashlar/ui'
import type { FastifyRequest } from 'fastify'

/**
 * Only refusals that say nothing about what was sent. Forms of other websites never come this far: they are refused before
 * by where they come from.
 */
export function isSendable(code: string, { method, body }: FastifyRequest): boolean {
  return (code === 'form-expired' || code === 'not-signed-in') && method === 'POST' && fieldsOf(body).length > 0
}

/** What of a visit is needed here. */
interface LateForm {
  request: FastifyRequest
  token: Html
  t(key: string): string
  say(key: string, parts: Record<string, Html>): Html
}

export function sendAgain({ t, say, token, request }: LateForm): Html {
  const isOut = request.caller === undefined
  return html`
    <p class="govuk-body">${t('face.kept')}</p>
    ${
      isOut &&
      html`<p class="govuk-body">${say('face.sign-in-first', {
        link: html`<a class="govuk-link" href="/sign-in" target="_blank" rel="noopener">${t('face.sign-in-new-tab')}</a>`,
      })}</p>`
    }
    <form method="post" action="${request.url}">
      ${token}
      ${fieldsOf(request.body).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
      ${button({ text: t('face.send-again') })}
    </form>`
}

function fieldsOf(body: unknown): [string, string][] {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return []
  return Object.entries(body).flatMap(([name, value]) =>
    [value].flat().flatMap((one): [string, string][] => (typeof one === 'string' ? [[name, one]] : [])),
  )
}

// My messages: what offices told me, whatever other channels it went by.
import type { Visit } from '@ashlar/face'
import { isProblem } from '@ashlar/kernel/problem'
import { attributes, backLink, html, isolate, pagination, table, tag } from '@ashlar/ui'
import type { FastifyReply } from 'fastify'
import { parameter, queried, type Site } from './site.ts'
import { agencyName, paragraphsOf } from './words.ts'

const PAGE = 20

export function messagePages(site: Site): void {
  const why = 'Messages are shown to whom they were written.'
  site.get('/messages', why, (visit) => listPage(site, visit))
  site.get('/messages/:id', why, (visit) => messagePage(site, visit, parameter(visit, 'id')))
}

async function listPage(site: Site, visit: Visit): Promise<FastifyReply> {
  const { t } = visit
  const { country } = site.faces
  const cursor = queried(visit, 'after')
  const { messages, next } = await site.messaging.inbox(visit.person(), { limit: PAGE, ...(cursor ? { cursor } : {}) })
  const title = t('portal.messages.title')
  return visit.citizen({
    title,
    at: 'messages',
    width: 'full',
    noIndex: true,
    content: html`
      <h1 class="govuk-heading-xl">${title}</h1>
      ${
        messages.length > 0
          ? table({
              caption: title,
              captionClasses: 'govuk-visually-hidden',
              stacks: true,
              head: [
                { text: t('portal.messages.subject') },
                { text: t('portal.messages.from') },
                { text: t('portal.messages.when') },
              ],
              rows: messages.map((message) => [
                {
                  text: html`<a class="govuk-link" href="/messages/${message.id}">${isolate(message.subject)}</a>${!message.readAt && html`${' '}${tag({ text: t('portal.messages.new') })}`}`,
                },
                { text: agencyName(visit, country, message.tenant) },
                { text: visit.time(message.sentAt) },
              ]),
            })
          : html`<p class="govuk-body">${t('portal.messages.none')}</p>`
      }
      ${
        next &&
        pagination({
          landmarkLabel: t('portal.pages'),
          next: { text: t('portal.older'), href: `/messages?after=${encodeURIComponent(next)}` },
        })
      }`,
  })
}

async function messagePage(site: Site, visit: Visit, id: string): Promise<FastifyReply> {
  const { t } = visit
  const person = visit.person()
  const message = await site.messaging.get(id, person)
  if (!message.readAt) await site.messaging.markRead(id, person)
  const reference = message.caseId === undefined ? undefined : await referenceOf(site, visit, message.caseId)
  const { texts, country } = site.faces
  // A message stays in the language in which it was written.
  const own = attributes({ lang: message.language, dir: texts.direction(message.language) })
  return visit.citizen({
    title: message.subject,
    at: 'messages',
    noIndex: true,
    beforeContent: backLink({ text: t('portal.messages.title'), href: '/messages' }),
    content: html`
      <span class="govuk-caption-l">${t('portal.messages.by', { agency: agencyName(visit, country, message.tenant), at: visit.time(message.sentAt) })}</span>
      <div${own}>
        <h1 class="govuk-heading-l">${message.subject}</h1>
        ${paragraphsOf(message.body).map((text) => html`<p class="govuk-body">${text}</p>`)}
      </div>
      ${reference && html`<p class="govuk-body"><a class="govuk-link" href="/applications/${reference}">${t('portal.messages.application')}</a></p>`}`,
  })
}

async function referenceOf(site: Site, visit: Visit, caseId: string): Promise<string | undefined> {
  try {
    const { reference } = await site.cases.getApplication(caseId, site.guests.contextOf(visit, 'my-messages'))
    return reference
  } catch (error) {
    if (isProblem(error)) return undefined
    throw error
  }
}

// Pages and operator's routes of the demonstration.
import { timingSafeEqual } from 'node:crypto'
import type { Faces, Visit } from '@ashlar/face'
import { isDuration, type MovableClock } from '@ashlar/kernel/clock'
import { type Http, NotFound, NotSignedIn } from '@ashlar/kernel/http'
import { problem } from '@ashlar/kernel/problem'
import type { Mailbox, MailboxMessage } from '@ashlar/smtp'
import { backLink, button, doors, type Html, html, isolate, summaryList, table, tag, textInput } from '@ashlar/ui'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { type AgencyPagesNeeds, agencyPages } from './agencies.ts'

/** Somebody one can be. */
export interface DemoPerson {
  id: string
  kind: 'person' | 'staff'
  name: string
  /** What they are, by language: a role at an agency, or a sentence about a citizen. */
  about: Record<string, string>
}

export interface DemoNeeds {
  http: Http
  faces: Faces
  people: DemoPerson[]
  /** Signs the visitor in as somebody, without a password; whom they were before is signed out. */
  openDoor(id: string, request: FastifyRequest, reply: FastifyReply): Promise<void>
  mailbox: Mailbox
  clock: MovableClock
  /** Ends when everything that became due has been done. */
  idle(): Promise<void>
  /** The sandbox of agencies' systems, and what can be made to happen there. */
  agencies: AgencyPagesNeeds['agencies']
  seed(people?: number): Promise<{ people: number; records: number; seconds: number }>
  /** Proves a command of the installation's owner. */
  operatorKey: string
}

const WrongMove = problem(
  'clock-move-wrong',
  422,
  'The clock cannot be moved like that',
  () => 'Say how far forward: +7d, +2h, +1y, P30D; or reset.',
  'The demo’s clock moves forward only; reset returns to the real time.',
)

export function demoPages(needs: DemoNeeds): void {
  const { http, faces, people, mailbox, clock } = needs
  const open = { config: { public: 'Only the demonstration has it; it holds invented people only.' } }

  http.get('/demo', {
    ...open,
    handler: (request, reply) => {
      const visit = faces.visit(request, reply)
      const { t } = visit
      const list = (kind: DemoPerson['kind']) =>
        people
          .filter((person) => person.kind === kind)
          .map((person) => ({ title: isolate(person.name), text: visit.of(person.about), href: `/as/${person.id}` }))
      return visit.citizen({
        title: t('demo.title'),
        width: 'full',
        content: html`
          <h1 class="govuk-heading-xl">${t('demo.title')}</h1>
          <p class="govuk-body-l">${t('demo.lead')}</p>
          <h2 class="govuk-heading-m">${t('demo.citizens')}</h2>
          ${doors(list('person'))}
          <h2 class="govuk-heading-m">${t('demo.officers')}</h2>
          ${doors(list('staff'))}
          <h2 class="govuk-heading-m">${t('demo.more')}</h2>
          ${doors([
            { title: t('demo.mailbox'), text: t('demo.mailbox-text'), href: '/mailbox' },
            { title: t('demo.verify'), text: t('demo.verify-text'), href: '/verify' },
            { title: t('demo.agencies'), text: t('demo.agencies-text'), href: '/demo/agencies' },
            { title: t('demo.api'), text: t('demo.api-text'), href: '/developers' },
          ])}
          <p class="govuk-body">${t('demo.now', { now: visit.time(clock.now()) })}</p>`,
      })
    },
  })

  // A door is a link, as in an e-mail to a colleague: it changes who one is, so it is refused from other websites.
  http.get<{ Params: { id: string } }>('/as/:id', {
    ...open,
    schema: { params: Type.Object({ id: Type.String({ maxLength: 100 }) }) },
    handler: async (request, reply) => {
      const person = people.find(({ id }) => id === request.params.id)
      if (!person) throw NotFound()
      const site = request.headers['sec-fetch-site']
      if (site === 'cross-site') return reply.redirect('/demo', 303)
      await needs.openDoor(person.id, request, reply)
      return reply.redirect(person.kind === 'staff' ? '/office' : '/', 303)
    },
  })

  http.get<{ Querystring: { search?: string } }>('/mailbox', {
    ...open,
    handler: (request, reply) => mailboxPage(faces.visit(request, reply), mailbox, request.query.search),
  })

  http.get<{ Params: { id: string } }>('/mailbox/:id', {
    ...open,
    handler: (request, reply) => {
      const message = mailbox.get(request.params.id)
      if (!message) throw NotFound()
      return messagePage(faces.visit(request, reply), message)
    },
  })

  http.get('/live/mailbox', {
    ...open,
    handler: (_request, reply) => reply.sse((stream) => mailbox.watch(() => stream.send({ data: 'changed' }))),
  })

  http.get('/sandbox/messages', {
    ...open,
    schema: {
      summary: 'What people would receive: mails and text messages of the sandbox, the latest first',
      querystring: Type.Object({
        search: Type.Optional(Type.String({ maxLength: 200 })),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
      }),
    },
    handler: (request) => ({ messages: mailbox.list(request.query) }),
  })

  agencyPages(needs)

  const operator = {
    config: { public: 'Asks for the key of the installation’s owner.', idempotent: 'Asked for by hand.' },
  }
  const guard = (request: FastifyRequest) => {
    const given = Buffer.from(request.headers.authorization ?? '')
    const wanted = Buffer.from(`Bearer ${needs.operatorKey}`)
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) throw NotSignedIn()
  }
  const start = Date.now()
  const told = () => {
    const ahead = Math.round((clock.now().getTime() - Date.now()) / 1000)
    const days = Math.floor(ahead / 86_400)
    const moved = ahead < 5 ? '0' : days ? `${days} days` : `${Math.round(ahead / 60)} minutes`
    return { now: clock.now().toISOString(), zone: clock.zone, moved, up: Date.now() - start }
  }

  http.get('/demo/clock', {
    ...operator,
    handler: (request) => {
      guard(request)
      return told()
    },
  })

  http.post('/demo/clock', {
    ...operator,
    schema: { body: Type.Object({ by: Type.String({ maxLength: 40 }) }) },
    handler: async (request) => {
      guard(request)
      const { by } = request.body
      if (by === 'reset') await clock.reset()
      else if (isDuration(by)) await clock.move(by)
      else throw WrongMove()
      await needs.idle()
      return told()
    },
  })

  http.post('/demo/seed', {
    ...operator,
    schema: { body: Type.Object({ people: Type.Optional(Type.Integer({ minimum: 0, maximum: 5_000_000 })) }) },
    handler: (request) => {
      guard(request)
      return needs.seed(request.body.people)
    },
  })
}

function mailboxPage(visit: Visit, mailbox: Mailbox, search: string | undefined): FastifyReply {
  const { t } = visit
  const messages = mailbox.list({ ...(search ? { search } : {}), limit: 50 })
  return visit.citizen({
    title: t('demo.mailbox'),
    width: 'full',
    noIndex: true,
    live: { href: '/live/mailbox', text: t('demo.mailbox-live') },
    beforeContent: backLink({ text: t('demo.title'), href: '/demo' }),
    content: html`
      <h1 class="govuk-heading-xl">${t('demo.mailbox')}</h1>
      <p class="govuk-body">${t('demo.mailbox-lead')}</p>
      <form method="get" action="/mailbox" role="search">
        ${textInput({ id: 'search', name: 'search', value: search ?? '', label: { text: t('demo.search') } })}
        ${button({ text: t('demo.search-button'), classes: 'govuk-button--secondary' })}
      </form>
      ${
        messages.length
          ? table({
              caption: t('demo.messages', { count: messages.length }),
              stacks: true,
              head: [
                { text: t('demo.when') },
                { text: t('demo.to') },
                { text: t('demo.subject') },
                { text: t('demo.kind') },
              ],
              rows: messages.map((message) => [
                { text: visit.time(message.receivedAt) },
                { text: isolate(message.to.join(', ')) },
                {
                  text: html`<a class="govuk-link" href="/mailbox/${message.id}">${isolate(message.subject || message.text.slice(0, 60))}</a>`,
                },
                { text: kindOf(visit, message) },
              ]),
            })
          : html`<p class="govuk-inset-text">${t(search ? 'demo.nothing-found' : 'demo.mailbox-empty')}</p>`
      }`,
  })
}

const kindOf = (visit: Visit, message: MailboxMessage): Html =>
  message.kind === 'mail'
    ? tag({ text: visit.t('demo.mail') })
    : html`${tag({ text: visit.t('demo.sms'), classes: 'govuk-tag--grey' })} ${visit.t('demo.segments', { count: message.segments?.count ?? 1 })}`

function messagePage(visit: Visit, message: MailboxMessage): FastifyReply {
  const { t } = visit
  const language = message.headers.find(({ key }) => key.toLowerCase() === 'content-language')?.value
  const ours = visit.request.server && language ? language : visit.language
  const direction = /^(ar|fa|he|ur)\b/.test(ours) ? 'rtl' : 'ltr'
  return visit.citizen({
    title: message.subject || t('demo.sms'),
    noIndex: true,
    beforeContent: backLink({ text: t('demo.mailbox'), href: '/mailbox' }),
    content: html`
      <h1 class="govuk-heading-l">${isolate(message.subject || t('demo.sms'))}</h1>
      ${summaryList({
        rows: [
          { key: { text: t('demo.to') }, value: { text: isolate(message.to.join(', ')) } },
          ...(message.from ? [{ key: { text: t('demo.from') }, value: { text: isolate(message.from) } }] : []),
          { key: { text: t('demo.when') }, value: { text: visit.time(message.receivedAt) } },
          { key: { text: t('demo.kind') }, value: { text: kindOf(visit, message) } },
        ],
      })}
      <div lang="${ours}" dir="${direction}">
        ${message.text
          .split(/\n\s*\n/)
          .filter((paragraph) => paragraph.trim())
          .map((paragraph) => html`<p class="govuk-body">${paragraph.trim()}</p>`)}
      </div>`,
  })
}

// What the page of an application says of its life: the clock and why, messages, appeal, related cases; and what one may do.
import type { ClockLine, MessageView } from '@ashlar/cases'
import type { Visit } from '@ashlar/face'
import {
  button,
  details,
  type Html,
  html,
  insetText,
  isolate,
  notificationBanner,
  textarea,
  timeline,
} from '@ashlar/ui'
import { type OpenApplication, ofApplication } from './application.ts'
import type { Site } from './site.ts'
import { agencyName, lawText, paragraphsOf, termText, type Words } from './words.ts'

/** The office wants more time, and the law wants the applicant's consent. */
export function proposedExtension(visit: Visit, { view, words }: OpenApplication): Html | undefined {
  const { proposedExtension: proposed } = view.life
  if (proposed === undefined) return undefined
  const { t } = visit
  const values = { term: termText(visit, proposed.term), why: reasonText(visit, words, proposed.reason) }
  return notificationBanner({
    titleText: t('portal.to-do.title'),
    text: html`
      <p class="govuk-notification-banner__heading">${t('portal.extension.asked', values)}</p>
      ${proposed.law && html`<p class="govuk-body">${visit.cite(proposed.law)}</p>`}
      <form method="post" action="${ofApplication(visit, `/applications/${view.reference}/extension`)}">
        ${visit.token}<input type="hidden" name="extension" value="${proposed.id}">
        ${button({ text: t('portal.extension.agree'), name: 'agrees', value: 'yes' })}
        ${button({ text: t('portal.extension.refuse'), name: 'agrees', value: 'no', classes: 'govuk-button--secondary' })}
      </form>`,
  })
}

/** When it started, stood still and why, goes on, was made longer; and what the law says if it ends. */
export function clockBox(visit: Visit, { view, words }: OpenApplication): Html | undefined {
  const { clock } = view.life
  if (clock === undefined) return undefined
  const { t } = visit
  return details({
    id: 'clock',
    summaryText: t('case.clock.title'),
    text: html`
      ${clock.waitsForCompleteness && html`<p class="govuk-body">${t('case.clock.waits', { term: termText(visit, clock.term) })}</p>`}
      ${
        clock.history.length > 0 &&
        timeline({
          headingLevel: 2,
          items: clock.history
            .filter(({ kind }) => kind !== 'reminded')
            .map((line) => ({
              title: clockText(visit, words, line, clock.term),
              by: line.law ? visit.cite(line.law) : '',
              at: { datetime: line.at, text: visit.time(line.at) },
            })),
        })
      }
      ${view.status !== 'closed' && html`<p class="govuk-body">${t(`case.clock.if-late.${clock.onBreach}`)}</p>`}`,
  })
}

function clockText(visit: Visit, words: Words, line: ClockLine, term: string): string {
  const { t } = visit
  const deadline = line.deadline === undefined ? '' : visit.date(line.deadline)
  const why = line.request
    ? words(`ask.${line.request}.title`)
    : line.reason
      ? reasonText(visit, words, line.reason)
      : 'none'
  const kind = line.kind === 'resumed' && line.deadline === undefined ? 'goes-on' : line.kind
  return t(`case.clock.${kind}`, { term: termText(visit, line.term ?? term), deadline, why })
}

/** A reason of the service's law, one that every service knows, or the officer's own words. */
export function reasonText({ t }: Visit, words: Words, reason: string): string {
  const own = words.maybe(`clock.extension.${reason}`) ?? words.maybe(`asks.${reason}`)
  return own ?? (usual.has(reason) ? t(`case.ask-reason.${reason}`) : reason)
}

const usual = new Set(['missing', 'unclear', 'contradictory', 'unreadable', 'outdated'])

/** How the decision can be contested and until when, or what an appeal has made of it. */
export function appealBox({ faces: { country } }: Site, visit: Visit, { view }: OpenApplication): Html | undefined {
  const { t } = visit
  const { appeal, appealed, isSuspended, relations } = view.life
  const running = relations.find(({ kind }) => kind === 'appealed-by')
  if (appealed !== undefined) return insetText({ text: t(`case.appealed.${appealed}`) })
  if (running !== undefined) return isSuspended ? insetText({ text: t('case.suspended') }) : undefined
  if (appeal === undefined) return undefined
  const values = { until: visit.date(appeal.until), agency: agencyName(visit, country, appeal.to) }
  const law = appeal.law ? lawText(visit, appeal.law) : ''
  return insetText({
    text: html`
      <p class="govuk-body">${visit.say(appeal.isOpen ? 'portal.appeal.open' : 'portal.appeal.over', { law }, values)}</p>
      ${button({
        text: t(appeal.isOpen ? 'portal.appeal.go' : 'portal.appeal.go-late'),
        href: ofApplication(visit, `/applications/${view.reference}/appeal`),
        classes: 'govuk-button--secondary',
      })}`,
  })
}

export function relatedBox(visit: Visit, { view }: OpenApplication): Html | undefined {
  const { relations } = view.life
  if (relations.length === 0) return undefined
  const { t } = visit
  return html`
    <h2 class="govuk-heading-m">${t('case.relation.title')}</h2>
    <ul class="govuk-list">
      ${relations.map(
        ({ kind, reference }) => html`
          <li>${t(`case.relation.${kind}`)} <a class="govuk-link" href="/applications/${reference}"><bdi dir="ltr">${reference}</bdi></a></li>`,
      )}
    </ul>`
}

/** Written and read; the form is there while the case is open. `key` tells a form that is sent twice. */
export function messagesBox(visit: Visit, { view }: OpenApplication, key: string): Html | undefined {
  const { t } = visit
  const { messages } = view.life
  const isOpen = view.status !== 'closed'
  if (messages.length === 0 && !isOpen) return undefined
  return html`
    <h2 class="govuk-heading-m" id="messages">${t('portal.letters.title')}</h2>
    ${messages.map((message) => messageOf(visit, message))}
    ${
      isOpen &&
      details({
        id: 'write',
        summaryText: t('portal.letters.write'),
        text: html`
          <form method="post" action="${ofApplication(visit, `/applications/${view.reference}/messages`)}">
            ${visit.token}<input type="hidden" name="key" value="${key}">
            ${textarea({
              id: 'message-text',
              name: 'text',
              rows: 5,
              label: { text: t('portal.letters.text') },
              hint: { text: t('portal.letters.hint') },
              attributes: { dir: 'auto', maxlength: 4000 },
            })}
            ${button({ text: t('portal.letters.send') })}
          </form>`,
      })
    }`
}

function messageOf(visit: Visit, { side, text, sentAt, readAt }: MessageView): Html {
  const { t } = visit
  return insetText({
    text: html`
      <p class="govuk-body"><strong>${t(`portal.letters.from-${side}`)}</strong> ${visit.time(sentAt)}${side === 'applicant' && html` · ${readAt ? t('portal.letters.read', { at: visit.time(readAt) }) : t('portal.letters.unread')}`}</p>
      ${paragraphsOf(text).map((one) => html`<p class="govuk-body">${isolate(one)}</p>`)}`,
  })
}

export function withdrawLink(visit: Visit, { view }: OpenApplication): Html | undefined {
  if (!view.life.canWithdraw) return undefined
  const href = ofApplication(visit, `/applications/${view.reference}/withdraw`)
  return html`<p class="govuk-body"><a class="govuk-link" href="${href}">${visit.t('portal.withdraw.title')}</a></p>`
}

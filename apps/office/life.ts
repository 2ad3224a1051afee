// Of the life of a case, for officers: its clock and why, a longer term, messages with the applicant, what is contested.
import { askReasons, type ClockLine, type MessageView, type TaskView } from '@ashlar/cases'
import type { Visit } from '@ashlar/face'
import { requireCaller } from '@ashlar/kernel/http'
import { button, details, type Html, html, isolate, select, summaryList, textarea, timeline } from '@ashlar/ui'
import type { OpenCase } from './open-case.ts'
import type { OfficeRooms } from './rooms.ts'
import { termOf } from './time-left.ts'
import type { Words } from './words.ts'

/** A reason of the service's law, one that every service knows, or the officer's own words. */
function reasonText({ visit, words }: OpenCase, reason: string): string {
  const { language, t } = visit
  const own = words.say(language, `clock.extension.${reason}`, {}, '') || words.say(language, `asks.${reason}`, {}, '')
  if (own) return own
  return Object.hasOwn(askReasons({}), reason) ? t(`case.ask-reason.${reason}`) : reason
}

/** How a case ended, in the service's words, or in those that hold for every service: withdrawn, decided by the law. */
export function resultText({ t, language }: Pick<Visit, 't' | 'language'>, words: Words, result: string): string {
  const own = words.say(language, `result.${result}.title`, {}, '')
  return own || (['withdrawn', 'granted', 'refused'].includes(result) ? t(`case.result.${result}`) : result)
}

/** Terms that end soon, and, for those who lead, that have passed. */
export async function noticesBox({ cases }: OfficeRooms, visit: Visit): Promise<Html | undefined> {
  const { t } = visit
  const notices = await cases.clockNotices(requireCaller(visit.request).context)
  if (notices.length === 0) return undefined
  return details({
    id: 'clock-notices',
    summaryText: t('office.notices', { count: notices.length }),
    text: html`
      <ul class="govuk-list">
        ${notices.map(
          ({ caseId, reference, kind, deadline }) => html`
            <li><a class="govuk-link" href="/office/cases/${caseId}"><bdi dir="ltr">${reference}</bdi></a> ${t(`office.notice.${kind}`, { deadline: visit.date(deadline) })}</li>`,
        )}
      </ul>`,
  })
}

export function clockBox(open: OpenCase): Html | undefined {
  const { clock } = open.view.life
  if (clock === undefined) return undefined
  const { visit } = open
  return html`
    <div class="ashlar-box" id="clock">
      <h2 class="govuk-heading-m">${visit.t('case.clock.title')}</h2>
      ${clock.waitsForCompleteness && html`<p class="govuk-body">${visit.t('case.clock.waits', { term: termOf(visit, clock.term) })}</p>`}
      ${
        clock.history.length > 0 &&
        timeline({
          items: clock.history.map((line) => ({
            title: lineText(open, line, clock.term),
            by: line.law ? visit.cite(line.law) : '',
            at: { datetime: line.at, text: visit.time(line.at) },
          })),
        })
      }
    </div>`
}

function lineText(open: OpenCase, line: ClockLine, term: string): string {
  const { visit, words } = open
  const deadline = line.deadline === undefined ? '' : visit.date(line.deadline)
  const asked = line.request && words.say(visit.language, `ask.${line.request}.title`, {}, line.request)
  const why = asked || (line.reason ? reasonText(open, line.reason) : 'none')
  const kind = line.kind === 'resumed' && line.deadline === undefined ? 'goes-on' : line.kind
  return visit.t(`case.clock.${kind}`, { term: termOf(visit, line.term ?? term), deadline, why })
}

/** Where the law lets the term be made longer, and it has not ended yet. */
export function extensionForm(open: OpenCase): Html | undefined {
  const extension = open.view.life.clock?.extension
  if (extension === undefined) return undefined
  const { visit, view } = open
  const { t, token } = visit
  const { by, reasons, needs, law } = extension
  return details({
    id: 'extend',
    summaryText: t('office.extend', { term: termOf(visit, by) }),
    text: html`
      <p class="govuk-body">${t(needs === 'consent' ? 'office.extend-consent' : 'office.extend-told')}${law && html` ${visit.cite(law)}`}</p>
      <form method="post" action="/office/cases/${view.id}/extension" novalidate>
        ${token}<input type="hidden" name="version" value="${view.version}">
        ${
          reasons.length > 0
            ? select({
                id: 'extension-reason',
                name: 'reason',
                label: { text: t('office.extend-reason') },
                items: reasons.map((value) => ({ value, text: reasonText(open, value) })),
              })
            : textarea({
                id: 'extension-reason',
                name: 'reason',
                rows: 3,
                label: { text: t('office.extend-reason') },
                attributes: { dir: 'auto', maxlength: '200' },
              })
        }
        ${button({ text: t('office.extend-now'), classes: 'govuk-button--secondary', preventDoubleClick: true })}
      </form>`,
  })
}

/** Why the applicant is asked, to choose from. */
export function askReasonField(open: OpenCase): Html {
  const { visit, words } = open
  const reasons = Object.entries(askReasons(words.service))
  return select({
    id: 'ask-reason',
    name: 'reason',
    label: { text: visit.t('office.ask-reason') },
    items: [
      { value: '', text: visit.t('office.ask-reason-none') },
      ...reasons.map(([value, { law }]) => ({
        value,
        text: law ? `${reasonText(open, value)} (${visit.cite(law)})` : reasonText(open, value),
      })),
    ],
  })
}

/** `key` tells a form that is sent twice. */
export function lettersBox(open: OpenCase, key: string): Html | undefined {
  const { visit, view } = open
  const { t, token } = visit
  const { messages } = view.life
  const isOpen = view.status !== 'closed'
  if (messages.length === 0 && !isOpen) return undefined
  return html`
    ${messages.length > 0 && html`<h2 class="govuk-heading-m" id="letters">${t('office.letters')}</h2>`}
    ${messages.map((message) => letter(open, message))}
    ${
      isOpen &&
      details({
        id: 'write',
        summaryText: t('office.letter-write'),
        text: html`
          <form method="post" action="/office/cases/${view.id}/messages" novalidate>
            ${token}<input type="hidden" name="key" value="${key}">
            ${textarea({
              id: 'letter-text',
              name: 'text',
              rows: 4,
              label: { text: t('office.letter-label') },
              hint: { text: t('office.letter-hint') },
              attributes: { dir: 'auto', maxlength: '4000' },
            })}
            ${button({ text: t('office.letter-send'), preventDoubleClick: true })}
          </form>`,
      })
    }`
}

function letter({ rooms, visit, view }: OpenCase, { side, by, text, sentAt, readAt }: MessageView): Html {
  const [kind, id = ''] = (by ?? '').split(':')
  const staff = kind === 'staff' ? (rooms.faces.country.staff[id]?.name ?? id) : undefined
  const who = staff ?? (side === 'applicant' ? (view.applicant.name ?? visit.t('office.anonymous')) : '')
  const read = readAt ? visit.t('office.letter-read', { at: visit.time(readAt) }) : visit.t('office.letter-unread')
  return html`
    <section class="ashlar-box">
      <p class="govuk-body"><strong>${isolate(who)}</strong> ${visit.time(sentAt)} · ${read}</p>
      <blockquote class="govuk-inset-text">${isolate(text)}</blockquote>
    </section>`
}

interface Contested {
  reference: string
  result: string
  version: string
  decidedAt: string | null
  decisions: { task: string; outcome: string; reason: string | null; deemed: boolean }[]
  late: boolean
  lateBecause: string | null
}

/** What an appeal is about: the decision with its reasons, under which version, and why it comes late. */
export async function contestedBox(open: OpenCase, tasks: TaskView[]): Promise<Html | undefined> {
  const contested = tasks.map(({ facts }) => facts.contested).find((one) => typeof one === 'object' && one !== null)
  if (contested === undefined) return undefined
  const { rooms, visit } = open
  const { t, language } = visit
  const { reference, result, version, decidedAt, decisions, late, lateBecause, ...rest } =
    contested as never as Contested & {
      service: string
    }
  const words = await rooms.wordsOf({ id: rest.service, version })
  const row = (key: string, value: Html | string) => ({
    key: { text: t(`office.contested-${key}`) },
    value: { text: value },
  })
  return html`
    <h2 class="govuk-heading-m">${t('office.contested')}</h2>
    ${summaryList({
      rows: [
        row('case', html`${words.say(language, 'title')} <bdi dir="ltr">${reference}</bdi>`),
        row('version', version),
        row(
          'result',
          `${words.say(language, `result.${result}.title`, {}, result)}${decidedAt ? `, ${visit.date(decidedAt)}` : ''}`,
        ),
        ...decisions.map(({ task, outcome, reason }) =>
          row(
            'decision',
            [
              words.say(language, `task.${task}.outcome.${outcome}`, {}, outcome),
              reason ? words.say(language, `task.${task}.reason.${reason}`, {}, reason) : '',
            ]
              .filter((part) => part !== '')
              .join(': '),
          ),
        ),
        ...(late ? [row('late', isolate(lateBecause ?? ''))] : []),
      ],
    })}`
}

/** Related cases, and what an appeal has made of the decision. */
export function appealLines({ visit, view }: OpenCase): Html | undefined {
  const { t } = visit
  const { relations, appealed, isSuspended } = view.life
  if (relations.length === 0) return undefined
  return html`
    <div class="ashlar-box">
      <h2 class="govuk-heading-m">${t('case.relation.title')}</h2>
      ${isSuspended && html`<p class="govuk-body">${t('case.suspended')}</p>`}
      ${appealed && html`<p class="govuk-body">${t(`case.appealed.${appealed}`)}</p>`}
      <ul class="govuk-list">
        ${relations.map(({ kind, reference }) => html`<li>${t(`case.relation.${kind}`)} <bdi dir="ltr">${reference}</bdi></li>`)}
      </ul>
    </div>`
}

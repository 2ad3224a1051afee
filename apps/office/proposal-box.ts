// A decision that waits for a second person: what is proposed, by whom and why, and to confirm it or send it back.
import type { TaskView } from '@ashlar/cases'
import { button, details, type Html, html, insetText, isolate, summaryList, textarea } from '@ashlar/ui'
import type { Typed } from './asking.ts'
import type { OpenCase } from './open-case.ts'

export function proposalBox(open: OpenCase, task: TaskView, typed: Typed): Html | undefined {
  const last = task.proposals.at(-1)
  if (last === undefined || last.state === 'confirmed') return undefined
  const { rooms, visit, words, view, me } = open
  const { t, language } = visit
  const { staff } = rooms.faces.country
  const say = (key: string) => words.say(language, `task.${task.name}.${key}`)
  const nameOf = (by: string) => isolate(staff[by.replace(/^staff:/, '')]?.name ?? by)
  const row = (key: string, text: string | Html | undefined) =>
    text ? [{ key: { text: t(`office.${key}`) }, value: { text } }] : []
  const isReturned = last.state === 'returned'
  return html`
    <h3 class="govuk-heading-s">${t(isReturned ? 'office.returned' : 'office.proposed')}</h3>
    ${summaryList({
      rows: [
        ...row('proposed-outcome', say(`outcome.${last.outcome}`)),
        ...row('reason', last.reason && say(`reason.${last.reason}`)),
        ...row('note-of', last.note && isolate(last.note)),
        ...row('proposed-by', html`${nameOf(last.by)}, ${visit.time(last.at)}`),
        ...row('why-second', t(last.sampled ? 'office.second-drawn' : 'office.second-law')),
        ...row('review', last.review && html`${isolate(last.review)} (${nameOf(last.reviewedBy ?? '')})`),
      ],
    })}
    ${!isReturned && last.by === `staff:${me}` && insetText({ text: t('office.waits-second') })}
    ${
      !isReturned &&
      task.yours &&
      html`
        <form method="post" action="/office/cases/${view.id}/tasks/${task.id}/review" novalidate>
          ${visit.token}
          <input type="hidden" name="version" value="${view.version}">
          <input type="hidden" name="agree" value="yes">
          ${button({ text: t('office.confirm'), preventDoubleClick: true })}
        </form>
        ${details({
          summaryText: t('office.send-back'),
          open: typed.field === 'review-note',
          text: html`
            <form method="post" action="/office/cases/${view.id}/tasks/${task.id}/review" novalidate>
              ${visit.token}
              <input type="hidden" name="version" value="${view.version}">
              ${textarea({
                id: 'review-note',
                name: 'note',
                rows: 3,
                value: typed.field === 'review-note' ? (typed.text ?? '') : '',
                label: { text: t('office.send-back-why') },
                attributes: { dir: 'auto', maxlength: '4000' },
                ...(typed.field === 'review-note' && typed.problem
                  ? { errorMessage: { text: typed.problem, visuallyHiddenText: t('office.error') } }
                  : {}),
              })}
              ${button({ text: t('office.send-back-now'), classes: 'govuk-button--secondary', preventDoubleClick: true })}
            </form>`,
        })}`
    }`
}

// Everything that happened in a case, the latest first: what, by whom, when; a pause of the clock stands where it began.
import type { TimelineEntry } from '@ashlar/cases'
import { type Html, html, isolate, timeline } from '@ashlar/ui'
import { resultText } from './life.ts'
import type { OpenCase } from './open-case.ts'

export function historyBox(open: OpenCase): Html {
  return html`
    <div class="ashlar-box">
      <h2 class="govuk-heading-m">${open.visit.t('office.history')}</h2>
      ${timeline({ items: open.view.timeline.toReversed().map((entry) => toItem(open, entry)) })}
    </div>`
}

function toItem({ rooms, visit, words }: OpenCase, { kind, by, name, at, data, text }: TimelineEntry) {
  const { t, language } = visit
  const told = (data ?? {}) as Record<string, string | null>
  const say = (key: string, otherwise = '') => words.say(language, key, {}, otherwise)
  const task = told.task ? say(`task.${told.task}.title`, told.task) : ''
  const outcome = told.task && told.outcome ? say(`task.${told.task}.outcome.${told.outcome}`) : ''
  const reason = told.task && told.reason ? say(`task.${told.task}.reason.${told.reason}`) : ''
  const result = told.result ? resultText(visit, words, told.result) : ''
  const other = told.agency ?? told.authority
  const agency = other ? visit.of(rooms.faces.country.agencies[other]?.name) || other : ''
  const [who, id = ''] = by.split(':')
  return {
    title: t(`office.event.${kind}`, { task, outcome, result, agency }),
    by:
      who === 'staff'
        ? isolate(rooms.faces.country.staff[id]?.name ?? id)
        : t(`office.by.${who}`, { name: name ?? '' }),
    at: { datetime: at, text: visit.time(at) },
    ...(text ? { text: isolate(text) } : reason ? { text: reason } : {}),
  }
}

// What is to do in a case: the task, until when, who is at it, and the way to the decision.
import type { TaskView } from '@ashlar/cases'
import { button, type Html, html, insetText, isolate } from '@ashlar/ui'
import type { Typed } from './asking.ts'
import type { OpenCase } from './open-case.ts'
import { proposalBox } from './proposal-box.ts'
import { timeLeft } from './time-left.ts'

export function taskBox(open: OpenCase, task: TaskView, typed: Typed): Html {
  const { rooms, visit, words, view } = open
  const { t, language } = visit
  const left = timeLeft(visit, rooms.clock, task.due, view.status === 'suspended')
  const help = words.say(language, `task.${task.name}.help`, {}, '')
  return html`
    <section class="ashlar-box" aria-labelledby="task-${task.id}">
      <h2 class="govuk-heading-m" id="task-${task.id}">${words.say(language, `task.${task.name}.title`)}</h2>
      ${help && html`<p class="govuk-body">${help}</p>`}
      ${
        left &&
        html`<p class="govuk-body"><strong>${left.text}</strong>${
          task.onExpiry &&
          html` · ${t('office.deemed-if-late', { outcome: words.say(language, `task.${task.name}.outcome.${task.onExpiry}`) })}`
        }</p>`
      }
      ${proposalBox(open, task, typed)}
      ${actions(open, task)}
    </section>`
}

function actions({ rooms, visit, view, me }: OpenCase, task: TaskView): Html {
  const { t, token, of } = visit
  const { roles, staff } = rooms.faces.country
  const form = (action: string, text: string) => html`
    <form method="post" action="/office/cases/${view.id}/tasks/${task.id}/${action}">
      ${token}${button({ text, classes: 'govuk-button--secondary', preventDoubleClick: true })}
    </form>`
  const handOver =
    task.assignable &&
    html`<a class="govuk-link" href="/office/cases/${view.id}/tasks/${task.id}/hand-over">${t('office.hand-over')}</a>`
  if (task.joined) return insetText({ text: t('office.decided-with') })
  if (!task.yours)
    return html`
      ${task.state !== 'proposed' && insetText({ text: t('office.not-yours', { role: of(roles[task.role]) }) })}
      <div class="ashlar-row">${task.releasable && form('release', t('office.release'))}${handOver}</div>`
  if (task.claimedBy && task.claimedBy !== me) {
    const name = isolate(staff[task.claimedBy]?.name ?? task.claimedBy)
    return html`
      ${insetText({ text: visit.say(task.assigned ? 'office.given-to' : 'office.claimed-by', { name }) })}
      <div class="ashlar-row">${task.releasable && form('release', t('office.release'))}${handOver}</div>`
  }
  const isMine = task.claimedBy !== undefined && !task.assigned
  return html`
    ${task.claimedBy && html`<p class="govuk-body">${t(task.assigned ? 'office.given-to-me' : 'office.claimed-by-me')}</p>`}
    <div class="ashlar-row">
      ${
        task.state !== 'proposed' &&
        html`<form method="get" action="/office/cases/${view.id}/tasks/${task.id}/decide">${button({ text: t('office.decide') })}</form>`
      }
      ${isMine ? form('release', t('office.release')) : form('claim', t('office.claim'))}
      ${handOver}
    </div>`
}

// What other agencies do in the same matter: how their parts stand, never what is in them; and who has not answered yet.
import { requireCaller } from '@ashlar/kernel/http'
import { type Html, html, tag } from '@ashlar/ui'
import type { OpenCase } from './open-case.ts'

export async function legsBox({ rooms, visit, view }: OpenCase): Promise<Html | undefined> {
  const { context } = requireCaller(visit.request)
  const { t } = visit
  const { country } = rooms.faces
  const [legs, told] = await Promise.all([
    rooms.cases.legsOf(view.id, context),
    rooms.exchange.messagesOf([view.id], context),
  ])
  if (legs.length + told.length === 0) return undefined
  const nameOf = (agency: string) => visit.of(country.agencies[agency]?.name) || agency
  const items = [
    ...legs.map(({ authority, reference, status }) => ({
      agency: authority,
      what: html`<bdi dir="ltr">${reference}</bdi>`,
      state: tag({
        text: t(status === 'closed' ? 'office.legs.done' : 'office.legs.running'),
        classes: status === 'closed' ? 'govuk-tag--green' : '',
      }),
      since: undefined,
    })),
    ...told.map(({ agency, state, downSince }) => ({
      agency,
      what: t('office.legs.told'),
      state: tag({
        text: t(`office.legs.${state === 'waiting' ? 'waiting' : state === 'acknowledged' ? 'done' : 'not-taken'}`),
        classes:
          state === 'waiting' ? 'govuk-tag--yellow' : state === 'acknowledged' ? 'govuk-tag--green' : 'govuk-tag--red',
      }),
      since: downSince,
    })),
  ]
  return html`
    <div class="ashlar-box">
      <h2 class="govuk-heading-m">${t('office.legs.title')}</h2>
      <ul class="govuk-list">
        ${items.map(
          ({ agency, what, state, since }) => html`
            <li>${nameOf(agency)}<br>${what}<br>${state}${since && html`<br>${t('office.legs.silent', { at: visit.time(since) })}`}</li>`,
        )}
      </ul>
    </div>`
}

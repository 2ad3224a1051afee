// What other agencies do for an application: cases that it opened with them, and what they were told; who waits for whom.
import type { Leg } from '@ashlar/cases'
import type { MessageView } from '@ashlar/exchange'
import type { Visit } from '@ashlar/face'
import { type Html, html, table, tag } from '@ashlar/ui'
import type { OpenApplication } from './application.ts'
import type { Site } from './site.ts'
import { agencyName, wordsOf } from './words.ts'

export interface Legs {
  opened: Leg[]
  told: MessageView[]
}

export async function legsOf(site: Site, { view, context }: Pick<OpenApplication, 'view' | 'context'>): Promise<Legs> {
  const [opened, told] = await Promise.all([
    site.cases.legsOf(view.caseId, context),
    site.exchange.messagesOf([view.caseId], context),
  ])
  return { opened, told }
}

/** One row an agency: what it does, how that stands, and since when one waits for it. */
export async function legsTable(site: Site, visit: Visit, { opened, told }: Legs): Promise<Html | undefined> {
  if (opened.length + told.length === 0) return undefined
  const { t } = visit
  const { country } = site.faces
  const cases = await Promise.all(
    opened.map(async (leg) => {
      const words = wordsOf(visit, await site.catalogue.get(leg.service), country)
      const isOver = leg.status === 'closed'
      const state = isOver && leg.result ? words(`result.${leg.result}.title`) : t(`portal.status.${leg.status}.tag`)
      return [
        { text: agencyName(visit, country, leg.authority) },
        { text: html`${words('title')}<br><bdi dir="ltr">${leg.reference}</bdi>` },
        {
          text: html`${tag({ text: state, classes: isOver ? 'govuk-tag--green' : '' })}
            ${!isOver && html`<br>${t('portal.legs.since', { at: visit.date(leg.openedAt) })}`}`,
        },
      ]
    }),
  )
  const messages = told.map((message) => {
    const since = message.downSince ?? (message.state === 'waiting' ? message.queuedAt : undefined)
    return [
      { text: agencyName(visit, country, message.agency) },
      { text: t('portal.legs.told') },
      {
        text: html`${tag({ text: t(`portal.legs.${message.state}`), classes: colours[message.state] })}
          ${since && html`<br>${t(message.downSince ? 'portal.legs.silent' : 'portal.legs.since', { at: visit.time(since) })}`}`,
      },
    ]
  })
  return html`
    <h2 class="govuk-heading-m" id="agencies">${t('portal.legs.title')}</h2>
    ${table({
      stacks: true,
      head: [{ text: t('portal.legs.agency') }, { text: t('portal.legs.what') }, { text: t('portal.legs.state') }],
      rows: [...cases, ...messages],
    })}`
}

const colours: Record<MessageView['state'], string> = {
  waiting: 'govuk-tag--yellow',
  acknowledged: 'govuk-tag--green',
  refused: 'govuk-tag--red',
  expired: 'govuk-tag--orange',
  cancelled: 'govuk-tag--grey',
}

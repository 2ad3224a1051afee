// The three places of acting for others, and a mandate in words.
import type { Visit } from '@ashlar/face'
import type { GivenMandate } from '@ashlar/identity'
import { type Html, subNavigation, tag } from '@ashlar/ui'

export const mandatePlaces = ({ t }: Visit, current: 'acting' | 'held' | 'given'): Html =>
  subNavigation({
    label: t('portal.mandate.places'),
    items: [
      { text: t('portal.acting.title'), href: '/acting', current: current === 'acting' },
      { text: t('portal.mandate.held.title'), href: '/mandates', current: current === 'held' },
      { text: t('portal.mandate.given.title'), href: '/mandates/given', current: current === 'given' },
    ],
  })

const colours: Record<GivenMandate['state'], string> = {
  offered: 'govuk-tag--yellow',
  active: 'govuk-tag--green',
  declined: 'govuk-tag--grey',
  ended: 'govuk-tag--grey',
  expired: 'govuk-tag--grey',
}

export const stateTag = ({ t }: Visit, state: GivenMandate['state']): Html =>
  tag({ text: t(`portal.mandate.state.${state}`), classes: colours[state] })

/** What the mandate covers, one row each. */
export function scopeRows(
  visit: Visit,
  { services, acts, limit, validFrom, validUntil, mayDelegate }: GivenMandate,
  titles: string[],
) {
  const { t } = visit
  const row = (key: string, text: string) => ({ key: { text: t(`portal.mandate.${key}`) }, value: { text } })
  return [
    row('services', services === undefined ? t('portal.mandate.all-services') : visit.list(titles)),
    row('acts', t(acts?.length === 1 ? `portal.mandate.only.${acts[0]}` : 'portal.mandate.all-acts')),
    row('limit', limit === undefined ? t('portal.mandate.no-limit') : visit.money(limit)),
    row('from', visit.date(validFrom)),
    row('until-label', validUntil === undefined ? t('portal.mandate.no-end') : visit.date(validUntil)),
    row('delegate', t(mayDelegate ? 'face.yes' : 'face.no')),
  ]
}

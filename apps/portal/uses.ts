// Uses of my data in words: when, who, what, why and under which law.
import type { Country } from '@ashlar/catalogue'
import type { Consent } from '@ashlar/consent'
import type { Visit } from '@ashlar/face'
import { type Html, html, table } from '@ashlar/ui'
import { agencyName } from './words.ts'

export type Use = Awaited<ReturnType<Consent['usesOf']>>['uses'][number]

export function usesTable(visit: Visit, country: Country, uses: Use[], caption: string): Html {
  const { t } = visit
  return table({
    caption,
    captionClasses: 'govuk-visually-hidden',
    stacks: true,
    isDense: true,
    head: [
      { text: t('portal.use.when') },
      { text: t('portal.use.who') },
      { text: t('portal.use.what') },
      { text: t('portal.use.why') },
      { text: html`<span class="govuk-visually-hidden">${t('portal.use.ask')}</span>` },
    ],
    rows: uses.map((use) => [
      { text: visit.time(use.at) },
      { text: whoText(visit, country, use) },
      { text: whatText(visit, country, use) },
      { text: whyText(visit, country, use) },
      { text: use.by.self ? '' : askLink(visit, use) },
    ]),
  })
}

export function whoText(visit: Visit, country: Country, { by, agency, represented }: Use): string {
  const { t } = visit
  const name = agencyName(visit, country, agency)
  if (by.self) return t(represented ? 'portal.use.by.acting' : 'portal.use.by.self')
  switch (by.kind) {
    case 'staff':
      return t('portal.use.by.officer', { agency: name, officer: by.officer ?? '' })
    case 'anonymous':
      return t('portal.use.by.anonymous')
    case 'person':
    case 'organisation':
      return t('portal.use.by.other')
    default:
      return t('portal.use.by.automatic', { agency: name })
  }
}

export function whatText(visit: Visit, country: Country, { register: id, fields, outcome }: Use): string {
  const register = country.registers[id]
  const labels = fields.flatMap((name) => {
    const label = register?.fields[name]?.label
    return label === undefined ? [] : [visit.of(label)]
  })
  const values = { register: register ? visit.of(register.title) : '', fields: visit.list(labels) }
  return visit.t(`portal.use.outcome.${outcome}`, values)
}

export function whyText(
  visit: Visit,
  country: Country,
  { agreement, purpose, law, case: reference, basis, reason }: Use,
): string {
  const { t, of } = visit
  const why = of(country.agreements[agreement ?? '']?.purposeTexts[purpose]) || t(`portal.use.basis.${basis}`)
  return [why, law && t('portal.law', { law }), reference, reason].filter(Boolean).join(' ')
}

function askLink({ t }: Visit, { id, question }: Use): Html {
  const text = t(question === undefined ? 'portal.use.ask' : `portal.use.${question}`)
  return html`<a class="govuk-link" href="/my-data/uses/${id}">${text}<span class="govuk-visually-hidden">${' '}${t('portal.use.ask-about')}</span></a>`
}

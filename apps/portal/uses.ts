// Uses of my data in words: when, who, what, why and under which law.
import type { Country } from '@ashlar/catalogue'
import type { Consent } from '@ashlar/consent'
import type { Visit } from '@ashlar/face'
import { isProblem } from '@ashlar/kernel/problem'
import { type Html, html, isolate, join, table } from '@ashlar/ui'
import type { Site } from './site.ts'
import { agencyName, lawText } from './words.ts'

export type Use = Awaited<ReturnType<Consent['usesOf']>>['uses'][number]

/** The person looked at their own data; no office is to be asked why. */
export const isOwn = ({ by, basis }: Use): boolean => by.self && basis === 'own-data'

/** The public references of the cases that uses belong to, as far as they are the person's own. */
async function referencesOf({ cases, guests }: Site, visit: Visit, uses: Use[]): Promise<Map<string, string>> {
  const context = guests.contextOf(visit, 'my-data')
  const ids = [...new Set(uses.flatMap((use) => (use.case === undefined ? [] : [use.case])))]
  const found = await Promise.all(
    ids.map((id) =>
      cases.getApplication(id, context).then(
        ({ reference }) => [[id, reference] as const],
        (error: unknown) => {
          if (isProblem(error)) return []
          throw error
        },
      ),
    ),
  )
  return new Map(found.flat())
}

/** Of those who act for the one whose log it is. */
async function namesOf({ identity }: Site, uses: Use[]): Promise<Map<string, string>> {
  const persons = [...new Set(uses.flatMap(({ by }) => by.person ?? []))]
  const found = await Promise.all(persons.map(async (id) => [id, await identity.nameOf(id)] as const))
  return new Map(found.flatMap(([id, name]) => (name === undefined ? [] : [[id, name] as const])))
}

export async function usesTable(site: Site, visit: Visit, uses: Use[], caption: string): Promise<Html> {
  const { t } = visit
  const { country } = site.faces
  const [references, names] = await Promise.all([referencesOf(site, visit, uses), namesOf(site, uses)])
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
      { text: whoText(visit, country, use, names) },
      { text: whatText(visit, country, use) },
      { text: whyText(visit, country, use, references) },
      { text: isOwn(use) ? '' : askLink(visit, use) },
    ]),
  })
}

function whoText(visit: Visit, country: Country, use: Use, names: Map<string, string>): string {
  const { by, agency, represented } = use
  const { t } = visit
  const name = agencyName(visit, country, agency)
  if (isOwn(use)) return t(represented ? 'portal.use.by.acting' : 'portal.use.by.self')
  // An office reads it while the person fills in a form, under the office's own agreement.
  if (by.self) return t('portal.use.by.for-you', { agency: name })
  switch (by.kind) {
    case 'staff':
      return t('portal.use.by.officer', { agency: name, officer: by.officer ?? '' })
    case 'anonymous':
      return t('portal.use.by.anonymous')
    case 'person':
    case 'organisation':
      // Who may act for whom is looked up on somebody's behalf, whom it does not name.
      if (!represented) return t('portal.use.by.somebody', { agency: name })
      return by.person === undefined || !names.has(by.person)
        ? t('portal.use.by.other')
        : t('portal.use.by.representative', { name: names.get(by.person) ?? '' })
    default:
      return t('portal.use.by.automatic', { agency: name })
  }
}

function whatText(visit: Visit, country: Country, { register: id, fields, outcome }: Use): string {
  const register = country.registers[id]
  // What offices keep themselves is in no register: an application, a document.
  if (register === undefined) return visit.t(`portal.use.kept.${id}`)
  const labels = fields.flatMap((name) => {
    const label = register.fields[name]?.label
    return label === undefined ? [] : [visit.of(label)]
  })
  const values = { register: visit.of(register.title), fields: visit.list(labels) }
  return visit.t(`portal.use.outcome.${outcome}`, values)
}

function whyText(visit: Visit, country: Country, use: Use, references: Map<string, string>): Html {
  const { agreement, purpose, law, case: id = '', basis, reason } = use
  const { t, of } = visit
  const why = of(country.agreements[agreement ?? '']?.purposeTexts[purpose]) || t(`portal.use.basis.${basis}`)
  const reference = references.get(id)
  return join(
    [
      why,
      law && lawText(visit, law),
      reference && html`<a class="govuk-link" href="/applications/${reference}"><bdi dir="ltr">${reference}</bdi></a>`,
      reason && isolate(reason),
    ],
    ' ',
  )
}

function askLink({ t }: Visit, { id, question }: Use): Html {
  const text = t(question === undefined ? 'portal.use.ask' : `portal.use.${question}`)
  return html`<a class="govuk-link" href="/my-data/uses/${id}">${text}<span class="govuk-visually-hidden">${' '}${t('portal.use.ask-about')}</span></a>`
}

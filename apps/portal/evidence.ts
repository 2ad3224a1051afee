// What registers know, shown with where it comes from and whom to tell if it is wrong; and what a fee comes from.
import { type Facts, type Price, type PublicService, priceOf, type RuleTable } from '@ashlar/catalogue'
import { decide } from '@ashlar/decisions'
import type { Visit } from '@ashlar/face'
import { details, type Html, html, isolate, sourceBadge, summaryList } from '@ashlar/ui'
import { readsOf } from './feel.ts'
import type { Site } from './site.ts'
import { agencyName, lawText, shownRecord, type Words } from './words.ts'

type Json = Facts[string]

export interface Found {
  name: string
  register: string
  at: string
  fact: Json
}

const MOST_RECORDS = 10

/** Evidence with its source. Nothing, if there is nothing in it for the person to see. */
export function evidenceBox(
  site: Site,
  visit: Visit,
  {
    service,
    words,
    found,
    headingLevel = 2,
  }: { service: PublicService; words: Words; found: Found; headingLevel?: number },
): Html | undefined {
  const { country } = site.faces
  const register = country.registers[found.register]
  const records = (Array.isArray(found.fact) ? found.fact : [found.fact]).slice(0, MOST_RECORDS)
  const fields = service.evidence[found.name]?.fields ?? []
  const lists = records
    .map((record) => shownRecord(visit, country, register, fields, record))
    .filter((rows) => rows.length > 0)
  if (register === undefined || lists.length === 0) return undefined
  return html`
    <h${headingLevel} class="govuk-heading-m">${words(`evidence.${found.name}.title`)}</h${headingLevel}>
    ${lists.map((rows) => summaryList({ rows: rows.map(({ label, text }) => ({ key: { text: label }, value: { text } })) }))}
    <p class="govuk-body">${sourceBadge({ text: visit.t('portal.source.from', { register: visit.of(register.title), at: visit.time(found.at) }) })}</p>
    ${wrongDetails(site, visit, register.authority)}`
}

/** How many things registers answered, so that nobody had to ask. */
export function knownCount(site: Site, visit: Visit, service: PublicService, evidence: Found[]): number {
  const { country } = site.faces
  return evidence
    .filter(({ fact }) => !Array.isArray(fact))
    .reduce(
      (sum, { name, register, fact }) =>
        sum +
        shownRecord(visit, country, country.registers[register], service.evidence[name]?.fields ?? [], fact).length,
      0,
    )
}

function wrongDetails({ faces: { country } }: Site, visit: Visit, authority: string): Html {
  const { t } = visit
  const { phone, email } = country.agencies[authority]?.contact ?? {}
  return details({
    summaryText: t('portal.source.wrong'),
    text: html`
      <p class="govuk-body">${t('portal.source.tell', { agency: agencyName(visit, country, authority) })}</p>
      ${contactList(visit, { phone, email })}`,
  })
}

export function contactList(
  visit: Visit,
  contact: { phone?: string; email?: string; address?: string; hours?: string },
): Html {
  const { t } = visit
  return html`
    <ul class="govuk-list">
      ${contact.phone && html`<li>${t('portal.contact.phone')} <a class="govuk-link" href="tel:${contact.phone}"><bdi dir="ltr">${contact.phone}</bdi></a></li>`}
      ${contact.email && html`<li>${t('portal.contact.email')} <a class="govuk-link" href="mailto:${contact.email}"><bdi dir="ltr">${contact.email}</bdi></a></li>`}
      ${contact.address && html`<li>${t('portal.contact.address')} ${isolate(contact.address)}</li>`}
      ${contact.hours && html`<li>${t('portal.contact.hours')} ${isolate(contact.hours)}</li>`}
    </ul>`
}

export interface ExplainedPrice extends Price {
  title: string
  /** Why it is so much: the rows of rules that the amount comes from, each with its law. */
  reasons: { text?: string; law?: string }[]
}

/** What it costs now, as far as that is known, and by which rule and law. */
export function pricesOf(
  { faces: { country } }: Site,
  service: PublicService,
  words: Words,
  facts: Facts,
): ExplainedPrice[] {
  return priceOf(service, facts, country.currency).map((price) => ({
    ...price,
    title: words(`fee.${price.fee}.title`),
    reasons: rulesOf(service, price.fee).map((table) => reasonOf(table, service, words, facts)),
  }))
}

const rulesOf = (service: PublicService, fee: string): RuleTable[] =>
  readsOf(service, service.fees[fee]?.amount ?? '0').flatMap((name) => service.rules[name] ?? [])

function reasonOf(
  table: RuleTable,
  service: PublicService,
  words: Words,
  facts: Facts,
): { text?: string; law?: string } {
  const { trace } = decide(table, facts, service)
  const row = table.rows[trace.hits[0] ?? -1]
  if (row === undefined) return {}
  return {
    law: row.law,
    ...(row.reason === undefined ? {} : { text: words(`rule.${table.name}.reason.${row.reason}`) }),
  }
}

export function priceList(visit: Visit, prices: ExplainedPrice[]): Html {
  return summaryList({
    rows: prices.map(({ title, amount, reasons, law }) => ({
      key: { text: title },
      value: {
        text: html`<strong class="ashlar-number">${visit.money(amount)}</strong>${reasons.map(
          ({ text, law: of }) =>
            html`<br><span class="ashlar-muted">${text ?? ''} ${lawText(visit, of ?? law ?? '')}</span>`,
        )}`,
      },
    })),
  })
}

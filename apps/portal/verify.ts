// Checking a document: anybody, without an account; with the page loaded, also without a network.
import type { Country, Output, PublicService } from '@ashlar/catalogue'
import { type Verdict, verifyScript } from '@ashlar/documents'
import type { Visit } from '@ashlar/face'
import { button, type Html, html, isolate, join, summaryList, textarea, textInput, warningText } from '@ashlar/ui'
import type { FastifyReply } from 'fastify'
import { dataTag, readScript, scriptTag, serveScript } from './scripts.ts'
import { fieldOf, queried, type Site } from './site.ts'
import { agencyName, type Words, wordsOf } from './words.ts'

const outcomes = ['valid', 'expired', 'revoked', 'tampered', 'unknown-key', 'not-recorded', 'unreadable'] as const
/** Signs; a code is at most about 900. */
const LONGEST = 4000

const script = readScript('verify', verifyScript)

export function verifyPages(site: Site): void {
  const why = 'Anybody may check a document: the code is in their hands.'
  serveScript(site.http, script)

  site.get('/verify', why, async (visit) => {
    const reference = queried(visit, 'reference')
    const verdict = reference === undefined ? undefined : await site.documents.verify(reference)
    return verifyPage(site, visit, verdict, reference)
  })
  // The text stands in the body, so that no log of addresses ever holds it.
  site.post('/verify', why, async (visit) => {
    const text = fieldOf(visit, 'text')?.trim() ?? ''
    const verdict: Verdict =
      text === '' || text.length > LONGEST ? { outcome: 'unreadable' } : await site.documents.verify(text)
    return verifyPage(site, visit, verdict)
  })
}

async function verifyPage(site: Site, visit: Visit, verdict?: Verdict, reference?: string): Promise<FastifyReply> {
  const { t } = visit
  const { country } = site.faces
  const kinds = await kindsOf(site, visit)
  const title = t('portal.verify.title')
  const data = {
    keys: await site.documents.verificationKeys(),
    issuers: Object.fromEntries(
      [...new Set(Object.values(kinds).map(({ issuer }) => issuer))].map((id) => [id, agencyName(visit, country, id)]),
    ),
    kinds,
    labels: Object.fromEntries(labels.map((name) => [name, t(`portal.verify.${name}`)])),
    locale: country.languages.find(({ code }) => code === visit.language)?.locale ?? visit.language,
    zone: country.zone,
    decimals: country.currency.decimals,
  }
  return visit.citizen({
    title: verdict === undefined ? title : t(`portal.verify.outcome.${verdict.outcome}.title`),
    description: t('portal.verify.lead'),
    at: 'verify',
    content: html`
      <h1 class="govuk-heading-xl">${title}</h1>
      <div id="verify-result" role="status">${verdict && outcomeView(visit, verdict, rowsOf(visit, data, verdict))}</div>
      <p class="govuk-body">${t('portal.verify.lead')}</p>
      <form method="post" action="/verify" id="verify-form" novalidate>
        ${visit.token}
        ${textarea({
          name: 'text',
          label: { text: t('portal.verify.text'), classes: 'govuk-label--s' },
          hint: { text: t('portal.verify.text-hint') },
          rows: 4,
          spellcheck: false,
          attributes: { dir: 'ltr', autocomplete: 'off' },
        })}
        ${button({ text: t('portal.verify.check') })}
      </form>
      <h2 class="govuk-heading-m">${t('portal.verify.by-reference')}</h2>
      <form method="get" action="/verify" novalidate>
        ${textInput({
          name: 'reference',
          value: reference ?? '',
          label: { text: t('portal.verify.reference'), classes: 'govuk-label--s' },
          hint: { text: t('portal.verify.reference-hint') },
          classes: 'govuk-input--width-20',
          spellcheck: false,
          autocapitalize: 'characters',
          attributes: { dir: 'ltr', autocomplete: 'off' },
        })}
        ${button({ text: t('portal.verify.check'), classes: 'govuk-button--secondary' })}
      </form>
      <p class="govuk-body">${t('portal.verify.offline')}</p>
      ${outcomes.map((outcome) => html`<template id="outcome-${outcome}">${outcomeView(visit, { outcome }, [['', '']], true)}</template>`)}
      ${dataTag('verify-data', data)}
      ${scriptTag(script, visit.request.nonce)}`,
  })
}

const labels = ['kind', 'issuer', 'reference', 'issuedAt', 'validUntil', 'revokedAt', 'left-out', 'none'] as const
type Row = [label: string, text: string | Html]

/** `isModel`: for the script, which fills the rows in and says if it had no network. */
function outcomeView(visit: Visit, { outcome }: Verdict, rows: Row[], isModel = false): Html {
  const { t } = visit
  const title = t(`portal.verify.outcome.${outcome}.title`)
  const isGood = outcome === 'valid'
  return html`
    <div class="ashlar-box">
      ${
        isGood
          ? html`<h2 class="govuk-heading-l">✓ ${title}</h2>`
          : html`<h2 class="govuk-heading-l">${title}</h2>${warningText({ text: t(`portal.verify.outcome.${outcome}.body`), iconFallbackText: t('portal.warning') })}`
      }
      ${isGood && html`<p class="govuk-body">${t('portal.verify.outcome.valid.body')}</p>`}
      ${isModel && html`<p class="govuk-body" data-offline hidden>${t('portal.verify.without-network')}</p>`}
      ${rows.length > 0 && summaryList({ rows: rows.map(([label, text]) => ({ key: { text: label }, value: { text: typeof text === 'string' ? isolate(text) : text } })) })}
    </div>`
}

function rowsOf(visit: Visit, page: VerifyData, verdict: Verdict): Row[] {
  const { kind, issuer, reference, issuedAt, validUntil, revokedAt, facts, leftOut } = verdict
  const known = kind === undefined ? undefined : page.kinds[kind]
  const { labels } = page
  const row = (label: string | undefined, text: string | Html | undefined): Row[] =>
    text === undefined ? [] : [[label ?? '', text]]
  return [
    ...row(labels.kind, kind && (known?.title ?? kind)),
    ...row(labels.issuer, issuer && (page.issuers[issuer] ?? issuer)),
    ...row(labels.reference, reference),
    ...row(labels.issuedAt, issuedAt && visit.date(issuedAt)),
    ...row(labels.validUntil, validUntil && visit.date(validUntil)),
    ...row(labels.revokedAt, revokedAt && visit.date(revokedAt)),
    ...Object.entries(facts ?? {}).flatMap(([name, value]) =>
      row(known?.facts[name]?.label ?? name, shownFact(visit, value, known?.facts[name]) || labels.none),
    ),
    ...row(
      labels['left-out'],
      leftOut &&
        join(
          leftOut.map((name) => known?.facts[name]?.label ?? name),
          ', ',
        ),
    ),
  ]
}

function shownFact(visit: Visit, value: unknown, known: KnownFact | undefined): string | Html {
  if (Array.isArray(value))
    return join(
      value.map((one) => shownFact(visit, one, known)),
      html`<br>`,
    )
  return known?.values?.[String(value)] ?? isolate(visit.fact(value))
}

interface KnownFact {
  label: string
  values?: Record<string, string>
}

interface Kind {
  title: string
  issuer: string
  facts: Record<string, KnownFact>
}

interface VerifyData {
  kinds: Record<string, Kind>
  issuers: Record<string, string>
  labels: Record<string, string>
}

/** What documents state, by '<service>/<output>': the labels of their facts, and the words of values that are names. */
async function kindsOf(site: Site, visit: Visit): Promise<Record<string, Kind>> {
  const { country } = site.faces
  const listed = await site.catalogue.list(visit.language)
  const services = await Promise.all(listed.map(({ id }) => site.catalogue.get(id)))
  return Object.fromEntries(
    services.flatMap((service) =>
      Object.values(service.outputs)
        .filter(({ qr }) => qr)
        .map((output) => [`${service.id}/${output.name}`, toKind(visit, country, service, output)]),
    ),
  )
}

function toKind(visit: Visit, country: Country, service: PublicService, output: Output): Kind {
  const words = wordsOf(visit, service, country)
  return {
    title: words(`output.${output.name}.title`),
    issuer: service.authority,
    facts: Object.fromEntries(
      Object.keys(output.facts).flatMap((name) => {
        const fact = knownFact(visit, country, service, words, output.name, name)
        return fact === undefined ? [] : [[name, fact]]
      }),
    ),
  }
}

/** A fact is called as in the letter, as the question that asked for it, or as the register that knew it. */
function knownFact(
  visit: Visit,
  country: Country,
  service: PublicService,
  words: Words,
  output: string,
  name: string,
): KnownFact | undefined {
  const question = service.form.flatMap(({ questions }) => questions).find((one) => one.name === name)
  const field = Object.values(service.evidence)
    .map(({ register, fields }) =>
      fields.includes(name) ? country.registers[register ?? '']?.fields[name] : undefined,
    )
    .find((one) => one !== undefined)
  const said = saidOf(words, `letter.${output}.`, name, service)
  const label =
    plainText(words, `letter.${output}.${name}`, service) ??
    (question && words(`question.${name}.label`)) ??
    (field && visit.of(field.label)) ??
    (said && visit.t('portal.verify.says'))
  if (label === undefined) return undefined
  const options = question?.options ?? []
  const values = options.length
    ? Object.fromEntries(options.map((option) => [option, words(`question.${name}.option.${option}`)]))
    : field?.optionLabels
      ? Object.fromEntries(Object.entries(field.optionLabels).map(([option, text]) => [option, visit.of(text)]))
      : (said ?? {})
  return Object.keys(values).length ? { label, values } : { label }
}

/** What the letter says of each value of a fact that is a name, where one sentence of it is chosen by this fact. */
function saidOf(
  words: Words,
  prefix: string,
  name: string,
  { texts }: PublicService,
): Record<string, string> | undefined {
  const chooses = new RegExp(`^\\{${name}, select, `)
  const found = Object.values(texts)
    .flatMap((own) => Object.entries(own))
    .find(([key, text]) => key.startsWith(prefix) && chooses.test(text))
  if (found === undefined) return undefined
  const [key, pattern] = found
  const options = [...pattern.replace(chooses, '').matchAll(/([\w-]+) \{[^{}]*\}/g)].map(([, option = '']) => option)
  return Object.fromEntries(
    options.filter((option) => option !== 'other').map((option) => [option, words(key, { [name]: option })]),
  )
}

/** A text that needs no values: one that does is a sentence of the letter, not a label. */
function plainText(words: Words, key: string, { texts }: PublicService): string | undefined {
  return Object.values(texts).some((own) => own[key]?.includes('{')) ? undefined : words.maybe(key)
}

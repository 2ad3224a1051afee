// One page of a form: one question, or few that belong together; what is known already is shown with its source.
import type { FormPage } from '@ashlar/catalogue'
import type { Visit } from '@ashlar/face'
import {
  attributes,
  backLink,
  banner,
  button,
  buttonGroup,
  details,
  errorSummary,
  type Html,
  html,
  join,
} from '@ashlar/ui'
import type { FastifyReply } from 'fastify'
import { consequencesOf } from './consequences.ts'
import { lostPage, type OpenDraft, pageBefore, pageHref } from './draft.ts'
import { contactList, evidenceBox, priceList, pricesOf } from './evidence.ts'
import { placeQuestions } from './layout.ts'
import { keptIn, questionField, typedIn } from './question.ts'
import { fieldOf, queried, type Site } from './site.ts'
import { agencyName, paragraphsOf } from './words.ts'

/** Pages after the first that is not done cannot be seen yet: what is asked there may depend on it. */
export function isAhead(open: OpenDraft, id: string): boolean {
  const { pages, next } = open.draft.form
  const lost = lostPage(open)
  const first = lost === undefined || lost === '' ? next?.page.id : lost
  const place = (page: string | undefined) => pages.findIndex((one) => one.page.id === page)
  return first !== undefined && place(first) >= 0 && place(id) > place(first)
}

export interface Showing {
  typed?: Record<string, unknown>
  errors?: ShownError[]
  /** The draft was changed elsewhere while this page was open. */
  isMoved?: boolean
}

export interface ShownError {
  /** The id of the field to point at. */
  field: string
  question: string
  text: string
  /** In a table: which row, from 1. */
  row?: number
}

/** What a register was asked and does not have: said at the question whose answer it was asked with. */
export function lostErrors({ draft, words, service }: OpenDraft, page: string): ShownError[] {
  return draft.form.missing
    .filter((lost) => lost.page === page)
    .map(({ evidence, questions }) => {
      const onPage = service.form.find(({ id }) => id === page)?.questions ?? []
      const question = onPage.find(({ name }) => questions.includes(name))?.name ?? onPage[0]?.name ?? ''
      return { field: question, question, text: words(`evidence.${evidence}.notFound`) }
    })
}

export function showPage(
  site: Site,
  visit: Visit,
  open: OpenDraft,
  { page }: FormPage,
  { typed, errors = [], isMoved = false }: Showing,
): FastifyReply {
  const { draft, service, words } = open
  const { t } = visit
  const { country } = site.faces
  const isFromCheck = (fieldOf(visit, '_from') ?? queried(visit, 'from')) === 'check'
  const before = pageBefore(open, page.id)
  const back = isFromCheck
    ? `/apply/${draft.id}/check`
    : before
      ? pageHref(draft.id, before.id)
      : `/services/${service.id}`
  const frame = {
    within: { text: words('title'), href: `/services/${service.id}` },
    noIndex: true,
    beforeContent: backLink({ text: t('portal.back'), href: back }),
  }
  const lost = draft.form.missing.find((one) => one.page === undefined)
  if (page.stop || lost !== undefined) return stopPage(site, visit, open, page.id, lost?.evidence, frame)

  const title = words(`page.${page.id}.title`)
  const placed = placeQuestions(service, page, draft.form.facts)
  const tops = placed.filter(({ under }) => under === undefined)
  const single = tops.length === 1 && page.show.length === 0 ? tops[0]?.question : undefined
  // One question whose label says the same as the page is its heading.
  const heading = single !== undefined && words(`question.${single.name}.label`) === title ? single.name : undefined
  const field = (name: string): Html | undefined => {
    const question = page.questions.find((one) => one.name === name)
    if (question === undefined) return undefined
    const error = errors.find((one) => one.question === name && one.row === undefined)
    return questionField({
      visit,
      words,
      country,
      service,
      question,
      facts: draft.form.facts,
      hints: consequencesOf(site, visit, open, page, question),
      shown: typed ? typedIn(question, typed) : keptIn(question, draft.form.answers[name], visit.language),
      error: error?.text,
      cellErrors: errors.filter((one) => one.question === name && one.row !== undefined),
      wrongPart: error?.field.startsWith(`${name}-`) ? error.field.slice(name.length + 1) : undefined,
      isHeading: name === heading,
      within: (option) => {
        const nested = placed.filter(({ under }) => under?.question === name && under.option === option)
        return nested.length === 0 ? undefined : join(nested.map(({ question }) => field(question.name)))
      },
    })
  }
  const hasFiles = page.questions.some(({ type }) => type === 'file' || type === 'table')
  const hasLists = page.questions.some(({ type }) => type === 'list' || type === 'table')
  const body = words.maybe(`page.${page.id}.body`)
  const shown = page.show.flatMap((name) => {
    const found = draft.evidence.find((one) => one.name === name)
    return found === undefined ? [] : (evidenceBox(site, visit, { service, words, found }) ?? [])
  })
  const whys = placed.flatMap(({ question: { name } }) => words.maybe(`question.${name}.why`) ?? [])
  const prices = page.show.length > 0 ? pricesOf(site, service, words, draft.form.facts) : []

  return visit.citizen({
    ...frame,
    title: errors.length > 0 ? t('portal.error.title', { title }) : title,
    content: html`
      ${
        errors.length > 0 &&
        errorSummary({
          titleText: t('portal.error.summary'),
          errorList: errors.map(({ text, field }) => ({ text, href: `#${field}` })),
        })
      }
      ${
        isMoved &&
        banner({ type: 'warning', signText: t('portal.warning'), isAlert: true, text: t('portal.draft.moved') })
      }
      ${heading === undefined && html`<h1 class="govuk-heading-l">${title}</h1>`}
      ${heading === undefined && body && paragraphsOf(body).map((text) => html`<p class="govuk-body">${text}</p>`)}
      ${shown}
      ${prices.length > 0 && priceList(visit, prices)}
      <form method="post" action="${pageHref(draft.id, page.id)}" novalidate${attributes({ enctype: hasFiles ? 'multipart/form-data' : undefined })}>
        ${hasLists && firstButton}
        ${visit.token}
        <input type="hidden" name="_version" value="${draft.version}">
        ${isFromCheck && html`<input type="hidden" name="_from" value="check">`}
        ${tops.map(({ question }) => field(question.name))}
        ${heading !== undefined && body && paragraphsOf(body).map((text) => html`<p class="govuk-body">${text}</p>`)}
        ${whys.length > 0 && details({ summaryText: t('portal.question.why'), text: html`${whys.map((text) => html`<p class="govuk-body">${text}</p>`)}` })}
        ${buttonGroup(
          button({ text: t('portal.continue') }),
          button({
            text: t('portal.draft.later'),
            name: '_then',
            value: 'later',
            classes: 'govuk-button--secondary',
          }),
        )}
      </form>`,
  })
}

type Frame = Pick<Parameters<Visit['citizen']>[0], 'within' | 'noIndex' | 'beforeContent'>

/** Here the form ends: why one cannot go on, and whom to ask. */
function stopPage(
  site: Site,
  visit: Visit,
  { service, words }: OpenDraft,
  page: string,
  lost: string | undefined,
  frame: Frame,
): FastifyReply {
  const { country } = site.faces
  const { t } = visit
  const title = lost === undefined ? words(`page.${page}.title`) : t('portal.stop.title')
  const text = lost === undefined ? words(`page.${page}.body`) : words(`evidence.${lost}.notFound`)
  return visit.citizen({
    ...frame,
    title,
    content: html`
      <h1 class="govuk-heading-l">${title}</h1>
      ${paragraphsOf(text).map((paragraph) => html`<p class="govuk-body">${paragraph}</p>`)}
      <h2 class="govuk-heading-m">${t('portal.stop.ask', { agency: agencyName(visit, country, service.authority) })}</h2>
      ${contactList(visit, country.agencies[service.authority]?.contact ?? {})}
      <p class="govuk-body"><a class="govuk-link" href="/services">${t('portal.stop.other')}</a></p>`,
  })
}

/** The button that the Enter key presses, where other buttons of the form come first: browsers take the first one. */
const firstButton = html`<button type="submit" hidden></button>`

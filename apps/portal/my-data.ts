// My data: who used it and why, asking why, and what the registers hold about me.
import type { Visit } from '@ashlar/face'
import { NotFound } from '@ashlar/kernel/http'
import { isUuid } from '@ashlar/kernel/identifiers'
import { isProblem } from '@ashlar/kernel/problem'
import {
  backLink,
  button,
  errorSummary,
  html,
  isolate,
  pagination,
  sourceBadge,
  subNavigation,
  summaryList,
  textarea,
} from '@ashlar/ui'
import type { FastifyReply } from 'fastify'
import { contactList } from './evidence.ts'
import { fieldOf, parameter, queried, type Site } from './site.ts'
import { usesTable } from './uses.ts'
import { agencyName, paragraphsOf, shownRecord } from './words.ts'

const PAGE = 20
const LONGEST_QUESTION = 2000

export function myDataPages(site: Site): void {
  const { get, post } = site
  const why = 'The log of uses is shown to the person whose data it is.'

  get('/my-data', why, (visit) => usesPage(site, visit))
  get('/my-data/records', why, (visit) => recordsPage(site, visit))
  get('/my-data/uses/:use', why, (visit) => usePage(site, visit, parameter(visit, 'use')))
  post('/my-data/uses/:use', why, async (visit) => {
    visit.person()
    const use = parameter(visit, 'use')
    const question = fieldOf(visit, 'question')?.trim() ?? ''
    if (question === '' || question.length > LONGEST_QUESTION) {
      visit.reply.code(422)
      return usePage(site, visit, use, { typed: question, isWrong: true })
    }
    if (!isUuid(use)) throw NotFound()
    await site.consent.ask({ use, question, context: site.guests.contextOf(visit, 'my-data') })
    return visit.go(`/my-data/uses/${use}`)
  })
}

const places = ({ t }: Visit, current: 'uses' | 'records') =>
  subNavigation({
    label: t('portal.my-data.title'),
    items: [
      { text: t('portal.my-data.uses'), href: '/my-data', current: current === 'uses' },
      { text: t('portal.my-data.records'), href: '/my-data/records', current: current === 'records' },
      { text: t('portal.acting.title'), href: '/acting' },
      { text: t('portal.account.title'), href: '/account' },
    ],
  })

async function usesPage(site: Site, visit: Visit): Promise<FastifyReply> {
  const { t } = visit
  const person = visit.person()
  const cursor = queried(visit, 'after')
  const context = site.guests.contextOf(visit, 'my-data')
  const { uses, next } = await site.consent.usesOf(person, { context, limit: PAGE, ...(cursor ? { cursor } : {}) })
  return visit.citizen({
    title: t('portal.my-data.uses'),
    at: 'my-data',
    width: 'full',
    noIndex: true,
    content: html`
      <h1 class="govuk-heading-xl">${t('portal.my-data.uses')}</h1>
      ${places(visit, 'uses')}
      <p class="govuk-body">${t('portal.my-data.lead')}</p>
      ${
        uses.length > 0
          ? await usesTable(site, visit, uses, t('portal.my-data.uses'))
          : html`<p class="govuk-body">${t('portal.my-data.none')}</p>`
      }
      ${
        next &&
        pagination({
          landmarkLabel: t('portal.pages'),
          next: { text: t('portal.older'), href: `/my-data?after=${encodeURIComponent(next)}` },
        })
      }`,
  })
}

interface Asking {
  typed?: string
  isWrong?: boolean
}

/** Asking why: the question goes to the office that used the data, and its answer comes back here. */
async function usePage(
  site: Site,
  visit: Visit,
  use: string,
  { typed = '', isWrong = false }: Asking = {},
): Promise<FastifyReply> {
  const { t } = visit
  visit.person()
  if (!isUuid(use)) throw NotFound()
  const question = await site.consent.questionAbout(use, site.guests.contextOf(visit, 'my-data'))
  const title = t('portal.ask.title')
  const error = isWrong ? t('portal.ask.empty', { max: LONGEST_QUESTION }) : undefined
  const asked =
    question &&
    summaryList({
      rows: [
        { key: { text: t('portal.ask.your-question') }, value: { text: isolate(question.question) } },
        { key: { text: t('portal.ask.asked-at') }, value: { text: visit.time(question.askedAt) } },
        {
          key: { text: t('portal.ask.answer') },
          value: {
            text: question.answer
              ? html`${paragraphsOf(question.answer).map((text) => html`<p class="govuk-body">${isolate(text)}</p>`)}`
              : t('portal.ask.waiting', { agency: agencyName(visit, site.faces.country, question.agency) }),
          },
        },
      ],
    })
  return visit.citizen({
    title: error ? t('portal.error.title', { title }) : title,
    at: 'my-data',
    noIndex: true,
    beforeContent: backLink({ text: t('portal.my-data.uses'), href: '/my-data' }),
    content: html`
      ${error && errorSummary({ titleText: t('portal.error.summary'), errorList: [{ text: error, href: '#question' }] })}
      <h1 class="govuk-heading-l">${title}</h1>
      ${
        asked ??
        html`
          <form method="post" action="/my-data/uses/${use}" novalidate>
            ${visit.token}
            ${textarea({
              name: 'question',
              value: typed,
              label: { text: t('portal.ask.label'), classes: 'govuk-label--s' },
              hint: { text: t('portal.ask.hint') },
              attributes: { dir: 'auto', maxlength: LONGEST_QUESTION },
              ...(error ? { errorMessage: { text: error, visuallyHiddenText: t('portal.error.sign') } } : {}),
            })}
            ${button({ text: t('portal.ask.send') })}
          </form>`
      }`,
  })
}

async function recordsPage(site: Site, visit: Visit): Promise<FastifyReply> {
  const { t } = visit
  const { country } = site.faces
  const person = visit.person()
  const held = await site.registries.mine(person, site.guests.contextOf(visit, 'my-data')).catch((error: unknown) => {
    if (isProblem(error) && error.code === 'not-your-records') return []
    throw error
  })
  const shown = held.filter(({ records }) => records.length > 0)
  return visit.citizen({
    title: t('portal.my-data.records'),
    at: 'my-data',
    noIndex: true,
    content: html`
      <h1 class="govuk-heading-xl">${t('portal.my-data.records')}</h1>
      ${places(visit, 'records')}
      <p class="govuk-body">${t('portal.my-data.records-lead')}</p>
      ${shown.length === 0 && html`<p class="govuk-body">${t('portal.my-data.records-none')}</p>`}
      ${shown.map(({ register: id, authority, records }) => {
        const register = country.registers[id]
        const name = register ? visit.of(register.title) : id
        return html`
          <h2 class="govuk-heading-m">${name}</h2>
          ${records.map(({ values, at }) => {
            const rows = shownRecord(visit, country, register, Object.keys(values), values)
            return html`
              ${summaryList({ rows: rows.map(({ label, text }) => ({ key: { text: label }, value: { text } })) })}
              <p class="govuk-body">${sourceBadge({ text: t('portal.source.since', { register: name, at: visit.date(at) }) })}</p>`
          })}
          <p class="govuk-body">${t('portal.source.tell', { agency: agencyName(visit, country, authority) })}</p>
          ${contactList(visit, country.agencies[authority]?.contact ?? {})}`
      })}`,
  })
}

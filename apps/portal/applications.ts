// My applications, and what I began and have not sent: as cards, the latest first.
import type { Visit } from '@ashlar/face'
import { isProblem } from '@ashlar/kernel/problem'
import { card, cards, type Html, html, pagination } from '@ashlar/ui'
import type { FastifyReply } from 'fastify'
import { openApplication, stateOf } from './application.ts'
import { applicationPage } from './application-page.ts'
import { donePage } from './done.ts'
import { forgetForm } from './guest-link.ts'
import { parameter, queried, type Site, subjectOf } from './site.ts'
import { wordsOf } from './words.ts'

const PAGE = 12

export function applicationPages(site: Site): void {
  const { get, post } = site
  const why = 'Applications are shown to their applicant only; guests follow theirs by a cookie or a link.'

  get('/applications', why, (visit) => listPage(site, visit))
  get('/applications/:reference', why, async (visit) => {
    const reference = parameter(visit, 'reference')
    const open = await openApplication(site, visit, reference).catch(async (error: unknown) => {
      // The message to another party of the case leads here; what it is asked has its own page.
      const asked =
        isProblem(error) && subjectOf(visit) !== undefined ? await askedIn(site, visit, reference) : undefined
      if (asked === undefined) throw error
      return asked
    })
    if (typeof open === 'string') return visit.go(open)
    if (open.view.life.messages.some(({ side, readAt }) => side === 'office' && readAt === undefined))
      await site.cases.markMessagesRead(open.view.caseId, open.context)
    return applicationPage(site, visit, open)
  })
  get('/applications/:reference/done', why, async (visit) => {
    const open = await openApplication(site, visit, parameter(visit, 'reference'))
    return donePage(site, visit, open)
  })
  get('/live/applications/:reference', why, async (visit) => {
    const { view, bills } = await openApplication(site, visit, parameter(visit, 'reference'))
    return site.live.stream(visit.request, visit.reply, [
      `case:${view.caseId}`,
      ...bills.map(({ id }) => `bill:${id}` as const),
    ])
  })
  post('/forget', 'A guest leaves a device that others use, too.', async (visit) => {
    site.guests.forget(visit)
    return visit.go('/')
  })
}

async function askedIn(site: Site, visit: Visit, reference: string): Promise<string | undefined> {
  const requests = await site.cases.requestsOf(site.guests.contextOf(visit, 'follow'))
  const asked = requests.find((one) => one.reference === reference && one.party !== undefined)
  return asked && `/requests/${asked.id}`
}

/** What somebody has under way, as cards; the home page shows the first of them. */
export async function applicationCards(
  site: Site,
  visit: Visit,
  { limit, after, only }: { limit: number; after?: string; only?: string[] },
): Promise<{ items: Html[]; next?: string; ids: string[] }> {
  const context = site.guests.contextOf(visit, 'my-applications')
  const page = await site.cases.applicationsOf({ limit, ...(after ? { after } : {}) }, context)
  const { next } = page
  const applications = page.applications.filter(({ reference }) => only?.includes(reference) ?? true)
  const items = await Promise.all(
    applications.map(async (summary) => {
      const service = await site.catalogue.get(summary.service.id, summary.service.version)
      const words = wordsOf(visit, service, site.faces.country)
      const state = stateOf(visit, words, summary)
      return card({
        title: words('title'),
        href: `/applications/${summary.reference}`,
        tag: state.tag,
        progress: state.progress,
        lines: [
          state.step,
          ...(state.promise ? [state.promise] : []),
          html`${visit.t('portal.reference')} <bdi dir="ltr">${summary.reference}</bdi>`,
        ],
      })
    }),
  )
  return { items, ids: applications.map(({ caseId }) => caseId), ...(next ? { next } : {}) }
}

export async function draftCards(site: Site, visit: Visit): Promise<Html[]> {
  const { t } = visit
  const drafts = await site.cases.draftsOf(site.guests.contextOf(visit, 'apply'))
  return Promise.all(
    drafts.slice(0, PAGE).map(async (draft) => {
      const service = await site.catalogue.get(draft.service.id)
      return card({
        title: wordsOf(visit, service, site.faces.country)('title'),
        href: `/apply/${draft.id}`,
        tag: { text: t('portal.status.draft.tag'), classes: 'govuk-tag--grey' },
        lines: [
          t('portal.draft.saved', { at: visit.time(draft.savedAt) }),
          t('portal.draft.kept', { until: visit.date(draft.expiresAt) }),
        ],
        links: [
          { text: t('portal.draft.go-on'), href: `/apply/${draft.id}` },
          { text: t('portal.discard.link'), href: `/apply/${draft.id}/discard` },
        ],
      })
    }),
  )
}

async function listPage(site: Site, visit: Visit): Promise<FastifyReply> {
  const { t } = visit
  const after = queried(visit, 'after')
  const [running, drafts] = await Promise.all([
    applicationCards(site, visit, { limit: PAGE, ...(after ? { after } : {}) }),
    after === undefined ? draftCards(site, visit) : [],
  ])
  const items = [...drafts, ...running.items]
  return visit.citizen({
    title: t('portal.applications.title'),
    at: 'applications',
    width: 'full',
    noIndex: true,
    content: html`
      <h1 class="govuk-heading-xl">${t('portal.applications.title')}</h1>
      <h2 class="govuk-visually-hidden">${t('portal.applications.all')}</h2>
      ${
        items.length > 0
          ? cards(items)
          : html`
            <p class="govuk-body">${t('portal.applications.none')}</p>
            <p class="govuk-body"><a class="govuk-link" href="/services">${t('portal.applications.find')}</a></p>`
      }
      ${
        running.next &&
        pagination({
          landmarkLabel: t('portal.pages'),
          next: { text: t('portal.older'), href: `/applications?after=${encodeURIComponent(running.next)}` },
        })
      }
      <p class="govuk-body"><a class="govuk-link" href="/resume">${t('portal.resume.title')}</a></p>
      ${subjectOf(visit) === undefined && forgetForm(visit)}`,
  })
}

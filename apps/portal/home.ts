// Home: for who is signed in, what they must do and how their matters stand; for others, finding a service.
import { liveHref, type Visit } from '@ashlar/face'
import { toWallTime } from '@ashlar/kernel/clock'
import type { Context } from '@ashlar/kernel/sql'
import { cards, type Html, html, isolate, toDoBanner, toDoLink } from '@ashlar/ui'
import type { FastifyReply } from 'fastify'
import { applicationCards, draftCards } from './applications.ts'
import { documentTitle } from './document-cards.ts'
import { offerBoxes } from './offers.ts'
import { findServices, searchForm, servicesByEvent } from './services.ts'
import { type Site, subjectOf } from './site.ts'
import { isOwn, usesTable } from './uses.ts'
import { wordsOf } from './words.ts'

const MOST_TO_DO = 3
const MOST_CARDS = 6
const MOST_DOCUMENTS = 3
const MOST_USES = 3
/** One's own looks are left out here, so that they do not hide those of others. */
const LOOKED_THROUGH = 30

export function homePages(site: Site): void {
  site.get('/', 'Here everybody begins.', (visit) =>
    subjectOf(visit) === undefined ? welcomePage(site, visit) : ownPage(site, visit),
  )
  site.get('/live/home', 'A person hears of their own applications.', async (visit) => {
    visit.person()
    const { ids } = await applicationCards(site, visit, { limit: MOST_CARDS })
    return site.live.stream(
      visit.request,
      visit.reply,
      ids.map((id) => `case:${id}` as const),
    )
  })
}

async function welcomePage(site: Site, visit: Visit): Promise<FastifyReply> {
  const { t } = visit
  const services = await findServices(site, visit, '')
  return visit.citizen({
    title: t('portal.welcome.title'),
    description: visit.of(site.faces.country.motto),
    at: 'home',
    content: html`
      <h1 class="govuk-heading-xl">${t('portal.welcome.title')}</h1>
      ${searchForm(visit)}
      ${servicesByEvent(site, visit, services)}`,
    aside: html`
      <div class="ashlar-box">
        <h2 class="govuk-heading-s">${t('portal.welcome.yours')}</h2>
        <p class="govuk-body">${t('portal.welcome.yours-text')}</p>
        <p class="govuk-body"><a class="govuk-link" href="/sign-in">${t('face.sign-in')}</a></p>
      </div>
      <div class="ashlar-box">
        <h2 class="govuk-heading-s">${t('portal.welcome.begun')}</h2>
        <p class="govuk-body"><a class="govuk-link" href="/resume">${t('portal.resume.title')}</a></p>
        <p class="govuk-body"><a class="govuk-link" href="/applications">${t('portal.applications.title')}</a></p>
      </div>
      <div class="ashlar-box">
        <h2 class="govuk-heading-s">${t('face.verify')}</h2>
        <p class="govuk-body">${t('portal.welcome.verify')}</p>
        <p class="govuk-body"><a class="govuk-link" href="/verify">${t('face.verify')}</a></p>
      </div>`,
  })
}

async function ownPage(site: Site, visit: Visit): Promise<FastifyReply> {
  const { t, say } = visit
  const { country } = site.faces
  const person = visit.person()
  const context = site.guests.contextOf(visit, 'my-data')
  const moment = await site.live.moment()
  const isLimited = visit.request.caller?.isLimited ?? false
  const [toDo, offers, running, drafts, used, papers] = await Promise.all([
    toDos(site, visit),
    offerBoxes(site, visit),
    applicationCards(site, visit, { limit: MOST_CARDS }),
    draftCards(site, visit),
    isLimited ? { uses: [] } : site.consent.usesOf(person, { context, limit: LOOKED_THROUGH }),
    isLimited ? [] : latestDocuments(site, visit),
  ])
  const others = used.uses.filter((use) => !isOwn(use)).slice(0, MOST_USES)
  const items = [...running.items, ...drafts].slice(0, MOST_CARDS)
  const hour = toWallTime(site.clock.now(), country.zone).hour
  const part = hour < 5 ? 'night' : hour < 12 ? 'morning' : hour < 18 ? 'day' : 'evening'
  const greeting = (name: Html | string) => say('portal.home.greeting', { name }, { part })
  const name = visit.request.caller?.name ?? ''
  return visit.citizen({
    title: t('portal.home.greeting', { part, name }),
    at: 'home',
    width: 'full',
    noIndex: true,
    live: { href: liveHref({ href: '/live/home', moment }), text: t('portal.application.live') },
    content: html`
      <h1 class="govuk-heading-xl">${greeting(isolate(name))}</h1>
      ${toDoBanner({ title: t('portal.to-do.title'), items: toDo })}
      ${offers}
      <h2 class="govuk-heading-m">${t('portal.applications.title')}</h2>
      ${
        items.length > 0
          ? html`${cards(items)}
            ${running.next && html`<p class="govuk-body"><a class="govuk-link" href="/applications">${t('portal.applications.all')}</a></p>`}`
          : html`<p class="govuk-body">${t('portal.applications.none')}</p>
            <p class="govuk-body"><a class="govuk-link" href="/services">${t('portal.applications.find')}</a></p>`
      }
      ${
        papers.length > 0 &&
        html`
          <h2 class="govuk-heading-m">${t('portal.documents.title')}</h2>
          <ul class="govuk-list">${papers}</ul>
          <p class="govuk-body"><a class="govuk-link" href="/documents">${t('portal.documents.yours')}</a></p>`
      }
      ${
        !isLimited &&
        html`
          <h2 class="govuk-heading-m">${t('portal.home.used')}</h2>
          <p class="govuk-body">${t('portal.my-data.lead')}</p>
          ${others.length > 0 ? await usesTable(site, visit, others, t('portal.home.used')) : html`<p class="govuk-body">${t(used.uses.length > 0 ? 'portal.home.used-none' : 'portal.my-data.none')}</p>`}
          <p class="govuk-body"><a class="govuk-link" href="/my-data">${t('portal.home.used-all')}</a></p>`
      }`,
  })
}

/** The last that were issued, by name; their codes are on their own pages. */
async function latestDocuments(site: Site, visit: Visit): Promise<Html[]> {
  const { documents } = await site.documents.of(visit.person(), { limit: MOST_DOCUMENTS })
  return Promise.all(
    documents.map(async ({ id, service, output, issuedAt }) => {
      const words = wordsOf(visit, await site.catalogue.get(service), site.faces.country)
      return html`<li><a class="govuk-link" href="/documents/${id}">${documentTitle(words, { output })}</a>, ${visit.date(issuedAt)}</li>`
    }),
  )
}

/** Bills of whom one acts for, as far as one may see what they are for. */
async function coveredBills(site: Site, visit: Visit, context: Context) {
  const bills = await site.payments.billsOf(visit.person())
  if (!visit.request.caller?.isLimited) return bills
  const isCovered = await Promise.all(
    bills.map(({ purpose }) =>
      site.identity.representation(context, { act: 'apply', service: purpose.service }).then(
        () => true,
        () => false,
      ),
    ),
  )
  return bills.filter((_, n) => isCovered[n])
}

/** What the person must do, the most pressing first: answer, pay, finish what was begun. */
async function toDos(site: Site, visit: Visit): Promise<Html[]> {
  const { t, say } = visit
  const context = site.guests.contextOf(visit, 'my-applications')
  const titleOf = async (id: string) => wordsOf(visit, await site.catalogue.get(id), site.faces.country)('title')
  const [requests, bills, drafts] = await Promise.all([
    site.cases.requestsOf(context),
    coveredBills(site, visit, context),
    site.cases.draftsOf(context),
  ])
  const answers = requests.map(
    (request) => async () =>
      say(
        request.due ? 'portal.to-do.answer-by' : 'portal.to-do.answer',
        {
          link: toDoLink(
            t('portal.to-do.answer-link', { service: await titleOf(request.service) }),
            request.party === undefined
              ? `/applications/${request.reference}/requests/${request.id}`
              : `/requests/${request.id}`,
          ),
        },
        { by: request.due ? visit.date(request.due) : '' },
      ),
  )
  const payments = bills
    .filter(({ state }) => state === 'requested' || state === 'pending')
    .map(
      (bill) => async () =>
        say('portal.to-do.pay-for', {
          link: toDoLink(
            t('portal.to-do.pay-link', {
              amount: visit.money(bill.amount),
              service: await titleOf(bill.purpose.service),
            }),
            `/pay/${bill.id}`,
          ),
        }),
    )
  const begun = drafts.map(
    (draft) => async () =>
      say(
        'portal.to-do.finish',
        {
          link: toDoLink(
            t('portal.to-do.finish-link', { service: await titleOf(draft.service.id) }),
            `/apply/${draft.id}`,
          ),
        },
        { until: visit.date(draft.expiresAt) },
      ),
  )
  return Promise.all([...answers, ...payments, ...begun].slice(0, MOST_TO_DO).map((write) => write()))
}

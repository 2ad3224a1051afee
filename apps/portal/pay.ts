// Paying: what for, how much and why; the provider's page; and what we know when one comes back, no more than that.
import { liveHref, type Visit } from '@ashlar/face'
import { NotFound } from '@ashlar/kernel/http'
import { isUuid } from '@ashlar/kernel/identifiers'
import { isProblem } from '@ashlar/kernel/problem'
import type { Bill } from '@ashlar/payments'
import { backLink, banner, button, type Html, html, join, panel, summaryList } from '@ashlar/ui'
import type { FastifyReply } from 'fastify'
import { type OpenApplication, ofApplication, openApplication } from './application.ts'
import { readsOf } from './feel.ts'
import { parameter, queried, type Site } from './site.ts'
import { agencyName, lawText, wordsOf } from './words.ts'

/** Seconds after which a page without a script asks again whether the payment has arrived. */
const ASK_AGAIN = 3

const COOKIE = 'ashlar_paying'
/** As long as somebody may take to come back from the provider; seconds. */
const PAYING = 86_400

interface OpenBill {
  bill: Bill
  title: string
  /** What it is a fee of; absent for a bill that no application asked for. */
  application?: OpenApplication
  /** Of the database, before any of this was read. */
  moment: string
}

export function payPages(site: Site): void {
  const { get, post } = site
  const why = 'A bill is shown to who owes it, or follows the application it belongs to.'

  get('/pay/:bill', why, async (visit) => billPage(site, visit, await openBill(site, visit)))

  post('/pay/:bill', why, async (visit) => {
    const open = await openBill(site, visit)
    if (!isOwed(open.bill)) return visit.go(here(visit, open.bill))
    rememberWay(site, visit, open.bill)
    const context = visit.request.caller?.context
    // A surcharge that was decided since it was sent is no more than the mandate allows, either.
    if (context?.represented) {
      const { amount, purpose } = open.bill
      await site.identity.representation(context, { act: 'apply', service: purpose.service, amount })
    }
    try {
      const { url } = await site.payments.checkout(open.bill.id, {
        returnUrl: `${site.baseUrl}/pay/${open.bill.id}/back`,
        description: open.title,
        language: visit.language,
      })
      return visit.reply.redirect(url, 303)
    } catch (error) {
      // Paid in another tab a moment ago, or the provider is away: nothing was charged twice.
      if (isProblem(error) && error.code === 'bill-not-payable') return visit.go(here(visit, open.bill))
      if (!isProblem(error) || error.status < 500) throw error
      visit.reply.code(503)
      return billPage(site, visit, open, true)
    }
  })

  get('/pay/:bill/back', why, async (visit) => {
    const way = rememberedWay(site, visit)
    if (way !== undefined) return visit.go(way)
    try {
      return backPage(visit, await openBill(site, visit))
    } catch (error) {
      // Somebody who comes back in another browser finds it where all that is theirs stands.
      if (!isProblem(error) || error.status !== 404 || queried(visit, 'of') !== undefined) throw error
      return visit.go('/applications')
    }
  })

  get('/live/pay/:bill', why, async (visit) => {
    const { bill } = await openBill(site, visit)
    return site.live.stream(visit.request, visit.reply, [
      `bill:${bill.id}`,
      ...(bill.caseId ? [`case:${bill.caseId}` as const] : []),
    ])
  })
}

const isOwed = ({ state }: Bill): boolean => state === 'requested' || state === 'pending'
const isPaid = ({ state }: Bill): boolean => state === 'settled' || state === 'refunded'

/**
 * The provider has one page for one bill, whoever pays it, and sends everybody back to one address. By which application
 * somebody may see the bill therefore stays in their browser; the provider is not told.
 */
function rememberWay(site: Site, visit: Visit, { id }: Bill): void {
  const { name, cookie } = wayCookie(site, id)
  visit.reply.setCookie(name, here(visit, { id }, '/back'), { ...cookie, maxAge: PAYING })
}

/** For who comes back without saying by which application; the page that follows says it. */
function rememberedWay(site: Site, visit: Visit): string | undefined {
  const id = parameter(visit, 'bill')
  if (!isUuid(id) || queried(visit, 'of') !== undefined || queried(visit, 'key') !== undefined) return undefined
  const { name } = wayCookie(site, id)
  const way = visit.request.cookies[name]
  return way?.startsWith(`/pay/${id}/back?`) ? way : undefined
}

function wayCookie({ baseUrl }: Site, id: string) {
  const secure = baseUrl.startsWith('https:')
  const cookie = { path: `/pay/${id}`, httpOnly: true, sameSite: 'lax', secure } as const
  return { name: secure ? `__Secure-${COOKIE}` : COOKIE, cookie }
}

/** The same bill, with what says by which application one may see it. */
function here(visit: Visit, bill: Pick<Bill, 'id'>, place: '' | '/back' = ''): string {
  const of = queried(visit, 'of')
  const path = `/pay/${bill.id}${place}`
  return ofApplication(visit, of === undefined ? path : `${path}?of=${encodeURIComponent(of)}`)
}

/** Two people who owe the same debt share a bill, so it is seen through the application that asks for it. */
async function openBill(site: Site, visit: Visit): Promise<OpenBill> {
  const id = parameter(visit, 'bill')
  if (!isUuid(id)) throw NotFound()
  const moment = await site.live.moment()
  const bill = await site.payments.get(id)
  const reference = queried(visit, 'of') ?? bill.caseId
  const application = reference === undefined ? undefined : await openApplication(site, visit, reference)
  if (application !== undefined) {
    if (!application.bills.some((one) => one.id === id)) throw NotFound()
    return { bill, title: application.words(`fee.${bill.purpose.fee}.title`), application, moment }
  }
  const subject = site.guests.contextOf(visit, 'pay').subject
  if (subject === undefined || !(await site.payments.billsOf(subject)).some((one) => one.id === id)) throw NotFound()
  const service = await site.catalogue.get(bill.purpose.service)
  return { bill, title: wordsOf(visit, service, site.faces.country)(`fee.${bill.purpose.fee}.title`), moment }
}

async function billPage(
  site: Site,
  visit: Visit,
  { bill, title, application }: OpenBill,
  isAway = false,
): Promise<FastifyReply> {
  const { t } = visit
  const reasons = application === undefined ? [] : await reasonsOf(site, visit, application, bill)
  const heading = isOwed(bill)
    ? t('portal.pay.title', { amount: visit.money(bill.amount) })
    : t(isPaid(bill) ? 'portal.pay.paid' : 'portal.pay.withdrawn')
  return visit.citizen({
    title: heading,
    noIndex: true,
    ...frameOf(visit, application),
    content: html`
      ${isAway && banner({ type: 'warning', signText: t('portal.warning'), isAlert: true, text: t('portal.pay.away') })}
      <h1 class="govuk-heading-l">${heading}</h1>
      ${summaryList({
        rows: [
          { key: { text: t('portal.pay.what') }, value: { text: title } },
          ...(application
            ? [{ key: { text: t('portal.pay.service') }, value: { text: application.words('title') } }]
            : []),
          {
            key: { text: t('portal.pay.amount') },
            value: {
              text: html`<strong class="ashlar-number">${visit.money(bill.amount)}</strong>${reasons.map(
                (reason) => html`<br><span class="ashlar-muted">${reason}</span>`,
              )}`,
            },
          },
          { key: { text: t('portal.pay.to') }, value: { text: agencyName(visit, site.faces.country, bill.tenant) } },
          {
            key: { text: t('portal.pay.reference') },
            value: { text: html`<bdi dir="ltr">${bill.publicReference}</bdi>` },
          },
          ...(bill.settledAt
            ? [{ key: { text: t('portal.pay.at') }, value: { text: visit.time(bill.settledAt) } }]
            : []),
        ],
      })}
      ${isOwed(bill) && payForm(visit, bill, t('portal.pay.go'))}
      ${isOwed(bill) && html`<p class="govuk-body">${t('portal.pay.how')}</p>`}
      ${followLink(visit, application)}`,
  })
}

const payForm = (visit: Visit, bill: Bill, text: string): Html => html`
  <form method="post" action="${here(visit, bill)}">
    ${visit.token}
    ${button({ text, preventDoubleClick: true })}
  </form>`

/** Back from the provider. Only its signed notice says that money has arrived; until then nothing is claimed. */
function backPage(visit: Visit, { bill, application, moment }: OpenBill): FastifyReply {
  const { t } = visit
  const frame = {
    noIndex: true,
    ...frameOf(visit, application),
    live: { href: liveHref({ href: `/live${here(visit, bill)}`, moment }), text: t('portal.application.live') },
  }
  if (isPaid(bill))
    return visit.citizen({
      ...frame,
      title: t('portal.pay.paid'),
      content: html`
        ${panel({
          titleText: t('portal.pay.paid'),
          text: html`${visit.money(bill.amount)}<br>${t('portal.pay.reference')}<br><strong><bdi dir="ltr">${bill.publicReference}</bdi></strong>`,
        })}
        <p class="govuk-body">${t('portal.pay.paid-next')}</p>
        ${followLink(visit, application)}`,
    })
  if (bill.state === 'requested')
    return visit.citizen({
      ...frame,
      title: t('portal.pay.failed'),
      content: html`
        <h1 class="govuk-heading-l">${t('portal.pay.failed')}</h1>
        <p class="govuk-body">${t('portal.pay.failed-text')}</p>
        ${payForm(visit, bill, t('portal.pay.again'))}
        ${followLink(visit, application)}`,
    })
  if (bill.state === 'withdrawn') return visit.go(here(visit, bill))
  return visit.citizen({
    ...frame,
    title: t('portal.pay.waiting'),
    refreshAfter: ASK_AGAIN,
    content: html`
      <h1 class="govuk-heading-l">${t('portal.pay.waiting')}</h1>
      <p class="govuk-body">${t('portal.pay.waiting-text')}</p>
      <p class="govuk-body">${t('portal.pay.not-finished')}</p>
      ${payForm(visit, bill, t('portal.pay.back-to-provider'))}
      ${followLink(visit, application)}`,
  })
}

function frameOf(visit: Visit, application: OpenApplication | undefined) {
  if (application === undefined) return { at: 'applications' }
  const { view, words } = application
  const href = ofApplication(visit, `/applications/${view.reference}`)
  return {
    within: { text: words('title'), href },
    beforeContent: backLink({ text: visit.t('portal.back'), href }),
  }
}

const followLink = (visit: Visit, application: OpenApplication | undefined): Html | undefined =>
  application &&
  html`<p class="govuk-body"><a class="govuk-link" href="${ofApplication(visit, `/applications/${application.view.reference}`)}">${visit.t('portal.done.follow')}</a></p>`

/** The rows of the rules that the amount came from, as they were decided for this case, each with its law. */
async function reasonsOf(
  { decisions }: Site,
  visit: Visit,
  { view, service, words, context }: OpenApplication,
  bill: Bill,
): Promise<Html[]> {
  const rules = readsOf(service, service.fees[bill.purpose.fee]?.amount ?? '0')
  const made = await decisions.ofCase(view.caseId, context)
  return made
    .filter(({ rule }) => rules.includes(rule))
    .flatMap(({ explanation }) => explanation.decided)
    .map(({ reason, law }) => join([reason && words(reason), law && lawText(visit, law)], ' '))
}

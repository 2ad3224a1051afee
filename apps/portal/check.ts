// Check your answers: everything that will be sent, where it came from, what it costs and why; and sending it, once.
import type { Visit } from '@ashlar/face'
import { isProblem } from '@ashlar/kernel/problem'
import type { Bill } from '@ashlar/payments'
import { backLink, banner, button, buttonGroup, html, insetText, summaryList } from '@ashlar/ui'
import type { FastifyReply } from 'fastify'
import { answerText } from './answers.ts'
import { isMoved, nextHref, type OpenDraft, openDraft, pageHref, toOpen } from './draft.ts'
import { evidenceBox, knownCount, priceList, pricesOf } from './evidence.ts'
import { parameter, type Site } from './site.ts'

/** How long sending waits for the bill that follows, so that one can pay at once; milliseconds of machine time. */
const BILL_WAIT = 2_000
const BILL_LOOK = 80

export function checkPages(site: Site): void {
  const why = 'A draft is shown to its owner only.'

  site.get('/apply/:id/check', why, async (visit) => {
    const open = await openDraft(site, visit, parameter(visit, 'id'))
    if ('sent' in open) return visit.go(`/applications/${open.sent.reference}`)
    return open.draft.form.isComplete ? checkPage(site, visit, open) : visit.go(nextHref(open))
  })

  site.post('/apply/:id/check', why, async (visit) => {
    const open = await openDraft(site, visit, parameter(visit, 'id'))
    if ('sent' in open) return visit.go(`/applications/${open.sent.reference}/done`)
    return send(site, visit, open)
  })
}

/** Twice, from two tabs, or with the Back button: it is one application, and this leads to it. */
async function send(site: Site, visit: Visit, open: OpenDraft): Promise<FastifyReply> {
  const { draft, context, service, words } = open
  const { facts } = draft.form
  try {
    const { reference, caseId } = await site.cases.submit(draft.id, context)
    const costs = pricesOf(site, service, words, facts).some(({ amount }) => amount.value > 0)
    const bill = costs ? await awaitBill(site, caseId) : undefined
    return visit.go(bill ? `/pay/${bill.id}?of=${reference}` : `/applications/${reference}/done`)
  } catch (error) {
    if (!isProblem(error)) throw error
    if (error.code === 'draft-not-complete' || error.code === 'draft-stopped') return visit.go(`/apply/${draft.id}`)
    if (!isMoved(error)) throw error
    const now = await toOpen(site, visit, await site.cases.getDraft(draft.id, context), context)
    if (!now.draft.form.isComplete) return visit.go(nextHref(now))
    visit.reply.code(409)
    return checkPage(site, visit, now, true)
  }
}

/** The process makes the bill a moment after the application is there; who sees none yet is told on the next page. */
async function awaitBill({ payments }: Site, caseId: string): Promise<Bill | undefined> {
  const end = performance.now() + BILL_WAIT
  while (performance.now() < end) {
    const bill = (await payments.billsOfCase(caseId)).find(({ state }) => state === 'requested' || state === 'pending')
    if (bill !== undefined) return bill
    await new Promise((resolve) => setTimeout(resolve, BILL_LOOK))
  }
  return undefined
}

function checkPage(site: Site, visit: Visit, open: OpenDraft, hasMoved = false): FastifyReply {
  const { draft, service, words } = open
  const { t } = visit
  const { country } = site.faces
  const { pages, facts, answers } = draft.form
  const place = { visit, words, country, service, facts }
  const rows = pages.flatMap(({ page, questions }) =>
    questions.map((question) => {
      const label = words(`question.${question.name}.label`)
      return {
        key: { text: label },
        value: {
          text:
            answerText(place, question, answers[question.name]) ??
            html`<span class="ashlar-muted">${t('portal.check.left-out')}</span>`,
        },
        actions: {
          items: [
            {
              text: t('portal.check.change'),
              href: `${pageHref(draft.id, page.id)}?from=check`,
              visuallyHiddenText: label,
            },
          ],
        },
      }
    }),
  )
  const shown = draft.evidence.filter(({ fact }) => !Array.isArray(fact))
  const known = knownCount(site, visit, service, shown)
  const prices = pricesOf(site, service, words, facts)
  const costs = prices.some(({ amount }) => amount.value > 0)
  const title = t('portal.check.title')
  const last = pages.at(-1)

  return visit.citizen({
    title,
    within: { text: words('title'), href: `/services/${service.id}` },
    noIndex: true,
    beforeContent: backLink({
      text: t('portal.back'),
      href: last ? pageHref(draft.id, last.page.id) : `/services/${service.id}`,
    }),
    content: html`
      ${hasMoved && banner({ type: 'warning', signText: t('portal.warning'), isAlert: true, text: t('portal.check.moved') })}
      <h1 class="govuk-heading-l">${title}</h1>
      ${
        rows.length > 0 &&
        html`<h2 class="govuk-heading-m">${t('portal.check.answers')}</h2>
          ${summaryList({ rows })}`
      }
      ${shown.map((found) => evidenceBox(site, visit, { service, words, found }))}
      ${known > 0 && insetText({ text: t('portal.check.counts', { asked: rows.length, known }) })}
      ${
        prices.length > 0 &&
        html`<h2 class="govuk-heading-m">${t('portal.check.cost')}</h2>
          ${priceList(visit, prices)}`
      }
      <h2 class="govuk-heading-m">${t('portal.check.now')}</h2>
      <p class="govuk-body">${t('portal.check.declare')}</p>
      <form method="post" action="/apply/${draft.id}/check">
        ${visit.token}
        ${buttonGroup(
          button({ text: t(costs ? 'portal.check.send-and-pay' : 'portal.check.send'), preventDoubleClick: true }),
          button({
            text: t('portal.draft.later'),
            classes: 'govuk-button--secondary',
            attributes: { formaction: `/apply/${draft.id}/save` },
          }),
        )}
      </form>`,
  })
}

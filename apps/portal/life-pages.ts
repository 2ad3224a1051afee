// What an applicant does with a running or decided case: contest, withdraw, write, agree to a longer term.
import type { Visit } from '@ashlar/face'
import { isProblem } from '@ashlar/kernel/problem'
import { backLink, button, errorSummary, html, textarea } from '@ashlar/ui'
import type { FastifyReply } from 'fastify'
import { type OpenApplication, ofApplication, openApplication } from './application.ts'
import { nextHref, toOpen } from './draft.ts'
import { fieldOf, parameter, type Site } from './site.ts'
import { agencyName, lawText } from './words.ts'

const LONGEST = 4000

export function lifePages(site: Site): void {
  const why = 'An application is its applicant’s only; guests follow theirs by a cookie or a link.'
  const open = (visit: Visit) => openApplication(site, visit, parameter(visit, 'reference'))
  const back = (visit: Visit, { view }: OpenApplication) =>
    visit.go(ofApplication(visit, `/applications/${view.reference}`))

  site.get('/applications/:reference/appeal', why, async (visit) => {
    const application = await open(visit)
    return application.view.life.appeal === undefined ? back(visit, application) : appealPage(site, visit, application)
  })

  site.post('/applications/:reference/appeal', why, async (visit) => {
    const application = await open(visit)
    const { view, context } = application
    const { appeal } = view.life
    if (appeal === undefined) return back(visit, application)
    const lateBecause = fieldOf(visit, 'lateBecause')?.slice(0, LONGEST)
    const name = visit.request.caller?.name
    try {
      const draft = await site.cases.startDraft(
        {
          service: appeal.by,
          language: visit.language,
          about: view.caseId,
          ...(name ? { name } : {}),
          ...(lateBecause ? { lateBecause } : {}),
        },
        { ...context, purpose: 'apply' },
      )
      return visit.go(nextHref(await toOpen(site, visit, draft, context)))
    } catch (error) {
      if (!isProblem(error)) throw error
      // Decided meanwhile, in another tab.
      if (error.code === 'not-appealable') return back(visit, application)
      if (error.code !== 'appeal-too-late') throw error
      visit.reply.code(422)
      return appealPage(site, visit, await open(visit), visit.t('portal.appeal.why-needed'))
    }
  })

  site.get('/applications/:reference/withdraw', why, async (visit) => {
    const application = await open(visit)
    return application.view.life.canWithdraw ? withdrawPage(visit, application) : back(visit, application)
  })

  site.post('/applications/:reference/withdraw', why, async (visit) => {
    const application = await open(visit)
    const reason = fieldOf(visit, 'reason')?.slice(0, LONGEST)
    await site.cases
      .withdraw({ case: application.view.caseId, ...(reason ? { reason } : {}) }, application.context)
      .catch(unlessOver)
    return back(visit, application)
  })

  site.post('/applications/:reference/messages', why, async (visit) => {
    const application = await open(visit)
    const text = fieldOf(visit, 'text')?.slice(0, LONGEST)
    const key = fieldOf(visit, 'key')?.slice(0, 100)
    if (text !== undefined && key !== undefined)
      await site.cases
        .writeToOffice({ case: application.view.caseId, text, key }, application.context)
        .catch(unlessOver)
    return back(visit, application)
  })

  site.post('/applications/:reference/extension', why, async (visit) => {
    const application = await open(visit)
    const answer = { extension: fieldOf(visit, 'extension') ?? '', agrees: fieldOf(visit, 'agrees') === 'yes' }
    await site.cases.answerExtension(answer, application.context).catch(unlessOver)
    return back(visit, application)
  })
}

/** What came between: the page of the application says how it stands now. */
const cameBetween = ['cannot-withdraw', 'case-closed', 'extension-ended', 'extension-not-found']

function unlessOver(error: unknown): void {
  if (!isProblem(error) || !cameBetween.includes(error.code)) throw error
}

function appealPage(site: Site, visit: Visit, application: OpenApplication, error?: string): FastifyReply {
  const { view, words } = application
  const { t } = visit
  const appeal = view.life.appeal!
  const title = t('portal.appeal.title')
  const href = ofApplication(visit, `/applications/${view.reference}`)
  const values = {
    until: visit.date(appeal.until),
    agency: agencyName(visit, site.faces.country, appeal.to),
  }
  return visit.citizen({
    title: error === undefined ? title : t('portal.error.title', { title }),
    within: { text: words('title'), href },
    noIndex: true,
    beforeContent: backLink({ text: t('portal.back'), href }),
    content: html`
      ${error && errorSummary({ titleText: t('portal.error.summary'), errorList: [{ text: error, href: '#lateBecause' }] })}
      <span class="govuk-caption-l">${t('portal.reference')} <bdi dir="ltr">${view.reference}</bdi></span>
      <h1 class="govuk-heading-l">${title}</h1>
      <p class="govuk-body">${visit.say(appeal.isOpen ? 'portal.appeal.open' : 'portal.appeal.over', { law: appeal.law ? lawText(visit, appeal.law) : '' }, values)}</p>
      <p class="govuk-body">${t(appeal.suspends ? 'portal.appeal.suspends' : 'portal.appeal.does-not-suspend')}</p>
      <p class="govuk-body">${t('portal.appeal.others')}</p>
      <form method="post" action="${ofApplication(visit, `/applications/${view.reference}/appeal`)}" novalidate>
        ${visit.token}
        ${
          !appeal.isOpen &&
          textarea({
            id: 'lateBecause',
            name: 'lateBecause',
            rows: 5,
            label: { text: t('portal.appeal.late-label'), classes: 'govuk-label--s' },
            hint: { text: t('portal.appeal.late-hint') },
            attributes: { dir: 'auto', maxlength: LONGEST },
            ...(error ? { errorMessage: { text: error, visuallyHiddenText: t('portal.error.sign') } } : {}),
          })
        }
        ${button({ text: t('portal.continue') })}
      </form>`,
  })
}

function withdrawPage(visit: Visit, { view, service, words }: OpenApplication): FastifyReply {
  const { t } = visit
  const { refund, law } = service.withdrawal ?? {}
  const title = t('portal.withdraw.title')
  const href = ofApplication(visit, `/applications/${view.reference}`)
  return visit.citizen({
    title,
    within: { text: words('title'), href },
    noIndex: true,
    beforeContent: backLink({ text: t('portal.back'), href }),
    content: html`
      <span class="govuk-caption-l">${t('portal.reference')} <bdi dir="ltr">${view.reference}</bdi></span>
      <h1 class="govuk-heading-l">${title}</h1>
      <p class="govuk-body">${t('portal.withdraw.body')}</p>
      <p class="govuk-body">${refund === undefined ? t('portal.withdraw.no-refund') : t('portal.withdraw.refund', { percent: refund })}${law && html` ${lawText(visit, law)}`}</p>
      <form method="post" action="${ofApplication(visit, `/applications/${view.reference}/withdraw`)}" novalidate>
        ${visit.token}
        ${textarea({
          id: 'reason',
          name: 'reason',
          rows: 4,
          label: { text: t('portal.withdraw.reason'), classes: 'govuk-label--s' },
          hint: { text: t('portal.withdraw.hint') },
          attributes: { dir: 'auto', maxlength: LONGEST },
        })}
        ${button({ text: t('portal.withdraw.send'), classes: 'govuk-button--warning' })}
      </form>
      <p class="govuk-body"><a class="govuk-link" href="${href}">${t('portal.withdraw.keep')}</a></p>`,
  })
}

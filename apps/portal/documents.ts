// My documents: cards with their codes, each as PDF, and what anybody can check without an account.
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { drawCode, type OpenedDocument } from '@ashlar/documents'
import type { Visit } from '@ashlar/face'
import { NotFound } from '@ashlar/kernel/http'
import type { Context } from '@ashlar/kernel/sql'
import { backLink, button, buttonGroup, html, isolate, pagination, summaryList } from '@ashlar/ui'
import type { FastifyReply } from 'fastify'
import { ofApplication, openApplication } from './application.ts'
import { documentCards, documentTitle } from './document-cards.ts'
import { parameter, queried, type Site } from './site.ts'
import { agencyName, wordsOf } from './words.ts'

const PAGE = 10
/** A drawing of squares is a tenth of its size then; every browser that shows it reads that. */
const zip = promisify(gzip)

export function documentPages(site: Site): void {
  const { get } = site
  const why = 'Documents are shown to their holder only.'

  get('/documents', why, (visit) => listPage(site, visit))
  get('/documents/:id', why, async (visit) => {
    const document = await site.documents.get(parameter(visit, 'id'), await readerOf(site, visit))
    return documentPage(site, visit, document)
  })

  get('/documents/:id/code.svg', why, async (visit) => {
    const { code } = await site.documents.get(parameter(visit, 'id'), await readerOf(site, visit))
    if (code === undefined) throw NotFound()
    return visit.reply
      .headers({ 'content-type': 'image/svg+xml', 'content-encoding': 'gzip', 'cache-control': 'private, no-store' })
      .send(await zip(drawCode(code)))
  })

  get('/documents/:id.pdf', why, async (visit) => {
    const context = await readerOf(site, visit)
    const id = parameter(visit, 'id')
    const { reference } = await site.documents.get(id, context)
    const pdf = await site.documents.pdf(id, context)
    return visit.reply
      .headers({
        'content-type': 'application/pdf',
        'content-disposition': `inline; filename="${reference}.pdf"`,
        'cache-control': 'private, no-store',
      })
      .send(pdf)
  })
}

/** The holder; a guest by the link of the application that the document came from, and of no other. */
async function readerOf(site: Site, visit: Visit): Promise<Context> {
  const of = queried(visit, 'of')
  if (of === undefined) {
    const own = site.guests.contextOf(visit, 'my-documents')
    if (!visit.request.caller?.isLimited) return own
    const { service } = await site.documents.get(parameter(visit, 'id'), own)
    await site.identity.representation(own, { act: 'follow', service })
    return own
  }
  const { context, documents } = await openApplication(site, visit, of)
  if (!documents.some(({ id }) => id === parameter(visit, 'id'))) throw NotFound()
  return context
}

async function listPage(site: Site, visit: Visit): Promise<FastifyReply> {
  const { t } = visit
  const cursor = queried(visit, 'after')
  const { documents, next } = await site.documents.of(visit.person(), { limit: PAGE, ...(cursor ? { cursor } : {}) })
  const titled = await Promise.all(
    documents.map(async (document) => {
      const service = await site.catalogue.get(document.service)
      return { ...document, title: documentTitle(wordsOf(visit, service, site.faces.country), document) }
    }),
  )
  return visit.citizen({
    title: t('portal.documents.title'),
    at: 'documents',
    noIndex: true,
    content: html`
      <h1 class="govuk-heading-xl">${t('portal.documents.title')}</h1>
      ${
        titled.length > 0
          ? html`<p class="govuk-body">${t('portal.documents.lead')}</p>
            <h2 class="govuk-visually-hidden">${t('portal.documents.yours')}</h2>
            ${documentCards(site, visit, titled)}`
          : html`<p class="govuk-body">${t('portal.documents.none')}</p>
            <p class="govuk-body"><a class="govuk-link" href="/services">${t('portal.applications.find')}</a></p>`
      }
      ${
        next &&
        pagination({
          landmarkLabel: t('portal.pages'),
          next: { text: t('portal.older'), href: `/documents?after=${encodeURIComponent(next)}` },
        })
      }`,
  })
}

async function documentPage(site: Site, visit: Visit, document: OpenedDocument): Promise<FastifyReply> {
  const { t } = visit
  const { country } = site.faces
  const service = await site.catalogue.get(document.service)
  const words = wordsOf(visit, service, country)
  const title = documentTitle(words, document)
  const at = (place: string) => {
    const of = queried(visit, 'of')
    const path = `/documents/${document.id}${place}`
    return ofApplication(visit, of === undefined ? path : `${path}?of=${encodeURIComponent(of)}`)
  }
  const row = (key: string, text: Parameters<typeof html>[1]) => ({
    key: { text: t(key) },
    value: { text: html`${text}` },
  })
  return visit.citizen({
    title,
    at: 'documents',
    noIndex: true,
    beforeContent: backLink({ text: t('portal.documents.title'), href: '/documents' }),
    content: html`
      <h1 class="govuk-heading-l">${title}</h1>
      ${document.state === 'revoked' && html`<p class="govuk-body"><strong class="ashlar-late">${t('portal.document.revoked')}</strong></p>`}
      ${summaryList({
        rows: [
          row('portal.verify.reference', html`<bdi dir="ltr">${document.reference}</bdi>`),
          row('portal.document.by', agencyName(visit, country, document.authority)),
          row('portal.document.on', visit.date(document.issuedAt)),
          ...(document.validUntil ? [row('portal.document.until', visit.date(document.validUntil))] : []),
        ],
      })}
      ${buttonGroup(button({ text: t('portal.document.pdf'), href: at('.pdf') }))}
      ${
        document.code &&
        html`
          <h2 class="govuk-heading-m">${t('portal.document.check')}</h2>
          <p class="govuk-body">${t('portal.document.check-text')}</p>
          <p class="govuk-body"><img src="${at('/code.svg')}" width="320" height="320" alt="${t('portal.document.code')}"></p>
          <h2 class="govuk-heading-m">${t('portal.document.share')}</h2>
          <p class="govuk-body">${t('portal.document.share-text')}</p>
          <p class="govuk-body"><a class="govuk-link" id="share" href="${document.code}"><bdi dir="ltr">${`${document.code.slice(0, 60)}…`}</bdi></a></p>`
      }
      ${document.code === undefined && html`<p class="govuk-body">${isolate(document.verifyUrl)}</p>`}`,
  })
}

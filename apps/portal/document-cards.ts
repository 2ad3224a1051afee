// Documents as cards: what each is, until when it holds, its code, and what one can do with it.
import type { IssuedDocument } from '@ashlar/documents'
import type { Visit } from '@ashlar/face'
import { documentCard, type Html, html, join } from '@ashlar/ui'
import type { Site } from './site.ts'
import { agencyName, type Words } from './words.ts'

/** Words of the services that issued them are found by `words`, which the caller has at hand or fetches before. */
export function documentCards(
  site: Site,
  visit: Visit,
  documents: (IssuedDocument & { title: string })[],
  address: (path: string) => string = (path) => path,
): Html {
  return join(documents.map((document) => card(site, visit, document, address)))
}

function card(
  { faces: { country }, clock }: Site,
  visit: Visit,
  document: IssuedDocument & { title: string },
  address: (path: string) => string,
): Html {
  const { t } = visit
  const { id, authority, issuedAt, validUntil, state, reference } = document
  const isOver = validUntil !== undefined && new Date(validUntil) < clock.now()
  return documentCard({
    title: document.title,
    headingLevel: 3,
    qr: html`<img src="${address(`/documents/${id}/code.svg`)}" width="120" height="120" alt="" loading="lazy">`,
    qrText: t('portal.document.code'),
    lines: [
      html`${t('portal.reference')} <bdi dir="ltr">${reference}</bdi>`,
      t('portal.document.issued', { agency: agencyName(visit, country, authority), at: visit.date(issuedAt) }),
      ...(state === 'revoked'
        ? [html`<strong>${t('portal.document.revoked')}</strong>`]
        : validUntil
          ? [
              isOver
                ? html`<strong>${t('portal.document.expired', { until: visit.date(validUntil) })}</strong>`
                : t('portal.document.valid', { until: visit.date(validUntil) }),
            ]
          : []),
    ],
    links: [
      { text: t('portal.document.pdf'), href: address(`/documents/${id}.pdf`) },
      { text: t('portal.document.open'), href: address(`/documents/${id}`) },
    ],
  })
}

/** What an output of a service is called. */
export const documentTitle = (words: Words, { output }: Pick<IssuedDocument, 'output'>): string =>
  words(`output.${output}.title`)

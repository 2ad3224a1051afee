// Cases that have to do with this one, and why they are shown; joining two so that they are decided together, and undoing that.
import type { RelatedCase } from '@ashlar/cases'
import { details, type Html, html, tag } from '@ashlar/ui'
import type { OpenCase } from './open-case.ts'

/** So many stand open. */
const FIRST = 2

export function relatedBox(open: OpenCase): Html {
  const { visit, view } = open
  const { t } = visit
  const linked = [
    ...(view.about ? [{ id: view.about, reference: undefined, why: 'contests' }] : []),
    ...view.contestedBy.map(({ id, reference }) => ({ id, reference, why: 'contested-by' })),
  ]
  return html`
    <div class="ashlar-box">
      <h2 class="govuk-heading-m">${t('office.everything')}</h2>
      <p class="govuk-body"><a class="govuk-link" href="/office/cases/${view.id}/person">${t('office.person-open')}</a></p>
      ${
        linked.length > 0 &&
        html`<ul class="govuk-list">${linked.map(
          ({ id, reference, why }) =>
            html`<li><a class="govuk-link" href="/office/cases/${id}">${reference ? html`<bdi dir="ltr">${reference}</bdi>` : t('office.first-case')}</a> ${t(`office.why.${why}`)}</li>`,
        )}</ul>`
      }
      ${
        view.related.length > 0 &&
        html`
          <h3 class="govuk-heading-s">${t('office.related')}</h3>
          ${view.related.slice(0, FIRST).map((one) => relatedCase(open, one))}
          ${
            view.related.length > FIRST &&
            details({
              summaryText: t('office.related-more', { count: view.related.length - FIRST }),
              text: html`${view.related.slice(FIRST).map((one) => relatedCase(open, one))}`,
            })
          }`
      }
      <p class="govuk-body-s">${t('office.seen')}</p>
    </div>`
}

function relatedCase({ visit, view }: OpenCase, { id, reference, why, link, submittedAt, service }: RelatedCase): Html {
  const { t, token } = visit
  const form = (action: string, text: string, hidden: Html) => html`
    <form method="post" action="/office/cases/${view.id}/${action}">
      ${token}${hidden}<button class="govuk-button govuk-button--secondary" type="submit">${text}<span class="govuk-visually-hidden">: ${reference}</span></button>
    </form>`
  const canJoin = view.status !== 'closed' && service.id === view.service.id && !why.includes('joined-to')
  return html`
    <p class="govuk-body">
      <a class="govuk-link" href="/office/cases/${id}"><bdi dir="ltr">${reference}</bdi></a>, ${visit.date(submittedAt)}<br>
      ${why.map((one) => html`${tag({ text: t(`office.why.${one}`), classes: one === 'same-answers' ? 'govuk-tag--orange' : 'govuk-tag--grey' })} `)}
    </p>
    ${link ? form('separate', t('office.separate'), html`<input type="hidden" name="link" value="${link}">`) : canJoin && form('join', t('office.join'), html`<input type="hidden" name="other" value="${id}">`)}`
}

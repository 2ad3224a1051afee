// Pages that say how the portal itself works: accessibility, privacy, cookies.
import { type Html, html } from '@ashlar/ui'
import type { Site } from './site.ts'
import { paragraphsOf } from './words.ts'

const pages = ['accessibility', 'privacy', 'cookies'] as const

export function informationPages(site: Site): void {
  for (const name of pages)
    site.get(`/${name}`, 'Everybody may know how the portal works.', (visit) => {
      const title = visit.t(`portal.information.${name}.title`)
      return visit.citizen({
        title,
        content: html`
          <h1 class="govuk-heading-xl">${title}</h1>
          ${content(visit.t(`portal.information.${name}.body`))}`,
      })
    })
}

/** A paragraph that begins with '# ' is a heading; lines that begin with '- ' are a list. */
function content(text: string): Html[] {
  return paragraphsOf(text).map((paragraph) => {
    if (paragraph.startsWith('# ')) return html`<h2 class="govuk-heading-m">${paragraph.slice(2)}</h2>`
    const lines = paragraph.split('\n')
    if (lines.every((line) => line.startsWith('- ')))
      return html`<ul class="govuk-list govuk-list--bullet">${lines.map((line) => html`<li>${line.slice(2)}</li>`)}</ul>`
    return html`<p class="govuk-body">${paragraph}</p>`
  })
}

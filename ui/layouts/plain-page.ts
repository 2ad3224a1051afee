// A page without a country around it: the doors of the demonstration, the mailbox, a status while nothing else runs.

import { skipLink } from '../components/skip-link/skip-link.ts'
import { type Html, html, type Text } from '../html.ts'
import { type PageProps, page } from '../page.ts'

export interface PlainPageProps extends Omit<PageProps, 'body'> {
  skipText: Text
  content: Html
}

export function plainPage(props: PlainPageProps): string {
  const body = html`
    ${skipLink({ text: props.skipText, href: '#main-content' })}
    <div class="govuk-width-container">
      <main class="govuk-main-wrapper" id="main-content">${props.content}</main>
    </div>`
  return page({ ...props, body })
}

// Pages for when something did not work: what happened, what is kept, what to do, and the reference to quote.

import { type Html, html, type Text } from '../html.ts'
import { citizenPage } from './citizen-page.ts'
import type { Face } from './frame.ts'

export interface ErrorPageProps {
  title: string
  /** "There is a problem with the page" */
  heading: Text
  /** Each a paragraph: what happened, whether anything is lost, what one can do */
  paragraphs: readonly Text[]
  /** "Reference" and the trace by which support finds what happened */
  reference?: { label: Text; value: string }
  action?: Html
}

export function errorPage(face: Face, props: ErrorPageProps): string {
  const content = html`
    <h1 class="govuk-heading-l">${props.heading}</h1>
    ${props.paragraphs.map((text) => html`<p class="govuk-body">${text}</p>`)}
    ${props.reference && html`<p class="govuk-body-s">${props.reference.label} <code dir="ltr">${props.reference.value}</code></p>`}
    ${props.action}`
  return citizenPage(face, { title: props.title, content, noIndex: true })
}

// A document one owns: what it is, until when it holds, and the QR code by which anybody can check it.

import { type Html, styled, type Text } from '../../html.ts'

export interface DocumentCardProps {
  title: Text
  headingLevel?: number
  /** An SVG of the code. Say in `qrText` what it is for. */
  qr?: Html
  qrText?: string
  lines: readonly Text[]
  links?: readonly { text: Text; href: string }[]
}

const html = styled('document-card')

export function documentCard(props: DocumentCardProps): Html {
  const level = props.headingLevel ?? 3
  return html`
    <article class="ashlar-document">
      ${props.qr && html`<div class="ashlar-document__qr" role="img" aria-label="${props.qrText ?? ''}">${props.qr}</div>`}
      <div class="ashlar-document__text">
        <h${level} class="ashlar-document__title">${props.title}</h${level}>
        ${props.lines.map((line) => html`<p class="ashlar-document__line">${line}</p>`)}
        ${
          props.links &&
          props.links.length > 0 &&
          html`<p class="ashlar-document__links">${props.links.map((link) => html`<a class="govuk-link govuk-link--no-visited-state" href="${link.href}">${link.text}</a>`)}</p>`
        }
      </div>
    </article>`
}

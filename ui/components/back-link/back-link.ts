// The link back to the page before.

import { type AttributeRecord, attributes, classes, type Html, styled, type Text } from '../../html.ts'

export interface BackLinkProps {
  text: Text
  href: string
  classes?: string
  attributes?: AttributeRecord
}

const html = styled('back-link')

export function backLink(props: BackLinkProps): Html {
  return html`<a href="${props.href}" class="${classes('govuk-back-link', props.classes)}"${attributes(props.attributes)}>${props.text}</a>`
}

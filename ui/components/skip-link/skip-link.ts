// For people without a mouse: past the navigation to the content.

import { type AttributeRecord, attributes, classes, type Html, styled, type Text } from '../../html.ts'

export interface SkipLinkProps {
  text: Text
  href: string
  classes?: string
  attributes?: AttributeRecord
}

const html = styled('skip-link')

export function skipLink(props: SkipLinkProps): Html {
  return html`<a href="${props.href}" class="${classes('govuk-skip-link', props.classes)}"${attributes(props.attributes)} data-module="govuk-skip-link">${props.text}</a>`
}

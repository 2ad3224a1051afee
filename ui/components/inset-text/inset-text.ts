// Text set apart from the text around it.

import { type AttributeRecord, attributes, classes, type Html, styled, type Text } from '../../html.ts'

export interface InsetTextProps {
  text: Text
  id?: string
  classes?: string
  attributes?: AttributeRecord
}

const html = styled('inset-text')

export function insetText(props: InsetTextProps): Html {
  return html`<div${attributes({ id: props.id })} class="${classes('govuk-inset-text', props.classes)}"${attributes(props.attributes)}>${props.text}</div>`
}

// A hint under a label: what is asked, where to find it.

import { type AttributeRecord, attributes, classes, type Html, styled, type Text } from '../../html.ts'

export interface HintProps {
  text: Text
  id?: string
  classes?: string
  attributes?: AttributeRecord
}

const html = styled('hint')

export function hint(props: HintProps): Html {
  return html`<div${attributes({ id: props.id })} class="${classes('govuk-hint', props.classes)}"${attributes(props.attributes)}>${props.text}</div>`
}

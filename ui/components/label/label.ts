// A label of a form field; as the page's heading it stands inside the h1.

import { type AttributeRecord, attributes, classes, type Html, nothing, styled, type Text } from '../../html.ts'

export interface LabelProps {
  text: Text
  for?: string
  /** govuk-label--xl, --l, --m or --s */
  classes?: string
  isPageHeading?: boolean
  attributes?: AttributeRecord
}

const html = styled('label')

export function label(props: LabelProps): Html {
  if (props.text === '') return nothing
  const inside = html`<label class="${classes('govuk-label', props.classes)}"${attributes(props.attributes, { for: props.for })}>${props.text}</label>`
  return props.isPageHeading ? html`<h1 class="govuk-label-wrapper">${inside}</h1>` : inside
}

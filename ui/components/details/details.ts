// Text that only some people need, closed until they open it.

import { type AttributeRecord, attributes, classes, type Html, styled, type Text } from '../../html.ts'

export interface DetailsProps {
  summaryText: Text
  text: Text
  id?: string
  open?: boolean
  classes?: string
  attributes?: AttributeRecord
}

const html = styled('details')

export function details(props: DetailsProps): Html {
  return html`
    <details${attributes({ id: props.id, class: classes('govuk-details', props.classes) }, props.attributes, { open: props.open })}>
      <summary class="govuk-details__summary"><span class="govuk-details__summary-text">${props.summaryText}</span></summary>
      <div class="govuk-details__text">${props.text}</div>
    </details>`
}

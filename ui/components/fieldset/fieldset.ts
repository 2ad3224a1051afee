// A fieldset: several inputs that answer one question, named by its legend.

import { type AttributeRecord, attributes, classes, type Html, styled, type Text } from '../../html.ts'

export interface LegendProps {
  text: Text
  /** govuk-fieldset__legend--xl, --l, --m or --s */
  classes?: string
  isPageHeading?: boolean
}

export interface FieldsetProps {
  legend?: LegendProps
  content?: Text
  describedBy?: string
  classes?: string
  role?: string
  attributes?: AttributeRecord
}

const html = styled('fieldset')

export function fieldset(props: FieldsetProps): Html {
  return html`
    <fieldset class="${classes('govuk-fieldset', props.classes)}"${attributes({ role: props.role, 'aria-describedby': props.describedBy }, props.attributes)}>
      ${props.legend && legend(props.legend)}
      ${props.content}
    </fieldset>`
}

function legend(props: LegendProps): Html {
  return html`
    <legend class="${classes('govuk-fieldset__legend', props.classes)}">
      ${props.isPageHeading ? html`<h1 class="govuk-fieldset__heading">${props.text}</h1>` : props.text}
    </legend>`
}

// Something important: what happens if one does or does not do it.

import { type AttributeRecord, attributes, classes, type Html, styled, type Text } from '../../html.ts'

export interface WarningTextProps {
  text: Text
  /** "Warning", for screen readers in place of the sign */
  iconFallbackText: string
  classes?: string
  attributes?: AttributeRecord
}

const html = styled('warning-text')

export function warningText(props: WarningTextProps): Html {
  return html`
    <div class="${classes('govuk-warning-text', props.classes)}"${attributes(props.attributes)}>
      <span class="govuk-warning-text__icon" aria-hidden="true">!</span>${' '}
      <strong class="govuk-warning-text__text"><span class="govuk-visually-hidden">${props.iconFallbackText}</span>${' '}${props.text}</strong>
    </div>`
}

// The message at a field whose answer cannot be taken.

import { type AttributeRecord, attributes, classes, type Html, styled, type Text } from '../../html.ts'

export interface ErrorMessageProps {
  text: Text
  /** "Error", for screen readers before the message; without it nothing is read before. */
  visuallyHiddenText?: string
  id?: string
  classes?: string
  attributes?: AttributeRecord
}

const html = styled('error-message')

export function errorMessage(props: ErrorMessageProps): Html {
  const before =
    props.visuallyHiddenText && html`<span class="govuk-visually-hidden">${props.visuallyHiddenText}:</span>${' '}`
  return html`<p${attributes({ id: props.id })} class="${classes('govuk-error-message', props.classes)}"${attributes(props.attributes)}>${before || ''}${props.text}</p>`
}

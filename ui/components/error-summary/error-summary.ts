// All errors of a page at its top, each a link to its field.

import { type AttributeRecord, attributes, classes, type Html, styled, type Text } from '../../html.ts'

export interface ErrorSummaryProps {
  /** "There is a problem" */
  titleText: Text
  descriptionText?: Text
  errorList: { text: Text; href?: string; attributes?: AttributeRecord }[]
  disableAutoFocus?: boolean
  classes?: string
  attributes?: AttributeRecord
}

const html = styled('error-summary')

export function errorSummary(props: ErrorSummaryProps): Html {
  const own = attributes(
    { 'data-disable-auto-focus': props.disableAutoFocus === undefined ? undefined : String(props.disableAutoFocus) },
    props.attributes,
  )
  return html`
    <div class="${classes('govuk-error-summary', props.classes)}"${own} data-module="govuk-error-summary">
      <div role="alert">
        <h2 class="govuk-error-summary__title">${props.titleText}</h2>
        <div class="govuk-error-summary__body">
          ${props.descriptionText && html`<p>${props.descriptionText}</p>`}
          ${props.errorList.length > 0 && html`<ul class="govuk-list govuk-error-summary__list">${props.errorList.map((item) => html`<li>${item.href ? html`<a href="${item.href}"${attributes(item.attributes)}>${item.text}</a>` : item.text}</li>`)}</ul>`}
        </div>
      </div>
    </div>`
}

// A button, or a link that looks like one.

import { type AttributeRecord, attributes, classes, type Html, styled, type Text } from '../../html.ts'

export interface ButtonProps {
  text: Text
  /** With an address it is a link. */
  href?: string
  type?: 'submit' | 'button' | 'reset'
  name?: string
  value?: string
  id?: string
  disabled?: boolean
  /** govuk-button--secondary, --warning or --inverse */
  classes?: string
  isStartButton?: boolean
  /** Ignores a second click within a second; the server must bear it anyway. */
  preventDoubleClick?: boolean
  attributes?: AttributeRecord
}

const html = styled('button')

const startIcon = html`
  <svg class="govuk-button__start-icon" xmlns="http://www.w3.org/2000/svg" width="17.5" height="19" viewBox="0 0 33 40" aria-hidden="true" focusable="false">
    <path fill="currentColor" d="M0 0h13l20 20-20 20H0l20-20z"/>
  </svg>`

export function button(props: ButtonProps): Html {
  const common = attributes(
    {
      class: classes('govuk-button', props.classes, props.isStartButton && 'govuk-button--start'),
      'data-module': 'govuk-button',
    },
    props.attributes,
    { id: props.id },
  )
  const text = props.isStartButton && typeof props.text !== 'string' ? html`<span>${props.text}</span>` : props.text
  const content = html`${text}${props.isStartButton && startIcon}`
  if (props.href) return html`<a href="${props.href}" role="button" draggable="false"${common}>${content}</a>`
  const own = attributes({
    type: props.type ?? 'submit',
    value: props.value || undefined,
    name: props.name || undefined,
    disabled: props.disabled,
    'aria-disabled': props.disabled ? 'true' : undefined,
    'data-prevent-double-click': props.preventDoubleClick === undefined ? undefined : String(props.preventDoubleClick),
  })
  return html`<button${own}${common}>${content}</button>`
}

/** Buttons and links side by side; on a phone one below the other. */
export function buttonGroup(...items: (Html | undefined | false)[]): Html {
  return html`<div class="govuk-button-group">${items}</div>`
}

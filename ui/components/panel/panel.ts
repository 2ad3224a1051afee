// "It is done", with the reference; nothing to click inside. Or, as an interruption, a stop before a dangerous act.

import { type AttributeRecord, attributes, classes, type Html, join, styled, type Text } from '../../html.ts'
import { button } from '../button/button.ts'

export interface PanelAction {
  text: string
  href?: string
  type?: 'button' | 'submit'
  classes?: string
  attributes?: AttributeRecord
}

export interface PanelProps {
  titleText: Text
  text?: Text
  headingLevel?: number
  /** govuk-panel--interruption */
  classes?: string
  /** Only of an interruption */
  actions?: { items?: PanelAction[]; classes?: string; attributes?: AttributeRecord }
  attributes?: AttributeRecord
}

const html = styled('panel')

export function panel(props: PanelProps): Html {
  const isInterruption = props.classes?.includes('govuk-panel--interruption') ?? false
  const level = props.headingLevel ?? 1
  const { actions } = props
  return html`
    <div class="${classes('govuk-panel', !isInterruption && 'govuk-panel--confirmation', props.classes)}"${attributes(props.attributes)}>
      <h${level} class="govuk-panel__title">${props.titleText}</h${level}>
      ${props.text && html`<div class="govuk-panel__body">${props.text}</div>`}
      ${
        isInterruption &&
        actions &&
        html`
          <div class="${classes('govuk-panel__actions', actions.classes)}"${attributes(actions.attributes)}>
            ${actions.items && actions.items.length > 0 && html`<div class="govuk-button-group">${join(actions.items.map(action), ' ')}</div>`}
          </div>`
      }
    </div>`
}

function action(props: PanelAction): Html {
  if (props.href && props.type !== 'button')
    return html`<a class="${classes('govuk-link govuk-link--inverse', props.classes)}" href="${props.href}"${attributes(props.attributes)}>${props.text}</a>`
  return button({ ...props, type: props.type ?? 'button', classes: classes('govuk-button--inverse', props.classes) })
}

// Whose case it is, its state and its clock, and what one may do with it.

import { type Html, html as plain, styled, type Text } from '../../html.ts'

export interface IdentityBarProps {
  /** "Work permit WP-26-00417" */
  caption?: Text
  title: Text
  headingLevel?: number
  /** Tag, time left, channel, language: read one after the other */
  facts?: readonly (Text | undefined | false)[]
  /** Buttons */
  actions?: readonly (Html | undefined | false)[]
}

const html = styled('identity-bar')

export function identityBar(props: IdentityBarProps): Html {
  const level = props.headingLevel ?? 1
  const facts = (props.facts ?? []).filter((fact) => fact !== undefined && fact !== false)
  const actions = (props.actions ?? []).filter((action) => action !== undefined && action !== false)
  return html`
    <div class="moj-identity-bar">
      <div class="moj-identity-bar__details">
        <h${level} class="moj-identity-bar__title">${props.caption && plain`<span class="govuk-caption-l">${props.caption}</span>`}${props.title}</h${level}>
        ${facts.length > 0 && plain`<ul class="moj-identity-bar__facts">${facts.map((fact) => plain`<li>${fact}</li>`)}</ul>`}
      </div>
      ${actions.length > 0 && plain`<div class="moj-identity-bar__actions">${actions}</div>`}
    </div>`
}

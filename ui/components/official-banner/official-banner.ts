// The line at the very top that says whose page this is, and what this office never asks.

import { type Html, styled, type Text } from '../../html.ts'

export interface OfficialBannerProps {
  text: Text
  /** Demonstration, test, or another thing one must not overlook */
  tag?: Text
}

const html = styled('official-banner')

export function officialBanner(props: OfficialBannerProps): Html {
  return html`<div class="ashlar-official"><p class="govuk-width-container ashlar-official__text">${props.tag && html`<strong class="ashlar-official__tag">${props.tag}</strong>${' '}`}${props.text}</p></div>`
}

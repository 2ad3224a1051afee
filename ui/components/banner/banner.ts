// A line about what has just happened or holds for this whole page: done, warning, or for information.

import { attributes, classes, type Html, html as plain, styled, type Text } from '../../html.ts'

export interface BannerProps {
  type?: 'success' | 'warning' | 'information'
  text: Text
  /** "Success", "Warning": the meaning of the sign in words */
  signText: string
  /** For something that has just happened: a screen reader reads it at once */
  isAlert?: boolean
}

const html = styled('banner')
const signs = { success: '✓', warning: '!', information: 'i' }

export function banner({ type = 'information', text, signText, isAlert }: BannerProps): Html {
  return html`
    <div class="${classes('moj-banner', type !== 'information' && `moj-banner--${type}`)}"${attributes(isAlert ? { role: 'alert' } : { role: 'region', 'aria-label': signText })}>
      <span class="moj-banner__icon" aria-hidden="true">${signs[type]}</span>
      <div class="moj-banner__message">${isAlert && plain`<span class="govuk-visually-hidden">${signText}:${' '}</span>`}${text}</div>
    </div>`
}

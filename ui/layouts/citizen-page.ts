// The pages of citizens and businesses: one column of reading width, help beside it where there is any.

import { type Html, html } from '../html.ts'
import { type Face, type FrameProps, frame } from './frame.ts'

export interface CitizenPageProps extends FrameProps {
  /** 'two-thirds' for questions and reading, 'full' for overviews with cards */
  width?: 'two-thirds' | 'full'
  /** Beside the content, below it on a phone */
  aside?: Html
}

export function citizenPage(face: Face, props: CitizenPageProps): string {
  return frame(face, { ...props, content: columns(props) })
}

function columns({ width = 'two-thirds', aside, content }: CitizenPageProps): Html {
  if (width === 'full' && aside === undefined) return content
  return html`
    <div class="govuk-grid-row">
      <div class="govuk-grid-column-two-thirds">${content}</div>
      ${aside && html`<div class="govuk-grid-column-one-third">${aside}</div>`}
    </div>`
}

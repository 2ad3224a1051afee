// Where an answer came from when nobody typed it: "From the population register, today", and a way to say it is wrong.

import { classes, type Html, styled, type Text } from '../../html.ts'

export interface SourceBadgeProps {
  text: Text
  /** Somebody other than the person stands for it: "Confirmed by the hospital" */
  isConfirmed?: boolean
  /** "This is wrong" */
  correct?: { text: Text; href: string; visuallyHiddenText?: Text }
}

const html = styled('source-badge')

export function sourceBadge(props: SourceBadgeProps): Html {
  const hidden =
    props.correct?.visuallyHiddenText &&
    html`<span class="govuk-visually-hidden">${' '}${props.correct.visuallyHiddenText}</span>`
  return html`
    <span class="ashlar-source">
      <span class="${classes('ashlar-source__text', props.isConfirmed && 'ashlar-source__text--confirmed')}">${props.text}</span>
      ${props.correct && html`${' '}<a class="govuk-link govuk-link--muted" href="${props.correct.href}">${props.correct.text}${hidden || ''}</a>`}
    </span>`
}

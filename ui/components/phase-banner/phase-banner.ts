// The phase a service is in (alpha, beta, demo), and where to say what one thinks.

import { type AttributeRecord, attributes, classes, type Html, styled, type Text } from '../../html.ts'
import { type TagProps, tag } from '../tag/tag.ts'

export interface PhaseBannerProps {
  tag: TagProps
  text: Text
  classes?: string
  attributes?: AttributeRecord
}

const html = styled('phase-banner')

export function phaseBanner(props: PhaseBannerProps): Html {
  return html`
    <div class="${classes('govuk-phase-banner govuk-width-container', props.classes)}"${attributes(props.attributes)}>
      <p class="govuk-phase-banner__content">
        ${tag({ text: props.tag.text, classes: classes('govuk-phase-banner__content__tag', props.tag.classes) })}${' '}
        <span class="govuk-phase-banner__text">${props.text}</span>
      </p>
    </div>`
}

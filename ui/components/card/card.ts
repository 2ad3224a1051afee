// A card: an application with its state and how far it is, or an offer that fits the person.

import { classes, type Html, styled, type Text } from '../../html.ts'
import { type ProgressProps, progress } from '../progress/progress.ts'
import { type TagProps, tag } from '../tag/tag.ts'

export interface CardProps {
  title: Text
  href?: string
  headingLevel?: number
  tag?: TagProps
  progress?: ProgressProps
  /** The first is said plainly, those after it quieter: "Step 3 of 5: labour check", "Decision due by 24 April" */
  lines?: readonly Text[]
  /** Links to act: the first stands out */
  links?: readonly { text: Text; href: string }[]
  /** An offer rather than something that runs */
  isOffer?: boolean
}

const html = styled('card')

export function card(props: CardProps): Html {
  const level = props.headingLevel ?? 3
  return html`
    <article class="${classes('ashlar-card', props.isOffer && 'ashlar-card--offer')}">
      <h${level} class="ashlar-card__title">${props.href ? html`<a class="govuk-link govuk-link--no-visited-state" href="${props.href}">${props.title}</a>` : props.title}</h${level}>
      ${props.tag && html`<p class="ashlar-card__tag">${tag(props.tag)}</p>`}
      ${props.progress && progress(props.progress)}
      ${props.lines?.map((line) => html`<p class="ashlar-card__line">${line}</p>`)}
      ${
        props.links &&
        props.links.length > 0 &&
        html`<p class="ashlar-card__links">${props.links.map((link, index) => html`<a class="${classes('govuk-link', index > 0 ? 'govuk-link--muted' : 'govuk-link--no-visited-state')}" href="${link.href}">${link.text}</a>`)}</p>`
      }
    </article>`
}

/** Cards side by side: three, two, or one below the other, as there is room. */
export function cards(items: readonly (Html | undefined | false)[]): Html {
  return html`<div class="ashlar-cards">${items}</div>`
}

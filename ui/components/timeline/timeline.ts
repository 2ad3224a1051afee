// What happened in a case, newest first, with who and when; a pause of the clock is explained where it began.

import { attributes, type Html, html as plain, styled, type Text } from '../../html.ts'

export interface TimelineItem {
  title: Text
  /** "by Liam Park", "automatic" */
  by?: Text
  /** The moment in ISO 8601, and as it is read */
  at: { datetime: string; text: Text }
  text?: Text
}

export interface TimelineProps {
  items: readonly TimelineItem[]
  headingLevel?: number
}

const html = styled('timeline')

export function timeline({ items, headingLevel = 3 }: TimelineProps): Html {
  return html`
    <ol class="moj-timeline">
      ${items.map(
        (item) => plain`
          <li class="moj-timeline__item">
            <div class="moj-timeline__header"><h${headingLevel} class="moj-timeline__title">${item.title}</h${headingLevel}>${item.by && plain`${' '}<p class="moj-timeline__byline">${item.by}</p>`}</div>
            <p class="moj-timeline__date"><time${attributes({ datetime: item.at.datetime })}>${item.at.text}</time></p>
            ${item.text && plain`<div class="moj-timeline__description">${item.text}</div>`}
          </li>`,
      )}
    </ol>`
}

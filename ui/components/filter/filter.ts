// A filter beside a list: fields, the choices that hold now with a link to drop each, and a button; a plain GET form.

import { type Html, html as plain, styled, type Text } from '../../html.ts'
import { button } from '../button/button.ts'

export interface FilterProps {
  heading: Text
  headingLevel?: number
  action: string
  /** What holds now, each with the address of the list without it */
  selected?: {
    heading: Text
    items: readonly { text: Text; removeText: Text; href: string }[]
    clear?: { text: Text; href: string }
  }
  fields: readonly Html[]
  /** "Apply" */
  submitText: Text
}

const html = styled('filter')

export function filter(props: FilterProps): Html {
  const level = props.headingLevel ?? 2
  const { selected } = props
  return html`
    <form class="moj-filter" method="get" action="${props.action}">
      <h${level} class="moj-filter__heading">${props.heading}</h${level}>
      ${
        selected &&
        selected.items.length > 0 &&
        plain`
          <div class="moj-filter__selected">
            <p class="moj-filter__selected-heading">${selected.heading}${selected.clear && plain`${' '}<a class="govuk-link govuk-link--no-visited-state" href="${selected.clear.href}">${selected.clear.text}</a>`}</p>
            <ul class="moj-filter-tags">${selected.items.map((item) => plain`<li><a class="moj-filter__tag" href="${item.href}"><span class="govuk-visually-hidden">${item.removeText}${' '}</span>${item.text}</a></li>`)}</ul>
          </div>`
      }
      ${props.fields}
      ${button({ text: props.submitText, classes: 'govuk-button--secondary' })}
    </form>`
}

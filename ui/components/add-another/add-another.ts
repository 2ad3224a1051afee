// Several of the same: other names, children, employers. Adding and removing are buttons of the form, so that it works
// without a script; the page keeps what was typed.

import { type Html, html as plain, styled, type Text } from '../../html.ts'
import { button } from '../button/button.ts'
import { fieldset } from '../fieldset/fieldset.ts'

export interface AddAnotherProps {
  /** Each with its title ("Other name 2"), its fields and the button that removes it ("Remove", "other name 2") */
  items: readonly { title?: Text; fields: Html; remove?: { text: string; visuallyHiddenText: string; value: string } }[]
  /** "Add another name"; left out when there is room for no more */
  add?: { text: string; value: string }
  /** The name of both buttons: the server sees what was pressed */
  name: string
}

const html = styled('add-another')

export function addAnother(props: AddAnotherProps): Html {
  return html`
    <div class="moj-add-another">
      ${props.items.map((item) => {
        const fields = plain`${item.fields}${item.remove && remove(item.remove, props.name)}`
        return plain`<div class="moj-add-another__item">${item.title ? fieldset({ legend: { text: item.title, classes: 'govuk-fieldset__legend--m' }, content: fields }) : fields}</div>`
      })}
      ${props.add && button({ text: props.add.text, name: props.name, value: props.add.value, classes: 'govuk-button--secondary moj-add-another__add-button' })}
    </div>`
}

function remove(
  { text, visuallyHiddenText, value }: { text: string; visuallyHiddenText: string; value: string },
  name: string,
): Html {
  return button({
    text: plain`${text}<span class="govuk-visually-hidden">${' '}${visuallyHiddenText}</span>`,
    name,
    value,
    classes: 'govuk-button--secondary moj-add-another__remove-button',
  })
}

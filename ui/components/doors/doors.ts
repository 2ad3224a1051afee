// The doors of the demonstration: who one can be, with one click and no password.

import { attributes, type Html, styled, type Text } from '../../html.ts'

export interface Door {
  title: Text
  /** Who that is and what they do here */
  text: Text
  href: string
  /** "1 to-do, 3 applications" */
  facts?: Text
  /** Opening changes nothing but who one is; still the server may want a form. */
  attributes?: Record<string, string>
}

const html = styled('doors')

export function doors(items: readonly Door[]): Html {
  return html`
    <ul class="ashlar-doors">
      ${items.map(
        (door) => html`
          <li class="ashlar-doors__door">
            <a class="ashlar-doors__link" href="${door.href}"${attributes(door.attributes)}>${door.title}</a>
            <p class="ashlar-doors__text">${door.text}</p>
            ${door.facts && html`<p class="ashlar-doors__facts">${door.facts}</p>`}
          </li>`,
      )}
    </ul>`
}

// A list of views or pages at the side, each with a count or a word about it: saved views, chapters.

import { attributes, type Html, html as plain, styled, type Text } from '../../html.ts'

export interface SideNavigationProps {
  heading: Text
  headingLevel?: number
  items: readonly { text: Text; href: string; note?: Text | number; current?: boolean }[]
}

const html = styled('side-navigation')

export function sideNavigation(props: SideNavigationProps): Html {
  const level = props.headingLevel ?? 2
  return html`
    <nav class="moj-side-navigation" aria-labelledby="side-navigation">
      <h${level} class="moj-side-navigation__title" id="side-navigation">${props.heading}</h${level}>
      <ul class="moj-side-navigation__list">
        ${props.items.map(
          (item) => plain`
            <li><a class="moj-side-navigation__link" href="${item.href}"${attributes({ 'aria-current': item.current && 'page' })}><span>${item.text}</span>${item.note !== undefined && plain`${' '}<span class="moj-side-navigation__note">${item.note}</span>`}</a></li>`,
        )}
      </ul>
    </nav>`
}

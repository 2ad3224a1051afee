// The parts of one thing, each a page: application, documents, messages, history.

import { attributes, type Html, html as plain, styled, type Text } from '../../html.ts'

export interface SubNavigationProps {
  label: string
  items: readonly { text: Text; href: string; current?: boolean; count?: number }[]
}

const html = styled('sub-navigation')

export function subNavigation(props: SubNavigationProps): Html {
  return html`
    <nav class="moj-sub-navigation" aria-label="${props.label}">
      <ul class="moj-sub-navigation__list">
        ${props.items.map(
          (item) => plain`
            <li class="moj-sub-navigation__item">
              <a class="moj-sub-navigation__link" href="${item.href}"${attributes({ 'aria-current': item.current && 'page' })}>${item.text}${item.count !== undefined && plain`${' '}<span class="moj-sub-navigation__count">(${item.count})</span>`}</a>
            </li>`,
        )}
      </ul>
    </nav>`
}

// The footer: where to find help and rights, and whose pages these are.

import { attributes, type Html, styled, type Text } from '../../html.ts'

export interface FooterProps {
  /** "Support links", the name of the list for screen readers */
  label: string
  links: readonly { text: Text; href: string; lang?: string }[]
  /** "© Republic of Veridia" and what else is to be said */
  text: Text
}

const html = styled('footer')

export function footer(props: FooterProps): Html {
  return html`
    <div class="ashlar-footer">
      <div class="govuk-width-container">
        ${
          props.links.length > 0 &&
          html`
            <nav aria-label="${props.label}">
              <ul class="ashlar-footer__links">
                ${props.links.map((link) => html`<li><a class="govuk-link govuk-link--no-visited-state" href="${link.href}"${attributes({ lang: link.lang })}>${link.text}</a></li>`)}
              </ul>
            </nav>`
        }
        <p class="ashlar-footer__text">${props.text}</p>
      </div>
    </div>`
}

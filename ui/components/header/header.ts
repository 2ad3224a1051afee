// The header: emblem, name of the country, who is signed in or acting for whom, and the same page in other languages.

import { attributes, type Html, styled, type Text } from '../../html.ts'

export interface LanguageLink {
  /** Its code, such as 'ar' */
  lang: string
  dir: 'ltr' | 'rtl'
  /** Its own name in itself */
  name: string
  href: string
  current?: boolean
}

export interface HeaderProps {
  emblem: Html
  name: Text
  tagline?: Text
  href: string
  /** "Sana R. · Work permits", or "Acting for Blue Reef Hotel" */
  who?: Text
  /** Beside who: sign in, sign out */
  links?: readonly { text: Text; href: string }[]
  /** A form with a button rather than a link, because it changes something */
  signOut?: Html
  languages?: { label: string; items: readonly LanguageLink[] }
}

const html = styled('header')

export function header(props: HeaderProps): Html {
  return html`
    <div class="ashlar-header">
      <div class="govuk-width-container ashlar-header__row">
        <a class="ashlar-header__home" href="${props.href}">
          <span class="ashlar-header__emblem">${props.emblem}</span>
          <span class="ashlar-header__name">${props.name}${props.tagline && html`<span class="ashlar-header__tagline">${props.tagline}</span>`}</span>
        </a>
        ${
          (props.who || props.links || props.signOut) &&
          html`
            <div class="ashlar-header__who">
              ${props.who && html`<span>${props.who}</span>`}
              ${props.links?.map((link) => html`<a class="ashlar-header__link" href="${link.href}">${link.text}</a>`)}
              ${props.signOut}
            </div>`
        }
        ${props.languages && languages(props.languages)}
      </div>
    </div>`
}

function languages(props: NonNullable<HeaderProps['languages']>): Html {
  return html`
    <nav class="ashlar-languages" aria-label="${props.label}">
      <ul class="ashlar-languages__list">
        ${props.items.map((item) =>
          item.current
            ? html`<li><span${attributes({ lang: item.lang, dir: item.dir, 'aria-current': 'true' })}>${item.name}</span></li>`
            : html`<li><a class="ashlar-header__link" href="${item.href}" rel="alternate"${attributes({ lang: item.lang, hreflang: item.lang, dir: item.dir })}>${item.name}</a></li>`,
        )}
      </ul>
    </nav>`
}

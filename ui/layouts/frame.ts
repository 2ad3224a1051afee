// The frame around every page: skip link, official banner, header, navigation, main, footer. Layouts choose its parts.

import { type FooterProps, footer } from '../components/footer/footer.ts'
import { type HeaderProps, header } from '../components/header/header.ts'
import { officialBanner } from '../components/official-banner/official-banner.ts'
import { type ServiceNavigationProps, serviceNavigation } from '../components/service-navigation/service-navigation.ts'
import { skipLink } from '../components/skip-link/skip-link.ts'
import { attributes, classes, type Html, html, type Text } from '../html.ts'
import { type PageProps, page } from '../page.ts'

/** What all pages of one face have in common in one language; apps build it once for each request. */
export interface Face extends Pick<PageProps, 'lang' | 'dir' | 'nonce' | 'theme' | 'script' | 'alternates'> {
  /** "Skip to main content" */
  skipText: Text
  /** "An official website of the Republic of Veridia. We never ask for your password by phone or message." */
  banner: Text
  /** "Demonstration" */
  bannerTag?: Text
  header: Omit<HeaderProps, 'emblem'>
  navigation?: ServiceNavigationProps
  /** Says on every page that somebody acts for another, e.g. a phase banner. */
  acting?: Html
  footer: FooterProps
}

export interface FrameProps extends Pick<PageProps, 'title' | 'description' | 'noIndex' | 'refreshAfter' | 'facts'> {
  /** Above the content: back link, breadcrumbs, phase banner */
  beforeContent?: Html
  content: Html
  /** Where changes of this page are told (SSE), since which moment, and what is said when they are shown. */
  live?: { href: string; text: string }
}

interface FrameShape {
  isStaff?: boolean
  mainClasses?: string
}

export function frame(face: Face, props: FrameProps, shape: FrameShape = {}): string {
  const main = attributes({
    class: classes('govuk-main-wrapper', shape.mainClasses),
    id: 'main-content',
    'data-live': props.live?.href,
    'data-live-text': props.live?.text,
  })
  const body = html`
    ${skipLink({ text: face.skipText, href: '#main-content' })}
    <header>
      ${officialBanner({ text: face.banner, tag: face.bannerTag })}
      ${header({ ...face.header, emblem: face.theme.emblem })}
      ${face.navigation && serviceNavigation(face.navigation)}
      ${face.acting}
      ${props.beforeContent && html`<div class="govuk-width-container">${props.beforeContent}</div>`}
    </header>
    <div class="govuk-width-container">
      <main${main}>${props.content}</main>
    </div>
    <footer>${footer(face.footer)}</footer>`
  return page({ ...face, ...props, body, isStaff: shape.isStaff })
}

// The name of the public service one is in, and the way around it.

import { type AttributeRecord, attributes, classes, type Html, styled, type Text } from '../../html.ts'

export interface NavigationItem {
  text?: Text
  href?: string
  /** This very page */
  current?: boolean
  /** This page is within it */
  active?: boolean
  attributes?: AttributeRecord
}

export interface ServiceNavigationProps {
  serviceName?: Text
  serviceUrl?: string
  /** "Service information": names the section, when there is a service name */
  ariaLabel?: string
  /** "Menu": names the navigation */
  navigationLabel?: string
  navigation?: readonly (NavigationItem | undefined | false | null)[]
  navigationId?: string
  /** On a phone the list folds behind this button; without a script it is always open. */
  menuButton?: { text: string; label?: string }
  navigationClasses?: string
  slots?: { start?: Html; end?: Html; endInline?: boolean; navigationStart?: Html; navigationEnd?: Html }
  classes?: string
  attributes?: AttributeRecord
}

const html = styled('service-navigation')

export function serviceNavigation(props: ServiceNavigationProps): Html {
  const slots = props.slots ?? {}
  const items = (props.navigation ?? []).filter((item) => item !== undefined && item !== null && item !== false)
  const own = attributes(
    { class: classes('govuk-service-navigation', props.classes), 'data-module': 'govuk-service-navigation' },
    props.attributes,
  )
  const content = html`
    <div class="${classes('govuk-width-container', slots.endInline && 'govuk-service-navigation__inlining-container')}">
      ${slots.start}
      <div class="govuk-service-navigation__container">
        ${props.serviceName && serviceName(props.serviceName, props.serviceUrl)}
        ${
          (items.length > 0 || slots.navigationStart || slots.navigationEnd) &&
          html`
            <nav aria-label="${props.navigationLabel ?? ''}" class="${classes('govuk-service-navigation__wrapper', props.navigationClasses)}">
              ${props.menuButton && menuButton(props.menuButton, props.navigationId ?? 'navigation')}
              <ul class="govuk-service-navigation__list" id="${props.navigationId ?? 'navigation'}">
                ${slots.navigationStart}
                ${items.map(navigationItem)}
                ${slots.navigationEnd}
              </ul>
            </nav>`
        }
      </div>
      ${slots.end}
    </div>`
  return props.serviceName || slots.start || slots.end
    ? html`<section aria-label="${props.ariaLabel ?? ''}"${own}>${content}</section>`
    : html`<div${own}>${content}</div>`
}

function serviceName(name: Text, url: string | undefined): Html {
  return html`
    <span class="govuk-service-navigation__service-name">
      ${url ? html`<a href="${url}" class="govuk-service-navigation__link">${name}</a>` : html`<span class="govuk-service-navigation__text">${name}</span>`}
    </span>`
}

function menuButton({ text, label }: { text: string; label?: string }, controls: string): Html {
  const own = attributes({
    'aria-controls': controls,
    'aria-label': label !== text && label,
    hidden: true,
    'aria-hidden': 'true',
  })
  return html`<button type="button" class="govuk-service-navigation__toggle govuk-js-service-navigation-toggle"${own}>${text}</button>`
}

function navigationItem(item: NavigationItem): Html {
  const isHere = item.active || item.current
  const content = isHere
    ? html`<strong class="govuk-service-navigation__active-fallback">${item.text}</strong>`
    : item.text
  const own = attributes({ 'aria-current': isHere && (item.current ? 'page' : 'true') })
  return html`
    <li class="${classes('govuk-service-navigation__item', isHere && 'govuk-service-navigation__item--active')}">
      ${
        item.href
          ? html`<a class="govuk-service-navigation__link" href="${item.href}"${own}${attributes(item.attributes)}>${content}</a>`
          : item.text && html`<span class="govuk-service-navigation__text"${own}>${content}</span>`
      }
    </li>`
}

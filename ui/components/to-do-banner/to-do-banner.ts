// What the person must do, at the top of the home page: at most three things, each with one link and its date.

import { type Html, html, type Text } from '../../html.ts'
import { notificationBanner } from '../notification-banner/notification-banner.ts'

export interface ToDoBannerProps {
  /** "To do" */
  title: Text
  /** Whole sentences with one link: "Choose where to collect your passport by 30 April." */
  items: readonly Html[]
}

export function toDoBanner({ title, items }: ToDoBannerProps): Html {
  if (items.length === 0) return html``
  const text =
    items.length === 1
      ? html`<p class="govuk-notification-banner__heading">${items}</p>`
      : html`<ul class="govuk-list govuk-list--bullet">${items.map((item) => html`<li class="govuk-notification-banner__heading">${item}</li>`)}</ul>`
  return notificationBanner({ titleText: title, titleId: 'to-do', text })
}

/** The link within an item. */
export function toDoLink(text: Text, href: string): Html {
  return html`<a class="govuk-notification-banner__link" href="${href}">${text}</a>`
}

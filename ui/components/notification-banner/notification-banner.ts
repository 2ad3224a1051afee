// Something the person must know or do that is not about this page alone; also "it is done".

import { type AttributeRecord, attributes, classes, type Html, styled, type Text } from '../../html.ts'

export interface NotificationBannerProps {
  /** A string becomes the banner's heading line; Html stands as it is. */
  text: Text
  /** "Important", "To do", "Success" */
  titleText: Text
  titleId?: string
  titleHeadingLevel?: number
  type?: 'success'
  role?: string
  disableAutoFocus?: boolean
  classes?: string
  attributes?: AttributeRecord
}

const html = styled('notification-banner')

export function notificationBanner(props: NotificationBannerProps): Html {
  const titleId = props.titleId || 'govuk-notification-banner-title'
  const level = props.titleHeadingLevel ?? 2
  const isSuccess = props.type === 'success'
  const own = attributes(
    {
      role: props.role ?? (isSuccess ? 'alert' : 'region'),
      'aria-labelledby': titleId,
      'data-module': 'govuk-notification-banner',
      'data-disable-auto-focus': props.disableAutoFocus === undefined ? undefined : String(props.disableAutoFocus),
    },
    props.attributes,
  )
  return html`
    <div class="${classes('govuk-notification-banner', isSuccess && 'govuk-notification-banner--success', props.classes)}"${own}>
      <div class="govuk-notification-banner__header">
        <h${level} class="govuk-notification-banner__title" id="${titleId}">${props.titleText}</h${level}>
      </div>
      <div class="govuk-notification-banner__content">
        ${typeof props.text === 'string' ? props.text && html`<p class="govuk-notification-banner__heading">${props.text}</p>` : props.text}
      </div>
    </div>`
}

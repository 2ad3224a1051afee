// The way from the home page to this one.

import { type AttributeRecord, attributes, classes, type Html, styled, type Text } from '../../html.ts'

export interface BreadcrumbsProps {
  /** "Breadcrumb", the landmark's name */
  labelText: string
  items: { text: Text; href?: string; attributes?: AttributeRecord }[]
  collapseOnMobile?: boolean
  classes?: string
  attributes?: AttributeRecord
}

const html = styled('breadcrumbs')

export function breadcrumbs(props: BreadcrumbsProps): Html {
  const names = classes(
    'govuk-breadcrumbs',
    props.classes,
    props.collapseOnMobile && 'govuk-breadcrumbs--collapse-on-mobile',
  )
  return html`
    <nav class="${names}"${attributes(props.attributes)} aria-label="${props.labelText}">
      <ol class="govuk-breadcrumbs__list">
        ${props.items.map((item) =>
          item.href
            ? html`<li class="govuk-breadcrumbs__list-item"><a class="govuk-breadcrumbs__link" href="${item.href}"${attributes(item.attributes)}>${item.text}</a></li>`
            : html`<li class="govuk-breadcrumbs__list-item" aria-current="page">${item.text}</li>`,
        )}
      </ol>
    </nav>`
}

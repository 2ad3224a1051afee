// To the next and the previous page of a long list.

import { type AttributeRecord, attributes, classes, type Html, styled, type Text } from '../../html.ts'

export interface PaginationLink {
  text: Text
  href: string
  /** What is there: "2 of 3", or a title; only without page numbers */
  labelText?: string
  attributes?: AttributeRecord
}

export interface PaginationItem {
  number?: string | number
  /** "Page 2" */
  visuallyHiddenText?: string
  href?: string
  current?: boolean
  ellipsis?: boolean
  attributes?: AttributeRecord
}

export interface PaginationProps {
  /** "Pagination", the landmark's name */
  landmarkLabel: string
  previous?: PaginationLink
  next?: PaginationLink
  items?: readonly (PaginationItem | undefined | false | null)[]
  classes?: string
  attributes?: AttributeRecord
}

const html = styled('pagination')

const previousArrow = html`
  <svg class="govuk-pagination__icon govuk-pagination__icon--prev" xmlns="http://www.w3.org/2000/svg" height="13" width="15" aria-hidden="true" focusable="false" viewBox="0 0 15 13">
    <path d="m6.5938-0.0078125-6.7266 6.7266 6.7441 6.4062 1.377-1.449-4.1856-3.9768h12.896v-2h-12.984l4.2931-4.293-1.414-1.414z"></path>
  </svg>`
const nextArrow = html`
  <svg class="govuk-pagination__icon govuk-pagination__icon--next" xmlns="http://www.w3.org/2000/svg" height="13" width="15" aria-hidden="true" focusable="false" viewBox="0 0 15 13">
    <path d="m8.107-0.0078125-1.4136 1.414 4.2926 4.293h-12.986v2h12.896l-4.1855 3.9766 1.377 1.4492 6.7441-6.4062-6.7246-6.7266z"></path>
  </svg>`

export function pagination(props: PaginationProps): Html {
  const isBlock = !props.items && Boolean(props.next ?? props.previous)
  return html`
    <nav class="${classes('govuk-pagination', isBlock && 'govuk-pagination--block', props.classes)}" aria-label="${props.landmarkLabel}"${attributes(props.attributes)}>
      ${props.previous?.href && arrowLink(props.previous, 'prev', isBlock)}
      ${props.items && html`<ul class="govuk-pagination__list">${props.items.map((item) => item && Object.keys(item).length > 0 && pageItem(item))}</ul>`}
      ${props.next?.href && arrowLink(props.next, 'next', isBlock)}
    </nav>`
}

function arrowLink(link: PaginationLink, direction: 'prev' | 'next', isBlock: boolean): Html {
  const arrow = direction === 'prev' ? previousArrow : nextArrow
  const isBefore = isBlock || direction === 'prev'
  const title = classes(
    'govuk-pagination__link-title',
    isBlock && !link.labelText && 'govuk-pagination__link-title--decorated',
  )
  const label =
    link.labelText &&
    isBlock &&
    html`${' '}<span class="govuk-visually-hidden">:</span>${' '}<span class="govuk-pagination__link-label">${link.labelText}</span>`
  return html`
    <div class="govuk-pagination__${direction}">
      <a class="govuk-link govuk-pagination__link" href="${link.href}" rel="${direction}"${attributes(link.attributes)}>
        ${isBefore && arrow}${' '}<span class="${title}">${link.text}</span>${label || ''}${!isBefore && arrow}
      </a>
    </div>`
}

function pageItem(item: PaginationItem): Html {
  if (item.ellipsis) return html`<li class="govuk-pagination__item govuk-pagination__item--ellipsis">⋯</li>`
  const own = attributes(
    { 'aria-label': item.visuallyHiddenText, 'aria-current': item.current && 'page' },
    item.attributes,
  )
  return html`
    <li class="${classes('govuk-pagination__item', item.current && 'govuk-pagination__item--current')}">
      <a class="govuk-link govuk-pagination__link" href="${item.href ?? ''}"${own}>${item.number}</a>
    </li>`
}

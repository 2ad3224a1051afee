// What is known or was answered, line by line, each with what one may do about it.

import { type AttributeRecord, attributes, classes, type Html, styled, type Text } from '../../html.ts'

export interface SummaryAction {
  text: Text
  href: string
  /** What is changed, for those who hear the link alone: "full name" */
  visuallyHiddenText?: string
  classes?: string
  attributes?: AttributeRecord
}

export interface SummaryActions {
  items?: SummaryAction[]
  classes?: string
}

export interface SummaryRow {
  key: { text: Text; classes?: string }
  value: { text?: Text; classes?: string }
  actions?: SummaryActions
  classes?: string
}

export interface SummaryCard {
  title?: { text: Text; headingLevel?: number; classes?: string }
  actions?: SummaryActions
  classes?: string
  attributes?: AttributeRecord
}

export interface SummaryListProps {
  rows: (SummaryRow | undefined | false)[]
  card?: SummaryCard
  /** govuk-summary-list--no-border */
  classes?: string
  attributes?: AttributeRecord
}

const html = styled('summary-list')

export function summaryList(props: SummaryListProps): Html {
  const anyActions = props.rows.some((row) => row && (row.actions?.items?.length ?? 0) > 0)
  const list = html`
    <dl class="${classes('govuk-summary-list', props.classes)}"${attributes(props.attributes)}>
      ${props.rows.map((row) => row && summaryRow(row, anyActions, props.card?.title?.text))}
    </dl>`
  return props.card ? summaryCard(props.card, list) : list
}

function summaryRow(row: SummaryRow, anyActions: boolean, cardTitle: Text | undefined): Html {
  const items = row.actions?.items ?? []
  const names = classes(
    'govuk-summary-list__row',
    anyActions && !row.actions?.items && 'govuk-summary-list__row--no-actions',
    row.classes,
  )
  return html`
    <div class="${names}">
      <dt class="${classes('govuk-summary-list__key', row.key.classes)}">${row.key.text}</dt>
      <dd class="${classes('govuk-summary-list__value', row.value?.classes)}">${row.value?.text}</dd>
      ${
        items.length > 0 &&
        html`
          <dd class="${classes('govuk-summary-list__actions', row.actions?.classes)}">
            ${
              items.length === 1
                ? actionLink(items[0] as SummaryAction, cardTitle)
                : html`<ul class="govuk-summary-list__actions-list">${items.map((item) => html`<li class="govuk-summary-list__actions-list-item">${actionLink(item, cardTitle)}</li>`)}</ul>`
            }
          </dd>`
      }
    </div>`
}

function summaryCard(card: SummaryCard, list: Html): Html {
  const level = card.title?.headingLevel ?? 2
  const items = card.actions?.items ?? []
  const names = classes('govuk-summary-card__actions', card.actions?.classes)
  const title = card.title?.text
  return html`
    <div class="${classes('govuk-summary-card', card.classes)}"${attributes(card.attributes)}>
      <div class="govuk-summary-card__title-wrapper">
        ${card.title && html`<h${level} class="${classes('govuk-summary-card__title', card.title.classes)}">${title}</h${level}>`}
        ${
          items.length === 1
            ? html`<div class="${names}">${actionLink(items[0] as SummaryAction, title)}</div>`
            : items.length > 1 &&
              html`<ul class="${names}">${items.map((item) => html`<li class="govuk-summary-card__action">${actionLink(item, title)}</li>`)}</ul>`
        }
      </div>
      <div class="govuk-summary-card__content">${list}</div>
    </div>`
}

function actionLink(item: SummaryAction, cardTitle: Text | undefined): Html {
  const hidden =
    (item.visuallyHiddenText || cardTitle) &&
    html`<span class="govuk-visually-hidden">${item.visuallyHiddenText && ` ${item.visuallyHiddenText}`}${cardTitle && html`${' '}(${cardTitle})`}</span>`
  return html`<a class="${classes('govuk-link', item.classes)}" href="${item.href}"${attributes(item.attributes)}>${item.text}${hidden}</a>`
}

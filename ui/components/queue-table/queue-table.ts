// The queue of an officer: cases by legal deadline, each with a box to tick; late, today and soon differ in words too.

import { attributes, classes, type Html, styled, type Text } from '../../html.ts'
import { type TagProps, tag } from '../tag/tag.ts'

export interface QueueRow {
  /** What the box stands for when the form is sent */
  value?: string
  reference: Text
  href: string
  /** One for each of the columns between reference and deadline */
  cells: readonly (Text | number)[]
  deadline?: { text: Text; is: 'late' | 'today' | 'soon' | 'later' | 'paused' }
  status?: TagProps
  /** "Anna is looking at this" */
  note?: Text
  isSelected?: boolean
  /** "Select WP-26-00398" */
  selectLabel?: string
}

export interface QueueColumn {
  text: Text
  /** Which way this column orders the queue now */
  sort?: 'ascending' | 'descending'
  href?: string
}

export interface QueueTableProps {
  caption: Text
  reference: QueueColumn
  columns: readonly QueueColumn[]
  deadline?: QueueColumn
  status?: QueueColumn
  /** With a name each row has a box; put the table into the form of the buttons below it. */
  select?: { name: string; head: Text }
  rows: readonly QueueRow[]
  /** What this list would show, why it is empty, and one next step */
  empty?: Html
}

const html = styled('table', 'queue-table')

export function queueTable(props: QueueTableProps): Html {
  if (props.rows.length === 0 && props.empty) return html`<div class="ashlar-box">${props.empty}</div>`
  return html`
    <div class="ashlar-queue__scroll" tabindex="0" role="region" aria-labelledby="queue-caption">
      <table class="govuk-table ashlar-table--stacks ashlar-queue" role="table" data-queue>
        <caption class="govuk-visually-hidden" id="queue-caption">${props.caption}</caption>
        <thead class="govuk-table__head" role="rowgroup">
          <tr class="govuk-table__row" role="row">
            ${props.select && html`<th scope="col" role="columnheader" class="govuk-table__header ashlar-queue__box"><span class="govuk-visually-hidden">${props.select.head}</span></th>`}
            ${[props.reference, ...props.columns, props.deadline, props.status].map((column) => column && head(column))}
          </tr>
        </thead>
        <tbody class="govuk-table__body" role="rowgroup">${props.rows.map((row) => queueRow(row, props))}</tbody>
      </table>
    </div>`
}

function head(column: QueueColumn): Html {
  return html`<th scope="col" role="columnheader" class="govuk-table__header"${attributes({ 'aria-sort': column.sort })}>${column.href ? html`<a class="govuk-link govuk-link--text-colour" href="${column.href}">${column.text}</a>` : column.text}</th>`
}

function queueRow(row: QueueRow, { select, columns, deadline, status }: QueueTableProps): Html {
  const box = attributes({
    type: 'checkbox',
    class: 'ashlar-queue__check',
    name: select?.name,
    value: row.value,
    checked: row.isSelected,
    'aria-label': row.selectLabel,
  })
  return html`
    <tr class="${classes('govuk-table__row', row.isSelected && 'ashlar-queue__row--selected')}" role="row">
      ${select && html`<td class="govuk-table__cell ashlar-queue__box" role="cell">${row.value && html`<input${box}>`}</td>`}
      <th scope="row" role="rowheader" class="govuk-table__cell ashlar-queue__reference"><a class="govuk-link govuk-link--no-visited-state" href="${row.href}">${row.reference}</a></th>
      ${row.cells.map((cell, at) => cellOf(columns[at], html`<span>${cell}</span>`))}
      ${deadline && cellOf(deadline, row.deadline && html`<strong class="ashlar-queue__deadline--${row.deadline.is}">${row.deadline.text}</strong>`, 'ashlar-queue__deadline')}
      ${status && cellOf(status, html`<span>${row.status && tag(row.status)}${row.note && html`<span class="ashlar-queue__note">${row.note}</span>`}</span>`)}
    </tr>`
}

/** On a phone, where each row is a block, the head of the column stands before the cell. */
function cellOf(column: QueueColumn | undefined, content: Html | undefined, name?: string): Html {
  return html`<td class="${classes('govuk-table__cell', name)}" role="cell">${content && html`<span class="ashlar-table__head" aria-hidden="true">${column?.text}</span>${content}`}</td>`
}

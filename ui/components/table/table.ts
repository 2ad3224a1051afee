// A table of facts, with a caption that says of what.

import { type AttributeRecord, attributes, classes, type Html, styled, type Text } from '../../html.ts'

export interface TableCell {
  text?: Text | number
  format?: 'numeric'
  classes?: string
  colspan?: number
  rowspan?: number
  attributes?: AttributeRecord
}

export interface TableProps {
  caption?: Text
  /** govuk-table__caption--l, --m or --s */
  captionClasses?: string
  head?: TableCell[]
  rows: (readonly TableCell[] | undefined | false)[]
  firstCellIsHeader?: boolean
  /** On a phone each row becomes a block of its own, each cell with the head of its column before it. */
  stacks?: boolean
  /** Smaller type, for many columns */
  isDense?: boolean
  classes?: string
  attributes?: AttributeRecord
}

const html = styled('table')

export function table(props: TableProps): Html {
  const { head, stacks = false } = props
  const heads = stacks ? head?.map(({ text }) => text) : undefined
  return html`
    <table class="${classes('govuk-table', stacks && 'ashlar-table--stacks', props.isDense && 'ashlar-table--dense', props.classes)}"${role(stacks, 'table')}${attributes(props.attributes)}>
      ${props.caption && html`<caption class="${classes('govuk-table__caption', props.captionClasses)}">${props.caption}</caption>`}
      ${
        head &&
        html`
          <thead class="govuk-table__head"${role(stacks, 'rowgroup')}>
            <tr class="govuk-table__row"${role(stacks, 'row')}>${head.map((cell) => html`<th scope="col"${role(stacks, 'columnheader')}${cellAttributes('govuk-table__header', cell)}>${cell.text}</th>`)}</tr>
          </thead>`
      }
      <tbody class="govuk-table__body"${role(stacks, 'rowgroup')}>${props.rows.map((row) => row && tableRow(row, props.firstCellIsHeader ?? false, heads))}</tbody>
    </table>`
}

function tableRow(
  cells: readonly TableCell[],
  firstIsHeader: boolean,
  heads: (Text | number | undefined)[] | undefined,
): Html {
  const stacks = heads !== undefined
  return html`
    <tr class="govuk-table__row"${role(stacks, 'row')}>
      ${cells.map((cell, index) => {
        const head = heads?.[index]
        const content = head
          ? html`<span class="ashlar-table__head" aria-hidden="true">${head}</span><span>${cell.text}</span>`
          : cell.text
        return index === 0 && firstIsHeader
          ? html`<th scope="row"${role(stacks, 'rowheader')}${cellAttributes('govuk-table__header', { ...cell, format: undefined })}>${content}</th>`
          : html`<td${role(stacks, 'cell')}${cellAttributes('govuk-table__cell', cell)}>${content}</td>`
      })}
    </tr>`
}

/** Rows shown as blocks would no longer be a table for a screen reader, so they say what they are. */
function role(stacks: boolean, name: string) {
  return stacks ? attributes({ role: name }) : undefined
}

function cellAttributes(name: string, cell: TableCell) {
  return attributes(
    {
      class: classes(name, cell.format && `${name}--${cell.format}`, cell.classes),
      colspan: cell.colspan,
      rowspan: cell.rowspan,
    },
    cell.attributes,
  )
}

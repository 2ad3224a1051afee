// One choice from a list that is too long for radios.

import { type AttributeRecord, attributes, classes, type Html, styled } from '../../html.ts'
import { describe, type FieldProps, formGroup, type InputGroupProps } from '../field.ts'
import { type LabelProps, label } from '../label/label.ts'

export interface SelectItem {
  text: string | number
  value?: string | number
  selected?: boolean
  disabled?: boolean
  attributes?: AttributeRecord
}

export interface SelectProps extends FieldProps {
  label: LabelProps
  items: (SelectItem | undefined | false)[]
  /** The value that is selected */
  value?: string | number
  formGroup?: InputGroupProps
}

const html = styled('select')

export function select(props: SelectProps): Html {
  const id = props.id ?? props.name
  const described = describe(id, props)
  const own = attributes(
    {
      class: classes('govuk-select', props.classes, props.errorMessage && 'govuk-select--error'),
      id,
      name: props.name,
      disabled: props.disabled,
      'aria-describedby': described.describedBy,
    },
    props.attributes,
  )
  const content = html`
    ${label({ ...props.label, for: id })}
    ${described.hint}
    ${described.error}
    ${props.formGroup?.beforeInput?.text}
    <select${own}>${props.items.map((item) => item && option(item, props.value))}</select>
    ${props.formGroup?.afterInput?.text}`
  return formGroup({ hasError: props.errorMessage !== undefined, group: props.formGroup, content })
}

function option(item: SelectItem, chosen: string | number | undefined): Html {
  const isChosen = item.selected ?? (chosen !== undefined && chosen !== '' && (item.value ?? item.text) === chosen)
  return html`<option${attributes({ value: item.value, selected: isChosen, disabled: item.disabled }, item.attributes)}>${item.text}</option>`
}

// Several lines of text.

import { attributes, classes, type Html, styled } from '../../html.ts'
import { describe, type FieldProps, formGroup, type InputGroupProps } from '../field.ts'
import { type LabelProps, label } from '../label/label.ts'

export interface TextareaProps extends FieldProps {
  label: LabelProps
  value?: string
  rows?: number
  autocomplete?: string
  spellcheck?: boolean
  formGroup?: InputGroupProps
}

const html = styled('textarea')

export function textarea(props: TextareaProps): Html {
  const id = props.id ?? props.name
  const described = describe(id, props)
  const own = attributes(
    {
      class: classes('govuk-textarea', props.errorMessage && 'govuk-textarea--error', props.classes),
      id,
      name: props.name,
      rows: props.rows ?? 5,
      spellcheck: props.spellcheck === undefined ? undefined : String(props.spellcheck),
      disabled: props.disabled,
      'aria-describedby': described.describedBy,
      autocomplete: props.autocomplete,
    },
    props.attributes,
  )
  // A browser drops one line break at the start of a textarea.
  const value = props.value?.startsWith('\n') ? `\n${props.value}` : props.value
  const content = html`
    ${label({ ...props.label, for: id })}
    ${described.hint}
    ${described.error}
    ${props.formGroup?.beforeInput?.text}
    <textarea${own}>${value}</textarea>
    ${props.formGroup?.afterInput?.text}`
  return formGroup({ hasError: props.errorMessage !== undefined, group: props.formGroup, content })
}

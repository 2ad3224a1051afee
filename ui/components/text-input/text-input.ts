// A single line of text.

import { type AttributeRecord, attributes, classes, type Html, styled, type Text } from '../../html.ts'
import { describe, type FieldProps, formGroup, type InputGroupProps } from '../field.ts'
import { type LabelProps, label } from '../label/label.ts'

export interface AffixProps {
  text: Text
  classes?: string
  attributes?: AttributeRecord
}

export interface TextInputProps extends FieldProps {
  label: LabelProps
  value?: string | number
  type?: string
  inputmode?: string
  autocomplete?: string
  autocapitalize?: string
  pattern?: string
  spellcheck?: boolean
  prefix?: AffixProps
  suffix?: AffixProps
  formGroup?: InputGroupProps
  inputWrapper?: { classes?: string; attributes?: AttributeRecord }
}

const html = styled('text-input')

export function textInput(props: TextInputProps): Html {
  const id = props.id ?? props.name
  const described = describe(id, props)
  const { beforeInput, afterInput } = props.formGroup ?? {}
  const input = html`<input${attributes(
    {
      class: classes('govuk-input', props.classes, props.errorMessage && 'govuk-input--error'),
      id,
      name: props.name,
      type: props.type ?? 'text',
      spellcheck: props.spellcheck === undefined ? undefined : String(props.spellcheck),
      value: props.value,
      disabled: props.disabled,
      'aria-describedby': described.describedBy,
      autocomplete: props.autocomplete,
      autocapitalize: props.autocapitalize,
      pattern: props.pattern,
      inputmode: props.inputmode,
    },
    props.attributes,
  )}>`
  const isWrapped = props.prefix || props.suffix || beforeInput || afterInput
  const content = html`
    ${label({ ...props.label, for: id })}
    ${described.hint}
    ${described.error}
    ${
      isWrapped
        ? html`
          <div class="${classes('govuk-input__wrapper', props.inputWrapper?.classes)}"${attributes(props.inputWrapper?.attributes)}>
            ${beforeInput?.text}
            ${props.prefix && affix(props.prefix, 'prefix')}
            ${input}
            ${props.suffix && affix(props.suffix, 'suffix')}
            ${afterInput?.text}
          </div>`
        : input
    }`
  return formGroup({ hasError: props.errorMessage !== undefined, group: props.formGroup, content })
}

function affix(props: AffixProps, side: 'prefix' | 'suffix'): Html {
  return html`<div class="${classes(`govuk-input__${side}`, props.classes)}" aria-hidden="true"${attributes(props.attributes)}>${props.text}</div>`
}

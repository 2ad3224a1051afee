// A date in three fields: day, month, year, in the order of the country.

import { type AttributeRecord, attributes, classes, type Html, styled } from '../../html.ts'
import type { ErrorMessageProps } from '../error-message/error-message.ts'
import { describe, formGroup, type InputsGroupProps } from '../field.ts'
import { type FieldsetProps, fieldset } from '../fieldset/fieldset.ts'
import type { HintProps } from '../hint/hint.ts'
import { textInput } from '../text-input/text-input.ts'

export interface DateItem {
  /** The part of the date: 'day', 'month', 'year', or another name */
  name: string
  label: string
  value?: string | number
  id?: string
  /** This part is wrong. When no part says so, an error message marks them all. */
  error?: boolean
  /** Letters wide; 4 for a year */
  width?: 2 | 3 | 4
  autocomplete?: string
  inputmode?: string
  pattern?: string
  classes?: string
  attributes?: AttributeRecord
}

export interface DateInputProps {
  id: string
  /** Before each part's name, with a hyphen: birth → birth-day */
  namePrefix?: string
  items: readonly (DateItem | undefined | false)[]
  fieldset?: Omit<FieldsetProps, 'content' | 'role'>
  hint?: HintProps
  errorMessage?: ErrorMessageProps
  formGroup?: InputsGroupProps
  classes?: string
  attributes?: AttributeRecord
}

const html = styled('date-input')

export function dateInput(props: DateInputProps): Html {
  const described = describe(props.id, { ...props, describedBy: props.fieldset?.describedBy })
  const isMarked = props.items.some((item) => item && hasError(item))
  const content = html`
    ${described.hint}
    ${described.error}
    <div class="${classes('govuk-date-input', props.classes)}"${attributes(props.attributes, { id: props.id })}>
      ${props.formGroup?.beforeInputs?.text}
      ${props.items.map((item) => item && part(item, props, isMarked))}
      ${props.formGroup?.afterInputs?.text}
    </div>`
  return formGroup({
    hasError: props.errorMessage !== undefined,
    group: props.formGroup,
    content: props.fieldset
      ? // Without role=group a screen reader does not read the description of a fieldset of text inputs.
        fieldset({ ...props.fieldset, role: 'group', describedBy: described.describedBy, content })
      : content,
  })
}

function part(item: DateItem, props: DateInputProps, isMarked: boolean): Html {
  const isWrong = hasError(item) || (item.error !== false && props.errorMessage !== undefined && !isMarked)
  const own = item.classes ?? ''
  return html`
    <div class="govuk-date-input__item">
      ${textInput({
        label: { text: item.label, classes: 'govuk-date-input__label' },
        id: item.id ?? `${props.id}-${item.name}`,
        name: props.namePrefix ? `${props.namePrefix}-${item.name}` : item.name,
        value: item.value,
        inputmode: item.inputmode ?? 'numeric',
        autocomplete: item.autocomplete,
        pattern: item.pattern,
        attributes: item.attributes,
        classes: classes(
          'govuk-date-input__input',
          isWrong && !own.includes('govuk-input--error') && 'govuk-input--error',
          !own.includes('govuk-input--width-') && `govuk-input--width-${item.width ?? (item.name === 'year' ? 4 : 2)}`,
          own,
        ),
      })}
    </div>`
}

function hasError(item: DateItem): boolean {
  return item.error === true || (item.classes?.includes('govuk-input--error') ?? false)
}

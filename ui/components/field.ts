// What all form fields have in common: a group with label, hint and error message, and who describes whom.

import { type AttributeRecord, attributes, classes, type Html, html, nothing, type Text } from '../html.ts'
import { type ErrorMessageProps, errorMessage } from './error-message/error-message.ts'
import { type HintProps, hint } from './hint/hint.ts'

export interface Piece {
  text: Text
}

export interface FormGroupProps {
  classes?: string
  attributes?: AttributeRecord
}

/** The group around one input. */
export interface InputGroupProps extends FormGroupProps {
  beforeInput?: Piece
  afterInput?: Piece
}

/** The group around several inputs of one question. */
export interface InputsGroupProps extends FormGroupProps {
  beforeInputs?: Piece
  afterInputs?: Piece
}

/** Properties of every field with one input. */
export interface FieldProps {
  name: string
  id?: string
  hint?: HintProps
  errorMessage?: ErrorMessageProps
  describedBy?: string
  classes?: string
  disabled?: boolean
  attributes?: AttributeRecord
}

export interface Described {
  hint: Html
  error: Html
  /** For aria-describedby: what described the field before, then its hint, then its error. */
  describedBy: string | undefined
}

/** The hint and the error message of a field, with ids made from the field's own. */
export function describe(id: string, props: Pick<FieldProps, 'hint' | 'errorMessage' | 'describedBy'>): Described {
  const ids = [props.describedBy, props.hint && `${id}-hint`, props.errorMessage && `${id}-error`]
  return {
    hint: props.hint === undefined ? nothing : hint({ ...props.hint, id: `${id}-hint` }),
    error: props.errorMessage === undefined ? nothing : errorMessage({ ...props.errorMessage, id: `${id}-error` }),
    describedBy: classes(...ids) || undefined,
  }
}

export function formGroup(props: { hasError: boolean; group: FormGroupProps | undefined; content: Html }): Html {
  const { hasError, group, content } = props
  return html`
    <div class="${classes('govuk-form-group', hasError && 'govuk-form-group--error', group?.classes)}"${attributes(group?.attributes)}>
      ${content}
    </div>`
}

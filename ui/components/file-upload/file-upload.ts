// Choosing files to send; works without a script, and says before choosing what may be sent (in the hint).

import { attributes, classes, type Html, styled } from '../../html.ts'
import { describe, type FieldProps, formGroup, type InputGroupProps } from '../field.ts'
import { type LabelProps, label } from '../label/label.ts'

export interface FileUploadProps extends FieldProps {
  label: LabelProps
  multiple?: boolean
  formGroup?: InputGroupProps
}

const html = styled('file-upload')

export function fileUpload(props: FileUploadProps): Html {
  const id = props.id ?? props.name
  const described = describe(id, props)
  const own = attributes(
    {
      class: classes('govuk-file-upload', props.classes, props.errorMessage && 'govuk-file-upload--error'),
      id,
      name: props.name,
      type: 'file',
      disabled: props.disabled,
      multiple: props.multiple,
      'aria-describedby': described.describedBy,
    },
    props.attributes,
  )
  const content = html`
    ${label({ ...props.label, for: id })}
    ${described.hint}
    ${described.error}
    ${props.formGroup?.beforeInput?.text}
    <input${own}>
    ${props.formGroup?.afterInput?.text}`
  return formGroup({ hasError: props.errorMessage !== undefined, group: props.formGroup, content })
}

// Several choices at once.

import { type Html, styled } from '../../html.ts'
import { type Choice, type ChoicesProps, choices, type Divider } from '../choices.ts'

export interface CheckboxItem extends Choice {
  name?: string
  /** 'exclusive': "none of these" */
  behaviour?: 'exclusive'
}

export interface CheckboxesProps extends ChoicesProps {
  items: (CheckboxItem | Divider | undefined | false)[]
  /** The values that are checked */
  values?: readonly (string | number)[]
  describedBy?: string
}

const html = styled('checkboxes')

export function checkboxes(props: CheckboxesProps): Html {
  return choices<CheckboxItem>(props, {
    block: 'govuk-checkboxes',
    type: 'checkbox',
    tag: html,
    isChecked: (item) => item.checked ?? props.values?.includes(item.value) ?? false,
    name: (item) => item.name ?? props.name,
    behaviour: (item) => item.behaviour,
    describedBy: props.describedBy,
  })
}

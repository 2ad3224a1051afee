// One choice of a few.

import { type Html, styled } from '../../html.ts'
import { type Choice, type ChoicesProps, choices, type Divider } from '../choices.ts'

export interface RadiosProps extends ChoicesProps {
  items: (Choice | Divider | undefined | false)[]
  /** The value that is checked */
  value?: string | number
}

const html = styled('radios')

export function radios(props: RadiosProps): Html {
  return choices<Choice>(props, {
    block: 'govuk-radios',
    type: 'radio',
    tag: html,
    isChecked: (item) =>
      item.checked ?? (props.value !== undefined && props.value !== '' && item.value === props.value),
    name: () => props.name,
  })
}

// The state of a thing in one or two words.

import { type AttributeRecord, attributes, classes, type Html, styled, type Text } from '../../html.ts'

export interface TagProps {
  text: Text
  /** govuk-tag--green, --grey, --red, --yellow, --orange, --teal, --purple, --magenta; blue without one */
  classes?: string
  attributes?: AttributeRecord
}

const html = styled('tag')

export function tag(props: TagProps): Html {
  return html`<strong class="${classes('govuk-tag', props.classes)}"${attributes(props.attributes)}>${props.text}</strong>`
}

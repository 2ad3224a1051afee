// What checkboxes and radios have in common: a list of choices, each with a hint or further questions of its own.

import { type AttributeRecord, attributes, classes, type Html, type HtmlTag, html, type Text } from '../html.ts'
import type { ErrorMessageProps } from './error-message/error-message.ts'
import { describe, formGroup, type InputsGroupProps, type Piece } from './field.ts'
import { type FieldsetProps, fieldset } from './fieldset/fieldset.ts'
import { type HintProps, hint } from './hint/hint.ts'
import { label } from './label/label.ts'

export interface Choice {
  value: string | number
  text: Text
  id?: string
  checked?: boolean
  disabled?: boolean
  hint?: HintProps
  label?: { classes?: string; attributes?: AttributeRecord }
  /** Questions that belong to this choice; without a script they are always shown. */
  conditional?: Piece
  attributes?: AttributeRecord
}

/** A word between choices, such as "or". */
export interface Divider {
  divider: string
}

export interface ChoicesProps {
  name: string
  /** Ids start with it; the first input has it as its id, so that an error summary can point there. */
  idPrefix?: string
  fieldset?: Omit<FieldsetProps, 'content' | 'role'>
  hint?: HintProps
  errorMessage?: ErrorMessageProps
  formGroup?: InputsGroupProps
  classes?: string
  attributes?: AttributeRecord
}

interface Kind<Item extends Choice> {
  block: 'govuk-checkboxes' | 'govuk-radios'
  type: 'checkbox' | 'radio'
  tag: HtmlTag
  isChecked(item: Item): boolean
  name(item: Item): string
  behaviour?(item: Item): string | undefined
  describedBy?: string
}

export function choices<Item extends Choice>(
  props: ChoicesProps & { items: (Item | Divider | undefined | false)[] },
  kind: Kind<Item>,
): Html {
  const id = props.idPrefix ?? props.name
  const described = describe(id, { ...props, describedBy: props.fieldset?.describedBy ?? kind.describedBy })
  const content = kind.tag`
    ${described.hint}
    ${described.error}
    <div class="${classes(kind.block, props.classes)}"${attributes(props.attributes)} data-module="${kind.block}">
      ${props.formGroup?.beforeInputs?.text}
      ${props.items.map((item, index) => {
        if (!item) return undefined
        if ('divider' in item) return html`<div class="${kind.block}__divider">${item.divider}</div>`
        const itemId = item.id ?? (index === 0 ? id : `${id}-${index + 1}`)
        return choice(
          item,
          itemId,
          kind,
          props.fieldset === undefined && kind.type === 'checkbox' ? described.describedBy : undefined,
        )
      })}
      ${props.formGroup?.afterInputs?.text}
    </div>`
  return formGroup({
    hasError: props.errorMessage !== undefined,
    group: props.formGroup,
    content: props.fieldset ? fieldset({ ...props.fieldset, describedBy: described.describedBy, content }) : content,
  })
}

function choice<Item extends Choice>(item: Item, id: string, kind: Kind<Item>, describedBy: string | undefined): Html {
  const { block } = kind
  const isChecked = kind.isChecked(item)
  const own = attributes(
    {
      class: `${block}__input`,
      id,
      name: kind.name(item),
      type: kind.type,
      value: item.value,
      checked: isChecked,
      disabled: item.disabled,
      'data-aria-controls': item.conditional?.text && `conditional-${id}`,
      'data-behaviour': kind.behaviour?.(item),
      'aria-describedby': classes(describedBy, item.hint && `${id}-item-hint`) || undefined,
    },
    item.attributes,
  )
  return html`
    <div class="${block}__item">
      <input${own}>
      ${label({ ...item.label, text: item.text, classes: classes(`${block}__label`, item.label?.classes), for: id })}
      ${item.hint && hint({ ...item.hint, id: `${id}-item-hint`, classes: classes(`${block}__hint`, item.hint.classes) })}
    </div>
    ${
      item.conditional?.text &&
      html`<div class="${classes(`${block}__conditional`, !isChecked && `${block}__conditional--hidden`)}" id="conditional-${id}">${item.conditional.text}</div>`
    }`
}

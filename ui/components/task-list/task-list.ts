// What has to be done, in the order one likes, each with its state.

import { type AttributeRecord, attributes, classes, type Html, styled, type Text } from '../../html.ts'
import { type TagProps, tag } from '../tag/tag.ts'

export interface TaskListItem {
  title: { text: Text; classes?: string }
  href?: string
  hint?: { text: Text }
  status: { tag?: TagProps; text?: Text; classes?: string }
  classes?: string
}

export interface TaskListProps {
  items: (TaskListItem | undefined | false)[]
  idPrefix?: string
  classes?: string
  attributes?: AttributeRecord
}

const html = styled('task-list')

export function taskList(props: TaskListProps): Html {
  const prefix = props.idPrefix ?? 'task-list'
  return html`
    <ul class="${classes('govuk-task-list', props.classes)}"${attributes(props.attributes)}>
      ${props.items.map((item, index) => item && task(item, `${prefix}-${index + 1}`))}
    </ul>`
}

function task(item: TaskListItem, id: string): Html {
  const { title, hint, status } = item
  return html`
    <li class="${classes('govuk-task-list__item', item.href && 'govuk-task-list__item--with-link', item.classes)}">
      <div class="govuk-task-list__name-and-hint">
        ${
          item.href
            ? html`<a class="${classes('govuk-link govuk-task-list__link', title.classes)}" href="${item.href}" aria-describedby="${classes(hint && `${id}-hint`, `${id}-status`)}">${title.text}</a>`
            : html`<div${attributes({ class: title.classes })}>${title.text}</div>`
        }
        ${hint && html`<div id="${id}-hint" class="govuk-task-list__hint">${hint.text}</div>`}
      </div>
      <div class="${classes('govuk-task-list__status', status.classes)}" id="${id}-status">${status.tag ? tag(status.tag) : status.text}</div>
    </li>`
}

// Several panels of one thing; without a script a list of links to them, one below the other.

import { type AttributeRecord, attributes, classes, type Html, styled, type Text } from '../../html.ts'

export interface TabsProps {
  /** "Contents" */
  title: string
  idPrefix?: string
  id?: string
  items: (
    | { id?: string; label: Text; panel: { text: Text; attributes?: AttributeRecord }; attributes?: AttributeRecord }
    | undefined
    | false
  )[]
  classes?: string
  attributes?: AttributeRecord
}

const html = styled('tabs')

export function tabs(props: TabsProps): Html {
  const items = props.items.flatMap((item, index) =>
    item ? [{ ...item, id: item.id ?? `${props.idPrefix}-${index + 1}`, isFirst: index === 0 }] : [],
  )
  return html`
    <div${attributes({ id: props.id, class: classes('govuk-tabs', props.classes) }, props.attributes)} data-module="govuk-tabs">
      <h2 class="govuk-tabs__title">${props.title}</h2>
      ${
        items.length > 0 &&
        html`
          <ul class="govuk-tabs__list">
            ${items.map((item) => html`<li class="${classes('govuk-tabs__list-item', item.isFirst && 'govuk-tabs__list-item--selected')}"><a class="govuk-tabs__tab" href="#${item.id}"${attributes(item.attributes)}>${item.label}</a></li>`)}
          </ul>
          ${items.map((item) => html`<div class="${classes('govuk-tabs__panel', !item.isFirst && 'govuk-tabs__panel--hidden')}" id="${item.id}"${attributes(item.panel.attributes)}>${typeof item.panel.text === 'string' ? html`<p class="govuk-body">${item.panel.text}</p>` : item.panel.text}</div>`)}`
      }
    </div>`
}

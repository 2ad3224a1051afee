// A row of figures, each with the words that make it one.

import { classes, type Html, styled, type Text } from '../../html.ts'

export interface StatTile {
  value: Text | number
  label: Text
  /** "+4 since Friday": in words whether that is good or bad, in colour too */
  change?: { text: Text; is: 'good' | 'bad' | 'neutral' }
  href?: string
}

const html = styled('stat-tiles')

export function statTiles(tiles: readonly StatTile[]): Html {
  return html`
    <ul class="ashlar-stats">
      ${tiles.map(
        (tile) => html`
          <li class="ashlar-stats__tile">
            <strong class="ashlar-stats__value">${tile.value}</strong>
            <span class="ashlar-stats__label">${tile.href ? html`<a class="govuk-link govuk-link--no-visited-state" href="${tile.href}">${tile.label}</a>` : tile.label}${tile.change && html`${' '}<span class="${classes(tile.change.is !== 'neutral' && `ashlar-stats__change--${tile.change.is}`)}">${tile.change.text}</span>`}</span>
          </li>`,
      )}
    </ul>`
}

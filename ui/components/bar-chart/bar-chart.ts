// A chart of bars, drawn here as SVG: what it shows stands beside it as a sentence, and below as a table.

import { type Html, html as plain, styled, type Text } from '../../html.ts'
import { details } from '../details/details.ts'
import { table } from '../table/table.ts'

export interface BarChartProps {
  title: Text
  headingLevel?: number
  /** What one would say of it, in a sentence */
  summary: Text
  /** Of the table: what the bars stand for, and their measure */
  heads: readonly [Text, Text]
  /** "Show as a table" */
  tableText: Text
  /** `short` stands below the bar, `text` is its value in words */
  bars: readonly { label: Text; short: string; value: number; text: string }[]
}

const html = styled('bar-chart')
const WIDTH = 700
const HEIGHT = 180
const FOOT = 24
const HEAD = 20

export function barChart(props: BarChartProps): Html {
  const level = props.headingLevel ?? 2
  const most = Math.max(1, ...props.bars.map(({ value }) => value))
  const step = WIDTH / Math.max(1, props.bars.length)
  const round = (at: number) => Math.round(at * 10) / 10
  const bars = props.bars.map(({ short, text, value }, at) => {
    const height = (value / most) * (HEIGHT - FOOT - HEAD)
    const x = round(at * step + step * 0.12)
    const y = round(HEIGHT - FOOT - height)
    const middle = round(at * step + step / 2)
    return plain`
      <rect class="ashlar-chart__bar" x="${x}" y="${y}" width="${round(step * 0.76)}" height="${round(height)}"/>
      ${value > 0 && plain`<text class="ashlar-chart__text" x="${middle}" y="${round(y - 5)}" text-anchor="middle">${text}</text>`}
      <text class="ashlar-chart__text" x="${middle}" y="${HEIGHT - 6}" text-anchor="middle">${short}</text>`
  })
  return html`
    <figure class="ashlar-chart">
      <figcaption>
        <h${level} class="govuk-heading-m">${props.title}</h${level}>
        <p class="govuk-body">${props.summary}</p>
      </figcaption>
      <svg class="ashlar-chart__drawing" viewBox="0 0 ${WIDTH} ${HEIGHT}" direction="ltr" aria-hidden="true" focusable="false">
        ${bars}
        <path class="ashlar-chart__ground" d="M0 ${HEIGHT - FOOT}H${WIDTH}"/>
      </svg>
      ${details({
        summaryText: props.tableText,
        text: table({
          head: [{ text: props.heads[0] }, { text: props.heads[1], format: 'numeric' }],
          rows: props.bars.map(({ label, text }) => [{ text: label }, { text, format: 'numeric' }]),
        }),
      })}
    </figure>`
}

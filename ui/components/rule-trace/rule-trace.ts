// What the rules say about a case: each rule with its law, what it needs, what this case has, and the result.

import { type Html, html, styled, type Text } from '../../html.ts'
import { table } from '../table/table.ts'
import { type TagProps, tag } from '../tag/tag.ts'

export interface RuleTraceRow {
  rule: Text
  law?: { text: Text; href?: string }
  needed: Text
  found: Text
  /** "Trade Register, today 09:10" */
  source?: Text
  result: TagProps
  /** The row that decided */
  isDecisive?: boolean
}

export interface RuleTraceProps {
  caption: Text
  /** "Rule", "Needed", "This case", "Result" */
  heads: { rule: Text; needed: Text; found: Text; result: Text }
  rows: readonly RuleTraceRow[]
}

const traced = styled('rule-trace')

export function ruleTrace(props: RuleTraceProps): Html {
  const { heads } = props
  return traced`${table({
    caption: props.caption,
    captionClasses: 'govuk-visually-hidden',
    classes: 'ashlar-trace',
    stacks: true,
    firstCellIsHeader: true,
    head: [{ text: heads.rule }, { text: heads.needed }, { text: heads.found }, { text: heads.result }],
    rows: props.rows.map((row) => {
      const mark = row.isDecisive ? 'ashlar-trace__decisive' : undefined
      return [
        { text: html`${row.rule}${row.law && html`${' '}${law(row.law)}`}`, classes: mark },
        { text: row.needed, classes: mark },
        {
          text: html`${row.found}${row.source && html`<span class="ashlar-trace__source">${row.source}</span>`}`,
          classes: mark,
        },
        { text: tag(row.result), classes: mark },
      ]
    }),
  })}`
}

function law({ text, href }: { text: Text; href?: string }): Html {
  return href
    ? html`<a class="govuk-link" href="${href}">${text}</a>`
    : html`<span class="ashlar-trace__law">${text}</span>`
}

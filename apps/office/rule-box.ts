// What the rules say about a case: each row that was looked at, what it needs, what this case has, and which one applies.
import type { Alternative, Decision, ExplainedRow } from '@ashlar/decisions'
import type { Visit } from '@ashlar/face'
import { details, type Html, html, isolate, ruleTrace } from '@ashlar/ui'
import type { OpenCase } from './open-case.ts'
import type { Words } from './words.ts'

type Condition = ExplainedRow['conditions'][number]
type Needed = Condition['needed'][number]

export function ruleBoxes(open: OpenCase, made: Decision[]): Html | undefined {
  if (made.length === 0) return undefined
  return html`
    <h2 class="govuk-heading-m">${open.visit.t('office.rules')}</h2>
    ${made.map((decision) => ruleBox(open, decision))}`
}

function ruleBox({ visit, words }: OpenCase, { rule, explanation, alternatives }: Decision): Html {
  const { t, language } = visit
  const title = words.say(language, `rule.${rule}.title`)
  const labelOf = ({ label, input }: Condition) => words.say(language, label, {}, input)
  const lines = (conditions: Condition[], text: (condition: Condition) => string | Html) =>
    html`${conditions.map((one, at) => html`${at > 0 && html`<br>`}${labelOf(one)}: ${text(one)}`)}`

  const toRow = ({ row, table, law, reason, conditions }: ExplainedRow, isDecisive: boolean) => ({
    rule: html`${table && html`${isolate(table)}: `}${reason ? words.say(language, reason) : t('office.rule-row', { number: row })}`,
    ...(law ? { law: { text: isolate(visit.cite(law)) } } : {}),
    needed: conditions.length > 0 ? lines(conditions, (one) => neededText(visit, one)) : t('office.rule-otherwise'),
    found: lines(conditions, ({ value }) => valueText(visit, value)),
    result: isDecisive
      ? { text: t('office.rule-applies'), classes: 'govuk-tag--green' }
      : { text: t('office.rule-not'), classes: 'govuk-tag--grey' },
    isDecisive,
  })
  return html`
    <h3 class="govuk-heading-s">${title}</h3>
    ${ruleTrace({
      caption: title,
      heads: {
        rule: t('office.rule'),
        needed: t('office.rule-needed'),
        found: t('office.rule-found'),
        result: t('office.rule-result'),
      },
      rows: [
        ...explanation.passedOver.map((row) => toRow(row, false)),
        ...explanation.decided.map((row) => toRow(row, true)),
      ],
    })}
    ${
      alternatives.length > 0 &&
      details({
        summaryText: t('decision.change.title'),
        text: html`<ul class="govuk-list govuk-list--bullet">
          ${alternatives.map((one) => html`<li>${alternativeText(visit, words, one)}</li>`)}
        </ul>`,
      })
    }`
}

/** "If “Days since the fine” were: at most 60 (it is: 91) – the early price (Road Traffic Act s.41(3))". */
function alternativeText(visit: Visit, words: Words, { changes, output, law, reason }: Alternative): Html {
  const { t, language } = visit
  const [first = '', second] = changes.map((change) =>
    t('decision.change.fact', {
      label: words.say(language, change.label, {}, change.input),
      needed: neededText(visit, change),
      value: valueText(visit, change.value),
    }),
  )
  const result = html`${reason ? words.say(language, reason) : outputText(visit, output)}${law && html` (${isolate(visit.cite(law))})`}`
  return second === undefined
    ? visit.say('decision.change.one', { fact: first, result })
    : visit.say('decision.change.two', { first, second, result })
}

function outputText(visit: Visit, output: unknown): string {
  if (typeof output !== 'object' || output === null || Array.isArray(output)) return visit.fact(output)
  return visit.list(Object.entries(output).map(([name, value]) => `${name}: ${visit.fact(value)}`))
}

const valueText = (visit: Visit, value: unknown): string => visit.fact(value) || visit.t('decision.value.nothing')

/** "at most 60 or more than 365", and "not …" for what must not be so. */
function neededText(visit: Visit, { needed, not }: Pick<Condition, 'needed' | 'not'>): string {
  if (needed.length === 0) return visit.t('office.rule-otherwise')
  const text = needed
    .map((one) => alternative(visit, one))
    .reduce((first, second) => visit.t('decision.needed.or', { first, second }))
  return not ? visit.t('decision.needed.not', { needed: text }) : text
}

function alternative(visit: Visit, needed: Needed): string {
  if (needed.kind === 'expression') return visit.t('decision.needed.expression', { source: needed.source })
  if (needed.kind !== 'between')
    return visit.t(`decision.needed.${needed.kind}`, { value: valueText(visit, needed.value) })
  const { low, high, lowIncluded, highIncluded } = needed
  const ends = lowIncluded ? (highIncluded ? '' : 'OpenHigh') : highIncluded ? 'OpenLow' : 'Open'
  return visit.t(`decision.needed.between${ends}`, { low: visit.fact(low), high: visit.fact(high) })
}

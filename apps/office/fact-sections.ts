// The facts of a case, each once and with its source: what the open task needs stands open, the rest is folded.
import type { TaskView } from '@ashlar/cases'
import { details, type Html, html, sourceBadge, summaryList } from '@ashlar/ui'
import { answerRows, factRows } from './facts.ts'
import type { OpenCase } from './open-case.ts'

interface Section {
  title: string
  rows: ReturnType<typeof factRows>
  source?: string
  isNeeded: boolean
}

export function factSections(open: OpenCase, tasks: TaskView[]): Html {
  const { visit, view } = open
  const needed = new Set(tasks.flatMap(({ facts }) => Object.keys(facts)))
  const answers = answerRows(open, view.answers)
  const sections = [...looked(open, needed), ...found(open, tasks)].filter(({ rows }) => rows.length > 0)
  // Without a task nothing is more needed than the rest.
  const isFolded = ({ isNeeded }: Section) => needed.size > 0 && !isNeeded
  return html`
    ${answers.length > 0 && html`<h2 class="govuk-heading-m">${visit.t('office.application')}</h2>${summaryList({ rows: answers })}`}
    ${sections
      .filter((one) => !isFolded(one))
      .map(
        ({ title, source, rows }) => html`
        <h2 class="govuk-heading-m">${title}</h2>
        ${source && html`<p class="govuk-body">${sourceBadge({ text: source })}</p>`}
        ${summaryList({ rows })}`,
      )}
    ${sections.filter(isFolded).map(({ title, source, rows }) =>
      details({
        summaryText: title,
        text: html`${source && html`<p class="govuk-body">${sourceBadge({ text: source })}</p>`}${summaryList({ rows })}`,
      }),
    )}`
}

/** What registers told when the form was filled in. */
function looked(open: OpenCase, needed: Set<string>): Section[] {
  const { rooms, visit, view } = open
  return view.evidence.map(({ name, register, at, fact }) => {
    const title = visit.of(rooms.faces.country.registers[register]?.title)
    return {
      title,
      source: visit.t('office.source', { register: title, at: visit.time(at) }),
      rows: factRows(open, name, fact),
      isNeeded: needed.has(name),
    }
  })
}

/** What the process found out since: neither an answer, nor known before, nor a rule's result, which stands with the rules. */
function found(open: OpenCase, tasks: TaskView[]): Section[] {
  const { rooms, visit, words, view } = open
  const { evidence, rules } = words.service
  const known = new Set([...view.evidence.map(({ name }) => name), ...Object.keys(view.answers), ...Object.keys(rules)])
  const all = new Map(tasks.flatMap(({ facts }) => Object.entries(facts)))
  return (
    [...all]
      // What is contested stands in a box of its own.
      .filter(([name, fact]) => fact !== null && name !== 'contested' && !known.has(name))
      .map(([name, fact]) => {
        const register = evidence[name]?.register
        const title = register
          ? visit.of(rooms.faces.country.registers[register]?.title)
          : words.label(visit.language, { name })
        return {
          title,
          ...(register ? { source: visit.t('office.source-process', { register: title }) } : {}),
          rows: factRows(open, name, fact),
          isNeeded: true,
        }
      })
  )
}

// A question that takes a table: its rows as fields, added and removed one by one, or pasted and uploaded as a list.
import type { Facts, Question } from '@ashlar/catalogue'
import { addAnother, details, errorMessage, fieldset, fileUpload, type Html, hint, html, textarea } from '@ashlar/ui'
import type { FieldProps, Shown } from './field-props.ts'
import type { Words } from './words.ts'

const MOST_ROWS = 200

interface TableField {
  name: string
  legend: { text: string; classes: string; isPageHeading: boolean }
  hint?: { text: string } | undefined
  errorMessage?: { text: string; visuallyHiddenText: string } | undefined
}

/** `draw` draws the field of any other question. */
export function tableField(props: FieldProps, field: TableField, draw: (props: FieldProps) => Html): Html {
  const { visit, question, shown, cellErrors } = props
  const { t } = visit
  const { name } = field
  const rows = shown.rows?.length ? shown.rows : [{}]
  const most = Math.min(Number(question.max ?? MOST_ROWS), MOST_ROWS)
  const words = wordsOfColumns(props.words, question)
  const items = rows.map((row, n) => {
    const number = visit.number(n + 1)
    return {
      title: t('portal.table.row', { number }),
      fields: html`${question.columns.map((column) => {
        const id = `${name}-${n}-${column.name}`
        const error = cellErrors?.find((one) => one.field === id || one.field.startsWith(`${id}-`))
        return draw({
          ...props,
          words,
          question: { ...column, name: id },
          shown: row[column.name] ?? empty,
          error: error?.text,
          wrongPart: error?.field.slice(id.length + 1),
          isHeading: false,
          within: undefined,
          hints: undefined,
        })
      })}`,
      ...(rows.length > 1
        ? {
            remove: {
              text: t('portal.question.remove'),
              visuallyHiddenText: t('portal.table.row', { number }),
              value: `remove-row ${name} ${n}`,
            },
          }
        : {}),
    }
  })
  return fieldset({
    legend: field.legend,
    ...(field.hint || field.errorMessage ? { describedBy: `${name}-about` } : {}),
    content: html`
      <div id="${name}">
        ${
          (field.hint || field.errorMessage) &&
          html`<div id="${name}-about">${field.hint && hint(field.hint)}${field.errorMessage && errorMessage(field.errorMessage)}</div>`
        }
        <input type="hidden" name="${name}-rows" value="${String(rows.length)}">
        ${addAnother({
          name: '_list',
          items,
          ...(rows.length < most ? { add: { text: t('portal.table.add'), value: `add-row ${name}` } } : {}),
        })}
        ${details({
          summaryText: t('portal.table.several'),
          text: html`
            ${textarea({
              name: `${name}-list`,
              id: `${name}-list`,
              rows: 6,
              value: '',
              label: { text: t('portal.table.paste') },
              hint: {
                text: t('portal.table.paste-hint', { columns: columnNames(props, words), most: visit.number(most) }),
              },
              attributes: { dir: 'ltr', spellcheck: 'false' },
            })}
            ${fileUpload({
              name: `${name}-file`,
              id: `${name}-file`,
              label: { text: t('portal.table.upload') },
              attributes: { accept: '.csv,text/csv,text/plain' },
            })}`,
        })}
      </div>`,
  })
}

const empty: Shown = { one: '', many: [], day: '', month: '', year: '' }

function columnNames({ visit, question, service }: FieldProps, words: Words): string {
  return visit.list(
    question.columns.flatMap(({ name, type, of = '' }) => {
      const label = words(`question.${question.name}-0-${name}.label`)
      const isPerson = type === 'party' && service.parties[of]?.is !== 'organisation'
      return isPerson ? [`${label} (${visit.t('portal.party.number')})`, visit.t('portal.party.born')] : [label]
    }),
  )
}

/** Columns are labelled by the texts of their table. */
function wordsOfColumns(words: Words, { name, columns }: Question): Words {
  const keyOf = (key: string): string => {
    const column = columns.find((one) => new RegExp(`^question\\.${name}-\\d+-${one.name}\\.`).test(key))
    if (column === undefined) return key
    const rest = key.replace(/^question\.[^.]+\./, '')
    if (rest === 'label') return `question.${name}.column.${column.name}`
    return rest.startsWith('option.') ? `question.${name}.${rest}` : `question.${name}.column-${rest}`
  }
  const inner = (key: string, values?: Parameters<Words>[1]) => words(keyOf(key), values)
  return Object.assign(inner, {
    maybe: (key: string, values?: Parameters<Words>[1]) => words.maybe(keyOf(key), values),
  })
}

export function rowsTyped(
  { name, columns }: Question,
  body: Record<string, unknown>,
  typed: (question: Question, body: Record<string, unknown>) => Shown,
): Record<string, Shown>[] {
  const count = Math.min(Number(body[`${name}-rows`] ?? 0) || 0, MOST_ROWS)
  return Array.from({ length: count }, (_, n) =>
    Object.fromEntries(
      columns.map((column) => [column.name, typed({ ...column, name: `${name}-${n}-${column.name}` }, body)]),
    ),
  )
}

export function rowsKept(
  { columns }: Question,
  answer: Facts[string],
  language: string,
  kept: (question: Question, answer: Facts[string] | undefined, language: string) => Shown,
): Record<string, Shown>[] {
  if (!Array.isArray(answer)) return []
  return answer.map((row) =>
    Object.fromEntries(
      columns.map((column) => [column.name, kept(column, (row as Facts | null)?.[column.name], language)]),
    ),
  )
}

/** A pasted list as the fields of its rows, so that what is wrong is shown beside each. */
export function fieldsOfRows(question: Question, rows: Record<string, unknown>[]): Record<string, string> {
  const fields: Record<string, string> = { [`${question.name}-rows`]: String(rows.length) }
  for (const [n, row] of rows.entries())
    for (const { name, type } of question.columns) {
      const id = `${question.name}-${n}-${name}`
      const cell = row[name]
      if (type === 'party') {
        const { number = '', born = '' } = (cell ?? {}) as { number?: string; born?: unknown }
        fields[`${id}-number`] = number
        Object.assign(fields, dayFields(`${id}-born`, born))
      } else if (type === 'date') Object.assign(fields, dayFields(id, cell))
      else fields[id] = typeof cell === 'string' ? cell : ''
    }
  return fields
}

function dayFields(id: string, day: unknown): Record<string, string> {
  if (typeof day === 'object' && day !== null) {
    const parts = day as Record<'day' | 'month' | 'year', string>
    return { [`${id}-day`]: parts.day, [`${id}-month`]: parts.month, [`${id}-year`]: parts.year }
  }
  const [year = '', month = '', date = ''] = String(day ?? '').split('-')
  return { [`${id}-day`]: date, [`${id}-month`]: month, [`${id}-year`]: year }
}

/** One row more, or one less, as the button says. */
export function changedRows(fields: Record<string, unknown>): Record<string, unknown> | undefined {
  const [act, name = '', place = ''] = String(fields._list ?? '').split(' ')
  const count = Math.min(Number(fields[`${name}-rows`] ?? 0) || 0, MOST_ROWS)
  if (act === 'add-row') return { ...fields, [`${name}-rows`]: String(count + 1) }
  if (act !== 'remove-row') return undefined
  const gone = Number(place)
  const moved = Object.entries(fields).flatMap(([field, value]): [string, unknown][] => {
    const found = new RegExp(`^${name}-(\\d+)-(.+)$`).exec(field)
    if (found === null) return [[field, value]]
    const at = Number(found[1])
    if (at === gone) return []
    return [[`${name}-${at > gone ? at - 1 : at}-${found[2]}`, value]]
  })
  return { ...Object.fromEntries(moved), [`${name}-rows`]: String(Math.max(count - 1, 1)) }
}

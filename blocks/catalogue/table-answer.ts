// How a table is answered: rows of typed columns, from the fields of a form, from a pasted list, or as JSON; each cell is judged.
import type { AnswerContext, Body, CellFault, Read, Reader } from './answer-reader.ts'
import type { Facts, Json } from './facts.ts'
import type { Question, QuestionType } from './public-service.ts'

const USUAL_ROWS = 200
/** Faults that are shown at once; who has more has pasted something else. */
const MOST_FAULTS = 50
const LARGEST = 200_000

export function tableReader(readers: () => Partial<Record<QuestionType, Reader>>): Reader {
  return {
    fromForm: (question, body) => {
      const pasted = body[`${question.name}-list`]
      if (typeof pasted === 'string' && pasted.trim() !== '') return rowsOfList(pasted, question)
      const count = Math.min(Number(body[`${question.name}-rows`] ?? 0) || 0, USUAL_ROWS)
      const rows = Array.from({ length: count }, (_, n) => rowOfForm(question, body, n, readers()))
      const filled = rows.filter((row) => Object.keys(row).length > 0)
      return filled.length === 0
        ? undefined
        : rows.slice(0, rows.findLastIndex((row) => Object.keys(row).length > 0) + 1)
    },

    read: (raw, question, context): Read => {
      const most = question.max === undefined ? USUAL_ROWS : Number(question.max)
      const least = question.min === undefined ? 1 : Number(question.min)
      if (!Array.isArray(raw)) return { code: 'unreadable' }
      if (raw.length > most) return { code: 'tooMany', values: { max: most } }
      if (raw.length === 0) return { code: 'required' }
      if (raw.length < least) return { code: 'tooFew', values: { min: least } }
      const cells: CellFault[] = []
      const value = raw.map((row, n) => readRow(row, n, question, context, readers(), cells))
      const [first] = cells
      return first === undefined ? { value } : { ...first, cells: cells.slice(0, MOST_FAULTS) }
    },

    schema: ({ columns, max }) => ({
      type: 'array',
      minItems: 1,
      maxItems: max === undefined ? USUAL_ROWS : Number(max),
      items: {
        type: 'object',
        properties: Object.fromEntries(
          columns.map((column) => [column.name, readers()[column.type]?.schema(column) ?? {}]),
        ),
        required: columns.filter(({ optional }) => !optional).map(({ name }) => name),
        additionalProperties: false,
      },
    }),
  }
}

function rowOfForm(
  { name, columns }: Question,
  body: Body,
  n: number,
  readers: Partial<Record<QuestionType, Reader>>,
): Record<string, unknown> {
  return Object.fromEntries(
    columns.flatMap((column) => {
      const raw = readers[column.type]?.fromForm({ ...column, name: `${name}-${n}-${column.name}` }, body)
      return raw === undefined ? [] : [[column.name, raw]]
    }),
  )
}

function readRow(
  row: unknown,
  n: number,
  { columns }: Question,
  context: AnswerContext,
  readers: Partial<Record<QuestionType, Reader>>,
  cells: CellFault[],
): Facts {
  const given = typeof row === 'object' && row !== null && !Array.isArray(row) ? (row as Record<string, unknown>) : {}
  return Object.fromEntries(
    columns.map((column): [string, Json] => {
      const raw = Object.hasOwn(given, column.name) ? given[column.name] : undefined
      const isLeftOut = raw === undefined || raw === null || raw === ''
      if (isLeftOut && column.optional) return [column.name, null]
      const read: Read = isLeftOut
        ? { code: 'required' }
        : (readers[column.type]?.read(raw, column, context) ?? { code: 'unreadable' })
      if ('value' in read) return [column.name, read.value]
      const part = [n, column.name, ...(read.part === undefined ? [] : [read.part])].join('-')
      cells.push({
        code: read.code,
        part,
        row: n + 1,
        column: column.name,
        ...(read.values ? { values: read.values } : {}),
      })
      return [column.name, null]
    }),
  )
}

/** Cells of a pasted list or a file, RFC 4180, with commas, semicolons or tabs; a first line of column names is passed over. */
export function rowsOfList(text: string, { columns }: Question): Record<string, unknown>[] {
  const names = columns.flatMap(({ name, type }) => (type === 'party' ? [name, `${name}-born`] : [name]))
  const lines = cellsOf(text.slice(0, LARGEST).replace(/^\ufeff/, ''))
  const isHead = (line: string[]) => line.some((cell) => names.includes(cell.trim()))
  return lines
    .filter((line, n) => line.some((cell) => cell.trim() !== '') && !(n === 0 && isHead(line)))
    .map((line) => {
      let next = 0
      const take = () => line[next++]?.trim() ?? ''
      return Object.fromEntries(
        columns.map(({ name, type }): [string, unknown] => {
          if (type !== 'party') return [name, take()]
          const [number, born] = [take(), take()]
          return [name, { ...(number === '' ? {} : { number }), ...(born === '' ? {} : { born: dayOf(born) }) }]
        }),
      )
    })
}

/** What spreadsheets write for a day: 14/06/1992, 14.6.1992. */
function dayOf(cell: string): unknown {
  const found = /^(\p{Nd}{1,2})[./](\p{Nd}{1,2})[./](\p{Nd}{4})$/u.exec(cell)
  return found === null ? cell : { day: found[1], month: found[2], year: found[3] }
}

function cellsOf(text: string): string[][] {
  const first = text.slice(0, text.search(/[\r\n]|$/))
  const sign = ['\t', ';', ','].find((one) => first.includes(one)) ?? ','
  const lines: string[][] = [[]]
  let cell = ''
  let isQuoted = false
  for (let i = 0; i < text.length; i++) {
    const letter = text[i]!
    if (isQuoted) {
      if (letter !== '"') cell += letter
      else if (text[i + 1] === '"') cell += text[i++]
      else isQuoted = false
    } else if (letter === '"' && cell === '') isQuoted = true
    else if (letter === sign) {
      lines.at(-1)!.push(cell)
      cell = ''
    } else if (letter === '\n') {
      lines.at(-1)!.push(cell)
      lines.push([])
      cell = ''
    } else if (letter !== '\r') cell += letter
  }
  lines.at(-1)!.push(cell)
  return lines
}

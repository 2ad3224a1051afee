// How a question about a party is answered: by what only who knows somebody can say. Who it is, the house finds out later.
import type { AnswerContext, Body, Read, Reader } from './answer-reader.ts'

/** What somebody says of a party, and `id` once the house has found who that is. Never a name: nothing is told. */
export interface PartyAnswer {
  kind: 'person' | 'organisation'
  number: string
  /** Of a person. */
  born?: string
  id?: string
}

/** `read` reads a date and a line of text as their own questions would. */
export function partyReader(read: {
  date(raw: unknown, context: AnswerContext): Read
  line(raw: unknown): Read
  dateFields(name: string, body: Body): unknown
  field(name: string, body: Body): string | undefined
}): Reader {
  return {
    fromForm: ({ name }, body) => {
      const number = read.field(`${name}-number`, body)
      const born = read.dateFields(`${name}-born`, body)
      return number === undefined && born === undefined ? undefined : { number, born }
    },
    read: (raw, { of = '' }, context): Read => {
      if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return { code: 'unreadable' }
      const { number, born } = raw as { number?: unknown; born?: unknown }
      if (number === undefined || number === null) return { code: 'required', part: 'number' }
      const written = read.line(number)
      if ('code' in written) return { ...written, part: 'number' }
      const kind = context.parties?.[of]?.is === 'organisation' ? 'organisation' : 'person'
      if (kind === 'organisation') return { value: { kind, number: written.value } }
      if (born === undefined || born === null) return { code: 'required', part: 'born-day' }
      const day = read.date(born, context)
      if ('code' in day) return { ...day, part: `born-${day.part ?? 'day'}` }
      return { value: { kind, number: written.value, born: day.value } }
    },
    schema: () => ({
      type: 'object',
      required: ['number'],
      properties: {
        number: { type: 'string', minLength: 1, maxLength: 40 },
        born: { type: 'string', format: 'date', description: 'Of a person; of an organisation it is left out' },
      },
      additionalProperties: false,
    }),
  }
}

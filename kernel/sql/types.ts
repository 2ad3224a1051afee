// How values of Postgres become values of JavaScript.
import pg from 'pg'

const INT8 = 20
const DATE = 1082
const INTERVAL = 1186
const TIMESTAMP = 1114
const INT8_ARRAY = 1016
const DATE_ARRAY = 1182
const TEXT_ARRAY = 1009

type Parse = (text: string) => unknown

const asText: Parse = (text) => text
const parseTextArray = pg.types.getTypeParser(TEXT_ARRAY as 25) as unknown as (text: string) => (string | null)[]

/** int8 as a number (throws beyond 2^53), date as 'yyyy-mm-dd', numeric and interval as text, timestamptz as Date. */
const ours = new Map<number, Parse>([
  [INT8, safeInteger],
  [INT8_ARRAY, (text) => parseTextArray(text).map((item) => (item === null ? null : safeInteger(item)))],
  [DATE, asText],
  [DATE_ARRAY, parseTextArray],
  [INTERVAL, asText],
  [TIMESTAMP, asText],
])

function safeInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new Error(`${text} is too large for a number: select it as text`)
  return value
}

export const types = {
  getTypeParser: (oid: number, format?: string) =>
    (format !== 'binary' && ours.get(oid)) || pg.types.getTypeParser(oid, format as 'text'),
} as unknown as pg.CustomTypesConfig

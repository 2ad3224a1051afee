// How each type of question reads an answer: from the fields of a form or from JSON, in any script, never throwing.
import { isDay } from '@ashlar/kernel/clock'
import { toLatinDigits } from '@ashlar/kernel/language'
import type { Body, Read, Reader } from './answer-reader.ts'
import type { Facts, Json } from './facts.ts'
import { partyReader } from './party-answer.ts'
import type { Question, QuestionType } from './public-service.ts'
import { tableReader } from './table-answer.ts'
import type { ErrorCode } from './text-keys.ts'

const one = (body: Body, name: string): string | undefined => {
  const value = Object.hasOwn(body, name) ? body[name] : undefined
  const first = Array.isArray(value) ? value.find((item) => typeof item === 'string' && item.trim() !== '') : value
  return typeof first === 'string' && first.trim() !== '' ? first : undefined
}

const several = (body: Body, name: string): string[] | undefined => {
  const value = Object.hasOwn(body, name) ? body[name] : undefined
  const all = (Array.isArray(value) ? value : [value]).filter(
    (item): item is string => typeof item === 'string' && item.trim() !== '',
  )
  return all.length === 0 ? undefined : all
}

/** As a form sends it, or as JSON has it: a number, or true and false. */
const field = ({ name }: Question, body: Body): unknown => {
  const value = Object.hasOwn(body, name) ? body[name] : undefined
  return typeof value === 'number' || typeof value === 'boolean' ? value : one(body, name)
}
const fields = (question: Question, body: Body) => several(body, question.name)

// C0 and C1 controls, and what is no whole character. Zero-width joiners stay: scripts need them.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufeff]/g

/** As it is kept: whole characters, NFC, one kind of line end, no controls. Meaning is never judged. */
function clean(text: string): string {
  return text.toWellFormed().normalize('NFC').replaceAll('\r\n', '\n').replace(controls, '').trim()
}

const lengthOf = (text: string): number => [...text].length

/** A text of more than this is not even looked at. */
const largest = 200_000

function readText(raw: unknown, { min, max }: Question, otherwise: number, isLine: boolean): Read {
  if (typeof raw !== 'string') return { code: 'unreadable' }
  const most = max === undefined ? otherwise : Number(max)
  if (raw.length > largest) return { code: 'tooLong', values: { max: most } }
  const value = isLine ? clean(raw).replace(/\s+/gu, ' ') : clean(raw)
  const length = lengthOf(value)
  if (length === 0) return { code: 'required' }
  if (length > most) return { code: 'tooLong', values: { max: most, length } }
  if (min !== undefined && length < Number(min)) return { code: 'tooShort', values: { min: Number(min) } }
  return { value }
}

function readLike(value: string, like: string): Read {
  // Letters and digits in order; how they are separated does not matter, nor does the case or the script of digits.
  const signs = [...toLatinDigits(value).toUpperCase()].filter((sign) => /[\p{L}\p{N}]/u.test(sign))
  let written = ''
  let next = 0
  for (const place of like) {
    if (!/[A-Za-z0-9*]/.test(place)) {
      written += place
      continue
    }
    const sign = signs[next++] ?? ''
    const fits =
      place === 'A'
        ? /\p{L}/u.test(sign)
        : place === '9'
          ? /\d/.test(sign)
          : place === '*'
            ? sign !== ''
            : sign === place.toUpperCase()
    if (!fits) return { code: 'notLike', values: { like } }
    written += sign
  }
  return next === signs.length ? { value: written } : { code: 'notLike', values: { like } }
}

const text: Reader = {
  fromForm: field,
  read: (raw, question) => {
    const read = readText(raw, question, 200, true)
    return 'value' in read && question.like !== undefined ? readLike(String(read.value), question.like) : read
  },
  schema: ({ max }) => ({ type: 'string', minLength: 1, maxLength: max === undefined ? 200 : Number(max) }),
}

const longText: Reader = {
  fromForm: field,
  read: (raw, question) => readText(raw, question, 4000, false),
  schema: ({ max }) => ({ type: 'string', minLength: 1, maxLength: max === undefined ? 4000 : Number(max) }),
}

/** Any script, 1 to 200 characters; a name is never wrong. */
const name: Reader = {
  fromForm: field,
  read: (raw) => readText(raw, { max: 200 } as Question, 200, true),
  schema: () => ({ type: 'string', minLength: 1, maxLength: 200 }),
}

const choice: Reader = {
  fromForm: field,
  read: (raw, { options, none }) =>
    typeof raw === 'string' && (options.includes(raw) || (none && raw === 'none'))
      ? { value: raw }
      : { code: 'notAChoice' },
  schema: ({ options, none }) => ({ enum: none ? [...options, 'none'] : options }),
}

const choices: Reader = {
  fromForm: fields,
  read: (raw, { options, min, max }): Read => {
    if (!Array.isArray(raw) || raw.length > 1000) return { code: 'notAChoice' }
    if (!raw.every((item) => typeof item === 'string' && options.includes(item))) return { code: 'notAChoice' }
    const value = options.filter((option) => raw.includes(option))
    if (min !== undefined && value.length < Number(min)) return { code: 'tooFew', values: { min: Number(min) } }
    if (max !== undefined && value.length > Number(max)) return { code: 'tooMany', values: { max: Number(max) } }
    return value.length === 0 ? { code: 'required' } : { value }
  },
  schema: ({ options }) => ({ type: 'array', items: { enum: options }, uniqueItems: true, minItems: 1 }),
}

const yesNo: Reader = {
  fromForm: field,
  read: (raw) => {
    if (typeof raw === 'boolean') return { value: raw }
    return raw === 'yes' || raw === 'no' ? { value: raw === 'yes' } : { code: 'notAChoice' }
  },
  schema: () => ({ type: 'boolean' }),
}

const confirm: Reader = {
  fromForm: field,
  read: (raw) => (raw === true || raw === 'yes' ? { value: true } : { code: 'mustConfirm' }),
  schema: () => ({ const: true }),
}

/** Three fields: `<name>-day`, `<name>-month`, `<name>-year`, in the digits of any script. */
const date: Reader = {
  fromForm: ({ name }, body) => {
    const parts = ['day', 'month', 'year'].map((part) => one(body, `${name}-${part}`))
    if (parts.every((part) => part === undefined)) return one(body, name)
    return { day: parts[0] ?? '', month: parts[1] ?? '', year: parts[2] ?? '' }
  },
  read: (raw, { min, max }, { today }): Read => {
    const value = toDay(raw)
    if (value === undefined) return { code: 'notADate', ...wrongPart(raw) }
    const earliest = min === 'today' ? today : min === undefined ? undefined : String(min)
    const latest = max === 'today' ? today : max === undefined ? undefined : String(max)
    if (earliest !== undefined && value < earliest) return { code: 'tooEarly', values: { min: earliest } }
    if (latest !== undefined && value > latest) return { code: 'tooLate', values: { max: latest } }
    return { value }
  },
  schema: () => ({ type: 'string', format: 'date' }),
}

interface DateParts {
  day: string
  month: string
  year: string
}

const isParts = (raw: unknown): raw is DateParts => typeof raw === 'object' && raw !== null && 'day' in raw

const digitsOf = (text: unknown): string => toLatinDigits(String(text).slice(0, 20)).replace(/\s/gu, '')

function toDay(raw: unknown): string | undefined {
  if (typeof raw === 'string') {
    const text = toLatinDigits(raw.trim().slice(0, 20))
    return isDay(text) ? text : undefined
  }
  if (!isParts(raw)) return undefined
  const [day, month, year] = [digitsOf(raw.day), digitsOf(raw.month), digitsOf(raw.year)]
  if (!/^\d{1,2}$/.test(day) || !/^\d{1,2}$/.test(month) || !/^\d{4}$/.test(year)) return undefined
  const text = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  return isDay(text) ? text : undefined
}

/** Which of the three fields to point at. */
function wrongPart(raw: unknown): { part?: string } {
  if (!isParts(raw)) return {}
  const [day, month, year] = [Number(digitsOf(raw.day)), Number(digitsOf(raw.month)), digitsOf(raw.year)]
  if (!(day >= 1 && day <= 31)) return { part: 'day' }
  if (!(month >= 1 && month <= 12)) return { part: 'month' }
  return { part: /^\d{4}$/.test(year) ? 'day' : 'year' }
}

const number: Reader = {
  fromForm: field,
  read: (raw, question, { language }) => readNumber(raw, question, question.decimals ?? 0, language, 'notANumber'),
  schema: ({ decimals, min, max }) => ({
    type: (decimals ?? 0) === 0 ? 'integer' : 'number',
    ...(min === undefined ? {} : { minimum: Number(min) }),
    ...(max === undefined ? {} : { maximum: Number(max) }),
  }),
}

/** A number in the currency's own unit. */
const money: Reader = {
  fromForm: field,
  read: (raw, question, { language, decimals }) => {
    const text = typeof raw === 'string' ? raw.replace(/[\p{Sc}]|\b[A-Z]{3}\b/gu, '') : raw
    return readNumber(text, { ...question, min: question.min ?? 0 }, decimals, language, 'notAnAmount')
  },
  schema: ({ min, max }) => ({
    type: 'number',
    minimum: Number(min ?? 0),
    ...(max === undefined ? {} : { maximum: Number(max) }),
  }),
}

function readNumber(raw: unknown, { min, max }: Question, decimals: number, language: string, code: ErrorCode): Read {
  const value = typeof raw === 'number' ? raw : typeof raw === 'string' ? toNumber(raw, language) : undefined
  if (value === undefined || !Number.isFinite(value) || Math.abs(value) > 1e15) return { code }
  const places = String(value).split('.')[1]?.length ?? 0
  if (places > decimals || String(value).includes('e')) return { code: 'tooManyDecimals', values: { decimals } }
  if (min !== undefined && value < Number(min)) return { code: 'tooSmall', values: { min: Number(min) } }
  if (max !== undefined && value > Number(max)) return { code: 'tooLarge', values: { max: Number(max) } }
  return { value }
}

/** '1 234,50', '1,234.50', '١٬٢٣٤٫٥٠' by the separators of the language; undefined if it is no number. */
function toNumber(raw: string, language: string): number | undefined {
  const text = toLatinDigits(raw.slice(0, 60))
    .replace(/[\s\u00a0\u202f'’٬\u061c\u200e\u200f]/gu, '')
    .replaceAll('٫', '.')
    .replace(/^[−–]/, '-')
  if (/^-?\d+(\.\d+)?$/.test(text) && !commaIsDecimal(language)) return Number(text)
  const plain = commaIsDecimal(language)
    ? /^-?\d{1,3}(\.\d{3})+(,\d+)?$/.test(text)
      ? text.replaceAll('.', '').replace(',', '.')
      : text.replace(',', '.')
    : /^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(text)
      ? text.replaceAll(',', '')
      : text
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : undefined
}

const decimalSigns = new Map<string, boolean>()

function commaIsDecimal(language: string): boolean {
  const known = decimalSigns.get(language)
  if (known !== undefined) return known
  let isComma = false
  try {
    isComma = new Intl.NumberFormat(language)
      .formatToParts(1.5)
      .some(({ type, value }) => type === 'decimal' && value === ',')
  } catch {
    // A language that the machine does not know writes a point.
  }
  if (decimalSigns.size < 100) decimalSigns.set(language, isComma)
  return isComma
}

const email: Reader = {
  fromForm: field,
  read: (raw) => {
    if (typeof raw !== 'string' || raw.length > 400) return { code: 'notAnEmail' }
    const value = clean(raw)
    return value.length <= 254 && /^[^\s@<>"(),:;]+@[^\s@<>"(),:;.]+(\.[^\s@<>"(),:;.]+)+$/u.test(value)
      ? { value }
      : { code: 'notAnEmail' }
  },
  schema: () => ({ type: 'string', format: 'email', maxLength: 254 }),
}

const phone: Reader = {
  fromForm: field,
  read: (raw) => {
    if (typeof raw !== 'string' || raw.length > 60) return { code: 'notAPhone' }
    const value = toLatinDigits(clean(raw)).replace(/[\s().\-/\u200e\u200f]/gu, '')
    return /^\+?\d{4,15}$/.test(value) ? { value } : { code: 'notAPhone' }
  },
  schema: () => ({ type: 'string', pattern: '^\\+?[0-9]{4,15}$' }),
}

/** IBAN (ISO 13616): letters and digits in any script of digits, spaces as one likes, and a checksum that finds slips. */
const bankAccount: Reader = {
  fromForm: field,
  read: (raw) => {
    if (typeof raw !== 'string' || raw.length > 100) return { code: 'notAnAccount' }
    const value = toLatinDigits(clean(raw))
      .replace(/[\s\-.\u200e\u200f]/gu, '')
      .toUpperCase()
    return isIban(value) ? { value } : { code: 'notAnAccount' }
  },
  schema: () => ({ type: 'string', pattern: '^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$' }),
}

/** ISO 7064 MOD 97-10, digit by digit, so that no number grows too large. */
function isIban(value: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(value)) return false
  const digits = [...value.slice(4), ...value.slice(0, 4)].map((sign) => Number.parseInt(sign, 36)).join('')
  return [...digits].reduce((rest, digit) => (rest * 10 + Number(digit)) % 97, 0) === 1
}

const list: Reader = {
  fromForm: fields,
  read: (raw, question, context) => {
    const most = question.max === undefined ? 20 : Number(question.max)
    if (!Array.isArray(raw)) return { code: 'unreadable' }
    const given = raw.filter((item) => item !== null && item !== undefined && item !== '')
    if (given.length > most) return { code: 'tooMany', values: { max: most } }
    const least = question.min === undefined ? 1 : Number(question.min)
    if (given.length < least) return { code: given.length === 0 ? 'required' : 'tooFew', values: { min: least } }
    const type = (question.of ?? 'text') as QuestionType
    const reader = readers[type]
    if (reader === undefined || type === 'list') return { code: 'unreadable' }
    const item = { ...question, type, min: undefined, max: undefined }
    const read = given.map((one) => reader.read(one, item, context))
    return read.find((one) => 'code' in one) ?? { value: read.map((one) => ('value' in one ? one.value : null)) }
  },
  schema: (question) => ({
    type: 'array',
    maxItems: question.max === undefined ? 20 : Number(question.max),
    items:
      readers[(question.of ?? 'text') as QuestionType]?.schema({ ...question, min: undefined, max: undefined }) ?? {},
  }),
}

/** A file that was stored before; its description comes from the store, not from the sender. */
const file: Reader = {
  fromForm: ({ name }, body) => {
    const value = Object.hasOwn(body, name) ? body[name] : undefined
    return isFile(value) ? value : undefined
  },
  read: (raw, { accept, max }) => {
    if (!isFile(raw)) return { code: 'unreadable' }
    const megabytes = max === undefined ? 10 : Number(max)
    if (raw.size > megabytes * 1_000_000) return { code: 'fileTooLarge', values: { max: megabytes } }
    if (!accept.includes(raw.type)) return { code: 'fileType' }
    return { value: { id: raw.id, name: clean(raw.name).slice(0, 200), type: raw.type, size: raw.size } }
  },
  schema: ({ accept }) => ({
    type: 'object',
    required: ['id', 'name', 'type', 'size'],
    properties: {
      id: { type: 'string' },
      name: { type: 'string', maxLength: 200 },
      type: { enum: accept },
      size: { type: 'integer' },
    },
    additionalProperties: false,
  }),
}

interface FileAnswer {
  id: string
  name: string
  type: string
  size: number
}

function isFile(value: unknown): value is FileAnswer {
  if (typeof value !== 'object' || value === null) return false
  const { id, name, type, size } = value as Partial<FileAnswer>
  return (
    typeof id === 'string' &&
    id.length <= 100 &&
    typeof name === 'string' &&
    typeof type === 'string' &&
    Number.isInteger(size)
  )
}

/** One of the records that a register holds for the person. */
const record: Reader = {
  fromForm: field,
  read: (raw, { of, key, none }, { facts }) => {
    if (none && raw === 'none') return { value: 'none' }
    const records = of === undefined ? undefined : facts[of]
    if (!Array.isArray(records) || key === undefined) return { code: 'notAChoice' }
    const found = records.find(
      (one) => typeof one === 'object' && one !== null && !Array.isArray(one) && String(one[key]) === String(raw),
    )
    return found === undefined ? { code: 'notAChoice' } : { value: (found as Facts)[key] as Json }
  },
  schema: () => ({ type: ['string', 'number'], maxLength: 200 }),
}

export const readers: Partial<Record<QuestionType, Reader>> = {
  text,
  longText,
  name,
  choice,
  choices,
  yesNo,
  confirm,
  date,
  number,
  money,
  email,
  phone,
  bankAccount,
  list,
  file,
  record,
  party: partyReader({
    date: (raw, context) => date.read(raw, { max: 'today' } as Question, context),
    line: (raw) => readText(raw, { max: 40 } as Question, 40, true),
    dateFields: (name, body) => date.fromForm({ name } as Question, body),
    field: (name, body) => one(body, name),
  }),
  table: tableReader(() => readers),
}

/** The question types that are read here; what a house offers, if its faces draw them too. */
export const questionTypesRead = Object.keys(readers) as QuestionType[]

// How records are found: by keys, by likeness with a score, or by words that an officer types.
import { isDay } from '@ashlar/kernel/clock'
import { ALIKE, daysLike, scoreOf, textsOf } from './matching.ts'
import { nameLikeness, skeletonOf, wordsOf } from './names.ts'
import { FieldNotFound, NotIndexed } from './problems.ts'
import { asUuid, type Json, keyOf, type Register, soundField, soundsOf, type Values } from './register.ts'
import type { Condition, RecordRow, registryStore } from './store.ts'

/** One of the three. */
export interface Selection {
  /** Values that a record must have, at least one of them an identifier or an indexed field. */
  by?: Values
  /** Names (any script, a list of them, if there are several) and dates of somebody, by the fields that the register matches. */
  match?: Values
  /** Words as they come: parts of names in any order and script, a year or date of birth, a number. */
  search?: string
  /** How many records at most: 200 by keys, 20 otherwise, if absent. */
  limit?: number
}

export interface FoundRow extends RecordRow {
  score?: number
}

type Plan =
  | { kind: 'keys'; id?: string; conditions: Condition[]; compare: Values; limit: number }
  | { kind: 'match'; wanted: Values; days?: Days; sounds?: Sounds; limit: number }
  | { kind: 'search'; words: string; conditions: Condition[]; limit: number }

interface Days {
  field: string
  exact: string[]
  like: string[]
}

interface Sounds {
  field: string
  values: string[]
  least: number
}

const MOST_BY_KEYS = 200
const MOST_ALIKE = 20
const MOST_CANDIDATES = 1000

/** Throws NotIndexed or FieldNotFound (422) for what cannot be found; a plan never fails for what it asks. */
export function planOf(register: Register, { by, match, search, limit }: Selection): Plan {
  if (by) return keysPlan(register, by, Math.min(limit ?? MOST_BY_KEYS, MOST_BY_KEYS))
  if (match) return matchPlan(register, match, Math.min(limit ?? MOST_ALIKE, MOST_ALIKE))
  return searchPlan(register, search ?? '', Math.min(limit ?? MOST_ALIKE, MOST_ALIKE))
}

/** In words without values, for the log of data uses. */
export function filterOf({ by, match }: Selection): string {
  if (by) return `by ${Object.keys(by).join(', ')}`
  return match ? `search by ${Object.keys(match).join(', ')}` : 'search by words'
}

/** Asks all that it asks at once. */
export async function find(
  store: ReturnType<typeof registryStore>,
  register: Register,
  plan: Plan,
  now: Date,
): Promise<FoundRow[]> {
  if (plan.kind === 'keys') {
    const rows = await findByKeys(store, register, plan, now)
    return rows.filter(({ values }) => isSame(register, plan.compare, values))
  }
  if (plan.kind === 'search') {
    if (!isSome(plan.conditions)) return []
    const rows = await store.find(register.id, plan.conditions, now, plan.limit)
    return byScore(rows.map((row) => ({ ...row, score: searchScore(register, plan.words, row.values) })))
  }
  const candidates = await candidatesOf(store, register, plan, now)
  const scored = candidates.map((row) => ({ ...row, score: scoreOf(register, plan.wanted, row.values) }))
  return byScore(scored.filter(({ score }) => score >= ALIKE)).slice(0, plan.limit)
}

async function findByKeys(
  store: ReturnType<typeof registryStore>,
  register: Register,
  plan: Extract<Plan, { kind: 'keys' }>,
  now: Date,
): Promise<RecordRow[]> {
  if (plan.id !== undefined) return store.findById(register.id, plan.id, now)
  return isSome(plan.conditions) ? store.find(register.id, plan.conditions, now, plan.limit) : []
}

function isSome(conditions: Condition[]): conditions is [Condition, ...Condition[]] {
  return conditions.length > 0
}

/** Those born on the day, and then those born on days like it, so that many of the latter never hide the former. */
async function candidatesOf(
  store: ReturnType<typeof registryStore>,
  register: Register,
  { days, sounds }: Extract<Plan, { kind: 'match' }>,
  now: Date,
): Promise<RecordRow[]> {
  if (days) {
    const { field, exact, like } = days
    const [born, near] = await Promise.all([
      store.withAny(register.id, field, exact, now, MOST_CANDIDATES),
      store.withAny(register.id, field, like, now, MOST_CANDIDATES),
    ])
    return [...born, ...near]
  }
  if (!sounds) return []
  return store.withSome(register.id, sounds.field, sounds.values, sounds.least, now, MOST_CANDIDATES)
}

function keysPlan(register: Register, by: Values, limit: number): Plan {
  const isId = (field: string) => field === 'id' || field === register.ownId
  const fields = Object.keys(by).filter((field) => !isId(field))
  const unknown = fields.filter((field) => !Object.hasOwn(register.fields, field))
  if (unknown.length > 0) throw FieldNotFound(register.id, unknown)
  const indexed = fields.filter((field) => register.isIndexed(field))
  const ids = Object.keys(by).filter(isId)
  const hasId = ids.length > 0
  if (indexed.length === 0 && !hasId) throw NotIndexed(register.id, fields)
  // What is not known finds nobody; and what no record can have is not even asked.
  const isKnown = Object.values(by).every((value) => value !== null && value !== '' && typeof value !== 'object')
  const [id, ...otherIds] = ids.map((field) => asUuid(by[field]))
  if (!isKnown || (hasId && (id === undefined || otherIds.some((other) => other !== id))))
    return { kind: 'keys', conditions: [], compare: {}, limit }
  // What does not find the record is compared with it.
  const others = id === undefined ? fields.filter((field) => !indexed.includes(field)) : fields
  const compare = Object.fromEntries(others.map((field) => [field, by[field] as Json]))
  const conditions = indexed.map((field) => ({ field, value: keyFor(register, field, by[field] as Json) }))
  return { kind: 'keys', ...(id === undefined ? {} : { id }), conditions, compare, limit }
}

function keyFor(register: Register, field: string, value: Json): string {
  const key = keyOf(value, register.fields[field]?.is)
  return key.isWellFormed() && !key.includes('\0') ? key : ''
}

function isSame(register: Register, wanted: Values, values: Values): boolean {
  return Object.entries(wanted).every(([field, value]) => {
    const is = register.fields[field]?.is
    return values[field] !== undefined && keyOf(values[field] as Json, is) === keyOf(value, is)
  })
}

function matchPlan(register: Register, match: Values, limit: number): Plan {
  const unknown = Object.keys(match).filter((field) => !Object.hasOwn(register.matching, field))
  if (unknown.length > 0) throw FieldNotFound(register.id, unknown)
  const ofKind = (how: 'name' | 'date') => Object.keys(match).find((field) => register.matching[field]?.how === how)
  const [dateField, nameField] = [ofKind('date'), ofKind('name')]
  if (dateField === undefined && nameField === undefined) throw NotIndexed(register.id, Object.keys(match))

  const days = dateField === undefined ? [] : textsOf(match[dateField]).filter(isDay)
  const names = nameField === undefined ? [] : textsOf(match[nameField])
  const values = soundsOf(names)
  return {
    kind: 'match',
    wanted: match,
    limit,
    ...(dateField !== undefined && days.length > 0
      ? { days: { field: dateField, exact: days, like: days.flatMap(daysLike).filter((day) => !days.includes(day)) } }
      : {}),
    ...(nameField !== undefined && values.length > 0
      ? { sounds: { field: soundField(nameField), values, least: Math.min(2, values.length) } }
      : {}),
  }
}

const LAST = '\u{10FFFF}'

/** Every word must be found: as the beginning of a name, as a year or date of birth, or as a number. */
function searchPlan(register: Register, search: string, limit: number): Plan {
  const fields = Object.entries(register.matching)
  const nameField = fields.find(([, { how }]) => how === 'name')?.[0]
  const dateField = fields.find(([, { how }]) => how === 'date')?.[0]
  const number = register.identifiers.find((field) => register.fields[field]?.is !== 'uuid')
  const typed = search
    .slice(0, 200)
    .split(/[\s,;]+/)
    .filter((word) => word !== '')
    .slice(0, 8)
  const names: string[] = []
  const conditions = typed.flatMap((word): Condition[] => {
    if (dateField !== undefined && isDay(word)) return [{ field: dateField, value: word }]
    if (dateField !== undefined && /^(1[89]|20)\d\d$/.test(word))
      return [{ field: dateField, from: word, before: `${word}${LAST}` }]
    if (number !== undefined && /\p{Nd}/u.test(word)) return [{ field: number, value: keyFor(register, number, word) }]
    if (nameField === undefined) return []
    names.push(word)
    return wordsOf(word).map((part) => {
      const sound = skeletonOf(part)
      return { field: soundField(nameField), from: sound, before: `${sound}${LAST}` }
    })
  })
  return { kind: 'search', words: names.join(' '), conditions, limit }
}

function searchScore(register: Register, words: string, values: Values): number {
  if (words === '') return 1
  const names = Object.entries(register.matching).flatMap(([field, { how, also }]) =>
    how === 'name' ? [field, ...also].flatMap((name) => textsOf(values[name])) : [],
  )
  return Math.max(0, ...names.map((name) => nameLikeness(words, name)))
}

function byScore(rows: (FoundRow & { score: number })[]): FoundRow[] {
  return rows.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
}

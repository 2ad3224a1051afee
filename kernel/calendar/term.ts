// A term is a length of time as a law writes it: '10 working days', '30 days', '1 month', '2 hours'.
import { problem } from '../problem/index.ts'

/** '<n> working days|days|weeks|months|years|hours|minutes' (singular too), or ISO 8601 of one unit: 'P30D', 'PT2H'. */
export type Term = string

export interface ReadTerm {
  n: number
  unit: 'working day' | 'day' | 'week' | 'month' | 'year' | 'hour' | 'minute'
}

export const NotATerm = problem(
  'not-a-term',
  422,
  'That is not a term',
  (text: string) => `'${text}' is not a term; write '10 working days', '30 days', '6 weeks', '1 month' or '2 hours'.`,
)

const words = /^(\d{1,5}) +(working day|day|week|month|year|hour|minute)s?$/
const iso = /^P(?:(\d{1,5})([YMWD])|T(\d{1,5})([HM]))$/
const isoUnits = { Y: 'year', M: 'month', W: 'week', D: 'day', TH: 'hour', TM: 'minute' } as const

/** Throws NotATerm (422). */
export function readTerm(text: Term): ReadTerm {
  const term = words.exec(text.trim())
  if (term) return { n: Number(term[1]), unit: term[2] as ReadTerm['unit'] }
  const duration = iso.exec(text.trim())
  if (!duration) throw NotATerm(text)
  const unit = (duration[2] ?? `T${duration[4]}`) as keyof typeof isoUnits
  return { n: Number(duration[1] ?? duration[3]), unit: isoUnits[unit] }
}

export function isTerm(text: string): boolean {
  return words.test(text.trim()) || iso.test(text.trim())
}

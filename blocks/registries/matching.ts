// How well records fit somebody who is searched for: names in any script and dates of birth, weighed. Pure.
import { isDay } from '@ashlar/kernel/clock'
import { nameLikeness } from './names.ts'
import type { Json, Register, Values } from './register.ts'

/** Below this, records are other people's, and stay in the register. */
export const ALIKE = 0.75

/** 0 to 1: the weighed mean over the fields that were asked for; 1 only if all are the same. */
export function scoreOf(register: Register, wanted: Record<string, Json>, values: Values): number {
  let sum = 0
  let weights = 0
  for (const [field, { how, weight, also }] of Object.entries(register.matching)) {
    const asked = textsOf(wanted[field])
    if (asked.length === 0) continue
    const known = [field, ...also].flatMap((name) => textsOf(values[name]))
    const likeness = how === 'name' ? nameLikeness : dateLikeness
    sum += weight * Math.max(0, ...asked.flatMap((a) => known.map((b) => likeness(a, b))))
    weights += weight
  }
  return weights === 0 ? 0 : Math.round((sum / weights) * 1000) / 1000
}

/** Names and dates that were asked for; a value may be a list, and a list may hold lists and nothing. */
export function textsOf(value: Json | undefined): string[] {
  const texts = Array.isArray(value) ? value.flatMap(textsOf) : typeof value === 'string' && value !== '' ? [value] : []
  return texts.slice(0, 50)
}

const TURNED = 0.8
const MISTYPED = 0.7

/** The same day 1; day and month exchanged, or one part mistyped, less; another day 0. */
function dateLikeness(a: string, b: string): number {
  if (a === b) return 1
  const [x, y] = [a.split('-'), b.split('-')]
  if (x.length !== 3 || y.length !== 3) return 0
  if (x[0] === y[0] && x[1] === y[2] && x[2] === y[1]) return TURNED
  const different = [0, 1, 2].filter((i) => x[i] !== y[i])
  const part = different[0]
  return different.length === 1 && part !== undefined && oneSlip(x[part] as string, y[part] as string) ? MISTYPED : 0
}

/** One digit typed wrongly, or two neighbours exchanged. */
function oneSlip(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  const different = [...a].map((_, i) => i).filter((i) => a[i] !== b[i])
  const [i, j] = different
  if (different.length === 1) return true
  return different.length === 2 && j === (i as number) + 1 && a[i as number] === b[j] && a[j] === b[i as number]
}

/** The days for which this one is often mistaken: where more candidates are looked for. About 15. */
export function daysLike(day: string): string[] {
  const [year, month, date] = day.split('-')
  if (year?.length !== 4 || month?.length !== 2 || date?.length !== 2) return []
  const near = (part: string) => [-10, -1, 1, 10].map((by) => String(Number(part) + by).padStart(part.length, '0'))
  const days = [
    `${year}-${date}-${month}`,
    ...[...near(year), ...exchanges(year)].map((other) => `${other}-${month}-${date}`),
    ...[...near(month), ...exchanges(month)].map((other) => `${year}-${other}-${date}`),
    ...[...near(date), ...exchanges(date)].map((other) => `${year}-${month}-${other}`),
  ]
  return [...new Set(days)].filter((other) => other !== day && isDay(other))
}

function exchanges(part: string): string[] {
  return [...part].slice(1).map((_, i) => part.slice(0, i) + part[i + 1] + part[i] + part.slice(i + 2))
}

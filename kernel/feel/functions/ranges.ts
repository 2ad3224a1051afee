// Functions of ranges (DMN 1.5, table 82): points and ranges before, during, meeting and overlapping each other.

import { compare } from '../compare.ts'
import { FeelRange, type FeelValue } from '../values.ts'
import { define, on } from './define.ts'

interface Interval {
  start: FeelValue
  startIncluded: boolean
  end: FeelValue
  endIncluded: boolean
}

type Relation = (a: Interval, b: Interval) => boolean

// Only intervals whose ends can all be ordered come here.
const order = (a: FeelValue, b: FeelValue): number => compare(a, b) ?? Number.NaN

const before: Relation = (a, b) => {
  const gap = order(a.end, b.start)
  return gap < 0 || (gap === 0 && !(a.endIncluded && b.startIncluded))
}
const meets: Relation = (a, b) => a.endIncluded && b.startIncluded && order(a.end, b.start) === 0
const sameStart: Relation = (a, b) => order(a.start, b.start) === 0 && a.startIncluded === b.startIncluded
const sameEnd: Relation = (a, b) => order(a.end, b.end) === 0 && a.endIncluded === b.endIncluded

// Whether a begins at or after b's beginning, and the same for ends.
const startsWithin: Relation = (a, b) => {
  const gap = order(a.start, b.start)
  return gap > 0 || (gap === 0 && (b.startIncluded || !a.startIncluded))
}
const endsWithin: Relation = (a, b) => {
  const gap = order(a.end, b.end)
  return gap < 0 || (gap === 0 && (b.endIncluded || !a.endIncluded))
}
const during: Relation = (a, b) => startsWithin(a, b) && endsWithin(a, b)

// a begins before b and they share points.
const overlapsBefore: Relation = (a, b) => {
  const start = order(a.start, b.start)
  const beginsEarlier = start < 0 || (start === 0 && a.startIncluded && !b.startIncluded)
  const end = order(a.end, b.end)
  const endsEarlier = end < 0 || (end === 0 && (!a.endIncluded || b.endIncluded))
  return beginsEarlier && endsEarlier && !before(a, b)
}
const overlaps: Relation = (a, b) => !before(a, b) && !before(b, a)

const swapped =
  (relation: Relation): Relation =>
  (a, b) =>
    relation(b, a)

const all =
  (...relations: Relation[]): Relation =>
  (a, b) =>
    relations.every((relation) => relation(a, b))

export const rangeFunctions = define({
  before: relate(before, { points: true }),
  after: relate(swapped(before), { points: true }),
  meets: relate(meets),
  'met by': relate(swapped(meets)),
  overlaps: relate(overlaps),
  'overlaps before': relate(overlapsBefore),
  'overlaps after': relate(swapped(overlapsBefore)),
  finishes: relate(all(sameEnd, startsWithin), { pointFirst: true }),
  'finished by': relate(swapped(all(sameEnd, startsWithin)), { pointSecond: true }),
  includes: relate(swapped(during), { pointSecond: true }),
  during: relate(during, { pointFirst: true }),
  starts: relate(all(sameStart, endsWithin), { pointFirst: true }),
  'started by': relate(swapped(all(sameStart, endsWithin)), { pointSecond: true }),
  coincides: relate(all(sameStart, sameEnd), { points: true }),
})

interface Points {
  points?: boolean
  pointFirst?: boolean
  pointSecond?: boolean
}

function relate(relation: Relation, allowed: Points = {}) {
  const judge = (a: FeelValue, b: FeelValue): FeelValue => {
    const first = toInterval(a, allowed.points || allowed.pointFirst)
    const second = toInterval(b, allowed.points || allowed.pointSecond)
    if (!first || !second) return null
    const comparable = compare(first.start, second.start) !== null && compare(first.end, second.end) !== null
    return comparable ? relation(first, second) : null
  }
  const { points, pointFirst, pointSecond } = allowed
  const names: [string, string][] = [
    ['range1', 'range2'],
    ...(points ? [['point1', 'point2'] satisfies [string, string]] : []),
    ...(points || pointFirst ? [['point', 'range'] satisfies [string, string]] : []),
    ...(points || pointSecond
      ? [['range', 'point'] satisfies [string, string], ['range', 'value'] satisfies [string, string]]
      : []),
  ]
  return names.map(([a, b]) => on(`${a}: any, ${b}: any` as 'a: any, b: any', judge))
}

function toInterval(value: FeelValue, pointAllowed: boolean | undefined): Interval | null {
  if (value instanceof FeelRange) return value.operator === '!=' ? null : value
  if (!pointAllowed || value === null) return null
  return { start: value, startIncluded: true, end: value, endIncluded: true }
}

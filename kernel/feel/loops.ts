// What loops go through: lists, ranges, numbers and dates from one to another.
import { allocate, spend } from './budget.ts'
import { Frame } from './frame.ts'
import { toInteger } from './number.ts'
import { dateOfDay, dayNumber, FeelDate } from './temporal.ts'
import { type FeelList, FeelRange, type FeelValue } from './values.ts'

/** Visits each value; false when there is nothing to go through, or the visitor wants no more. */
export type Loop = (frame: Frame, visit: (value: FeelValue) => boolean) => boolean

export function walk(source: FeelValue, visit: (value: FeelValue) => boolean): boolean {
  if (source === null) return false
  if (source instanceof FeelRange) {
    if (source.operator) return false
    const low = source.startIncluded ? 0 : 1
    return count(source.start, source.end, visit, low, source.endIncluded ? 0 : 1)
  }
  for (const item of Array.isArray(source) ? source : [source]) if (!visit(item)) return false
  return true
}

// From one whole number or date to another, up or down.
export function count(
  from: FeelValue,
  to: FeelValue,
  visit: (value: FeelValue) => boolean,
  skip = 0,
  leave = 0,
): boolean {
  const dates = from instanceof FeelDate && to instanceof FeelDate
  const first = dates ? dayNumber(from) : toInteger(from)
  const last = dates ? dayNumber(to as FeelDate) : toInteger(to)
  if (first === null || last === null) return false

  const step = first <= last ? 1 : -1
  const steps = Math.abs(last - first) - leave
  for (let i = skip; i <= steps; i++) {
    spend(1)
    const value = first + i * step
    if (!visit(dates ? dateOfDay(value) : value)) return false
  }
  return true
}

// Puts a copy of the results so far where the body finds `partial`: one above the loops' own frames.
export function withPartial(frame: Frame, loops: number, results: FeelList): Frame {
  if (loops === 0) {
    allocate(results.length)
    return new Frame(frame.facts, results.slice(), frame.parent)
  }
  return new Frame(frame.facts, frame.value, withPartial(frame.parent!, loops - 1, results))
}

// Comparisons and tests, with a short way for the constants that most conditions compare with.
import { spend } from './budget.ts'
import { compare, equal, isInRange } from './compare.ts'
import type { Code } from './frame.ts'
import type { CompareOperator } from './syntax.ts'
import { FeelRange, type FeelValue } from './values.ts'

export function rangeOfTest(operator: CompareOperator, end: FeelValue): FeelRange {
  if (operator === '<' || operator === '<=') return new FeelRange(null, false, end, operator === '<=', operator)
  if (operator === '>' || operator === '>=') return new FeelRange(end, operator === '>=', null, false, operator)
  return new FeelRange(end, operator === '=', end, operator === '=', operator)
}

export const judges: Record<CompareOperator, (a: FeelValue, b: FeelValue) => boolean | null> = {
  '=': equal,
  '!=': (a, b) => {
    const same = equal(a, b)
    return same === null ? null : !same
  },
  '<': (a, b) => {
    const order = compare(a, b)
    return order === null ? null : order < 0
  },
  '<=': (a, b) => {
    const order = compare(a, b)
    return order === null ? null : order <= 0
  },
  '>': (a, b) => {
    const order = compare(a, b)
    return order === null ? null : order > 0
  },
  '>=': (a, b) => {
    const order = compare(a, b)
    return order === null ? null : order >= 0
  },
}

type Judge = (value: FeelValue) => boolean | null

/** Most conditions compare something with a constant; numbers and texts then need no look at kinds. */
export function judgeWithConstant(operator: CompareOperator, right: FeelValue): Judge {
  const judge = judges[operator]
  if (typeof right === 'number') {
    switch (operator) {
      case '=':
        return (value) => (typeof value === 'number' ? value === right : judge(value, right))
      case '<':
        return (value) => (typeof value === 'number' ? value < right : judge(value, right))
      case '<=':
        return (value) => (typeof value === 'number' ? value <= right : judge(value, right))
      case '>':
        return (value) => (typeof value === 'number' ? value > right : judge(value, right))
      case '>=':
        return (value) => (typeof value === 'number' ? value >= right : judge(value, right))
    }
  }
  if (typeof right === 'string' && operator === '=') {
    return (value) => (typeof value === 'string' ? value === right : judge(value, right))
  }
  return (value) => judge(value, right)
}

export function compareWithLiteral(left: Code, operator: CompareOperator, right: FeelValue): Code {
  const judge = judgeWithConstant(operator, right)
  return (frame) => judge(left(frame))
}

/** Whether a value lies in a constant range. */
export function rangeTest(range: FeelRange): Judge {
  const { start, end, startIncluded, endIncluded, operator } = range
  if (typeof start !== 'number' || typeof end !== 'number' || operator) return (value) => matches(value, range)
  return (value) =>
    typeof value === 'number'
      ? (value > start || (startIncluded && value === start)) && (value < end || (endIncluded && value === end))
      : matches(value, range)
}

/** Whether a value is, or lies in, what a test gave: equal to it, in the range, or among the list. */
export function matches(value: FeelValue, wanted: FeelValue): boolean | null {
  if (wanted instanceof FeelRange && !(value instanceof FeelRange)) return isInRange(value, wanted)
  const same = equal(value, wanted)
  if (same === true || !Array.isArray(wanted)) return same
  spend(wanted.length)
  return wanted.some((item) =>
    item instanceof FeelRange && !(value instanceof FeelRange)
      ? isInRange(value, item) === true
      : equal(value, item) === true,
  )
}

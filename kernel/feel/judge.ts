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

// Most conditions compare something with a constant; numbers and texts then need no look at kinds.
export function compareWithLiteral(left: Code, operator: CompareOperator, right: FeelValue): Code {
  const judge = judges[operator]
  if (typeof right === 'number') {
    switch (operator) {
      case '=':
        return (frame) => {
          const value = left(frame)
          return typeof value === 'number' ? value === right : judge(value, right)
        }
      case '<':
        return (frame) => {
          const value = left(frame)
          return typeof value === 'number' ? value < right : judge(value, right)
        }
      case '<=':
        return (frame) => {
          const value = left(frame)
          return typeof value === 'number' ? value <= right : judge(value, right)
        }
      case '>':
        return (frame) => {
          const value = left(frame)
          return typeof value === 'number' ? value > right : judge(value, right)
        }
      case '>=':
        return (frame) => {
          const value = left(frame)
          return typeof value === 'number' ? value >= right : judge(value, right)
        }
    }
  }
  if (typeof right === 'string' && operator === '=') {
    return (frame) => {
      const value = left(frame)
      return typeof value === 'string' ? value === right : judge(value, right)
    }
  }
  return (frame) => judge(left(frame), right)
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

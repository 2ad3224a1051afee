// Numeric functions (DMN 1.5, table 78).
import { isDuration, negateValue } from '../arithmetic.ts'
import { spend } from '../budget.ts'
import {
  compareNumbers,
  exact,
  type FeelNumber,
  isNumber,
  modulo,
  negate,
  type Rounding,
  round,
  settle,
} from '../number.ts'
import { type DaysTimeDuration, YearsMonthsDuration } from '../temporal.ts'
import type { FeelValue } from '../values.ts'
import { define, on } from './define.ts'

const rounding = (mode: Rounding) => on('n: number, scale: integer', (value, scale) => round(value, scale, mode))

export const numberFunctions = define({
  decimal: rounding('half even'),
  floor: [on('n: number', (value) => round(value, 0, 'floor')), rounding('floor')],
  ceiling: [on('n: number', (value) => round(value, 0, 'ceiling')), rounding('ceiling')],
  'round up': rounding('up'),
  'round down': rounding('down'),
  'round half up': rounding('half up'),
  'round half down': rounding('half down'),
  abs: on('n: any', absolute),
  modulo: on('dividend: number, divisor: number', modulo),
  sqrt: on('number: number', (value) => (isNegative(value) ? null : transcendental(() => exact(value).sqrt()))),
  log: on('number: number', (value) =>
    isNegative(value) || isZero(value) ? null : transcendental(() => exact(value).ln()),
  ),
  exp: on('number: number', (value) => transcendental(() => exact(value).exp())),
  odd: on('number: number', (value) => isOne(value)),
  even: on('number: number', (value) => isZero(modulo(value, 2))),
})

const isNegative = (value: FeelNumber): boolean => compareNumbers(value, 0) < 0
const isZero = (value: FeelNumber | null): boolean => value !== null && compareNumbers(value, 0) === 0

function isOne(value: FeelNumber): boolean {
  const rest = modulo(value, 2)
  return rest !== null && compareNumbers(rest, 1) === 0
}

function transcendental(work: () => Parameters<typeof settle>[0]): FeelNumber | null {
  spend(2000)
  return settle(work())
}

function absolute(value: FeelValue): FeelValue {
  const single = Array.isArray(value) && value.length === 1 ? value[0]! : value
  if (isNumber(single)) return isNegative(single) ? negate(single) : single
  if (!isDuration(single)) return null
  const negative = single instanceof YearsMonthsDuration ? single.months < 0 : (single as DaysTimeDuration).nanos < 0n
  return negative ? negateValue(single) : single
}

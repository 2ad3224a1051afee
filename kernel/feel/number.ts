// Exact decimal numbers as in IEEE 754 decimal128 (34 digits, half even), with a fast way for those that a double names exactly.
import { Decimal } from 'decimal.js'
import { spend } from './budget.ts'

// A JavaScript number stands for the decimal that it is written as: 0.1 is one tenth. Doubles and their shortest
// notations are in the same order and in one-to-one relation, so comparing two doubles compares the decimals. Sums and
// products take the fast way only where integers of at most 15 digits prove them exact.
export type FeelNumber = number | Decimal

export const Exact = Decimal.clone({
  precision: 34,
  rounding: Decimal.ROUND_HALF_EVEN,
  minE: -6176,
  maxE: 6144,
  toExpNeg: -9e15,
  toExpPos: 9e15,
})

const exactDigits = 1e15
const slow = 8

export const isNumber = (value: unknown): value is FeelNumber => typeof value === 'number' || value instanceof Exact

/** The value as a double where it has one, else as a decimal; null where it is beyond decimal128. */
export function settle(value: Decimal): FeelNumber | null {
  if (!value.isFinite()) return null
  if (value.isZero()) return 0
  if (value.e < -290 || value.e > 290) return value
  const digits = value.precision()
  if (digits <= 15) return value.toNumber()
  return digits === 16 && value.e === 15 && Number.isSafeInteger(value.toNumber()) ? value.toNumber() : value
}

/** Reads a numeric literal: digits, optional fraction, optional exponent. */
export function parseNumber(text: string): FeelNumber | null {
  return settle(new Exact(text).toSignificantDigits(34))
}

export const exact = (value: FeelNumber): Decimal => (typeof value === 'number' ? new Exact(value) : value)

/** The value as a whole number that is safe to count with, or null. */
export function toInteger(value: unknown): number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : null
  if (!(value instanceof Exact) || !value.isInteger()) return null
  const whole = value.toNumber()
  return Number.isSafeInteger(whole) ? whole : null
}

/** The digits without exponent, as `string(…)` gives them. */
export function formatNumber(value: FeelNumber): string {
  if (typeof value === 'number' && (Number.isInteger(value) ? Math.abs(value) < 1e21 : Math.abs(value) > 1e-6)) {
    return String(value === 0 ? 0 : value)
  }
  const number = exact(value)
  spend(slow + Math.abs(number.e))
  return number.toFixed()
}

export function compareNumbers(a: FeelNumber, b: FeelNumber): number {
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : a > b ? 1 : 0
  return exact(a).cmp(b)
}

// How many parts (thousandths, millionths) a number has, if that is a whole number which a double holds; else NaN.
function partsOf(value: number, parts: 1e3 | 1e6): number {
  const scaled = Math.round(value * parts)
  return scaled / parts === value && isShort(scaled) ? scaled : Number.NaN
}

const isShort = (value: number): boolean => value < exactDigits && value > -exactDigits

export function add(a: FeelNumber, b: FeelNumber): FeelNumber | null {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b
    if (Number.isSafeInteger(a) && Number.isSafeInteger(b) && Number.isSafeInteger(sum)) return sum
    const millionths = partsOf(a, 1e6) + partsOf(b, 1e6)
    if (isShort(millionths)) return millionths / 1e6
  }
  spend(slow)
  return settle(exact(a).plus(b))
}

export const negate = (value: FeelNumber): FeelNumber => (typeof value === 'number' ? 0 - value : value.neg())

export const subtract = (a: FeelNumber, b: FeelNumber): FeelNumber | null => add(a, negate(b))

export function multiply(a: FeelNumber, b: FeelNumber): FeelNumber | null {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b
    if (Number.isSafeInteger(a) && Number.isSafeInteger(b) && Number.isSafeInteger(product)) return product
    const millionths = partsOf(a, 1e3) * partsOf(b, 1e3)
    if (isShort(millionths)) return millionths / 1e6
  }
  spend(slow)
  return settle(exact(a).times(b))
}

export function divide(a: FeelNumber, b: FeelNumber): FeelNumber | null {
  if (typeof a === 'number' && typeof b === 'number') {
    if (b === 0) return null
    if (Number.isSafeInteger(a) && Number.isSafeInteger(b)) {
      if (a % b === 0) return a / b
      const millionths = Math.round((a / b) * 1e6)
      if (isShort(millionths * b) && millionths * b === a * 1e6) return millionths / 1e6
    }
  }
  spend(slow * 4)
  return settle(exact(a).div(b))
}

export function power(base: FeelNumber, exponent: FeelNumber): FeelNumber | null {
  if (Number.isSafeInteger(base) && Number.isSafeInteger(exponent) && (exponent as number) >= 0) {
    let product = 1
    let times = exponent as number
    for (; times > 0 && times <= 53 && Number.isSafeInteger(product); times--) product *= base as number
    if (times === 0 && Number.isSafeInteger(product)) return product
  }
  spend(slow * 200)
  return settle(exact(base).pow(exact(exponent)))
}

/** n - d * floor(n / d): the sign is the divisor's (DMN 1.5 table 78). */
export function modulo(dividend: FeelNumber, divisor: FeelNumber): FeelNumber | null {
  spend(slow * 4)
  const d = exact(divisor)
  if (d.isZero()) return null
  const n = exact(dividend)
  if (n.e - d.e > 40) return null
  const rest = n.mod(d)
  return settle(rest.isZero() || rest.isNegative() === d.isNegative() ? rest : rest.plus(d))
}

export type Rounding = 'up' | 'down' | 'half up' | 'half down' | 'half even' | 'floor' | 'ceiling'

const roundings: Record<Rounding, Decimal.Rounding> = {
  up: Decimal.ROUND_UP,
  down: Decimal.ROUND_DOWN,
  'half up': Decimal.ROUND_HALF_UP,
  'half down': Decimal.ROUND_HALF_DOWN,
  'half even': Decimal.ROUND_HALF_EVEN,
  floor: Decimal.ROUND_FLOOR,
  ceiling: Decimal.ROUND_CEIL,
}

/** Rounds to so many places after the point; a negative scale rounds tens, hundreds… */
export function round(value: FeelNumber, scale: number, rounding: Rounding): FeelNumber | null {
  if (scale < -6111 || scale > 6176) return null
  if (scale >= 0 && Number.isSafeInteger(value)) return value

  spend(slow)
  const number = exact(value)
  if (number.e + scale > 40) return value
  if (scale >= 0) return settle(number.toDecimalPlaces(scale, roundings[rounding]))

  const shifted = shift(number, scale)
  return settle(shift(shifted.toDecimalPlaces(0, roundings[rounding]), -scale))
}

// Moves the point: exact, unlike a multiplication that may round.
function shift(value: Decimal, places: number): Decimal {
  if (value.isZero()) return value
  return new Exact(`${value.toExponential().replace(/e.*/, '')}e${value.e + places}`)
}

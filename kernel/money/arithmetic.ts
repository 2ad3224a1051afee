// Counting with money: exact, in one currency, and never beyond the numbers that JavaScript holds exactly.
import { Decimal } from 'decimal.js'
import { minorDigits } from './currency.ts'
import { type Money, sameCurrency } from './money.ts'

function money(value: number, currency: string): Money {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a whole number of minor units in range`)
  return { value: value + 0, currency } // + 0 turns -0 into 0
}

function together(a: Money, b: Money): void {
  if (!sameCurrency(a, b)) throw new RangeError(`${a.currency} and ${b.currency} cannot be counted together`)
}

/** Throws RangeError for two currencies; that is a fault, for amounts of a service have one currency. */
export function add(a: Money, b: Money): Money {
  together(a, b)
  return money(a.value + b.value, a.currency)
}

export function subtract(a: Money, b: Money): Money {
  together(a, b)
  return money(a.value - b.value, a.currency)
}

/** The sum; of nothing, 0 in the currency given. */
export function sumOf(amounts: Money[], currency: string): Money {
  return amounts.reduce(add, money(0, currency))
}

/** Below, at or above 0 as a is less than, equal to or more than b. */
export function compare(a: Money, b: Money): number {
  together(a, b)
  return a.value - b.value
}

/**
 * Times a decimal factor ('0.075', 1.5), rounded half up (half a minor unit away from zero, commercial rounding).
 * The factor is taken as it is written, so 0.1 is a tenth.
 */
export function multiply(amount: Money, factor: string | number): Money {
  const product = new Decimal(amount.value).times(factor).toDecimalPlaces(0, Decimal.ROUND_HALF_UP)
  return money(product.toNumber(), amount.currency)
}

/**
 * Money from an amount in the currency's own unit, as FEEL and registers have it, rounded half up (as `multiply`). The
 * number is taken as it is written: 1.005 is half a minor unit above 1.00, although its binary form is a little less.
 */
export function moneyOf(amount: number, currency: string, digits = minorDigits(currency)): Money {
  const minor = new Decimal(amount).times(10 ** digits).toDecimalPlaces(0, Decimal.ROUND_HALF_UP)
  return money(minor.toNumber(), currency)
}

/**
 * Shares an amount out by weights, to the last minor unit: the shares sum up to the amount. What rounding leaves goes
 * to the largest remainders, of equal ones to the first.
 */
export function allocate(amount: Money, weights: number[]): Money[] {
  const total = weights.reduce((sum, weight) => sum + BigInt(weight), 0n)
  if (weights.some((weight) => weight < 0) || total === 0n)
    throw new RangeError('weights are whole numbers from 0, and one is more')
  const sign = amount.value < 0 ? -1n : 1n
  const whole = BigInt(amount.value) * sign
  const shares = weights.map((weight, index) => {
    const part = whole * BigInt(weight)
    return { index, value: part / total, rest: part % total }
  })
  let left = whole - shares.reduce((sum, share) => sum + share.value, 0n)
  for (const share of shares.toSorted((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest > b.rest ? -1 : 1))) {
    if (left === 0n) break
    share.value += 1n
    left -= 1n
  }
  return shares.map((share) => money(Number(share.value * sign), amount.currency))
}

// The door of the room `money`: amounts in minor units, counted exactly and written in any language.
export { add, allocate, compare, moneyOf, multiply, subtract, sumOf } from './arithmetic.ts'
export { type Currency, declareCurrency, minorDigits } from './currency.ts'
export { isMoney, type Money, sameCurrency } from './money.ts'
export { formatMoney, NotAnAmount, parseMoney, toDecimal } from './written.ts'

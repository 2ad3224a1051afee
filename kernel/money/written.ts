// Money as people and machines write it: '10.50', '1.234,50', '١٠٫٥٠', and the local form of a language.
import { toLatinDigits } from '../language/index.ts'
import { problem } from '../problem/index.ts'
import { minorDigits } from './currency.ts'
import type { Money } from './money.ts'

export const NotAnAmount = problem(
  'not-an-amount',
  422,
  'That is not an amount of money',
  (text: string, digits: number) =>
    `'${text.slice(0, 40)}' is not an amount; write digits with at most ${digits} decimals, such as ${(12).toFixed(digits)}.`,
)

const formats = new Map<string, Intl.NumberFormat>()

function formatOf(language: string, currency: string): Intl.NumberFormat {
  const key = `${language} ${currency}`
  let format = formats.get(key)
  if (format === undefined) {
    const digits = minorDigits(currency)
    format = new Intl.NumberFormat(language, {
      style: 'currency',
      currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    })
    formats.set(key, format)
  }
  return format
}

/** As the language writes it: '€10.50' in English, '10,50 €' in French; a decimal string, so nothing is rounded. */
export function formatMoney(money: Money, language: string): string {
  return formatOf(language, money.currency).format(toDecimal(money) as Intl.StringNumericLiteral)
}

/** The amount as a decimal in the major unit: '10.50'; the form of APIs and of ISO 20022. */
export function toDecimal({ value, currency }: Money): string {
  const digits = minorDigits(currency)
  const all = String(Math.abs(value)).padStart(digits + 1, '0')
  const written = digits === 0 ? all : `${all.slice(0, -digits)}.${all.slice(-digits)}`
  return value < 0 ? `-${written}` : written
}

interface Separators {
  decimal: string
  group: string
}

function separatorsOf(language: string | undefined): Separators {
  if (language === undefined) return { decimal: '.', group: '' }
  const parts = new Intl.NumberFormat(language, { useGrouping: 'always' }).formatToParts(12345.6)
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? ''
  return { decimal: of('decimal'), group: of('group') }
}

/**
 * Reads an amount in the major unit. Without a language only '1234.50'; with one also its separators ('1.234,50' in
 * German), spaces between groups, and digits of any script. Throws NotAnAmount (422) rather than guess.
 */
export function parseMoney(text: string, currency: string, language?: string): Money {
  const digits = minorDigits(currency)
  const { decimal, group } = separatorsOf(language)
  const plain = toLatinDigits(text.trim())
    .replace(/[\u200e\u200f\u061c]/g, '')
    .replaceAll('٬', language === undefined ? '٬' : ' ')
    .replaceAll('٫', language === undefined ? '٫' : '.')
    .replaceAll('−', '-')
  const grouped = group && group.trim() !== '' ? plain.replaceAll(group, ' ') : plain
  const written = decimal && decimal !== '٫' ? grouped.replaceAll(decimal, '.') : grouped
  const found = /^(-?)(\d{1,3}(?:[\s'’]\d{3})+|\d{1,15})(?:\.(\d+))?$/.exec(written)
  if (!found || (found[3]?.length ?? 0) > digits) throw NotAnAmount(text, digits)
  const whole = found[2]!.replace(/\D/g, '')
  if (language === undefined && whole !== found[2]) throw NotAnAmount(text, digits)
  const value = Number(whole + (found[3] ?? '').padEnd(digits, '0'))
  if (!Number.isSafeInteger(value)) throw NotAnAmount(text, digits)
  return { value: found[1] === '-' && value !== 0 ? -value : value, currency }
}

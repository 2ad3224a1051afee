// number, string, not and is (DMN 1.5, tables 72, 73 and 79).

import { allocate } from '../budget.ts'
import { identical } from '../compare.ts'
import { format } from '../format.ts'
import { parseNumber } from '../number.ts'
import type { FeelValue } from '../values.ts'
import { define, on } from './define.ts'

export const conversionFunctions = define({
  number: [
    on('from: string', (text) => toNumber(text)),
    on('from: string, grouping separator: any, decimal separator: any', toNumber),
  ],
  string: on('from: any', (value) => (value === null ? null : made(format(value)))),
  not: on('negand: any', (value) => (typeof value === 'boolean' ? !value : null)),
  is: on('value1: any, value2: any', identical),
})

function made(text: string): string {
  allocate(text.length)
  return text
}

function toNumber(text: string, grouping: FeelValue = null, decimal: FeelValue = null): FeelValue {
  if (grouping !== null && grouping !== ' ' && grouping !== ',' && grouping !== '.') return null
  if (decimal !== null && decimal !== ',' && decimal !== '.') return null
  if (grouping !== null && grouping === (decimal ?? '.')) return null

  const plain = (grouping === null ? text : text.replaceAll(grouping, '')).replace(decimal ?? '.', '.')
  return plain.length <= 10_000 && /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(plain) ? parseNumber(plain) : null
}

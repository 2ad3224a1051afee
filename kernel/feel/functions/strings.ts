// String functions (DMN 1.5, table 74). Lengths and positions count characters (code points), not UTF-16 units.
import { allocate, spend } from '../budget.ts'
import { matchesPattern, replacePattern, splitByPattern } from '../pattern/index.ts'
import type { FeelList, FeelValue } from '../values.ts'
import { define, on } from './define.ts'

export const stringFunctions = define({
  substring: on('string: string, start position: integer, length?: integer', substring),
  'string length': on('string: string', lengthOf),
  'upper case': on('string: string', (text) => made(text.toUpperCase())),
  'lower case': on('string: string', (text) => made(text.toLowerCase())),
  'substring before': on('string: string, match: string', (text, match) => {
    const at = find(text, match)
    return at < 0 ? '' : text.slice(0, at)
  }),
  'substring after': on('string: string, match: string', (text, match) => {
    const at = find(text, match)
    return at < 0 ? '' : text.slice(at + match.length)
  }),
  replace: on(
    'input: string, pattern: string, replacement: string, flags?: string',
    (text, pattern, replacement, flags) => replacePattern(text, pattern, replacement, flags ?? ''),
  ),
  contains: on('string: string, match: string', (text, match) => find(text, match) >= 0),
  'starts with': on('string: string, match: string', (text, match) => text.startsWith(match)),
  'ends with': on('string: string, match: string', (text, match) => text.endsWith(match)),
  matches: on('input: string, pattern: string, flags?: string', (text, pattern, flags) =>
    matchesPattern(text, pattern, flags ?? ''),
  ),
  split: on('string: string, delimiter: string', (text, delimiter) => splitByPattern(text, delimiter)),
  'string join': on('list: list, delimiter?: string', join),
})

function made(text: string): string {
  allocate(text.length)
  return text
}

// Two long texts of one letter make the machine's own search slow, hence the price.
function find(text: string, match: string): number {
  spend((text.length + match.length) / 16)
  return text.indexOf(match)
}

const isSurrogate = /[\ud800-\udfff]/

function lengthOf(text: string): number {
  spend(text.length / 16)
  if (!isSurrogate.test(text)) return text.length
  let length = 0
  for (const _ of text) length++
  return length
}

function substring(text: string, start: number, length: number | undefined): FeelValue {
  if (length !== undefined && length < 1) return null
  const characters = isSurrogate.test(text) ? Array.from(text) : text
  allocate(text.length)
  if (start === 0 || Math.abs(start) > characters.length) return null

  const from = start > 0 ? start - 1 : characters.length + start
  const part = characters.slice(from, length === undefined ? undefined : from + length)
  return typeof part === 'string' ? part : part.join('')
}

function join(list: FeelList, delimiter = ''): FeelValue {
  const texts: string[] = []
  for (const item of list) {
    if (item === null) continue
    if (typeof item !== 'string') return null
    allocate(item.length + delimiter.length)
    texts.push(item)
  }
  return texts.join(delimiter)
}

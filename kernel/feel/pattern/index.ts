// Regular expressions of FEEL: matches, replace and split, in XPath's notation.
import { allocate } from '../budget.ts'
import { charactersOf, type Match, type Pattern, patternOf } from './program.ts'

/** Whether a pattern occurs in a text; null where the pattern or the flags are none. */
export function matchesPattern(text: string, source: string, flags: string): boolean | null {
  const pattern = patternOf(source, flags)
  return pattern && pattern.find(charactersOf(text), 0) !== undefined
}

/** Replaces each match; null where the pattern is none, matches nothing at all, or the replacement is not one. */
export function replacePattern(text: string, source: string, replacement: string, flags: string): string | null {
  const pattern = patternOf(source, flags)
  if (!pattern || pattern.find([], 0)) return null
  const parts = flags.includes('q') ? [replacement] : partsOf(replacement, pattern.groups)
  if (!parts) return null

  const characters = charactersOf(text)
  let result = ''
  let from = 0
  for (const match of matchesOf(pattern, characters)) {
    const added =
      characters.slice(from, match[0]).join('') + parts.map((part) => textOf(part, match, characters)).join('')
    allocate(added.length)
    result += added
    from = match[1]!
  }
  return result + characters.slice(from).join('')
}

/** The texts between the matches; null where the pattern is none. */
export function splitByPattern(text: string, source: string): string[] | null {
  const pattern = patternOf(source, '')
  if (!pattern) return null

  const characters = charactersOf(text)
  const parts: string[] = []
  let from = 0
  for (const match of matchesOf(pattern, characters)) {
    const isEmpty = match[1] === match[0]
    if (isEmpty && (match[0] === 0 || match[0] === characters.length)) continue
    parts.push(characters.slice(from, match[0]).join(''))
    from = match[1]!
  }
  parts.push(characters.slice(from).join(''))
  allocate(parts.length)
  return parts
}

function* matchesOf(pattern: Pattern, characters: string[]): Generator<Match> {
  for (let at = 0; at <= characters.length; ) {
    const match = pattern.find(characters, at)
    if (!match) return
    yield match
    at = match[1]! > match[0]! ? match[1]! : match[1]! + 1
  }
}

const textOf = (part: string | number, match: Match, characters: string[]): string =>
  typeof part === 'string' ? part : characters.slice(match[part * 2] ?? 0, match[part * 2 + 1] ?? 0).join('')

// "$1" is a group, "\$" and "\\" are themselves; a group that the pattern does not have is empty.
function partsOf(replacement: string, groups: number): (string | number)[] | null {
  const parts: (string | number)[] = []
  for (let at = 0; at < replacement.length; ) {
    const character = replacement[at]!
    if (character === '\\') {
      const escaped = replacement[at + 1]
      if (escaped !== '\\' && escaped !== '$') return null
      parts.push(escaped)
      at += 2
    } else if (character === '$') {
      const digits = /^\d+/.exec(replacement.slice(at + 1, at + 4))?.[0]
      if (!digits) return null
      let index = digits
      while (index.length > 1 && Number(index) > groups) index = index.slice(0, -1)
      parts.push(Number(index) > groups ? '' : Number(index))
      at += 1 + index.length
    } else {
      parts.push(character)
      at++
    }
  }
  return parts
}

// Reads a regular expression of XPath and XML Schema (XQuery Functions and Operators 5.6.1) into a tree.
import { type CharacterSet, categorySet, escapeSet, literalSet, rangeSet } from './characters.ts'

export type Piece =
  | { kind: 'set'; set: CharacterSet }
  | { kind: 'start' | 'end' }
  | { kind: 'sequence' | 'choice'; pieces: Piece[] }
  | { kind: 'repeat'; piece: Piece; least: number; most: number; greedy: boolean }
  | { kind: 'group'; piece: Piece; index: number }
  | { kind: 'back'; index: number }

interface Flags {
  ignoreCase: boolean
  multiline: boolean
  dotAll: boolean
}

export interface ParsedPattern {
  piece: Piece
  groups: number
  backReferences: boolean
  flags: Flags
}

/** The pattern is not one of XPath's; FEEL answers null. */
export class PatternError extends Error {
  override name = 'PatternError'
}

const deepest = 100

export function parsePattern(source: string, flagText: string): ParsedPattern {
  if (/[^smixq]/.test(flagText)) throw new PatternError(`Unknown flag in "${flagText}"`)
  const flags = {
    ignoreCase: flagText.includes('i'),
    multiline: flagText.includes('m'),
    dotAll: flagText.includes('s'),
  }
  const characters = Array.from(source)
  if (flagText.includes('q')) {
    const pieces = characters.map((character): Piece => ({ kind: 'set', set: literalSet(character, flags.ignoreCase) }))
    return { piece: { kind: 'sequence', pieces }, groups: 0, backReferences: false, flags }
  }
  return new PatternParser(flagText.includes('x') ? withoutBlanks(characters) : characters, flags).parse()
}

// Flag x: white space counts only inside a character class.
function withoutBlanks(characters: string[]): string[] {
  const kept: string[] = []
  let depth = 0
  let escaped = false
  for (const character of characters) {
    if (depth === 0 && /[ \t\n\r]/.test(character)) continue
    kept.push(character)
    if (!escaped && character === '[') depth++
    if (!escaped && character === ']') depth--
    escaped = !escaped && character === '\\'
  }
  return kept
}

class PatternParser {
  private readonly characters: string[]
  private readonly flags: Flags
  private at = 0
  private depth = 0
  private groups = 0
  private readonly closed = new Set<number>()
  private backReferences = false

  constructor(characters: string[], flags: Flags) {
    this.characters = characters
    this.flags = flags
  }

  parse(): ParsedPattern {
    const piece = this.choice()
    if (this.at < this.characters.length) throw new PatternError(`Unexpected ${this.characters[this.at]}`)
    return { piece, groups: this.groups, backReferences: this.backReferences, flags: this.flags }
  }

  private get next(): string | undefined {
    return this.characters[this.at]
  }

  private accept(character: string): boolean {
    if (this.next !== character) return false
    this.at++
    return true
  }

  private take(): string {
    const character = this.characters[this.at++]
    if (character === undefined) throw new PatternError('The pattern ends too early')
    return character
  }

  private choice(): Piece {
    if (++this.depth > deepest) throw new PatternError('The pattern is nested too deeply')
    const pieces = [this.sequence()]
    while (this.accept('|')) pieces.push(this.sequence())
    this.depth--
    return pieces.length === 1 ? pieces[0]! : { kind: 'choice', pieces }
  }

  private sequence(): Piece {
    const pieces: Piece[] = []
    while (this.next !== undefined && this.next !== '|' && this.next !== ')') pieces.push(this.repeated())
    return pieces.length === 1 ? pieces[0]! : { kind: 'sequence', pieces }
  }

  private repeated(): Piece {
    const piece = this.atom()
    const bounds = this.bounds()
    if (!bounds) return piece
    const [least, most] = bounds
    if (least > most) throw new PatternError('A repetition runs backwards')
    return { kind: 'repeat', piece, least, most, greedy: !this.accept('?') }
  }

  private bounds(): [number, number] | undefined {
    if (this.accept('*')) return [0, Number.POSITIVE_INFINITY]
    if (this.accept('+')) return [1, Number.POSITIVE_INFINITY]
    if (this.accept('?')) return [0, 1]
    if (!this.accept('{')) return undefined

    const least = this.digits()
    const most = this.accept(',') ? (this.next === '}' ? Number.POSITIVE_INFINITY : this.digits()) : least
    if (!this.accept('}')) throw new PatternError('A repetition has no end')
    return [least, most]
  }

  private digits(): number {
    let text = ''
    while (/^\d$/.test(this.next ?? '') && text.length < 7) text += this.take()
    if (!text) throw new PatternError('A repetition has no number')
    return Number(text)
  }

  private atom(): Piece {
    const character = this.take()
    switch (character) {
      case '(':
        return this.group()
      case '[':
        return { kind: 'set', set: this.characterClass() }
      case '.': {
        const { dotAll } = this.flags
        return { kind: 'set', set: (other) => dotAll || (other !== '\n' && other !== '\r') }
      }
      case '^':
        return { kind: 'start' }
      case '$':
        return { kind: 'end' }
      case '\\':
        return this.escape()
    }
    if ('*+?{})]'.includes(character)) throw new PatternError(`Unexpected ${character}`)
    return { kind: 'set', set: literalSet(character, this.flags.ignoreCase) }
  }

  private group(): Piece {
    const silent = this.next === '?' && this.characters[this.at + 1] === ':'
    if (silent) this.at += 2
    const index = silent ? 0 : ++this.groups
    const piece = this.choice()
    if (!this.accept(')')) throw new PatternError('A group has no end')
    this.closed.add(index)
    return silent ? piece : { kind: 'group', piece, index }
  }

  private escape(): Piece {
    if (!/^[1-9]$/.test(this.next ?? '')) return { kind: 'set', set: this.escapedSet() }
    let index = Number(this.take())
    while (/^\d$/.test(this.next ?? '') && index * 10 + Number(this.next) <= this.groups)
      index = index * 10 + Number(this.take())
    if (!this.closed.has(index)) throw new PatternError(`There is no group ${index} before \\${index}`)
    this.backReferences = true
    return { kind: 'back', index }
  }

  private escapedSet(): CharacterSet {
    const letter = this.take()
    if (letter === 'p' || letter === 'P') {
      if (!this.accept('{')) throw new PatternError('A category has no name')
      let name = ''
      while (this.next !== '}') name += this.take()
      this.at++
      const set = categorySet(name)
      if (!set) throw new PatternError(`There is no category ${name}`)
      return letter === 'p' ? set : (character) => !set(character)
    }
    const single = this.singleEscape(letter)
    if (single !== undefined) return literalSet(single, this.flags.ignoreCase)
    const set = escapeSet(letter)
    if (!set) throw new PatternError(`There is no escape \\${letter}`)
    return set
  }

  private singleEscape(letter: string): string | undefined {
    if (letter === 'n') return '\n'
    if (letter === 'r') return '\r'
    if (letter === 't') return '\t'
    return '\\|.-^?*+{}()[]$'.includes(letter) ? letter : undefined
  }

  // [a-z-[aeiou]], [^…]: the bracket is open already.
  private characterClass(): CharacterSet {
    if (++this.depth > deepest) throw new PatternError('The pattern is nested too deeply')
    const negated = this.accept('^')
    const sets: CharacterSet[] = []
    let without: CharacterSet | undefined

    for (let first = true; first || this.next !== ']'; first = false) {
      if (this.next === '-' && this.characters[this.at + 1] === '[') {
        this.at += 2
        without = this.characterClass()
        if (!this.closes()) throw new PatternError('A subtraction ends its class')
        break
      }
      sets.push(this.classItem())
    }
    this.at++
    this.depth--
    const positive: CharacterSet = (character) => sets.some((set) => set(character))
    const base: CharacterSet = negated ? (character) => !positive(character) : positive
    return without ? (character) => base(character) && !without(character) : base
  }

  private closes(): boolean {
    return this.next === ']'
  }

  private classItem(): CharacterSet {
    const { ignoreCase } = this.flags
    let from = this.take()
    if (from === '[' || from === ']') throw new PatternError(`Unexpected ${from} in a class`)
    if (from === '\\') {
      const single = this.singleEscape(this.next ?? '')
      if (single === undefined) return this.escapedSet()
      this.at++
      from = single
    }
    const after = this.characters[this.at + 1]
    if (this.next !== '-' || after === ']' || after === '[' || after === undefined) return literalSet(from, ignoreCase)

    this.at++
    let to = this.take()
    if (to === '\\') {
      const single = this.singleEscape(this.take())
      if (single === undefined) throw new PatternError('A range ends in a class')
      to = single
    }
    if (to.codePointAt(0)! < from.codePointAt(0)!) throw new PatternError('A range runs backwards')
    return rangeSet(from, to, ignoreCase)
  }
}

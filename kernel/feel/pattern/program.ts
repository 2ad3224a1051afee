// Compiles a parsed pattern to a small program, and runs it in time linear in the text.
import { allocate, FeelLimitExceeded, spend } from '../budget.ts'
import { type CharacterSet, fold } from './characters.ts'
import { type ParsedPattern, PatternError, type Piece, parsePattern } from './parse.ts'

type Instruction =
  | { op: 'set'; set: CharacterSet }
  | { op: 'save'; slot: number }
  | { op: 'jump'; to: number }
  | { op: 'split'; first: number; second: number }
  | { op: 'start' }
  | { op: 'end' }
  | { op: 'match' }
  | { op: 'back'; index: number }

/** Offsets in characters: [from, to] of the whole, then of each group; undefined where a group took no part. */
export type Match = (number | undefined)[]

const longestProgram = 5000
const longestCompilation = 20_000
const remembered = 200
const compiled = new Map<string, Pattern | null>()

/** The pattern for a source and flags, or null where XPath does not know such a pattern. */
export function patternOf(source: string, flags: string): Pattern | null {
  const key = `${flags}/${source}`
  const known = compiled.get(key)
  if (known !== undefined) return known

  spend(source.length * 4)
  let pattern: Pattern | null
  try {
    pattern = new Pattern(parsePattern(source, flags))
  } catch (cause) {
    if (!(cause instanceof PatternError)) throw cause
    pattern = null
  }
  if (compiled.size >= remembered) compiled.delete(compiled.keys().next().value!)
  compiled.set(key, pattern)
  return pattern
}

/**
 * A pattern without back references runs as a set of threads over the text (Thompson, Pike): no text makes it slow.
 * One with back references, which no method makes linear, backtracks and pays each step from the budget of the expression.
 */
export class Pattern {
  private readonly program: Instruction[] = []
  private emitted = 0
  private readonly parsed: ParsedPattern

  constructor(parsed: ParsedPattern) {
    this.parsed = parsed
    this.emit(parsed.piece)
    this.push({ op: 'match' })
  }

  get groups(): number {
    return this.parsed.groups
  }

  private push(instruction: Instruction): number {
    if (this.program.length >= longestProgram) throw new PatternError('The pattern is too large')
    this.program.push(instruction)
    return this.program.length - 1
  }

  private emit(piece: Piece): void {
    if (++this.emitted > longestCompilation) throw new PatternError('The pattern is too large')
    switch (piece.kind) {
      case 'set':
        this.push({ op: 'set', set: piece.set })
        return
      case 'start':
      case 'end':
        this.push({ op: piece.kind })
        return
      case 'back':
        this.push({ op: 'back', index: piece.index })
        return
      case 'sequence':
        for (const part of piece.pieces) this.emit(part)
        return
      case 'group':
        this.push({ op: 'save', slot: piece.index * 2 })
        this.emit(piece.piece)
        this.push({ op: 'save', slot: piece.index * 2 + 1 })
        return
      case 'choice':
        this.emitChoice(piece.pieces)
        return
      case 'repeat':
        this.emitRepeat(piece)
    }
  }

  private emitChoice(pieces: Piece[]): void {
    const ends: number[] = []
    for (const piece of pieces.slice(0, -1)) {
      const split = this.push({ op: 'split', first: 0, second: 0 })
      this.emit(piece)
      ends.push(this.push({ op: 'jump', to: 0 }))
      this.program[split] = { op: 'split', first: split + 1, second: this.program.length }
    }
    this.emit(pieces.at(-1)!)
    for (const end of ends) this.program[end] = { op: 'jump', to: this.program.length }
  }

  private emitRepeat({ piece, least, most, greedy }: Extract<Piece, { kind: 'repeat' }>): void {
    for (let i = 0; i < least; i++) this.emit(piece)
    if (most === Number.POSITIVE_INFINITY) {
      const split = this.push({ op: 'split', first: 0, second: 0 })
      this.emit(piece)
      this.push({ op: 'jump', to: split })
      this.branch(split, greedy)
      return
    }
    const splits: number[] = []
    for (let i = least; i < most; i++) {
      splits.push(this.push({ op: 'split', first: 0, second: 0 }))
      this.emit(piece)
    }
    for (const split of splits) this.branch(split, greedy)
  }

  private branch(split: number, greedy: boolean): void {
    const [first, second] = greedy ? [split + 1, this.program.length] : [this.program.length, split + 1]
    this.program[split] = { op: 'split', first, second }
  }

  /** The leftmost match at or after a character, or undefined. */
  find(text: readonly string[], from: number): Match | undefined {
    return this.parsed.backReferences ? this.backtrack(text, from) : this.thread(text, from)
  }

  private holds(op: 'start' | 'end', text: readonly string[], at: number): boolean {
    const { multiline } = this.parsed.flags
    if (op === 'start') return at === 0 || (multiline && text[at - 1] === '\n' && at < text.length)
    return at === text.length || (multiline && text[at] === '\n')
  }

  private thread(text: readonly string[], from: number): Match | undefined {
    const { program } = this
    spend(program.length / 8)
    const seen = new Int32Array(program.length).fill(-1)
    let threads: { at: number; saved: Match }[] = []
    let found: Match | undefined

    const follow = (list: typeof threads, start: number, saved: Match, at: number) => {
      const stack: [number, Match][] = [[start, saved]]
      while (stack.length) {
        const [counter, slots] = stack.pop()!
        if (seen[counter] === at) continue
        seen[counter] = at
        const instruction = program[counter]!
        switch (instruction.op) {
          case 'jump':
            stack.push([instruction.to, slots])
            break
          case 'split':
            stack.push([instruction.second, slots], [instruction.first, slots])
            break
          case 'save': {
            const next = slots.slice()
            next[instruction.slot] = at
            stack.push([counter + 1, next])
            break
          }
          case 'start':
          case 'end':
            if (this.holds(instruction.op, text, at)) stack.push([counter + 1, slots])
            break
          default:
            list.push({ at: counter, saved: slots })
        }
      }
    }

    for (let at = from; at <= text.length; at++) {
      if (!found) follow(threads, 0, [at], at)
      if (!threads.length) {
        if (found) break
        spend(1)
        continue
      }
      spend(1 + threads.length * 2)
      const next: typeof threads = []
      // The next position's threads are marked as seen under `at + 1`.
      for (const { at: counter, saved } of threads) {
        const instruction = program[counter]!
        if (instruction.op === 'match') {
          found = saved.slice()
          found[1] = at
          break
        }
        if (instruction.op === 'set' && at < text.length && instruction.set(text[at]!))
          follow(next, counter + 1, saved, at + 1)
      }
      threads = next
    }
    return found
  }

  private backtrack(text: readonly string[], from: number): Match | undefined {
    for (let at = from; at <= text.length; at++) {
      const found = this.attempt(text, at)
      if (found) return found
    }
    return undefined
  }

  private attempt(text: readonly string[], from: number): Match | undefined {
    const stack: [number, number, Match][] = [[0, from, [from]]]
    while (stack.length) {
      spend(2)
      if (stack.length > 100_000) throw new FeelLimitExceeded('memory')
      let [counter, at, saved] = stack.pop()!
      for (let steps = 0; ; steps++) {
        // A loop round nothing never ends; a thousand instructions without a character is one.
        if (steps > longestProgram) break
        const instruction = this.program[counter]!
        if (instruction.op === 'match') {
          saved[1] = at
          return saved
        }
        if (instruction.op === 'jump') counter = instruction.to
        else if (instruction.op === 'split') {
          stack.push([instruction.second, at, saved])
          counter = instruction.first
        } else if (instruction.op === 'save') {
          saved = saved.slice()
          saved[instruction.slot] = at
          counter++
        } else if (instruction.op === 'start' || instruction.op === 'end') {
          if (!this.holds(instruction.op, text, at)) break
          counter++
        } else {
          const taken =
            instruction.op === 'set'
              ? this.takes(instruction.set, text, at)
              : this.repeats(instruction.index, saved, text, at)
          if (taken < 0) break
          if (taken > 0) steps = 0
          spend(1 + taken)
          at += taken
          counter++
        }
      }
    }
    return undefined
  }

  private takes(set: CharacterSet, text: readonly string[], at: number): number {
    return at < text.length && set(text[at]!) ? 1 : -1
  }

  private repeats(index: number, saved: Match, text: readonly string[], at: number): number {
    const from = saved[index * 2]
    const to = saved[index * 2 + 1]
    if (from === undefined || to === undefined) return 0
    const { ignoreCase } = this.parsed.flags
    for (let i = 0; i < to - from; i++) {
      const wanted = text[from + i]!
      const got = text[at + i]
      if (got === undefined || (got !== wanted && !(ignoreCase && fold(got) === fold(wanted)))) return -1
    }
    return to - from
  }
}

/** The characters (code points) of a text, as patterns count them. */
export function charactersOf(text: string): string[] {
  allocate(text.length)
  return Array.from(text)
}

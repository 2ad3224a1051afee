// Names with spaces and signs in them ("date of birth", "Pre-Tax Income"): recognised where they are in scope.
import { type Token, tokenize } from './tokens.ts'

interface Known {
  name: string
  tokens: string[]
}

/** Keywords that end a name which nobody declared. */
export const reserved = new Set(
  'and or in between instance then else return satisfies for if some every null true false function external'.split(
    ' ',
  ),
)

/** The names of more than one token that may stand at a place; plain identifiers need no list. */
export class KnownNames {
  private readonly byFirst = new Map<string, Known[]>()
  private readonly declared: Known[] = []

  constructor(names: Iterable<string> = []) {
    for (const name of names) this.declare(name)
  }

  declare(name: string): void {
    const tokens = textsOf(name)
    if (tokens.length < 2) return
    const known = { name, tokens }
    const others = this.byFirst.get(tokens[0]!) ?? []
    others.push(known)
    this.byFirst.set(tokens[0]!, others)
    this.declared.push(known)
  }

  /** How far the declarations have come, to be given to `leave` at the end of the scope. */
  enter(): number {
    return this.declared.length
  }

  leave(mark: number): void {
    while (this.declared.length > mark) {
      const known = this.declared.pop()!
      this.byFirst.get(known.tokens[0]!)!.pop()
    }
  }

  /** The longest known name that begins at a token. */
  match(tokens: Token[], at: number): Known | undefined {
    let longest: Known | undefined
    for (const known of this.byFirst.get(tokens[at]!.text) ?? []) {
      const longer = known.tokens.length > (longest?.tokens.length ?? 1)
      if (longer && known.tokens.every((text, i) => isNamePart(tokens[at + i]) && tokens[at + i]!.text === text)) {
        longest = known
      }
    }
    return longest
  }
}

function textsOf(name: string): string[] {
  try {
    return tokenize(name)
      .slice(0, -1)
      .map(({ text }) => text)
  } catch {
    return [name]
  }
}

export function isNamePart(token: Token | undefined): boolean {
  if (!token) return false
  return (
    token.kind === 'word' || token.kind === 'number' || (token.kind === 'symbol' && /^[-+*/.'’]+$/.test(token.text))
  )
}

/** The nearest of some names to a misspelt one, if any is near. */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  let best: string | undefined
  let least = Math.max(1, Math.floor(name.length / 3)) + 1
  for (const candidate of names) {
    const distance = distanceOf(name.toLowerCase(), candidate.toLowerCase(), least)
    if (distance < least) {
      least = distance
      best = candidate
    }
  }
  return best
}

// Damerau's distance with neighbouring letters swapped; gives up at `limit`.
function distanceOf(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit || a.length > 100) return limit
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(row[j - 1]! + (same ? 0 : 1), row[j]! + 1, next[j - 1]! + 1)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1)
      next[j] = cost
    }
    before = row
    row = next
  }
  return row[b.length]!
}

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

const plain = /^[A-Za-z_][A-Za-z0-9_]*$/

/** The names of more than one token that may stand at a place; plain identifiers need no list. */
export class KnownNames {
  private readonly byFirst = new Map<string, Known[]>()
  private readonly declared: Known[] = []
  /** Names that are always there; those of this one come before them. */
  private readonly outer: KnownNames | undefined

  constructor(names: Iterable<string> = [], outer?: KnownNames) {
    this.outer = outer
    for (const name of names) this.declare(name)
  }

  declare(name: string): void {
    if (plain.test(name)) return
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
    let longest = this.outer?.match(tokens, at)
    for (const known of this.byFirst.get(tokens[at]!.text) ?? []) {
      const longer = known.tokens.length >= (longest?.tokens.length ?? 2)
      if (longer && known.tokens.every((text, i) => isNamePart(tokens[at + i]) && tokens[at + i]!.text === text)) {
        longest = known
      }
    }
    return longest
  }
}

// Each compilation declares the names of the built-in functions again.
const textsOfNames = new Map<string, string[]>()

function textsOf(name: string): string[] {
  const known = textsOfNames.get(name)
  if (known) return known
  const texts = readTexts(name)
  if (textsOfNames.size >= 2000) textsOfNames.clear()
  textsOfNames.set(name, texts)
  return texts
}

function readTexts(name: string): string[] {
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

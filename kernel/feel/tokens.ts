// Cuts FEEL source into tokens (DMN 1.5, 10.3.1.2, grammar rules 22 to 37), in one pass and in linear time.
import { FeelError } from './syntax.ts'

export interface Token {
  kind: 'word' | 'number' | 'string' | 'at' | 'symbol' | 'end'
  /** As written; of strings and @-literals the content, escapes resolved. */
  text: string
  from: number
  to: number
}

const start =
  '?A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}-\\u{200D}' +
  '\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}'
// Scripts that need joiners and marks (Arabic, Devanagari) are inside the start ranges or the marks added here.
const part = `${start}0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}-\\u{2040}`

const blank = '[\\s\\u{FEFF}]+|//[^\\n]*|/\\*(?:[^*]|\\*(?!/))*\\*/'
const token = new RegExp(
  `(?<blank>${blank})|(?<word>[${start}][${part}]*)|(?<number>(?:\\d+(?:\\.\\d+)?|\\.\\d+)(?:[eE][+-]?\\d+)?)` +
    '|(?<at>@\\s*"(?:[^"\\\\]|\\\\[^])*")|(?<string>"(?:[^"\\\\]|\\\\[^])*")' +
    "|(?<symbol>\\.\\.|\\*\\*|!=|<=|>=|->|[-+*/=<>()\\[\\]{},:.;'’])",
  'uy',
)

export function tokenize(source: string): Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < source.length; ) {
    token.lastIndex = at
    const groups = token.exec(source)?.groups
    if (!groups) throw strange(source, at)

    const to = token.lastIndex
    if (!groups.blank) tokens.push(toToken(groups, at, to))
    at = to
  }
  tokens.push({ kind: 'end', text: '', from: source.length, to: source.length })
  return tokens
}

function toToken(groups: Record<string, string>, from: number, to: number): Token {
  if (groups.word) return { kind: 'word', text: groups.word, from, to }
  if (groups.number) return { kind: 'number', text: groups.number, from, to }
  if (groups.string) return { kind: 'string', text: resolveEscapes(groups.string.slice(1, -1)), from, to }
  if (groups.at) return { kind: 'at', text: resolveEscapes(groups.at.slice(groups.at.indexOf('"') + 1, -1)), from, to }
  return { kind: 'symbol', text: groups.symbol!, from, to }
}

function strange(source: string, at: number): FeelError {
  const character = String.fromCodePoint(source.codePointAt(at)!)
  if (character === '"' || character === '@')
    return new FeelError('This text has no closing "', source, at, source.length)
  if (source.startsWith('/*', at)) return new FeelError('This comment has no end', source, at, source.length)
  return new FeelError(`${character} has no meaning here`, source, at, at + character.length)
}

const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\', "'": "'" }

// Other escapes stay as they are: "\d" is the pattern \d.
function resolveEscapes(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|([\s\S]))/g, (whole, four, six, character) => {
    if (character !== undefined) return escapes[character] ?? whole
    const code = Number.parseInt(four ?? six, 16)
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

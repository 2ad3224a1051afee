// A text of the catalogue with markup in it: the message says where each part stands, in the order of its language.
import { type Html, html } from '@ashlar/ui'

/** Characters that stand in no text (Unicode, private use) mark the places while the message is formatted. */
const FIRST_MARK = 0xe000

export function phrase(format: (marks: Record<string, string>) => string, parts: Record<string, Html | string>): Html {
  const names = Object.keys(parts)
  const marks = Object.fromEntries(names.map((name, n) => [name, String.fromCodePoint(FIRST_MARK + n)]))
  const pieces = format(marks).split(/([\ue000-\ue0ff])/u)
  return html`${pieces.map((piece) => {
    const place = (piece.codePointAt(0) ?? 0) - FIRST_MARK
    const name = piece.length === 1 && place >= 0 ? names[place] : undefined
    return name === undefined ? piece : (parts[name] ?? '')
  })}`
}

// Style parts: which pieces of CSS a piece of markup needs, and their text from dist/.

import { readFileSync } from 'node:fs'
import { type StylePart, styleOrder } from './styles/order.ts'

export type { StylePart }

/** A set of parts. Equal sets are one object, so joining sets is nearly always a comparison of two references. */
export class StyleSet {
  readonly parts: readonly StylePart[]
  readonly joined = new Map<StyleSet, StyleSet>()
  text: string | undefined

  constructor(parts: readonly StylePart[]) {
    this.parts = parts
  }
}

export const noStyles = new StyleSet([])
const known = new Map<string, StyleSet>([['', noStyles]])
const rank = new Map(styleOrder.map((part, index) => [part, index]))

/** The one set that holds these parts. */
export function styleSet(parts: readonly StylePart[]): StyleSet {
  const sorted = [...new Set(parts)].sort((a, b) => (rank.get(a) as number) - (rank.get(b) as number))
  const name = sorted.join(' ')
  let set = known.get(name)
  if (set === undefined) {
    set = new StyleSet(sorted)
    known.set(name, set)
  }
  return set
}

export function joinStyles(one: StyleSet, other: StyleSet): StyleSet {
  if (one === other || other === noStyles) return one
  if (one === noStyles) return other
  let both = one.joined.get(other)
  if (both === undefined) {
    both = styleSet([...one.parts, ...other.parts])
    one.joined.set(other, both)
  }
  return both
}

/** The CSS of a set, in the order in which the parts build on one another. */
export function cssOf(set: StyleSet): string {
  set.text ??= set.parts.map(partCss).join('')
  return set.text
}

const texts = new Map<StylePart, string>()

function partCss(part: StylePart): string {
  let text = texts.get(part)
  if (text === undefined) {
    text = readFileSync(new URL(`./dist/${part}.css`, import.meta.url), 'utf8').trim()
    texts.set(part, text)
  }
  return text
}

// The html template tag: escapes by default, knows where a value stands, and carries the style parts a page needs.

import { joinStyles, noStyles, type StylePart, type StyleSet, styleSet } from './styles.ts'

/** Markup that is safe to send, with the style parts it needs. Only this file makes one. */
export class Html {
  readonly markup: string
  readonly styles: StyleSet

  constructor(markup: string, styles: StyleSet) {
    this.markup = markup
    this.styles = styles
  }

  toString(): string {
    return this.markup
  }
}

/** Attributes of one element, already escaped: ` id="a" disabled`. */
export class Attributes {
  readonly markup: string

  constructor(markup: string) {
    this.markup = markup
  }
}

/** Words of a person or of the message catalogue: a string is escaped, Html stays as it is. */
export type Text = string | Html

export type Value = Text | number | Attributes | null | undefined | false | readonly Value[]
export type AttributeValue = string | number | boolean | null | undefined
export type AttributeRecord = Readonly<Record<string, AttributeValue>>
export type HtmlTag = (strings: TemplateStringsArray, ...values: Value[]) => Html

/** Where a value stands in a template: it decides how the value is escaped and which values are refused. */
type Place = 'text' | 'quoted' | 'address' | 'tag' | 'heading'

interface Shape {
  strings: readonly string[]
  places: readonly Place[]
}

const addressAttributes = new Set(['href', 'src', 'action', 'formaction', 'poster', 'cite', 'data'])
const shapes = new WeakMap<TemplateStringsArray, Shape>()

export const nothing = new Html('', noStyles)

/** Makes the tag of a component: everything it renders brings the named style parts along. */
export function styled(...parts: StylePart[]): HtmlTag {
  const own = styleSet(parts)
  return (strings, ...values) => render(strings, values, own)
}

/** For markup without a component of its own: a page's headings, paragraphs and lists. */
export const html: HtmlTag = styled()

/** The only way to markup that is not escaped. Give it nothing that a person or another system wrote. */
export function trustedHtml(markup: string, ...parts: StylePart[]): Html {
  return new Html(markup, styleSet(parts))
}

/** A name or another text of unknown script: keeps its own direction and does not disturb its neighbours. */
export function isolate(text: string | number): Html {
  return new Html(`<bdi>${escapeHtml(String(text))}</bdi>`, noStyles)
}

/** Html of several values, in the order given, with a separator between them. */
export function join(values: readonly Value[], separator: Value = ''): Html {
  return html`${values.filter((value) => value !== undefined && value !== null && value !== false && value !== '').flatMap((value, index) => (index === 0 ? [value] : [separator, value]))}`
}

/** Class names with the empty ones left out. */
export function classes(...names: (string | false | null | undefined)[]): string {
  let all = ''
  for (const name of names) if (name) all += all === '' ? name : ` ${name}`
  return all
}

/**
 * Attributes for the inside of a tag: html`<a${attributes({ href, class: name })}>`.
 * false, null and undefined are left out; true stands without a value. Handlers (`onclick`), `style` and `srcdoc` are
 * refused: the content security policy would not run them.
 */
export function attributes(...records: (AttributeRecord | undefined)[]): Attributes {
  let markup = ''
  for (const record of records) {
    if (record === undefined) continue
    for (const name in record) {
      const value = record[name]
      if (value === undefined || value === null || value === false) continue
      if (!isAttributeName(name)) throw new Error(`The attribute ${JSON.stringify(name)} is not allowed in markup.`)
      if (value === true) markup += ` ${name}`
      else
        markup += ` ${name}="${escapeHtml(addressAttributes.has(name) ? safeAddress(String(value)) : String(value))}"`
    }
  }
  return new Attributes(markup)
}

const special = /[&<>"']/
const specials = /[&<>"']/g
const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

export function escapeHtml(text: string): string {
  return special.test(text) ? text.replace(specials, (character) => entities[character] as string) : text
}

/** An address that runs nothing: `javascript:` and its relatives become `#`. */
export function safeAddress(address: string): string {
  if (!address.includes(':')) return address
  // Browsers ignore control characters and blanks before and inside a scheme.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what we look for
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(address.replace(/[\u0000-\u0020\u007f-\u009f\u200b-\u200f\ufeff]/g, ''))
  if (scheme === null || /^(https?|mailto|tel|sms)$/i.test(scheme[1] as string)) return address
  return /^data:image\/(png|svg\+xml|webp|jpeg|gif)[;,]/i.test(address) ? address : '#'
}

const attributeNames = new Map<string, boolean>()

function isAttributeName(name: string): boolean {
  let allowed = attributeNames.get(name)
  if (allowed === undefined) {
    allowed = /^[a-z_][\w:.-]*$/i.test(name) && !/^(on|style$|srcdoc$)/i.test(name)
    if (attributeNames.size < 1000) attributeNames.set(name, allowed)
  }
  return allowed
}

function render(template: TemplateStringsArray, values: readonly Value[], own: StyleSet): Html {
  let shape = shapes.get(template)
  if (shape === undefined) {
    shape = shapeOf(template)
    shapes.set(template, shape)
  }
  const { strings, places } = shape
  let markup = strings[0] as string
  let styles = own
  for (let index = 0; index < values.length; index++) {
    const value = values[index]
    const place = places[index]
    if (place === 'text') {
      if (typeof value === 'string') markup += escapeHtml(value)
      else if (value instanceof Html) {
        markup += value.markup
        styles = joinStyles(styles, value.styles)
      } else if (Array.isArray(value)) {
        const inside = textOf(value)
        markup += inside.markup
        styles = joinStyles(styles, inside.styles)
      } else markup += plainText(value as Value)
    } else markup += insideTag(value, place as Place)
    markup += strings[index + 1] as string
  }
  return new Html(markup, styles)
}

function textOf(values: readonly Value[]): Html {
  let markup = ''
  let styles = noStyles
  for (const value of values) {
    const part = value instanceof Html ? value : Array.isArray(value) ? textOf(value) : undefined
    if (part === undefined) markup += plainText(value)
    else {
      markup += part.markup
      styles = joinStyles(styles, part.styles)
    }
  }
  return new Html(markup, styles)
}

function plainText(value: Value): string {
  if (value === undefined || value === null || value === false) return ''
  if (typeof value === 'string') return escapeHtml(value)
  if (typeof value === 'number') return String(value)
  throw new Error(`A ${value instanceof Attributes ? 'list of attributes' : typeof value} cannot stand in text.`)
}

function insideTag(value: Value, place: Place): string {
  if (place === 'tag') {
    if (value instanceof Attributes) return value.markup
    if (value === undefined || value === null || value === false || value === '') return ''
    throw new Error('Inside a tag only attributes(…) may stand.')
  }
  if (place === 'heading') {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 6) return String(value)
    throw new Error('A heading has a level from 1 to 6.')
  }
  if (value instanceof Html || value instanceof Attributes || Array.isArray(value))
    throw new Error('Inside an attribute only plain text may stand.')
  const text = value === undefined || value === null || value === false ? '' : String(value)
  return escapeHtml(place === 'address' ? safeAddress(text) : text)
}

/**
 * Reads a template once: where each value stands, and its text with the indentation taken out. A line break between
 * two tags or values is no blank; one beside a word is.
 */
function shapeOf(template: TemplateStringsArray): Shape {
  const strings = template.map((text) =>
    text.replace(/\s*\n\s*/g, (gap, at: number) => {
      const before = text[at - 1] ?? '>'
      const after = text[at + gap.length] ?? '<'
      return after === '>' || (before === '>' && after === '<') ? '' : ' '
    }),
  )
  const places: Place[] = []
  let state: 'text' | 'tag' | '"' | "'" = 'text'
  let attribute = ''
  for (let index = 0; index < strings.length; index++) {
    const text = strings[index] as string
    for (let at = 0; at < text.length; at++) {
      const character = text[at] as string
      if (state === 'text') {
        if (character !== '<') continue
        if (/^<(script|style|!--)/i.test(text.slice(at, at + 8)))
          throw new Error(`A template may not hold ${text.slice(at, at + 8)}.`)
        state = 'tag'
      } else if (state === 'tag') {
        if (character === '>') state = 'text'
        else if (character === '"' || character === "'") {
          state = character
          attribute = /([\w:.-]+)=$/.exec(text.slice(0, at))?.[1]?.toLowerCase() ?? ''
          if (/^(on|style$|srcdoc$)/.test(attribute))
            throw new Error(`A template may not hold the attribute ${attribute}.`)
        }
      } else if (character === state) state = 'tag'
    }
    if (index === strings.length - 1) break
    if (state === 'text') places.push('text')
    else if (state === 'tag') {
      if (/<\/?h$/.test(text)) places.push('heading')
      else if (/=$/.test(text)) throw new Error(`An attribute's value needs quotes: …${text.slice(-40)}`)
      else if (/<\/?$/.test(text)) throw new Error('The name of a tag may not be a value.')
      else places.push('tag')
    } else if (addressAttributes.has(attribute) && text.endsWith(state)) places.push('address')
    else places.push('quoted')
  }
  if (state !== 'text') throw new Error(`A template ends within a tag: …${(strings.at(-1) as string).slice(-40)}`)
  return { strings, places }
}

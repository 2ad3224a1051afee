// Reads XML 1.0 with namespaces into a tree. What could expand, fetch or nest without end is refused, not resolved.

export interface XmlElement {
  /** Without prefix. */
  name: string
  /** The URI of its namespace; '' where it has none. */
  namespace: string
  /** By local name, those with a prefix by `{uri}name`. */
  attributes: Record<string, string>
  children: XmlElement[]
  /** Its own characters, those of CDATA too; not those of its children. */
  text: string
  /** From 1. */
  line: number
  /** What a prefix stands for here: for QNames in attributes and texts. */
  namespaceOf(prefix: string): string | undefined
}

export interface XmlLimits {
  characters: number
  elements: number
  depth: number
}

const defaultLimits: XmlLimits = { characters: 20_000_000, elements: 500_000, depth: 200 }

/** The text is no well-formed XML, or uses what is refused. */
export class XmlError extends Error {
  override name = 'XmlError'
  readonly line: number

  constructor(message: string, line: number) {
    super(`${message} (line ${line})`)
    this.line = line
  }
}

/** The root element. Throws XmlError. */
export function readXml(text: string, limits: Partial<XmlLimits> = {}): XmlElement {
  return new Reader(text, { ...defaultLimits, ...limits }).document()
}

/** Those of its children that have this name, in any namespace. */
export const childrenOf = (element: XmlElement | undefined, name: string): XmlElement[] =>
  element?.children.filter((child) => child.name === name) ?? []

export const childOf = (element: XmlElement | undefined, name: string): XmlElement | undefined =>
  element?.children.find((child) => child.name === name)

const nameStart = String.raw`[\p{L}_]`
const nameRest = String.raw`[\p{L}\p{M}\p{N}_.·-]`
const qualifiedName = new RegExp(`(?:(${nameStart}${nameRest}*):)?(${nameStart}${nameRest}*)`, 'uy')
const space = /[ \t\r\n]*/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 section 2.2 forbids just these.
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/

const xmlNamespace = 'http://www.w3.org/XML/1998/namespace'
const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

type Namespaces = ReadonlyMap<string, string>

interface Open {
  element: XmlElement
  tag: string
  namespaces: Namespaces
  texts: string[]
}

interface Attribute {
  prefix: string | undefined
  name: string
  value: string
}

class Reader {
  private readonly source: string
  private readonly limits: XmlLimits
  private at = 0
  private elements = 0
  private line = 1
  private counted = 0
  private nextLine: number

  constructor(source: string, limits: XmlLimits) {
    if (source.length > limits.characters) throw new XmlError(`More than ${limits.characters} characters`, 1)
    this.source = source.startsWith('\ufeff') ? source.slice(1) : source
    this.nextLine = this.source.indexOf('\n')
    this.limits = limits
    const wrong = forbidden.exec(this.source)
    if (wrong) throw this.error('A character that XML does not allow', wrong.index)
  }

  document(): XmlElement {
    const stack: Open[] = []
    let root: XmlElement | undefined
    while (this.at < this.source.length) {
      const next = this.source.indexOf('<', this.at)
      this.characters(stack.at(-1), next < 0 ? this.source.length : next)
      if (next < 0) break
      if (this.skipped(stack.at(-1))) continue
      if (this.source.startsWith('</', this.at)) {
        this.close(stack)
        continue
      }
      if (root && !stack.length) throw this.error('There is more than one root element')
      const element = this.open(stack)
      root ??= element
    }
    if (stack.length) throw this.error(`The element ${stack.at(-1)!.tag} is not closed`)
    if (!root) throw this.error('There is no element')
    return root
  }

  private error(message: string, at = this.at): XmlError {
    return new XmlError(message, this.lineOf(at))
  }

  // Where lines end is counted on as the reader goes on; asked for what lies before, it counts anew.
  private lineOf(at: number): number {
    if (at < this.counted) [this.line, this.counted, this.nextLine] = [1, 0, this.source.indexOf('\n')]
    while (this.nextLine >= 0 && this.nextLine < at) {
      this.line++
      this.nextLine = this.source.indexOf('\n', this.nextLine + 1)
    }
    this.counted = at
    return this.line
  }

  private characters(open: Open | undefined, to: number): void {
    if (to === this.at) return
    const text = this.source.slice(this.at, to)
    if (open) open.texts.push(this.decoded(text.replace(/\r\n?/g, '\n')))
    else if (/[^ \t\r\n]/.test(text)) throw this.error('There is text outside of the root element')
    this.at = to
  }

  // Comments, processing instructions and CDATA; what declares anything is refused.
  private skipped(open: Open | undefined): boolean {
    if (this.source.startsWith('<!--', this.at)) return this.skipTo('-->') !== undefined
    if (this.source.startsWith('<?', this.at)) return this.skipTo('?>') !== undefined
    if (!this.source.startsWith('<!', this.at)) return false
    if (!open || !this.source.startsWith('<![CDATA[', this.at)) {
      throw this.error('A DTD and entities of its own are refused')
    }
    open.texts.push(this.skipTo(']]>').slice(9).replace(/\r\n?/g, '\n'))
    return true
  }

  private skipTo(end: string): string {
    const from = this.at
    const to = this.source.indexOf(end, from)
    if (to < 0) throw this.error(`${end} is missing`)
    this.at = to + end.length
    return this.source.slice(from, to)
  }

  private decoded(text: string): string {
    if (!text.includes('&')) return text
    return text.replace(/&([^;&\s]{0,32});|&/g, (_, name: string | undefined) => {
      const number = /^#(?:(\d{1,7})|x([\da-fA-F]{1,6}))$/.exec(name ?? '')
      const code = number ? Number.parseInt(number[1] ?? number[2]!, number[1] ? 10 : 16) : 0
      const isSurrogate = code >= 0xd800 && code <= 0xdfff
      const character = code > 0 && code <= 0x10ffff && !isSurrogate ? String.fromCodePoint(code) : undefined
      const value = number ? character : Object.hasOwn(entities, name ?? '') ? entities[name!] : undefined
      if (value === undefined || forbidden.test(value)) throw this.error(`&${name ?? ''} is no entity of XML`)
      return value
    })
  }

  private open(stack: Open[]): XmlElement {
    const from = this.at
    this.at++
    const { prefix, name, tag } = this.name('the name of an element')
    const { attributes, empty } = this.attributes()
    const outer: Namespaces = stack.at(-1)?.namespaces ?? new Map([['xml', xmlNamespace]])
    const namespaces = declared(attributes, outer)
    if (++this.elements > this.limits.elements) throw this.error(`More than ${this.limits.elements} elements`)
    if (stack.length >= this.limits.depth) throw this.error(`Elements are more than ${this.limits.depth} deep`)

    const element: XmlElement = {
      name,
      namespace: this.resolve(prefix ?? '', namespaces),
      attributes: this.named(attributes, namespaces),
      children: [],
      text: '',
      line: this.lineOf(from),
      namespaceOf: (wanted) => namespaces.get(wanted),
    }
    stack.at(-1)?.element.children.push(element)
    if (!empty) stack.push({ element, tag, namespaces, texts: [] })
    return element
  }

  private close(stack: Open[]): void {
    this.at += 2
    const { tag } = this.name('the name of an element')
    this.skipSpace()
    const open = stack.pop()
    if (open?.tag !== tag) throw this.error(`The element ${open?.tag ?? '(none)'} is closed as ${tag}`)
    if (this.source[this.at] !== '>') throw this.error('> is missing')
    this.at++
    open.element.text = open.texts.join('')
  }

  private attributes(): { attributes: Attribute[]; empty: boolean } {
    const attributes: Attribute[] = []
    for (;;) {
      const spaced = this.skipSpace()
      const empty = this.source.startsWith('/>', this.at)
      if (empty || this.source[this.at] === '>') {
        this.at += empty ? 2 : 1
        return { attributes, empty }
      }
      if (!spaced) throw this.error('A space, > or /> is missing')
      const { prefix, name } = this.name('the name of an attribute')
      this.skipSpace()
      if (this.source[this.at++] !== '=') throw this.error(`The attribute ${name} has no value`)
      this.skipSpace()
      attributes.push({ prefix, name, value: this.value(name) })
    }
  }

  private value(name: string): string {
    const quote = this.source[this.at]
    if (quote !== '"' && quote !== "'") throw this.error(`The value of ${name} is not quoted`)
    this.at++
    const to = this.source.indexOf(quote, this.at)
    if (to < 0) throw this.error(`The value of ${name} does not end`)
    const text = this.source.slice(this.at, to)
    if (text.includes('<')) throw this.error(`The value of ${name} holds <`)
    const value = this.decoded(text.replace(/\r\n|[\t\r\n]/g, ' '))
    this.at = to + 1
    return value
  }

  private named(attributes: Attribute[], namespaces: Namespaces): Record<string, string> {
    const byName: Record<string, string> = Object.create(null)
    for (const { prefix, name, value } of attributes) {
      if (prefix === 'xmlns' || (prefix === undefined && name === 'xmlns')) continue
      const key = prefix === undefined ? name : `{${this.resolve(prefix, namespaces)}}${name}`
      if (key in byName) throw this.error(`The attribute ${name} stands twice`)
      byName[key] = value
    }
    return byName
  }

  private resolve(prefix: string, namespaces: Namespaces): string {
    const namespace = namespaces.get(prefix)
    if (namespace === undefined && prefix !== '') throw this.error(`The prefix ${prefix} is not declared`)
    return namespace ?? ''
  }

  private name(what: string): { prefix: string | undefined; name: string; tag: string } {
    qualifiedName.lastIndex = this.at
    const found = qualifiedName.exec(this.source)
    if (!found) throw this.error(`${what} is missing`)
    this.at = qualifiedName.lastIndex
    return { prefix: found[1], name: found[2]!, tag: found[0] }
  }

  private skipSpace(): boolean {
    const from = this.at
    space.lastIndex = from
    space.exec(this.source)
    this.at = space.lastIndex
    return this.at > from
  }
}

function declared(attributes: Attribute[], outer: Namespaces): Namespaces {
  const own = attributes.filter(({ prefix, name }) => prefix === 'xmlns' || (prefix === undefined && name === 'xmlns'))
  if (!own.length) return outer
  return new Map([...outer, ...own.map(({ prefix, name, value }): [string, string] => [prefix ? name : '', value])])
}

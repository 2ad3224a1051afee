// Reads the CSS that Sass writes into nested rules, and prints it small again. Used only when styles are built.

export interface Declaration {
  name: string
  value: string
}

/** A rule (`.a{…}`) with declarations, or an at-rule (`@media …`) with nodes inside. */
export type CssNode =
  | { kind: 'rule'; selectors: string[]; declarations: Declaration[] }
  | { kind: 'at'; prelude: string; nodes: CssNode[] }

export function parseCss(source: string): CssNode[] {
  const text = source.replace(/^\uFEFF/, '').replace(/@charset "[^"]*";/, '')
  let at = 0

  // Reads up to one of the stop characters that stands outside quotes and brackets; comments are dropped.
  function until(stops: string): string {
    let read = ''
    let depth = 0
    let quote = ''
    while (at < text.length) {
      const character = text[at] as string
      if (quote === '' && text.startsWith('/*', at)) {
        at = text.indexOf('*/', at) + 2
        continue
      }
      if (quote === '' && depth === 0 && stops.includes(character)) return read
      if (character === '\\') read += text[at++]
      else if (quote !== '') quote = character === quote ? '' : quote
      else if (character === '"' || character === "'") quote = character
      else if (character === '(') depth++
      else if (character === ')') depth--
      read += text[at++] ?? ''
    }
    return read
  }

  function nodes(): CssNode[] {
    const found: CssNode[] = []
    while (at < text.length) {
      const head = until('{};').trim()
      const stop = text[at++]
      if (stop === '}' || stop === undefined) {
        if (head !== '') throw new Error(`Unexpected CSS: ${head.slice(0, 60)}`)
        return found
      }
      if (stop === ';') throw new Error(`A statement that is not expected here: ${head.slice(0, 60)}`)
      if (head.startsWith('@') && !head.startsWith('@page')) found.push({ kind: 'at', prelude: head, nodes: nodes() })
      else found.push({ kind: 'rule', selectors: split(head, ','), declarations: declarations() })
    }
    return found
  }

  function declarations(): Declaration[] {
    const found: Declaration[] = []
    for (;;) {
      const line = until(';}').trim()
      const stop = text[at++]
      if (line !== '') {
        const colon = line.indexOf(':')
        found.push({ name: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() })
      }
      if (stop !== ';') return found
    }
  }

  return nodes()
}

/** Splits at a character outside brackets and quotes. */
export function split(text: string, separator: ',' | ' '): string[] {
  const parts: string[] = []
  let part = ''
  let depth = 0
  for (const character of text) {
    if (character === '(' || character === '[') depth++
    if (character === ')' || character === ']') depth--
    if (depth === 0 && (separator === ',' ? character === ',' : /\s/.test(character))) {
      if (part.trim() !== '') parts.push(part.trim())
      part = ''
    } else part += character
  }
  if (part.trim() !== '') parts.push(part.trim())
  return parts
}

export function printCss(nodes: readonly CssNode[]): string {
  return nodes
    .map((node) =>
      node.kind === 'at'
        ? `${node.prelude.replace(/\s+/g, ' ').replace(/\s*([:,])\s*/g, '$1')}{${printCss(node.nodes)}}`
        : `${node.selectors.map(smallSelector).join(',')}{${node.declarations.map(({ name, value }) => `${name}:${smallValue(value)}`).join(';')}}`,
    )
    .join('')
}

function smallSelector(selector: string): string {
  return selector
    .replace(/\s+/g, ' ')
    .replace(/\s*([>+~])\s*/g, '$1')
    .replace(/::(before|after)\b/g, ':$1')
}

function smallValue(value: string): string {
  if (/["']|url\(/.test(value)) return value.replace(/\s+/g, ' ')
  return value
    .replace(/\s+/g, ' ')
    .replace(/,\s+/g, ',')
    .replace(/(\d\.\d{4})\d+/g, '$1')
    .replace(/(^|[\s,(-])0\.(\d)/g, '$1.$2')
    .replace(/(^|[\s,])0px\b/g, '$10')
    .replace(/#([0-9a-f])\1([0-9a-f])\2([0-9a-f])\3\b/gi, '#$1$2$3')
    .replace(/\s*!important/, '!important')
}

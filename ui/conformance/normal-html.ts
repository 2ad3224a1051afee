// HTML in one written form, so that two pieces of markup that mean the same are the same string. For tests.

const inline = new Set(['a', 'b', 'bdi', 'em', 'span', 'strong'])
const empty = new Set(['br', 'hr', 'img', 'input', 'link', 'meta'])
const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0', ctdot: '⋯' }

type Token = { kind: 'text'; text: string } | { kind: 'open' | 'close'; name: string; text: string }

/**
 * One token a line: tags with their attributes in alphabetical order, classes too, texts with single blanks. A blank
 * counts only between words on one line: at the edge of a block it is dropped, at the edge of a link or span it is
 * moved outside.
 */
export function normalHtml(source: string): string {
  const tokens = blanksOutside(tokensOf(source))
  const lines: string[] = []
  let line = ''
  let atEdge = true
  const end = () => {
    if (line.trim() !== '') lines.push(line.trim())
    line = ''
  }
  for (const token of tokens) {
    if (token.kind === 'text') {
      const text = atEdge || line.endsWith(' ') ? token.text.replace(/^ /, '') : token.text
      line += text
      if (text !== '') atEdge = false
    } else if (inline.has(token.name)) line += token.text
    else {
      end()
      lines.push(token.text)
      atEdge = true
    }
  }
  end()
  return lines.join('\n')
}

function tokensOf(source: string): Token[] {
  const tokens: Token[] = []
  const pattern =
    /<!--[\s\S]*?-->|<(\/?)([a-z][a-z0-9-]*)((?:\s+[^\s=>/]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+))?|\s+|\/)*)>|([^<]+|<)/gi
  let preformatted = false
  for (const [, slash, tag, rest, text] of source.matchAll(pattern)) {
    if (text !== undefined)
      tokens.push({
        kind: 'text',
        text: preformatted ? `⟦${decode(text)}⟧` : decode(text).replace(/[ \t\r\n\f]+/g, ' '),
      })
    else if (tag !== undefined) {
      const name = tag.toLowerCase()
      if (name === 'textarea' || name === 'pre') preformatted = slash === ''
      if (slash === '/') {
        if (!empty.has(name)) tokens.push({ kind: 'close', name, text: `</${name}>` })
      } else {
        tokens.push({ kind: 'open', name, text: `<${name}${attributesOf(rest ?? '')}>` })
        if (/\/$/.test((rest ?? '').trim()) && !empty.has(name))
          tokens.push({ kind: 'close', name, text: `</${name}>` })
      }
    }
  }
  return tokens
}

function attributesOf(source: string): string {
  const found: string[] = []
  for (const [, name, double, single, bare] of source.matchAll(
    /([^\s=>/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?/g,
  )) {
    let value = decode(double ?? single ?? bare ?? '')
    if (name === 'class') value = value.split(/\s+/).filter(Boolean).sort().join(' ')
    found.push(value === '' && name === 'class' ? '' : ` ${name?.toLowerCase()}="${value}"`)
  }
  return found.sort().join('')
}

function decode(text: string): string {
  return text.replace(/&(#x?[0-9a-f]+|[a-z]+);/gi, (whole, code: string) =>
    code.startsWith('#')
      ? String.fromCodePoint(code[1] === 'x' ? Number.parseInt(code.slice(2), 16) : Number(code.slice(1)))
      : (named[code] ?? whole),
  )
}

/** Moves blanks at the edges of links and spans outside: `<b> a </b>` becomes ` <b>a</b> `. */
function blanksOutside(tokens: Token[]): Token[] {
  const moved = tokens.filter((token) => token.kind !== 'text' || token.text !== '')
  for (let changed = true; changed; ) {
    changed = false
    for (let index = 0; index + 1 < moved.length; index++) {
      const [one, two] = [moved[index] as Token, moved[index + 1] as Token]
      const isOpen = one.kind === 'open' && inline.has(one.name)
      const isClose = two.kind === 'close' && inline.has(two.name)
      if (isOpen && two.kind === 'text' && /^ /.test(two.text)) {
        moved.splice(
          index,
          2,
          { kind: 'text', text: ' ' },
          one,
          ...(two.text === ' ' ? [] : [{ ...two, text: two.text.slice(1) }]),
        )
        changed = true
      } else if (isClose && one.kind === 'text' && / $/.test(one.text)) {
        moved.splice(index, 2, ...(one.text === ' ' ? [] : [{ ...one, text: one.text.slice(0, -1) }]), two, {
          kind: 'text',
          text: ' ',
        })
        changed = true
      }
    }
  }
  return moved
}

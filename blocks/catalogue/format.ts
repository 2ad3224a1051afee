// The canonical form of a YAML file: one way to write it, comments kept; formatting twice changes nothing.
import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'

/** Columns of a line. */
const width = 120
/** Columns of an indent. */
const step = 2

/**
 * Never changes what a file means; if it would, the file comes back as it is. Throws nothing: a file that is no YAML, or that uses what is refused here (anchors, tags), comes back as it is; `check`
 * says what is wrong with it. A map or list that was written on one line stays there while it fits.
 */
export function formatFile(source: string): string {
  const text = source.replaceAll('\r\n', '\n').replace(/^\uFEFF/, '')
  const document = parse(text)
  const formatted = formatDocument(document, source)
  return formatted === source || isSame(document, parse(formatted)) ? formatted : source
}

const parse = (text: string): Document => parseDocument(text, { schema: 'failsafe', keepSourceTokens: false })

function isSame(before: Document, after: Document): boolean {
  return after.errors.length === 0 && JSON.stringify(before.toJS()) === JSON.stringify(after.toJS())
}

/** The same of a document that was read by the failsafe schema from `source`. */
export function formatDocument(document: Document, source: string): string {
  const isPlainDocument = !source.startsWith('%') && !document.directives?.docStart && !hasForeign(document.contents)
  if (document.errors.length > 0 || !isPlainDocument) return source

  const lines: string[] = []
  if (document.commentBefore) lines.push(...commentLines(document.commentBefore, 0), '')
  if (document.contents !== null) lines.push(...block(document.contents, 0))
  if (document.comment) lines.push('', ...commentLines(document.comment, 0))
  while (lines.at(-1) === '') lines.pop()
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

/** Anchors, tags and keys that are no texts. */
function hasForeign(contents: Node | null): boolean {
  let foreign = false
  const found = () => {
    foreign = true
    return visit.BREAK
  }
  if (contents === null) return false
  visit(contents as never, {
    Alias: found,
    Pair: (_, pair) => (isScalar(pair.key) ? undefined : found()),
    Node: (_, node) => {
      const { anchor, tag } = node as { anchor?: string; tag?: string }
      return anchor !== undefined || (tag !== undefined && !/^tag:yaml\.org,2002:(map|seq|str)$/.test(tag))
        ? found()
        : undefined
    },
  })
  return foreign
}

const pad = (indent: number): string => ' '.repeat(indent)

function commentLines(comment: string, indent: number): string[] {
  return comment
    .replace(/\n{3,}/g, '\n\n')
    .split('\n')
    .map((line) => (line === '' ? '' : `${pad(indent)}#${line}`.trimEnd()))
}

const aside = (comment: string | null | undefined): string => (comment ? ` #${comment.replaceAll('\n', ' ')}` : '')

/** The node on lines of its own, each with the indent. */
function block(node: Node | null, indent: number): string[] {
  if (isMap(node) && node.items.length > 0) {
    const lines = node.items.flatMap((pair, n) => pairLines(pair, indent, n > 0))
    return [...before(node, indent), ...lines, ...after(node, indent)]
  }
  if (isSeq(node) && node.items.length > 0) {
    const lines = node.items.flatMap((item, n) => itemLines(item as Node | null, indent, n > 0))
    return [...before(node, indent), ...lines, ...after(node, indent)]
  }
  const inline = node === null ? '' : line(node)
  const text = inline ?? ''
  return [...before(node, indent), `${pad(indent)}${text}${aside(node?.comment)}`]
}

const before = (node: Node | null, indent: number): string[] =>
  node?.commentBefore ? commentLines(node.commentBefore, indent) : []

const after = (node: Node | null, indent: number): string[] => (node?.comment ? commentLines(node.comment, indent) : [])

function pairLines(pair: Pair, indent: number, mayHaveSpace: boolean): string[] {
  const key = pair.key as Scalar
  const value = pair.value as Node | null
  const head = `${pad(indent)}${scalarLine(key, true)}:`
  return [
    ...(mayHaveSpace && key.spaceBefore ? [''] : []),
    ...before(key, indent),
    ...after(key, indent),
    ...valueLines(head, value, indent),
  ]
}

/** A value after its key: on the same line if it fits, else below. */
function valueLines(head: string, value: Node | null, indent: number): string[] {
  if (value === null) return [head]
  if (isScalar(value)) {
    const comments = before(value, indent)
    if (isBlockText(value)) return [...comments, ...blockText(head, value, indent)]
    const text = scalarLine(value)
    return [...comments, `${head}${text === '' ? '' : ` ${text}`}${aside(value.comment)}`]
  }
  const inline = flowLine(value)
  if (inline !== undefined && `${head} ${inline}`.length + aside(value.comment).length <= width)
    return [...before(value, indent), `${head} ${inline}${aside(value.comment)}`]
  const filled = filledList(value, indent + step)
  return [head, ...(filled ?? block(value, indent + step))]
}

function itemLines(item: Node | null, indent: number, mayHaveSpace: boolean): string[] {
  const dash = `${pad(indent)}-`
  const space = mayHaveSpace && item?.spaceBefore ? [''] : []
  if (item === null) return [...space, dash]
  if (isScalar(item)) return [...space, ...valueLines(dash, item, indent)]
  const inline = flowLine(item)
  if (inline !== undefined && `${dash} ${inline}`.length + aside(item.comment).length <= width)
    return [...space, ...before(item, indent), `${dash} ${inline}${aside(item.comment)}`]
  const comments: string[] = [...before(item, indent)]
  const inner = filledList(item, indent + step) ?? [
    ...(isMap(item)
      ? item.items.flatMap((pair, n) => pairLines(pair, indent + step, n > 0))
      : (item as YAMLSeq).items.flatMap((child, n) => itemLines(child as Node | null, indent + step, n > 0))),
    ...after(item, indent + step),
  ]
  // What stands before the first key goes before the dash.
  const first = inner.findIndex((text) => text !== '' && !text.trimStart().startsWith('#'))
  const lead = inner.slice(0, first).map((text) => text.slice(step))
  const [start = '', ...rest] = inner.slice(first)
  return [...space, ...comments, ...lead, `${dash} ${start.trimStart()}`, ...rest]
}

/** On one line, if it was written so and has no comments inside. */
function flowLine(node: Node): string | undefined {
  if (isScalar(node)) return scalarLine(node)
  if (!(isMap(node) || isSeq(node))) return undefined
  if (node.items.length === 0) return isMap(node) ? '{}' : '[]'
  return node.flow ? line(node) : undefined
}

/** The node on one line; undefined if a comment or a text of several lines is inside. */
function line(node: Node): string | undefined {
  if (isScalar(node)) return isBlockText(node) ? undefined : scalarLine(node, false, true)
  if (isMap(node)) {
    const parts = node.items.map((pair) => {
      const key = pair.key as Scalar
      const value = pair.value as Node | null
      if (commented(key) || commented(value)) return undefined
      const text = value === null ? '' : line(value)
      return text === undefined ? undefined : `${scalarLine(key, true)}:${text === '' ? '' : ` ${text}`}`
    })
    if (parts.length === 0) return '{}'
    return parts.every((part) => part !== undefined) ? `{ ${parts.join(', ')} }` : undefined
  }
  const parts = (node as YAMLSeq).items.map((item) =>
    commented(item as Node | null) ? undefined : item === null ? '' : line(item as Node),
  )
  return parts.every((part) => part !== undefined && part !== '') ? `[${parts.join(', ')}]` : undefined
}

const commented = (node: Node | null): boolean => Boolean(node?.comment || node?.commentBefore)

/** A long list of short things fills its lines. */
function filledList(node: Node | YAMLMap, indent: number): string[] | undefined {
  if (!isSeq(node) || !node.flow || commented(node)) return undefined
  const parts = node.items.map((item) => {
    if (item === null || commented(item as Node)) return undefined
    return isScalar(item) || ((isMap(item) || isSeq(item)) && item.flow) ? line(item as Node) : undefined
  })
  if (!parts.every((part) => part !== undefined && part !== '')) return undefined
  const lines: string[] = []
  let current = `${pad(indent)}[`
  for (const [n, part] of parts.entries()) {
    const piece = `${part}${n < parts.length - 1 ? ',' : ']'}`
    const glue = current.endsWith('[') || current.trim() === '' ? '' : ' '
    if (current.length + glue.length + piece.length > width && current.trim() !== '[' && current.trim() !== '') {
      lines.push(current)
      current = `${pad(indent + 1)}${piece}`
    } else current += glue + piece
  }
  lines.push(current)
  return lines
}

const isBlockText = (node: Scalar): boolean => node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED'

/** Quoted stays quoted, for where there is no schema a quoted number is a text. */
function scalarLine(node: Scalar, isKey = false, inFlow = false): string {
  const value = String(node.value ?? '')
  const quoted = node.type === 'QUOTE_SINGLE' || node.type === 'QUOTE_DOUBLE'
  if (!quoted && node.type !== 'BLOCK_LITERAL' && node.type !== 'BLOCK_FOLDED') {
    if (value === '') return ''
    if (isPlain(value, inFlow || isKey)) return value
  } else if (isKey && isPlain(value, true)) return value
  return quote(value)
}

// Stricter than YAML 1.2 where that costs nothing: what is not surely plain is quoted.
function isPlain(value: string, inFlow: boolean): boolean {
  if (value !== value.trim() || /[\n\t]|: |:$| #/.test(value)) return false
  if (/^[[\]{},#&*!|>'"%@`]|^[-?:]( |$)|^[-?:]$|^(---|\.\.\.)/.test(value)) return false
  if (/^[?:-][[\]{},]/.test(value)) return false
  if (inFlow && /[[\]{},]/.test(value)) return false
  return !hasControls(value)
}

function hasControls(value: string): boolean {
  for (const sign of value) {
    const code = sign.codePointAt(0) ?? 0
    if (code < 32 || (code >= 127 && code < 160) || code === 0x2028 || code === 0x2029 || code === 0xfeff) return true
    if (code >= 0xd800 && code <= 0xdfff) return true
  }
  return false
}

function quote(value: string): string {
  if (value.includes('"') && !value.includes('\n') && !hasControls(value)) return `'${value.replaceAll("'", "''")}'`
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** `|` and `>` after their key. A folded text that could change when folded anew becomes a literal one. */
function blockText(head: string, node: Scalar, indent: number): string[] {
  const value = String(node.value)
  const body = value.replace(/\n$/, '')
  const chomp = body === value ? '-' : ''
  const inner = pad(indent + step)
  // What a block cannot hold for certain is quoted: controls, lines of spaces, empty lines at its beginning or end.
  if (body.trim() === '' || /^\s*\n|\n\s*$|\n[ \t]+\n|\t/.test(body) || hasControls(body.replaceAll('\n', '')))
    return [`${head} ${quote(value)}${aside(node.comment)}`]
  if (node.type === 'BLOCK_FOLDED' && !/\n|\s\s|^\s|\s$/.test(body))
    return [`${head} >${chomp}${aside(node.comment)}`, ...wrap(body, width - inner.length).map((text) => inner + text)]
  return [
    `${head} |${body.startsWith(' ') ? step : ''}${chomp}${aside(node.comment)}`,
    ...body.split('\n').map((text) => (text === '' ? '' : inner + text)),
  ]
}

function wrap(text: string, columns: number): string[] {
  const lines: string[] = []
  let current = ''
  for (const word of text.split(' ')) {
    if (current !== '' && current.length + 1 + word.length > columns) {
      lines.push(current)
      current = word
    } else current = current === '' ? word : `${current} ${word}`
  }
  return [...lines, current]
}

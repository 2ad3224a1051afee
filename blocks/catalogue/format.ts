// The canonical form of a YAML file: one way to write it, comments kept; formatting twice changes nothing.
import { isMap, isScalar, isSeq, type Node, parseDocument, type Scalar, visit } from 'yaml'

/** Columns of a line. */
const width = 120

/**
 * Throws nothing: a file that is no YAML comes back as it is, for `check` says what is wrong with it.
 * Short maps and lists that were written on one line stay there; what no longer fits is written on lines of its own.
 */
export function formatFile(source: string): string {
  let text = source.replaceAll('\r\n', '\n').replace(/^\uFEFF/, '')
  // What moves to a line of its own makes room or takes it, so the form is sought until it stands.
  for (let round = 0; round < 5; round++) {
    const next = formatOnce(text)
    if (next === undefined) return source
    if (next === text) break
    text = next
  }
  return text
}

function formatOnce(source: string): string | undefined {
  const document = parseDocument(source, { schema: 'failsafe', keepSourceTokens: false })
  if (document.errors.length > 0) return undefined
  if (document.contents === null) return source.trim() === '' ? '' : `${source.trimEnd()}\n`

  visit(document, {
    Scalar: (key, node) => {
      if (typeof node.value !== 'string') return
      node.type = styleOf(node, key === 'key')
    },
    Map: (_, node) => {
      if (node.flow && !fits(node)) node.flow = false
    },
    Seq: (_, node) => {
      if (node.flow && !fits(node)) node.flow = false
    },
  })
  return document.toString({
    indent: 2,
    lineWidth: 0,
    singleQuote: false,
    flowCollectionPadding: true,
    indentSeq: true,
    commentString: (comment) => comment.replace(/^(?!$)(?: ?)/gm, '# ').replace(/^$/gm, ''),
  })
}

/** Plain where YAML allows it; blocks stay blocks. */
function styleOf(node: Scalar, isKey: boolean): Scalar.Type {
  if (!isKey && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED')) return node.type
  const value = String(node.value)
  if (!isKey && value.includes('\n')) return 'BLOCK_LITERAL'
  return node.type === 'QUOTE_SINGLE' || node.type === 'QUOTE_DOUBLE' ? quoteOf(value) : 'PLAIN'
}

const quoteOf = (value: string): Scalar.Type =>
  value.includes('"') && !value.includes("'") ? 'QUOTE_SINGLE' : 'QUOTE_DOUBLE'

/** A rough length of the node on one line; comments inside need lines. */
function fits(node: Node): boolean {
  return lengthOf(node) <= width - 20 && !hasComment(node)
}

function lengthOf(node: unknown): number {
  if (isScalar(node)) return String(node.value ?? '').length + (node.type === 'PLAIN' ? 0 : 2)
  if (isSeq(node)) return node.items.reduce((sum: number, item) => sum + lengthOf(item) + 2, 2)
  if (isMap(node)) return node.items.reduce((sum, item) => sum + lengthOf(item.key) + lengthOf(item.value) + 4, 4)
  return 0
}

function hasComment(node: Node): boolean {
  let found = false
  visit(node as never, {
    Node: (_, inner) => {
      if (inner.comment || inner.commentBefore) {
        found = true
        return visit.BREAK
      }
      return undefined
    },
  })
  return found
}

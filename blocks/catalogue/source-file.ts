// A YAML file of a country with the place of every part of it, read by its schema and by nothing else.
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import type { CheckProblem, Finding } from './check-problem.ts'
import { readNode } from './schema-reader.ts'

type Path = readonly (string | number)[]

/** Bytes that one file may have; a service of thousands of lines has a tenth of it. */
const largest = 1_000_000

export interface SourceFile {
  /** Path inside the folder of the country. */
  path: string
  source: string
  document: Document
  /** The content as the schema reads it: strings stay strings. */
  value: unknown
  problems: CheckProblem[]
  /** Adds what is wrong at a part of the file, or at the nearest part around it that there is. */
  report(at: Path, finding: Finding, offset?: number): void
  /** Line and column, from 1. */
  place(at: Path, offset?: number): { line: number; column: number }
}

export function readSource(path: string, source: string, schema: object): SourceFile {
  const lines = new LineCounter()
  const tooLarge = source.length > largest
  // The failsafe schema reads every scalar as the text that it is; what becomes a number or a flag, our schema says.
  const document = parseDocument(tooLarge ? '' : source, {
    lineCounter: lines,
    schema: 'failsafe',
    keepSourceTokens: false,
    strict: true,
    uniqueKeys: true,
  })
  const problems: CheckProblem[] = []
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const add = (offset: number, { code, message, mend, severity = 'error' }: Finding) =>
    problems.push({ file: path, ...at(offset), code, message, mend, severity })

  const offsetOf = (where: Path, inside = 0): number => {
    const node = deepest(document, where)
    const range = node?.range
    return range ? range[0] + (inside > 0 ? insideOf(node, inside) : 0) : 0
  }

  const file: SourceFile = {
    path,
    source,
    document,
    value: undefined,
    problems,
    report: (where, finding, inside) => add(offsetOf(where, inside), finding),
    place: (where, inside) => at(offsetOf(where, inside)),
  }

  if (tooLarge) add(0, { code: 'too-large', message: 'the file is larger than 1 MB', mend: 'split it' })
  // After the first the rest of the file is read askew.
  for (const error of [...document.errors, ...document.warnings].slice(0, 1))
    add(error.pos[0], { code: 'yaml', message: firstLine(error.message), mend: 'mend the YAML' })
  if (problems.length > 0) return file
  if (document.contents === null) {
    add(0, { code: 'empty', message: 'the file is empty', mend: 'write it, or delete the file' })
    return file
  }
  file.value = readNode(document.contents as Node, schema, (node, finding) => add(node?.range?.[0] ?? 0, finding))
  return file
}

const firstLine = (message: string): string => (message.split('\n')[0] ?? message).replace(/ at line \d+.*$/, '')

/** The node at a path, or the key of the last part that exists. */
function deepest(document: Document, where: Path): Node | undefined {
  let node = document.contents as Node | null
  let last: Node | undefined = node ?? undefined
  for (const step of where) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step))
      if (pair === undefined) break
      last = pair.key as Node
      node = pair.value as Node | null
    } else if (isSeq(node)) {
      node = (node.items[Number(step)] as Node | undefined) ?? null
    } else break
    if (node === null || isAlias(node)) break
    last = node
  }
  return last
}

/** How far into the file a place inside a scalar's value is; only where the value stands in the file as it is. */
function insideOf(node: Node | undefined, inside: number): number {
  if (!isScalar(node) || typeof node.value !== 'string' || node.value.includes('\n')) return 0
  if (node.type === 'PLAIN') return Math.min(inside, node.value.length)
  return node.type === 'QUOTE_SINGLE' || node.type === 'QUOTE_DOUBLE' ? inside + 1 : 0
}

// The process in which Typst runs: a template and its data in, a PDF/A-2a out.
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler'
import type { Answer, Order } from './order.ts'

const { library, fonts } = JSON.parse(process.env.TYPESETTER ?? '{}') as { library: string; fonts: string[] }
const compiler = NodeCompiler.create({ workspace: library, fontArgs: [{ fontPaths: fonts }] })
/** Only in memory; as a file of its own, so that errors name its lines. */
const main = `${library}/template.typ`

process.on('disconnect', () => process.exit())
process.on('message', (order: Order) => {
  process.send?.(answer(order))
  // Keeps what the last letters had in common and forgets the rest, so that memory stays level.
  compiler.evictCache(10)
})

/**
 * PDF/A has no place for a sign that no font knows, and a letter must not fail for a rare name: what cannot be drawn
 * becomes a box and is reported. Few rounds suffice, since all such signs are named at once.
 */
function answer(order: Order): Answer {
  const missing = new Set<string>()
  for (let round = 0; ; round++) {
    const { result, problems } = compile(order.source, withBoxes(order.data, missing))
    if (!result) return { refused: problems }
    try {
      const pdf = compiler.pdf(result, { pdfStandard: 'a-2a', creationTimestamp: order.at })
      return { pdf: pdf.toString('base64'), missing: [...missing] }
    } catch (error) {
      const before = missing.size
      for (const sign of signsIn(String((error as Error).message))) missing.add(sign)
      if (missing.size === before || round === 5) return { refused: reasonIn(String((error as Error).message)) }
    }
  }
}

function compile(source: string, data: string) {
  compiler.mapShadow(main, Buffer.from(source))
  const compiled = compiler.compile({ mainFilePath: main, inputs: { data } })
  if (compiled.result && !compiled.hasError()) return { result: compiled.result, problems: '' }
  const error = compiled.takeDiagnostics() ?? compiled.takeError()
  const told = error ? (compiler.fetchDiagnostics(error) as Diagnostic[]) : []
  return { result: null, problems: told.map(toLine).join('; ') || 'it does not compile' }
}

interface Diagnostic {
  message: string
  path: string
  range: { start: { line: number } } | null
}

const toLine = ({ message, path, range }: Diagnostic): string =>
  `${path.endsWith('letter.typ') ? 'letter.typ ' : ''}${range ? `line ${range.start.line + 1}: ` : ''}${message}`

/** The signs that the error names, written there as Rust writes strings: `"\u{e000}"`. */
function signsIn(message: string): string[] {
  const strings = [...message.matchAll(/(?:text|codepoint) `\\"(.*?)\\"`/g)].map((found) => found[1] ?? '')
  return strings.flatMap((text) => [
    ...text.replace(/\\\\u\{([0-9a-f]+)\}/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16))),
  ])
}

/** What PDF/A asks of the template, such as 'missing alt text'; never text of the letter. */
function reasonIn(message: string): string {
  const reason = /message: "(PDF\/A[^"`\\]*)"/.exec(message)
  return reason?.[1] ?? 'no PDF/A could be made'
}

function withBoxes(data: string, missing: Set<string>): string {
  if (missing.size === 0) return data
  const replaced = [...missing].filter((sign) => !/[\x20-\x7e]/.test(sign))
  return replaced.reduce((text, sign) => text.replaceAll(sign, /\p{M}|\p{Cf}/u.test(sign) ? '' : '□'), data)
}

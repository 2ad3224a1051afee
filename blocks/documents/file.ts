// What an uploaded file is, by its content; and how its name is written safely.
import { FileRefused } from './problems.ts'

export type FileType = 'application/pdf' | 'image/jpeg' | 'image/png'

export const largestFile = 10 * 2 ** 20
/** A picture of more is a trap: it unpacks to gigabytes. */
const mostPixels = 100_000_000

const endings: Record<FileType, string> = { 'application/pdf': 'pdf', 'image/jpeg': 'jpg', 'image/png': 'png' }

/**
 * The type and the bytes that are kept: a picture is cut off where it ends, since phones append previews that nobody
 * asked for. Throws FileRefused for anything else, for two kinds in one, and for a PDF that does things by itself.
 */
export function readFileType(bytes: Buffer): { type: FileType; bytes: Buffer } {
  if (bytes.length === 0) throw FileRefused('empty')
  if (bytes.length > largestFile) throw FileRefused('too-large')
  const read = readers.find(({ begins }) => bytes.subarray(0, begins.length).equals(begins))
  if (!read) throw FileRefused('type')
  const end = read.end(bytes)
  if (end === undefined) throw FileRefused('damaged')
  const kept = bytes.subarray(0, end)
  if (isDisguised(bytes, read.type)) throw FileRefused('disguised')
  return { type: read.type, bytes: kept }
}

/** Each gives the length of the file proper, or undefined if it is not whole. */
const readers: { type: FileType; begins: Buffer; end(bytes: Buffer): number | undefined }[] = [
  { type: 'application/pdf', begins: Buffer.from('%PDF-'), end: endOfPdf },
  { type: 'image/png', begins: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), end: endOfPng },
  { type: 'image/jpeg', begins: Buffer.from([0xff, 0xd8, 0xff]), end: endOfJpeg },
]

/** A PDF ends with %%EOF and little else; what it does by itself is refused. */
function endOfPdf(bytes: Buffer): number | undefined {
  const last = bytes.lastIndexOf('%%EOF')
  if (last < 0 || bytes.length - last > 1024) return undefined
  if (/\/(JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA|SubmitForm|ImportData)[\s(<[/>]/.test(outsideStreams(bytes)))
    throw FileRefused('active')
  return bytes.length
}

/** The dictionaries of a PDF, without the packed contents, in which any word may turn up by chance. */
function outsideStreams(bytes: Buffer): string {
  const parts: string[] = []
  for (let from = 0; from < bytes.length; ) {
    const begin = bytes.indexOf('stream', from)
    const end = begin < 0 ? -1 : bytes.indexOf('endstream', begin)
    parts.push(bytes.toString('latin1', from, end < 0 ? bytes.length : begin))
    from = end < 0 ? bytes.length : end + 'endstream'.length
  }
  return parts
    .join('\n')
    .replace(/#([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** Chunks of four bytes length, four of name, content and four of checksum, up to IEND (ISO/IEC 15948). */
function endOfPng(bytes: Buffer): number | undefined {
  if (bytes.length < 33 || bytes.toString('latin1', 12, 16) !== 'IHDR') return undefined
  if (bytes.readUInt32BE(16) * bytes.readUInt32BE(20) > mostPixels) throw FileRefused('too-large')
  for (let at = 8; at + 12 <= bytes.length; ) {
    const next = at + 12 + bytes.readUInt32BE(at)
    if (bytes.toString('latin1', at + 4, at + 8) === 'IEND') return next <= bytes.length ? next : undefined
    at = next
  }
  return undefined
}

/** Segments up to the scan, then to the end-of-image marker (ISO/IEC 10918-1, B.1). */
function endOfJpeg(bytes: Buffer): number | undefined {
  for (let at = 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return undefined
    const marker = bytes[at + 1]!
    const length = bytes.readUInt16BE(at + 2)
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame && at + 9 <= bytes.length && bytes.readUInt16BE(at + 5) * bytes.readUInt16BE(at + 7) > mostPixels)
      throw FileRefused('too-large')
    if (marker === 0xda) {
      const end = bytes.indexOf(Buffer.from([0xff, 0xd9]), at + 2 + length)
      return end < 0 ? undefined : end + 2
    }
    at += 2 + length
  }
  return undefined
}

/** Signs of another kind of file: programs that look for these take the file for something else than we did. */
function isDisguised(bytes: Buffer, type: FileType): boolean {
  const head = bytes.toString('latin1', 0, 1024)
  const tail = bytes.subarray(-66_000)
  if (tail.includes('PK\u0005\u0006')) return true // a ZIP archive is read from its end
  if (type !== 'application/pdf' && head.includes('%PDF-')) return true
  return /<\s*(html|script|svg|body|iframe|!doctype)/i.test(head)
}

/**
 * A name for people, with the ending of what it is: no folders, no signs that turn the direction of reading, no second
 * ending. 'invoice.pdf.exe' becomes 'invoice_pdf.pdf'.
 */
export function safeName(name: string, type: FileType): string {
  const plain = name
    .toWellFormed()
    .normalize('NFC')
    .replace(/^.*[/\\]/s, '')
    .replace(/[\p{C}\p{Zl}\p{Zp}"*:<>?|]/gu, '')
  const stem =
    plain
      .replace(/\.[^.]*$/, '')
      .replaceAll('.', '_')
      .trim() || 'file'
  return `${[...stem].slice(0, 100).join('')}.${endings[type]}`
}

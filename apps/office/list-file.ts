// Lists as files: CSV and XLSX, written row by row, with no cell that a spreadsheet would run as a formula.
import { Readable } from 'node:stream'
import { crc32, deflateRawSync } from 'node:zlib'

export type Cell = string | Date | number

/** What spreadsheets take for a formula gets an apostrophe before it (OWASP, CSV injection). */
function harmless(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
}

/** With the mark by which spreadsheets know UTF-8. RFC 4180. */
export function csvOf(rows: AsyncIterable<Cell[]>): Readable {
  async function* lines() {
    yield '\ufeff'
    for await (const row of rows)
      yield `${row.map((cell) => `"${harmless(textOf(cell)).replaceAll('"', '""')}"`).join(',')}\r\n`
  }
  return Readable.from(lines())
}

const textOf = (cell: Cell): string => (cell instanceof Date ? cell.toISOString() : String(cell))

/** A workbook of one sheet (ECMA-376), its texts within the cells, so that it can be written as the rows come. */
export function xlsxOf(sheet: string, isRightToLeft: boolean, rows: AsyncIterable<Cell[]>): Readable {
  async function* content() {
    yield `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"${isRightToLeft ? ' rightToLeft="1"' : ''}><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>`
    for await (const row of rows) yield `<row>${row.map(toXml).join('')}</row>`
    yield '</sheetData></worksheet>'
  }
  return Readable.from(
    zipOf([
      ['[Content_Types].xml', CONTENT_TYPES],
      ['_rels/.rels', RELATIONS],
      ['xl/workbook.xml', workbook(sheet)],
      ['xl/_rels/workbook.xml.rels', WORKBOOK_RELATIONS],
      ['xl/styles.xml', STYLES],
      ['xl/worksheets/sheet1.xml', content()],
    ]),
  )
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml'
const CONTENT_TYPES = `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${TYPE}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="${TYPE}.styles+xml"/></Types>`
const RELATIONS = `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="r1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`
const WORKBOOK_RELATIONS = `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="r1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`
/** The second format is a date (22 of ECMA-376 18.8.30). */
const STYLES = `${XML}<styleSheet xmlns="${MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf/><xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>`
const workbook = (sheet: string) =>
  `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="${escapeXml(sheet.replace(/[[\]:*?/\\]/g, ' ').slice(0, 31) || '1')}" sheetId="1" r:id="r1"/></sheets></workbook>`

function toXml(cell: Cell): string {
  if (cell instanceof Date) return `<c s="1"><v>${cell.getTime() / 86_400_000 + 25_569}</v></c>`
  if (typeof cell === 'number') return `<c><v>${cell}</v></c>`
  return `<c t="inlineStr"><is><t xml:space="preserve">${escapeXml(harmless(cell))}</t></is></c>`
}

/** Control characters stand in no XML. */
function escapeXml(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const clean = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
  return clean.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

const CHUNK = 64 * 1024

/**
 * A ZIP (APPNOTE 6.3) of these files. Each is deflated in blocks that end on a byte, so that nothing has to be kept but the
 * last 64 KB; sizes and checksums stand behind each file.
 */
async function* zipOf(files: [string, string | AsyncIterable<string>][]): AsyncGenerator<Buffer> {
  const entries: Buffer[] = []
  let at = 0
  for (const [name, content] of files) {
    const title = Buffer.from(name)
    const head = Buffer.alloc(30)
    head.writeUInt32LE(0x04034b50, 0)
    head.writeUInt16LE(20, 4)
    head.writeUInt16LE(0x0808, 6)
    head.writeUInt16LE(8, 8)
    head.writeUInt16LE(0x21, 12)
    head.writeUInt16LE(title.length, 26)
    const offset = at
    yield head
    yield title
    at += head.length + title.length
    let [size, packed, sum] = [0, 0, 0]
    let waiting = ''
    const pack = (text: string, isLast: boolean): Buffer => {
      const bytes = Buffer.from(text)
      sum = crc32(bytes, sum)
      size += bytes.length
      // A full flush ends on a byte and does not end the stream; the last block does.
      const out = deflateRawSync(bytes, { finishFlush: isLast ? FINISH : FULL_FLUSH })
      packed += out.length
      return out
    }
    for await (const text of typeof content === 'string' ? [content] : content) {
      waiting += text
      if (waiting.length < CHUNK) continue
      yield pack(waiting, false)
      waiting = ''
    }
    yield pack(waiting, true)
    const foot = Buffer.alloc(16)
    foot.writeUInt32LE(0x08074b50, 0)
    foot.writeUInt32LE(sum, 4)
    foot.writeUInt32LE(packed, 8)
    foot.writeUInt32LE(size, 12)
    yield foot
    at += packed + foot.length
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50, 0)
    entry.writeUInt16LE(20, 4)
    entry.writeUInt16LE(20, 6)
    entry.writeUInt16LE(0x0808, 8)
    entry.writeUInt16LE(8, 10)
    entry.writeUInt16LE(0x21, 14)
    entry.writeUInt32LE(sum, 16)
    entry.writeUInt32LE(packed, 20)
    entry.writeUInt32LE(size, 24)
    entry.writeUInt16LE(title.length, 28)
    entry.writeUInt32LE(offset, 42)
    entries.push(entry, title)
  }
  const list = Buffer.concat(entries)
  yield list
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(list.length, 12)
  end.writeUInt32LE(at, 16)
  yield end
}

// Of zlib: Z_FULL_FLUSH and Z_FINISH.
const FULL_FLUSH = 3
const FINISH = 4

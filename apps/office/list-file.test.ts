// Lists as files: what a spreadsheet would run is text, and a workbook is one that a reader of ZIP and XML takes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inflateRawSync } from 'node:zlib'
import { type Cell, csvOf, xlsxOf } from './list-file.ts'

async function* rows(many: Cell[][]): AsyncGenerator<Cell[]> {
  yield* many
}

async function bytesOf(stream: AsyncIterable<Buffer | string>): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(Buffer.from(part))
  return Buffer.concat(parts)
}

/** The files of a ZIP by its list at the end. */
function unzip(bytes: Buffer): Record<string, string> {
  const end = bytes.lastIndexOf(Buffer.from('504b0506', 'hex'))
  let at = bytes.readUInt32LE(end + 16)
  return Object.fromEntries(
    Array.from({ length: bytes.readUInt16LE(end + 8) }, () => {
      const [packed, size, length, offset] = [20, 24, 28, 42].map((n) =>
        n === 28 ? bytes.readUInt16LE(at + n) : bytes.readUInt32LE(at + n),
      ) as [number, number, number, number]
      const name = bytes.subarray(at + 46, at + 46 + length).toString()
      const start = offset + 30 + bytes.readUInt16LE(offset + 26)
      const content = inflateRawSync(bytes.subarray(start, start + packed))
      assert.equal(content.length, size, name)
      at += 46 + length
      return [name, content.toString()]
    }),
  )
}

const hostile: Cell[] = ['=HYPERLINK("http://evil")', '+1', '-2', '@SUM(A1)', '\tx', 'a "b", c', 'آمنة <&>\u0007']

test('no cell of a CSV is a formula, and quotes and commas stay in their cell', async () => {
  const text = (await bytesOf(csvOf(rows([hostile])))).toString()

  assert.equal(text.codePointAt(0), 0xfeff)
  assert.ok(text.includes(`"'=HYPERLINK(""http://evil"")","'+1","'-2","'@SUM(A1)","'\tx","a ""b"", c"`))
})

test('a workbook is whole however many rows it has, and its texts are no formulas', async () => {
  const many = Array.from({ length: 5000 }, (_, n): Cell[] => [`case ${n}`, n, new Date('2026-11-25T12:00:00Z')])

  const files = unzip(await bytesOf(xlsxOf('Queue: [mine]', true, rows([hostile, ...many]))))
  const sheet = files['xl/worksheets/sheet1.xml']!

  assert.equal(sheet.match(/<row>/g)?.length, 5001)
  assert.ok(sheet.endsWith('</sheetData></worksheet>'))
  assert.ok(sheet.includes('rightToLeft="1"'))
  assert.ok(sheet.includes("'=HYPERLINK(&quot;http://evil&quot;)"))
  assert.ok(sheet.includes('آمنة &lt;&amp;&gt;</t>'))
  assert.ok(sheet.includes('<c s="1"><v>46351.5</v></c>'))
  assert.doesNotMatch(sheet, /<f>/)
  assert.ok(files['xl/workbook.xml']!.includes('name="Queue   mine "'))
})

// What an uploaded file is taken for, and what is refused.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { deflateSync } from 'node:zlib'
import { isProblem } from '@ashlar/kernel/problem'
import { largestFile, readFileType, safeName } from './file.ts'

const chunk = (name: string, content: Buffer) => {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(content.length)
  head.write(name, 4, 'latin1')
  return Buffer.concat([head, content, Buffer.alloc(4)])
}
const header = (width: number, height: number) => {
  const bytes = Buffer.alloc(13)
  bytes.writeUInt32BE(width)
  bytes.writeUInt32BE(height, 4)
  return bytes
}
const begin = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const png = (width = 2, height = 2, extra: Buffer[] = []) =>
  Buffer.concat([
    begin,
    chunk('IHDR', header(width, height)),
    ...extra,
    chunk('IDAT', deflateSync('xx')),
    chunk('IEND', Buffer.alloc(0)),
  ])
const jpeg = Buffer.from([
  0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc0, 0, 11, 8, 0, 2, 0, 2, 1, 1, 0x11, 0, 0xff, 0xda, 0, 8, 1, 1, 0, 0,
  0x3f, 0, 1, 2, 3, 0xff, 0, 4, 0xff, 0xd9,
])
const pdf = (body = '') =>
  Buffer.from(`%PDF-1.7\n1 0 obj\n<< /Type /Catalog ${body} >>\nendobj\ntrailer\n<<>>\n%%EOF\n`)
const zip = Buffer.from('PK\u0003\u0004aaaaPK\u0005\u0006aaaaaaaaaaaaaaaaaa', 'latin1')

const reasonOf = (bytes: Buffer): string => {
  try {
    return readFileType(bytes).type
  } catch (error) {
    return isProblem(error) ? String(error.members?.reason) : `fault: ${error}`
  }
}

describe('a file', () => {
  it('is what its content is', () => {
    assert.equal(reasonOf(png()), 'image/png')
    assert.equal(reasonOf(jpeg), 'image/jpeg')
    assert.equal(reasonOf(pdf()), 'application/pdf')
  })

  it('of another kind is refused, whatever it is called', () => {
    for (const text of [
      'GIF89a',
      'PK\u0003\u0004',
      '<svg/>',
      '<html>',
      '#!/bin/sh',
      'MZ',
      ' %PDF-1.7 %%EOF',
      '\ufeff%PDF-',
    ])
      assert.equal(reasonOf(Buffer.from(text)), 'type', text)
    assert.equal(reasonOf(Buffer.alloc(0)), 'empty')
    assert.equal(reasonOf(Buffer.concat([png(), Buffer.alloc(largestFile)])), 'too-large')
  })

  it('that is not whole is refused', () => {
    const whole = [png(), jpeg, pdf()]
    for (const bytes of whole) assert.equal(reasonOf(bytes.subarray(0, bytes.length - 9)), 'damaged')
    for (const bytes of whole)
      for (let length = 1; length < bytes.length; length++)
        assert.doesNotMatch(reasonOf(bytes.subarray(0, length)), /^fault/, `cut at ${length}`)
  })

  it('of two kinds is refused', () => {
    assert.equal(reasonOf(Buffer.concat([jpeg, zip])), 'disguised')
    assert.equal(reasonOf(Buffer.concat([pdf(), zip])), 'disguised')
    assert.equal(reasonOf(png(2, 2, [chunk('tEXt', Buffer.from('a\0%PDF-1.4 1 0 obj'))])), 'disguised')
    assert.equal(reasonOf(png(2, 2, [chunk('tEXt', Buffer.from('a\0<script>alert(1)</script>'))])), 'disguised')
  })

  it('that is a PDF with scripts, other files or forms is refused, also when it hides the words', () => {
    assert.equal(reasonOf(pdf('/OpenAction << /S /JavaScript /JS (app.alert(1)) >>')), 'active')
    assert.equal(reasonOf(pdf('/OpenAction << /S /J#61vaScript /J#53 (x) >>')), 'active')
    assert.equal(reasonOf(pdf('/Names << /EmbeddedFile 2 0 R >>')), 'active')
    assert.equal(reasonOf(pdf('/A << /S /Launch >>')), 'active')
    assert.equal(reasonOf(pdf('stream\n/JavaScript ( \nendstream')), 'application/pdf')
  })

  it('that would unpack to gigabytes is refused', () => {
    assert.equal(reasonOf(png(30_000, 30_000)), 'too-large')
    const large = Buffer.from(jpeg)
    large.writeUInt16BE(30_000, 13)
    large.writeUInt16BE(30_000, 15)
    assert.equal(reasonOf(large), 'too-large')
  })

  it('that is a picture ends where the picture ends', () => {
    const { bytes } = readFileType(Buffer.concat([jpeg, Buffer.from('a preview that a phone added')]))

    assert.deepEqual(bytes, jpeg)
  })
})

describe('a name of a file', () => {
  it('keeps what people read and nothing that misleads', () => {
    const names: Record<string, string> = {
      'scan.pdf': 'scan.pdf',
      'invoice.pdf.exe': 'invoice_pdf.pdf',
      '../../etc/passwd': 'passwd.pdf',
      'C:\\Users\\me\\رسالة.docx': 'رسالة.pdf',
      'annexe\u202efdp.exe': 'annexefdp.pdf',
      'a"b\r\nc: d.pdf': 'abc d.pdf',
      '\ud800.pdf': '�.pdf',
      '': 'file.pdf',
      '.pdf': 'file.pdf',
      [`${'長'.repeat(300)}.pdf`]: `${'長'.repeat(100)}.pdf`,
    }
    for (const [given, safe] of Object.entries(names)) assert.equal(safeName(given, 'application/pdf'), safe)
  })
})

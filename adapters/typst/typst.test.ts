// Letters through the printer's door: what is in the file, hostile data and templates, scripts, and workers that fail.
import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { inflateSync } from 'node:zlib'
import type { Letter, LetterData } from '@ashlar/documents'
import { checkTemplate, createTypst, LetterNotPrinted, startTypesetter } from './index.ts'

const printer = createTypst()
after(() => printer.close())

const source = `#import "/letter.typ": *
#show: letter
= #texts.title
#texts.intro
#facts-table((texts.name, shown.at("name", default: none)))
#verification
`
const svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><path d="M0 0h1v1H0zM1 1h1v1H1z"/></svg>'

function letter(change: Partial<LetterData> = {}, template = source): Letter {
  return {
    template: { name: 'letters/test.typ', source: template },
    at: new Date('2026-04-12T08:00:00Z'),
    data: {
      language: 'en',
      direction: 'ltr',
      issuer: { country: 'Republic of Veridia', name: 'Ministry of Justice', emblem: svg },
      holder: { name: 'Grace Okoro' },
      paper: { title: 'Extract', reference: 'CR-26-7K3MX-9RDT4', issuedAt: '12 April 2026', validUntil: null },
      facts: {},
      shown: { name: 'Grace Okoro' },
      texts: { title: 'Extract', intro: 'Certified.', name: 'Name', reference: 'Reference', checkTitle: 'Check it' },
      verify: { qr: svg, page: 'https://veridia.example/verify' },
      ...change,
    },
  }
}

/** The file's bytes with its compressed streams unpacked, as latin1 text. */
function unpacked(pdf: Buffer): string {
  const text = pdf.toString('latin1')
  const streams = [...text.matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)].map((found) => {
    try {
      return inflateSync(Buffer.from(found[1]!, 'latin1')).toString('latin1')
    } catch {
      return ''
    }
  })
  return text + streams.join('\n')
}

test('a preview is marked across each sheet, in any script, and is no less of a PDF/A', async () => {
  for (const [language, preview] of [
    ['en', 'Preview'],
    ['ar', 'معاينة'],
  ] as const) {
    const { pdf: plain } = await printer.print(
      letter({ language, direction: language === 'ar' ? 'rtl' : 'ltr', verify: null }),
    )
    const { pdf, missing } = await printer.print(
      letter({ language, direction: language === 'ar' ? 'rtl' : 'ltr', verify: null, preview }),
    )

    assert.deepEqual(missing, [])
    assert.match(unpacked(pdf), /pdfaid:part>2</)
    assert.notEqual(unpacked(pdf), unpacked(plain))
  }
})

test('a letter is a tagged PDF/A-2a in its language, the same bytes each time', async () => {
  const { pdf, missing } = await printer.print(letter())
  const again = await printer.print(letter())

  const inside = unpacked(pdf)
  assert.match(inside, /pdfaid:part>2</)
  assert.match(inside, /pdfaid:conformance>A</)
  assert.match(inside, /\/StructTreeRoot/)
  assert.match(inside, /\/Marked true/)
  assert.match(inside, /\/Lang ?\(en\)/)
  assert.match(inside, /\/Alt ?\(Check it\)/)
  assert.deepEqual(missing, [])
  assert.deepEqual(again.pdf, pdf)
})

test('Arabic runs from right to left with the fonts that we bring', async () => {
  const arabic = { title: 'مستخرج', intro: 'تشهد وزارة العدل', name: 'الاسم', reference: 'المرجع', checkTitle: 'تحقق' }

  const { pdf } = await printer.print(
    letter({ language: 'ar', direction: 'rtl', shown: { name: 'محمد الهاشمي' }, texts: arabic }),
  )

  const inside = unpacked(pdf)
  assert.match(inside, /\/Lang ?\(ar\)/)
  assert.match(inside, /\/Direction ?\/R2L/)
  const fonts = new Set([...inside.matchAll(/\/BaseFont ?\/[A-Z]{6}\+([A-Za-z]+)/g)].map((found) => found[1]))
  assert.deepEqual([...fonts].sort(), ['LibertinusSerif', 'NotoNaskhArabic'])
})

test('names in many scripts are drawn; a sign without a font becomes a box and is told', async () => {
  const known =
    'Ọlá Nguyễn Əliyev Жанна Ελένη שרה محمد پژوهش 王小明 さくら 김철수 नेहा ประยุทธ์ ሰላም ქეთი Արամ ' + 'தமிழ் සිංහල'
  const all = await printer.print(letter({ shown: { name: known } }))
  const some = await printer.print(letter({ shown: { name: 'Ada 😀 𐎠 \ue000' } }))

  assert.deepEqual(all.missing, [])
  assert.deepEqual(some.missing.sort(), ['\ue000', '𐎠', '😀'].sort())
})

test('data is never code: markup, brackets, control signs, half characters and NUL are only text', async () => {
  const hostile = '#panic("x") $1/0$ *b* ]] #eval("1") "} \\ \u0000 \u202e \ud800 <label> @ref // /* `raw`'

  const { pdf } = await printer.print(
    letter({ shown: { name: hostile }, texts: { title: hostile, intro: hostile, name: hostile } }),
  )

  assert.ok(pdf.length > 1000)
})

test('a template that reaches outside is refused with its line', async () => {
  const outside = [
    '#import "@preview/cetz:0.3.4": *',
    '#import "/le" + "tter.typ": *',
    '#include "/etc/passwd"',
    '#read("/etc/passwd")',
    '#eval("1")',
    '#while true {}',
    '#plugin("x.wasm")',
  ]
  for (const line of outside) {
    assert.equal(checkTemplate(`\n${line}`)[0]?.line, 2, line)
    await assert.rejects(printer.print(letter({}, line)), LetterNotPrinted)
  }
  assert.deepEqual(checkTemplate(source), [])
})

test('a wrong template says its line and none of the facts', async () => {
  await assert.rejects(printer.print(letter({}, `${source}\n#nothing`)), (error: Error) => {
    assert.match(error.message, /letters\/test\.typ: line 8: unknown variable: nothing/)
    assert.doesNotMatch(error.message, /Grace/)
    return true
  })
})

test('a letter that takes too long is given up, and others go on', async () => {
  const long = '#let n = 0\n#for a in "x" * 9000 { for b in "x" * 9000 { for c in "x" * 9000 { n += 1 } } }'
  const hurried = createTypst({ limit: 2_500 })

  const slow = assert.rejects(hurried.print(letter({}, long)), /took too long/)
  const { pdf } = await hurried.print(letter())
  await slow
  await hurried.close()

  assert.ok(pdf.length > 1000)
})

test('signs on which Typst ends its process end only that process', async () => {
  const own = createTypst()
  const deadly = Array.from({ length: 48 }, (_, n) => `${String.fromCodePoint(0x7d0 + n)} `).join('')

  const careful = await own.print(letter({ shown: { name: deadly } }))
  const { pdf, missing } = await own.print(letter())
  await own.close()

  assert.ok(careful.missing.includes('\u07eb'))
  assert.ok(pdf.length > 1000)
  assert.deepEqual(missing, [])
})

test('a printer that may not start processes uses the typesetter that another keeps', async () => {
  const typesetter = await startTypesetter({ socket: join(tmpdir(), `typesetter-${process.pid}`) })
  const own = createTypst({ socket: typesetter.socket })

  const all = await Promise.all(Array.from({ length: 20 }, (_, n) => own.print(letter({ shown: { name: `No ${n}` } }))))
  await own.close()
  await typesetter.stop()

  assert.equal(new Set(all.map(({ pdf }) => pdf.toString('latin1'))).size, 20)
  await assert.rejects(own.print(letter()), /closed/)
})

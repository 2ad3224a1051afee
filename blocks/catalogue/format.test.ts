// Proves the canonical form: whatever people write, meaning and comments stay, and formatting twice changes nothing.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import test from 'node:test'
import fc from 'fast-check'
import { parseDocument, stringify } from 'yaml'
import { formatFile } from './index.ts'

const meaningOf = (source: string): unknown => parseDocument(source, { schema: 'failsafe' }).toJS()
const commentsOf = (source: string): string[] =>
  [...source.matchAll(/#(mark\d+)/g)].map(([, mark]) => mark ?? '').sort()

const key = fc.stringMatching(/^[a-z][a-zA-Z0-9-]{0,12}$/)
const scalar = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom(
    'no',
    'on',
    'null',
    '2026-01-01',
    '1.0',
    '- x',
    '{a}',
    '"visa"',
    "it's",
    'a: b',
    'a #b',
    '',
    ' x',
    '#',
    '|',
  ),
  fc.array(fc.stringMatching(/^[^\r]{0,30}$/), { maxLength: 4 }).map((lines) => lines.join('\n')),
)
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    scalar,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 5 }),
  ),
}))

/** What people make of it: flow here, blocks there, comments and empty lines between. */
function messy(value: unknown, width: number, marks: number): string {
  const document = parseDocument(stringify(value, { lineWidth: width }), { schema: 'failsafe' })
  const lines = document.toString({ lineWidth: width, indentSeq: marks % 2 === 0 }).split('\n')
  return lines
    .flatMap((line, n) => {
      const atKey = /^( *)[a-z][a-zA-Z0-9-]*:( |$)/.exec(line)
      return atKey !== null && marks > 0 && n % marks === 0 && !inBlock(lines, n)
        ? ['', `${atKey[1]}#mark${n}`, line]
        : [line]
    })
    .join('\n')
}

/** A line inside a text of several lines is no key. */
const inBlock = (lines: string[], n: number): boolean =>
  lines
    .slice(0, n)
    .some(
      (line, m) => /[|>][+-]?\d?$/.test(line) && lines.slice(m + 1, n + 1).every((l) => l === '' || /^ /.test(l)),
    ) || lines.some((line) => /["']$/.test(line) && !/^[^"']*$|^\s*[a-z][\w-]*: (["']).*\1$/.test(line))

test('whatever it holds, a file means the same after formatting, and is not changed by a second one', () => {
  fc.assert(
    fc.property(
      fc.dictionary(key, tree, { minKeys: 1, maxKeys: 6 }),
      fc.constantFrom(0, 40, 80),
      fc.integer({ min: 0, max: 5 }),
      (value, width, marks) => {
        const source = messy(value, width, marks)
        if (parseDocument(source, { schema: 'failsafe' }).errors.length > 0) return
        const once = formatFile(source)

        assert.deepEqual(meaningOf(once), meaningOf(source))
        assert.equal(formatFile(once), once)
        assert.deepEqual(commentsOf(once), commentsOf(source))
      },
    ),
    { numRuns: 200 },
  )
})

test('any text at all comes back without a throw, and twice is as once', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ maxLength: 200 }), fc.string({ unit: 'binary', maxLength: 100 })), (source) => {
      const once = formatFile(source)
      assert.equal(formatFile(once), once)
    }),
    { numRuns: 200 },
  )
})

test('the files of the model country stand in their canonical form, comments and all', () => {
  const root = new URL('../../countries/veridia/', import.meta.url)
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml'))
  const different = files.filter((name) => {
    const source = readFileSync(new URL(name, root), 'utf8')
    return formatFile(source) !== source
  })

  assert.ok(files.length > 100)
  assert.deepEqual(different, [], 'run ashlar fmt')
})

test('short things stay on their line, long lists fill lines, comments keep their place', () => {
  const fields = Array.from({ length: 24 }, (_, n) => `field${n}`).join(', ')
  const source = `# head\n\na: {b: 1,   c: "x, y"}\nlong: [${fields}]\n# of d\nd:\n- e # aside\n-   f:  g\n    h: i\n`

  assert.equal(
    formatFile(source),
    `# head

a: { b: 1, c: "x, y" }
long:
  [field0, field1, field2, field3, field4, field5, field6, field7, field8, field9, field10, field11, field12, field13,
   field14, field15, field16, field17, field18, field19, field20, field21, field22, field23]
# of d
d:
  - e # aside
  - f: g
    h: i
`,
  )
})

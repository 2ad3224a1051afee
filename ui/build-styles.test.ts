// The built styles are those of the sources, flip from right to left, and carry nothing of GOV.UK's brand.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildStyles, finish } from './build-styles.ts'

test('dist/ holds what the sources give, without a fault', (context) => {
  const { parts, stale, faults } = buildStyles({ write: false })

  context.diagnostic(`${parts} style parts examined`)
  assert.deepEqual(faults, [])
  assert.deepEqual(stale, [], 'Run node ui/build-styles.ts')
})

test('Left and right become start and end', () => {
  const css = finish(
    'test',
    `.a { margin-left: 1px; padding: 1px 2px 3px 4px; border-right: 1px solid; text-align: right; float: left; left: 0 }
     .b { margin: 0 2px 0 2px; transform: rotate(45deg) } [dir="rtl"] .b { transform: rotate(-45deg) }`,
  )

  assert.deepEqual(css.faults, [])
  assert.equal(
    css.css.trim(),
    '.a{margin-inline-start:1px;padding-block:1px 3px;padding-inline:4px 2px;border-inline-end:1px solid;text-align:end;float:left;float:inline-start;inset-inline-start:0}' +
      '.b{margin:0 2px 0 2px;transform:rotate(45deg)}[dir="rtl"] .b{transform:rotate(-45deg)}',
  )
})

test('Planted faults are found: a shape that does not turn, a side that cannot, a colour and a font of GOV.UK', () => {
  const faults = finish(
    'test',
    `.a::before { transform: rotate(45deg) } .b { background-position: left 5px top } .c { clip-path: polygon(0% 0%, 100% 50%, 0% 100%) }
     .d { color: #003078 }`,
  ).faults.map(({ fault }) => fault)

  assert.equal(faults.length, 4)
  assert.match(faults.join('\n'), /rotate[\s\S]*left 5px[\s\S]*polygon[\s\S]*#003078/)
  assert.match(finish('test', '.a{font-family:"GDS Transport"}').faults[0]?.fault ?? '', /brand/)
})

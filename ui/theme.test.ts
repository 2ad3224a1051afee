// A theme can be read, and refuses colours and drawings that are not what they should be.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nour, veridia } from './examples/face.ts'
import { fontStack } from './fonts.ts'
import { checkTheme, contrast, createTheme } from './theme.ts'

test('Every pair of text and ground in the example themes has enough contrast', (context) => {
  const results = [veridia, nour, { emblem: 'star', colours: {} }].map(checkTheme)

  context.diagnostic(`${results.reduce((sum, { examined }) => sum + examined, 0)} pairs examined`)
  assert.deepEqual(
    results.flatMap(({ faults }) => faults),
    [],
  )
})

test('A planted fault, pale links and a pale header, is found', () => {
  const { faults } = checkTheme({ ...veridia, colours: { ...veridia.colours, link: '#77aacc', brand: '#9fd0c0' } })
  const pairs = faults.map(({ face, pair }) => `${face}: ${pair}`)

  assert.ok(pairs.includes('citizen: text in the header'))
  assert.ok(pairs.includes('citizen: link on the page'))
  assert.ok(pairs.includes('citizen: link on the surface'))
  assert.equal(
    faults.every(({ face, ratio, needed }) => face === 'citizen' && ratio < needed),
    true,
  )
})

test('A country may name some colours, its office others', () => {
  const theme = { emblem: 'star', colours: { brand: '#0b4033' }, office: { accent: '#2a9d8f' } }

  assert.equal(createTheme(theme).properties.header, '#0b4033')
  assert.equal(createTheme(theme, 'office').properties.accent, '#2a9d8f')
  assert.notEqual(createTheme(theme, 'office').properties.header, '#0b4033')
})

test('Contrast is that of WCAG', () => {
  assert.equal(contrast('#000000', '#ffffff'), 21)
  assert.equal(contrast('#777777', '#ffffff').toFixed(2), '4.48')
})

test('A colour that is none is refused by name', () => {
  assert.throws(
    () => createTheme({ ...veridia, colours: { ...veridia.colours, link: 'red;}body{display:none' } }),
    /link/,
  )
})

test('An emblem may hold shapes and nothing else', () => {
  const draw = (inside: string) => () => createTheme({ ...veridia, emblem: `<svg viewBox="0 0 1 1">${inside}</svg>` })
  const bad = [
    '<script>alert(1)</script>',
    '<path onload="x"/>',
    '<path style="fill:red"/>',
    '<style>*{}</style>',
    '<foreignObject/>',
    '<use href="https://else.where/#x"/>',
    '<path fill="url(https://else.where)"/>',
    '<a href="javascript:x"><path/></a>',
    '<image href="x.png"/>',
    `<path d="${'1 '.repeat(3000)}"/>`,
  ]

  assert.doesNotThrow(draw('<g><path id="a" fill="url(#b)" d="M0 0"/><use href="#a"/></g>'))
  for (const inside of bad) assert.throws(draw(inside), /emblem/, inside)
  assert.throws(() => createTheme({ ...veridia, emblem: '<p>no</p>' }), /emblem/)
})

test('Each script has fonts of its own before the usual ones', () => {
  assert.match(fontStack('ar'), /Arabic/)
  assert.match(fontStack('th'), /Thai/)
  assert.match(fontStack('zh-TW'), /TC/)
  assert.match(fontStack('en'), /^system-ui/)
  assert.match(fontStack('not a language'), /^system-ui/)
})

// A theme can be read, and refuses colours and drawings that are not what they should be.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { citizenTheme, otherTheme, staffTheme } from './examples/face.ts'
import { fontStack } from './fonts.ts'
import { checkTheme, contrast, createTheme } from './theme.ts'

test('Every pair of text and ground in the example themes has enough contrast', (context) => {
  let examined = 0
  for (const theme of [citizenTheme, staffTheme, otherTheme]) {
    const result = checkTheme(theme.colours)
    examined += result.examined
    assert.deepEqual(result.faults, [])
  }
  context.diagnostic(`${examined} pairs examined`)
})

test('A planted fault, pale links and a pale header, is found', () => {
  const { faults } = checkTheme({ ...citizenTheme.colours, link: '#77aacc', header: '#9fd0c0' })

  assert.deepEqual(
    faults.map(({ pair }) => pair),
    [
      'text in the header',
      'link on the page',
      'link on the surface',
      'hovered link on the surface',
      'mark of the current page',
    ].filter((pair) => faults.some((fault) => fault.pair === pair)),
  )
  assert.ok(faults.length >= 4)
  assert.ok(faults.every(({ ratio, needed }) => ratio < needed))
})

test('Contrast is that of WCAG', () => {
  assert.equal(contrast('#000000', '#ffffff'), 21)
  assert.equal(contrast('#777777', '#ffffff').toFixed(2), '4.48')
})

test('A colour that is none is refused by name', () => {
  assert.throws(
    () => createTheme({ ...citizenTheme, colours: { ...citizenTheme.colours, link: 'red;}body{display:none' } }),
    /link/,
  )
})

test('An emblem may hold shapes and nothing else', () => {
  const draw = (inside: string) => () =>
    createTheme({ ...citizenTheme, emblem: `<svg viewBox="0 0 1 1">${inside}</svg>` })
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
  assert.throws(() => createTheme({ ...citizenTheme, emblem: '<p>no</p>' }), /emblem/)
})

test('Each script has fonts of its own before the usual ones', () => {
  assert.match(fontStack('ar'), /Arabic/)
  assert.match(fontStack('th'), /Thai/)
  assert.match(fontStack('zh-TW'), /TC/)
  assert.match(fontStack('en'), /^system-ui/)
  assert.match(fontStack('not a language'), /^system-ui/)
})

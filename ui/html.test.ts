// Markup escapes what it is given, wherever it stands, and refuses places where escaping does not help.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { attributes, classes, html, isolate, join, safeAddress, styled, trustedHtml } from './html.ts'
import { cssOf, joinStyles, styleSet } from './styles.ts'

const hostile = `<img src=x onerror="alert('1')">&`

test('A value in text is escaped', () => {
  assert.equal(html`<p>${hostile}</p>`.markup, '<p>&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;</p>')
})

test('A value in an attribute cannot leave it', () => {
  assert.equal(html`<p title="${hostile}" lang='${"a'b"}'></p>`.markup.includes('<img'), false)
  assert.equal(html`<p title='${"a'b"}'></p>`.markup, "<p title='a&#39;b'></p>")
  assert.equal(html`<p${attributes({ title: hostile })}></p>`.markup.includes('<img'), false)
})

test('Html stays as it is, lists are joined, empty values give nothing', () => {
  const items = ['a', html`<b>b</b>`, undefined, null, false, 3, ['<']] as const

  assert.equal(html`<p>${items}</p>`.markup, '<p>a<b>b</b>3&lt;</p>')
  assert.equal(join(['a', undefined, html`<b>b</b>`], ', ').markup, 'a, <b>b</b>')
  assert.equal(classes('a', false, undefined, '', 'b'), 'a b')
})

test('An address that would run something leads nowhere', () => {
  const bad = [
    'javascript:alert(1)',
    'JaVaScript:alert(1)',
    ' java\nscript:alert(1)',
    '\u0001javascript:x',
    'vbscript:x',
    'data:text/html,<script>',
    'blob:x',
  ]
  const good = [
    '/apply?a=b:c',
    '#x',
    'https://veridia.example/',
    'mailto:a@b.example',
    'tel:+1800',
    'next',
    'data:image/png;base64,xx',
  ]

  for (const address of bad) {
    assert.equal(safeAddress(address), '#', address)
    assert.equal(html`<a href="${address}">x</a>`.markup, '<a href="#">x</a>')
    assert.equal(attributes({ href: address }).markup, ' href="#"')
  }
  for (const address of good) assert.equal(safeAddress(address), address)
})

test('Places where escaping does not help are refused', () => {
  const value = 'x'

  assert.throws(() => html`<p title=${value}></p>`, /needs quotes/)
  assert.throws(() => html`<${value}></p>`, /name of a tag/)
  assert.throws(() => html`<p ${value}></p>`, /only attributes/)
  assert.throws(() => html`<script>${value}</script>`, /may not hold/)
  assert.throws(() => html`<style>${value}</style>`, /may not hold/)
  assert.throws(() => html`<!-- ${value} -->`, /may not hold/)
  assert.throws(() => html`<p onclick="${value}"></p>`, /onclick/)
  assert.throws(() => html`<p style="${value}"></p>`, /style/)
  assert.throws(() => html`<p title="${html`<b>x</b>`}"></p>`, /only plain text/)
  assert.throws(() => html`<h${7}>x</h${7}>`, /level/)
  assert.throws(() => html`<p title="${value}`, /ends within a tag/)
  for (const name of ['onclick', 'style', 'srcdoc', 'a b', 'a>', 'x"'])
    assert.throws(() => attributes({ [name]: 'x' }), /not allowed/, name)
})

test('Indentation is not sent, words keep their blanks', () => {
  const markup = html`
    <ul>
      <li>one
        word</li>
      ${html`<li>two</li>`}
      ${undefined}
    </ul>
    `.markup

  assert.equal(markup, '<ul><li>one word</li><li>two</li></ul>')
  assert.equal(html`<p>${'a'} ${'b'}</p>`.markup, '<p>a b</p>')
})

test('Attributes leave out what is empty, and true stands alone', () => {
  const markup = attributes({ id: 'a', hidden: true, disabled: false, title: undefined, 'data-n': 0, alt: '' }).markup

  assert.equal(markup, ' id="a" hidden data-n="0" alt=""')
})

test('A name in another script keeps its own direction', () => {
  assert.equal(isolate('طارق <عزيز>').markup, '<bdi>طارق &lt;عزيز&gt;</bdi>')
})

test('What a piece uses goes with it into whatever holds it', () => {
  const tag = styled('tag')
  const button = styled('button', 'base')
  const whole = html`<div>${[tag`<b>x</b>`, html`<p>${button`<i>y</i>`}</p>`]}</div>`

  assert.deepEqual(whole.styles.parts, ['base', 'button', 'tag'])
  assert.equal(whole.styles, styleSet(['tag', 'button', 'base']), 'equal sets are one object')
  assert.equal(joinStyles(whole.styles, tag`x`.styles), whole.styles)
  assert.equal(trustedHtml('<b>', 'tag').styles.parts[0], 'tag')
  assert.match(cssOf(tag`x`.styles), /^\.govuk-tag\{/)
})

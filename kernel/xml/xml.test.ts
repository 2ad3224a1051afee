// XML: what is read, and what is refused.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { childOf, childrenOf, readXml, XmlError } from './index.ts'

test('elements, namespaces, attributes, text and CDATA are read', () => {
  const root = readXml(`<?xml version="1.0"?><!-- c -->
    <a xmlns="urn:a" xmlns:p="urn:p" name="x &amp; &#x41;" p:kind="k"><p:b>1 &lt; 2<![CDATA[ & <3>]]></p:b><b/></a>`)

  assert.deepEqual({ ...root.attributes }, { name: 'x & A', '{urn:p}kind': 'k' })
  assert.equal(root.namespace, 'urn:a')
  assert.deepEqual(
    childrenOf(root, 'b').map(({ namespace, text, line }) => [namespace, text, line]),
    [
      ['urn:p', '1 < 2 & <3>', 2],
      ['urn:a', '', 2],
    ],
  )
  assert.equal(childOf(root, 'b')!.namespaceOf('p'), 'urn:p')
  assert.equal(childOf(root, 'c'), undefined)
})

test('names may be of any script, and prototypes do not exist', () => {
  assert.deepEqual(Object.keys(readXml('<قرار __proto__="x" constructor="y"/>').attributes), [
    '__proto__',
    'constructor',
  ])
})

const refused: Record<string, string> = {
  'a DTD': '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
  'an entity of its own': '<a>&b;</a>',
  'an entity that fetches': '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
  'a declaration inside': '<a><!ENTITY b "c"></a>',
  'what is not closed': '<a><b></a>',
  'two roots': '<a/><b/>',
  nothing: '  ',
  'text outside': 'x<a/>',
  'a prefix of nobody': '<p:a/>',
  'an attribute twice': '<a b="1" b="2"/>',
  'a null character': '<a>\u0000</a>',
  'a null character by number': '<a>&#0;</a>',
  'half a character': '<a>&#xD800;</a>',
  'an ampersand alone': '<a>b & c</a>',
  'an attribute without quotes': '<a b=1/>',
  'attributes that touch': '<a b="1"c="2"/>',
  'what is too deep': '<a>'.repeat(201) + '</a>'.repeat(201),
  'an end without beginning': '<a/></a>',
  'what ends too early': '<a b="',
}

test('what is not well formed, or could expand, is refused', () => {
  for (const [what, text] of Object.entries(refused)) assert.throws(() => readXml(text), XmlError, what)
})

test('an error says the line', () => {
  assert.throws(() => readXml('<a>\n<b>\n</c></a>'), /line 3/)
})

test('a large document takes time in proportion to its length', () => {
  const start = performance.now()

  assert.equal(readXml(`<a>${'<b c="d">&amp;</b>'.repeat(30_000)}</a>`).children.length, 30_000)
  assert.throws(() => readXml(`<a>${'<b x="&'.repeat(50_000)}`), XmlError)
  assert.throws(() => readXml(`<a>${'&'.repeat(500_000)}</a>`), XmlError)

  assert.ok(performance.now() - start < 10_000)
})

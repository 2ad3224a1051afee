// A page is one small safe document that brings only the styles it uses.

import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { componentNames, loadExamples } from './examples/examples.ts'
import { citizenTheme } from './examples/face.ts'
import { examplePages } from './examples/pages.ts'
import { button, html, page, scriptFile } from './index.ts'
import { scriptNames, scriptSource } from './scripts/script-file.ts'
import { styleOrder } from './styles/order.ts'
import { cssOf, styleSet } from './styles.ts'

const limit = 14 * 1024
const overLimit = (pages: Record<string, () => string>) =>
  Object.entries(pages)
    .map(([name, draw]) => ({ name, bytes: gzipSync(draw()).length }))
    .filter(({ bytes }) => bytes > limit)

test('Every example page fits in 14 KB compressed, style included', (context) => {
  const sizes = Object.entries(examplePages).map(([name, draw]) => `${name} ${gzipSync(draw()).length}`)

  context.diagnostic(`${sizes.length} pages examined (bytes, gzip): ${sizes.join(', ')}`)
  assert.deepEqual(overLimit(examplePages), [])
})

test('A planted fault, a page with every style and random words, is found', () => {
  const all = {
    heavy: () => cssOf(styleSet(styleOrder)) + Array.from({ length: 2000 }, () => Math.random().toString(36)).join(' '),
  }

  assert.equal(overLimit(all).length, 1)
})

test('A page brings the styles of what it shows and no others', () => {
  const bare = page({ lang: 'en', dir: 'ltr', title: 'T', nonce: 'n', theme: citizenTheme, body: html`<p>x</p>` })
  const withButton = page({
    lang: 'en',
    dir: 'ltr',
    title: 'T',
    nonce: 'n',
    theme: citizenTheme,
    body: html`<p>${button({ text: 'x' })}</p>`,
  })

  assert.equal(bare.includes('.govuk-button--warning{'), false)
  assert.equal(withButton.includes('.govuk-button--warning{'), true)
  assert.equal(withButton.includes('.govuk-radios'), false)
})

test('The head is escaped, carries the nonce, the language and the direction', () => {
  const markup = page({
    lang: 'ar',
    dir: 'rtl',
    title: '</title><script>alert(1)</script>',
    nonce: 'n"><script>',
    theme: citizenTheme,
    body: html`x`,
    facts: { name: '</script><script>alert(2)</script>' },
    alternates: [{ lang: 'en', href: '?lang=en' }],
  })

  assert.match(markup, /^<!DOCTYPE html><html class="govuk-template" lang="ar" dir="rtl">/)
  assert.equal(markup.match(/<script/g)?.length, 2, 'the facts and the file, no other')
  assert.match(markup, /<style nonce="n&quot;&gt;&lt;script&gt;">/)
  assert.match(markup, /hreflang="en"/)
  assert.match(markup, new RegExp(`src="${scriptFile.path.replace('.', '\\.')}"`))
})

test('Every component has examples, each is drawn whole, and every id that is pointed at is there', async (context) => {
  const examples = await loadExamples()
  const shown = new Set(examples.map(({ component }) => component))

  assert.deepEqual(
    componentNames().filter((name) => !shown.has(name)),
    [],
  )
  for (const example of examples) {
    const { markup } = example.draw()
    const where = `${example.component}: ${example.name}`
    assert.doesNotMatch(markup, /undefined|\[object|NaN|>null</, where)
    const ids = new Set([...markup.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id))
    for (const [, names] of markup.matchAll(/ (?:aria-describedby|aria-labelledby|aria-controls|for)="([^"]*)"/g))
      for (const id of (names as string).split(' '))
        assert.ok(
          ids.has(id) || markup.includes(`name="${id}"`) || example.component === 'label',
          `${where}: nothing has the id ${id}`,
        )
  }
  context.diagnostic(`${examples.length} examples of ${shown.size} components examined`)
})

test('No component holds a word: what it shows comes with the call', async (context) => {
  const examples = await loadExamples()
  let texts = 0
  for (const example of examples) {
    for (const [, text] of example.draw().markup.matchAll(/>([^<]*\p{L}[^<]*)</gu)) {
      texts++
      assert.ok(
        withoutNumbers(example.words).includes(withoutNumbers(plain(text as string))),
        `${example.component}: ${JSON.stringify(text)} is not in the call`,
      )
    }
  }
  context.diagnostic(`${texts} texts examined`)
})

function withoutNumbers(text: string): string {
  return text.replace(/%\{count\}|\d+/g, '')
}

function plain(text: string): string {
  return text
    .replace(/&#39;/g, "'")
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .replace(/^[\s(:]+|[\s):]+$/g, '')
}

test('The script is one small file, none of its parts large, with an address that follows its text', () => {
  const scripts = readdirSync(new URL('scripts/', import.meta.url)).filter((name) => name.endsWith('.js'))

  assert.deepEqual(scripts.sort(), scriptNames.map((name) => `${name}.js`).sort())
  for (const name of scriptNames) assert.ok(gzipSync(scriptSource(name)).length < 1536, name)
  assert.ok(gzipSync(scriptFile.body).length < 4096)
  assert.match(scriptFile.path, /^\/assets\/ashlar-[\w-]{12}\.js$/)
  assert.doesNotThrow(() => new Function(scriptFile.body))
})

// Proves texts in three languages: plurals, dates, fallbacks, and that nothing missing goes unseen.
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import test from 'node:test'
import { createTexts, type Language, nearest, readTexts, toLatinDigits } from './index.ts'

const languages: Language[] = [
  { code: 'en', direction: 'ltr' },
  { code: 'ar', direction: 'rtl' },
  { code: 'fr', direction: 'ltr' },
]
const days = {
  en: { days: '{n, plural, one {# day} other {# days}}' },
  ar: {
    days: '{n, plural, zero {لا أيام} one {يوم واحد} two {يومان} few {# أيام} many {# يومًا} other {# يوم}}',
  },
  fr: { days: '{n, plural, one {# jour} other {# jours}}' },
}

test('each language counts by its own rules; Arabic has six forms', () => {
  const { text } = createTexts({ languages, texts: days })

  assert.deepEqual(
    [0, 1, 2, 3, 11, 100].map((n) => text('ar', 'days', { n })),
    ['لا أيام', 'يوم واحد', 'يومان', '3 أيام', '11 يومًا', '100 يوم'],
  )
  assert.deepEqual([text('en', 'days', { n: 0 }), text('fr', 'days', { n: 0 })], ['0 days', '0 jour'])
})

test('a text that a language lacks is reported, and falls back to the first language, then to its key', () => {
  const missed: string[] = []
  const texts = createTexts({
    languages,
    texts: { en: { home: { title: 'Welcome {name}' } }, fr: {}, ar: { home: { title: 'أهلا {name}' } } },
    onMissing: (language, key) => missed.push(`${language} ${key}`),
  })

  assert.equal(texts.text('fr', 'home.title', { name: '<b>{x}' }), 'Welcome <b>{x}')
  assert.equal(texts.text('en', 'home.subtitle'), 'home.subtitle')
  assert.deepEqual(missed, ['fr home.title', 'en home.subtitle'])
  assert.deepEqual(
    texts.missing().map(({ language, key }) => `${language} ${key}`),
    ['fr home.title'],
  )
  assert.throws(() => texts.check(), /fr: has no text 'home.title'/)
})

test('a malformed text and a placeholder that only a translation has are found', () => {
  const { problems } = createTexts({
    languages: languages.slice(0, 2),
    texts: { en: { a: 'Pay {amount}', b: '{n, plural, one {x}' }, ar: { a: 'ادفع {amuont}', b: 'ب' } },
  })

  assert.deepEqual(
    problems().map(({ language, key, kind }) => [language, key, kind]),
    [
      ['en', 'b', 'malformed'],
      ['ar', 'a', 'unknown-placeholder'],
    ],
  )
})

test('later sources win text by text, so a country may say it its own way', () => {
  const texts = createTexts({
    languages: languages.slice(0, 1),
    texts: [{ en: { a: 'A', b: 'B' } }, { en: { b: 'Bee' } }],
  })

  assert.deepEqual([texts.text('en', 'a'), texts.text('en', 'b')], ['A', 'Bee'])
  texts.check()
})

test('instants are written in the zone of the country, and days as the very day', () => {
  const { text } = createTexts({
    languages,
    zone: 'Pacific/Apia',
    texts: Object.fromEntries(
      languages.map(({ code }) => [code, { due: '{at, date, long}', hour: '{at, time, short}' }]),
    ),
  })
  const at = new Date('2026-03-29T12:30:00Z') // already the 30th in Samoa

  assert.equal(text('en', 'due', { at }), 'March 30, 2026')
  assert.equal(text('fr', 'due', { at: '2026-03-29' }), '29 mars 2026')
  assert.match(text('ar', 'due', { at: '2026-03-29' }), /مارس/)
  assert.match(text('en', 'hour', { at }), /^1:30\sAM$/u)
})

test('the language of a browser is chosen by its header', () => {
  const { choose, direction } = createTexts({ languages, texts: {} })

  assert.equal(choose('fr-CH, fr;q=0.9, en;q=0.8'), 'fr')
  assert.equal(choose('de;q=1, ar-EG;q=0.5, en;q=0.1'), 'ar')
  assert.equal(choose('en;q=0, *;q=0.1'), 'en')
  assert.equal(choose(undefined), 'en')
  assert.equal(choose(','.repeat(100_000)), 'en')
  assert.deepEqual([direction('ar'), direction('fr')], ['rtl', 'ltr'])
})

test('files are read as words only: no, 2026 and null are texts', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'k2-texts-'))
  await writeFile(path.join(folder, 'en.yaml'), 'answer:\n  no: no\n  year: 2026\n  nothing: null\n')

  const { en } = await readTexts(folder)
  await writeFile(path.join(folder, 'en.yaml'), 'a: [')

  assert.deepEqual(en, { answer: { no: 'no', year: '2026', nothing: 'null' } })
  await assert.rejects(readTexts(folder), /en\.yaml is not YAML/)
  await rm(folder, { recursive: true })
})

test('digits of every script become ours; all else stays', () => {
  assert.equal(toLatinDigits('٢٠٢٦/۰۳ १२ １２ CR-٧'), '2026/03 12 12 CR-7')
  assert.equal(toLatinDigits('Amina O’Neill'), 'Amina O’Neill')
})

test('the nearest word is found for a slip, and none for another word', () => {
  const words = ['http.port', 'http.host', 'database.url']

  assert.equal(nearest('http.prot', words), 'http.port')
  assert.equal(nearest('databse.url', words), 'database.url')
  assert.equal(nearest('colour', words), undefined)
})

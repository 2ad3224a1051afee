// Laws are cited in the reader's language, and a law without a name in it is found by the check.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { checkCountry, cite, loadCountry } from './index.ts'
import { lawsOf, unnamedLaws } from './laws.ts'

const veridia = () => loadCountry(fileURLToPath(new URL('../../countries/veridia', import.meta.url)))
const languages = ['en', 'ar', 'fr'].map((code) => ({ code, name: code, direction: 'ltr' as const }))
const laws = {
  cited: { en: '{law} s.{section}', ar: '{law}، المادة {section}', fr: 'art. {section} {law}' },
  names: { 'Road Traffic Act': { ar: 'قانون المرور', fr: 'Code de la route' } },
}

test('a section is cited as the language does, with the name that the law has in it', () => {
  const cited = (written: string, language: string) => cite({ languages, laws }, written, language)

  assert.deepEqual(cited('Road Traffic Act s.41(3)', 'ar'), { text: 'قانون المرور، المادة 41(3)', language: 'ar' })
  assert.deepEqual(cited('Road Traffic Act s.41(3)', 'fr'), { text: 'art. 41(3) Code de la route', language: 'fr' })
  assert.deepEqual(cited('Road Traffic Act', 'fr'), { text: 'Code de la route', language: 'fr' })
  for (const written of ['Road Traffic Act s.41(3)', 'anything'])
    assert.deepEqual(cited(written, 'en'), { text: written, language: 'en' })
})

test('what has no name or follows no pattern stays as it is written, and says in which language that is', () => {
  for (const written of ['Harbour Act s.2', 's.', '', ' s.41', '{law} s.{section}', '$& s.$1'])
    assert.deepEqual(cite({ languages, laws }, written, 'ar'), { text: written, language: 'en' }, written)
  assert.deepEqual(cite({ languages }, 'Road Traffic Act s.41(3)', 'ar').text, 'Road Traffic Act s.41(3)')
})

test('every law that people may meet in the model country has a name in each of its languages', async (context) => {
  const { country } = await veridia()
  const active = Object.values(country!.services).filter(({ status }) => status === 'active')
  const found = new Set(active.flatMap(lawsOf))

  assert.deepEqual(unnamedLaws(country!), [])
  assert.ok(found.size > 10)
  context.diagnostic(`${found.size} citations in ${active.length} services examined`)
})

test('a planted fault: a law that lost its name in a language is found, with its mend', async () => {
  const loaded = await veridia()
  delete loaded.country!.laws!.names['Road Traffic Act']!.ar

  const found = checkCountry(loaded).problems.filter(({ code }) => code === 'law-without-name')

  assert.deepEqual(
    found.map(({ file, message, mend }) => ({ file, message, mend })),
    [
      {
        file: 'country.yaml',
        message: "'Road Traffic Act' has no name in ar",
        mend: 'add it under laws.names: Road Traffic Act: { ar: … }',
      },
    ],
  )
  assert.ok(found[0]!.line > 1)
})

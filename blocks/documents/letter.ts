// Makes the data of a letter from a document, the public service that issued it, and the words of the letter's paper.
import type { PublicService } from '@ashlar/catalogue'
import { createTexts, readTexts, type Texts, type TextValues } from '@ashlar/kernel/language'
import { writerOf } from '@ashlar/kernel/writer'
import type { Json } from '@ashlar/workflow'
import type { Letter, LetterIssuer } from './letter-printer.ts'
import { DocumentHasNoLetter } from './problems.ts'
import { drawCode } from './statement.ts'
import type { DocumentRow } from './store.ts'
import { writtenAll } from './written.ts'

/** What of a definition letters are made from. */
export type IssuingService = Pick<PublicService, 'prefix' | 'outputs' | 'files'>

/** What is sealed of a document. */
export interface Contents {
  facts: Record<string, Json>
  holder: string | null
  /** The text of its code, or null. */
  code: string | null
}

export interface LetterSources {
  service: IssuingService
  texts: Texts
  issuer: LetterIssuer
  verifyPage: string
  zone: string
}

/** Words of the paper itself; a service may say them otherwise under `letter.<output>`. */
const paperTexts = createTexts({
  languages: [
    { code: 'en', direction: 'ltr' },
    { code: 'ar', direction: 'rtl' },
    { code: 'fr', direction: 'ltr' },
  ],
  texts: await readTexts(new URL('./texts/', import.meta.url)),
})

/** What stands on the paper of a document, or of one that might be issued. */
type Paper = Pick<DocumentRow, 'output' | 'language' | 'reference' | 'issued_at' | 'valid_until'>

/** Throws DocumentHasNoLetter. */
export function toLetter(row: Paper, contents: Contents, sources: LetterSources): Letter {
  const { service, texts, issuer, zone } = sources
  const name = service.outputs[row.output]?.letter
  const source = name === undefined ? undefined : service.files[name]
  if (name === undefined || source === undefined) throw DocumentHasNoLetter(row.output)
  const locale = texts.languages.find(({ code }) => code === row.language)?.locale ?? row.language
  const writer = writerOf(locale, zone)
  const shown = writtenAll(contents.facts, writer)

  return {
    template: { name, source },
    at: row.issued_at,
    data: {
      language: row.language,
      direction: texts.direction(row.language),
      issuer,
      holder: { name: contents.holder },
      paper: {
        title: texts.text(row.language, `output.${row.output}.title`),
        reference: row.reference,
        issuedAt: writer.date(row.issued_at),
        validUntil: row.valid_until && writer.date(row.valid_until),
      },
      facts: contents.facts,
      shown,
      texts: wordsOf(row, texts, plain(shown)),
      verify: contents.code === null ? null : { qr: drawCode(contents.code), page: sources.verifyPage },
    },
  }
}

function wordsOf({ language, output }: Paper, texts: Texts, values: TextValues): Record<string, string> {
  const own = `letter.${output}.`
  const words = Object.fromEntries(paperTexts.keys().map((key) => [key, paperTexts.text(language, key, values)]))
  for (const key of texts.keys())
    if (key.startsWith(own)) words[key.slice(own.length)] = texts.text(language, key, values)
  return words
}

/** Texts take single values; a list of things is told by how many there are. */
const plain = (shown: Record<string, unknown>): TextValues =>
  Object.fromEntries(
    Object.entries(shown).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.length : typeof value === 'object' ? '' : (value as string | number | boolean),
    ]),
  )

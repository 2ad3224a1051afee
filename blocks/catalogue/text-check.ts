// Checks the texts of a country and of its services: complete in every language, well-formed, with values that exist.
import { createTexts } from '@ashlar/kernel/language'
import { suggest } from './check-problem.ts'
import type { Country } from './country.ts'
import type { LoadedFile } from './load.ts'
import type { PublicService } from './public-service.ts'
import { freeTexts, type TextKey, textKeys } from './text-keys.ts'

export interface TextCheck {
  service: PublicService
  country: Country
  files: Record<string, LoadedFile>
}

/** Reports into the files, and gives how many texts were examined. */
export function checkTexts({ service, country, files }: TextCheck): number {
  const folder = `services/${service.id}/`
  const keys = textKeys(service)
  let examined = 0
  for (const { code } of country.languages) {
    const file = files[`${folder}texts/${code}.yaml`]
    if (!service.languages.includes(code)) continue
    if (file === undefined) {
      files[`${folder}service.yaml`]?.report(['service'], {
        code: 'missing-text',
        message: `the service has no texts in '${code}'`,
        mend: `add texts/${code}.yaml`,
        severity: service.status === 'draft' ? 'draft' : 'error',
      })
      continue
    }
    if (file.problems.some(({ severity }) => severity === 'error')) continue
    examined += checkLanguage(service, keys, code, file)
  }
  return examined
}

function checkLanguage(service: PublicService, keys: TextKey[], language: string, file: LoadedFile): number {
  const texts = service.texts[language] ?? {}
  const known = new Map(keys.map((key) => [key.key, key]))
  const free = freeTexts(service)

  for (const { key, required } of keys) {
    if (required && !Object.hasOwn(texts, key))
      file.report(key.split('.'), {
        code: 'missing-text',
        message: `the text '${key}' is missing in '${language}'`,
        mend: 'write it',
        severity: service.status === 'draft' ? 'draft' : 'error',
      })
  }
  const wanted = keys.filter(({ key }) => !Object.hasOwn(texts, key)).map(({ key }) => key)
  for (const key of Object.keys(texts)) {
    if (known.has(key) || free.some(({ prefix }) => key.startsWith(prefix))) continue
    file.report(key.split('.'), {
      code: 'unused-text',
      message: `nothing shows the text '${key}'`,
      mend: `${suggest(key, wanted)}, or take it out`,
      severity: 'warning',
    })
  }
  checkValues(texts, language, file, (key) => {
    const own = known.get(key)
    return own?.values ?? free.find(({ prefix }) => key.startsWith(prefix))?.values ?? []
  })
  return Object.keys(texts).length
}

/** A private-use language whose texts use every value that a text may use; what ours use beyond it is a fault. */
const allowed = 'en-x-allowed'

function checkValues(
  texts: Record<string, string>,
  language: string,
  file: LoadedFile,
  valuesOf: (key: string) => string[],
): void {
  const offered = Object.fromEntries(
    Object.keys(texts).map((key) => [
      key,
      valuesOf(key)
        .map((name) => `{${name}}`)
        .join(' '),
    ]),
  )
  const checked = createTexts({
    languages: [
      { code: allowed, direction: 'ltr' },
      { code: language, direction: 'ltr' },
    ],
    texts: { [allowed]: nest(offered), [language]: nest(texts) },
  })
  for (const { language: where, key, kind, message } of checked.problems()) {
    if (where !== language || kind === 'missing') continue
    file.report(key.split('.'), {
      code: kind === 'malformed' ? 'malformed-text' : 'unknown-value',
      message,
      mend: kind === 'malformed' ? 'mend the ICU message' : suggest(/\{(.+)\}/.exec(message)?.[1] ?? '', valuesOf(key)),
    })
  }
}

interface Tree {
  [key: string]: string | Tree
}

/** Keys are kept whole: a dot inside stays, since the tree is only one level deep. */
const nest = (texts: Record<string, string>): Tree => ({ ...texts })

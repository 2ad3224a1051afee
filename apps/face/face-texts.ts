// The texts of the faces: each app's own texts/<lang>.yaml, then what the country says otherwise.
import { fileURLToPath } from 'node:url'
import type { Country } from '@ashlar/catalogue'
import { createTexts, readTexts, type Texts, type TextTree } from '@ashlar/kernel/language'

/** Texts of these folders in the country's languages; later folders and the country itself win. */
export async function readFaceTexts(
  country: Pick<Country, 'languages' | 'texts' | 'zone'>,
  folders: URL[],
  onMissing?: (language: string, key: string) => void,
): Promise<Texts> {
  const own = new URL('./texts/', import.meta.url)
  const trees = await Promise.all([own, ...folders].map((folder) => readTexts(fileURLToPath(folder))))
  return createTexts({
    languages: country.languages,
    texts: [...trees, country.texts as Record<string, TextTree>],
    zone: country.zone,
    ...(onMissing ? { onMissing } : {}),
  })
}

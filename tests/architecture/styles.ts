// Styles: the committed CSS is what the build of the styles gives today.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Check } from './finding.ts'

export const styles: Check = async (root) => {
  const { staleStyles } = (await import(pathToFileURL(join(root, 'ui/build-styles.ts')).href)) as {
    staleStyles: () => Promise<{ examined: number; stale: string[] }>
  }
  const { examined, stale } = await staleStyles()
  return {
    examined,
    unit: 'stylesheets',
    problems: stale.map((file) => `${file} is not what its source gives: run node ui/build-styles.ts`),
  }
}

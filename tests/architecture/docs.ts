// Docs: the generated reference is what the code gives today.
import { staleDocs } from '../../docs/generate.ts'
import type { Check } from './finding.ts'

export const docs: Check = async (root) => {
  const { examined, stale } = await staleDocs(root)
  return {
    examined,
    unit: 'pages',
    problems: stale.map((file) => `${file} is not what the code gives: run npm run docs`),
  }
}

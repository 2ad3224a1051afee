// Styles: the committed CSS is what the build of the styles gives today.
import { buildStyles } from '../../ui/build-styles.ts'
import type { Check } from './finding.ts'

export const styles: Check = async () => {
  const { parts, stale, faults } = buildStyles({ write: false })
  return {
    examined: parts,
    unit: 'stylesheets',
    problems: [
      ...stale.map((file) => `${file} is not what its source gives: run node ui/build-styles.ts`),
      ...faults.map((fault) => Object.values(fault).join(': ')),
    ],
  }
}

// Format and lint: Biome would change nothing and finds nothing.
import { type Check, run } from './finding.ts'

export const format: Check = async (root) => {
  const { code, out } = await run(
    'biome',
    ['ci', '--colors=off', '--max-diagnostics=40', '--error-on-warnings', '.'],
    root,
  )
  const examined = Number(/Checked (\d+) files/.exec(out)?.[1] ?? 0)
  return {
    examined,
    unit: 'files',
    problems: code ? [`run: npx biome check --write .\n${out.trim().slice(0, 6000)}`] : [],
  }
}

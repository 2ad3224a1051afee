// `npm run check`: runs every check of the house and prints what each examined; any finding is an error.
import { fileURLToPath } from 'node:url'
import { arrows } from './arrows.ts'
import { declared } from './declared.ts'
import { docs } from './docs.ts'
import type { Check } from './finding.ts'
import { format } from './format.ts'
import { migrations } from './migrations.ts'
import { names } from './names.ts'
import { styles } from './styles.ts'
import { texts } from './texts.ts'
import { types } from './types.ts'
import { unused } from './unused.ts'

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
const all: Record<string, Check> = {
  types,
  format,
  arrows,
  declared,
  names,
  unused,
  migrations,
  texts,
  styles,
  docs,
}

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !(name in all))
if (unknown.length) {
  console.error(`Unknown check: ${unknown.join(', ')}. There are: ${Object.keys(all).join(', ')}.`)
  process.exit(2)
}

let failed = 0
const began = performance.now()
for (const [name, check] of Object.entries(all)) {
  if (asked.length && !asked.includes(name)) continue
  const start = performance.now()
  const { examined, unit, problems } = await check(root)
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  // A check that looked at nothing has proved nothing.
  const findings = examined === 0 ? [`examined 0 ${unit}: the check is broken`, ...problems] : problems
  console.log(`${findings.length ? '✗' : '✓'} ${name.padEnd(11)} ${String(examined).padStart(5)} ${unit}  ${seconds} s`)
  for (const finding of findings) console.log(`    ${finding.replaceAll('\n', '\n    ')}`)
  if (findings.length) failed += 1
}
console.log(`${((performance.now() - began) / 1000).toFixed(1)} s in all, ${failed} of the checks failed`)
process.exitCode = failed ? 1 : 0

// `npm run tck -- DIR`: runs the test cases of the DMN compatibility kit under DIR and ends with "N passed, N failed".
import { mkdir, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { runKit } from './kit.ts'

const { values, positionals } = parseArgs({
  options: { 'no-report': { type: 'boolean', default: false } },
  allowPositionals: true,
})
const [folder] = positionals
if (!folder) {
  console.error('Say which folder: npm run tck -- ../shared/contracts/dmn-tck')
  process.exit(2)
}

const report = await runKit(resolve(folder))
for (const { file, test, node, cause } of report.failures) console.log(`FAILED ${file} ${test} ${node}: ${cause}`)
for (const { level, passed, total, results } of report.levels) {
  console.log(`${level}: ${passed} of ${total} test cases (${results.passed} of ${results.total} results)`)
}
if (!values['no-report']) {
  const file = new URL('../.out/tck.json', import.meta.url)
  await mkdir(new URL('.', file), { recursive: true })
  await writeFile(file, `${JSON.stringify(report, null, 2)}\n`)
  console.log(`Written to ${fileURLToPath(file)}`)
}
const passed = report.levels.reduce((sum, level) => sum + level.passed, 0)
const total = report.levels.reduce((sum, level) => sum + level.total, 0)
console.log(`${passed} passed, ${total - passed} failed`)
process.exitCode = total > 0 && passed === total ? 0 : 1

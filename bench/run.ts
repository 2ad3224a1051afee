// `npm run bench [-- NAME…]`: how fast the product is beside its limits; one table, and bench/.out/results.json.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { application } from './application.ts'
import { decisions } from './decisions.ts'
import { machineFacts } from './machine.ts'
import { office } from './office.ts'
import { page } from './page.ts'
import { read } from './read.ts'
import { type BenchOptions, fallsShort, type Row, table } from './result.ts'
import { start } from './start.ts'
import { workflow } from './workflow.ts'

const benches: Record<string, (options: BenchOptions) => Promise<Row[]>> = {
  start,
  page,
  read,
  office,
  application,
  decisions,
  workflow,
}
const out = fileURLToPath(new URL('./.out/', import.meta.url))

const words = process.argv.slice(2)
const seconds = Number(words.find((word) => word.startsWith('--seconds='))?.slice(10) ?? 5)
const names = words.filter((word) => !word.startsWith('--'))
const unknown = names.filter((name) => !(name in benches))
if (unknown.length > 0) {
  console.error(`Unknown bench: ${unknown.join(', ')}. There are: ${Object.keys(benches).join(', ')}.`)
  process.exit(2)
}

const folder = join('/tmp', `ashlar-bench-${process.pid}`)
mkdirSync(folder, { recursive: true })
mkdirSync(out, { recursive: true })
const say = (text: string) => console.error(text)
const machine = machineFacts()
const rows: Row[] = []
try {
  for (const [name, bench] of Object.entries(benches)) {
    if (names.length > 0 && !names.includes(name)) continue
    say(`${name} …`)
    rows.push(...(await bench({ folder, seconds, say })))
  }
  const { cpu, cores, memoryMb, kernel, node, commit, changed, load } = machine
  console.log(`\n${table(rows)}\n`)
  console.log(
    `${cpu}, ${cores} cores, ${memoryMb} MB · Linux ${kernel} · node ${node} · ${commit}${changed ? ' and changes' : ''}`,
  )
  console.log(`Load of the machine before: ${load.join(', ')}. Generators and limits run on the same cores.`)
  const short = rows.filter(fallsShort).map(({ what, wanted }) => `${what} (wanted ${wanted})`)
  console.log(short.length > 0 ? `\nFalls short: ${short.join('; ')}.` : '\nNothing falls short of what is wanted.')
  writeFileSync(join(out, 'results.json'), `${JSON.stringify({ machine, seconds, rows }, null, 2)}\n`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

// `npm test`: runs every *.test.ts of the house on node's own test runner and ends with "N passed, N failed".
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { sources } from './architecture/sources.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const asked = process.argv.slice(2)
const files = (await sources(root, '.test.ts')).filter(
  (path) => !asked.length || asked.some((part) => path.includes(part)),
)
if (!files.length) {
  console.error(`No test file matches ${asked.join(' ')}`)
  process.exit(1)
}

const child = spawn(
  process.execPath,
  [
    '--test',
    '--test-concurrency=2',
    '--test-force-exit',
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    ...files,
  ],
  { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_OPTIONS: '--no-warnings' } },
)
/** The runner's own figures; failures are told after them, at any length. */
const figures = new Map<string, number>()
child.stdout.on('data', (chunk: Buffer) => {
  process.stdout.write(chunk)
  for (const [, what, count] of chunk.toString('utf8').matchAll(/^ℹ (\w+) (\d+)$/gm)) figures.set(what!, Number(count))
})
child.on('close', (code) => {
  const count = (what: string) => figures.get(what) ?? 0
  console.log(`${count('pass')} passed, ${count('fail') + count('cancelled')} failed`)
  process.exitCode = code ?? 1
})

// `npm run test:browser`: every browser test of the house in a real Chromium, then the story; ends with "N passed, N failed".
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findChromium, howToGetChromium } from './chromium.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
if (findChromium() === undefined) {
  console.error(howToGetChromium)
  console.log('0 passed, 1 failed')
  process.exit(1)
}

const tests = ['kernel', 'blocks', 'ui', 'apps'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.name.endsWith('.browser-test.ts') && !entry.parentPath.includes('node_modules'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name))),
)
const story = join('tests', 'journeys', 'story.ts')
let passed = 0
let failed = 0
for (const [file, ...args] of [...tests.map((test) => [test]), [story, '--short', ...process.argv.slice(2)]]) {
  console.log(`\n::: ${file}`)
  const { code, counted } = await play(file!, args)
  passed += counted?.[0] ?? (code === 0 ? 1 : 0)
  // A runner that dies without a figure has failed once.
  failed += counted?.[1] ?? 0
  if (code !== 0 && !counted?.[1]) failed += 1
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed ? 1 : 0

function play(file: string, args: string[]): Promise<{ code: number; counted?: [number, number] }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--no-warnings', file, ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let counted: [number, number] | undefined
    child.stdout.on('data', (chunk: Buffer) => {
      process.stdout.write(chunk)
      const line = [...chunk.toString('utf8').matchAll(/^(\d+) passed, (\d+) failed/gm)].at(-1)
      if (line) counted = [Number(line[1]), Number(line[2])]
    })
    child.on('close', (code) => resolve({ code: code ?? 1, ...(counted ? { counted } : {}) }))
  })
}

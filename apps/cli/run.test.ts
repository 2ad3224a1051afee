// The command line as people meet it: help with examples, suggestions on typos, data on stdout and talk on stderr.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { commands, helpOf } from './commands.ts'

const house = fileURLToPath(new URL('../../', import.meta.url))

function ashlar(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--no-warnings', 'apps/cli/main.ts', ...args], { cwd: house })
    const said = { out: '', err: '' }
    child.stdout.on('data', (text) => (said.out += text))
    child.stderr.on('data', (text) => (said.err += text))
    child.on('close', (code) => resolve({ code, ...said }))
  })
}

test('help lists every command and begins with examples', async () => {
  const { code, out } = await ashlar('--help')

  assert.equal(code, 0)
  for (const name of Object.keys(commands)) assert.match(out, new RegExp(`^  ${name} `, 'm'))
  assert.ok(out.indexOf('npx ashlar start') < out.indexOf('Commands'))
})

test('every command has a usage, and an example that is a call of it', () => {
  for (const [name, command] of Object.entries(commands)) {
    assert.ok(command.usage.split(' ')[0] === name)
    assert.match(helpOf(command), new RegExp(`^npx ashlar ${name}`))
    for (const [line] of command.examples) assert.equal(line.split(' ')[0], name)
  }
})

test('what is not understood ends with 2 and says what was meant', async () => {
  const [command, flag, word] = await Promise.all([
    ashlar('chek'),
    ashlar('config', 'explain', '--http.prot', '9000'),
    ashlar('clock', 'tomorrow'),
  ])

  assert.deepEqual([command.code, command.out], [2, ''])
  assert.match(command.err, /no command "chek".*"check"/)
  assert.equal(flag.code, 1)
  assert.match(flag.err, /--http\.prot: unknown; did you mean --http\.port\?/)
  assert.equal(word.code, 2)
  assert.match(word.err, /\+7d/)
})

test('data goes to stdout, talk to stderr', async () => {
  const [checked, tested] = await Promise.all([
    ashlar('check', 'tests/country/norland', '--json'),
    ashlar('test', 'tests/country/norland', '--json'),
  ])

  assert.equal(checked.code, 0)
  assert.deepEqual(JSON.parse(checked.out).problems, [])
  assert.equal(tested.code, 0)
  assert.equal(JSON.parse(tested.out).passed, 3)
  assert.match(tested.err, /3 passed, 0 failed/)
})

// `ashlar dmn` and `ashlar replay`: what they write, and what they say where they cannot.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { loadModel } from '@ashlar/decisions'

const main = fileURLToPath(new URL('main.ts', import.meta.url))
const root = fileURLToPath(new URL('../../', import.meta.url))
const run = (...words: string[]) =>
  spawnSync(process.execPath, ['--no-warnings', main, ...words], { cwd: root, encoding: 'utf8' })

test('the rules of a service are written as a file that a modeler reads', () => {
  const { stdout, status } = run('dmn', 'countries/veridia', 'work-visa')

  const model = loadModel(stdout)

  assert.equal(status, 0)
  assert.deepEqual(model.problems, [])
  assert.ok(model.decisions.includes('eligible'))
})

test('a service or rule that is not there is told', () => {
  assert.match(run('dmn', 'countries/veridia', 'fien').stderr, /has no service fien/)
  assert.match(run('replay', 'countries/veridia', 'fine', 'prise').stderr, /has no rule prise of a service fine/)
  assert.match(run('replay', 'fine', 'price', '--data', '/tmp/there-is-nothing').stderr, /No country runs/)
})
